"""Digits: the 1,797 handwritten digits of 8×8 pixels that scikit-learn ships.

They are the test part of "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak 1998, UCI), by 13 writers.
"""

from __future__ import annotations

import hashlib

import torch

from torchw2v.checks import seed_of_draws
from torchw2v.data.labelled_images import ImageSplits, LabelledImages
from torchw2v.data.stratified import stratified_order
from torchw2v.errors import InputError

NUM_VALIDATION = NUM_TEST = 300
SHA256 = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"


def digits(seed: int = 0) -> ImageSplits:
    """The digits, in 1,197 to train on, 300 for validation and 300 for the test; pixels are 0, 1/16, ..., 1.

    Each part has the classes in the same proportions, to one image. What is in which part depends on `seed` alone and
    is the same in every environment; another seed gives another split, to repeat an experiment with. The images do not
    say who wrote them, so every writer is in every part: accuracy on new writers would be lower.

    Raises:
        InputError: scikit-learn is not installed, or ships other digits.
    """
    seed = seed_of_draws(seed)
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise InputError(
            "data=digits needs scikit-learn, which ships the images: pip install 'torchw2v[train]'"
        ) from error
    loaded = load_digits()
    images = torch.from_numpy(loaded.data).to(torch.uint8)  # (1797, 64), from 0 to 16
    labels = torch.from_numpy(loaded.target).to(torch.int64)
    found = hashlib.sha256(images.numpy().tobytes() + labels.to(torch.uint8).numpy().tobytes()).hexdigest()
    if found != SHA256:
        raise InputError(f"this scikit-learn ships other digits ({tuple(images.shape)}, SHA-256 {found}), not {SHA256}")
    everything = LabelledImages(images.float() / 16, labels, (8, 8), tuple("0123456789"))
    held_out = NUM_VALIDATION + NUM_TEST
    order = stratified_order(labels, seed)
    train, validation, test = order[:-held_out], order[-held_out:-NUM_TEST], order[-NUM_TEST:]
    return ImageSplits(everything[train], everything[validation], everything[test])
