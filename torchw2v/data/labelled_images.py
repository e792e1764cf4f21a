"""Grey images with a class each, and their three parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images, one a row, and the class of each.

    Attributes:
        images: (N, H·W) float32 in [0, 1], row by row from the top.
        labels: (N,) int64, places in `class_names`.
        image_shape: (H, W).
        class_names: a name for each class.

    Raises:
        TypeError: images are not float32, or labels not int64.
        ValueError: the shapes do not fit, or a label is no class.
    """

    images: Tensor
    labels: Tensor
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.images.dtype != torch.float32 or self.labels.dtype != torch.int64:
            raise TypeError(
                f"LabelledImages: images must be float32 and labels int64, but they are {self.images.dtype} and"
                f" {self.labels.dtype}"
            )
        height, width = self.image_shape
        if self.images.ndim != 2 or self.images.shape != (*self.labels.shape, height * width):
            raise ValueError(
                f"LabelledImages: images must be (N, {height * width}) and labels (N,),"
                f" but their shapes are {tuple(self.images.shape)} and {tuple(self.labels.shape)}"
            )
        if len(self):
            low, high = int(self.labels.min()), int(self.labels.max())
            if low < 0 or high >= self.num_classes:
                raise ValueError(
                    f"LabelledImages: labels must be from 0 to {self.num_classes - 1}, but go from {low} to {high}"
                )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: slice | Tensor) -> LabelledImages:
        """These rows: a view for a slice, a copy for a tensor of ids or a mask."""
        return LabelledImages(self.images[rows], self.labels[rows], self.image_shape, self.class_names)

    def __repr__(self) -> str:
        height, width = self.image_shape
        return f"<LabelledImages: {len(self):,} of {height}×{width} pixels, {self.num_classes} classes>"

    @property
    def num_features(self) -> int:
        return self.images.shape[1]

    @property
    def num_classes(self) -> int:
        return len(self.class_names)


class ImageSplits(NamedTuple):
    """What to learn from, what to choose settings by, and what to look at once, at the end.

    Attributes:
        train: to learn from.
        validation: to choose settings and the epoch by.
        test: for the figure that is reported.
        note: what a user should know about where they come from; mostly empty.
    """

    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages
    note: str = ""
