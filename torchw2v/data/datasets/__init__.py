"""Corpora, images and sentences to train on: some that every Python environment holds, and some to download."""

from torchw2v.data.datasets.digits import digits
from torchw2v.data.datasets.download import fetch
from torchw2v.data.datasets.mnist import mnist
from torchw2v.data.datasets.pydocs import pydocs
from torchw2v.data.datasets.sentence_files import sentence_files
from torchw2v.data.datasets.sentiment_treebank import SentimentTreebank, read_sentiment_treebank
from torchw2v.data.datasets.sst import sst
from torchw2v.data.datasets.stanford_sentiment import StanfordSentiment
from torchw2v.data.datasets.text8 import text8

__all__ = [
    "SentimentTreebank",
    "StanfordSentiment",
    "digits",
    "fetch",
    "mnist",
    "pydocs",
    "read_sentiment_treebank",
    "sentence_files",
    "sst",
    "text8",
]
