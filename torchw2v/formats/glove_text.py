"""The text format of GloVe: a line for each word, a space between fields, nothing before the first."""

from __future__ import annotations

from pathlib import Path

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError
from torchw2v.formats.numbers import write_rows
from torchw2v.formats.row_table import RowTable
from torchw2v.formats.text_rows import open_lines, read_rows
from torchw2v.formats.word2vec_text import is_header
from torchw2v.formats.word_table import WordTable


def write_glove_text(path: Path, table: WordTable) -> None:
    """Write what `KeyedVectors.load_word2vec_format(path, no_header=True)` reads.

    A word but the first may hold spaces inside, as some of GloVe's do; this module finds it again, not all readers do.

    Raises:
        InputError: a word that is empty, holds a line feed, or begins or ends with white space; or a first word that
            holds any, as the first line says how many numbers a vector has.
    """
    if table.words and table.words[0].split() != [table.words[0]]:
        raise InputError(
            f"the word {table.words[0]!r} cannot be saved as GloVe text: the first word must not hold white space"
        )
    for word in table.words:
        if not word or word != word.strip() or "\n" in word or "\r" in word:
            raise InputError(
                f"the word {word!r} cannot be saved as GloVe text: it is empty, holds a line feed, or begins or ends "
                "with white space; save as safetensors"
            )
    if table.words and is_header(f"{table.words[0]} {table.matrix[0, 0]:g}".encode()) and table.matrix.shape[1] == 1:
        raise InputError(
            f"the word {table.words[0]!r} with one number would be taken for a header; save as safetensors"
        )
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        write_rows(file, table.matrix, " ", names=table.words)


def read_glove_text(path: Path, *, errors: str = "strict") -> WordTable:
    """Read it, compressed or not; the first line, whose word has no spaces, says how many numbers a vector has.

    Raises:
        InputError: a line that has another number of fields, or other errors; the message has its number.
    """
    with open_lines(path) as (first, file):
        dim = len(first.split()) - 1
        if dim < 1:
            raise InputError(f"{path}: line 1 must be a word and the numbers of its vector; it has {dim + 1} fields")
        table = RowTable(path, dim)
        read_rows(path, file, table, first_line=1, before=first + b"\n", errors=errors)
    return table.finish()
