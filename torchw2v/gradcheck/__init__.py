"""Checking gradients against central differences: see `check_gradients` and docs/gradient_checking.md."""

from torchw2v.gradcheck.check import check_gradients
from torchw2v.gradcheck.differences import GradientEntry
from torchw2v.gradcheck.random_state import RandomState
from torchw2v.gradcheck.report import GradientError, GradientReport

__all__ = ["GradientEntry", "GradientError", "GradientReport", "RandomState", "check_gradients"]
