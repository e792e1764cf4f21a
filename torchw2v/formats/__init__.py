"""Words and vectors as files that other tools open."""

from torchw2v.formats.by_suffix import FORMATS, Format, read_table, write_table
from torchw2v.formats.counts_file import read_counts, write_counts
from torchw2v.formats.projector import write_projector
from torchw2v.formats.word_table import WordTable

__all__ = [
    "FORMATS",
    "Format",
    "WordTable",
    "read_counts",
    "read_table",
    "write_counts",
    "write_projector",
    "write_table",
]
