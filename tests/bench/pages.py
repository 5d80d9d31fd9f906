"""Guests read: a topic page of 20 posts beside a bare Starlette answer of the same size, in one run.

python -m tests.bench.pages
"""

import asyncio
import tempfile
from pathlib import Path

import httpx

from tests.bench.load import bare_starlette, demo_board, get_many, table

REQUESTS = {1: 400, 32: 1_600}


async def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        async with demo_board(Path(folder)) as board:
            async with httpx.AsyncClient(
                base_url=board.url, trust_env=False, follow_redirects=True
            ) as client:
                path = await _long_topic(client)
                size = len((await client.get(path)).content)
            async with bare_starlette(size) as bare:
                rows = []
                for connections, requests in REQUESTS.items():
                    for served in (board, bare):  # warm
                        await get_many(served, path, connections=connections, requests=connections * 5)
                    page = await get_many(board, path, connections=connections, requests=requests)
                    plain = await get_many(bare, path, connections=connections, requests=requests * 4)
                    rows.append(
                        (
                            connections,
                            f"{page.rate / plain.rate:.2f}",
                            f"{plain.cost / page.cost:.2f}",
                            f"{page.rate:,.0f}",
                            f"{plain.rate:,.0f}",
                            f"{page.cost:,.0f}",
                            f"{plain.cost:,.0f}",
                        )
                    )
                header = (
                    "connections",
                    "rate ratio",
                    "cost ratio",
                    "page/s",
                    "bare/s",
                    "µs a page",
                    "µs a bare one",
                )
                print(f"A topic page of {size:,} bytes, {path}")
                print(table(header, rows))


async def _long_topic(client: httpx.AsyncClient) -> str:
    """Page 2 of the longest topic: 20 posts whatever the demo's members do meanwhile."""
    best, url = -1, ""
    for page in range(1, 5):
        answer = await client.get("/latest", params={"page": page}, headers={"Accept": "application/json"})
        for topic in answer.json()["topics"]:
            if topic["replies"] > best:
                best, url = topic["replies"], topic["url"]
    return f"{url}?page=2"


if __name__ == "__main__":
    asyncio.run(main())
