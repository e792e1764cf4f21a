"""What happens beside training: progress, checkpoints, an end before the end."""

from torchw2v.training.callbacks.aside import Aside
from torchw2v.training.callbacks.checkpoint import LastCheckpoint
from torchw2v.training.callbacks.failure import StopOnFailure
from torchw2v.training.callbacks.interruption import StopOnSignal
from torchw2v.training.callbacks.progress import Progress
from torchw2v.training.callbacks.stopwatch import Stopwatch

__all__ = ["Aside", "LastCheckpoint", "Progress", "StopOnFailure", "StopOnSignal", "Stopwatch"]
