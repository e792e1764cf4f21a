"""What happens beside training: progress, metrics, checkpoints, an end before the end."""

from torchw2v.training.callbacks.checkpoint import LastCheckpoint
from torchw2v.training.callbacks.failure import StopOnFailure
from torchw2v.training.callbacks.interruption import StopOnSignal
from torchw2v.training.callbacks.metrics import TrainingMetrics
from torchw2v.training.callbacks.progress import WordProgress

__all__ = ["LastCheckpoint", "StopOnFailure", "StopOnSignal", "TrainingMetrics", "WordProgress"]
