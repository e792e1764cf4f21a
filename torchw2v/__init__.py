"""word2vec and the small networks behind it in PyTorch, with every gradient written by hand.

torchw2v.fit              word vectors in one call (needs the extra "train")
torchw2v.functional       operations as functions, in the manner of torch.nn.functional
torchw2v.check_gradients  gradients beside central differences, entry by entry
torchw2v.nn               SkipGram and CBOW, NegativeSampling, HierarchicalSoftmax and FullSoftmax, MLP
torchw2v.data             Corpus, Vocabulary, encode, WindowSampler, PairBatches, WindowBatches
torchw2v.optim            RowSGD
torchw2v.WordVectors      words and their vectors
torchw2v.cs224n           the functions of a well-known assignment, NumPy in and out (import it by name)
torchw2v.training         the Lightning modules behind train.py (import it by name; needs the extra "train")
"""

from torchw2v import data, functional, nn, ops, optim
from torchw2v.errors import InputError
from torchw2v.fitting import fit
from torchw2v.gradcheck import GradientError, GradientReport, check_gradients
from torchw2v.vectors import WordVectors

__version__ = "0.1.0"

__all__ = [
    "GradientError",
    "GradientReport",
    "InputError",
    "WordVectors",
    "__version__",
    "check_gradients",
    "data",
    "fit",
    "functional",
    "nn",
    "ops",
    "optim",
]
