"""What a pass is compiled for, and how its work is cut to fit the registers."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from torchw2v.kernels.cpu.step import Block
from torchw2v.kernels.cpu.vectors import Shape

PAIR, WINDOW, MEAN = "pair", "window", "mean"
# The uppermost nodes of a Huffman tree: on most paths, and so always in the cache.
FREQUENT_NODES = 127
# More win no more: most of what threads take from each other at the same moment are the rows of few words.
FREQUENT_WORDS = 128


@dataclass(frozen=True)
class Plan:
    """A pass, specialised.

    Attributes:
        inputs: what makes one step of descent: a "pair", a "window" of pairs with the same noise words, or the "mean"
            of a window (CBOW).
        num_negatives: K, or None for hierarchical softmax.
        lanes: numbers in a vector.
        bits: of a number.
        stripes: vectors in a row.
    """

    inputs: str
    num_negatives: int | None
    lanes: int
    bits: int
    stripes: int

    @property
    def name(self) -> str:
        """Different for different plans, and good for a file."""
        return "-".join(str(value) for value in astuple(self))

    @property
    def at_once(self) -> int:
        """Input rows whose scores are computed side by side: two fill the registers of AVX-512."""
        return 2 if self.inputs == WINDOW and self.lanes >= 16 else 1

    @property
    def most_rows(self) -> int:
        """Output rows in a block, at most: their sums of products fill the registers, or the lanes of a vector."""
        slots = self.lanes // self.at_once
        sums = 16 if self.at_once == 2 else 12 if self.lanes >= 16 else 6
        return min(slots, sums // self.at_once)

    @property
    def blocks(self) -> int:
        """Blocks of output rows, where their number is known."""
        return -(-(self.num_negatives + 1) // self.most_rows) if self.num_negatives is not None else 0

    @property
    def rows(self) -> int:
        """Output rows in a block; the last one may hold rows that are none, labelled 0."""
        if self.num_negatives is None:
            return min(6, self.most_rows)
        return -(-(self.num_negatives + 1) // self.blocks)

    @property
    def block(self) -> Block:
        return Block(Shape(self.lanes, self.bits), self.stripes, self.rows, self.at_once)

    @property
    def input_copies(self) -> int:
        """Input rows of which each of several threads has a copy, at most; with paths they win nothing."""
        return 0 if self.num_negatives is None else FREQUENT_WORDS

    @property
    def output_copies(self) -> int:
        """Output rows of which each of several threads has a copy, at most."""
        return FREQUENT_NODES if self.num_negatives is None else FREQUENT_WORDS

    @property
    def width(self) -> int:
        """Numbers in a row, those that fill the last vector included."""
        return self.stripes * self.lanes
