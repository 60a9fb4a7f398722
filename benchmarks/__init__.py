"""Measurements: how well and how fast minikeras learns MNIST. Run `python -m benchmarks`."""
