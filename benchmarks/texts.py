"""The text that is measured on: as a file with a sentence a line, which every trainer can read, and what it holds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from torchw2v.data import Corpus, EncodedCorpus, encode
from torchw2v.data.datasets import pydocs


@dataclass(frozen=True)
class Text:
    """A file of sentences, a line each, words between single spaces.

    Attributes:
        path: of the file.
        name: for the tables.
        digest: SHA-256 of its bytes.
        words: in it.
        sentences: in it.
        longest: words in its longest sentence.
    """

    path: Path
    name: str
    digest: str
    words: int
    sentences: int
    longest: int

    @property
    def description(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "sha256": self.digest,
            "bytes": self.path.stat().st_size,
            "words": self.words,
            "sentences": self.sentences,
            "longest_sentence": self.longest,
        }

    def __str__(self) -> str:
        cut = "; gensim cuts sentences at 10,000 words" if self.longest > 10_000 else ""
        return f"{self.name}, {self.words:,} words, {self.sentences:,} sentences, sha256 {self.digest[:12]}{cut}"


class Source:
    """The text at a path, or the built-in corpus; read where it is first asked for.

    It is written anew, one space between words, so that all read the same bytes, whatever the source was, and none is
    ahead because its reader takes other spaces.

    Args:
        path: what `Corpus` takes; None is the built-in corpus.
        folder: for the file, and for the encoded text.
    """

    def __init__(self, path: str | None, folder: Path) -> None:
        self.path = path
        self.folder = folder

    @cached_property
    def text(self) -> Text:
        corpus = Corpus(self.path) if self.path else Corpus(pydocs(), tokenizer="words")
        plain = self.folder / "sentences.txt"
        digest = hashlib.sha256()
        words = sentences = longest = 0
        with plain.open("wb") as file:
            for sentence in corpus:
                line = " ".join(sentence).encode() + b"\n"
                digest.update(line)
                file.write(line)
                words += len(sentence)
                sentences += 1
                longest = max(longest, len(sentence))
        name = Path(self.path).name if self.path else "pydocs"
        return Text(plain, name, digest.hexdigest(), words, sentences, longest)

    @property
    def was_read(self) -> bool:
        return "text" in self.__dict__

    @property
    def cache(self) -> Path:
        """For the encoded text; goes away with the folder."""
        return self.folder / "cache"

    @cached_property
    def corpus(self) -> EncodedCorpus:
        return encode(Corpus(self.text.path), cache_dir=self.cache)
