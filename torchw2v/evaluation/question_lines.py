"""Files of questions about words, as lines of text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from torchw2v.data.text_files import open_text_file
from torchw2v.errors import InputError

_MOST_BYTES = 1 << 28  # the largest set in use has less than one MB
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def numbered_lines(path: str | Path, *, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """The lines that hold something and are no comment (`#`), with their numbers from 1.

    A byte order mark outweighs `encoding`; .gz, .bz2, .xz and .zst are decompressed.

    Raises:
        InputError: no such file, or one that is not text in this encoding.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise InputError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}; give a file of questions")
    for number, line in enumerate(_text(path, encoding).split("\n"), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _text(path: Path, encoding: str) -> str:
    with open_text_file(path) as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise InputError(f"{path}: has more than {_MOST_BYTES >> 20} MiB; no set of questions is so large")
    for mark, marked in _MARKS.items():
        if data.startswith(mark):
            data, encoding = data[len(mark) :], marked
            break
    try:
        text = data.decode(encoding)
    except LookupError:
        raise InputError(f"encoding must be one that Python knows, not {encoding!r}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: not text in {encoding}; name its encoding, such as latin-1") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{path}, line {line}: holds a zero byte, so this is no text")
    return text
