"""Are the vectors of engine=autograd as good as gensim's, which batch sizes keep them so, and what does it cost?

Skip-gram or CBOW with negative sampling or hierarchical softmax, the same settings in both, one thread each, in turn:
for every seed ours with each batch size and row limit (see `RowSGD`; "inf" is plain SGD), then gensim, from a text
file, its faster way. gensim's own evaluations score all of them on the three files that it ships: WordSim-353 and
SimLex-999 (Spearman's rank correlation), and the share of Google's analogies answered right. Pairs and questions with a
word outside the vocabulary are left out; "–" stands where none is left or a vector is not finite. A cell is the mean
over the seeds and, of several seeds, the range. Seconds are of training alone; words a second are raw words: all words
of the text, times epochs.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import mean

import lightning.pytorch as pl
import numpy as np
from gensim.models import KeyedVectors, Word2Vec
from gensim.test.utils import datapath

from benchmarks.conditions import conditions
from torchw2v.data import Corpus
from torchw2v.data.datasets import pydocs
from torchw2v.errors import InputError
from torchw2v.optim import RowSGD
from torchw2v.training import EngineSettings, ModelSettings, train_word2vec
from torchw2v.training.console import speak_plainly

MODELS = {
    "skipgram_neg": ("skipgram", "negative_sampling"),
    "skipgram_hs": ("skipgram", "hierarchical_softmax"),
    "cbow_neg": ("cbow", "negative_sampling"),
    "cbow_hs": ("cbow", "hierarchical_softmax"),
}


@dataclass
class Score:
    """Of one set of vectors; nan where nothing could be asked."""

    wordsim: float = math.nan
    simlex: float = math.nan
    analogies: float = math.nan
    # left out, in percent
    wordsim_unknown: float = math.nan
    simlex_unknown: float = math.nan
    questions: int = 0


@dataclass
class Run:
    score: Score
    loss: float | None  # of the last epoch, in nats a pair or window; gensim's is not comparable
    seconds: float
    words: int  # raw, times epochs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--path", help="a text, one sentence a line; by default the built-in corpus")
    parser.add_argument("--model", choices=MODELS, default="skipgram_neg")
    parser.add_argument(
        "--gradient", choices=["exact", "word2vec"], default="exact", help="of CBOW; gensim's is word2vec"
    )
    parser.add_argument("--learning-rate", type=float, help="of both; by default 0.025, and 0.05 for CBOW")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0")
    parser.add_argument("--words-per-batch", type=int, nargs="+", default=[1024])
    parser.add_argument("--max-row-step", type=float, nargs="+", default=[1.6])
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--sample", type=float, default=1e-3)
    parser.add_argument("--max-size", type=int, help="the most words in the vocabulary")
    parser.add_argument("--no-gensim", action="store_true")
    arguments = parser.parse_args()

    speak_plainly()
    corpus = Corpus(arguments.path) if arguments.path else Corpus(pydocs(), tokenizer="words")
    architecture, loss = MODELS[arguments.model]
    model = ModelSettings(
        architecture=architecture,
        loss=loss,
        gradient=arguments.gradient,
        embedding_dim=arguments.dim,
        sample=arguments.sample,
        learning_rate=arguments.learning_rate or (0.025 if architecture == "skipgram" else 0.05),
    )
    settings = list(product(arguments.words_per_batch, arguments.max_row_step))
    runs: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        text = Path(temporary, "sentences.txt")
        with text.open("w", encoding="utf-8") as file:
            file.writelines(" ".join(sentence) + "\n" for sentence in corpus)
        for seed in range(arguments.seeds):
            for words, limit in settings:
                folder = Path(temporary, f"{seed}-{words}-{limit:g}")
                folder.mkdir()
                run = train_ours(corpus, folder, model, words, limit, arguments.epochs, arguments.max_size, seed)
                report(runs, f"autograd, {words} words, L = {limit:g}", seed, run)
            if not arguments.no_gensim:
                run = train_gensim(text, model, arguments.epochs, arguments.max_size, seed)
                report(runs, "gensim", seed, run)
    print(conditions("torch", "lightning", "gensim", "numpy"))
    print(table(runs))


def train_ours(
    corpus: Corpus,
    folder: Path,
    model: ModelSettings,
    words_per_batch: int,
    max_row_step: float,
    epochs: int,
    max_size: int | None,
    seed: int,
) -> Run:
    engine = EngineSettings(words_per_batch, optimizer=partial(RowSGD, max_row_step=max_row_step))
    try:
        result = train_word2vec(
            lambda: corpus,
            folder,
            lambda callbacks: pl.Trainer(
                accelerator="cpu",
                devices=1,
                max_epochs=epochs,
                callbacks=callbacks,
                logger=False,
                enable_model_summary=False,
                use_distributed_sampler=False,
                default_root_dir=folder,
            ),
            model=model,
            engine=engine,
            max_size=max_size,
            seed=seed,
        )
    except InputError as error:  # it diverged
        print(error, file=sys.stderr)
        return Run(Score(), math.nan, math.nan, 0)
    if result.stopped_by:
        sys.exit(f"stopped by {result.stopped_by}")
    training = result.metrics["training"]
    vectors = KeyedVectors(model.embedding_dim)
    vectors.add_vectors(list(result.vectors.words), result.vectors.matrix.numpy())
    return Run(
        evaluate(vectors), training["epoch_losses"][-1], result.metrics["seconds"]["training"], training["words"]
    )


def train_gensim(text: Path, model: ModelSettings, epochs: int, max_size: int | None, seed: int) -> Run:
    word2vec = Word2Vec(
        sg=int(model.architecture == "skipgram"),
        hs=int(model.loss == "hierarchical_softmax"),
        vector_size=model.embedding_dim,
        window=model.window,
        negative=model.negatives_drawn,
        ns_exponent=model.ns_exponent,
        sample=model.sample,
        alpha=model.learning_rate,
        min_alpha=model.min_learning_rate,
        min_count=5,
        max_final_vocab=max_size,
        seed=seed,
        workers=1,
    )
    word2vec.build_vocab(corpus_file=str(text))
    words = word2vec.corpus_total_words
    start = time.perf_counter()
    word2vec.train(corpus_file=str(text), total_examples=word2vec.corpus_count, total_words=words, epochs=epochs)
    return Run(evaluate(word2vec.wv), None, time.perf_counter() - start, words * epochs)


def evaluate(vectors: KeyedVectors) -> Score:
    score = Score()
    if not np.isfinite(vectors.vectors).all():
        return score
    score.wordsim, score.wordsim_unknown = correlation(vectors, "wordsim353.tsv")
    score.simlex, score.simlex_unknown = correlation(vectors, "simlex999.txt")
    score.analogies, sections = vectors.evaluate_word_analogies(datapath("questions-words.txt"))
    score.questions = len(sections[-1]["correct"]) + len(sections[-1]["incorrect"])
    if not score.questions:
        score.analogies = math.nan
    return score


def correlation(vectors: KeyedVectors, name: str) -> tuple[float, float]:
    """Spearman's ρ, and the percentage of pairs left out."""
    try:
        _, spearman, unknown = vectors.evaluate_word_pairs(datapath(name))
    except ValueError:  # gensim's word for no pair at all
        return math.nan, 100.0
    return float(spearman[0]), unknown


