"""What a run leaves behind: vectors, projector, metrics."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torchw2v.errors import InputError
from torchw2v.formats import WordTable, write_counts, write_projector
from torchw2v.formats.by_suffix import VECTORS
from torchw2v.training.result import write_metrics
from torchw2v.vectors import WordVectors

_TEXT_BYTES_A_NUMBER = 14
_BYTES_A_NUMBER = 4


def result_bytes(vocab_size: int, embedding_dim: int) -> int:
    """About how much a run writes: vectors twice, and a checkpoint of both matrices beside the one it replaces."""
    numbers = vocab_size * embedding_dim
    return numbers * (_TEXT_BYTES_A_NUMBER + _BYTES_A_NUMBER + 4 * _BYTES_A_NUMBER) + (1 << 22)


def write_results(
    folder: Path, vectors: WordVectors, metrics: dict[str, Any], *, counts: Sequence[int] | None = None
) -> list[Path]:
    """Write everything into the run's folder; the paths written.

    Args:
        folder: of the run.
        vectors: what was learnt.
        metrics: what is written to `metrics.json`.
        counts: how often each word was seen, if there is to be a file of it.

    Raises:
        InputError: something could not be written. The vectors are then put into the system's folder for temporary
            files, if they fit there, and the message says where.
    """
    binary, text = folder / VECTORS, folder / "vectors.txt"
    try:
        vectors.save(binary)
        vectors.save(text)
        written = [text, binary]
        if counts is not None:
            written.append(folder / "vocabulary.tsv")
            write_counts(written[-1], vectors.words, counts)
        written.append(write_metrics(folder / "metrics.json", metrics))
        written.append(write_projector(folder, WordTable(vectors.words, vectors.rows()))[0])
    except OSError as error:
        kept = binary if binary.exists() else _rescue(vectors)
        raise InputError(
            f"{folder.absolute()}: the results could not all be written: {error.strerror or error}; "
            + (f"the vectors are in {kept}" if kept else "free some space and resume from the last checkpoint there")
        ) from None
    return written


def _rescue(vectors: WordVectors) -> Path | None:
    try:
        path = Path(tempfile.mkdtemp(prefix="torchw2v-")) / VECTORS
        vectors.save(path)
    except OSError:
        return None
    return path
