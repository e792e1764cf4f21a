"""How much faster are several threads than one?"""

from __future__ import annotations

import argparse
from dataclasses import replace

from benchmarks import gate
from benchmarks.frame import Session
from benchmarks.report import Measurement
from benchmarks.rounds import Trainer
from benchmarks.settings import Settings
from benchmarks.trainers.with_torchw2v import BarePass, WholeTraining
from benchmarks.versus import add_model_arguments, compare

ROUNDS, THREADS = 9, None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model_arguments(parser)
    parser.add_argument("--bare", action="store_true", help="without Lightning")


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    text, many = session.text, session.own.threads

    def make(settings: Settings) -> dict[str, Trainer]:
        trainers: dict[str, Trainer] = {}
        for threads, name in ((many, f"{many} threads"), (1, "one thread")):
            own = replace(session.own, threads=threads)
            gate.check(settings, own)
            if arguments.bare:
                trainers[name] = BarePass(session.corpus, settings, own)
            else:
                trainers[name] = WholeTraining(text.path, text.words, settings, own, cache=session.cache)
        return trainers

    return compare("scaling", arguments, session, make, f"{many} threads over one")
