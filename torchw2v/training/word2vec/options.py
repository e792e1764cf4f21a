"""Settings as one flat list of options, for those who come without a configuration."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

from torchw2v.checks import one_of
from torchw2v.errors import InputError
from torchw2v.training.word2vec.engines import SETTINGS, check_settings_are_of
from torchw2v.training.word2vec.models import RECIPES, check_settings_of
from torchw2v.training.word2vec.phrases import read_phrase_settings
from torchw2v.training.word2vec.settings import EngineSettings, FusedSettings, ModelSettings

_MODEL = [field.name for field in fields(ModelSettings) if field.name not in ("architecture", "loss")]
_ENGINE = list(dict.fromkeys(field.name for kind in SETTINGS.values() for field in fields(kind)))
TEXT = ["tokenizer", "encoding", "errors"]
_DATA = ["min_count", "max_size", "cache_dir"]
_PHRASES = ["phrases"]
_RUN = ["epochs", "max_steps", "seed", "engine"]
OPTIONS = [*_MODEL, *TEXT, *_DATA, *_PHRASES, *_RUN, *_ENGINE]

_ELSEWHERE = {
    "vector_size": "embedding_dim",
    "size": "embedding_dim",
    "dim": "embedding_dim",
    "negative": "num_negatives",
    "neg": "num_negatives",
    "ws": "window",
    "workers": "threads",
    "thread": "threads",
    "alpha": "learning_rate",
    "lr": "learning_rate",
    "min_alpha": "min_learning_rate",
    "iter": "epochs",
    "epoch": "epochs",
    "max_epochs": "epochs",
    "minCount": "min_count",
    "t": "sample",
    "max_final_vocab": "max_size",
    "max_vocab_size": "max_size",
    "batch_words": "words_per_step",
    "cbow_mean": "reduce, 'mean' or 'sum'",
    "sentences": "corpus, the first argument",
    "corpus_file": "corpus, the first argument",
    "sg": "model: 'skipgram_neg' for sg=1, 'cbow_neg' for sg=0",
    "hs": "model: 'skipgram_hs' or 'cbow_hs' for hs=1",
}


@dataclass(frozen=True)
class Options:
    """What options come to.

    Attributes:
        model: its settings.
        engine: its settings.
        engine_name: "fused" or "autograd".
        text: keywords of `Corpus`.
        training: other keywords of `train_word2vec`.
        epochs: passes over the text.
        max_steps: of Lightning's trainer.
    """

    model: ModelSettings
    engine: EngineSettings | FusedSettings
    engine_name: str
    text: dict[str, Any]
    training: dict[str, Any]
    epochs: int
    max_steps: int


def read_options(name: str, options: Mapping[str, Any]) -> Options:
    """The settings of a model by name, changed by options.

    Raises:
        InputError: no such model, an option that is none or is not one of this model or engine, or out of range.
    """
    recipe = RECIPES[one_of("model", name, tuple(RECIPES))]
    for option in options:
        if option not in OPTIONS:
            raise InputError(f"{option} is no option of fit{_meant(option)}")

    def chosen(names: list[str]) -> dict[str, Any]:
        return {option: options[option] for option in names if option in options}

    check_settings_of(name, recipe.model, options)
    engine = one_of("engine", options.get("engine", "fused"), tuple(SETTINGS))
    sizes = chosen(_ENGINE)
    check_settings_are_of(engine, sizes)
    if recipe.words_per_batch is not None:
        sizes = {"words_per_batch": recipe.words_per_batch} | sizes
    return Options(
        model=replace(recipe.model, **chosen(_MODEL)),
        engine=SETTINGS[engine](**sizes),
        engine_name=engine,
        text=chosen(TEXT),
        training={"max_size": recipe.max_size}
        | chosen([*_DATA, "seed"])
        | {name: read_phrase_settings(value) for name, value in chosen(_PHRASES).items()},
        epochs=options.get("epochs", recipe.epochs),
        max_steps=options.get("max_steps", -1),
    )


@contextmanager
def in_flat_names() -> Iterator[None]:
    """Let messages name options as they are here: `window`, where the configuration has `model.window`."""
    try:
        yield
    except InputError as error:
        message = str(error).replace("trainer.max_epochs", "epochs")
        raise InputError(re.sub(_PREFIXED, r"\1", message)) from None


_PREFIXED = rf"\b(?:model|engine|data|trainer)\.({'|'.join(OPTIONS)})\b"


def _meant(option: str) -> str:
    if option in _ELSEWHERE:
        return f": here that is {_ELSEWHERE[option]}"
    close = difflib.get_close_matches(option, OPTIONS, n=3)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; there are {', '.join(OPTIONS)}"
