"""A corpus: sentences of words, streamed from wherever they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from torchw2v.data.text_blocks import check_decoding, read_blocks, whole_lines
from torchw2v.data.text_files import STANDARD_INPUT, find_text_files, open_standard_input, open_text_file
from torchw2v.data.tokenization import Tokenizer, check_tokenizer, words_of_line
from torchw2v.errors import InputError


class Corpus:
    """Text on disk, text on standard input, or sentences in memory, read as a stream of sentences.

    Args:
        source: a file, a folder (every file below it, links followed), a glob, "-" for standard input, or an iterable
            of sentences, each an iterable of words. Files that end in .gz, .bz2, .xz, .lzma or .zst are decompressed.
        tokenizer: "whitespace" (as `str.split` does), "words" (lower case, NFC, words and numbers of any script), or a
            callable from a line to its words. Sentences in memory are taken as they are.
        encoding: of the text.
        errors: what to do with bytes that are not text in that encoding: "strict" stops with their place, "replace"
            puts U+FFFD there, "ignore" drops them.

    A line is a sentence, however long. Iterating gives lists of words; `encode` reads text files without making a
    Python object for every word.

    Raises:
        InputError: nothing is at the path, something in the folder cannot be read, or a setting does not exist.
    """

    def __init__(
        self,
        source: str | Path | Iterable[Iterable[str]] | None,
        *,
        tokenizer: Tokenizer = "whitespace",
        encoding: str = "utf-8",
        errors: str = "strict",
    ) -> None:
        if source is None:
            raise InputError("no text was given; set data.path to a file, a folder, a glob, or - for standard input")
        if not isinstance(source, str | Path | Iterable):
            raise InputError(f"a corpus is a path or an iterable of sentences, not {source!r}")
        check_tokenizer(tokenizer)
        check_decoding(encoding, errors)
        self.source = source
        self.tokenizer = tokenizer
        self.encoding = encoding
        self.errors = errors
        self.is_standard_input = isinstance(source, str) and source == STANDARD_INPUT
        self.files: list[Path] = []
        if isinstance(source, str | Path) and not self.is_standard_input:
            self.files = find_text_files(source)

    @property
    def is_text(self) -> bool:
        """Whether it is read from files or standard input, not from sentences in memory."""
        return self.is_standard_input or bool(self.files)

    def __repr__(self) -> str:
        source = repr(str(self.source)) if self.is_text else f"<{type(self.source).__name__}>"
        return f"Corpus({source}, tokenizer={self.tokenizer!r})"

    def __iter__(self) -> Iterator[list[str]]:
        """The sentences that hold a word, in order."""
        if not self.is_text:
            yield from self._sentences_in_memory()
            return
        lines = filter(str.strip, whole_lines(self.blocks()))
        yield from filter(None, map(self._split, lines))

    def blocks(self) -> Iterator[str]:
        """The text in blocks that end between two words; a line ends, too, where a file or standard input does."""
        if self.is_standard_input:
            with open_standard_input() as file:
                yield from read_blocks(file, "standard input", encoding=self.encoding, errors=self.errors)
            yield "\n"
        for path in self.files:
            with open_text_file(path) as file:
                yield from read_blocks(file, str(path), encoding=self.encoding, errors=self.errors)
            yield "\n"

    def _split(self, line: str) -> list[str]:
        return words_of_line(line, self.tokenizer)

    def _sentences_in_memory(self) -> Iterator[list[str]]:
        assert not isinstance(self.source, str | Path)
        for number, sentence in enumerate(self.source, start=1):
            if isinstance(sentence, str):
                raise InputError(f"sentence {number} is a string, not a list of words; split it, or give a path")
            if not isinstance(sentence, Iterable) or isinstance(sentence, bytes):
                raise InputError(f"sentence {number} is {shown(sentence)}, not a list of words")
            words = list(sentence)
            if words:
                yield words


def shown(value: Any) -> str:
    """A value in a message, where it is short."""
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"
