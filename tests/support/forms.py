"""A browser without JavaScript: it finds a form on a page, fills it in and sends all of its fields.

page = await ann.get("/topics/12/sleep")
answer = await submit(ann, page, "/topics/12/posts", body="Warm feet help.")
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", "").partition("#")[0], given.get("method", "get").lower())
            self.found.append(self._open)
        elif tag == "input" and self._open and "name" in given:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self._open.fields[given["name"]] = given.get("value", "")
        elif tag == "textarea" and self._open:
            self._area = given["name"]
            self._open.fields[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._open:
            first = not self._open.fields[self._area]
            self._open.fields[self._area] += data.removeprefix("\n") if first else data


def forms_of(page: httpx.Response) -> list[Form]:
    """Every form of the page, filled as it came."""
    reader = _Forms()
    reader.feed(page.text)
    return reader.found


def form_of(page: httpx.Response, action: str) -> Form:
    """The form of the page that is sent to that path."""
    found = [form for form in forms_of(page) if form.action == action]
    assert found, f"no form for {action} on {page.url}: {[form.action for form in forms_of(page)]}"
    return found[0]


async def submit(
    client: httpx.AsyncClient, page: httpx.Response, action: str, /, **typed: str
) -> httpx.Response:
    """Fills the form in and sends it; redirects are not followed."""
    form = form_of(page, action)
    assert form.method == "post"
    return await client.post(action, data=form.fields | typed, headers={"Referer": str(page.url)})
