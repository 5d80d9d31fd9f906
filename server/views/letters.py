"""Writes letters: the subject and the plain text from one template, the HTML from another."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from server.domain.letters import Addressed

TEMPLATES = Path(__file__).parent / "templates" / "mail"
_SUBJECT = "Subject: "


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words. `subject` is one line; `stop` the address that ends letters of its kind, or empty."""

    subject: str
    text: str
    html: str
    stop: str = ""


class LetterWriter:
    """The templates of letters. `address` is where people find the board: never what a request says (S10)."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(("html",), default=False),  # plain text has nothing to escape
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def write(self, addressed: Addressed, forum_name: str) -> Written:
        """The letter in words. The first line of its text template is the subject."""
        about = {
            "letter": addressed,
            "forum": forum_name,
            "home": self._address,
            "link": f"{self._address}{addressed.link}",
            "lasts": _lasts(addressed.minutes),
            "stop": f"{self._address}{addressed.stop}" if addressed.stop else "",
        }
        subject, _, text = self._render(addressed, "txt", about).partition("\n")
        assert subject.startswith(_SUBJECT), "a text template begins with its subject"
        one_line = " ".join(subject.removeprefix(_SUBJECT).split())  # no header can be put in (S13)
        html = self._render(addressed, "html", about)
        return Written(one_line, text.strip() + "\n", html, str(about["stop"]))

    def _render(self, addressed: Addressed, kind: str, about: dict[str, object]) -> str:
        return self._environment.get_template(f"{addressed.letter}.{kind}").render(about)


def _lasts(minutes: int) -> str:
    """How long a link works, in words: the largest unit that fits."""
    for name, size in (("day", 24 * 60), ("hour", 60)):
        if minutes >= size and minutes % size == 0:
            return f"{minutes // size} {name}{'s' if minutes != size else ''}"
    return f"{minutes} minutes"
