"""`fireside migrate` and `fireside check`: bringing the database up to date, and looking it over."""

import argparse

from server.cli.places import FAILED, add_data, config_of, make_folder, with_database
from server.store import integrity, migrations
from server.store.database import Database


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds both commands."""
    for name, run, text in (
        ("migrate", _migrate, "bring the database up to date"),
        ("check", _check, "look for what does not agree"),
    ):
        command = commands.add_parser(name, help=text)
        add_data(command)
        command.set_defaults(run=run)


def _migrate(options: argparse.Namespace) -> int:
    config = config_of(options)
    make_folder(config)
    migrations.upgrade(config.database_url)
    print("The database is up to date.")
    return 0


def _check(options: argparse.Namespace) -> int:
    found = with_database(config_of(options), _findings)
    for sentence in found:
        print(sentence)
    print(f"{len(found)} findings." if found else "Everything agrees.")
    return FAILED if found else 0


async def _findings(db: Database) -> list[str]:
    async with db.snapshot() as reader:
        return await integrity.findings(reader)
