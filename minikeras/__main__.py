"""Run `python -m minikeras` like the command `minikeras`."""

import sys

from minikeras.cli import main

if __name__ == "__main__":
    sys.exit(main())
