"""prompt: questions typed one after the other."""

from __future__ import annotations

import contextlib
import re
import sys
from argparse import Namespace

from torchw2v.cli.output import as_table
from torchw2v.cli.sources import chosen_vectors
from torchw2v.errors import InputError
from torchw2v.vectors import Neighbour, WordVectors

HELP = """\
  WORD              its nearest words
  A - B + C         words near to a sum and difference of vectors
  A : B :: C        what is to C as B is to A
  A ~ B             how similar two words are
  ? A B C ...       which of these does not match the others
  k 20              list 20 words from now on
  help, quit"""


def prompt(arguments: Namespace) -> int:
    vectors = chosen_vectors(arguments)
    k, watched = arguments.k, sys.stdin.isatty()
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 (input() has a history and moves in the line with it)
    if watched:
        print(f"{len(vectors):,} words, {vectors.embedding_dim} dimensions; help says what can be asked, quit ends it")
    while True:
        try:
            line = input("> " if watched else "").strip()
        except EOFError:
            print(end="\n" if watched else "")
            return 0
        except KeyboardInterrupt:
            print()
            continue
        if line in ("quit", "exit", "q"):
            return 0
        if match := re.fullmatch(r"k\s+(\d+)", line):
            k = max(1, int(match[1]))
        elif line == "help":
            print(HELP)
        elif line:
            try:
                print(answer(vectors, line, k))
            except InputError as error:
                print(error)


def answer(vectors: WordVectors, line: str, k: int) -> str:
    """What a line asks; InputError for an unknown word or a line that asks nothing."""
    if line.startswith("?"):
        return vectors.doesnt_match(line[1:].split())
    if match := re.fullmatch(r"(\S+)\s+:\s+(\S+)\s+::\s+(\S+)", line):
        return _listed(vectors.analogy(match[1], match[2], match[3], k=k))
    if match := re.fullmatch(r"(\S+)\s+~\s+(\S+)", line):
        return f"{vectors.similarity(match[1], match[2]):.4f}"
    fields = line.split()
    if line in vectors or len(fields) == 1:
        return _listed(vectors.most_similar(line, k=k))
    signs = ["+", *fields[1::2]] if fields[0] not in ("+", "-") else fields[::2]
    words = fields[::2] if fields[0] not in ("+", "-") else fields[1::2]
    if len(signs) != len(words) or not set(signs) <= {"+", "-"}:
        raise InputError("not a question that is known; help says what can be asked")
    parts = {sign: [word for word, own in zip(words, signs, strict=True) if own == sign] for sign in "+-"}
    return _listed(vectors.most_similar(parts["+"], parts["-"], k=k))


def _listed(found: list[Neighbour]) -> str:
    return as_table([{"word": word, "similarity": value} for word, value in found])
