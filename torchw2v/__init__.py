"""word2vec and the small networks behind it in PyTorch, with every gradient written by hand.

torchw2v.functional   operations as functions, in the manner of torch.nn.functional
torchw2v.nn           SkipGram, NegativeSampling
torchw2v.data         Corpus, Vocabulary, encode, WindowSampler, PairBatches
torchw2v.optim        RowSGD
torchw2v.WordVectors  words and their vectors
torchw2v.training     the Lightning modules behind train.py (needs the extra "train")
"""

from torchw2v import data, functional, nn, ops, optim
from torchw2v.errors import InputError
from torchw2v.vectors import WordVectors

__version__ = "0.1.0"

__all__ = ["InputError", "WordVectors", "__version__", "data", "functional", "nn", "ops", "optim"]
