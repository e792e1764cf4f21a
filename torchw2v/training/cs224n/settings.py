"""What can be set about the assignment's main run; the defaults are its own."""

from __future__ import annotations

from dataclasses import dataclass

from torchw2v.checks import int_at_least, one_of, positive, positive_int
from torchw2v.vectors.combination import MATRICES


@dataclass(frozen=True)
class AssignmentSettings:
    """Of the model and its samples.

    Attributes:
        embedding_dim: D.
        window: the largest radius of a window, C.
        num_negatives: K.
        learning_rate: at the start.
        init_seed: of NumPy's draws of the initial values.
        draw_seed: of Python's draws of windows and negatives.
        vectors: what is written and drawn: the rows of the "input" or "output" matrix, their "sum", or their
            "concatenation", which has 2D numbers.
    """

    embedding_dim: int = 10
    window: int = 5
    num_negatives: int = 10
    learning_rate: float = 0.3
    init_seed: int = 9265
    draw_seed: int = 31415
    vectors: str = "concatenation"

    def __post_init__(self) -> None:
        for name in ("embedding_dim", "window", "num_negatives"):
            positive_int(f"model.{name}", getattr(self, name))
        positive("model.learning_rate", self.learning_rate)
        for name in ("init_seed", "draw_seed"):
            int_at_least(0, f"model.{name}", getattr(self, name))
        one_of("model.vectors", self.vectors, MATRICES)


@dataclass(frozen=True)
class IterationSettings:
    """Of the steps.

    Attributes:
        iterations: steps in all.
        windows_per_batch: windows in one of them.
        anneal_every: the learning rate is halved after so many.
        print_every: the cost enters its running mean, 0.95 of the old one and 0.05 of the new, after so many.
        threads: of torch's operations; None leaves it to torch.
    """

    iterations: int = 40_000
    windows_per_batch: int = 50
    anneal_every: int = 20_000
    print_every: int = 10
    threads: int | None = 1

    def __post_init__(self) -> None:
        for name in ("iterations", "windows_per_batch", "anneal_every", "print_every"):
            positive_int(f"engine.{name}", getattr(self, name))
        if self.threads is not None:
            positive_int("engine.threads", self.threads)
