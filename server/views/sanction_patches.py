"""What changes on open pages when a moderator acts on a member: staff's lists, and the member's own pages."""

from collections.abc import Sequence

from server.domain.clock import now_ms
from server.domain.events import Kind, LoggedEvent
from server.store import member_records, sanctions, standing
from server.views.canvas import Canvas, Change, Patch, latest_of, put


async def for_staff(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """The list of who is silenced or banned."""
    changed = latest_of(events, Kind.SANCTION)
    found = await sanctions.several(canvas.reader, list(changed))
    painted: list[Change] = []
    for sanction_id, seq in changed.items():
        one = found.get(sanction_id)
        if one is not None and one.is_running:
            place = ("bans", sanction_id)
            painted.append(put(f"ban-{sanction_id}", "moderation/_ban.html", one, place))
        else:
            painted.append(Patch("remove", f"ban-{sanction_id}", seq))
    return painted


async def on_record(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """Staff's page of one member: the facts, what was done with him, and what was removed of his."""
    member_id, reader = canvas.channel.id, canvas.reader
    record = await member_records.find(reader, member_id)
    if record is None:
        return []
    painted: list[Change] = [put(f"record-{member_id}", "moderation/_record.html", record)]
    changed = latest_of(events, Kind.SANCTION)
    found = await sanctions.several(reader, list(changed))
    for sanction_id, seq in changed.items():
        one = found.get(sanction_id)
        if one is None:
            painted.append(Patch("remove", f"sanction-{sanction_id}", seq))
        else:
            place = ("sanctions", sanction_id)
            painted.append(put(f"sanction-{sanction_id}", "moderation/_sanction.html", one, place))
    posts = latest_of(events, Kind.POST)
    removed = await member_records.removed_posts(reader, member_id, ids=list(posts)) if posts else []
    gone = {one.id: one for one in removed}
    for post_id, seq in posts.items():
        if post_id in gone:
            place = ("removed-posts", post_id)
            painted.append(
                put(f"removed-post-{post_id}", "moderation/_removed_post.html", gone[post_id], place)
            )
        else:
            painted.append(Patch("remove", f"removed-post-{post_id}", seq))
    return painted


async def for_member(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """What the top of his own pages says of his standing."""
    changed = latest_of(events, Kind.SANCTION)
    if not changed:
        return []
    member_id = canvas.channel.id
    stands = await standing.of(canvas.reader, member_id, now_ms())
    shown = standing.Shown(member_id, max(changed.values()), stands)
    return [put(f"standing-{member_id}", "members/_standing.html", shown)]
