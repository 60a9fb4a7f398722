"""What is promised of each callback? One file for each."""
