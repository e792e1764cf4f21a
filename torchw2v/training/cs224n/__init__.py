"""CS224n, assignment 1: the main run."""

from torchw2v.training.cs224n.settings import AssignmentSettings, IterationSettings
from torchw2v.training.cs224n.task import AssignmentResult, train_assignment

__all__ = ["AssignmentResult", "AssignmentSettings", "IterationSettings", "train_assignment"]
