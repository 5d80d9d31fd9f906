"""A board to measure on: as many topics as asked for, each with one full page of posts as people write."""

from pathlib import Path
from random import Random

from server.actions import first_start, members, posting, thanking
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.posting import Draft
from server.domain.clock import DAY, now_ms
from server.domain.viewer import Role, Viewer
from server.store import migrations
from server.store.database import Database
from tests.support.small_board import CHEAP, PASSWORD

POSTS = 20
PEOPLE = ("Ann", "Bo", "Cleo", "Dorit", "Emil", "Frieda", "Goran", "Hanne", "Ilse", "Jon", "Kaya", "Lars")
PUBLIC = 1  # the first category
NO_LIMITS = Limits(enabled=False)
WORDS = """
morning walk tired again doctor said wait count better slowly sleep tea evening hope question answer hospital
letter family garden nurse result week appointment quiet long night window thank you all
"""


async def fill(data: Path, topics: int) -> list[str]:
    """Makes `fireside.db` in the folder, and says the addresses of its topics."""
    url = f"sqlite:///{data / 'fireside.db'}"
    migrations.upgrade(url)
    chance = Random(7)
    passwords = Passwords(CHEAP)
    async with Database.open(url) as db:
        await first_start.furnish(db, "Fireside", now=now_ms())
        people = []
        for name in PEOPLE:
            draft = NewMember(name, f"{name.lower()}@example.org", PASSWORD)
            member_id = await members.add_member(db, passwords, draft, Role.MEMBER, now=now_ms() - 400 * DAY)
            people.append(Viewer(member_id, draft.username, Role.MEMBER))
        passwords.close()
        return [await _topic(db, people, number, chance) for number in range(topics)]


async def _topic(db: Database, people: list[Viewer], number: int, chance: Random) -> str:
    at = now_ms() - 300 * DAY + number * 60_000
    draft = Draft(_text(chance), f"Bench topic {number}")
    made = await posting.start_topic(db, chance.choice(people), PUBLIC, draft, now=at, limits=NO_LIMITS)
    posts = [made.post_id]
    for place in range(1, POSTS):
        quote = f"[quote={chance.choice(posts)}]\n\n" if place % 4 == 0 else ""
        by = chance.choice(people)
        draft = Draft(quote + _text(chance))
        reply = await posting.reply(db, by, made.topic_id, draft, now=at + place, limits=NO_LIMITS)
        posts.append(reply.post_id)
        for thankful in chance.sample([one for one in people if one is not by], place % 3):
            await thanking.thank(db, thankful, reply.post_id, now=at + place)
    return f"/topics/{made.topic_id}/bench-topic-{number}"


def _text(chance: Random) -> str:
    paragraphs = (" ".join(chance.choices(WORDS.split(), k=chance.randint(20, 70))) for _ in range(3))
    return "\n\n".join(paragraphs)
