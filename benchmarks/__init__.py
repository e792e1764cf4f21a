"""Measurements, one script a question; never part of the test run. `python -m benchmarks.<name> --help`."""
