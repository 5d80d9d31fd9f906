"""Who may do what: the one policy that pages, JSON, sockets and actions ask (ASVS 8.3.1).

Pure functions over a viewer and freshly read state. They answer yes or no; the actions say why.

Staff moderate the whole board; a member may have been given categories to moderate, and is in these, and
nowhere else, what staff is everywhere. So what concerns a topic or a post asks for its category.
"""

from server.domain.models import PostState, TopicState
from server.domain.viewer import Audience, Role, Viewer


def sees(viewer: Viewer, visibility: Audience) -> bool:
    """Whether things of that visibility are for this viewer."""
    return viewer.audience >= visibility


def sees_topic(viewer: Viewer, topic: TopicState) -> bool:
    """Whether the topic exists for this viewer; a removed one does for those who moderate there only.

    One that was merged into another does for nobody.
    """
    if topic.merged_into is not None:
        return False
    return sees(viewer, topic.visibility) and (viewer.moderates(topic.category_id) or not topic.removed)


def sees_post(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the post exists for this viewer; a removed one does for those who moderate there only."""
    return sees_topic(viewer, topic) and (viewer.moderates(topic.category_id) or not post.removed)


def may_write(viewer: Viewer) -> bool:
    """Whether the viewer may write and thank at all: a member, and nothing in his standing is against it."""
    return viewer.is_member and viewer.standing.may_write


def may_start_topic(viewer: Viewer, visibility: Audience, *, archived: bool = False) -> bool:
    """Whether the viewer may open a topic in a category of that visibility; in an archived one nobody may."""
    return viewer.is_member and sees(viewer, visibility) and not archived


def may_reply(viewer: Viewer, topic: TopicState) -> bool:
    """Whether the viewer may answer; in a locked topic only those may who moderate there."""
    return viewer.is_member and not topic.removed and sees_topic(viewer, topic) and _is_open(viewer, topic)


def may_edit(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the viewer may change the text: its author in an open topic, or a moderator no junior."""
    if not viewer.is_member or post.removed or topic.removed or not sees_topic(viewer, topic):
        return False
    if post.author_id == viewer.id:
        return _is_open(viewer, topic)
    return _moderates_over(viewer, topic, post.author_role) and not topic.archived


def may_thank(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the viewer may thank for the post, or take a thank-you back; never for one's own."""
    if post.removed or topic.removed or not sees_topic(viewer, topic):
        return False
    return viewer.is_member and post.author_id != viewer.id and _is_open(viewer, topic)


def may_remove_post(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the viewer may remove the post.

    Authors may take back their own while the topic is open, but not an opening post that others
    have answered: that would remove the answers too. Moderators may, except what a senior wrote, and also
    where nobody writes any more: what harms has to go from an archive too.
    """
    if not viewer.is_member or post.removed or topic.removed or not sees_topic(viewer, topic):
        return False
    if post.author_id == viewer.id:
        is_alone = post.place > 1 or topic.replies == 0
        is_shut = topic.locked or topic.archived
        return viewer.moderates(topic.category_id) or (not is_shut and is_alone)
    return _moderates_over(viewer, topic, post.author_role)


def may_join_posts(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the viewer may put the post together with another one of its author: who moderates there and
    may change its text. Of an author who has left nobody knows what else was his."""
    return (
        post.author_id is not None and viewer.moderates(topic.category_id) and may_edit(viewer, post, topic)
    )


def may_remove_topic(viewer: Viewer, topic: TopicState, author_role: Role) -> bool:
    """Whether the viewer may remove the whole topic; as with its opening post, not a senior's."""
    return may_moderate(viewer, topic) and not _is_senior(author_role, viewer)


def may_restore(viewer: Viewer, topic: TopicState) -> bool:
    """Whether the viewer may bring back what was removed there."""
    return may_moderate(viewer, topic)


def may_purge(viewer: Viewer) -> bool:
    """Whether the viewer may take a removed text off the board for good, as law and privacy ask for."""
    return viewer.role is Role.ADMIN


def may_ask_to_edit(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the viewer may ask the post's author to change it: who moderates there, no senior of his."""
    others = post.author_id not in (None, viewer.id)
    return others and viewer.moderates(topic.category_id) and may_edit(viewer, post, topic)


def may_moderate(viewer: Viewer, topic: TopicState) -> bool:
    """Whether the viewer may lock, pin or restore the topic."""
    return may_moderate_category(viewer, topic.category_id, topic.visibility)


def may_moderate_category(viewer: Viewer, category_id: int, visibility: Audience) -> bool:
    """Whether the viewer moderates what stands in that category: staff, or one of its own moderators.

    A category for staff is not for a member, whatever he was given to moderate.
    """
    return viewer.moderates(category_id) and sees(viewer, visibility)


def may_move(viewer: Viewer, topic: TopicState, to_category: int, to_visibility: Audience) -> bool:
    """Whether the viewer may move the topic, or posts of it, there: he has to moderate both places."""
    return may_moderate(viewer, topic) and may_moderate_category(viewer, to_category, to_visibility)


def may_rename(viewer: Viewer, topic: TopicState, author_role: Role) -> bool:
    """Whether the viewer may give the topic another title; as with a text, not a senior's."""
    return may_moderate(viewer, topic) and not topic.removed and not _is_senior(author_role, viewer)


def may_merge(viewer: Viewer, topic: TopicState, into: TopicState) -> bool:
    """Whether the viewer may put posts of one topic into the other one."""
    return (
        not topic.removed and not into.removed and may_move(viewer, topic, into.category_id, into.visibility)
    )


def is_held_up(viewer: Viewer, topic: TopicState) -> bool:
    """Whether slow mode is for this viewer: for everybody but staff."""
    return topic.slow_minutes > 0 and not may_moderate(viewer, topic)


def may_admit(viewer: Viewer) -> bool:
    """Whether the viewer decides who of those who asked to join becomes a member."""
    return viewer.is_staff


def may_read_log(viewer: Viewer) -> bool:
    """Whether the viewer reads what staff have done; what is done with own accounts is not part of it."""
    return viewer.is_staff


def may_sanction(viewer: Viewer, member_id: int, role: Role) -> bool:
    """Whether the viewer may warn, silence or ban that member, or take it back.

    Staff may, with juniors only: nobody with himself, moderators with members, administrators with moderators
    too. Whoever wants to act on an administrator takes that role away first, which the last one keeps.
    """
    return viewer.is_staff and member_id != viewer.id and role.rank < viewer.role.rank


def may_handle_report(viewer: Viewer, author_id: int | None, author_role: Role) -> bool:
    """Whether the viewer may look into and settle a report about that member, or about what he wrote.

    Of those whom a report is for: nobody about himself, and a category's own moderator not about staff. Staff
    may about seniors too, so that the only administrator's is not left lying; removing is another question.
    """
    mine = author_id is not None and author_id == viewer.id
    return viewer.is_moderating and not mine and (viewer.is_staff or not _is_senior(author_role, viewer))


def may_administer(viewer: Viewer) -> bool:
    """Whether the viewer may change the board's settings."""
    return viewer.role is Role.ADMIN


def _is_open(viewer: Viewer, topic: TopicState) -> bool:
    return not topic.archived and (not topic.locked or viewer.moderates(topic.category_id))


def _moderates_over(viewer: Viewer, topic: TopicState, author: Role) -> bool:
    return viewer.moderates(topic.category_id) and not _is_senior(author, viewer)


def _is_senior(author: Role, viewer: Viewer) -> bool:
    return author.rank > viewer.role.rank
