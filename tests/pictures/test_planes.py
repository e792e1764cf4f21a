"""Choosing words, grouping them and laying them into a plane."""

from __future__ import annotations

import sys

import pytest
import torch

from torchw2v import InputError, WordVectors
from torchw2v.pictures import project, telling_words, with_neighbours
from torchw2v.pictures.clusters import cluster
from torchw2v.pictures.rows_of_words import unit_rows_of


def planted(groups: int = 4, members: int = 15, dim: int = 10) -> torch.Tensor:
    """Vectors around a few directions, one group after the other."""
    generator = torch.Generator().manual_seed(1)
    centres = torch.randn(groups, dim, generator=generator).double()
    noise = torch.randn(groups * members, dim, generator=generator).double()
    return centres.repeat_interleave(members, 0) + 0.1 * noise


def test_groups_that_are_there_are_found_and_named_by_a_member_near_their_middle():
    rows = planted()
    labels, central = cluster(rows, 4, seed=3)
    assert sorted(set(labels.view(4, 15).T.tolist()[0])) == [0, 1, 2, 3]
    assert (labels.view(4, 15) == labels.view(4, 15)[:, :1]).all()
    for group, member in enumerate(central):
        members = (labels == group).nonzero()[:, 0]
        distances = torch.linalg.vector_norm(rows[members] - rows[members].mean(0), dim=1)
        assert member == members[distances.argmin()]
    assert torch.equal(cluster(rows, 4, seed=3).labels, labels)


def test_the_sum_of_squares_is_that_of_scikit_learn_or_less():
    sklearn = pytest.importorskip("sklearn.cluster", reason="the reference is scikit-learn's, which is not installed")
    rows = torch.randn(80, 3, generator=torch.Generator().manual_seed(2)).double()
    labels = cluster(rows, 5).labels
    ours = sum(float((rows[labels == g] - rows[labels == g].mean(0)).square().sum()) for g in range(5))
    theirs = sklearn.KMeans(5, n_init=1, random_state=0).fit(rows.numpy()).inertia_
    assert ours <= 1.02 * theirs


def test_no_more_groups_than_different_vectors_and_the_largest_first():
    rows = torch.tensor([[1.0, 0], [0, 1], [0, 1], [0, 1], [1, 0]]).double()
    labels, central = cluster(rows, 4)
    assert labels.tolist() == [1, 0, 0, 0, 1]
    assert len(central) == 2
    with pytest.raises(InputError, match="clusters must be at most 36"):
        cluster(rows, 37)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_what_is_near_stays_near_and_a_seed_gives_the_same_plane(method):
    if method == "tsne":
        pytest.importorskip("sklearn", reason="t-SNE is scikit-learn's, which is not installed")
    rows = planted()
    points = project(rows, method, seed=5)
    nearest = (torch.cdist(points, points) + 1e9 * torch.eye(60)).argmin(1)
    assert (nearest // 15 == torch.arange(60) // 15).all()
    assert torch.equal(project(rows, method, seed=5), points)
    for few in (1, 2, 4):
        assert project(rows[:few], method).shape == (few, 2)
    assert project(torch.ones(9, 3).double(), method).isfinite().all()


def test_umap_has_groups_too_or_says_what_to_install(monkeypatch):
    monkeypatch.setattr("torchw2v.pictures.projections.umap.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"umap-learn: pip install 'torchw2v\[umap\]'"):
        project(planted(), "umap")
    monkeypatch.setattr("torchw2v.pictures.projections.tsne.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"scikit-learn: pip install scikit-learn"):
        project(planted(), "tsne")
    with pytest.raises(InputError, match="method must be one of pca, tsne, umap, not 'svd'"):
        project(planted(), "svd")


def test_umap_gets_unit_rows_and_a_seed(monkeypatch):
    """A stand-in for a package that the tests do not install."""

    class UMAP:
        def __init__(self, **settings):
            assert settings == {"n_neighbors": 15, "metric": "cosine", "random_state": 7, "n_jobs": 1}

        def fit_transform(self, rows):
            return rows[:, :2]

    monkeypatch.setitem(sys.modules, "umap", type("Module", (), {"UMAP": UMAP, "__spec__": object()}))
    rows = planted()
    assert torch.equal(project(rows, "umap", seed=7), rows[:, :2])


def test_telling_words_are_frequent_and_no_function_words():
    words = [f"of{i}" for i in range(60)] + ["the", "music", "it", "river", "词语", "字", "2024", "harbour"]
    words += [f"tail{'x' * i}" for i in range(600)]
    assert telling_words(words, 4) == ["music", "river", "词语", "harbour"]
    numbers = [str(i) for i in range(50)]
    assert telling_words(numbers, 10) == numbers[:10]
    assert telling_words(["a", "b"], 10) == ["a", "b"]


def test_neighbours_join_once():
    vectors = WordVectors("abcd", torch.tensor([[1.0, 0], [0.9, 0.1], [0.8, 0.2], [0, 1]]))
    assert with_neighbours(vectors, ["a", "b", "a"], 2) == ["a", "b", "c"]
    assert with_neighbours(vectors, [], 2) == []


def test_rows_have_length_one_and_no_surprises():
    vectors = WordVectors("abc", torch.tensor([[3.0, 4], [0, 0], [float("nan"), 1]]))
    assert torch.allclose(unit_rows_of(vectors, ["b", "a"]), torch.tensor([[0, 0], [0.6, 0.8]]).double())
    with pytest.raises(InputError, match="the vector of 'c' holds a number that is not finite"):
        unit_rows_of(vectors, ["a", "c"])
    with pytest.raises(InputError, match="no word to draw"):
        unit_rows_of(vectors, [])
