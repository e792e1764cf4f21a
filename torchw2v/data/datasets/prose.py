"""Turns a documentation string into plain sentences: code and markup go, what one would read aloud stays.

Documentation strings come in reStructuredText, Markdown, NumPy's and Google's styles, often two at once, so
nothing here parses a grammar. Code is left out line by line, the rest is gathered into paragraphs, each
paragraph is freed of its inline markup and cut into sentences, and a sentence must look like prose to be
kept.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple


def sentences(doc: str) -> Iterator[str]:
    """Sentences of a documentation string, each on one line, letter case and punctuation as written."""
    for paragraph in paragraphs(doc):
        for sentence in _SENTENCE_END.split(plain(paragraph)):
            if is_prose(sentence):
                yield sentence


# Lines -> paragraphs

_PROMPT = re.compile(r">>>|In \[\d*\]:|\$ ")
_FENCE = ("```", "~~~")
_DIRECTIVE = re.compile(r"\.\. ?(?P<name>[\w:-]+?)::?(?:\s+(?P<argument>.*))?$")
_PROSE_DIRECTIVE = re.compile(
    r"admonition|attention|caution|danger|deprecated|hint|important|legacy|notes?|rubric|seealso|tip|topic"
    r"|version(?:added|changed)|warning",
    re.IGNORECASE,
)
_NAMING_DIRECTIVE = re.compile(r"attribute|class|data|function|glossary|method|module")  # the prose is below it
_VERSION = re.compile(r"v?\d+(?:\.\d+)+\s*")

_RULE = re.compile(r"[\W_]+")  # an underline, the border of a table
_CODE = re.compile(r"[@#|]|(?:from \S+ )?import \S|(?:async )?(?:class|def|elif|else|for|if|try|while|with)\b.*:$")
_SIGNATURE = re.compile(r"[\w.]+\(.*\)(?:\s*->.*)?|.*\S\s*->\s*\w+")
_TYPE_FIELD = re.compile(r":(?:type|rtype|vartype)\b")
_TYPE_LINE = re.compile(r"[`*\\]*\w[\w.`*\\, ]*\s:(?:\s.*)?")  # axis : int, optional
_BULLET = re.compile(r"(?:[-*+•]|\(?(?:\d+|[a-zA-Z]|[ivx]+|#)[.)])\s+(?=\S)")
_FIELD = re.compile(r":\w+(?:\s(?:[^:]*\s)?(?P<name>[^\s:]+))?:(?:\s+|$)")  # :param int axis: description
_ARGUMENT = re.compile(  # axis (int): description
    r"(?P<name>[`*\\]*[\w.]+`*)(?:\s*\((?:[^()]|\([^()]*\))*\))?(?P<colon>\s*:|\s--?)\s+(?=\S)"
)
_COLUMNS = re.compile(r"(?<=\S)\s{3,}(?=\S)")

_WRAPPED = 55  # a line of this length was wrapped: a deeper line after it goes on with the same sentence


class _Line(NamedTuple):
    depth: int
    text: str  # empty for a blank line, and for one whose text is left out
    item: bool = False  # opens a list item or a description, and deeper lines go on with it


_BLANK = _Line(-1, "")


def paragraphs(doc: str) -> Iterator[str]:
    """Paragraphs, list items and descriptions of parameters, each on one line; inline markup is untouched."""
    lines = [*_without_code(inspect.cleandoc(doc).splitlines()), _BLANK]
    paragraph: list[_Line] = []
    for line, below in pairwise(lines):
        if below.depth > line.depth and _is_type(line.text, below.text):
            line = _BLANK
        if paragraph and not _continues(paragraph, line):
            yield from _joined(paragraph)
            paragraph = []
        if line.text:
            paragraph.append(line)
    if paragraph:
        yield from _joined(paragraph)


def _without_code(lines: Iterable[str]) -> Iterator[_Line]:
    block: int | None = None  # depth of what opened a block of code: deeper lines belong to it
    fenced = doctest = False
    for raw in lines:
        text = raw.strip()
        depth = len(raw) - len(raw.lstrip()) if text else -1
        if text.startswith(_FENCE):
            fenced, text = not fenced, ""
        doctest = bool(text) and (doctest or _PROMPT.match(text) is not None)
        if block is not None and text and depth <= block:
            block = None
        if fenced or doctest or block is not None or not text:
            yield _BLANK
        elif text.startswith(".."):
            line = _directive(depth, text)
            block = depth if line is None else None
            yield line or _BLANK
        else:
            if text.endswith("::"):
                block, text = depth, text[:-1]
            yield _line(depth, text)


def _directive(depth: int, text: str) -> _Line | None:
    """What a reader sees of a directive's first line; None where the whole block is code or a comment."""
    directive = _DIRECTIVE.match(text)
    if directive and _PROSE_DIRECTIVE.fullmatch(directive["name"]):
        return _Line(depth, _VERSION.sub("", directive["argument"] or "", count=1), item=True)
    return _BLANK if directive and _NAMING_DIRECTIVE.fullmatch(directive["name"]) else None


