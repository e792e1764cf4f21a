"""One trainer's way from a text file to a file of vectors, in a process of its own.

`python -m benchmarks.job` reads a `Job` as JSON from standard input and prints an `Answer` as JSON. A process imports
first what a process before it had imported in the end, so that what imports take, of time and of memory, can be told
from the work, however late a library imports its parts.

With `whole_libraries` the code of the libraries is brought into memory as a whole before the work begins. The system
reads it page by page, when it is first needed; without this, code that a library keeps for later counts as memory of
the work, although it is in memory once for all processes. What is left is what the process itself holds: its heap, and
its own files as far as they are mapped into memory.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.settings import Settings

TRAINERS = ("torchw2v", "gensim")


@dataclass(frozen=True)
class Job:
    """Read, count, train, write; the encoded text is kept nowhere, so nothing of an earlier run can help."""

    trainer: str
    text: str
    epochs: int
    threads: int
    engine: str
    settings: Settings
    modules: Sequence[str] = ()  # to import first
    whole_libraries: bool = False


@dataclass(frozen=True)
class Answer:
    """What the process took.

    Attributes:
        work_seconds: from the text to the vectors on disk.
        wall_seconds: of the whole process: with the start of Python and the imports.
        memory_of_imports: bytes in memory after the imports; the whole libraries, if the job asks for that.
        memory_of_work: bytes more at the peak; files that are mapped into memory count.
        modules: all that were imported in the end.
    """

    work_seconds: float
    wall_seconds: float
    memory_of_imports: int
    memory_of_work: int
    modules: Sequence[str]


def run(job: Job) -> Answer:
    """The answer of a new process."""
    command = [sys.executable, "-m", "benchmarks.job"]
    root, order = Path(__file__).parents[1], json.dumps(asdict(job))
    start = time.perf_counter()
    process = subprocess.run(command, cwd=root, input=order, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{job.trainer} failed:\n{process.stderr}")
    return Answer(wall_seconds=wall, **json.loads(process.stdout.splitlines()[-1]))


def main() -> None:
    order = json.load(sys.stdin)
    job = Job(**order | {"settings": Settings(**order["settings"])})
    work = _import_gensim() if job.trainer == "gensim" else _import_torchw2v()
    for module in job.modules:
        with suppress(Exception):  # some are made while a program runs, and cannot be imported
            importlib.import_module(module)
    gc.collect()
    if job.whole_libraries:
        _read_libraries()
    imports = _memory("VmRSS")
    with TemporaryDirectory(prefix="benchmark-") as folder:
        start = time.perf_counter()
        work(job, Path(folder))
        seconds = time.perf_counter() - start
        peak = _memory("VmHWM")
    answer = {"work_seconds": seconds, "memory_of_imports": imports, "memory_of_work": peak - imports}
    print(json.dumps(answer | {"modules": [name for name in sys.modules if name != "__main__"]}))


def _import_gensim() -> Callable[[Job, Path], None]:
    from gensim.models import Word2Vec

    from benchmarks.trainers.with_gensim import options

    def work(job: Job, folder: Path) -> None:
        model = Word2Vec(corpus_file=job.text, **options(job.settings), epochs=job.epochs, workers=job.threads)
        model.wv.save_word2vec_format(str(folder / "vectors.txt"))

    return work


def _import_torchw2v() -> Callable[[Job, Path], None]:
    from benchmarks.trainers.with_torchw2v import Own, run_training

    def work(job: Job, folder: Path) -> None:
        own = Own(job.engine, threads=job.threads)
        result = run_training(Path(job.text), job.settings, own, epochs=job.epochs, cache=folder / "cache")
        result.vectors.save(folder / "vectors.txt")

    return work


def _read_libraries() -> None:
    """Bring all of the files that are mapped into memory, which are programs and libraries so far, into it."""
    if sys.platform != "linux":
        sys.exit("whole_libraries needs Linux")
    libc, advice = ctypes.CDLL(None, use_errno=True), 22  # MADV_POPULATE_READ, since Linux 5.14
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, rights, *_, name = line.split(maxsplit=5)
        if name.startswith("/") and rights.startswith("r"):
            begin, end = (int(address, 16) for address in addresses.split("-"))
            if libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), advice):
                sys.exit(f"{name}: cannot be brought into memory as a whole; that needs Linux 5.14")


def _memory(what: str) -> int:
    """Bytes: VmRSS in memory now, VmHWM the most so far; `ru_maxrss` would begin with that of the parent process."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(what):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


if __name__ == "__main__":
    main()
