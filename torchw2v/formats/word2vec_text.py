"""The text format of word2vec: a line with V and D, then a line for each word, a space between fields."""

from __future__ import annotations

from pathlib import Path

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError
from torchw2v.formats.numbers import write_rows
from torchw2v.formats.row_table import RowTable
from torchw2v.formats.text_rows import open_lines, read_rows
from torchw2v.formats.word_table import WordTable

_LONGEST_HEADER = 40
MOST_NUMBERS = 1_000_000


def write_word2vec_text(path: Path, table: WordTable) -> None:
    """Write what gensim's `KeyedVectors.load_word2vec_format`, word2vec's tools and many others read.

    Every number has the fewest digits that give back the same float32, or the same float64 if the matrix is one.

    Raises:
        InputError: a word is empty or holds whitespace, at which readers would cut it; nothing is written then.
    """
    check_words_without_spaces(table, "word2vec text")
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(f"{len(table.words)} {table.matrix.shape[1]}\n".encode())
        write_rows(file, table.matrix, " ", names=table.words)


def read_word2vec_text(path: Path, *, errors: str = "strict") -> WordTable:
    """Read it, compressed (.gz, .bz2, .xz, .zst) or not; InputError names the line that is wrong."""
    with open_lines(path) as (first, file):
        num_words, dim = header(path, first)
        table = RowTable(path, dim)
        read_rows(path, file, table, first_line=2, errors=errors)
    check_count(path, num_words, len(table))
    return table.finish()


def is_header(line: bytes) -> bool:
    """Whether a first line says how many words and numbers there are."""
    fields = line.split()
    return len(fields) == 2 and len(line) <= _LONGEST_HEADER and all(field.isdigit() for field in fields)


def header(path: Path, line: bytes) -> tuple[int, int]:
    """V and D; InputError for another first line."""
    if not is_header(line):
        shown = line[:60].decode("utf-8", "backslashreplace")
        raise InputError(
            f"{path}: line 1 must say how many words and numbers there are, as in '5000 100', but is {shown!r}; "
            "without such a line it is format=glove"
        )
    num_words, dim = map(int, line.split())
    if not 0 < dim <= MOST_NUMBERS:
        raise InputError(f"{path}: line 1 says that vectors have {dim:,} numbers; 1 to {MOST_NUMBERS:,} can be read")
    return num_words, dim


def check_count(path: Path, said: int, found: int) -> None:
    """InputError where the header was wrong: a file that was cut off, most of the time."""
    if said != found:
        reason = "it was cut off" if found < said else "its header is wrong, or files were joined"
        raise InputError(f"{path}: line 1 says {said:,} words, but {found:,} are there: {reason}")


def check_words_without_spaces(table: WordTable, format: str) -> None:
    for word in table.words:
        if word.split() != [word]:
            raise InputError(
                f"the word {word!r} cannot be saved as {format}: it is empty or holds whitespace; "
                "join its parts with '_' or save as safetensors"
            )
