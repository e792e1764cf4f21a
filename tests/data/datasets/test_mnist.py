from __future__ import annotations

import gzip
import hashlib
import importlib
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from torchw2v import InputError
from torchw2v.data.datasets import fetch, mnist

module = importlib.import_module("torchw2v.data.datasets.mnist")
NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
TRAIN, TEST = 12, 3


def idx(values: np.ndarray) -> bytes:
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def dataset(seed: int) -> dict[str, np.ndarray]:
    draws = np.random.default_rng(seed)
    arrays = [
        array
        for n in (TRAIN, TEST)
        for array in (draws.integers(0, 256, (n, 4, 5), np.uint8), draws.integers(0, 10, n, np.uint8))
    ]
    return dict(zip(NAMES, arrays, strict=True))


PUBLISHED, OWN = dataset(0), dataset(1)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Small files take the place of the published ones; `fetch` puts them there, and their names are noted."""
    files = []
    for name, values in PUBLISHED.items():
        packed = gzip.compress(idx(values), mtime=0)
        sums = [hashlib.sha256(content).hexdigest() for content in (packed, idx(values))]
        files.append(module.MnistFile(name, len(packed), *sums))
    monkeypatch.setattr(module, "FILES", tuple(files))
    monkeypatch.setenv("TORCHW2V_CACHE", str(tmp_path / "cache"))
    names: list[str] = []

    def put(name: str, mirrors: list[str], size: int, sha256: str, root: Path, *, progress: bool) -> Path:
        assert mirrors == [mirror + name for mirror in module.MIRRORS]
        content = gzip.compress(idx(PUBLISHED[name.removesuffix(".gz")]), mtime=0)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (size, sha256)
        root.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
        names.append(name)
        return root / name

    monkeypatch.setattr(module, "fetch", put)
    return names


def put_files(folder: Path, arrays: dict[str, np.ndarray], packed: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    for name, values in arrays.items():
        content = idx(values)
        (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)
    return folder


def test_downloads_into_the_cache_once(fetched: list[str], tmp_path: Path) -> None:
    splits = mnist(progress=False)
    assert fetched == [f"{name}.gz" for name in NAMES]
    assert sorted(path.name for path in (tmp_path / "cache" / "mnist").iterdir()) == sorted(fetched)
    assert splits.note == ""
    assert torch.equal(mnist().train.images, splits.train.images)
    assert len(fetched) == 4


def test_nothing_is_shuffled(fetched: list[str]) -> None:
    splits = mnist()
    images, labels, test_images, test_labels = (torch.from_numpy(values) for values in PUBLISHED.values())
    assert [len(part) for part in splits[:3]] == [10, 2, 3]
    for part, expected_images, expected_labels in (
        (splits.train, images[:10], labels[:10]),
        (splits.validation, images[10:], labels[10:]),
        (splits.test, test_images, test_labels),
    ):
        assert torch.equal(part.images, expected_images.flatten(1).float() / 255)
        assert torch.equal(part.labels, expected_labels.long())
        assert (part.image_shape, part.class_names) == ((4, 5), tuple("0123456789"))


def test_of_sixty_thousand_fifty_thousand_are_for_training(tmp_path: Path) -> None:
    values = {
        name: np.zeros((60_000 if "train" in name else 10_000, *([1, 1] if "images" in name else [])), np.uint8)
        for name in NAMES
    }
    assert [len(part) for part in mnist(put_files(tmp_path, values))[:3]] == [50_000, 10_000, 10_000]


@pytest.mark.parametrize("packed", [False, True])
def test_files_put_there_by_hand_need_no_network(fetched: list[str], tmp_path: Path, packed: bool) -> None:
    folder = put_files(tmp_path / "by_hand", PUBLISHED, packed)
    folder.chmod(0o555)  # nothing is written there either
    before = sorted(folder.iterdir())
    assert torch.equal(mnist(folder).test.labels, torch.from_numpy(PUBLISHED[NAMES[3]]).long())
    assert (mnist(str(folder)).note, fetched, sorted(folder.iterdir())) == ("", [], before)


def test_what_is_missing_is_added_to_published_files(fetched: list[str], tmp_path: Path) -> None:
    folder = put_files(tmp_path, {name: PUBLISHED[name] for name in NAMES[:3]})
    assert len(mnist(folder).test) == TEST
    assert fetched == [f"{NAMES[3]}.gz"]


def test_data_of_ones_own_is_used_with_a_note(fetched: list[str], tmp_path: Path) -> None:
    splits = mnist(put_files(tmp_path, OWN | {NAMES[1]: OWN[NAMES[1]] + 20}))
    assert splits.note == f"{tmp_path} does not hold the published MNIST files ({NAMES[0]} differs)"
    assert splits.test.num_classes == int(OWN[NAMES[1]].max()) + 21
    assert fetched == []


def test_data_of_ones_own_is_never_mixed_with_mnist(fetched: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"not all of it: put {NAMES[2]}, {NAMES[3]} there \(or with \.gz\)"):
        mnist(put_files(tmp_path, {name: OWN[name] for name in NAMES[:2]}))
    assert fetched == []


def test_a_file_in_the_cache_must_be_the_published_one(fetched: list[str], tmp_path: Path) -> None:
    mnist()
    put_files(tmp_path / "cache" / "mnist", {NAMES[0]: OWN[NAMES[0]]}, packed=True)
    with pytest.raises(InputError, match=rf"{NAMES[0]}\.gz is not the published file: remove it"):
        mnist()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({NAMES[1]: OWN[NAMES[1]][:-1]}, "there are 12 train images, but 11 train labels"),
        ({NAMES[3]: OWN[NAMES[1]]}, "there are 3 t10k images, but 12 t10k labels"),
        ({NAMES[0]: OWN[NAMES[1]]}, r"bytes \(N, H, W\) and labels bytes \(N,\), but they are uint8 \(12,\)"),
        ({NAMES[2]: OWN[NAMES[2]].transpose(0, 2, 1).copy()}, r"of one size.*\(12, 4, 5\) and \(3, 5, 4\)"),
        ({name: values[:3] for name, values in OWN.items()}, r"at least 6 and 1 of them.*\(3, 4, 5\)"),
    ],
)
def test_files_that_do_not_go_together(tmp_path: Path, changes: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        mnist(put_files(tmp_path, OWN | changes))
    assert str(caught.value).startswith(f"{tmp_path}: ")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    folder = put_files(tmp_path, OWN, packed=True)
    path = folder / f"{NAMES[2]}.gz"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(InputError, match=rf"{NAMES[2]}\.gz is a damaged gzip file"):
        mnist(folder)


def test_the_network_cannot_be_reached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "MIRRORS", ())
    with pytest.raises(
        InputError, match=rf"{NAMES[0]}\.gz could not be downloaded .*9912422 bytes, SHA-256 440fcabf"
    ) as e:
        mnist(tmp_path / "folder")
    assert f"put it into {tmp_path / 'folder'}; MNIST is {', '.join(NAMES)}, with .gz or without" in str(e.value)


def test_what_is_expected_of_the_real_files() -> None:
    assert [file.name for file in module.FILES] == NAMES
    assert sum(file.size for file in module.FILES) == 11_594_722  # 11.06 MiB
    assert all(len(bytes.fromhex(sum_)) == 32 for file in module.FILES for sum_ in file[2:])
    assert module.fetch is fetch
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in module.MIRRORS)
