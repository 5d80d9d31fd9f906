"""Whether this process can serve."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.store import event_log
from server.web import state
from server.web.policies import Policy
from server.web.routing import get


async def healthz(request: Request) -> Response:
    """`GET /healthz`: 200, or 503 with what is wrong."""
    problems = []
    position = None
    try:
        async with state.database(request).snapshot() as reader:
            position = (await event_log.head(reader)).seq
    except Exception as error:
        problems.append(f"database: {type(error).__name__}")
    if not request.app.state.live_is_running():
        problems.append("live: the log is not being followed")
    body = {"status": "failing" if problems else "ok", "position": position, "problems": problems}
    return JSONResponse(body, 503 if problems else 200, {"Cache-Control": "no-store"})


routes = [get("/healthz", healthz, Policy.ANYONE)]
