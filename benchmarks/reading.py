"""How fast is text read, beside `collections.Counter` over `line.split()`?

The Counter, `count_words`, `encode` into an empty cache, and `encode` again, which finds its result there; both
tokenizers. The Counter only counts: it keeps no ids and, with "words", does neither lower the case nor drop
punctuation. The file is in the system's memory after the first round, which does not count.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.frame import Session
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Sample, alternate
from torchw2v.data import Corpus, count_words, encode

ROUNDS, THREADS = 11, 1
BASELINE = "Counter over line.split()"
CACHED = "encode again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    text, threads = session.text, session.own.threads
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        actions: dict[str, Callable[[], object]] = {BASELINE: partial(_count, text.path)}
        for tokenizer in ("whitespace", "words"):
            corpus = Corpus(text.path, tokenizer=tokenizer)
            caches = _Caches(Path(folder))
            actions[f"count_words, {tokenizer}"] = partial(count_words, corpus, threads=threads)
            actions[f"encode, {tokenizer}"] = partial(_encode, corpus, caches.new, threads)
            actions[f"{CACHED}, {tokenizer}"] = partial(_encode, corpus, caches.last, threads)
        runs = {name: partial(_timed, action, text.words) for name, action in actions.items()}
        rounds = alternate(runs, session.rounds, tell=session.tell)
    rows, figures = [], []
    for name in runs:
        milliseconds = 1000 * median(sample.seconds for sample in rounds.samples[name])
        speed = "–" if name.startswith(CACHED) else f"{rounds.speed(name):,.0f}"  # nothing is read there
        ratio = rounds.times_as_fast(BASELINE, name)
        rows.append([name, f"{milliseconds:,.1f}", speed, str(ratio)])
        if name != BASELINE:
            figures.append(Figure(f"{name}, threads: {threads}: time over the Counter's", ratio))
    table = Table(["what", "milliseconds", "words/s", "time over the Counter's (quartiles)"], rows)
    size = text.path.stat().st_size / 1e6
    line = f"{text.words:,} words between spaces, {size:.1f} MB; threads: {threads}; rounds: {session.rounds}"
    return Measurement("reading", [line, table], figures, {"rounds": rounds.raw()})


class _Caches:
    """Empty folders, and the last of them, which is not empty any more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: Path

    def new(self) -> Path:
        self._last = Path(tempfile.mkdtemp(dir=self.folder))
        return self._last

    def last(self) -> Path:
        return self._last


def _encode(corpus: Corpus, cache: Callable[[], Path], threads: int) -> None:
    encode(corpus, cache_dir=cache(), threads=threads)


def _count(path: Path) -> Counter[str]:
    counter: Counter[str] = Counter()
    with path.open(encoding="utf-8") as file:
        for line in file:
            counter.update(line.split())
    return counter


def _timed(action: Callable[[], object], words: int) -> Sample:
    start = time.perf_counter()
    action()
    return Sample(time.perf_counter() - start, words)
