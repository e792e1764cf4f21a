"""torchw2v.fit: the path of train.py in one call, its defaults those of the configurations, its mistakes explained."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml

import torchw2v
from tests.training import planted
from torchw2v import InputError, WordVectors
from torchw2v.kernels import FusedPass
from torchw2v.training.word2vec.models import RECIPES
from torchw2v.training.word2vec.options import OPTIONS, read_options
from torchw2v.training.word2vec.settings import ModelSettings

CONFIGS = Path(__file__).parents[1] / "configs"
SENTENCES = planted.sentences(400)
SMALL: dict[str, Any] = {"embedding_dim": 16, "epochs": 2, "threads": 1, "progress": False}


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(map(" ".join, SENTENCES)))
    return path


def test_a_path_an_iterable_and_a_generator_give_the_same_bits(text, tmp_path, capfd):
    column = np.array([*SENTENCES, []], dtype=object)[:-1]  # as of a table; compared with anything it is an array
    of_text, *others = (
        torchw2v.fit(source, **SMALL) for source in (text, SENTENCES, (words for words in SENTENCES), column)
    )
    for vectors in others:
        assert vectors.words == of_text.words
        assert torch.equal(vectors.matrix, of_text.matrix)
    assert not torch.equal(of_text.matrix, torchw2v.fit(text, seed=1, **SMALL).matrix)
    assert capfd.readouterr() == ("", ""), "Lightning speaks"
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


@pytest.mark.parametrize("model", RECIPES)
def test_every_model_learns(model):
    planted_text = planted.sentences(1500)
    vectors = torchw2v.fit(planted_text, model, min_count=1, sample=1e-2, **SMALL | {"epochs": 6})
    assert planted.recovered(vectors) > 0.9


def test_it_is_the_run_of_train_py(text, tmp_path, capsys, monkeypatch):
    """The same bits, and with `output_dir` the same files."""
    vectors = torchw2v.fit(text, "cbow_neg", output_dir=tmp_path / "runs", **SMALL | {"progress": True})
    out, err = capsys.readouterr()
    folder = (tmp_path / "runs" / "cbow_neg" / "latest").resolve()
    assert str(folder) in out
    assert "training: 100%" in err
    assert torch.equal(WordVectors.load(folder / "vectors.safetensors").matrix, vectors.matrix)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert (config["model"]["name"], config["engine"]["threads"]) == ("cbow_neg", 1)
    pytest.importorskip("hydra", reason="train.py needs the package hydra-core")
    overrides = ["data=text", f"data.path={text}", "model.embedding_dim=16", "trainer.max_epochs=2", "engine.threads=1"]
    command = [sys.executable, CONFIGS.parent / "train.py", "model=cbow_neg", "logger=none", *overrides]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    latest = tmp_path / "lightning_logs" / "cbow_neg" / "latest"
    assert torch.equal(WordVectors.load(latest / "vectors.safetensors").matrix, vectors.matrix)


@pytest.mark.parametrize("model", RECIPES)
def test_the_defaults_are_those_of_the_configurations(model):
    pytest.importorskip("hydra", reason="the configurations need the package hydra-core")
    from tests.test_configs import composed, task_of

    config = composed(f"model={model}", "data=text", "data.path=somewhere")
    keywords, ours = task_of(config).keywords, read_options(model, {})
    assert ours.model == keywords["model"]
    assert ours.engine == keywords["engine"]
    assert ours.engine_name == config.engine.name
    assert ours.epochs == config.trainer.max_epochs
    assert ours.max_steps == config.trainer.max_steps
    assert {"min_count": 5, "cache_dir": None, "seed": 0} | ours.training == {
        name: keywords[name] for name in ("min_count", "max_size", "cache_dir", "seed")
    }
    autograd = composed(f"model={model}", "data=text", "data.path=somewhere", "engine=autograd")
    theirs, ours = task_of(autograd).keywords["engine"], read_options(model, {"engine": "autograd"}).engine
    for name in ("words_per_batch", "threads", "sparse_gradients"):
        assert getattr(ours, name) == getattr(theirs, name)


def test_every_setting_of_a_model_is_in_a_configuration_and_an_option():
    settings = set(ModelSettings.__dataclass_fields__)
    there = [yaml.safe_load((CONFIGS / "model" / f"{name}.yaml").read_text())["model"] for name in RECIPES]
    assert settings == {key for model in there for key in model} - {"name"}
    assert settings - {"architecture", "loss"} <= set(OPTIONS)
    assert all(f"`{option}`" in (torchw2v.fit.__doc__ or "") for option in OPTIONS)


def exhausted() -> Any:
    sentences = iter(SENTENCES)
    list(sentences)
    return sentences


BAD = {
    "unknown": ({"windw": 3}, "windw is no option of fit; did you mean window?"),
    "unlike all": ({"xyzzy": 3}, "xyzzy is no option of fit; there are embedding_dim, window"),
    "of gensim": ({"vector_size": 3}, "vector_size is no option of fit: here that is embedding_dim"),
    "of gensim, a model": ({"sg": 1}, "sg is no option of fit: here that is model: 'skipgram_neg' for sg=1"),
    "model": ({"model": "skipgram"}, "model must be one of skipgram_neg, "),
    "of another model": ({"model": "cbow_hs", "num_negatives": 3}, "num_negatives is no setting of model=cbow_hs, but"),
    "of another engine": ({"sparse": True}, "sparse is a setting of engine=autograd, not of engine=fused"),
    "engine": ({"engine": "fast"}, "engine must be one of fused, autograd, not 'fast'"),
    "range": ({"window": 0}, "window must be an integer of at least 1, not 0"),
    "epochs": ({"epochs": 0}, "epochs must be an integer of at least 1, not 0"),
    "min_count": ({"min_count": 10**6}, "min_count=1000000 leaves no word"),
    "progress": ({"progress": "yes"}, "progress must be True, False or 'auto', not 'yes'"),
    "tokenizer": ({"tokenizer": "words"}, "tokenizer is for text on disk; sentences in memory are taken as they are"),
    "no corpus": ({"corpus": None}, "a corpus is a path or an iterable of lists of words, not None"),
    "a number": ({"corpus": 5}, "a corpus is a path or an iterable of lists of words, not 5"),
    "no file": ({"corpus": "no/such/file"}, "no/such/file: no such file or folder"),
    "empty": ({"corpus": []}, "no words are in the list of sentences; give at least a few sentences"),
    "exhausted": (
        {"corpus": exhausted()},
        "no words came from the list_iterator: it may have been read before; make it",
    ),
    "strings": ({"corpus": ["a b", "c d"]}, "sentence 1 is a string, not a list of words; split it, or give a path"),
    "numbers": ({"corpus": [["a"], 7]}, "sentence 2 is 7, not a list of words"),
    "bytes": ({"corpus": [["a"], b"a b"]}, "sentence 2 is b'a b', not a list of words"),
    "words that are numbers": ({"corpus": [[1, 2], [3]]}, "a word must be a string, not 1 of type int"),
    "words that are lists": ({"corpus": [["a", ["b"]]]}, "a word must be a string, not ['b'] of type list"),
    "lines of one word": ({"corpus": [["a"], ["b"]] * 50}, "nothing to train on: no sentence has two words"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_one_clear_line(case):
    changes, message = BAD[case]
    with pytest.raises(InputError) as error:
        torchw2v.fit(**{"corpus": SENTENCES} | SMALL | changes)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_path_that_looks_like_a_setting_keeps_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"^data\.txt: no such file or folder"):
        torchw2v.fit("data.txt", **SMALL)


@pytest.mark.parametrize("package", ["lightning", "numba"])
def test_a_missing_package_is_one_line(package):
    code = f"""
