"""Measurements of speed and quality; never part of the test run. `python -m benchmarks --help`."""
