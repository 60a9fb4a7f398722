"""Datasets: numbers that people wrote by hand. `digits` is here already, `mnist` is downloaded."""

from __future__ import annotations

from minikeras.datasets import digits, mnist

__all__ = ["digits", "mnist"]
