"""Reading requests: fields of each kind, the address behind proxies, the way back."""

import ipaddress
import json
from types import SimpleNamespace

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from server.config import Config
from server.domain.errors import Invalid
from server.web import requests

FORM = "application/x-www-form-urlencoded"


def request_of(
    body: bytes = b"", *, peer: str | None = "192.0.2.1", proxies: tuple[str, ...] = (), **headers: str
) -> Request:
    """A request with these headers (_ for -), whose board trusts those proxies."""
    config = Config("", trusted_proxies=tuple(ipaddress.ip_network(proxy) for proxy in proxies))

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/topics/12/über uns",
        "query_string": b"page=2",
        "headers": [
            (name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()
        ],
        "client": (peer, 50_000) if peer else None,
        "app": SimpleNamespace(state=SimpleNamespace(config=config)),
    }
    return Request(scope, receive)


async def test_a_form_gives_its_named_fields_and_empty_ones_for_the_others() -> None:
    request = request_of(b"title=A+b%26c&extra=1", content_type=FORM)
    assert await requests.fields(request, "title", "body") == {"title": "A b&c", "body": ""}


async def test_json_gives_the_same_fields() -> None:
    body = json.dumps({"title": "A", "version": 7, "remember": True, "rules": False, "reason": None}).encode()
    request = request_of(body, content_type="application/json; charset=utf-8")
    names = ("title", "version", "remember", "rules", "reason")
    assert list((await requests.fields(request, *names)).values()) == ["A", "7", "on", "", ""]


async def test_multipart_gives_the_same_fields_and_no_files() -> None:
    part = '--x\r\nContent-Disposition: form-data; name="title"{file}\r\n\r\nA\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"
    request = request_of(part.format(file="").encode(), content_type=kind)
    assert await requests.fields(request, "title") == {"title": "A"}
    with pytest.raises(HTTPException) as refused:
        await requests.fields(
            request_of(part.format(file='; filename="f"').encode(), content_type=kind), "title"
        )
    assert refused.value.status_code == 400


async def test_a_write_without_a_body_has_empty_fields() -> None:
    assert await requests.fields(request_of(), "reason") == {"reason": ""}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"title=A", "text/plain", 415),
        (b"title=A", "", 415),
        (b'{"title": ', "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'"title"', "application/json", 400),
        (b'{"title": ' + b"[" * 100_000, "application/json", 400),
        (b'{"version": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"\xff", "application/json", 400),
        (json.dumps({str(n): "" for n in range(21)}).encode(), "application/json", 400),
        (b"&".join(b"f%d=" % n for n in range(21)), FORM, 400),
        (b"--y--", "multipart/form-data", 400),
    ],
)
async def test_what_cannot_be_read_is_refused(body: bytes, kind: str, status: int) -> None:
    with pytest.raises(HTTPException) as refused:
        await requests.fields(request_of(body, content_type=kind), "title")
    assert refused.value.status_code == status


@pytest.mark.parametrize("value", ['["a"]', '{"a": 1}', "1.5", '"a\\u0000b"', '"\\ud800"'])
async def test_a_value_that_cannot_be_stored_is_told_by_field(value: str) -> None:
    with pytest.raises(Invalid) as refused:
        await requests.fields(
            request_of(f'{{"title": {value}}}'.encode(), content_type="application/json"), "title"
        )
    assert set(refused.value.fields) == {"title"}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", True),
        ("application/json, text/plain;q=0.5", True),
        ("text/html;q=0.9, application/json", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("text/html, application/json;q=0.9", False),
        ("application/json;q=0", False),
        ("application/json;q=x", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_json_is_for_those_who_prefer_it(accept: str, expected: bool) -> None:  # a table's column
    assert requests.wants_json(request_of(accept=accept)) is expected


def test_here_is_the_path_with_its_query_ready_for_an_address() -> None:
    assert requests.here(request_of()) == "/topics/12/%C3%BCber%20uns?page=2"


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        ("http://127.0.0.1:8000/topics/12?page=2#post-9", "/topics/12?page=2"),
        ("http://127.0.0.1:8000", "/"),
        ("http://127.0.0.1:8000//evil.example", "/"),
        ("http://127.0.0.1:80001/topics/12", "/"),
        ("https://evil.example/topics/12", "/"),
        ("", "/"),
    ],
)
def test_a_refused_write_leads_back_to_the_page_it_was_made_on(referer: str, expected: str) -> None:
    assert requests.came_from(request_of(referer=referer)) == expected


def test_limits_count_an_ipv4_address_and_a_whole_ipv6_site() -> None:
    assert requests.network_of("198.51.100.7") == "198.51.100.7"
    assert requests.network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert requests.network_of("") == ""
