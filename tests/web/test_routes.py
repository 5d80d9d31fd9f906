"""Every address leads to its own handler, and to no other one that is more general."""

import re

from starlette.routing import Match

from server.app import create_app
from server.config import Config
from server.views.addresses import FORMS
from server.web.routing import GuardedRoute
from tests.support.whole_board import WholeBoard, sqlite_board

__all__ = ["sqlite_board"]


def test_no_route_stands_behind_one_that_takes_its_address(sqlite_url: str) -> None:
    routes = create_app(Config(sqlite_url)).routes
    hidden = []
    for route in routes:
        if not isinstance(route, GuardedRoute):
            continue
        path = re.sub(r"\{\w+(:path)?\}", "x", re.sub(r"\{\w+:int\}", "12", route.path))
        for method in route.methods or ():
            asked = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
            first = next(one for one in routes if one.matches(asked)[0] is Match.FULL)
            if first is not route:
                hidden.append(f"{method} {route.path}")
    assert hidden == []


def test_no_title_takes_the_address_of_a_form(sqlite_url: str) -> None:
    found = set()
    for route in create_app(Config(sqlite_url)).routes:
        form = re.fullmatch(r"/topics/\{id:int\}/(\w+)", getattr(route, "path", ""))
        if form and isinstance(route, GuardedRoute) and "GET" in (route.methods or ()):
            found.add(form[1])
    assert found == FORMS


async def test_a_topic_called_report_can_be_read(sqlite_board: WholeBoard) -> None:
    made = await sqlite_board.topic("Report", "What does yours say?", by="ann")
    async with sqlite_board.browser() as guest:
        page = await guest.get(f"/topics/{made.topic_id}", follow_redirects=True)
    assert page.status_code == 200
    assert "What does yours say?" in page.text


async def test_bo_reports_a_topic_by_its_link(sqlite_board: WholeBoard) -> None:
    made = await sqlite_board.topic("Miracle drops", "Buy them.", by="ann")
    async with sqlite_board.browser("bo") as bo:
        topic = await bo.get(f"/topics/{made.topic_id}", follow_redirects=True)
        assert f'href="/topics/{made.topic_id}/report"' in topic.text
        form = await bo.get(f"/topics/{made.topic_id}/report")
        assert form.status_code == 200
        assert f'action="/topics/{made.topic_id}/reports"' in form.text
        sent = await bo.post(f"/topics/{made.topic_id}/reports", data={"reason": "advertising"})
        assert sent.status_code == 303
        thanked = await bo.get(sent.headers["location"])
    assert thanked.status_code == 200
    assert f'action="/topics/{made.topic_id}/reports"' not in thanked.text
