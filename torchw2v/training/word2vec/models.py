"""The word2vec models by name, each with the settings it has unless told otherwise.

`configs/model/` says the same to Hydra; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from torchw2v.errors import InputError
from torchw2v.training.word2vec.settings import ModelSettings

_ONLY_OF = {
    "num_negatives": {"loss": "negative_sampling"},
    "negatives": {"architecture": "skipgram", "loss": "negative_sampling"},
    "ns_exponent": {"loss": "negative_sampling"},
    "reduce": {"architecture": "cbow"},
    "gradient": {"architecture": "cbow"},
}


@dataclass(frozen=True)
class Recipe:
    """A model and what goes well with it.

    Attributes:
        model: its settings.
        max_size: the most words that get a vector.
        epochs: passes over the text.
        words_per_batch: words of the corpus in one step of descent, where the model asks for a size of its own.
    """

    model: ModelSettings = field(default_factory=ModelSettings)
    max_size: int | None = None
    epochs: int = 5
    words_per_batch: int | None = None


# The softmax computes a score for every word at every step: a smaller vocabulary and fewer epochs keep a run short.
# And each of its pairs moves every row of the output matrix, so that large batches overshoot.
RECIPES = {
    "skipgram_neg": Recipe(),
    "skipgram_softmax": Recipe(ModelSettings(loss="softmax"), max_size=3000, epochs=1, words_per_batch=128),
    "skipgram_hs": Recipe(ModelSettings(loss="hierarchical_softmax")),
    "cbow_neg": Recipe(ModelSettings(architecture="cbow")),
    "cbow_softmax": Recipe(
        ModelSettings(architecture="cbow", loss="softmax"),
        max_size=5000,
        epochs=3,
        words_per_batch=512,
    ),
    "cbow_hs": Recipe(ModelSettings(architecture="cbow", loss="hierarchical_softmax")),
}


def check_settings_of(name: str, model: ModelSettings, given: Collection[str]) -> None:
    """InputError where a setting was given that the model does not use."""
    for setting, needs in _ONLY_OF.items():
        if setting in given and any(getattr(model, key) != value for key, value in needs.items()):
            those = " and ".join(f"{key}={value}" for key, value in needs.items())
            raise InputError(f"model.{setting} is no setting of model={name}, but of {those}")
