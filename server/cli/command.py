"""Reads the arguments, calls one function, and says in one sentence what went wrong.

Exit status: 0, 1 for failure, 2 for wrong use.
"""

import argparse
import logging
import sys
from collections.abc import Sequence

from server.bench import command as bench
from server.cli import members, serving, upkeep
from server.cli.places import FAILED, WRONG_USE
from server.config import ConfigError
from server.domain.errors import ForumError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit."""
    options = _parser().parse_args(arguments)
    try:
        sys.exit(options.run(options))
    except ConfigError as error:
        _fail(str(error), WRONG_USE)
    except ForumError as error:
        _fail(error.message, FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except ConnectionError as error:
        _fail(f"The database cannot be reached: {error}", FAILED)
    except OSError as error:
        _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", FAILED)
    except Exception as error:
        logging.getLogger("fireside").debug("failed", exc_info=True)
        _fail(f"{type(error).__name__}: {error}", FAILED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fireside", description="A forum that is alive.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    serving.add_to(parser, commands)
    upkeep.add_to(commands)
    bench.add_to(commands)
    members.add_to(commands)
    return parser


def _fail(sentence: str, status: int) -> None:
    print(f"fireside: {sentence}", file=sys.stderr)
    sys.exit(status)
