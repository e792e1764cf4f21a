"""Labelled images for training and validation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from torchw2v.data.labelled_batches import LabelledBatch, LabelledBatches
from torchw2v.data.labelled_images import ImageSplits, LabelledImages
from torchw2v.training.stepwise_data import StepwiseData

_VALIDATED_AT_ONCE = 8192


class ImageData(StepwiseData):
    """The training part in batches, the validation part after each epoch.

    Args:
        images: in their parts.
        batch_size: examples in one step of training.
        shuffle: draw another order for each epoch.
        seed: of these draws.
    """

    batches: LabelledBatches

    def __init__(self, images: ImageSplits, batch_size: int, *, shuffle: bool, seed: int) -> None:
        train = images.train
        batches = LabelledBatches(train.images, train.labels, batch_size, shuffle=shuffle, seed=seed)
        super().__init__(batches, unit=" examples", epoch_size=len(train.labels), batch_size=batch_size)
        self.images = images

    def val_dataloader(self) -> _Whole:
        validation = self.images.validation
        return _Whole(LabelledBatches(validation.images, validation.labels, _VALIDATED_AT_ONCE, shuffle=False))

    def identity(self) -> dict[str, Any]:
        batches = self.batches
        return {
            "data": _fingerprint(self.images.train),
            "batch_size": batches.batch_size,
            "shuffle": batches.shuffle,
            "seed": batches.seed,
        }


def _fingerprint(images: LabelledImages) -> str:
    digest = hashlib.sha256(images.labels.numpy().tobytes())
    digest.update(images.images.contiguous().numpy().data)
    return digest.hexdigest()


class _Whole:
    """One epoch of batches, again each time."""

    def __init__(self, batches: LabelledBatches) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[LabelledBatch]:
        return self.batches.epoch(0)
