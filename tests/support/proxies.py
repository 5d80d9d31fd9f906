"""nginx and Caddy in front of a real server, with the very configurations that the documentation shows.

Only names, ports and certificates are replaced. A proxy that is not installed skips the test.
"""

import asyncio
import contextlib
import random
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.rules import ROOT
from tests.support.servers import stop
from tests.support.waiting import eventually

PAGES = ("README.md", "server/DEPLOYMENT.md")
HOST = "forum.example.org"  # of the documentation
ONE, SEVERAL = "127.0.0.1:8000", ("10.0.0.11:8000", "10.0.0.12:8000")
LISTENS_WITHIN = 15.0  # seconds
QUIET_PORTS = range(20_000, 32_000)  # nobody is given these by the system while the server is starting

# What a distribution has around it in /etc/nginx/nginx.conf. Started by root, its workers would be somebody
# else, who may not look into pytest's folders.
NGINX_CONF = """
user root;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


@dataclass(frozen=True)
class Front:
    """Where a proxy listens, and the folder with its certificate, configuration and log."""

    folder: Path
    port: int  # of https
    plain_port: int  # of http

    @property
    def url(self) -> str:
        """The board's address, as PUBLIC_URL."""
        return f"https://localhost:{self.port}"

    @property
    def plain_url(self) -> str:
        """Where people arrive who typed no scheme."""
        return f"http://localhost:{self.plain_port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    @property
    def key(self) -> Path:
        return self.folder / "key.pem"

    def trust(self) -> ssl.SSLContext:
        """For clients: believes this proxy's certificate and no other."""
        return ssl.create_default_context(cafile=self.certificate)


def blocks(language: str) -> list[str]:
    """The code blocks of that language in the documentation, in its order."""
    text = "\n".join((ROOT / page).read_text() for page in PAGES if (ROOT / page).exists())
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def front(folder: Path) -> Front:
    """Two ports, and a certificate for localhost. Skips the test where openssl is missing."""
    openssl = installed("openssl")
    port, plain_port = random.sample(QUIET_PORTS, 2)
    found = Front(folder, port, plain_port)
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", found.key, "-out", found.certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return found


@contextlib.asynccontextmanager
async def proxy(kind: str, before: Front, *upstreams: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs "nginx" or "caddy" before the servers at `upstreams` (host and port) until the end."""
    log = before.folder / f"{kind}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command(kind, before, *upstreams), cwd=before.folder, env=_environment(before),
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        await eventually(lambda: _listens(before.port, process, log), timeout=LISTENS_WITHIN)
        yield process
    finally:
        await stop(process)


def check_configuration(kind: str, before: Front, *upstreams: str) -> None:
    """Asserts that the proxy takes the configuration for these servers."""
    program, *arguments = command(kind, before, *upstreams)
    asked = ["validate", *arguments[1:]] if kind == "caddy" else ["-t", *arguments]
    told = subprocess.run(
        [program, *asked],
        cwd=before.folder,
        env=_environment(before),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


def command(kind: str, before: Front, *upstreams: str) -> list[str]:
    """Writes the documentation's configuration for one server or for two; what runs the proxy with it."""
    return [installed(kind), *{"nginx": _nginx, "caddy": _caddy}[kind](before, upstreams)]


def installed(program: str) -> str:
    """Where the program is; skips the test where it is not."""
    return shutil.which(program) or pytest.skip(f"{program} is not installed")


def _environment(before: Front) -> dict[str, str]:
    return {"HOME": str(before.folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def _nginx(before: Front, upstreams: tuple[str, ...]) -> list[str]:
    site = next(block for block in blocks("nginx") if "server_name" in block)
    if len(upstreams) > 1:
        several = next(block for block in blocks("nginx") if SEVERAL[1] in block)
        site = re.sub(r"^upstream .*?^}\n", several, site, flags=re.MULTILINE | re.DOTALL)
    site = _replaced(
        site,
        (f"https://{HOST}", before.url),
        (f"/etc/letsencrypt/live/{HOST}/fullchain.pem", str(before.certificate)),
        (f"/etc/letsencrypt/live/{HOST}/privkey.pem", str(before.key)),
        (f"server_name {HOST};", "server_name localhost;"),
        ("listen 80;", f"listen 127.0.0.1:{before.plain_port};"),
        ("listen 443 ", f"listen 127.0.0.1:{before.port} "),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        *_addresses(upstreams),
    )
    file = before.folder / "nginx.conf"
    file.write_text(NGINX_CONF.format(folder=before.folder, site=site))
    return ["-p", str(before.folder), "-c", str(file), "-e", str(before.folder / "error.log")]


def _caddy(before: Front, upstreams: tuple[str, ...]) -> list[str]:
    site = next(block for block in blocks("caddyfile") if HOST in block)
    if len(upstreams) > 1:
        several = next(block for block in blocks("caddyfile") if SEVERAL[1] in block)
        site = re.sub(r"^\treverse_proxy .*?^\t}\n", several, site, flags=re.MULTILINE | re.DOTALL)
    site = _replaced(
        site,
        (
            "{\n\tservers {",
            f"{{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\thttp_port {before.plain_port}\n\tservers {{",
        ),
        (f"\n{HOST} {{", f"\n{before.url} {{\n\ttls {before.certificate} {before.key}"),
        *_addresses(upstreams),
    )
    file = before.folder / "Caddyfile"
    file.write_text(site)
    return ["run", "--config", str(file), "--adapter", "caddyfile"]


def _addresses(upstreams: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip((ONE,) if len(upstreams) == 1 else SEVERAL, upstreams, strict=True)


def _replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, f"the documentation no longer says {old!r}"
        text = text.replace(old, new)
    return text


def _listens(port: int, process: asyncio.subprocess.Process, log: Path) -> None:
    if process.returncode is not None:
        raise RuntimeError(f"it ended with status {process.returncode}:\n{log.read_text()}")
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError as error:
        raise AssertionError(f"nothing listens there yet: {error}\n{log.read_text()}") from error
