"""The `fireside` command, one module for each subject; `command.py` reads the arguments."""

from server.cli.command import main

__all__ = ["main"]
