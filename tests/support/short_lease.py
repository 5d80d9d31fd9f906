"""`python -m tests.support.short_lease PORT DATABASE_URL REDIS_URL`: a server whose people soon go with it.

It is the board's own server; only its lease of presence lasts LASTS instead of most of a minute.
"""

import functools
import sys
from unittest import mock

import uvicorn

from server.app import create_app
from server.config import Config
from server.live import room
from server.live.company.neighbours import Neighbours

LASTS = 2.5  # seconds


def main(port: int, database_url: str, redis_url: str = "") -> None:
    brief = functools.partial(Neighbours, lasts=LASTS, renew_every=1.0)
    config = Config(database_url, redis_url=redis_url, port=port, web_workers=2, limits=False)
    with mock.patch.object(room, "Neighbours", brief):
        uvicorn.run(create_app(config), host="127.0.0.1", port=port, access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
