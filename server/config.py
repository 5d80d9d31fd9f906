"""The configuration: read once from the environment, typed, with a working default for one machine."""

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Parsed = TypeVar("Parsed")

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_LOOPBACK_HOSTS = {name.strip("[]") for name in LOOPBACK_NAMES}
LOG_LEVELS = ("debug", "info", "warning", "error")
MAX_WORKERS = 64
_MAX_DIGITS = 9
_HOST, _NO_LIMITS, _DEMO = "FIRESIDE_HOST", "FIRESIDE_NO_LIMITS", "FIRESIDE_DEMO"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LIKE_AN_ORIGIN = "must be an address without a path, like https://forum.example.org"
_REDIS_SCHEMES = ("redis", "rediss", "unix")
_SMTP_SCHEMES = ("smtp", "smtps")


class ConfigError(Exception):
    """A setting that cannot be used; the message is one sentence that names it and what it should be."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that differs between two installations and is not edited in the browser.

    `public_url` is an origin, like "https://forum.example.org", or empty: this machine only.
    Addresses that may hold passwords are not shown by repr().
    """

    database_url: str = field(repr=False)
    data_dir: Path = Path("data")
    redis_url: str = field(default="", repr=False)
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "noreply@localhost"
    trusted_proxies: tuple[Network, ...] = ()
    web_workers: int = 1
    log_level: str = "info"
    forum_name: str = "Fireside"
    limits: bool = True
    demo: bool = False

    @classmethod
    def from_environment(
        cls, env: Mapping[str, str], *, host: str = "127.0.0.1", limits: bool = True, demo: bool = False
    ) -> "Config":
        """Reads every variable; an empty one counts as absent. Raises ConfigError.

        What has a command line option and a variable (`--data`, `--port`) is put into `env` by the caller, so
        that what follows from it (the database in DATA_DIR) follows.
        """
        data_dir = _read(env, "DATA_DIR", Path("data"), Path)
        public_url = _read(env, "PUBLIC_URL", "", _origin)
        public_host = urlsplit(public_url).hostname or "localhost"
        file = data_dir / ("demo.db" if demo else "fireside.db")
        return cls(
            database_url=_read(env, "DATABASE_URL", f"sqlite:///{file}", _database_url),
            data_dir=data_dir,
            redis_url=_read(env, "REDIS_URL", "", _url_of(_REDIS_SCHEMES)),
            public_url=public_url,
            host=host,
            port=_read(env, "PORT", 8000, _number(0, 65535)),
            smtp_url=_read(env, "SMTP_URL", "", _url_of(_SMTP_SCHEMES)),
            mail_from=_read(env, "MAIL_FROM", f"noreply@{public_host}", _mail_from),
            trusted_proxies=_read(env, "TRUSTED_PROXIES", (), _networks),
            web_workers=_read(env, "WEB_WORKERS", 1, _number(1, MAX_WORKERS)),
            log_level=_read(env, "LOG_LEVEL", "info", _log_level),
            forum_name=_read(env, "FORUM_NAME", "Fireside", str.strip),
            limits=limits,
            demo=demo,
        )

    def __post_init__(self) -> None:
        if self.is_local:
            return
        if self.demo:
            raise ConfigError("--demo has known passwords, so PUBLIC_URL must be empty or a loopback one.")
        if not self.limits:
            raise ConfigError("--no-limits invites floods, so PUBLIC_URL must be empty or a loopback one.")

    @property
    def is_local(self) -> bool:
        """Whether only this machine is meant to reach the server."""
        return not self.public_url or urlsplit(self.public_url).hostname in _LOOPBACK_HOSTS

    @property
    def secure(self) -> bool:
        """Whether browsers reach the board over https."""
        return self.public_url.startswith("https://")

    @property
    def is_readable_on_the_way(self) -> bool:
        """Whether passwords and posts cross a network unencrypted (S20, ASVS 4.4.1)."""
        return not self.is_local and not self.secure

    @property
    def database_file(self) -> Path:
        """The SQLite file that is used when DATABASE_URL says nothing else."""
        return self.data_dir / ("demo.db" if self.demo else "fireside.db")

    @property
    def sends_mail(self) -> bool:
        """Whether letters leave for a mail server, and are not written into files."""
        return bool(self.smtp_url)

    @property
    def exports_dir(self) -> Path:
        """Where what members take along is packed."""
        return self.data_dir / "exports"

    @property
    def mail_dir(self) -> Path:
        """Where letters are written to when there is no mail server."""
        return self.data_dir / "mail"

    @property
    def has_own_database(self) -> bool:
        """Whether DATABASE_URL names another database than the file in the data folder."""
        return self.database_url != f"sqlite:///{self.database_file}"

    @property
    def address(self) -> str:
        """Where people find the board, without a slash at the end."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def cookie_name(self) -> str:
        """The session cookie; `__Host-` lets no other host or path set it (S1), and works with https only."""
        return "__Host-sid" if self.secure else "sid"

    @property
    def marks_cookie_name(self) -> str:
        """The cookie by which a browser is known to those who signed in there before (S8)."""
        return "__Host-known" if self.secure else "known"

    @property
    def origins(self) -> frozenset[str]:
        """What a browser says in `Origin` when it is on a page of ours."""
        if self.public_url:
            return frozenset((self.public_url,))
        return frozenset(_without_default_port(f"http://{name}:{self.port}") for name in LOOPBACK_NAMES)

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The `Host` headers that are answered: PUBLIC_URL's, and this machine's own names for looking."""
        hosts = {f"{name}:{self.port}" for name in LOOPBACK_NAMES}
        if self.port == _DEFAULT_PORTS["http"]:
            hosts.update(LOOPBACK_NAMES)
        if self.public_url:
            parts = urlsplit(self.public_url)
            hosts.add(parts.netloc)
            if parts.port is None:
                hosts.add(f"{parts.netloc}:{_DEFAULT_PORTS[parts.scheme]}")
        return frozenset(hosts)


