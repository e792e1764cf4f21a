"""Corpora to train on: one that every Python environment holds, and one to download."""

from torchw2v.data.datasets.download import fetch
from torchw2v.data.datasets.pydocs import pydocs
from torchw2v.data.datasets.text8 import text8

__all__ = ["fetch", "pydocs", "text8"]
