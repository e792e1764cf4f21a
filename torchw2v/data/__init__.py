"""Text to ids to samples."""

from torchw2v.data.batches import PairBatch, PairBatches, Stretch, StretchBatches, WindowBatch, WindowBatches
from torchw2v.data.corpus import Corpus
from torchw2v.data.counting import count_words
from torchw2v.data.encoding import EncodedCorpus, encode
from torchw2v.data.huffman import HuffmanTree
from torchw2v.data.phrase_settings import ENGLISH_CONNECTOR_WORDS, PhraseSettings
from torchw2v.data.phrase_text import PhraseSummary, write_phrases
from torchw2v.data.phrases import JoinedCorpus, Phrase, find_phrases, join_phrases
from torchw2v.data.sampling import Pairs, Windows, WindowSampler
from torchw2v.data.vocabulary import Vocabulary

__all__ = [
    "ENGLISH_CONNECTOR_WORDS",
    "Corpus",
    "EncodedCorpus",
    "HuffmanTree",
    "JoinedCorpus",
    "PairBatch",
    "PairBatches",
    "Pairs",
    "Phrase",
    "PhraseSettings",
    "PhraseSummary",
    "Stretch",
    "StretchBatches",
    "Vocabulary",
    "WindowBatch",
    "WindowBatches",
    "WindowSampler",
    "Windows",
    "count_words",
    "encode",
    "find_phrases",
    "join_phrases",
    "write_phrases",
]
