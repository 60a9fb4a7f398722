"""What all tests share: profiles of hypothesis, and the names that examples in docstrings use."""

import os
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("dev", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("ci", max_examples=500, deadline=None, print_blob=True, derandomize=True)
settings.register_profile(
    "nightly", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=slow
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(autouse=True)
def names_in_examples(doctest_namespace):
    doctest_namespace["np"] = np


def pytest_collection_modifyitems(items):
    for item in items:
        if item.name == "minikeras.distribution.DataParallel" and sys.platform != "linux":
            item.add_marker(pytest.mark.skip(reason="a running process is copied on Linux"))
