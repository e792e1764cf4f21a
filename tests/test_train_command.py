"""`python train.py` as people run it: what it leaves, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import re
import runpy
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import yaml
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.sentences import planted as moods
from tests.training import planted
from torchw2v import WordVectors
from torchw2v.sentences import SentenceClassifier

pytest.importorskip("hydra", reason="train.py needs the package hydra-core")
from hydra.core.global_hydra import GlobalHydra

ROOT = Path(__file__).parents[1]
SMALL = ["trainer.max_epochs=2", "model.embedding_dim=8", "engine.words_per_step=256"]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(" ".join(words) for words in planted.sentences(300)))
    return path


@pytest.fixture
def train_py(tmp_path, monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Run train.py in this process (a new one needs seconds to import torch): exit status, output, error output."""

    def run(*overrides: str) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [str(ROOT / "train.py"), *overrides])
        monkeypatch.setattr(threading, "excepthook", threading.excepthook)
        monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        status: int | str | None = 0
        try:
            runpy.run_path(str(ROOT / "train.py"), run_name="__main__")
        except SystemExit as stop:
            status = stop.code
        finally:
            GlobalHydra.instance().clear()
            for number, handler in handlers.items():
                signal.signal(number, handler)
        output = capsys.readouterr()
        if isinstance(status, str):  # Python prints it when the process ends
            return 1, output.out, output.err + status
        return status or 0, output.out, output.err

    return run


def test_a_run_leaves_all_its_files_and_says_where(train_py, text, tmp_path):
    status, out, err = train_py("data=text", f"data.path={text}", *SMALL)
    assert status == 0
    assert "GPU available" not in err
    folder = (tmp_path / "lightning_logs" / "skipgram_neg" / "latest").resolve()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", folder.name)
    names = {path.name for path in folder.iterdir()}
    events = [name for name in names if name.startswith("events.out.tfevents.")]
    assert len(events) == 1
    assert names - set(events) == {
        "config.yaml",
        "checkpoints",
        "metrics.json",
        "vectors.safetensors",
        "vectors.txt",
        "vocabulary.tsv",
        "curves.tsv",
        "words.png",
        "lengths.png",
        "curves.png",
        "projector_config.pbtxt",
        "projector_vectors.tsv",
        "projector_words.tsv",
    }
    assert str(folder) in out
    for name in ("vectors.txt", "vectors.safetensors", "metrics.json", "checkpoints/last.ckpt", "Nearest words"):
        assert name in out
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert config["data"]["path"] == str(text)
    assert config["model"]["embedding_dim"] == 8
    vectors = pytest.importorskip("gensim.models").KeyedVectors.load_word2vec_format(folder / "vectors.txt")
    assert tuple(vectors.index_to_key) == WordVectors.load(folder / "vectors.safetensors").words
    scalars = EventAccumulator(str(folder)).Reload()
    assert [event.step for event in scalars.Scalars("epoch/loss")] == [15, 30]


def test_a_report_survives_a_terminal_without_unicode_and_a_link_that_cannot_be_made(train_py, tmp_path):
    (tmp_path / "text.txt").write_text("größe länge höhe tiefe\n" * 100)
    (tmp_path / "lightning_logs" / "skipgram_neg" / "latest").mkdir(parents=True)
    command = [sys.executable, ROOT / "train.py", "data=text", "data.path=text.txt", "logger=none", *SMALL]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert rb"gr\xf6\xdfe" in run.stdout
    assert b"latest: cannot be made to point to" in run.stderr


def test_runs_in_the_same_second_get_folders_of_their_own(train_py, text, tmp_path, monkeypatch):
    import torchw2v.training.run_folder as run_folder

    class Stopped(run_folder.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2030, 1, 2, 3, 4, 5)

    monkeypatch.setattr(run_folder, "datetime", Stopped)
    for _ in range(2):
        assert train_py("data=text", f"data.path={text}", "logger=none", *SMALL)[0] == 0
    models = tmp_path / "lightning_logs" / "skipgram_neg"
    assert sorted(path.name for path in models.iterdir()) == ["2030-01-02_03-04-05", "2030-01-02_03-04-05-2", "latest"]
    assert (models / "latest").resolve().name == "2030-01-02_03-04-05-2"


def test_resume_last(train_py, text, tmp_path):
    train_py("data=text", f"data.path={text}", *SMALL)
    first = (tmp_path / "lightning_logs" / "skipgram_neg" / "latest").resolve()
    status, out, _ = train_py("data=text", f"data.path={text}", *SMALL, "trainer.max_epochs=3", "resume=last")
    assert status == 0
    assert (tmp_path / "lightning_logs" / "skipgram_neg" / "latest").resolve() != first
    assert "Trained     3,600 words" in out