def _read(env: Mapping[str, str], name: str, default: Parsed, parse: Callable[[str], Parsed]) -> Parsed:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        return parse(raw)
    except ValueError as error:
        raise ConfigError(f"{name} {error}.") from None


def _origin(raw: str) -> str:
    try:
        parts = urlsplit(raw)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ValueError(_LIKE_AN_ORIGIN) from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in _DEFAULT_PORTS or not host or extra:
        raise ValueError(_LIKE_AN_ORIGIN)
    return _without_default_port(f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}")


def _without_default_port(origin: str) -> str:
    scheme = origin.partition(":")[0]
    return origin.removesuffix(f":{_DEFAULT_PORTS[scheme]}")


def _database_url(raw: str) -> str:
    if raw.startswith("postgres://"):  # what hosting platforms hand out
        raw = raw.replace("postgres://", "postgresql://", 1)
    if raw.startswith("postgresql://") or (raw.startswith("sqlite:///") and raw != "sqlite:///"):
        return raw
    raise ValueError("must begin with sqlite:/// or postgresql://")  # never quoted: it may hold a password


def _url_of(schemes: tuple[str, ...]) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if urlsplit(raw).scheme not in schemes:
            raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return raw

    return parse


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        digits = raw.isascii() and raw.isdigit() and len(raw) <= _MAX_DIGITS
        if not digits or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {raw[:20]!r}")
        return int(raw)

    return parse


def _mail_from(raw: str) -> str:
    if "@" not in raw or any(ord(char) < 32 for char in raw):
        raise ValueError("must be an e-mail address, like forum@example.org")
    return raw


def _networks(raw: str) -> tuple[Network, ...]:
    entries = [entry.strip() for entry in raw.split(",") if entry.strip()]
    try:
        return tuple(ipaddress.ip_network(entry, strict=False) for entry in entries)
    except ValueError:
        raise ValueError("must list addresses or networks, like 127.0.0.1, 10.0.0.0/8") from None


def _log_level(raw: str) -> str:
    if raw.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}, not {raw[:20]!r}")
    return raw.lower()


def of_process() -> Config:
    """The configuration of this process, from its environment and what `hand_on` left there.

    Raises ConfigError.
    """
    return Config.from_environment(
        os.environ,
        host=os.environ.get(_HOST, "127.0.0.1"),
        limits=os.environ.get(_NO_LIMITS, "") != "yes",
        demo=os.environ.get(_DEMO, "") == "yes",
    )


def hand_on(options: Mapping[str, str], *, host: str, limits: bool, demo: bool) -> None:
    """Leave command line options where the server's processes read their configuration.

    `fireside serve` starts `server.app:app` by name, in one process or several, as any other server would.
    """
    os.environ.update(options)
    os.environ[_HOST] = host
    os.environ[_NO_LIMITS] = "" if limits else "yes"
    os.environ[_DEMO] = "yes" if demo else ""