import importlib.util, sys
sys.modules[{package!r}] = None
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == {package!r} else find(name, *rest)
import torchw2v
try:
    torchw2v.fit([["a", "b"]] * 9, progress=False)
except torchw2v.InputError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert f"needs the package {package}: pip install 'torchw2v[train]'" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("output_dir", [False, True])
def test_an_interruption_is_passed_on_and_keeps_what_was_learnt_only_in_a_folder(
    tmp_path, monkeypatch, capsys, output_dir
):
    train = FusedPass.__call__

    def interrupted(self: FusedPass, rows: Any, others: Any, start: int, *args: Any, **rates: Any) -> Any:
        if start == 1024:
            os.kill(os.getpid(), signal.SIGINT)
        return train(self, rows, others, start, *args, **rates)

    monkeypatch.setattr(FusedPass, "__call__", interrupted)
    handler = signal.getsignal(signal.SIGINT)
    where = {"output_dir": tmp_path / "runs"} if output_dir else {}
    with pytest.raises(KeyboardInterrupt, match="training was interrupted") as stop:
        torchw2v.fit(SENTENCES, words_per_step=512, **SMALL, **where)
    assert signal.getsignal(signal.SIGINT) == handler
    said = capsys.readouterr().err
    assert ("then writing the results" in said) is output_dir
    if output_dir:
        folder = Path(str(stop.value).split("what was learnt until then is in ")[1])
        assert len(WordVectors.load(folder / "vectors.safetensors")) == 85
        assert torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)["global_step"] == 3
