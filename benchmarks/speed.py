"""How many words of a text a second, beside gensim, fastText where it is installed, and the loop one would write?

Training alone, the same settings for all, so many threads each. Ours is a whole run through Lightning, or with `--bare`
the pass of engine=fused in a loop. fastText counts the words within its time. Words are raw: all words of the text,
whether subsampling keeps them or not.

Beside the speed stands the quality of the same settings, ours through Lightning and gensim's, after whole trainings of
their own: the vectors that were timed are of no certain number of epochs. `quality` says what the scores are, and
whether a difference is more than chance takes more seeds than one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import product

from benchmarks import gate, quality
from benchmarks.frame import Session, at_least
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Trainer
from benchmarks.scores import TASKS
from benchmarks.settings import MODELS as ALL_MODELS
from benchmarks.settings import Settings
from benchmarks.trainers import naive_loop, with_fasttext, with_gensim, with_torchw2v
from benchmarks.trainers.with_torchw2v import BarePass, Own, WholeTraining
from benchmarks.versus import rounds_of_each
from torchw2v.training.word2vec.network import make_sampler

ROUNDS, THREADS = 5, None
MODELS = ("skipgram_neg", "cbow_neg", "skipgram_hs")  # unless told otherwise
OURS = with_torchw2v.NAME
PEERS = (with_gensim.NAME, with_fasttext.NAME, naive_loop.NAME)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", nargs="+", choices=ALL_MODELS, default=MODELS)
    parser.add_argument("--dims", nargs="+", type=int, default=[100])
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS, help="beside whom")
    parser.add_argument("--bare", action="store_true", help="without Lightning")
    quality.add_gradient(parser)
    parser.add_argument("--quality-seeds", type=at_least(0), default=1, help="how many, from 0; 0 leaves quality out")


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    own = replace(session.own, gradient=arguments.gradient)
    peers = [peer for peer in arguments.peers if peer != with_fasttext.NAME or with_fasttext.is_there()]
    seeds = arguments.quality_seeds
    rows, judged, figures, raw = [], [], [], []
    runs: dict[str, list[quality.Run]] = {}
    all_settings = [Settings(model, dim) for model, dim in product(arguments.models, arguments.dims)]

    def make(settings: Settings) -> dict[str, Trainer]:
        gate.check(settings, own)
        return _trainers(settings, own, peers, arguments.bare, session)

    for settings, rounds in rounds_of_each(all_settings, session, make):
        ratios = {name: rounds.times_as_fast(OURS, name) for name in rounds.samples if name != OURS}
        speeds = {name: f"{rounds.speed(name):,.0f}" for name in rounds.samples}
        cells = [cell for peer in peers for cell in (speeds.get(peer, "–"), str(ratios.get(peer, "–")))]
        model, dim = settings.model, settings.embedding_dim
        rows.append([model, str(dim), speeds[OURS], *cells])
        figures += [Figure(f"{model}, D={dim}: words/s over {name}'s", ratio) for name, ratio in ratios.items()]
        if seeds:
            runs = quality.scored_runs(settings, [own], settings, session, epochs=quality.EPOCHS, seeds=seeds)
            judged += [[model, str(dim), name, *quality.score_cells(some)] for name, some in runs.items()]
            figures += quality.differences(settings, runs)
        raw.append({"settings": asdict(settings), "rounds": rounds.raw(), "quality": runs})
    columns = ["model", "D", "ours, words/s", *(cell for peer in peers for cell in (peer, "ours over it (quartiles)"))]
    through = "bare" if arguments.bare else "through Lightning"
    line = f"training alone; engine={own.engine}, {through}; threads: {own.threads}; rounds: {session.rounds}"
    missing = [f"{peer} is not installed" for peer in arguments.peers if peer not in peers]
    if not seeds:
        missing.append("quality is not measured here (--quality-seeds 0)")
    tables: list[Table | str] = ["; ".join([line, *missing]), Table(columns, rows)]
    if seeds:
        line = f"quality of the same settings, whole trainings of {quality.EPOCHS} epochs"
        tables += [f"{line}; threads: {own.threads}; seeds: {seeds}; {quality.left_out(runs)}"]
        tables += [Table(["model", "D", "trained by", *TASKS.values()], judged, texts=(0, 2))]
    return Measurement("speed", tables, figures, {"through": through, "models": raw})


def _trainers(settings: Settings, own: Own, peers: Sequence[str], bare: bool, session: Session) -> dict[str, Trainer]:
    """By name; a peer that has no such model is left out."""
    text = session.text
    found: dict[str, Trainer] = {}
    if bare:
        found[OURS] = BarePass(session.corpus, settings, own)
    else:
        found[OURS] = WholeTraining(text.path, text.words, settings, own, cache=session.cache)
    if with_gensim.NAME in peers:
        found[with_gensim.NAME] = with_gensim.Gensim(text.path, settings, threads=own.threads)
    if with_fasttext.NAME in peers:
        found[with_fasttext.NAME] = with_fasttext.FastText(text.path, text.words, settings, threads=own.threads)
    if naive_loop.NAME in peers and settings.model == "skipgram_neg":
        vocabulary = session.corpus.vocabulary(min_count=settings.min_count, max_size=settings.max_size)
        sampler = make_sampler(vocabulary, with_torchw2v.model_settings(settings, own), seed=0)
        found[naive_loop.NAME] = naive_loop.NaiveLoop(session.corpus, sampler, settings, threads=own.threads)
    return found
