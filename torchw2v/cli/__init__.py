"""The command `torchw2v`: vectors in use, from a terminal or a script."""

from torchw2v.cli.main import main

__all__ = ["main"]
