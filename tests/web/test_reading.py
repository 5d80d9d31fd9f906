"""Choosing how one reads, with and without JavaScript, and what it does to pages."""

import re

from server.domain.preferences import Hours, Preferences, TextSize, Theme
from server.web.settings import routes
from tests.support.small_board import PROGRAM, SmallBoard, small_board

PAGE = "/settings/reading"
CHOSEN = {"theme": "dark", "text_size": "largest", "zone": "Europe/Berlin", "hours": "24", "calm": "1"}
BY_DEVICE = {"theme": "device", "text_size": "normal", "zone": "device", "hours": "device"}


def chosen(html: str) -> dict[str, str]:
    """What the form says is chosen."""
    radios = re.findall(r'name="(\w+)" type="(?:radio|checkbox)" value="(\w+)" checked', html)
    zones = re.findall(r'<option value="([^"]+)" selected', html)
    return dict([*radios, *(("zone", zone) for zone in zones)])


def root(html: str) -> str:
    return str(re.findall(r"<html[^>]*>", html)[0])


async def test_ann_chooses_by_a_plain_form_and_the_page_that_saved_shows_it(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Ann")
        async with board.member("Ann") as ann:
            page = (await ann.get(PAGE)).text
            assert (chosen(page), root(page)) == (BY_DEVICE, '<html lang="en">')
            answer = await ann.post(PAGE, data=CHOSEN)
            assert answer.status_code == 303
            page = (await ann.get(answer.headers["location"])).text
            assert "Saved." in page
            assert chosen(page) == CHOSEN
            attributes = 'data-text-size="largest" data-zone="Europe/Berlin" data-hours="24" data-calm'
            assert root(page) == f'<html lang="en" {attributes}>'
            await ann.post(PAGE, data=BY_DEVICE)
            page = (await ann.get(PAGE)).text
            assert (chosen(page), root(page)) == (BY_DEVICE, '<html lang="en">')


async def test_what_cannot_be_chosen_comes_back_filled_with_a_sentence_at_its_field(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Ann")
        async with board.member("Ann") as ann:
            answer = await ann.post(PAGE, data=CHOSEN | {"zone": "<b>Mars</b>"})
            assert answer.status_code == 422
            assert "Please choose a time zone from the list." in answer.text
            assert answer.text.count('aria-invalid="true"') == 1
            assert "<b>Mars</b>" not in answer.text
            assert chosen(answer.text) == {name: text for name, text in CHOSEN.items() if name != "zone"}
            assert root(answer.text) == '<html lang="en">'  # nothing was saved


async def test_a_program_reads_and_sets_the_same(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Ann")
        async with board.member("Ann") as ann:
            ann.headers.update(PROGRAM)
            assert (await ann.get(PAGE)).json() == {**BY_DEVICE, "calm": False}
            told = {**CHOSEN, "calm": True}
            answer = await ann.post(PAGE, json=told)
            assert (answer.status_code, answer.json()) == (200, told)
            assert (await ann.get(PAGE)).json() == told
            refused = await ann.post(PAGE, json={"theme": "sepia"})
            fields = refused.json()["error"]["fields"]
            assert (refused.status_code, set(fields)) == (422, {"theme", "text_size", "zone", "hours"})
            assert (await ann.get(PAGE)).json() == told


async def test_guests_get_the_same_page_whatever_members_chose(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board, board.visitor() as guest:
        await board.add("Ann")
        before = (await guest.get("/login")).content
        async with board.member("Ann") as ann:
            await ann.post(PAGE, data=CHOSEN)
            assert (await ann.get(PAGE)).text.count("data-calm") == 1
        assert (await guest.get("/login")).content == before
        assert root(before.decode()) == '<html lang="en">'
        assert (await guest.post(PAGE, data=CHOSEN)).status_code == 401  # to sign in, with what he chose kept


def rendered(board: SmallBoard, name: str, choice: Theme | Preferences) -> str:
    """What the macro of `reading.html` makes of the choice."""
    return str(board.app.state.renderer._environment.globals[name](choice))


async def test_a_theme_is_which_sheets_apply_and_paper_stays_light(sqlite_url: str) -> None:
    dark, more = " and (prefers-color-scheme: dark)", " and (prefers-contrast: more)"
    expected = {
        Theme.DEVICE: ("light dark", {"dark": dark, "contrast": more, "contrast_dark": more + dark}),
        Theme.LIGHT: ("light", {"contrast": more}),
        Theme.DARK: ("dark", {"dark": "", "contrast": more, "contrast_dark": more}),
        Theme.CONTRAST: ("light dark", {"dark": dark, "contrast": "", "contrast_dark": dark}),
    }
    async with small_board(sqlite_url) as board:
        for theme, (scheme, media) in expected.items():
            html = rendered(board, "theme", theme)
            assert f'<meta name="color-scheme" content="{scheme}">' in html
            found = dict(re.findall(r'themes/(\w+)\.css" media="screen([^"]*)"', html))
            assert found == media
            assert list(found) == list(media), "later sheets win"
            colours = re.findall(r'name="theme-color" content="(#\w+)"', html)
            assert len(colours) == (1 if theme in (Theme.LIGHT, Theme.DARK) else 2)


async def test_every_mix_of_choices_is_well_formed(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board:
        for size in TextSize:
            for hours in Hours:
                for calm in (True, False):
                    chosen = Preferences(Theme.DARK, size, "UTC", hours, calm)
                    attributes = rendered(board, "reading", chosen)
                    assert "\n" not in attributes
                    assert re.fullmatch(r'( data-[\w-]+(="[\w]+")?)+', attributes), attributes
