"""Are the vectors as good as gensim's?

The same settings for both and as many threads, `--seeds` each. gensim's own evaluations score all of them on the three
files that it ships: WordSim-353 and SimLex-999 (Spearman's rank correlation) and the share of Google's analogies
answered right; pairs and questions with a word outside the vocabulary are left out. A cell is the mean over the seeds
and their range. Ours are as good where the mean is at least gensim's minus 0.005. gensim's results are kept in the file
that `--reuse` names and found there again, by text, settings, seed and version.

With several workers, gensim's learning rate falls in each epoch only as far as one worker's share of it goes, and jumps
at the next: it ends higher than with one worker, and the vectors are others.

With engine=autograd, `--words-per-batch` and `--max-row-step` (see `RowSGD`; inf is plain SGD) can have several values.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import product
from statistics import mean
from typing import Any

from benchmarks import gate
from benchmarks.baseline import gensim_result
from benchmarks.frame import Session
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import spread
from benchmarks.scores import TASKS, Score, score_matrix
from benchmarks.settings import Settings
from benchmarks.trainers.with_gensim import NAME as GENSIM
from benchmarks.trainers.with_torchw2v import NAME as OURS
from benchmarks.trainers.with_torchw2v import Own, run_training
from benchmarks.versus import add_model_arguments
from torchw2v.errors import InputError

ALLOWANCE = 0.005
EPOCHS = 5

Run = dict[str, Any]  # the fields of a `Score` and of a `Sample`, and "loss", of the last epoch in nats an example

ROUNDS, THREADS = 1, None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model_arguments(parser)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--sample", type=float, default=1e-3)
    parser.add_argument("--max-size", type=int, help="the most words in the vocabulary")
    parser.add_argument("--learning-rate", type=float, help="of ours; by default that of the model's configuration")
    parser.add_argument("--min-learning-rate", type=float, help="the same, at the end")
    parser.add_argument("--gensim-rate", type=float, help="of gensim; by default 0.025, and 0.05 for CBOW")
    parser.add_argument("--gensim-workers", type=int, help="by default as many as our threads; see above")
    parser.add_argument("--negatives", choices=["per_window", "per_pair"], default="per_window")
    add_gradient(parser)
    parser.add_argument("--words-per-batch", type=int, nargs="+", default=[1024])
    parser.add_argument("--max-row-step", type=float, nargs="+", default=[1.6])
    parser.add_argument("--no-gensim", action="store_true")


def add_gradient(parser: argparse.ArgumentParser) -> None:
    help_ = "of CBOW; gensim's is word2vec, the default here, that of model=cbow_neg is exact"
    parser.add_argument("--gradient", choices=["word2vec", "exact"], default="word2vec", help=help_)


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    tables: list[Table | str] = []
    figures, raw = [], []
    own = replace(session.own, negatives=arguments.negatives, gradient=arguments.gradient)
    variants = [own]
    if own.engine == "autograd":
        sizes = product(arguments.words_per_batch, arguments.max_row_step)
        variants = [replace(own, words_per_batch=words, max_row_step=limit) for words, limit in sizes]
    for model in arguments.models:
        settings = Settings(model, arguments.dim, sample=arguments.sample, max_size=arguments.max_size)
        gate.check(settings, own)
        runs = scored_runs(
            replace(settings, rate=arguments.learning_rate, min_rate=arguments.min_learning_rate),
            variants,
            None if arguments.no_gensim else replace(settings, rate=arguments.gensim_rate),
            session,
            epochs=arguments.epochs,
            seeds=session.seeds,
            workers=arguments.gensim_workers,
        )
        tables += [f"{model}, D={arguments.dim}, {arguments.epochs} epochs; seeds: {session.seeds}; " + left_out(runs)]
        tables += [_table(runs)]
        if not arguments.no_gensim:
            tables += [_verdict(runs)]
            figures += differences(settings, runs)
        raw.append({"settings": asdict(settings), "runs": runs})
    return Measurement("quality", tables, figures, {"models": raw})


def scored_runs(
    settings: Settings,
    variants: Sequence[Own],
    gensims: Settings | None,
    session: Session,
    *,
    epochs: int,
    seeds: int,
    workers: int | None = None,
) -> dict[str, list[Run]]:
    """Whole trainings and what their vectors are worth, by the name of who trained, in the order of the seeds.

    Args:
        settings: of ours.
        variants: of ours.
        gensims: settings of gensim's; None trains without it.
        session: has the text.
        epochs: of each.
        seeds: how many, from 0.
        workers: of gensim; None is as many as our threads.
    """
    runs: dict[str, list[Run]] = {}
    for seed in range(seeds):
        for own in variants:
            run = _train_ours(settings, own, epochs, seed, session)
            runs.setdefault(f"{OURS}, {own}", []).append(run)
            session.tell(_line(f"seed {seed}, {OURS}, {own}", run))
        if gensims is not None:
            threads = workers or session.own.threads
            run = gensim_result(session.text, gensims, epochs=epochs, threads=threads, seed=seed, store=session.store)
            runs.setdefault(GENSIM, []).append({**run, "loss": None})
            session.tell(_line(f"seed {seed}, {GENSIM}", run))
    return runs


def _train_ours(settings: Settings, own: Own, epochs: int, seed: int, session: Session) -> Run:
    try:
        result = run_training(session.text.path, settings, own, epochs=epochs, seed=seed, cache=session.cache)
    except InputError as error:  # it diverged
        session.tell(str(error))
        return {**asdict(Score()), "seconds": math.nan, "words": 0, "loss": math.nan}
    training = result.metrics["training"]
    score = score_matrix(result.vectors.words, result.vectors.matrix.numpy())
    time = {"seconds": result.metrics["seconds"]["training"], "words": training["words"]}
    return {**asdict(score), **time, "loss": training["epoch_losses"][-1]}


def _line(name: str, run: Run) -> str:
    scores = ", ".join(f"{title} {run[task]:.4f}" for task, title in TASKS.items())
    return f"{name}: {scores}; {run['seconds']:.1f} s"


def left_out(runs: dict[str, list[Run]]) -> str:
    """What the scores do not see, as the vocabulary does not have it."""
    one = next((run for some in runs.values() for run in some if run["questions"]), next(iter(runs.values()))[0])
    return (
        f"left out: {one['wordsim_unknown']:.1f} % of WordSim-353, {one['simlex_unknown']:.1f} % of SimLex-999; "
        f"{one['questions']:,} of 19,544 analogies asked"
    )


def score_cells(runs: Sequence[Run]) -> list[str]:
    """A cell a task."""
    return [_cell([run[task] for run in runs], ".4f") for task in TASKS]


def differences(settings: Settings, runs: dict[str, list[Run]]) -> list[Figure]:
    """Ours minus gensim's, seed by seed; none where there is no score."""
    result = []
    for name in runs:
        for task, title in TASKS.items() if name != GENSIM else ():
            apart = [ours[task] - gensims[task] for ours, gensims in zip(runs[name], runs[GENSIM], strict=True)]
            if all(map(math.isfinite, apart)):
                title = f"{settings.model}, D={settings.embedding_dim}: {title}, {name} minus {GENSIM}"
                result.append(Figure(title, spread(apart)))
    return result


