"""convert: vectors from one format to another."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from torchw2v.errors import InputError
from torchw2v.vectors import WordVectors


def convert(arguments: Namespace) -> int:
    target = Path(arguments.output)
    if arguments.output == "-":
        raise InputError("vectors are written to a file or a folder, not to standard output; give it a name")
    if target.is_dir() and arguments.to != "projector":
        raise InputError(f"{target}: is a folder that is there already; give a new name")
    if target.exists() and not arguments.force:
        raise InputError(f"{target}: is there already; --force replaces it")
    vectors = WordVectors.load(arguments.input, format=arguments.format, errors=arguments.errors)
    if arguments.top is not None:
        vectors = vectors.subset(arguments.top)
    if arguments.normalize:
        vectors = vectors.normalized()
    vectors.save(target, format=arguments.to)
    print(f"{target}: {len(vectors):,} words, {vectors.embedding_dim} dimensions", file=sys.stderr)
    return 0
