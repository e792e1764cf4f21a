"""text8: 17 million words of English Wikipedia, 2006, in lower case without punctuation (Matt Mahoney).

The corpus on which word vectors are compared; http://mattmahoney.net/dc/textdata.html describes it. Sizes
and sums are those that several unrelated public projects pin.
"""

from __future__ import annotations

from pathlib import Path

from torchw2v.atomic import atomic_path
from torchw2v.cache import make_cache_dir
from torchw2v.data.datasets.archive import open_archive, unpack_member
from torchw2v.data.datasets.download import fetch, is_there, mismatch
from torchw2v.errors import InputError

MIRRORS = (
    "http://mattmahoney.net/dc/text8.zip",
    "https://data.deepai.org/text8.zip",
)
ARCHIVE_SIZE = 31_344_016
ARCHIVE_SHA256 = "a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232"
SIZE = 100_000_000
SHA256 = "6e890197040d37d85beb962ae1f041ff1d9a9ca8d20c7d99c85027eebf51dca7"


def text8(root: str | Path | None = None, *, progress: bool = True) -> Path:
    """Path of the unpacked file `text8` (one line, 100 MB) in the folder `root`, by default the cache folder.

    Where it is missing it is unpacked from `text8.zip` in the same folder, and that is downloaded where it is
    missing too; so on a machine without a network either file may be put there by hand.

    Raises:
        InputError: neither file is there and no mirror answered, or one is not what it should be.
    """
    path = make_cache_dir(root) / "text8"
    if is_there(path, SIZE, SHA256):
        return path
    archive = fetch("text8.zip", MIRRORS, ARCHIVE_SIZE, ARCHIVE_SHA256, path.parent, progress=progress)
    try:
        with atomic_path(path) as temporary:
            _unpack(archive, temporary)
    except OSError as error:
        raise InputError(f"{path.parent}: cannot unpack text8 here: {error.strerror or error}") from error
    return path


def _unpack(archive: Path, target: Path) -> None:
    with open_archive(archive) as packed:
        if [(member.filename, member.file_size) for member in packed.infolist()] != [("text8", SIZE)]:
            raise InputError(f"{archive} does not hold one file text8 of {SIZE} bytes and nothing else")
        unpack_member(packed, "text8", target, largest=SIZE)
    if problem := mismatch(target, SIZE, SHA256):
        raise InputError(f"text8 in {archive} {problem}")