def _table(runs: dict[str, list[Run]]) -> Table:
    rows = []
    for name, some in runs.items():
        for seed, run in enumerate(some):
            cells = [*score_cells([run]), _cell([run["loss"]], ".4g"), _cell([run["seconds"]], ".1f")]
            rows.append([f"{name}, seed {seed}", *cells])
        if len(some) > 1:
            rows.append([f"**{name}, mean (range)**", *score_cells(some), "", ""])
    return Table(["trained by", *TASKS.values(), "last loss", "seconds"], rows)


def _verdict(runs: dict[str, list[Run]]) -> Table:
    rows = []
    for name in runs:
        for task, title in TASKS.items() if name != GENSIM else ():
            ours, gensims = (mean(run[task] for run in runs[one]) for one in (name, GENSIM))
            good = "yes" if ours >= gensims - ALLOWANCE else "no"
            rows.append([name, title, f"{ours:.4f}", f"{gensims:.4f}", f"{ours - gensims:+.4f}", good])
    return Table(["trained by", "task", "mean", "gensim's", "difference", f"at least −{ALLOWANCE}"], rows, texts=(0, 1))


def _cell(values: Sequence[float | None], form: str) -> str:
    """Mean and, of several, range."""
    numbers = [value for value in values if value is not None and math.isfinite(value)]
    if len(numbers) < len(values):
        return "–"
    text = format(mean(numbers), form)
    return text if len(numbers) == 1 else f"{text} ({format(min(numbers), form)}–{format(max(numbers), form)})"
