"""The words that the board watches for, and a place to try what a text would meet."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import watched_words as actions
from server.actions import word_checks
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.domain.markup import MAX_BODY
from server.domain.watched_words import LONGEST_SENTENCE, LONGEST_WORD, WatchedWord
from server.store import watched_words
from server.views.as_json import Json
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id


async def show_words(request: Request) -> Response:
    """`GET /admin/words`."""
    if wants_json(request):
        return await _told(request)
    return await _page(request, saved=request.query_params.get("saved") == "yes")


async def watch(request: Request) -> Response:
    """`POST /admin/words`: one word more."""
    values = await fields(request, "text", "sentence")
    try:
        await actions.watch(
            state.database(request), viewer(request), values["text"], values["sentence"], now=now_ms()
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(values, error.fields), 422)
    return await _done(request)


async def stop_watching(request: Request) -> Response:
    """`POST /admin/words/{id}/remove`."""
    await actions.stop_watching(state.database(request), viewer(request), path_id(request), now=now_ms())
    return await _done(request)


async def try_text(request: Request) -> Response:
    """`POST /admin/words/try`: which words are in a text. Nothing is kept of it."""
    values = await fields(request, "sample")
    sample = values["sample"]
    if len(sample) > MAX_BODY:
        problem = f"Please try at most {MAX_BODY:,} characters at once; here are {len(sample):,}."
        if wants_json(request):
            raise Invalid({"sample": problem})
        return await _page(request, Form(values, {"sample": problem}), 422)
    found = (await word_checks.look_for(state.database(request), sample)).words
    if wants_json(request):
        return json_answer({"blocked": bool(found), "words": [_word(word) for word in found]})
    return await _page(request, Form(values), found=found)


async def _done(request: Request) -> Response:
    if wants_json(request):
        return await _told(request)
    return see_other("/admin/words?saved=yes")


async def _told(request: Request) -> Response:
    words = await state.database(request).read(watched_words.every)
    return json_answer({"words": [_word(word) for word in words]})


def _word(word: WatchedWord) -> Json:
    return {"id": word.id, "text": word.text, "sentence": word.sentence}


async def _page(
    request: Request,
    form: Form | None = None,
    status: int = 200,
    *,
    found: tuple[WatchedWord, ...] | None = None,
    saved: bool = False,
) -> Response:
    """The list, the form and the tester; `found` are the words in what was tried, None before one tries."""
    words = await state.database(request).read(watched_words.every)
    return await admin_page(
        request,
        "words",
        status,
        form=form or Form(),
        words=words,
        found=found,
        saved=saved,
        longest=(LONGEST_WORD, LONGEST_SENTENCE),
    )


routes = [
    get("/admin/words", show_words, Policy.ADMIN),
    post("/admin/words", watch, Policy.ADMIN),
    post("/admin/words/try", try_text, Policy.ADMIN),
    post("/admin/words/{id:int}/remove", stop_watching, Policy.ADMIN),
]
