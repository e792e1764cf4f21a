"""The binary format of word2vec: a line with V and D, then each word, a space, and D float32, low byte first.

word2vec.c puts a line feed after each vector, gensim none; both are read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from torchw2v.atomic import atomic_path
from torchw2v.data.text_files import open_text_file
from torchw2v.errors import InputError
from torchw2v.formats.row_table import RowTable, decoded
from torchw2v.formats.word2vec_text import check_words_without_spaces, header
from torchw2v.formats.word_table import WordTable

_LONGEST_WORD = 1 << 14
_BYTES_AT_ONCE = 1 << 22
_ROWS_AT_ONCE = 1 << 12
_FASTTEXT = b"\xba\x16\x4f\x2f"


def write_word2vec_binary(path: Path, table: WordTable) -> None:
    """Write what gensim reads with `binary=True`, and word2vec's own tools; numbers become float32.

    Raises:
        InputError: a word is empty, holds white space, or is longer than readers take.
    """
    check_words_without_spaces(table, "word2vec binary")
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(f"{len(table.words)} {table.matrix.shape[1]}\n".encode())
        for start in range(0, len(table.words), _ROWS_AT_ONCE):
            rows = (
                table.matrix[start : start + _ROWS_AT_ONCE].to("cpu", torch.float32).numpy().astype("<f4", copy=False)
            )
            for word, row in zip(table.words[start : start + _ROWS_AT_ONCE], rows, strict=True):
                file.write(word.encode() + b" " + row.tobytes() + b"\n")


def read_word2vec_binary(path: Path, *, errors: str = "strict") -> WordTable:
    """Read it, compressed or not; InputError names the byte at which it is wrong."""
    with open_text_file(path) as file:
        held = file.read(_BYTES_AT_ONCE)
        if held.startswith(_FASTTEXT):
            raise InputError(f"{path}: a model of fastText; give its vectors, the file that ends in .vec")
        end = held.find(b"\n")
        first = held[: end if end >= 0 else len(held)]
        num_words, dim = header(path, first)
        table, width = RowTable(path, dim), 4 * dim
        position, offset = len(first) + 1, 0  # in `held`; of `held` in the file
        while len(table) < num_words:
            words: list[str] = []
            places: list[int] = []
            starts: list[int] = []
            while len(table) + len(words) < num_words:
                begin = position
                while held[begin : begin + 1] == b"\n":
                    begin += 1
                space = held.find(b" ", begin, begin + _LONGEST_WORD)
                if space < 0 and len(held) > begin + _LONGEST_WORD:
                    raise InputError(
                        f"{path}: byte {offset + begin:,}: no word of at most {_LONGEST_WORD:,} bytes here"
                    )
                if space < 0 or space + 1 + width > len(held):
                    break
                words.append(decoded(held[begin:space], path, f"byte {offset + begin:,}", errors))
                places.append(offset + begin)
                starts.append(space + 1)
                position = space + 1 + width
            if words:
                numbers = np.stack([np.frombuffer(held, "<f4", dim, start) for start in starts]).astype(np.float32)
                table.add(words, numbers, place=lambda i, places=places: f"byte {places[i]:,}")  # type: ignore[misc]
            if len(table) < num_words:
                part = file.read(_BYTES_AT_ONCE)
                if not part:
                    raise InputError(
                        f"{path}: byte {offset + len(held):,}: the file ends with {len(table):,} of the {num_words:,} "
                        "vectors that its first line promises"
                    )
                held, offset, position = held[position:] + part, offset + position, 0
        rest = held[position:] + file.read(_LONGEST_WORD)
        if rest.strip():
            raise InputError(
                f"{path}: byte {offset + position:,}: something follows the {num_words:,} vectors that the first line "
                "promises: its header is wrong, or the numbers are not float32"
            )
    return table.finish()
