"""Vectors for TensorBoard's projector: two tables beside the events, and the file that names them."""

from __future__ import annotations

from pathlib import Path

from torchw2v.atomic import atomic_path, write_text
from torchw2v.formats.numbers import write_rows
from torchw2v.formats.word_table import WordTable

_CONFIG = """\
embeddings {{
  tensor_name: "words"
  tensor_shape: {rows}
  tensor_shape: {columns}
  tensor_path: "projector_vectors.tsv"
  metadata_path: "projector_words.tsv"
}}
"""


def write_projector(folder: Path, table: WordTable, *, max_words: int = 5000) -> list[Path]:
    """Write the `max_words` most frequent words for the projector; the paths written.

    A label is a line there, so what would break a line is written as an escape.
    """
    words = table.words[:max_words]
    tensors, labels = folder / "projector_vectors.tsv", folder / "projector_words.tsv"
    with atomic_path(tensors) as temporary, temporary.open("wb") as file:
        write_rows(file, table.matrix[:max_words], "\t")
    write_text(labels, "".join(f"{_label(word)}\n" for word in words))
    config = folder / "projector_config.pbtxt"
    write_text(config, _CONFIG.format(rows=len(words), columns=table.matrix.shape[1]))
    return [config, tensors, labels]


def _label(word: str) -> str:
    escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in word)
    return escaped.strip() or repr(word)
