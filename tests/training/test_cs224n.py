"""The assignment's main run: the costs of an independent loop, resuming, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import pytest
import torch

from tests.data.datasets.treebank import write_text
from tests.reference import sst as reference
from tests.training import planted
from tests.training.conftest import make_trainer
from torchw2v import InputError, WordVectors
from torchw2v.training.cs224n import AssignmentResult, AssignmentSettings, IterationSettings, train_assignment

pytest.importorskip("matplotlib", reason="a run ends with pictures, which need the package matplotlib")

TABLE = 1_000_000
STEPS = 60


@pytest.fixture
def text(tmp_path: Path) -> list[list[str]]:
    return write_text(tmp_path)


@pytest.fixture
def train(tmp_path: Path, text: list[list[str]]) -> Callable[..., AssignmentResult]:
    def run(
        name: str = "run", *, max_steps: int = -1, callbacks: tuple[pl.Callback, ...] = (), **changes: Any
    ) -> AssignmentResult:
        folder = tmp_path / name
        folder.mkdir()
        trainer = make_trainer(folder, 1, max_steps=max_steps)
        resume = changes.pop("resume", None)
        engine = {"iterations": STEPS, "anneal_every": 50} | changes.pop("engine", {})
        return train_assignment(
            tmp_path,
            folder,
            lambda own: trainer(callbacks=[*own, *callbacks]),
            model=AssignmentSettings(**changes),
            engine=IterationSettings(**engine),
            resume=resume,
        )

    return run


def test_costs_and_vectors_are_those_of_the_loop(train, text):
    expected, printed = reference.main_run(text, STEPS, tablesize=TABLE, anneal_every=50)
    result = train(vectors="input")
    costs = result.metrics["training"]["smoothed_costs"]
    assert list(costs) == [str(step) for step in range(10, STEPS + 1, 10)]
    np.testing.assert_allclose(list(costs.values()), printed, rtol=1e-11)
    words = [*dict.fromkeys(word for sentence in text for word in sentence), "UNK"]
    trained = torch.stack([result.vectors[word] for word in words])
    np.testing.assert_allclose(trained.numpy(), expected[: len(words)], rtol=1e-9, atol=1e-12)


def test_it_learns_planted_clusters(train, tmp_path):
    text = planted.sentences(2000)
    lines = [f"{i}\t{' '.join(words)}" for i, words in enumerate(text, 1)]
    (tmp_path / "datasetSentences.txt").write_text("\n".join(["sentence_index\tsentence", *lines]) + "\n")
    splits = [f"{i},1" for i in range(1, len(text) + 1)]
    (tmp_path / "datasetSplit.txt").write_text("\n".join(["sentence_index,splitset_label", *splits]) + "\n")
    costs = list(train(engine={"iterations": 500, "anneal_every": 1000}).metrics["training"]["smoothed_costs"].values())
    assert costs[-1] < 0.75 * costs[0]  # in a text without clusters, frequencies alone give 0.92


def test_trap_plots_show_only_the_input_vectors_by_accident(train):
    kinds = {kind: train(kind, max_steps=3, vectors=kind).vectors for kind in ("input", "output", "sum")}
    both = train("both", max_steps=3).vectors
    assert torch.equal(both.matrix, torch.cat((kinds["input"].matrix, kinds["output"].matrix), 1))
    assert torch.equal(kinds["sum"].matrix, kinds["input"].matrix + kinds["output"].matrix)
    assert both.words[0] == "w0", "the most frequent word first"


def test_a_run_that_was_stopped_goes_on_to_the_same_bits(train, tmp_path):
    whole = train("whole")
    train("part", max_steps=35)
    rest = train("rest", resume=tmp_path / "part" / "checkpoints" / "last.ckpt")
    assert torch.equal(rest.vectors.matrix, whole.vectors.matrix)
    costs = whole.metrics["training"]["smoothed_costs"]
    assert rest.metrics["training"]["smoothed_costs"] == {step: costs[step] for step in ("30", "40", "50", "60")}
    with pytest.raises(InputError, match=r"made with another draw_seed \(31415, here 1\)"):
        train("other", draw_seed=1, resume=tmp_path / "part" / "checkpoints" / "last.ckpt")


def test_files_of_a_run(train, tmp_path):
    result = train(max_steps=20)
    assert {path.name for path in result.paths} == {
        "vectors.txt",
        "vectors.safetensors",
        "metrics.json",
        "projector_config.pbtxt",
        "words.png",
        "last.ckpt",
    }
    assert all(path.exists() for path in result.paths)
    assert WordVectors.load(tmp_path / "run" / "vectors.safetensors").embedding_dim == 20
    report = "\n".join(result.report())
    assert "Nearest words" in report
    assert f"{result.metrics['training']['smoothed_costs']['10']:.6f}" in report


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"vectors": "both"}, AssignmentSettings, "model.vectors must be one of input, output, sum, concatenation"),
        ({"window": 0}, AssignmentSettings, "model.window must be"),
        ({"init_seed": -1}, AssignmentSettings, "model.init_seed must be"),
        ({"iterations": 0}, IterationSettings, "engine.iterations must be"),
        ({"threads": 0}, IterationSettings, "engine.threads must be"),
    ],
)
def test_settings_out_of_range(settings, kind, message):
    with pytest.raises(InputError, match=message):
        kind(**settings)
