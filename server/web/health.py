"""Whether this process can serve, for those who watch it and for balancers.

`GET /healthz` looks at everything, `GET /healthz?only=database,log` at what a balancer should go by: taking
every process out because wake-ups or mail fail would make a small trouble a large one.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.domain.errors import Invalid
from server.domain.health import Finding, Health
from server.domain.viewer import Scope
from server.web import state
from server.web.policies import Policy
from server.web.routing import get


async def healthz(request: Request) -> Response:
    """`GET /healthz`: 200, or 503 when a part is failing. Raises Invalid for `only` with unknown names."""
    found = await state.health(request).findings()
    wanted = [name for name in request.query_params.get("only", "").split(",") if name] or list(found)
    if not set(wanted) <= found.keys():
        raise Invalid({"only": f"Expected names out of {', '.join(found)}, with commas between them."})
    shown = {name: found[name] for name in wanted}
    worst = max((one.health for one in shown.values()), key=list(Health).index)
    body = {
        "status": worst,
        "position": found["database"].position if "database" in found else None,
        "checks": {name: _told(one) for name, one in shown.items()},
        "problems": [f"{name}: {one.text}" for name, one in shown.items() if one.health is not Health.OK],
    }
    status = 503 if worst is Health.FAILING else 200
    return JSONResponse(body, status, {"Cache-Control": "no-store"})


def _told(finding: Finding) -> dict[str, object]:
    told: dict[str, object] = {"status": finding.health, "text": finding.text}
    return told if finding.position is None else told | {"position": finding.position}


routes = [get("/healthz", healthz, Policy.ANYONE, Scope.READ)]
