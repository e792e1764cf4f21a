"""What can be typed; nothing heavy is imported before a command is chosen, so that help is there at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any

from torchw2v.version import __version__

FORMATS = ("safetensors", "word2vec", "word2vec-binary", "glove", "npz", "projector", "static-model")
Parser = argparse.ArgumentParser


def make_parser() -> Parser:
    parser = Parser(prog="torchw2v", description="Word vectors in use. Without --vectors, those of the newest run.")
    parser.add_argument("--version", action="version", version=f"torchw2v {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    shared = _shared()

    def add(name: str, run: str, text: str, *parents: Parser) -> Parser:
        command: Parser = commands.add_parser(name, help=text, description=text, parents=list(parents))
        command.set_defaults(run=_later(run))
        return command

    command = add("neighbours", "questions:neighbours", "The nearest words of words, by cosine.", *shared)
    command.add_argument("words", nargs="*", metavar="WORD", help="none, or -, for one on each line of standard input")
    command.add_argument("-k", type=_positive, default=10, help="how many (10)")
    command.add_argument("--together", action="store_true", help="near to the sum of the words, not to each of them")
    command.add_argument(
        "--minus", nargs="+", default=[], metavar="WORD", help="and far from these; implies --together"
    )
    command = add("analogy", "questions:analogy", "What is to C as B is to A.", *shared)
    command.add_argument("words", nargs="*", metavar="A B C", help="none, or -, for three on each line of a pipe")
    command.add_argument("-k", type=_positive, default=5, help="how many answers (5)")
    command.add_argument("--method", choices=("3cosadd", "3cosmul"), default="3cosadd", help="(3cosadd)")
    command = add("similarity", "questions:similarity", "The cosine of two words.", *shared)
    command.add_argument("words", nargs="*", metavar="A B", help="none, or -, for two on each line of a pipe")
    command = add("odd-one-out", "questions:odd_one_out", "The word that does not match the others.", *shared)
    command.add_argument("words", nargs="*", metavar="WORD", help="none, or -, for several on each line of a pipe")
    command = add("info", "information:info", "What a file of vectors, or a run, holds.", *shared)
    command = add("prompt", "prompt:prompt", "Ask one question after the other.", *shared[:1])
    command.add_argument("-k", type=_positive, default=10, help="how many words are listed (10)")

    command = add("evaluate", "judging:evaluate", "Scores of vectors, with intervals.", *shared)
    command.add_argument("--similarity", nargs="+", default=[], metavar="FILE", help="pairs with a score of people's")
    command.add_argument("--analogies", nargs="+", default=[], metavar="FILE", help="questions in Google's format")
    command.add_argument("--sections", action="store_true", help="each section of the analogies, too")
    command.add_argument("--method", choices=("3cosadd", "3cosmul"), default="3cosadd", help="of analogies (3cosadd)")
    command.add_argument(
        "--restrict-vocab", type=_positive, default=300_000, metavar="N", help="frequent words (300000)"
    )
    command.add_argument("--case-sensitive", action="store_true", help="King is not king")
    command.add_argument(
        "--unknown-as-zero", action="store_true", help="pairs with unknown words score 0, not left out"
    )
    command.add_argument("--seed", type=int, default=0, help="of the intervals (0)")

    command = add("plot", "drawing:plot", "Pictures of words, and a page to look around in.", *shared[:1])
    command.add_argument("words", nargs="*", metavar="WORD", help="these and their neighbours; none for frequent words")
    kinds = command.add_mutually_exclusive_group()
    kinds.add_argument("--graph", dest="kind", action="store_const", const="graph", help="words joined with neighbours")
    kinds.add_argument(
        "--lengths", dest="kind", action="store_const", const="lengths", help="length of vectors by frequency"
    )
    kinds.add_argument("--curves", dest="kind", action="store_const", const="curves", help="loss and rate of a run")
    kinds.add_argument("--html", nargs="?", const="words.html", metavar="FILE", help="a page of its own (words.html)")
    command.add_argument("-o", "--out", metavar="FILE", help=".png or .svg; by default named after the kind")
    command.add_argument("-n", type=_positive, help="how many words without any named (300; in a page 2000)")
    command.add_argument("-k", type=_positive, default=10, help="neighbours of each word (10)")
    command.add_argument("--method", choices=("pca", "tsne", "umap"), help="into the plane by (pca; in a page tsne)")
    command.add_argument("--clusters", type=_positive, default=8, help="groups in colour (8)")
    command.add_argument("--seed", type=int, default=0, help="of groups and method (0)")
    command.set_defaults(kind="words")

    command = add("phrases", "joining:phrases", "A text with words that belong together joined to one.", shared[1])
    command.add_argument("input", metavar="IN", help="a file, a folder, a glob, or - for standard input")
    command.add_argument("output", metavar="OUT", help="a new text file, or - for standard output")
    command.add_argument("--passes", type=_positive, default=1, help="two make phrases of up to four words (1)")
    command.add_argument("--min-count", type=_positive, default=5, help="(5)")
    command.add_argument("--threshold", type=float, help="of the score (10; with npmi 0.5)")
    command.add_argument("--scoring", choices=("default", "npmi"), default="default", help="word2phrase's, or NPMI")
    command.add_argument("--connector-words", default="", metavar="LIST", help="english, or words with commas between")
    command.add_argument("--delimiter", default="_", help="between the words of a phrase (_)")
    command.add_argument("--tokenizer", choices=("whitespace", "words"), default="whitespace", help="(whitespace)")
    command.add_argument("--show", type=_positive, default=10, help="how many phrases are listed (10)")
    command.add_argument("--force", action="store_true", help="replace OUT if it is there")

    command = add("convert", "conversion:convert", "Vectors from one format to another, by suffix or by name.")
    command.add_argument("input", metavar="IN", help="a file, compressed or not, or a folder")
    command.add_argument("output", metavar="OUT", help="a file, or a new folder")
    command.add_argument("--from", dest="format", choices=FORMATS, help="the format of IN, where its suffix is another")
    command.add_argument("--to", choices=FORMATS, help="the format of OUT, where its suffix is another")
    command.add_argument("--top", type=_positive, metavar="N", help="the first N words only")
    command.add_argument("--normalize", action="store_true", help="vectors of length 1")
    command.add_argument(
        "--errors", choices=("strict", "replace", "ignore"), default="strict", help="for words that are not UTF-8"
    )
    command.add_argument("--force", action="store_true", help="replace OUT if it is there")
    return parser


def _shared() -> list[Parser]:
    """Options of all that ask vectors, and of what answers in tables."""
    source = Parser(add_help=False)
    source.add_argument("-v", "--vectors", metavar="PATH", help="a file of vectors or the folder of a run")
    source.add_argument("--format", choices=FORMATS, help="of the vectors, where the suffix is another")
    source.add_argument("--runs", default="lightning_logs", metavar="FOLDER", help="where runs are (lightning_logs)")
    form = Parser(add_help=False)
    form.add_argument("--json", action="store_true", help="answer in JSON")
    return [source, form]


def _later(place: str) -> Callable[[argparse.Namespace], Any]:
    """The function at `module:name`, imported when it is called."""
    module, name = place.split(":")

    def run(arguments: argparse.Namespace) -> Any:
        return getattr(import_module(f"torchw2v.cli.{module}"), name)(arguments)

    return run


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"an integer of at least 1 is needed, not {text!r}")
    return number
