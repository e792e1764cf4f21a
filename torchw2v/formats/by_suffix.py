"""Which format a path is of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from torchw2v.checks import one_of
from torchw2v.data.text_blocks import ERROR_HANDLERS
from torchw2v.errors import InputError
from torchw2v.formats.glove_text import read_glove_text, write_glove_text
from torchw2v.formats.npz_file import read_npz, write_npz
from torchw2v.formats.projector import CONFIG_NAME, read_projector, write_projector
from torchw2v.formats.safetensors_file import read_safetensors, write_safetensors
from torchw2v.formats.static_model import read_static_model, write_static_model
from torchw2v.formats.table_check import check_table
from torchw2v.formats.text_rows import open_lines
from torchw2v.formats.word2vec_binary import read_word2vec_binary, write_word2vec_binary
from torchw2v.formats.word2vec_text import read_word2vec_text, write_word2vec_text
from torchw2v.formats.word_table import WordTable

# of a run, in its folder
VECTORS = "vectors.safetensors"
_COMPRESSED = (".gz", ".bz2", ".xz", ".lzma", ".zst")
_PICKLED = (".kv", ".model", ".wordvectors", ".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt")


@dataclass(frozen=True)
class Format:
    """A way to keep word vectors.

    Attributes:
        title: what it is, in a few words.
        suffixes: of files in it, the first of which is the usual one; a folder has none.
        read: a path to a table.
        write: a table to a path.
        may_be_compressed: whether .gz and the like are read.
        has_errors: whether `read` takes `errors`, as its words may not be UTF-8.
    """

    title: str
    suffixes: tuple[str, ...]
    read: Callable[..., WordTable]
    write: Callable[[Path, WordTable], object]
    may_be_compressed: bool = False
    has_errors: bool = False


FORMATS = {
    "safetensors": Format("words and vectors, exact", (".safetensors",), read_safetensors, write_safetensors),
    "word2vec": Format("word2vec text", (".txt", ".vec"), read_word2vec_text, write_word2vec_text, True, True),
    "word2vec-binary": Format("word2vec binary", (".bin",), read_word2vec_binary, write_word2vec_binary, True, True),
    "glove": Format("GloVe text, without a header", (".glove",), read_glove_text, write_glove_text, True, True),
    "npz": Format("NumPy archive", (".npz",), read_npz, write_npz),
    "projector": Format(
        "folder for TensorBoard's projector", (), read_projector, partial(write_projector, max_words=None)
    ),
    "static-model": Format("folder for Model2Vec and sentence-transformers", (), read_static_model, write_static_model),
}


def read_table(path: str | Path, *, format: str | None = None, errors: str = "strict") -> WordTable:
    """The words and vectors of a file or folder.

    Args:
        path: a file whose suffix says its format (text begins with a header, or is GloVe's), or a folder: of a run, of
            the projector, or of a static model.
        format: one of `FORMATS`, where the suffix does not say it.
        errors: what to do with words that are not UTF-8: "strict", "replace" or "ignore".

    Raises:
        InputError: nothing is there, it is damaged or no file of vectors, or the format is unknown.
    """
    path = Path(path).expanduser()
    one_of("errors", errors, ERROR_HANDLERS)
    if not path.exists():
        raise InputError(f"{path}: nothing is there")
    if path.is_dir() and (path / VECTORS).is_file() and format is None:
        path = path / VECTORS
    try:
        chosen = _format_of_file(path, format)
        table = chosen.read(path, errors=errors) if chosen.has_errors else chosen.read(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    check_table(path, table)
    return table


def write_table(path: str | Path, table: WordTable, *, format: str | None = None) -> None:
    """Write a table in the format that the suffix of `path` or `format` names; it appears whole.

    Raises:
        InputError: a word that the format cannot hold, a suffix that names no format, or a place that is no folder.
    """
    path = Path(path).expanduser()
    if path.suffix.lower() in _COMPRESSED:
        raise InputError(f"{path}: vectors are written uncompressed; leave {path.suffix} out and compress the file")
    chosen = FORMATS[one_of("format", format, tuple(FORMATS))] if format else _format_by_suffix(path)
    if format == "projector":
        path.mkdir(parents=True, exist_ok=True)
    if not path.parent.is_dir() and format != "static-model":
        raise InputError(f"{path.parent}: no such folder")
    chosen.write(path, table)


def _format_of_file(path: Path, name: str | None) -> Format:
    if name is not None:
        return FORMATS[one_of("format", name, tuple(FORMATS))]
    if path.is_dir():
        if (path / CONFIG_NAME).is_file():
            return FORMATS["projector"]
        if (path / "tokenizer.json").is_file():
            return FORMATS["static-model"]
        raise InputError(f"{path}: a folder, but not of a run, of TensorBoard's projector or of a static model")
    form = _format_by_suffix(path)
    if form is FORMATS["word2vec"]:
        with open_lines(path) as (first, _):
            return FORMATS["glove"] if len(first.split()) > 2 else form
    return form


def _format_by_suffix(path: Path) -> Format:
    suffix, compressed = path.suffix.lower(), False
    if suffix in _COMPRESSED:
        suffix, compressed = Path(path.stem).suffix.lower(), True
    for form in FORMATS.values():
        if suffix in form.suffixes and (form.may_be_compressed or not compressed):
            return form
    if suffix in _PICKLED:
        raise InputError(
            f"{path}: {suffix} files are pickles, which can run code when they are read; if you trust it, load it with "
            "what wrote it and save it again, in gensim by model.wv.save_word2vec_format('vectors.bin', binary=True)"
        )
    suffixes = ", ".join(suffix for form in FORMATS.values() for suffix in form.suffixes)
    raise InputError(
        f"{path}: no format is known by this suffix, but by {suffixes}; or name it: format={' or '.join(FORMATS)}"
    )
