"""TensorBoard's projector: two tables beside the events, and the file that names them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from torchw2v.atomic import atomic_path, write_text
from torchw2v.errors import InputError
from torchw2v.formats.labels import label
from torchw2v.formats.numbers import write_rows
from torchw2v.formats.row_table import RowTable
from torchw2v.formats.word_table import WordTable

CONFIG_NAME = "projector_config.pbtxt"
_CONFIG = """\
embeddings {{
  tensor_name: "words"
  tensor_shape: {rows}
  tensor_shape: {columns}
  tensor_path: "projector_vectors.tsv"
  metadata_path: "projector_words.tsv"
}}
"""


def write_projector(folder: Path, table: WordTable, *, max_words: int | None = 5000) -> list[Path]:
    """Write the `max_words` first words for the projector, or all; the paths written.

    A label is a line there, so what would break a line is written as an escape.
    """
    words = table.words[:max_words]
    tensors, labels = folder / "projector_vectors.tsv", folder / "projector_words.tsv"
    with atomic_path(tensors) as temporary, temporary.open("wb") as file:
        write_rows(file, table.matrix[:max_words], "\t")
    write_text(labels, "".join(f"{label(word)}\n" for word in words))
    config = folder / CONFIG_NAME
    write_text(config, _CONFIG.format(rows=len(words), columns=table.matrix.shape[1]))
    return [config, tensors, labels]


def read_projector(folder: Path) -> WordTable:
    """The first embedding of a projector's folder, with the first column of its labels as words.

    Raises:
        InputError: no such files in the folder, or other numbers of labels and vectors; the message names the line.
    """
    config = folder / CONFIG_NAME
    try:
        text = config.read_text(encoding="utf-8")
        tensors, labels = (_named(folder, config, text, field) for field in ("tensor_path", "metadata_path"))
        words = [line.split("\t")[0] for line in labels.read_text(encoding="utf-8").split("\n")]
        rows = tensors.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{folder}: the projector's files are not UTF-8: {error.reason}") from None
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from None
    if words and not words[-1]:
        words.pop()
    if len(words) == len(rows) + 1:
        words.pop(0)  # of several columns, the first line has their names
    if len(words) != len(rows):
        raise InputError(f"{folder}: {tensors.name} has {len(rows):,} lines, but {labels.name} has {len(words):,}")
    table = RowTable(tensors, len(rows[0].split("\t")))
    for i, (word, row) in enumerate(zip(words, rows, strict=True), start=1):
        try:
            numbers = np.array(row.split("\t"), dtype=np.float32)
        except ValueError:
            raise InputError(f"{tensors}: line {i}: not numbers with tabs between them") from None
        if len(numbers) != table.dim:
            raise InputError(f"{tensors}: line {i}: {len(numbers)} numbers, but line 1 has {table.dim}")
        table.add([word], numbers[None], place=lambda _, i=i: f"line {i}")  # type: ignore[misc]
    return table.finish()


def _named(folder: Path, config: Path, text: str, field: str) -> Path:
    """A file beside the configuration; nothing elsewhere is opened at a file's word."""
    found = re.search(rf'{field}\s*:\s*"([^"\\]+)"', text)
    if not found or Path(found[1]).name != found[1]:
        raise InputError(f"{config}: {field} must name a file in this folder")
    return folder / found[1]
