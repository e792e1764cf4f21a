"""How fast is text read, beside `collections.Counter` over `line.split()`?

In turn, `rounds` times: the Counter, `count_words`, `encode` into an empty cache, and `encode` again, which finds its
result there; both tokenizers. The Counter only counts: it keeps no ids and, with "words", does neither lower the case
nor drop punctuation. Ratios are of times of the same round; the table has the median and the quartiles. The file is in
the system's memory after the first round, which does not count.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from benchmarks.conditions import conditions
from torchw2v.data import Corpus, count_words, encode
from torchw2v.data.datasets import pydocs

BASELINE = "Counter over line.split()"
CACHED = "encode again"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--path", help="a text, one sentence a line; by default the built-in corpus")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    path = Path(arguments.path) if arguments.path else pydocs()
    seconds: dict[str, list[float]] = {}
    for number in range(arguments.rounds + 1):
        for name, taken in time_all(path, arguments.threads).items():
            if number:
                seconds.setdefault(name, []).append(taken)

    print(conditions("numpy", "pyarrow"))
    words, bytes_ = sum(count(path).values()), path.stat().st_size
    print(f"text:     {words:,} words between spaces, {bytes_ / 1e6:.1f} MB; threads: {arguments.threads}\n")
    print("| what | milliseconds | words/s | time over the Counter's (quartiles) |")
    print("| --- | ---: | ---: | ---: |")
    for name, times in seconds.items():
        ratios = [mine / other for mine, other in zip(times, seconds[BASELINE], strict=True)]
        ratio = "{1:.2g} ({0:.2g}–{2:.2g})".format(*quantiles(ratios, n=4))
        speed = "–" if name.startswith(CACHED) else f"{words / median(times):,.0f}"  # nothing is read there
        print(f"| {name} | {1000 * median(times):,.1f} | {speed} | {ratio} |")


def time_all(path: Path, threads: int) -> dict[str, float]:
    """Seconds of each, by name."""
    seconds = {BASELINE: timed(lambda: count(path))}
    for tokenizer in ("whitespace", "words"):
        corpus = Corpus(path, tokenizer=tokenizer)
        seconds[f"count_words, {tokenizer}"] = timed(partial(count_words, corpus, threads=threads))
        with tempfile.TemporaryDirectory() as cache:
            for name in ("encode", CACHED):
                seconds[f"{name}, {tokenizer}"] = timed(partial(encode, corpus, cache_dir=cache, threads=threads))
    return seconds


def count(path: Path) -> Counter[str]:
    counter: Counter[str] = Counter()
    with path.open(encoding="utf-8") as file:
        for line in file:
            counter.update(line.split())
    return counter


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
