"""How long does it take to find and join phrases, beside gensim's `Phrases`?

Both begin with the file and end with a file in which the phrases are joined; ours begins with an empty cache. Also
timed are ours on text that is encoded already, as it is when a model is trained on it, and gensim with its phrases
frozen before they are joined. The files are compared first: where a byte differs, nothing is reported. Frozen phrases
may be others, and are left out where they are.
"""

from __future__ import annotations

import argparse
import filecmp
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.frame import Session, at_least
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Sample, alternate
from torchw2v.data import Corpus, EncodedCorpus, PhraseSettings, encode, join_phrases, write_phrases
from torchw2v.data.phrase_settings import ENGLISH_CONNECTOR_WORDS

ROUNDS, THREADS = 5, 1
OURS, ENCODED = "torchw2v, file to file", "torchw2v, encoded text"
GENSIM, FROZEN = "gensim, file to file", "gensim, file to file, frozen"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passes", type=at_least(1), default=1, help="over the text")
    parser.add_argument("--connectors", action="store_true", help="with English connector words")


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    text = session.text
    settings = PhraseSettings(
        passes=arguments.passes, connector_words=ENGLISH_CONNECTOR_WORDS if arguments.connectors else ()
    )
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        ours, gensims = folder / "ours.txt", folder / "gensims.txt"
        encoded = encode(Corpus(text.path), cache_dir=folder)
        summary = write_phrases(Corpus(text.path), ours, settings, cache_dir=folder)
        _with_gensim(text.path, gensims, settings)
        if not filecmp.cmp(ours, gensims, shallow=False):
            raise SystemExit("the phrases are not those of gensim, so nothing is timed")
        actions: dict[str, Callable[[], object]] = {
            OURS: partial(_file_to_file, text.path, ours, settings),
            ENCODED: partial(_join, encoded, settings),
            GENSIM: partial(_with_gensim, text.path, gensims, settings),
        }
        _with_gensim(text.path, gensims, settings, freeze=True)
        if filecmp.cmp(ours, gensims, shallow=False):
            actions[FROZEN] = partial(_with_gensim, text.path, gensims, settings, freeze=True)
        runs = {name: partial(_timed, action, text.words) for name, action in actions.items()}
        rounds = alternate(runs, session.rounds, warm_up=False, tell=session.tell)
    rows, figures = [], []
    for name in runs:
        ratio = rounds.times_as_fast(name, GENSIM)
        seconds = median(sample.seconds for sample in rounds.samples[name])
        rows.append([name, f"{seconds:.2f}", f"{rounds.speed(name):,.0f}", str(ratio)])
        if name in (OURS, ENCODED):
            figures.append(Figure(f"phrases, {name}: speed over gensim's", ratio))
    line = (
        f"{text.words:,} words, passes: {settings.passes}, connector words: {len(settings.connectors)}; the same text "
        f"from both, {summary.num_phrases:,} different phrases, joined {summary.num_joins:,} times; rounds: "
        f"{session.rounds}"
    )
    table = Table(["what", "seconds", "words/s", "times as fast as gensim (quartiles)"], rows)
    return Measurement("phrases", [line, table], figures, {"rounds": rounds.raw()})


def _file_to_file(source: Path, target: Path, settings: PhraseSettings) -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as cache:
        write_phrases(Corpus(source), target, settings, cache_dir=cache)


def _join(corpus: EncodedCorpus, settings: PhraseSettings) -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as cache:
        join_phrases(corpus, passes=settings.passes, connector_words=settings.connectors, cache_dir=cache)


class _Lines:
    """Sentences of a file, which can be read again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[list[str]]:
        with self.path.open(encoding="utf-8") as file:
            for line in file:
                yield line.split()


def _with_gensim(source: Path, target: Path, settings: PhraseSettings, *, freeze: bool = False) -> None:
    from gensim.models.phrases import Phrases

    sentences = _Lines(source)
    for _ in range(settings.passes):
        phrases = Phrases(
            sentences,
            min_count=settings.min_count,
            threshold=settings.least_score,
            connector_words=frozenset(settings.connectors),
            delimiter=settings.delimiter,
        )
        sentences = (phrases.freeze() if freeze else phrases)[
            sentences
        ]  # read again by the next pass, a sentence at a time
    with target.open("w", encoding="utf-8") as file:
        file.writelines(" ".join(sentence) + "\n" for sentence in sentences)


def _timed(action: Callable[[], object], words: int) -> Sample:
    start = time.perf_counter()
    action()
    return Sample(time.perf_counter() - start, words)
