"""The text format of word2vec: a line with V and D, then a line for each word, a space between fields."""

from __future__ import annotations

from pathlib import Path

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError
from torchw2v.formats.numbers import write_rows
from torchw2v.formats.word_table import WordTable


def write_word2vec_text(path: Path, table: WordTable) -> None:
    """Write what gensim's `KeyedVectors.load_word2vec_format`, word2vec's tools and many others read.

    Every number has the fewest digits that give back the same float32, or the same float64 if the matrix is one.

    Raises:
        InputError: a word is empty or holds whitespace, at which readers would cut it; nothing is written then.
    """
    for word in table.words:
        if word.split() != [word]:
            raise InputError(
                f"the word {word!r} cannot be saved as word2vec text: it is empty or holds whitespace; "
                "join its parts with '_' or save as safetensors"
            )
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(f"{len(table.words)} {table.matrix.shape[1]}\n".encode())
        write_rows(file, table.matrix, " ", names=table.words)
