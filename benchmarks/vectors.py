"""How long do questions to vectors, and files of them, take, beside gensim and beside the bare product of matrices?

A table of random vectors is asked for the ten nearest words of many words at once, and is written and read as word2vec
text and binary. Neighbours and what is read are compared with gensim's first. gensim answers a word at a time, so it is
asked fewer words, and compared by the word.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch

from benchmarks.frame import Session, at_least
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Sample, alternate
from torchw2v import WordVectors

ROUNDS, THREADS = 5, None
PRODUCT = "bare product of matrices"
K, OF_GENSIM = 10, 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--words", type=at_least(1000), default=100_000, help="in the table")
    parser.add_argument("--dim", type=at_least(2), default=300, help="numbers in a vector")
    parser.add_argument("--queries", type=at_least(1), default=1000, help="asked at once")


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    torch.set_num_threads(session.own.threads)
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(arguments.words, arguments.dim, generator=generator)
    vectors = WordVectors((f"w{i}" for i in range(arguments.words)), matrix)
    theirs = vectors.to_gensim()
    asked = list(vectors.words[: arguments.queries])
    for word, found in zip(asked[:OF_GENSIM], vectors.nearest(asked[:OF_GENSIM], K), strict=False):
        if [one.word for one in found] != [other for other, _ in theirs.most_similar(word, topn=K)]:
            raise SystemExit("the neighbours are not those of gensim, so nothing is timed")
    tables: list[Table | str] = []
    figures, raw = [], {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        for title, actions, baseline in (
            ("neighbours of a word, of many at once", _questions(vectors, theirs, asked, matrix), PRODUCT),
            ("writing and reading text", _files(vectors, theirs, Path(name) / "vectors.txt"), "gensim"),
            ("writing and reading binary", _files(vectors, theirs, Path(name) / "vectors.bin"), "gensim"),
        ):
            rounds = alternate(actions, session.rounds, warm_up=True, tell=session.tell)
            rows = []
            for who in actions:
                ratio = rounds.times_as_fast(who, baseline)
                each = median(sample.seconds / sample.words for sample in rounds.samples[who])
                rows.append([who, f"{1e3 * each:.3g}", str(ratio)])
                if who == "torchw2v":
                    figures.append(Figure(f"{title}: speed over {baseline}", ratio))
            tables += [f"{title}; {session.rounds} rounds", Table(["who", "ms a word", f"over {baseline}"], rows)]
            raw[title] = rounds.raw()
    line = (
        f"{arguments.words:,} words of {arguments.dim} numbers, {len(asked):,} asked at once, threads: "
        f"{session.own.threads}"
    )
    return Measurement("vectors", [line, *tables], figures, raw)


def _questions(
    vectors: WordVectors, theirs: object, asked: list[str], matrix: torch.Tensor
) -> dict[str, Callable[[], Sample]]:
    queries = matrix[: len(asked)].clone()
    most_similar = theirs.most_similar  # type: ignore[attr-defined]

    def ask_gensim() -> None:
        for word in asked[:OF_GENSIM]:
            most_similar(word, topn=K)

    return {
        "torchw2v": partial(_timed, lambda: vectors.nearest(asked, K), len(asked)),
        PRODUCT: partial(_timed, lambda: queries @ matrix.T, len(asked)),
        "gensim": partial(_timed, ask_gensim, min(OF_GENSIM, len(asked))),
    }


def _files(vectors: WordVectors, theirs: object, path: Path) -> dict[str, Callable[[], Sample]]:
    from gensim.models import KeyedVectors

    binary = path.suffix == ".bin"
    other = path.with_stem("gensims")

    def ours() -> WordVectors:
        vectors.save(path)
        return WordVectors.load(path)

    def gensims() -> KeyedVectors:
        theirs.save_word2vec_format(str(other), binary=binary)  # type: ignore[attr-defined]
        return KeyedVectors.load_word2vec_format(str(other), binary=binary)

    if not np.array_equal(ours().rows().numpy(), gensims().vectors):
        raise SystemExit("what is read is not what gensim reads, so nothing is timed")
    return {
        "torchw2v": partial(_timed, ours, len(vectors)),
        "gensim": partial(_timed, gensims, len(vectors)),
    }


def _timed(action: Callable[[], object], words: int) -> Sample:
    start = time.perf_counter()
    action()
    return Sample(time.perf_counter() - start, words)
