"""MNIST: 70,000 handwritten digits of 28×28 pixels (LeCun, Cortes and Burges), in four IDX files.

Sizes and sums are those that several unrelated public projects pin. Data of one's own in the same files, such as
Fashion-MNIST, is read from a folder in the same way.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from torchw2v.cache import make_cache_dir
from torchw2v.data.datasets.download import fetch
from torchw2v.data.datasets.idx import IdxFile, read_idx
from torchw2v.data.labelled_images import ImageSplits, LabelledImages
from torchw2v.errors import InputError

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


class MnistFile(NamedTuple):
    """One of the four: of the gzipped file its size and SHA-256, of what is in it the SHA-256."""

    name: str
    size: int
    sha256: str
    unpacked_sha256: str


FILES = (
    MnistFile(
        "train-images-idx3-ubyte",
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    MnistFile(
        "train-labels-idx1-ubyte",
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    MnistFile(
        "t10k-images-idx3-ubyte",
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    MnistFile(
        "t10k-labels-idx1-ubyte",
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)


def mnist(root: str | Path | None = None, *, progress: bool = True) -> ImageSplits:
    """MNIST from the folder `root`, by default `mnist` in the cache folder; pixels are bytes / 255.

    The four files are taken as they are there, gzipped (`train-images-idx3-ubyte.gz`, ...) or not. Those that are
    missing are downloaded, and must have the published sums. Nothing is shuffled: train is the first 50,000 of the
    training files, validation the last 10,000, test the 10,000 test images.

    A `root` of one's own may hold other data in these four files: it is used, and `note` of the result says that it
    is not MNIST. All four must be there, nothing is downloaded to go with it, and the validation part is the last
    sixth of the training files.

    Args:
        root: folder of the four files.
        progress: whether to show a progress bar while downloading.

    Raises:
        InputError: a file is missing and no mirror sent it, is damaged, is no IDX file, or does not go with the others.
    """
    folder = Path(root).expanduser().absolute() if root else make_cache_dir(None) / "mnist"
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: data.root must be the folder of the four MNIST files")
    found = {file: _find(folder, file.name) for file in FILES}
    contents = {file: read_idx(path) for file, path in found.items() if path}
    other = [file for file in contents if contents[file].sha256 != file.unpacked_sha256]
    if other and not root:
        raise InputError(f"{found[other[0]]} is not the published file: remove it, and it is downloaded again")
    if other and (missing := [file.name for file in FILES if file not in contents]):
        raise InputError(
            f"{folder} holds data other than MNIST, but not all of it: put {', '.join(missing)} there (or with .gz)"
        )
    for file in FILES:
        if file not in contents:
            mirrors = [f"{mirror}{file.name}.gz" for mirror in MIRRORS]
            try:
                path = fetch(f"{file.name}.gz", mirrors, file.size, file.sha256, folder, progress=progress)
            except InputError as error:
                names = ", ".join(file.name for file in FILES)
                raise InputError(f"{error}; MNIST is {names}, with .gz or without: data.root may say where") from None
            contents[file] = read_idx(path)
    note = f"{folder} does not hold the published MNIST files ({other[0].name} differs)" if other else ""
    return _splits(*(contents[file] for file in FILES), folder=folder, note=note)


def _find(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.exists()), None)


def _splits(
    train_images: IdxFile, train_labels: IdxFile, test_images: IdxFile, test_labels: IdxFile, *, folder: Path, note: str
) -> ImageSplits:
    parts = {"train": (train_images.values, train_labels.values), "t10k": (test_images.values, test_labels.values)}
    for name, (images, labels) in parts.items():
        if images.ndim != 3 or labels.ndim != 1 or images.dtype != np.uint8 or labels.dtype != np.uint8:
            raise InputError(
                f"{folder}: {name} images must be bytes (N, H, W) and labels bytes (N,), but they are"
                f" {images.dtype} {images.shape} and {labels.dtype} {labels.shape}"
            )
        if len(images) != len(labels):
            raise InputError(f"{folder}: there are {len(images)} {name} images, but {len(labels)} {name} labels")
    sizes = {images.shape[1:] for images, _ in parts.values()}
    validation = len(train_labels.values) // 6
    if len(sizes) > 1 or not validation or not len(test_labels.values):
        raise InputError(
            f"{folder}: train and t10k must hold images of one size, at least 6 and 1 of them, but hold"
            f" {train_images.values.shape} and {test_images.values.shape}"
        )
    highest = max(int(labels.max()) for _, labels in parts.values())
    class_names = tuple(str(i) for i in range(max(highest + 1, 10)))
    train, test = (
        LabelledImages(
            torch.from_numpy(images.astype(np.float32)).flatten(1).div_(255),
            torch.from_numpy(labels.astype(np.int64)),
            (images.shape[1], images.shape[2]),
            class_names,
        )
        for images, labels in parts.values()
    )
    return ImageSplits(train[:-validation], train[-validation:], test, note)
