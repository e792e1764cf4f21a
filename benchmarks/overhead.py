"""What does Lightning cost? The pass of engine=fused in a loop beside trainings through Lightning.

One training is without logger, bar and checkpoint; one is as users run it: curves for TensorBoard, a progress bar on a
terminal that nobody sees, checkpoints, all as `train.py` has them, in a temporary folder. All of them, and the bare
pass, begin with new matrices and take the same number of words in the same steps. What counts is the training alone,
through Lightning from on_train_start to on_train_end: neither reading the text nor writing the results. Checkpoints are
written within that time. A training of a few seconds writes one, where it ends; as that weighs less the longer the
training is, another line has the same runs without the seconds of their checkpoints. The bare pass runs
twice a round: what its second time differs from its first is noise.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace

from benchmarks import gate
from benchmarks.frame import Session
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Rounds, Sample, Trainer, alternate_trainers
from benchmarks.settings import Settings
from benchmarks.trainers.with_torchw2v import BarePass, WholeTraining
from benchmarks.versus import add_model_arguments

ROUNDS, THREADS = 9, None
BARE, AGAIN = "bare pass", "bare pass again"
PLAIN, AS_USERS = "Lightning alone", "Lightning with curves, bar, checkpoint"
LESS_CHECKPOINT = "with curves, bar, checkpoint, less the checkpoint's seconds"
add_arguments = add_model_arguments


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    rows, figures, raw = [], [], []
    epochs = set()
    for settings in [Settings(model, arguments.dim) for model in arguments.models]:
        rounds = _rounds(settings, session)
        for name in rounds.samples:
            ratio = rounds.times_as_fast(BARE, name)
            rows.append([settings.model, str(arguments.dim), name, f"{rounds.speed(name):,.0f}", str(ratio)])
            if name not in (BARE, AGAIN):
                title = f"{settings.model}, D={arguments.dim}: time over the bare pass's, {name}"
                figures.append(Figure(title, ratio))
        epochs.add(rounds.samples[BARE][0].words // session.text.words)
        raw.append({"settings": asdict(settings), "rounds": rounds.raw()})
    line = f"training alone, from on_train_start to on_train_end; {_listed(epochs)} epochs a round; "
    line += f"threads: {session.own.threads}; rounds: {session.rounds}"
    columns = ["model", "D", "run", "words/s", "time over the bare pass's (quartiles)"]
    return Measurement("overhead", [line, Table(columns, rows, texts=(0, 2))], figures, {"models": raw})


def _rounds(settings: Settings, session: Session) -> Rounds:
    text, own = session.text, session.own
    gate.check(settings, own)
    users = WholeTraining(text.path, text.words, settings, own, cache=session.cache, as_users=True)
    trainers: dict[str, Trainer] = {
        BARE: _NewBarePass(session, settings),
        PLAIN: WholeTraining(text.path, text.words, settings, own, cache=session.cache),
        AS_USERS: users,
        AGAIN: _NewBarePass(session, settings),
    }
    rounds = alternate_trainers(
        trainers, session.rounds, seconds=session.seconds, words=text.words, same_words=True, tell=session.tell
    )
    counted = zip(rounds.samples[AS_USERS], users.checkpoint_seconds[-session.rounds :], strict=True)
    rounds.samples[LESS_CHECKPOINT] = [
        replace(sample, seconds=sample.seconds - checkpoint) for sample, checkpoint in counted
    ]
    rounds.samples[AGAIN] = rounds.samples.pop(AGAIN)  # the last line
    return rounds


class _NewBarePass:
    """Begins anew each time, as a training does: what is new to the caches is slower at first."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self.session = session
        self.settings = settings

    def train(self, words: int) -> Sample:
        return BarePass(self.session.corpus, self.settings, self.session.own).train(words)


def _listed(numbers: set[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