def report(runs: dict[str, list[Run]], name: str, seed: int, run: Run) -> None:
    runs.setdefault(name, []).append(run)
    score = run.score
    print(
        f"seed {seed}, {name}: loss {run.loss}, WordSim {score.wordsim:.4f}, SimLex {score.simlex:.4f}, "
        f"analogies {score.analogies:.4f}, {run.seconds:.1f} s, {run.words / run.seconds:,.0f} words/s",
        file=sys.stderr,
        flush=True,
    )


def table(runs: dict[str, list[Run]]) -> str:
    any_run = next(iter(runs.values()))
    asked = next((run.score for some in runs.values() for run in some if run.score.questions), any_run[0].score)
    seeds = len(any_run)
    lines = [
        f"left out: {asked.wordsim_unknown:.1f} % of WordSim-353, {asked.simlex_unknown:.1f} % of SimLex-999; "
        f"{asked.questions:,} of 19,544 analogies asked",
        f"seeds:    {seeds}",
        "",
        "| trained by | WordSim-353 | SimLex-999 | analogies | last loss | seconds | words/s | time over gensim's |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, some in runs.items():
        ratios = [run.seconds / other.seconds for run, other in zip(some, runs.get("gensim", []), strict=False)]
        losses = [run.loss for run in some if run.loss is not None]
        cells = [
            name,
            *(cell([getattr(run.score, task) for run in some], ".3f") for task in ("wordsim", "simlex", "analogies")),
            cell(losses, ".4g", missing="nan" if losses else "–"),
            cell([run.seconds for run in some], ".0f"),
            cell([run.words / run.seconds for run in some], ",.0f"),
            cell(ratios, ".2f"),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def cell(values: list[float], form: str, missing: str = "–") -> str:
    """Mean and range."""
    if not values or not all(map(math.isfinite, values)):
        return missing
    text = format(mean(values), form)
    return text if len(values) == 1 else f"{text} ({format(min(values), form)}–{format(max(values), form)})"


if __name__ == "__main__":
    main()
