"""The command `torchw2v`: what was typed, to what is done about it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from torchw2v.cli.arguments import make_parser
from torchw2v.console import show_any_word
from torchw2v.errors import InputError

FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is 0, 1 for input that cannot be used, or 2 for arguments that are none."""
    show_any_word()
    parser = make_parser()
    chosen = parser.parse_args(arguments)
    if not hasattr(chosen, "run"):
        parser.print_help()
        return 0
    try:
        status: int = chosen.run(chosen) or 0
        sys.stdout.flush()
    except InputError as error:
        print(f"torchw2v: error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # nobody reads any more; Python would complain again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        if not error.strerror:
            raise
        print(f"torchw2v: error: {error.filename or 'while writing'}: {error.strerror}", file=sys.stderr)
        return FAILED
    return status
