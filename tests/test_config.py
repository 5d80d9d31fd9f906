"""The configuration: what follows from the environment, and what is said about nonsense."""

import dataclasses
import re
from pathlib import Path

import pytest

from server.config import Config, ConfigError


def test_nothing_set_is_a_board_for_this_machine() -> None:
    config = Config.from_environment({})
    assert config.database_url == "sqlite:///data/fireside.db"
    assert (config.host, config.port, config.secure, config.cookie_name) == ("127.0.0.1", 8000, False, "sid")
    assert config.origins == {"http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"}
    assert config.allowed_hosts == {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}


def test_an_empty_variable_is_no_variable() -> None:
    names = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "PORT", "DATA_DIR", "SMTP_URL", "MAIL_FROM")
    more = ("TRUSTED_PROXIES", "WEB_WORKERS", "LOG_LEVEL", "FORUM_NAME")
    assert Config.from_environment(dict.fromkeys((*names, *more), " ")) == Config.from_environment({})


def test_a_public_address_makes_links_cookies_and_origins() -> None:
    config = Config.from_environment({"PUBLIC_URL": "https://Forum.Example.org:443/"})
    assert config.public_url == "https://forum.example.org"
    assert config.origins == {"https://forum.example.org"}
    assert {"forum.example.org", "forum.example.org:443"} < config.allowed_hosts
    assert (config.secure, config.cookie_name) == (True, "__Host-sid")
    assert config.mail_from == "noreply@forum.example.org"


def test_a_public_address_may_have_a_port_and_other_letters() -> None:
    config = Config.from_environment({"PUBLIC_URL": "http://bücher.example:8080"})
    assert config.origins == {"http://xn--bcher-kva.example:8080"}
    assert "xn--bcher-kva.example:8080" in config.allowed_hosts
    assert "xn--bcher-kva.example" not in config.allowed_hosts


def test_port_80_needs_no_number() -> None:
    config = Config.from_environment({"PORT": "80"})
    assert "http://localhost" in config.origins
    assert {"localhost", "localhost:80"} < config.allowed_hosts


def test_the_database_is_where_the_data_is() -> None:
    assert (
        Config.from_environment({"DATA_DIR": "/srv/fire"}).database_url == "sqlite:////srv/fire/fireside.db"
    )
    demo = Config.from_environment({"DATA_DIR": "/srv/fire"}, demo=True)
    assert demo.database_url == "sqlite:////srv/fire/demo.db"
    assert demo.data_dir == Path("/srv/fire")


def test_a_platforms_postgres_address_is_taken() -> None:
    assert Config.from_environment({"DATABASE_URL": "postgres://u:p@db/fire"}).database_url.startswith(
        "postgresql://"
    )


def test_proxies_are_networks() -> None:
    config = Config.from_environment({"TRUSTED_PROXIES": "127.0.0.1, 10.1.2.3/8,::1"})
    assert [str(network) for network in config.trusted_proxies] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://root:secret@db/fire"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "fireside.db"),
        ("REDIS_URL", "http://secret@redis"),
        ("SMTP_URL", "mail.example.org"),
        ("PUBLIC_URL", "forum.example.org"),
        ("PUBLIC_URL", "https://forum.example.org/board"),
        ("PUBLIC_URL", "https://ann:secret@forum.example.org"),
        ("PUBLIC_URL", "https://forum.example.org:port"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "ftp://forum.example.org"),
        ("PORT", "http"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "000000000999999"),
        ("PORT", "²"),
        ("WEB_WORKERS", "0"),
        ("TRUSTED_PROXIES", "proxy.example.org"),
        ("LOG_LEVEL", "loud"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "a@example.org\r\nBcc: all@example.org"),
    ],
)
def test_nonsense_is_one_sentence_that_names_the_variable_and_no_secret(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as error:
        Config.from_environment({name: value})
    assert re.fullmatch(rf"{name} must [^\n]+\.", str(error.value))
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "public_url", ["", "http://localhost:8000", "http://127.0.0.1:9000", "http://[::1]:8000"]
)
def test_demo_and_no_limits_are_for_this_machine(public_url: str) -> None:
    env = {"PUBLIC_URL": public_url}
    assert Config.from_environment(env, demo=True, limits=False).is_local


@pytest.mark.parametrize(("demo", "limits"), [(True, True), (False, False)])
def test_demo_and_no_limits_are_refused_in_public(demo: bool, limits: bool) -> None:
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        Config.from_environment({"PUBLIC_URL": "https://forum.example.org"}, demo=demo, limits=limits)


def test_secrets_do_not_show() -> None:
    urls = {
        "DATABASE_URL": "postgresql://u:secret@db/f",
        "REDIS_URL": "redis://:secret@r",
        "SMTP_URL": "smtp://u:secret@m",
    }
    assert "secret" not in repr(Config.from_environment(urls))


def test_it_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config.from_environment({}).port = 1  # type: ignore[misc]  # that is the point
