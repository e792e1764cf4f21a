"""What every measurement is given: the text, how long and how often."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.report import Measurement
from benchmarks.store import Store
from benchmarks.texts import Source, Text
from benchmarks.trainers.with_torchw2v import Own
from torchw2v.data import EncodedCorpus


@dataclass(frozen=True)
class Session:
    """Of one command.

    Attributes:
        source: of the text.
        own: engine and threads of ours; the threads are those of the others, too.
        rounds: how often each takes its turn.
        seconds: about how long each trains in a round.
        seeds: how many, from 0, in `quality`.
        store: of results that were kept.
    """

    source: Source
    own: Own
    rounds: int
    seconds: float
    seeds: int
    store: Store

    @property
    def text(self) -> Text:
        return self.source.text

    @property
    def corpus(self) -> EncodedCorpus:
        return self.source.corpus

    @property
    def cache(self) -> Path:
        return self.source.cache

    def tell(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


def at_least(least: int) -> Callable[[str], int]:
    """For argparse: a whole number that is not less."""

    def read(word: str) -> int:
        if not word.lstrip("-").isdecimal() or int(word) < least:
            raise argparse.ArgumentTypeError(f"must be a whole number of at least {least}, not {word}")
        return int(word)

    return read


class Command(Protocol):
    """A module that answers one question; its docstring is the help."""

    @property
    def ROUNDS(self) -> int:  # noqa: N802
        """Unless told otherwise."""

    @property
    def THREADS(self) -> int | None:  # noqa: N802
        """Unless told otherwise; None is all cores."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def measure(self, arguments: argparse.Namespace, session: Session) -> Measurement: ...
