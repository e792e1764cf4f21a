"""Bytes to blocks of text that end between two words, so that a line of any length can be streamed."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from typing import IO

from torchw2v.errors import InputError

BLOCK_BYTES = 1 << 19
LONGEST_WORD = 1 << 20
ERROR_HANDLERS = ("strict", "replace", "ignore")


def check_decoding(encoding: str, errors: str) -> None:
    """InputError for an encoding or a way to treat bad bytes that does not exist, or a codec that gives no text."""
    if errors not in ERROR_HANDLERS:
        raise InputError(f"errors must be one of {', '.join(ERROR_HANDLERS)}, not {errors!r}")
    try:
        # refuses hex, zip and the like, which codecs.lookup knows, too
        is_text = isinstance(encoding, str) and io.TextIOWrapper(io.BytesIO(), encoding=encoding).read() == ""
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise InputError(f"encoding {encoding!r} is no text encoding of Python's; try utf-8 or latin-1")


def read_blocks(
    file: IO[bytes], name: str, *, encoding: str = "utf-8", errors: str = "strict", size: int = BLOCK_BYTES
) -> Iterator[str]:
    """The text of `file` in blocks of about `size` bytes, cut where whitespace is.

    Raises:
        InputError: bytes that are not text in this encoding, or a "word" of more than a million characters; the
            message names the file and the place.
    """
    # a byte order mark is no part of the first word
    codec = codecs.lookup(encoding).name
    decoder = codecs.getincrementaldecoder("utf-8-sig" if codec == "utf-8" else codec)(errors)
    zero_is_text = codec.startswith(("utf-16", "utf-32"))
    rest, offset = "", 0
    while True:
        data = file.read(size)
        if not zero_is_text and (zero := data.find(b"\0")) >= 0:
            raise InputError(f"{name}: not a text file: a zero byte at byte {offset + zero:,}; give plain text")
        try:
            text = rest + decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            place = offset + error.start - (len(error.object) - len(data))
            raise InputError(
                f"{name}: byte {place:,} is not {encoding}: {error.reason}; "
                "set errors to replace or ignore, or the right encoding"
            ) from None
        if not data:
            if text:
                yield text
            return
        offset += len(data)
        end = _last_whitespace(text)
        if end == 0 and len(text) > LONGEST_WORD:
            raise InputError(f"{name}: over {LONGEST_WORD:,} characters without a space; give text, one word apart")
        if end:
            yield text[:end]
        rest = text[end:]


def whole_lines(blocks: Iterable[str]) -> Iterator[str]:
    """The lines of a text, put together again where a block ends inside one; the last one may be empty."""
    parts: list[str] = []
    for block in blocks:
        *lines, rest = block.split("\n")
        for line in lines:
            yield "".join([*parts, line])
            parts.clear()
        parts.append(rest)
    yield "".join(parts)


def _last_whitespace(text: str) -> int:
    """The index after the last whitespace character, 0 if there is none."""
    for i in range(len(text), 0, -1):
        if text[i - 1].isspace():
            return i
    return 0
