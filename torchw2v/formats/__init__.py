"""Words and vectors as files that other tools open."""

from torchw2v.formats.by_suffix import FORMATS, read_table, write_table
from torchw2v.formats.projector import write_projector
from torchw2v.formats.safetensors_file import read_safetensors, write_safetensors
from torchw2v.formats.word2vec_text import write_word2vec_text
from torchw2v.formats.word_table import WordTable

__all__ = [
    "FORMATS",
    "WordTable",
    "read_safetensors",
    "read_table",
    "write_projector",
    "write_safetensors",
    "write_table",
    "write_word2vec_text",
]
