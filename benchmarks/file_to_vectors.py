"""From a text file to a file of vectors, in processes in turn: how long it takes, and how much memory.

Ours is `train_word2vec` and the text format of word2vec, gensim's `Word2Vec(corpus_file=…)` and
`save_word2vec_format`, which is the same format. Nothing is encoded before; the loop is compiled before, by a first
process, which does not count; the text is in the system's memory for both. Seconds of the work begin after the imports;
those of the process hold the start of Python and the imports as well.

Memory is what a process holds at its peak beyond what it holds after its imports; the encoded text, a file mapped into
memory, counts as far as it was read. It is told twice: of the runs that were timed, where the code of libraries counts
if it is first needed during the work; and of others, of an epoch, which bring all code of their libraries into memory
before (Linux only).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from statistics import median

from benchmarks import gate
from benchmarks.frame import Session
from benchmarks.job import TRAINERS, Answer, Job, run
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import spread
from benchmarks.settings import MODELS, Settings

ROUNDS, THREADS = 3, None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", choices=MODELS, default="skipgram_neg")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    settings, own = Settings(arguments.model, arguments.dim), session.own
    gate.check(settings, own)
    answers: dict[str, list[Answer]] = {name: [] for name in TRAINERS}
    whole: dict[str, list[Answer]] = {name: [] for name in TRAINERS}
    modules: dict[str, Sequence[str]] = dict.fromkeys(TRAINERS, ())
    for number in range(session.rounds + 1):
        for name in TRAINERS:
            epochs = arguments.epochs if number else 1
            job = Job(name, str(session.text.path), epochs, own.threads, own.engine, settings, modules[name])
            answer = run(job)
            session.tell(
                f"round {number}, {name}: {answer.work_seconds:.1f} s" + ("" if number else " (does not count)")
            )
            if number:
                answers[name].append(replace(answer, modules=()))
                if sys.platform == "linux":
                    answer = run(replace(job, epochs=1, whole_libraries=True))
                    whole[name].append(replace(answer, modules=()))
            else:
                modules[name] = answer.modules
    questions: dict[str, tuple[Callable[[Answer], float], str, dict[str, list[Answer]]]] = {
        "seconds from text to vectors": (lambda answer: answer.work_seconds, ".2f", answers),
        "seconds, start and imports included": (lambda answer: answer.wall_seconds, ".2f", answers),
        "MB at the peak beyond imports and code of libraries": (
            lambda answer: answer.memory_of_work / 1e6,
            ".1f",
            whole,
        ),
        "MB at the peak beyond the imports": (lambda answer: answer.memory_of_work / 1e6, ".1f", answers),
        "MB of the imports": (lambda answer: answer.memory_of_imports / 1e6, ".0f", answers),
    }
    rows, figures = [], []
    for question, (value, form, asked) in questions.items():
        ours, gensims = ([value(answer) for answer in asked[name]] for name in TRAINERS)
        if not ours:
            continue
        # of time, how many times as fast; of memory, how many times as much
        is_time = question.startswith("seconds")
        ratio = spread([b / a if is_time else a / b for a, b in zip(ours, gensims, strict=True)])
        which = "gensim's over ours" if is_time else "ours over gensim's"
        rows.append([question, *(format(median(values), form) for values in (ours, gensims)), f"{ratio}", which])
        figures.append(Figure(f"{arguments.model}, {arguments.epochs} epochs, {question}: {which}", ratio))
    line = f"{settings.model}, D={settings.embedding_dim}, {arguments.epochs} epochs; threads: {own.threads}; "
    line += f"rounds: {session.rounds}"
    table = Table(["what", *TRAINERS, "ratio (quartiles)", "of"], rows, texts=(0, 4))
    raw = {"settings": asdict(settings), "answers": {name: list(map(asdict, some)) for name, some in answers.items()}}
    raw["whole_libraries"] = {name: list(map(asdict, some)) for name, some in whole.items()}
    return Measurement("file-to-vectors", [line, table], figures, raw)
