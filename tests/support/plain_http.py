"""HTTP to servers of this machine: what httpx does for TLS, and for trio, takes longer than their answers."""

import ssl
import sys
from collections.abc import Mapping
from typing import Any, cast

import httpx

PATIENCE = 5.0  # seconds for an answer, httpx's own
_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def pytest_configure() -> None:
    """httpcore looks for this package several times a request; that it isn't there is said at once now."""
    cast("dict[str, Any]", sys.modules).setdefault("sniffio", None)


def plain_client(
    base_url: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    cookies: dict[str, str] | None = None,
    timeout: float = PATIENCE,
) -> httpx.AsyncClient:
    """A client for http: only. Others read all authorities, each for 20 ms of the processor."""
    return httpx.AsyncClient(
        base_url=base_url,
        headers=headers,
        cookies=cookies,
        timeout=timeout,
        trust_env=False,
        verify=_NO_AUTHORITIES,
    )
