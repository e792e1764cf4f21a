"""CS224n's main run: skip-gram with negative sampling on the Stanford Sentiment Treebank."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from torchw2v.cs224n import StanfordSentiment
from torchw2v.errors import InputError
from torchw2v.nn import SkipGram
from torchw2v.pictures import check_pictures_can_be_drawn
from torchw2v.training.cs224n.data_module import AssignmentData
from torchw2v.training.cs224n.module import AssignmentModule, SmoothedCost
from torchw2v.training.cs224n.report import assignment_pictures, format_report
from torchw2v.training.cs224n.settings import AssignmentSettings, IterationSettings
from torchw2v.training.environment import surroundings
from torchw2v.training.fitting import Fit, MakeTrainer
from torchw2v.training.pictures import write_pictures
from torchw2v.training.result import RunResult
from torchw2v.training.settings import read_settings
from torchw2v.training.word2vec.results import write_results
from torchw2v.vectors import WordVectors, combine_matrices


@dataclass(kw_only=True)
class AssignmentResult(RunResult):
    """What a run made; `vectors` are those that the settings ask for, most frequent word first."""

    vectors: WordVectors = field()

    def report(self) -> list[str]:
        return format_report(self.vectors, self.metrics)


def assignment_task(config: Mapping[str, Any], make: Callable[[Any], Any]) -> Callable[..., AssignmentResult]:
    """`train_assignment` with the settings of a configuration.

    Raises:
        InputError: a setting that is none, or is out of range.
    """
    data, engine = config["data"], config["engine"]
    if data.get("name") != "sst" or engine["name"] != "iterations":
        raise InputError("model=cs224n_skipgram is of experiment=cs224n_sst, which needs no other data and engine")
    if config["seed"]:
        raise InputError("seed is not used by the assignment's run: set model.init_seed or model.draw_seed")
    if config["trainer"]["max_epochs"] != 1:
        raise InputError("the assignment's run is one epoch of engine.iterations: leave trainer.max_epochs at 1")
    if data["path"] is None:
        raise InputError(
            "no treebank was given; set data.root to the folder of the Stanford Sentiment Treebank, "
            "which has datasetSentences.txt and datasetSplit.txt, or trees"
        )
    return partial(
        train_assignment,
        data["path"],
        model=read_settings(AssignmentSettings, "model", config["model"]),
        engine=read_settings(IterationSettings, "engine", engine),
        split_at_no_break_spaces=data["split_at_no_break_spaces"],
    )


def train_assignment(
    path: str | Path,
    folder: Path,
    make_trainer: MakeTrainer,
    *,
    model: AssignmentSettings,
    engine: IterationSettings,
    split_at_no_break_spaces: bool = False,
    resume: Path | None = None,
) -> AssignmentResult:
    """Train the assignment's vectors, in its order of draws, and write and draw them.

    Args:
        path: folder of the treebank.
        folder: of this run alone.
        make_trainer: gives the trainer for these callbacks.
        model: what is trained.
        engine: how it is trained.
        split_at_no_break_spaces: whether U+00A0 ends a word of the treebank.
        resume: a checkpoint to go on from.

    Raises:
        InputError: what was given cannot be trained on or written to.
    """
    check_pictures_can_be_drawn()
    costs = SmoothedCost(engine.print_every)
    fit = Fit(folder, make_trainer, [costs], resume=resume)
    with fit.timed("treebank"):
        dataset = StanfordSentiment(
            path, split_at_no_break_spaces=split_at_no_break_spaces, rng=random.Random(model.draw_seed)
        )
        data = AssignmentData(dataset, model, engine)
    module = AssignmentModule(len(dataset.tokens()), model, anneal_every=engine.anneal_every)
    with fit.training(module, data, threads=engine.threads):
        metrics = {
            "data": {
                "sentences": dataset.numSentences(),
                "subsampled_sentences": len(dataset.allSentences()),
                "words": int(dataset.counts().sum()),
                "vocabulary": len(dataset.tokens()),
            },
            "training": {
                "iterations": fit.trainer.global_step - fit.steps_done,
                "mean_cost": module.mean_loss,
                "smoothed_costs": {str(step): figure for step, figure in costs.figures.items()},
                "stopped_by": fit.stopped_by,
            },
            "vectors": model.vectors,
            "seconds": fit.seconds,
            "seeds": {"initial": model.init_seed, "draws": model.draw_seed},
            **surroundings(fit.trainer.strategy.root_device, engine.threads),
        }
        vectors = _chosen_vectors(dataset, module.model, model.vectors)
        written = write_results(folder, vectors, metrics)
        written += write_pictures(folder, fit.trainer, assignment_pictures(vectors, model.vectors))
    return AssignmentResult(vectors=vectors, metrics=metrics, paths=fit.written(written), stopped_by=fit.stopped_by)


def _chosen_vectors(dataset: StanfordSentiment, model: SkipGram, kind: str) -> WordVectors:
    inputs, outputs = model.in_embeddings.detach().cpu(), model.out_embeddings.detach().cpu()
    order = np.argsort(-dataset.counts(), kind="stable")
    words = dataset.words()
    # a no-break space may stand inside a word of the treebank, and word2vec's text format has no such words
    return WordVectors(
        ("_".join(words[i].split()) for i in order), combine_matrices(inputs, outputs, kind)[torch.from_numpy(order)]
    )
