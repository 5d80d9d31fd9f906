"""What a request says: its fields, its viewer, the address it came from. Nothing is believed unchecked."""

import ipaddress
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from server.domain.errors import Invalid
from server.domain.viewer import GUEST, Viewer
from server.web import state
from server.web.site import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_BODY = 256 * 1024  # bytes of a request's body; a post of 20,000 characters is far below
MAX_PARTS = 20  # fields of a form
MAX_TICKS = 40  # check boxes of one name in a form that has them
MAX_LOGGED = 200  # characters of a path in the log
MAX_NEXT = 2_000  # characters of an address to go back to
MAX_ACCEPT = 1_000  # characters of an Accept header that are read
MAX_HOPS = 16  # proxies in front of each other that are looked through
_IPV6_SITE = 64  # bits that one customer usually gets; addresses within are one

_PATH_CHARACTERS = "/:@!$&'()*+,;=~"  # RFC 3986, section 3.3

_MALFORMED = "This form could not be read. Please go back, reload the page and send it again."
_UNREADABLE_JSON = "The body is not a JSON object with text, number or true/false values."
_UNKNOWN_TYPE = "Send fields as application/json, application/x-www-form-urlencoded or multipart/form-data."


async def fields(request: Request, *names: str) -> dict[str, str]:
    """The named fields of a form or a JSON object, "" for each that is absent; others are ignored (S37).

    Raises HTTPException 400 for what cannot be read and 415 for another content type, Invalid for a field
    that is not text.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        values = _from_json(await request.body(), names)
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        values = await _from_form(request, names)
    elif not kind and not await request.body():
        values = {}
    else:
        raise HTTPException(415, _UNKNOWN_TYPE)
    _refuse_unstorable(values)
    return {name: values.get(name, "") for name in names}


async def numbers(request: Request, name: str, most: int) -> frozenset[int]:
    """The numbers in a field that may be there several times, each time with several of them.

    To be asked before `fields`. Raises as that does, or Invalid for what is no list of at most
    `most` numbers.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        found = _json_object(await request.body()).get(name)
        told = [str(one) for one in found] if isinstance(found, list) else [str(found or "")]
    else:
        form = await _form(request, MAX_PARTS + MAX_TICKS)
        told = [value for value in form.getlist(name) if isinstance(value, str)]
    words = " ".join(told).replace(",", " ").split()
    if len(words) > most or not all(word.isascii() and word.isdigit() and len(word) < 16 for word in words):
        raise Invalid({name: f"{name} must be at most {most} whole numbers."})
    return frozenset(int(word) for word in words)


