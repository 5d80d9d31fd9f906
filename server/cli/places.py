"""Where a command works: its configuration, its folder, its database; and how it ends."""

import argparse
import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import TypeVar

from server import config as configuration
from server.config import Config, ConfigError
from server.store.database import Database

FAILED, WRONG_USE = 1, 2
"""Exit statuses."""

Result = TypeVar("Result")


def add_data(command: argparse.ArgumentParser) -> None:
    """Adds the option that says where the data is."""
    command.add_argument("--data", help="folder of the database ($DATA_DIR, else ./data)")


def config_of(options: argparse.Namespace, *, host: str = "127.0.0.1") -> Config:
    """The environment's configuration with the command's options put over it. Raises ConfigError."""
    given = {
        "PORT": getattr(options, "port", None),
        "DATA_DIR": options.data,
        "WEB_WORKERS": getattr(options, "workers", None),
    }
    configuration.hand_on(
        {name: value for name, value in given.items() if value is not None},
        host=host,
        limits=not getattr(options, "no_limits", False),
        demo=getattr(options, "demo", False),
    )
    return configuration.of_process()


def with_database(config: Config, work: Callable[[Database], Coroutine[object, object, Result]]) -> Result:
    """What the work gives, done on the database that is there already. Raises ConfigError when none is."""

    async def run() -> Result:
        async with Database.open(config.database_url) as db:
            return await work(db)

    if not config.has_own_database and not config.database_file.exists():
        raise ConfigError(f"There is no database at {config.database_file}. Is --data right?")
    return asyncio.run(run())


def make_folder(config: Config) -> None:
    """Makes the folder of the data. Raises ConfigError when it cannot be written to."""
    config.data_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(config.data_dir, os.W_OK):
        raise ConfigError(f"The folder {config.data_dir} cannot be written to.")