def test_resume_last_takes_up_a_run_that_was_killed(train_py, text, tmp_path):
    train_py("data=text", f"data.path={text}", *SMALL)
    runs = tmp_path / "lightning_logs" / "skipgram_neg"
    train_py("data=text", f"data.path={text}", *SMALL, "trainer.max_epochs=1")
    (runs / "latest").unlink()  # what a kill -9 leaves: a checkpoint after one epoch, and no link to it
    status, out, _ = train_py("data=text", f"data.path={text}", *SMALL, "resume=last")
    assert status == 0
    assert "Trained     3,600 words" in out


def test_cuda_is_taken_by_auto_only_where_it_is(train_py, text):
    small = [*SMALL[:2], "engine=autograd"]
    status, _, err = train_py("data=text", f"data.path={text}", "trainer=gpu", *small)
    if torch.cuda.is_available():
        assert status == 0
    else:
        assert status == 1
        assert "trainer=gpu: this machine has no CUDA GPU that torch can use; take trainer=auto or trainer=cpu" in err


BAD = {
    "missing path": (["data.path=no/such/file"], "no/such/file: no such file or folder"),
    "no path": ([], "no text was given; set data.path"),
    "empty corpus": (["data.path=empty"], "empty: no words in it"),
    "binary file": (["data.path=binary"], "binary: not a text file: a zero byte at byte 3"),
    "bad bytes": (["data.path=latin"], "latin: byte 3 is not utf-8"),
    "nothing left": (["data.path=text.txt", "data.min_count=100000"], "min_count=100000 leaves no word of 85"),
    "one word": (["data.path=one"], "the vocabulary holds one word only"),
    "zero size": (["data.path=text.txt", "model.embedding_dim=0"], "model.embedding_dim must be an integer of at"),
    "negative size": (["data.path=text.txt", "model.window=-5"], "model.window must be an integer of at least 1"),
    "no number": (["data.path=text.txt", "model.window=wide"], "model.window must be an integer of at least 1"),
    "negative seed": (["data.path=text.txt", "seed=-1"], "seed must be an integer of at least 0, not -1"),
    "zero epochs": (["data.path=text.txt", "trainer.max_epochs=0"], "trainer.max_epochs must be an integer of at"),
    "several processes": (["data.path=text.txt", "trainer.devices=2"], "2 processes were asked for, but only one"),
    "trainer setting": (["data.path=text.txt", "trainer.max_steps=few"], "trainer: '<' not supported"),
    "no logging interval": (["data.path=text.txt", "trainer.log_every_n_steps=0"], "trainer.log_every_n_steps must be"),
    "no steps": (["data.path=text.txt", "trainer.max_steps=0"], "trainer.max_steps must be an integer of at least 1"),
    "accelerator": (["data.path=text.txt", "trainer.accelerator=abacus"], "must be one of auto, cpu, gpu"),
    "unknown model": (["model=skipgran"], "skipgram_neg"),
    "unknown new key": (
        ["data.path=text.txt", "+model.windw=5"],
        "model.windw is no setting; there are architecture,",
    ),
    "unknown new engine key": (
        ["data.path=text.txt", "+engine.foo=5"],
        "engine.foo is no setting; there are words_per_step, threads, words_per_batch",
    ),
    "path without data=text": (["data=pydocs", "data.path=text.txt"], "data.path is for text of your own: add data=te"),
    "huge seed": (["data.path=text.txt", "seed=99999999999999999999"], "seed must be"),
    "one word a line": (["data.path=lines", "data.min_count=1"], "nothing to train on: no sentence has two words"),
    "codec that is no encoding": (["data.path=text.txt", "data.encoding=hex"], "hex"),
    "empty path": (["data.path="], "an empty path was given"),
    "unknown key": (["data.path=text.txt", "model.windw=5"], "windw"),
    "unwritable": (["data.path=text.txt", "output_dir=one"], "one/skipgram_neg: cannot make a folder for the run"),
    "no run to resume": (["data.path=text.txt", "resume=last"], "no run there has a checkpoint to resume from"),
    "no checkpoint": (["data.path=text.txt", "resume=empty.ckpt"], "empty.ckpt: no checkpoint to resume from"),
    "optimizer": (["data.path=text.txt", "engine=autograd", "+engine.optimizer.momentun=0.9"], "engine.optimizer: "),
    "optimizer class": (
        ["data.path=text.txt", "engine=autograd", "engine.optimizer._target_=torch.optim.Sdg"],
        "torch.optim.Sdg",
    ),
    "setting of another engine": (
        ["data.path=text.txt", "+engine.sparse=true"],
        "engine.sparse is a setting of engine=autograd, not of engine=fused",
    ),
    "setting of the softmax": (
        ["data.path=text.txt", "engine.words_per_batch=64"],
        "engine.words_per_batch is for model.loss=softmax and for engine=autograd",
    ),
    "steps that cut the softmax's": (
        ["data.path=text.txt", "model=skipgram_softmax", "engine.words_per_step=1000"],
        "engine.words_per_step must be a multiple of engine.words_per_batch, which is 128, not 1000",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line(train_py, text, tmp_path, case):
    (tmp_path / "empty").write_text("\n \n")
    (tmp_path / "binary").write_bytes(b"abc\0def")
    (tmp_path / "latin").write_bytes("caf\xe9 au lait".encode("latin-1"))
    (tmp_path / "one").write_text("word " * 100)
    (tmp_path / "lines").write_text("some\nwords\n" * 100)
    overrides, message = BAD[case]
    status, out, err = train_py("data=text", *overrides)
    assert status != 0
    assert message in err
    assert "Traceback" not in out + err
    assert not list(tmp_path.glob("lightning_logs/*/20*")), "a run that trained nothing leaves no folder"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_what_was_learnt_and_says_where(text, tmp_path, number):
    process = subprocess.Popen(
        [sys.executable, ROOT / "train.py", "data=text", f"data.path={text}", "trainer.max_epochs=100000", *SMALL[1:]],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    seen = ""
    while "words/s" not in seen:
        character = process.stderr.read(1)
        assert character, f"it ended before it trained: {seen}"
        seen += character
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "Traceback" not in out + err
    assert f"Stopped early by {number.name}; go on with the same command and resume=" in out
    folder = Path(out.split("resume=")[1].strip().strip("'"))
    assert len(WordVectors.load(tmp_path / folder / "vectors.safetensors")) == 85
    torch.load(tmp_path / folder / "checkpoints" / "last.ckpt", weights_only=True)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Sentences whose words tell their class, and their vectors as the newest run of a word2vec model."""
    runs = tmp_path / "lightning_logs" / "skipgram_neg"
    (runs / "2030-01-01_00-00-00").mkdir(parents=True)
    moods.vectors().save(runs / "2030-01-01_00-00-00" / "vectors.safetensors")
    (runs / "latest").symlink_to("2030-01-01_00-00-00")
    path = tmp_path / "reviews.tsv"
    path.write_text("\n".join(f"{label}\t{' '.join(words)}." for label, words in moods.sentences(300, mood=4)))
    return path


def test_sentences_are_classified_with_the_vectors_of_the_newest_run(train_py, labelled, tmp_path):
    status, out, err = train_py("model=sentiment", "data=sentences", f"data.path={labelled}", "model.l2=[0.1,0.01]")
    assert status == 0
    assert "torchw2v: word vectors of the newest run, " in err
    folder = (tmp_path / "lightning_logs" / "sentiment" / "latest").resolve()
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["test"]["accuracy"] > 0.9
    assert metrics["test"]["majority"] == pytest.approx(1 / 3, abs=0.02)
    assert [metrics[part]["examples"] for part in ("train", "dev", "test")] == [240, 30, 30]
    for name in ("model.safetensors", "mistakes.tsv", "confusion_matrix.png", "metrics.json", "majority"):
        assert name in out
    assert SentenceClassifier.load(folder).predict(["Good1 the2, good7!"])[0].label == "good"


BAD_SENTENCES = {
    "no vectors": (["output_dir=elsewhere"], "elsewhere: no run here has vectors; train some (python train.py), or"),
    "missing vectors": (["model.vectors=no/such"], "no/such: nothing is there; set model.vectors to a file of vectors"),
    "no tab": (["data.path=text"], "text, line 1: no tab between label and text"),
    "no path": (["data.path=null"], "no sentences were given; set data.path"),
    "strength": (["model.l2=[-1]"], "model.l2 must be above 0, not -1"),
    "tolerance": (["engine.tolerance=0"], "engine.tolerance must be above 0"),
    "unknown key": (["+model.hidden=[5]"], "model.hidden is no setting; there are vectors, l2"),
    "text": (["data=pydocs"], "model=sentiment trains on labelled sentences: add data=sst or data=sentences"),
}


@pytest.mark.parametrize("case", BAD_SENTENCES)
def test_bad_sentences_are_one_clear_line(train_py, labelled, tmp_path, case):
    (tmp_path / "text").write_text("words without a label\n")
    overrides, message = BAD_SENTENCES[case]
    own = [] if "data=pydocs" in overrides else ["data=sentences", f"data.path={labelled}"]
    status, out, err = train_py("model=sentiment", *own, *overrides)
    assert status != 0
    assert message in err
    assert "Traceback" not in out + err
    assert not (tmp_path / "lightning_logs" / "sentiment").exists(), "a run that trained nothing leaves no folder"


def test_help_is_written_for_people(train_py):
    status, out, _ = train_py("--help")
    assert status == 0
    for words in ("data.path=PATH", "model.embedding_dim=100", "trainer=*auto | cpu | gpu", "Examples:"):
        assert words in out
    assert all(len(line) <= 120 for line in out.splitlines())
