"""The list of members for administrators: search, filters, pages."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from server.store import member_list
from server.store.member_list import FILTERS, ListedMember
from server.views import administration
from server.views.filters import iso
from server.views.page_models import Form, Pager
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import wants_json
from server.web.responses import Json, json_answer
from server.web.routing import get
from server.web.show import page_number

MEMBERS_A_PAGE = 50
LONGEST_SEARCH = 100  # characters

LABELS = (
    ("all", "Everybody"),
    ("member", "Members"),
    ("moderator", "Moderators"),
    ("admin", "Administrators"),
    ("waiting", "Waiting to be approved"),
    ("closed", "Closed accounts"),
    ("never", "Never signed in"),
)


async def show_members(request: Request) -> Response:
    """`GET /admin/members?search=&show=&page=`."""
    search = request.query_params.get("search", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    show = request.query_params.get("show", "all")
    show = show if show in FILTERS else "all"
    number = page_number(request)
    async with state.database(request).snapshot() as reader:
        total = await member_list.count(reader, search, show)
        pages = max(1, -(-total // MEMBERS_A_PAGE))
        number = min(number, pages)
        page = await administration.live_page(reader)
        found = await member_list.find(
            reader, search, show, limit=MEMBERS_A_PAGE, offset=(number - 1) * MEMBERS_A_PAGE
        )
    if wants_json(request):
        told = [member_told(one) for one in found]
        return json_answer({"members": told, "page": number, "pages": pages, "total": total})
    query = urlencode({"search": search, "show": show})
    pager = Pager(number, pages, total, f"/admin/members?{query}")
    return await admin_page(
        request,
        "members",
        form=Form({"search": search, "show": show}),
        page=page,
        labels=LABELS,
        rows=administration.listed_rows(found, page.live.position),
        limit=MEMBERS_A_PAGE,
        takes_new=(search, show, number) == ("", "all", 1),
        pager=pager,
    )


def member_told(one: ListedMember) -> Json:
    """A member for an administrator's program."""
    return {
        "id": one.id,
        "username": one.username,
        "email": one.email,
        "role": str(one.role),
        "joined_at": iso(one.joined_at),
        "posts": one.posts,
        "closed_at": iso(one.closed_at) if one.closed_at else None,
        "seen_at": iso(one.seen_at) if one.seen_at else None,
    }


routes = [get("/admin/members", show_members, Policy.ADMIN)]
