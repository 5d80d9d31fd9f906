"""The index, categories, and starting a topic in one."""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from server.actions import posting, replying
from server.actions.posting import Draft
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, NotFound
from server.domain.models import CategoryName
from server.domain.permissions import may_start_topic
from server.domain.viewer import Scope, Viewer
from server.store import categories, posts, topics
from server.store.database import Reader
from server.views import as_json, pages
from server.views.addresses import topic_url
from server.views.page_models import CategoryPage
from server.web import pending, state
from server.web.help_lines import help_for, help_path, posted
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.routing import get, post
from server.web.show import (
    REFUSALS,
    blank_form,
    form_again,
    load,
    page_number,
    path_id,
    show,
    submit_token,
    unlisted,
)
from server.web.told import body_html, channel_of


async def index(request: Request) -> Response:
    """`GET /`."""
    return show(request, "index.html", await load(request, pages.index), as_json.index_page)


async def category(request: Request) -> Response:
    """`GET /categories/{id}/{slug}`; a wrong slug redirects, and a page after the last one to that."""
    category_id, number = path_id(request), page_number(request)

    async def loader(reader: Reader, who: Viewer) -> CategoryPage:
        return await pages.category(reader, who, category_id, number)

    loaded = await load(request, loader)
    pager = loaded.page.pager
    misnamed = request.path_params.get("slug") != loaded.page.category.slug
    if (misnamed or number > pager.page) and not wants_json(request):
        return RedirectResponse(pager.url(pager.page), 302)
    answer = show(request, "categories/show.html", loaded, as_json.category_page)
    return unlisted(answer) if loaded.page.category.unlisted else answer


async def new_topic(request: Request) -> Response:
    """`GET /categories/{id}/new`: the form for a new topic."""
    found = await _for_writing(request)
    if found.archived:
        raise Forbidden(replying.ARCHIVED)
    return await html_page(request, "topics/new.html", category=found, form=blank_form())


async def create_topic(request: Request) -> Response:
    """`POST /categories/{id}/topics`."""
    values = await fields(request, "title", "body", "form_token")
    draft = Draft(values["body"], values["title"], submit_token(request, values))
    try:
        made = await posting.start_topic(
            state.database(request),
            viewer(request),
            path_id(request),
            draft,
            now=now_ms(),
            limits=state.limits(request),
        )
    except REFUSALS as error:
        if wants_json(request):
            raise
        found = await _for_writing(request)
        return await form_again(request, "topics/new.html", values, error, category=found)
    helped = await help_for(request, values["title"], values["body"])
    if made.pending_id:
        return await pending.kept(request, made, helped)
    if wants_json(request):
        return await _created(request, made, helped)
    return posted(made.post_id, helped)


async def _created(request: Request, made: posting.Posted, helped: str) -> Response:
    async with state.database(request).snapshot() as reader:
        _, rendering = await channel_of(reader, viewer(request), made.topic_id)
        topic = await topics.find(reader, made.topic_id, rendering)
        post = (await posts.several(reader, [made.post_id], rendering)).get(made.post_id)
    if topic is None or post is None:
        raise NotFound
    shown = {
        "id": topic.id,
        "url": topic_url(topic),
        "post": as_json.post(post, html=body_html(request, post)),
    }
    told = {"help": helped, "help_url": help_path(made.post_id)} if helped else {}
    return JSONResponse({"topic": shown, "position": made.position, **told}, 201)


async def _for_writing(request: Request) -> CategoryName:
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        found = await categories.name_of(reader, path_id(request), who.audience)
    if found is None or not may_start_topic(who, found.visibility):
        raise NotFound
    return found


routes = [
    get("/", index, Policy.ANYONE, Scope.READ),
    get("/categories/{id:int}", category, Policy.ANYONE, Scope.READ),
    get("/categories/{id:int}/new", new_topic, Policy.MEMBER, Scope.READ),
    get("/categories/{id:int}/{slug}", category, Policy.ANYONE, Scope.READ),
    post("/categories/{id:int}/topics", create_topic, Policy.MEMBER, Scope.WRITE),
]
