"""What a person at a terminal is told when something is wrong: one line each."""

from __future__ import annotations

import errno
import io
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from torchw2v.errors import InputError

_REMEDIES = {
    errno.ENOSPC: "; free some space or set output_dir",
    errno.EDQUOT: "; free some space or set output_dir",
    errno.EACCES: "; change its permissions or set output_dir",
    errno.EROFS: "; set output_dir to a place that can be written",
}
_CONFIGURATION_PACKAGES = ("hydra", "omegaconf")
# Warnings that mean nothing here, by a part of their text.
_NOISE = (
    (".*LeafSpec", FutureWarning),  # Lightning 2.6 on torch 2.13
    ("Sparse invariant checks", UserWarning),  # torch's optimisers on sparse gradients
    (".*smaller than the logging interval", UserWarning),  # short runs are fine
    ("GPU available but not used", UserWarning),  # torchw2v.training.devices says so, and why
)


def speak_plainly() -> None:
    """Let warnings and errors of this process be lines of its own, and leave out those that mean nothing here."""
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    _ignore_noise()
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    threading.excepthook = _show_thread_error
    signal.signal(signal.SIGTERM, _terminate)
    show_any_word()


def show_any_word() -> None:
    """Let standard output and error escape what the terminal cannot show, as a word may hold it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def without_noise() -> Iterator[None]:
    """Keep what Lightning says of itself from a caller's output, and leave the caller's settings as they were."""
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            _ignore_noise()
            yield
    finally:
        logger.setLevel(level)


def is_watched() -> bool:
    """Whether a person sees what is written to standard error as it comes: on a terminal, or in a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules


def explain(error: BaseException) -> str | None:
    """One line for what is the user's to mend, None for what is ours: that deserves its traceback."""
    causes = [error]  # Hydra wraps what it meets
    while cause := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(cause)
    for cause in causes:
        if isinstance(cause, InputError):
            return str(cause)
    if os.environ.get("HYDRA_FULL_ERROR"):
        return None
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            remedy = _REMEDIES.get(cause.errno or 0, "")
            return f"{cause.filename or 'while writing'}: {cause.strerror}{remedy}"
        if type(cause).__module__.partition(".")[0] in _CONFIGURATION_PACKAGES:
            return "; ".join(str(cause).splitlines())
    return None


def _ignore_noise() -> None:
    for message, category in _NOISE:
        warnings.filterwarnings("ignore", message=message, category=category)


def _terminate(number: int, frame: object) -> None:
    print("torchw2v: terminated before there were results", file=sys.stderr)
    sys.exit(128 + number)


def _show_warning(message: Warning | str, category: type[Warning], *_: object) -> None:
    print(f"torchw2v: warning: {message}", file=sys.stderr)


def _show_thread_error(failure: threading.ExceptHookArgs) -> None:
    # what TensorBoard's writer meets on a full disk; whoever hands it events hears of it, too
    if isinstance(failure.exc_value, OSError):
        print(f"torchw2v: warning: {failure.exc_value}", file=sys.stderr)
    else:
        threading.__excepthook__(failure)