def _line(depth: int, text: str) -> _Line:
    if _RULE.fullmatch(text) or _CODE.match(text) or _TYPE_FIELD.match(text):
        return _BLANK
    if ("->" in text or text.endswith(")")) and _SIGNATURE.fullmatch(text):
        return _BLANK
    item = False
    if bullet := _BULLET.match(text):
        text, item = text[bullet.end() :], True
    elif field := _FIELD.match(text):
        text, item = f"{field['name'] or ''}: {text[field.end() :]}".lstrip(": "), True
    if argument := _ARGUMENT.match(text):
        text, item = f"{argument['name']}{argument['colon']} {text[argument.end() :]}", True
    return _Line(depth, text, item or _COLUMNS.search(text) is not None)


def _is_type(text: str, below: str) -> bool:
    """Whether a line only names a parameter and its type; the deeper line below it is the description."""
    if _TYPE_LINE.fullmatch(text):
        return True
    return _ARGUMENT.match(text) is not None and len(text) < _WRAPPED and below[:1].isupper()


def _continues(paragraph: list[_Line], line: _Line) -> bool:
    first, last = paragraph[0], paragraph[-1]
    if not line.text or line.item or line.depth < first.depth:
        return False
    wrapped = len(last.text) >= _WRAPPED and not last.text.endswith((":", "."))
    return line.depth == first.depth or first.item or wrapped


def _joined(paragraph: list[_Line]) -> list[str]:
    return _COLUMNS.split(" ".join(line.text for line in paragraph))


# Inline markup

_TEX = re.compile(r":math:`([^`]*)`|\$\$?([^$]+)\$\$?|\\\((.+?)\\\)")
_TEX_STYLE = re.compile(r"\\(?:text\w*|math\w+|operatorname|boldsymbol|bm|hat|tilde|bar|vec|rm|bf|it)\b|[{}\\]")
_SYMBOL = re.compile(r"[A-Za-z]\w*(?: [A-Za-z]\w*)*")

# Characters without which the pattern cannot match (most paragraphs have none of them), pattern, replacement.
_INLINE = [
    (mark, re.compile(pattern), replacement)
    for mark, pattern, replacement in (
        ("%", r"%\(\w+\)s", ""),  # holes that the package fills in later
        ("{", r"(?<![\w`'\"])\{\w*\}", ""),
        ("](", r"!?\[([^\]]*)\]\([^)\s]*\)", r"\1"),  # a Markdown link
        (":`", r"(?::[\w+-]+)*:[\w+-]+:`[~!]?\.?([^`<]*?)\s*(?:<[^`>]*>)?`", r"\1"),  # :class:`~torch.nn.Linear`
        (">`", r"`([^`<]+?)\s*<[^`>]*>`_{0,2}", r"\1"),  # `text <target>`_
        ("://", r"<?\b\w+://[^\s>)\]]*>?", ""),
        ("@", r"\S+@\S+\.\w+", ""),
        ("`", r"`+[~!]?([^`]*)`+_{0,2}", r"\1"),
        ("]_", r"\s?\[[\w.+-]+\]_", ""),  # a citation
        ("[", r"\s?\[\d+(?:, ?\d+)*\]", ""),
        ("*", r"(?<![\w*\\])(\*{1,2})(?=[^\s*])([^*]*[^\s*])\1(?![\w*])", r"\2"),
        ("*", r"(?<![\w*])\*{1,2}(?=\w)", ""),  # *args
        ("\\", r"\\[a-zA-Z]+\b|\\", ""),
        ("</", r"<(\w+)[^<>]*>([^<>]*)</\1>", r"\2"),
        ("(", r"\s*(?<!\w)\([\s,;.]*\)", ""),  # parentheses whose content went
        (" ", r"[ ,;:]+([,.;:!?)])(?=\s|$)", r"\1"),  # punctuation whose words went
    )
]


def plain(text: str) -> str:
    """The text without inline markup; of formulas only single symbols and words stay."""
    if "$" in text or "\\(" in text or ":math:" in text:
        text = _TEX.sub(_symbol, text)
    for mark, pattern, replacement in _INLINE:
        if mark in text:
            text = pattern.sub(replacement, text)
    return " ".join(text.replace("`", "").split()).strip(" ,;:-–—*|>#")


def _symbol(formula: re.Match[str]) -> str:
    tex = _TEX_STYLE.sub("", next(filter(None, formula.groups()), "")).strip()
    return tex if _SYMBOL.fullmatch(tex) else ""


# Sentences

_ABBREVIATIONS = (
    "e.g",
    "i.e",
    "cf",
    "vs",
    "resp",
    "approx",
    "al",
    "Fig",
    "Eq",
    "Eqs",
    "Sec",
    "Ref",
    "Dr",
    "St",
)
_SENTENCE_END = re.compile(
    r"(?:(?<=[.!?])|(?<=[.!?][\"')]))"
    + "".join(rf"(?<!\b{re.escape(short)}\.)" for short in _ABBREVIATIONS)
    + r"(?<!\b[A-Z]\.)\s+(?=[\"'(]?[A-Z0-9])"
)
_PLAIN_WORD = re.compile(r"[(\"']*[A-Za-z]+(?:['’/-][A-Za-z]+)*[)\"'.,;:!?]*")


def is_prose(sentence: str) -> bool:
    """Whether it has three plain words or more, is words far more than symbols, and no mere list of names."""
    pieces = sentence.split()
    words = sum(1 for piece in pieces if _PLAIN_WORD.fullmatch(piece))
    return words >= max(3, 0.6 * len(pieces)) and 2 * sentence.count(", ") < len(pieces)
