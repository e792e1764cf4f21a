"""Reads documentation strings out of Python sources, without importing or running them.

Also a script: for a JSON list of source paths on standard input it writes a JSON list on standard output,
with the strings of each source, or null where it cannot be read. It is a script because it is ready in a
few hundredths of a second, where a process that imports the package first loads torch.
"""

from __future__ import annotations

import ast
import gc
import json
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

# How packages name documentation that is no docstring: add_docstr(torch.abs, "..."), docdict = {...},
# f.__doc__ += "...", add_newdoc("numpy", "..."), and `topics` in the standard library's pydoc_data.
DOC_NAME = re.compile(r"doc(?!test|format)|^topics$", re.IGNORECASE)

UNREADABLE = (OSError, SyntaxError, ValueError, RecursionError, MemoryError)


def docstrings(source: bytes) -> list[str]:
    """Documentation strings of one source file, in the order in which they stand there.

    Every string that is a statement by itself counts (docstrings, notes below an attribute), and so do
    strings in a call or an assignment whose name says that they are documentation.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes and the like, in code that is not ours
        tree = ast.parse(source)
    return list(_in_statements(tree.body))


def _in_statements(body: Iterable[ast.AST]) -> Iterator[str]:
    # Only statements are walked: most nodes of a tree are expressions, and few of those document anything.
    for node in body:
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text
            case ast.Expr(value=ast.Call() as call):
                yield from _in_call(call)
            case (
                ast.Assign(targets=[target, *_], value=value)
                | ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.AugAssign(target=target, value=value)
            ):
                if DOC_NAME.search(_name(target)):
                    yield from _constants(value)
                elif isinstance(value, ast.Call):
                    yield from _in_call(value)
        for block in ("body", "handlers", "cases", "orelse", "finalbody"):
            yield from _in_statements(getattr(node, block, ()))


def _in_call(call: ast.Call) -> Iterator[str]:
    if DOC_NAME.search(_name(call.func)):
        yield from _constants(call)


def _constants(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def main() -> None:
    gc.disable()  # a syntax tree has no cycles; looking for them takes a fifth of the time
    answers: list[list[str] | None] = []
    for path in json.load(sys.stdin):
        try:
            answers.append(docstrings(Path(path).read_bytes()))
        except UNREADABLE:
            answers.append(None)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
