"""Text to ids to samples."""

from torchw2v.data.batches import PairBatch, PairBatches
from torchw2v.data.corpus import Corpus
from torchw2v.data.counting import count_words
from torchw2v.data.encoding import EncodedCorpus, encode
from torchw2v.data.sampling import Pairs, WindowSampler
from torchw2v.data.vocabulary import Vocabulary

__all__ = [
    "Corpus",
    "EncodedCorpus",
    "PairBatch",
    "PairBatches",
    "Pairs",
    "Vocabulary",
    "WindowSampler",
    "count_words",
    "encode",
]
