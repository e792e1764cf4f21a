"""The default corpus: documentation strings of the installed Python environment, so nothing is downloaded.

Sources are parsed, never imported and never run. Each sentence is kept once: inherited docstrings, and
descriptions of parameters that stand in a hundred functions, would otherwise outweigh the rest.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from tqdm import tqdm

from torchw2v.atomic import atomic_path, write_text
from torchw2v.cache import make_cache_dir
from torchw2v.checks import positive_int
from torchw2v.data.datasets import docstrings
from torchw2v.data.datasets.prose import sentences
from torchw2v.errors import InputError

STDLIB = "stdlib"  # stands among the packages for Python's standard library
DEFAULT_PACKAGES = (STDLIB, "torch", "numpy", "scipy", "sympy", "networkx", "lightning", "torchmetrics")

RULES_VERSION = 1  # raise it when docstrings.py or prose.py would make other sentences of the same sources

_NOT_SOURCES = frozenset({"__pycache__", "site-packages", "dist-packages", "test", "tests", "idle_test"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_FILES_A_CHUNK = 200  # a process for each: 0.04 s to start, 1 s to work
_MOST_WORKERS = 8  # more would wait for the cleaning, which this process does alone


def pydocs(
    root: str | Path | None = None,
    *,
    packages: Sequence[str] = DEFAULT_PACKAGES,
    workers: int | None = None,
    progress: bool = True,
) -> Path:
    """Path of a UTF-8 text file with the documentation strings of `packages`, one sentence a line.

    The file is made once and kept under `root`, named by a fingerprint of Python's version, the packages'
    versions and the rules of extraction; a JSON file of the same name beside it says what went in.

    Args:
        root: folder for the file, created where missing; by default the cache folder.
        packages: top-level import names; "stdlib" is Python's standard library. One that is not installed is
            left out, with a note in the JSON file.
        workers: processes that parse sources; the text is the same for any number.
        progress: whether to show a progress bar.

    Raises:
        InputError: where none of the packages is installed, or none has documentation strings.
    """
    versions = {name: _version(name) for name in packages}
    path = make_cache_dir(root) / f"pydocs-{_fingerprint(versions)}.txt"
    if path.exists():
        return path
    if workers is None:
        workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    sources = [source for name in versions for source in _sources(name)]
    with atomic_path(path) as temporary:
        counts = _write(temporary, sources, positive_int("workers", workers), progress)
        if not counts["sentences"]:
            raise InputError(f"no documentation strings found; packages looked for: {', '.join(versions)}")
        contents = {
            "python": platform.python_version(),
            "packages": {name: version for name, version in versions.items() if version},
            "not_installed": [name for name, version in versions.items() if not version],
            "rules_version": RULES_VERSION,
            **counts,
        }
        write_text(path.with_suffix(".json"), json.dumps(contents, indent=2) + "\n")
    return path


def _write(target: Path, sources: Sequence[Path], workers: int, progress: bool) -> dict[str, int]:
    counts = {
        "files": len(sources),
        "skipped_files": 0,
        "docstrings": 0,
        "duplicate_docstrings": 0,
        "sentences": 0,
        "duplicate_sentences": 0,
        "words": 0,
    }
    known_docs: set[str] = set()
    known_sentences: set[str] = set()
    bar = tqdm(
        _docs_of(sources, workers),
        desc="reading documentation",
        total=len(sources),
        unit=" files",
        dynamic_ncols=True,
        disable=not progress,
    )
    # errors: a string constant may hold half a surrogate pair, which no encoding can write
    with bar, target.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for docs in bar:
            if docs is None:
                counts["skipped_files"] += 1
                continue
            for doc in docs:
                counts["docstrings"] += 1
                if doc in known_docs:
                    counts["duplicate_docstrings"] += 1
                    continue
                known_docs.add(doc)
                for sentence in sentences(doc):
                    words = _WORD.findall(sentence.casefold())
                    key = " ".join(words)
                    if key in known_sentences:
                        counts["duplicate_sentences"] += 1
                        continue
                    known_sentences.add(key)
                    counts["sentences"] += 1
                    counts["words"] += len(words)
                    file.write(sentence + "\n")
    return counts


def _docs_of(sources: Sequence[Path], workers: int) -> Iterator[list[str] | None]:
    """Documentation strings of each source in turn, None for one that cannot be read."""
    chunks = [sources[start : start + _FILES_A_CHUNK] for start in range(0, len(sources), _FILES_A_CHUNK)]
    pool = ThreadPoolExecutor(workers)
    try:
        for answer in pool.map(_read, chunks):
            yield from answer
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupt need not wait for chunks that have not begun


def _read(chunk: Sequence[Path]) -> list[list[str] | None]:
    # A plain Python process: multiprocessing would load torch and the user's script again in each worker.
    answer = subprocess.run(
        [sys.executable, "-I", "-S", docstrings.__file__],
        input=json.dumps([os.fspath(source) for source in chunk]).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    docs: list[list[str] | None] = json.loads(answer.stdout)
    return docs


def _sources(name: str) -> list[Path]:
    found: list[Path] = []
    for place in _places(name):
        if place.suffix == ".py":
            found.append(place)
        for folder, subfolders, files in os.walk(place):
            subfolders[:] = set(subfolders) - _NOT_SOURCES
            found.extend(Path(folder, file) for file in files if file.endswith(".py"))
    return sorted(found)


def _places(name: str) -> list[Path]:
    """Folders of an installed package, or the file of a single module; nothing is imported to find them."""
    if name == STDLIB:
        return [Path(sysconfig.get_paths()["stdlib"])]
    if not name.isidentifier():  # to find `torch.nn` would import `torch`
        raise InputError(f"packages are top-level import names, such as 'torch', not {name!r}")
    spec = importlib.util.find_spec(name)
    if spec is None:
        return []
    return [Path(place) for place in spec.submodule_search_locations or [spec.origin or ""]]


def _version(name: str) -> str | None:
    """The package's version, where it has none the time of its last change; None if it is not installed."""
    if name == STDLIB:
        return platform.python_version()
    if not _places(name):
        return None
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"changed {max((source.stat().st_mtime_ns for source in _sources(name)), default=0)}"


def _fingerprint(versions: dict[str, str | None]) -> str:
    made_of = [RULES_VERSION, platform.python_version(), list(versions.items())]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
