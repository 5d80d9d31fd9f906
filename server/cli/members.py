"""`fireside member`: members, for whoever runs the server. The board itself acts, and the log says so."""

import argparse
import getpass
import sys
from collections.abc import Awaitable, Callable

from server.actions import member_accounts, members, renaming
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.cli.places import add_data, config_of, make_folder, with_database
from server.domain.clock import now_ms
from server.domain.errors import NotFound
from server.domain.names import clean_name
from server.domain.viewer import Role, Viewer
from server.store import member_list, migrations
from server.store import members as stored
from server.store.database import Database
from server.store.member_list import ListedMember
from server.views.filters import day

BOARD_ITSELF = Viewer(None, "", Role.ADMIN)
ROLES = [str(role) for role in Role if role.rank >= Role.MEMBER.rank]
MAX_LISTED = 10_000  # lines; who has more members narrows the search

Act = Callable[[Database, int], Awaitable[str]]


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `member` with all that follows it."""
    member = commands.add_parser("member", help="members").add_subparsers(metavar="ACTION", required=True)
    add = member.add_parser("add", help="add a member")
    add.add_argument("name")
    add.add_argument("--email", required=True)
    add.add_argument("--role", choices=ROLES, default="member")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.set_defaults(run=_add)
    listing = member.add_parser("list", help="list members, the newest first")
    listing.add_argument("--role", choices=[*ROLES, "waiting"], help="only those")
    listing.add_argument("--search", default="", help="a part of the name or the e-mail address")
    listing.set_defaults(run=_list)
    role = member.add_parser("role", help="make a member something else")
    role.add_argument("name")
    role.add_argument("role", choices=ROLES)
    role.set_defaults(run=_change_role)
    rename = member.add_parser("rename", help="give a member another name; the old one stays his")
    rename.add_argument("name")
    rename.add_argument("new_name")
    rename.set_defaults(run=_rename)
    for name, run, text in (
        ("disable", _disable, "close an account and end its sessions"),
        ("enable", _enable, "open a closed account again"),
        (
            "second-factor-off",
            _second_factor_off,
            "for who lost the phone and the recovery codes: ask who it is",
        ),
        ("reset-link", _reset_link, "print an address that sets a new password, once, within 24 hours"),
    ):
        command = member.add_parser(name, help=text)
        command.add_argument("name")
        command.set_defaults(run=run)
        if run is _disable:
            command.add_argument("--reason", default="by whoever runs the server", help="for the log")
    for command in member.choices.values():
        add_data(command)


def _add(options: argparse.Namespace) -> int:
    config = config_of(options)
    password = (
        sys.stdin.readline().rstrip("\r\n") if options.password_stdin else getpass.getpass("Password: ")
    )
    draft = NewMember(options.name, options.email, password)

    async def add(db: Database) -> int:
        passwords = Passwords()
        try:
            return await members.add_member(db, passwords, draft, Role(options.role), now=now_ms())
        finally:
            passwords.close()

    make_folder(config)
    migrations.upgrade(config.database_url)
    with_database(config, add)
    print(f"{options.name} can sign in now.")
    return 0


def _list(options: argparse.Namespace) -> int:
    async def find(db: Database) -> list[ListedMember]:
        async with db.snapshot() as reader:
            narrowed = options.role or "all"
            return await member_list.find(reader, options.search, narrowed, limit=MAX_LISTED, offset=0)

    for one in with_database(config_of(options), find):
        closed = "  closed" if one.closed_at else ""
        print(f"{one.username:<30}  {one.role:<9}  since {day(one.joined_at)}  {one.email}{closed}")
    return 0


def _change_role(options: argparse.Namespace) -> int:
    async def act(db: Database, member_id: int) -> str:
        await members.change_role(db, BOARD_ITSELF, member_id, Role(options.role), now=now_ms())
        return f"{options.name} is {options.role} now."

    return _act(options, act)


def _rename(options: argparse.Namespace) -> int:
    async def act(db: Database, member_id: int) -> str:
        await renaming.rename_member(db, BOARD_ITSELF, member_id, options.new_name, now=now_ms())
        return f"{options.name} is called {clean_name(options.new_name)} now. A letter says so."

    return _act(options, act)


def _disable(options: argparse.Namespace) -> int:
    async def act(db: Database, member_id: int) -> str:
        await member_accounts.close_account(db, BOARD_ITSELF, member_id, options.reason, now=now_ms())
        return f"The account of {options.name} is closed, and signed out everywhere."

    return _act(options, act)


def _enable(options: argparse.Namespace) -> int:
    async def act(db: Database, member_id: int) -> str:
        await member_accounts.reopen_account(db, BOARD_ITSELF, member_id, now=now_ms())
        return f"{options.name} can sign in again."

    return _act(options, act)


def _second_factor_off(options: argparse.Namespace) -> int:
    async def act(db: Database, member_id: int) -> str:
        await member_accounts.switch_second_factor_off(db, BOARD_ITSELF, member_id, now=now_ms())
        return f"{options.name} is signed out everywhere, and signs in by the password alone from now on."

    return _act(options, act)


def _reset_link(options: argparse.Namespace) -> int:
    address = config_of(options).address

    async def act(db: Database, member_id: int) -> str:
        token = await member_accounts.make_reset_link(db, BOARD_ITSELF, member_id, now=now_ms())
        return f"{address}/reset/{token}"

    return _act(options, act)


def _act(options: argparse.Namespace, act: Act) -> int:
    async def named(db: Database) -> str:
        async with db.snapshot() as reader:
            member_id = await stored.owner_of_name(reader, options.name)
        if member_id is None:
            raise NotFound(f"There is no member called {options.name}.")
        return await act(db, member_id)

    print(with_database(config_of(options), named))
    return 0
