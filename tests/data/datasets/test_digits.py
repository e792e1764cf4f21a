from __future__ import annotations

import sys

import pytest
import torch

from torchw2v import InputError
from torchw2v.data.datasets import digits
from torchw2v.data.labelled_images import LabelledImages
from torchw2v.data.stratified import stratified_order

sklearn_datasets = pytest.importorskip("sklearn.datasets", reason="digits needs scikit-learn, which is not installed")


def keys(part: LabelledImages) -> set[tuple[float, ...]]:
    return {(*image, label) for image, label in zip(part.images.tolist(), part.labels.tolist(), strict=True)}


def test_the_three_parts_are_all_digits_once() -> None:
    splits = digits()
    parts = [splits.train, splits.validation, splits.test]
    assert [len(part) for part in parts] == [1197, 300, 300]
    assert splits.note == ""
    loaded = sklearn_datasets.load_digits()
    whole = {(*(image / 16), label) for image, label in zip(loaded.data, loaded.target, strict=True)}
    assert len(whole) == 1797  # no two are alike, so a set loses none
    assert set.union(*map(keys, parts)) == whole
    for part in parts:
        assert (part.images.dtype, part.labels.dtype) == (torch.float32, torch.int64)
        assert (part.image_shape, part.num_features, part.num_classes) == ((8, 8), 64, 10)
        assert (part.images.min(), part.images.max()) == (0, 1)


def test_each_part_has_the_classes_in_proportion() -> None:
    splits = digits()
    whole = sum(part.labels.bincount() for part in splits[:3])
    for part in splits[:3]:
        assert (part.labels.bincount() - whole * len(part) / 1797).abs().max() <= 1


def test_the_split_is_the_same_for_everyone() -> None:
    """Figures on the test part are only comparable if this never changes."""
    splits = digits()
    assert splits.train.labels[:12].tolist() == [3, 5, 1, 4, 6, 9, 7, 0, 2, 8, 3, 5]
    assert [int((part.images * 16).sum()) for part in splits[:3]] == [373959, 93648, 94111]
    assert keys(digits(1).test) != keys(splits.test)


def test_order_alternates_the_classes() -> None:
    labels = torch.tensor([0] * 4 + [1] * 8 + [2] * 2)
    order = stratified_order(labels, 7)
    assert sorted(order.tolist()) == list(range(14))
    for half in (order[:7], order[7:]):
        assert labels[half].bincount().tolist() == [2, 4, 1]
    assert order.tolist() != stratified_order(labels, 8).tolist()


def test_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(InputError, match=r"needs scikit-learn.*pip install 'torchw2v\[train\]'"):
        digits()


def test_other_digits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = sklearn_datasets.load_digits()
    loaded.data[3, 4] += 1
    monkeypatch.setattr(sklearn_datasets, "load_digits", lambda: loaded)
    with pytest.raises(InputError, match=r"ships other digits \(\(1797, 64\), SHA-256 "):
        digits()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"images": torch.zeros(3, 4, dtype=torch.float64)}, TypeError, "float32 and labels int64, but they are"),
        ({"labels": torch.zeros(3)}, TypeError, "torch.float32 and torch.float32"),
        ({"image_shape": (2, 3)}, ValueError, r"\(N, 6\) and labels \(N,\), but their shapes are \(3, 4\) and \(3,\)"),
        ({"labels": torch.zeros(2, dtype=torch.int64)}, ValueError, r"\(3, 4\) and \(2,\)"),
        ({"labels": torch.tensor([0, 2, 1])}, ValueError, "from 0 to 1, but go from 0 to 2"),
    ],
)
def test_images_that_do_not_fit(changes: dict, error: type[Exception], message: str) -> None:
    fields = {
        "images": torch.zeros(3, 4),
        "labels": torch.tensor([0, 1, 1]),
        "image_shape": (2, 2),
        "class_names": ("a", "b"),
    }
    some = LabelledImages(**fields)
    assert (len(some), some[1:].labels.tolist()) == (3, [1, 1])
    assert repr(some) == "<LabelledImages: 3 of 2×2 pixels, 2 classes>"
    with pytest.raises(error, match=message):
        LabelledImages(**fields | changes)
