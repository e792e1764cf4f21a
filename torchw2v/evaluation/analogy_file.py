"""Analogies in the format of word2vec's `questions-words.txt`.

    : capital-common-countries
    Athens Greece Baghdad Iraq

A line is a question, "a is to b as c is to what?", and its answer; `: name` begins a section.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torchw2v.errors import InputError
from torchw2v.evaluation.question_lines import numbered_lines
from torchw2v.evaluation.similarity_file import set_name

Question = tuple[str, str, str, str]

_WORDS = 4
_SHOWN = 60


@dataclass(frozen=True)
class Section:
    """Questions of one kind."""

    name: str
    questions: tuple[Question, ...]

    @property
    def is_syntactic(self) -> bool:
        """As in Google's set, where such names begin with "gram"."""
        return self.name.startswith("gram")


@dataclass(frozen=True)
class AnalogySet:
    """Sections in the order of their file; `name` is that of the file, without suffixes."""

    name: str
    sections: tuple[Section, ...]


def read_analogies(path: str | Path, *, encoding: str = "utf-8") -> AnalogySet:
    """Read a file of analogies.

    Raises:
        InputError: no such file, a line that is neither a section nor four words, or no question.
    """
    sections: list[tuple[str, list[Question]]] = []
    for number, line in numbered_lines(path, encoding=encoding):
        if line.startswith(":"):
            name = line[1:].strip()
            if not name:
                raise InputError(f"{path}, line {number}: a section without a name; write ': name'")
            sections.append((name, []))
            continue
        words = line.split()
        if len(words) != _WORDS:
            raise InputError(f"{path}, line {number}: {len(words)} words, but a question has four: {line[:_SHOWN]!r}")
        if not sections:
            raise InputError(f"{path}, line {number}: a question before the first section; begin with ': name'")
        sections[-1][1].append((words[0], words[1], words[2], words[3]))
    if not any(questions for _, questions in sections):
        raise InputError(f"{path}: holds no questions; a line is four words, below a line ': section'")
    return AnalogySet(set_name(path), tuple(Section(name, tuple(questions)) for name, questions in sections))
