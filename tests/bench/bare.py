"""The bare server that pages are compared with: `python -m tests.bench.bare PORT BYTES`."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


def main(port: int, size: int) -> None:
    """Serves until it is ended."""
    body = "x" * size

    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse(body)

    app = Starlette(routes=[Route("/{path:path}", answer)])
    uvicorn.run(app, port=port, access_log=False, log_level="warning", server_header=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
