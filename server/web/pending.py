"""A member's own posts that wait for a moderator."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.actions import pending as actions
from server.actions.submitting import Posted
from server.domain.channels import Channel, Thing
from server.domain.clock import now_ms
from server.domain.models import CategoryName, Rendering, Topic
from server.domain.permissions import may_start_topic
from server.domain.viewer import Scope
from server.store import categories, event_log, pending_posts, topics
from server.store.database import Reader
from server.store.pending_posts import PendingPost
from server.views import as_json
from server.views.page_models import LiveRoot, PendingPage
from server.views.pending_patches import as_author_sees
from server.web import state
from server.web.help_lines import help_path
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post
from server.web.show import MAX_PAGE, blank_form, path_id
from server.web.told import member_changes

PATH = "/pending"


async def show_pending(request: Request) -> Response:
    """`GET /pending`: what of the viewer's waits, and what was declined."""
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        found = [as_author_sees(one) for one in await pending_posts.own(reader, who.id or 0)]
    channel = Channel(Thing.MEMBER, who.id or 0)
    page = PendingPage(tuple(found), len(found), LiveRoot(head.epoch, head.seq, (str(channel),)))
    if wants_json(request):
        return json_answer(as_json.pending_page(page))
    return await html_page(request, "posts/pending.html", page=page)


async def withdraw(request: Request) -> Response:
    """`POST /pending/{id}/withdraw`: the text comes back as a form, to be changed and sent again."""
    before = await actions.withdraw(state.database(request), viewer(request), path_id(request), now=now_ms())
    if wants_json(request):
        return json_answer({"withdrawn": True, "body": before.body, "title": before.title})
    form = blank_form({"body": before.body, "title": before.title})
    async with state.database(request).snapshot() as reader:
        topic, category = await _place(reader, request, before)
    if category is not None:
        return await html_page(request, "topics/new.html", category=category, form=form)
    if topic is not None:
        return await html_page(request, "topics/reply.html", topic=topic, form=form)
    return see_other(PATH)


async def kept(request: Request, made: Posted, helped: str) -> Response:
    """The answer to who has sent something that waits: 202, or the page where he sees it wait."""
    url = f"{PATH}#own-pending-{made.pending_id}"
    if not wants_json(request):
        # A page after the last one leads there.
        here = f"/topics/{made.topic_id}?page={MAX_PAGE}#pending-here-{made.pending_id}"
        return see_other(help_path(0) if helped else here if made.topic_id else url)
    told = {"help": helped, "help_url": help_path(0)} if helped else {}
    changes = await member_changes(request, made.after, made.position)
    waits = {"id": made.pending_id, "url": url}
    return JSONResponse({"pending": waits, "changes": changes, "position": made.position, **told}, 202)


async def _place(
    reader: Reader, request: Request, before: PendingPost
) -> tuple[Topic | None, CategoryName | None]:
    """Where it can be written anew, as far as the viewer can see that still."""
    who, place = viewer(request), before.place
    if place is None:
        return None, None
    if before.topic_id is not None:
        found = await topics.find(reader, before.topic_id, Rendering(who.audience, staff=False))
        return found, None
    category = await categories.name_of(reader, place.category_id, who.audience)
    allowed = category is not None and may_start_topic(who, category.visibility)
    return None, category if allowed else None


routes = [
    get(PATH, show_pending, Policy.MEMBER, Scope.READ),
    post("/pending/{id:int}/withdraw", withdraw, Policy.MEMBER, Scope.WRITE),
]
