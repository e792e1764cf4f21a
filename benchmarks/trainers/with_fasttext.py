"""fastText without its subwords, which is word2vec: the Python package if there is one, else a program on the PATH.

It trains and counts words in one call, so its time holds the counting too, and with a file, the writing: a table that
names it has to say so.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.rounds import Sample
from benchmarks.settings import Settings

NAME = "fastText"


def is_there() -> bool:
    return importlib.util.find_spec("fasttext") is not None or shutil.which("fasttext") is not None


class FastText:
    """One model after the other, each of whole epochs."""

    def __init__(self, text: Path, words: int, settings: Settings, *, threads: int) -> None:
        self.text = text
        self.words = words
        self.options: dict[str, int | float | str] = {
            "dim": settings.embedding_dim,
            "ws": settings.window,
            "loss": "hs" if settings.is_hierarchical else "ns",
            "neg": settings.num_negatives,
            "t": settings.sample,  # the same formula as word2vec's
            "lr": settings.word2vec_rate,
            "minCount": settings.min_count,
            "minn": 0,
            "maxn": 0,
            "bucket": 0,
            "thread": threads,
            "verbose": 0,
        }
        self.command = "skipgram" if settings.is_skipgram else "cbow"

    def train(self, words: int) -> Sample:
        epochs = max(1, round(words / self.words))
        train = self._in_python if importlib.util.find_spec("fasttext") else self._by_program
        start = time.perf_counter()
        train(self.options | {"epoch": epochs})
        return Sample(time.perf_counter() - start, self.words * epochs)

    def _in_python(self, options: dict[str, int | float | str]) -> None:
        importlib.import_module("fasttext").train_unsupervised(str(self.text), model=self.command, **options)

    def _by_program(self, options: dict[str, int | float | str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            told = [part for name, value in options.items() for part in (f"-{name}", str(value))]
            files = ["-input", str(self.text), "-output", str(Path(folder, "vectors"))]
            subprocess.run(["fasttext", self.command, *files, *told], check=True, capture_output=True)
