"""Reporting a post, a topic or a member: the form and what it sends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from server.actions import reports
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, NotFound, SignInRequired
from server.domain.models import Post, Topic
from server.domain.reports import Reason, Subject
from server.domain.viewer import Scope, Viewer
from server.store import posts, topics, visibility
from server.store.database import Reader
from server.views import pages
from server.views.addresses import member_url, post_url, topic_url
from server.views.page_models import Form
from server.web import state
from server.web.pages import page
from server.web.policies import Handler, Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import headers_of, json_answer, see_other, status_of
from server.web.routing import get, post
from server.web.show import REFUSALS, path_id, returned_form

_REASONS = tuple((reason.value, reason.words, "") for reason in Reason)


@dataclass(frozen=True, slots=True)
class Reported:
    """What is to be reported, as this viewer sees it."""

    subject: Subject
    id: int
    what: str
    path: str  # below which the form and its target are
    back: str
    post: Post | None = None
    topic: Topic | None = None


Find = Callable[[Request, Reader, Viewer], Awaitable[Reported]]


def _check_others(who: Viewer, author_id: int | None) -> None:
    """What is one's own is not for oneself to report, nor to be asked about."""
    if author_id is not None and author_id == who.id:
        raise Forbidden(reports.OWN)


async def _find_post(request: Request, reader: Reader, who: Viewer) -> Reported:
    state_now, around = await visibility.post(reader, who, path_id(request))
    rendering = visibility.rendering(who, around.category_id, around.visibility)
    shown = (await posts.several(reader, [state_now.id], rendering)).get(state_now.id)
    topic = await topics.find(reader, around.id, rendering)
    if shown is None or topic is None or shown.removal is not None:
        raise NotFound
    _check_others(who, state_now.author_id)
    what = f"#{shown.id} by {shown.author.username}"
    return Reported(Subject.POST, shown.id, what, f"/posts/{shown.id}", post_url(shown), shown, topic)


async def _find_topic(request: Request, reader: Reader, who: Viewer) -> Reported:
    around = await visibility.topic(reader, who, path_id(request))
    rendering = visibility.rendering(who, around.category_id, around.visibility)
    topic = await topics.find(reader, around.id, rendering)
    if topic is None or topic.removal is not None:
        raise NotFound
    _check_others(who, around.author_id)
    what, path = f"“{topic.title}”", f"/topics/{topic.id}"
    return Reported(Subject.TOPIC, topic.id, what, path, topic_url(topic), topic=topic)


async def _find_member(request: Request, reader: Reader, who: Viewer) -> Reported:
    found = await pages.member(reader, who, str(request.path_params["username"]))
    _check_others(who, found.id)
    back = member_url(found)
    return Reported(Subject.MEMBER, found.id, f"{found.username}’s profile", back, back)


def _form(find: Find) -> Handler:
    async def show(request: Request) -> Response:
        found = await _found(request, find)
        sent = request.query_params.get("sent", "")
        around = {**_around(found), "sent": bool(sent), "worried": sent == Reason.WORRIED}
        return await page(request, "reports/new.html", 200, form=Form(), **around)

    return show


def _send(find: Find) -> Handler:
    async def send(request: Request) -> Response:
        if not viewer(request).is_member:
            raise SignInRequired("Please sign in to report.")
        found = await _found(request, find)
        values = await fields(request, "reason", "details")
        try:
            case_id = await reports.report(
                state.database(request),
                viewer(request),
                found.subject,
                found.id,
                reason=values["reason"],
                details=values["details"],
                now=now_ms(),
                limits=state.limits(request),
            )
        except REFUSALS as error:
            if wants_json(request):
                raise
            around = {**_around(found), "sent": False, "worried": False}
            form = returned_form(values, error, "details")
            answer = await page(request, "reports/new.html", status_of(error), form=form, **around)
            answer.headers.update(headers_of(error))
            return answer
        if wants_json(request):
            return json_answer({"report": {"case": case_id, "reason": values["reason"]}}, 201)
        return see_other(f"{found.path}/report?sent={values['reason']}")

    return send


async def _found(request: Request, find: Find) -> Reported:
    async with state.database(request).snapshot() as reader:
        return await find(request, reader, viewer(request))


def _around(found: Reported) -> dict[str, object]:
    return {
        "what": found.what,
        "action": f"{found.path}/reports",
        "back": found.back,
        "post": found.post,
        "topic": found.topic,
        "reasons": _REASONS,
    }


routes = [
    get("/posts/{id:int}/report", _form(_find_post), Policy.MEMBER, Scope.READ),
    post("/posts/{id:int}/reports", _send(_find_post), Policy.MEMBER, Scope.WRITE),
    get("/topics/{id:int}/report", _form(_find_topic), Policy.MEMBER, Scope.READ),
    post("/topics/{id:int}/reports", _send(_find_topic), Policy.MEMBER, Scope.WRITE),
    get("/members/{username}/report", _form(_find_member), Policy.MEMBER, Scope.READ),
    post("/members/{username}/reports", _send(_find_member), Policy.MEMBER, Scope.WRITE),
]
