"""neighbours, analogy, similarity, odd-one-out: a question on the command line, or one on each line of a pipe."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from torchw2v.cli.output import Row, write_json, write_rows
from torchw2v.cli.sources import chosen_vectors
from torchw2v.errors import InputError
from torchw2v.vectors import Neighbour


class Questions(NamedTuple):
    """Words asked about.

    Attributes:
        words: of each question.
        many: whether there may be several, so that each answer says what was asked.
    """

    words: Iterable[list[str]]
    many: bool


class Answer(NamedTuple):
    """As rows of a table, and as a document of JSON."""

    rows: list[Row]
    document: dict[str, Any]


def neighbours(arguments: Namespace) -> int:
    vectors = chosen_vectors(arguments)
    if arguments.minus or arguments.together:
        if not arguments.words:
            raise InputError("no words: give one or more to be near to")
        found = vectors.most_similar(arguments.words, arguments.minus, k=arguments.k)
        write_rows(_rows(found), as_json=arguments.json)
        return 0
    what = "one word"
    if len(arguments.words) > 1:
        questions = Questions([[word] for word in arguments.words], many=True)
    else:
        questions = asked(arguments.words, 1, what)

    def answer(words: list[str]) -> Answer:
        rows = _rows(vectors.most_similar(words[0], k=arguments.k))
        return Answer(rows, {"word": words[0], "neighbours": rows})

    return _answer(questions, 1, what, answer, as_json=arguments.json)


def analogy(arguments: Namespace) -> int:
    vectors = chosen_vectors(arguments)

    def answer(words: list[str]) -> Answer:
        a, b, c = words
        rows = _rows(vectors.analogy(a, b, c, k=arguments.k, method=arguments.method))
        return Answer(rows, {"a": a, "b": b, "c": c, "answers": rows})

    what = "three words (A is to B as C is to ?)"
    return _answer(asked(arguments.words, 3, what), 3, what, answer, as_json=arguments.json)


def similarity(arguments: Namespace) -> int:
    vectors = chosen_vectors(arguments)

    def answer(words: list[str]) -> Answer:
        row = {"first": words[0], "second": words[1], "similarity": vectors.similarity(*words)}
        return Answer([row], row)

    return _answer(asked(arguments.words, 2, "two words"), 2, "two words", answer, as_json=arguments.json)


def odd_one_out(arguments: Namespace) -> int:
    vectors = chosen_vectors(arguments)

    def answer(words: list[str]) -> Answer:
        odd = vectors.doesnt_match(words)
        return Answer([{"odd one out": odd}], {"words": words, "odd_one_out": odd})

    what = "two words or more"
    return _answer(asked(arguments.words, None, what), None, what, answer, as_json=arguments.json)


def asked(words: list[str], number: int | None, what: str) -> Questions:
    """The question on the command line, or those on the lines of standard input where there is none.

    Args:
        words: of the command line; none, or "-", for standard input.
        number: of words of a question; None takes two or more.
        what: these are, for messages.
    """
    if words and words != ["-"]:
        return Questions([words], many=False)
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError(f"no words: give {what}, or pipe lines of them into this command")
    return Questions(_lines(number), many=True)


def _lines(number: int | None) -> Iterator[list[str]]:
    """The words of each line, between tabs if there are any; where one word is asked for, it is the line."""
    for line in sys.stdin:
        if text := line.strip():
            yield [text] if number == 1 else text.split("\t" if "\t" in text else None)


def _rows(found: Sequence[Neighbour]) -> list[Row]:
    return [{"word": word, "similarity": value} for word, value in found]


def _answer(
    questions: Questions, number: int | None, what: str, answer: Callable[[list[str]], Answer], *, as_json: bool
) -> int:
    """Answer what can be answered, and tell of the rest; the status is 1 if there was any."""
    status, documents = 0, []
    for words in questions.words:
        try:
            if (len(words) < 2) if number is None else (len(words) != number):
                raise InputError(f"{what} must be given, not {' '.join(words)!r}")
            found = answer(words)
        except InputError as error:
            print(f"torchw2v: error: {error}", file=sys.stderr)
            status = 1
            continue
        documents.append(found.document)
        if not as_json:
            named = questions.many and "first" not in found.document
            write_rows([{"asked": " ".join(words), **row} for row in found.rows] if named else found.rows)
    if as_json and (documents or questions.many):
        write_json(documents if questions.many else documents[0])
    return status