async def all_fields(request: Request) -> dict[str, str]:
    """Every text field of a form that was read before: only to hand it back to its sender."""
    form = await request.form(max_files=0, max_fields=MAX_PARTS, max_part_size=MAX_BODY)
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def _from_form(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    form = await _form(request, MAX_PARTS)
    return {name: value for name in names if isinstance(value := form.get(name), str)}


async def _form(request: Request, most: int) -> FormData:
    try:
        return await request.form(max_files=0, max_fields=most, max_part_size=MAX_BODY)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise HTTPException(400, _MALFORMED) from None


def _from_json(body: bytes, names: tuple[str, ...]) -> dict[str, str]:
    found = _json_object(body)
    return {name: _text(name, found[name]) for name in names if name in found}


def _json_object(body: bytes) -> dict[str, object]:
    try:
        found: object = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise HTTPException(400, _UNREADABLE_JSON) from None
    if not isinstance(found, dict) or len(found) > MAX_PARTS:
        raise HTTPException(400, _UNREADABLE_JSON)
    return found


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return "on" if value else ""  # what a check box sends
    if isinstance(value, int):
        return str(value)
    raise Invalid({name: f"{name} must be text, a whole number, true or false."})


def _refuse_unstorable(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise Invalid({name: "This contains characters that cannot be stored. Please type it anew."})


def is_ticked(value: str) -> bool:
    """Whether a check box is on; a browser leaves the field out when it is not."""
    return value.strip().lower() not in ("", "0", "off", "false", "no")


def viewer(connection: HTTPConnection) -> Viewer:
    """Who is asking, as the session says (`middleware.SessionLoader`), else a guest."""
    found: Viewer = connection.scope.get("state", {}).get("viewer", GUEST)
    return found


def wants_json(connection: HTTPConnection) -> bool:
    """Whether the request prefers JSON."""
    return prefers_json(connection.headers.get("accept", ""))


def prefers_json(accept: str) -> bool:
    """Whether an Accept header names application/json, and HTML not with a higher q."""
    return "application/json" in accept.lower() and _prefers_json(accept[:MAX_ACCEPT])


@lru_cache(256)
def _prefers_json(accept: str) -> bool:
    weights = {"application/json": 0.0, "text/html": 0.0}
    for entry in accept.split(","):
        media_range, _, parameters = entry.partition(";")
        name = media_range.strip().lower()
        if name in weights:
            weights[name] = max(weights[name], quality(parameters))
    return weights["application/json"] > 0 and weights["application/json"] >= weights["text/html"]


def quality(parameters: str) -> float:
    """The q of a header's entry (RFC 9110, 12.4.2): 1 when it has none, 0 for what is no number."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def here(connection: HTTPConnection) -> str:
    """This page's path with its query, to come back to after signing in."""
    query = connection.scope["query_string"].decode("latin-1")
    return quote(connection.scope["path"], safe=_PATH_CHARACTERS) + (f"?{query}" if query else "")


def path_for_log(connection: HTTPConnection) -> str:
    """The path on one line, without what opens a door (S25) and without an end that nobody would read."""
    path = re.sub(
        r"^(/(?:setup|reset|confirm|unsubscribe)/).+", r"\1…", connection.scope["path"], flags=re.DOTALL
    )
    line = "".join(char if char.isprintable() else "?" for char in path[:MAX_LOGGED])
    return line if len(path) <= MAX_LOGGED else f"{line}…"


def local_path(target: str) -> str:
    """The target if it is a path on this board, else "/" (S17).

    Browsers read "//host" and "/\\host" as another host and skip tabs and line ends: none of them may occur.
    """
    odd = any(ord(char) <= 32 or ord(char) == 127 or char == "\\" for char in target)
    if odd or not target.startswith("/") or target.startswith("//") or len(target) > MAX_NEXT:
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else target


def came_from(connection: HTTPConnection) -> str:
    """The page of ours that the request was made on, from Referer; "/" when that is unknown or elsewhere."""
    referer = connection.headers.get("referer", "")
    for origin in state.site(connection).origins:
        if referer.startswith(f"{origin}/"):
            return local_path(referer.removeprefix(origin).partition("#")[0])
    return "/"


def client_address(connection: HTTPConnection) -> str:
    """The address the request came from, "" if that is unknown.

    X-Forwarded-For is written by whoever likes, so it is read from its end, and each entry is believed only
    when the host that handed it on is one of TRUSTED_PROXIES (S39).
    """
    peer = connection.client.host if connection.client else ""
    trusted = state.site(connection).trusted_proxies
    if not trusted:
        return peer
    forwarded = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
    address = _address(peer)
    for entry in forwarded[: -MAX_HOPS - 1 : -1]:
        before = _address(entry)
        if before is None or address is None or not _is_trusted(address, trusted):
            break
        address = before
    return str(address) if address else peer


def device(connection: HTTPConnection) -> str:
    """What the browser calls itself, for the list of one's own sessions."""
    return connection.headers.get("user-agent", "")


def network_of(address: str) -> str:
    """What limits count by: the IPv4 address, or the /64 of an IPv6 address."""
    parsed = _address(address)
    if parsed is None or parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, _IPV6_SITE), strict=False))


def _address(text: str) -> Address | None:
    bare = text.strip()
    if bare.count(":") == 1:  # some proxies write the port too
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.strip("[]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _is_trusted(address: Address, trusted: tuple[Network, ...]) -> bool:
    return any(address in network for network in trusted)
