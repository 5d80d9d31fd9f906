"""The words that the board watches for, and a place to try what a text would meet."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions import watched_words as actions
from server.actions.word_checks import Tried, try_out
from server.domain.clock import now_ms
from server.domain.errors import Invalid, NotFound
from server.domain.languages import LANGUAGES, language_name
from server.domain.markup import MAX_BODY, body_length
from server.domain.watched_words import LONGEST_SENTENCE, LONGEST_WORD, Action, WatchedWord
from server.domain.word_entries import LONGEST_LINK, WordDraft
from server.store import watched_words
from server.views.as_json import Json
from server.views.page_models import Form
from server.views.watched_words import WordChoices, grouped
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

_PATH = "/admin/words"
_TYPED = ("text", "kind", "sentence", "language", "instead")
_CHOICES = WordChoices(tuple(LANGUAGES.values()), LONGEST_WORD, LONGEST_SENTENCE, LONGEST_LINK)


async def show_words(request: Request) -> Response:
    """`GET /admin/words`, of one language with `language`."""
    return await _told(request) if wants_json(request) else await _page(request)


async def show_word(request: Request) -> Response:
    """`GET /admin/words/{id}`: its form."""
    return await _change_page(request)


async def watch(request: Request) -> Response:
    """`POST /admin/words`: more words, one on each line."""
    values = await fields(request, *_TYPED)
    try:
        await actions.watch(state.database(request), viewer(request), _draft(values), now=now_ms())
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(values, error.fields), 422)
    return await _done(request)


async def change(request: Request) -> Response:
    """`POST /admin/words/{id}`: another word, or something else that happens when it is written."""
    values = await fields(request, *_TYPED)
    try:
        await actions.change(
            state.database(request), viewer(request), path_id(request), _draft(values), now=now_ms()
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _change_page(request, Form(values, error.fields), 422)
    return await _done(request)


async def stop_watching(request: Request) -> Response:
    """`POST /admin/words/{id}/remove`."""
    await actions.stop_watching(state.database(request), viewer(request), path_id(request), now=now_ms())
    return await _done(request, "out")


async def try_text(request: Request) -> Response:
    """`POST /admin/words/try`: which words are in a text, and how it would be seen. Nothing is kept of it."""
    values = await fields(request, "sample")
    problem = _sample_problem(values["sample"])
    if problem:
        if wants_json(request):
            raise Invalid({"sample": problem})
        return await _page(request, Form(values, {"sample": problem}), 422)
    tried = await try_out(state.database(request), values["sample"])
    if wants_json(request):
        blocked = any(word.action is Action.BLOCK for word in tried.words)
        return json_answer(
            {"blocked": blocked, "words": [_word(word) for word in tried.words], "html": tried.html}
        )
    return await _page(request, Form(values), tried=tried)


def _sample_problem(sample: str) -> str | None:
    length = body_length(sample)
    if length > MAX_BODY:
        return f"Please try at most {MAX_BODY:,} characters at once; here are {length:,}."
    return None if sample.strip() else "Please write a text to try."


def _draft(values: Mapping[str, str]) -> WordDraft:
    """As it was typed; a program that says nothing of a kind means that the word is not taken."""
    return WordDraft(**{**values, "kind": values["kind"] or Action.BLOCK})


async def _done(request: Request, saved: str = "yes") -> Response:
    return await _told(request) if wants_json(request) else see_other(f"{_PATH}?saved={saved}")


async def _told(request: Request) -> Response:
    words = await state.database(request).read(watched_words.every)
    return json_answer({"words": [_word(word) for word in words]})


def _word(word: WatchedWord) -> Json:
    return {"id": word.id, **_typed(word)}


def _typed(word: WatchedWord) -> dict[str, str]:
    """The entry as its form has it, and programs."""
    return {
        "text": word.text,
        "kind": word.action.value,
        "sentence": word.sentence,
        "language": word.language,
        "instead": word.instead,
    }


async def _page(
    request: Request, form: Form | None = None, status: int = 200, *, tried: Tried | None = None
) -> Response:
    """The list, the form and the tester; `tried` is what came of a text, None before one tries."""
    words = await state.database(request).read(watched_words.every)
    language = request.query_params.get("language", "")
    shown = [word for word in words if language in {"", word.language}]
    return await admin_page(
        request,
        "words",
        status,
        form=_chosen(form),
        groups=grouped(shown),
        total=len(words),
        languages=sorted({word.language for word in words if word.language}, key=language_name),
        language=language,
        tried=tried,
        saved=request.query_params.get("saved", ""),
        choices=_CHOICES,
    )


async def _change_page(request: Request, form: Form | None = None, status: int = 200) -> Response:
    """The form of one word. Raises NotFound."""
    number = path_id(request)
    words = await state.database(request).read(watched_words.every)
    word = next((one for one in words if one.id == number), None)
    if word is None:
        raise NotFound("This word is not in the list any more.")
    return await admin_page(
        request,
        "words",
        status,
        template="word",
        form=form or Form(_typed(word)),
        changing=word,
        choices=_CHOICES,
    )


def _chosen(form: Form | None) -> Form:
    """The form with one of the kinds chosen, also beside a text that was tried."""
    begun = form or Form()
    return begun if begun.value("kind") else Form({**begun.values, "kind": Action.BLOCK}, begun.problems)


routes = [
    get(_PATH, show_words, Policy.ADMIN),
    post(_PATH, watch, Policy.ADMIN),
    post(f"{_PATH}/try", try_text, Policy.ADMIN),
    get(f"{_PATH}/{{id:int}}", show_word, Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}", change, Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}/remove", stop_watching, Policy.ADMIN),
]
