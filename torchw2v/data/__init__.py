"""Text to ids to samples."""

from torchw2v.data.batches import PairBatch, PairBatches, Stretch, StretchBatches, WindowBatch, WindowBatches
from torchw2v.data.corpus import Corpus
from torchw2v.data.counting import count_words
from torchw2v.data.encoding import EncodedCorpus, encode
from torchw2v.data.huffman import HuffmanTree
from torchw2v.data.sampling import Pairs, Windows, WindowSampler
from torchw2v.data.vocabulary import Vocabulary

__all__ = [
    "Corpus",
    "EncodedCorpus",
    "HuffmanTree",
    "PairBatch",
    "PairBatches",
    "Pairs",
    "Stretch",
    "StretchBatches",
    "Vocabulary",
    "WindowBatch",
    "WindowBatches",
    "WindowSampler",
    "Windows",
    "count_words",
    "encode",
]
