"""word2vec and the small networks behind it in PyTorch, with every gradient written by hand.

torchw2v.fit              word vectors in one call (needs the extra "train")
torchw2v.WordVectors      words and their vectors: load, save, ask
torchw2v.functional       operations as functions, in the manner of torch.nn.functional
torchw2v.check_gradients  gradients beside central differences, entry by entry
torchw2v.nn               SkipGram and CBOW, NegativeSampling, HierarchicalSoftmax and FullSoftmax, MLP
torchw2v.data             Corpus, Vocabulary, encode, WindowSampler, PairBatches, WindowBatches
torchw2v.optim            RowSGD
torchw2v.formats          files of word vectors
torchw2v.evaluation       how good word vectors are
torchw2v.sentences        features and classes of sentences, from word vectors
torchw2v.pictures         what was learnt, drawn (needs the extra "train")
torchw2v.cs224n           the functions of a well-known assignment, NumPy in and out (import it by name)
torchw2v.training         the Lightning modules behind train.py (import it by name; needs the extra "train")

Importing the package loads nothing, not even torch; a name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from torchw2v.errors import InputError
from torchw2v.version import __version__

if TYPE_CHECKING:
    from torchw2v import data, evaluation, formats, functional, nn, ops, optim, pictures, sentences
    from torchw2v.fitting import fit
    from torchw2v.gradcheck import GradientError, GradientReport, check_gradients
    from torchw2v.vectors import WordVectors

_MODULES = ("data", "evaluation", "formats", "functional", "nn", "ops", "optim", "pictures", "sentences")
_PLACES = {
    "GradientError": "gradcheck",
    "GradientReport": "gradcheck",
    "WordVectors": "vectors",
    "check_gradients": "gradcheck",
    "fit": "fitting",
}

__all__ = [
    "GradientError",
    "GradientReport",
    "InputError",
    "WordVectors",
    "__version__",
    "check_gradients",
    "data",
    "evaluation",
    "fit",
    "formats",
    "functional",
    "nn",
    "ops",
    "optim",
    "pictures",
    "sentences",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"torchw2v.{name}")
    if name in _PLACES:
        value = getattr(import_module(f"torchw2v.{_PLACES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'torchw2v' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
