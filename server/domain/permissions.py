"""Who may do what: the one policy that pages, JSON, sockets and actions ask (ASVS 8.3.1).

Pure functions over a viewer and freshly read state. They answer yes or no; the actions say why.
"""

from server.domain.models import PostState, TopicState
from server.domain.viewer import Audience, Role, Viewer


def sees(viewer: Viewer, visibility: Audience) -> bool:
    """Whether things of that visibility are for this viewer."""
    return viewer.audience >= visibility


def sees_topic(viewer: Viewer, topic: TopicState) -> bool:
    """Whether the topic exists for this viewer; a removed one does for staff only."""
    return sees(viewer, topic.visibility) and (viewer.is_staff or not topic.removed)


def sees_post(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the post exists for this viewer; a removed one does for staff only."""
    return sees_topic(viewer, topic) and (viewer.is_staff or not post.removed)


def may_write(viewer: Viewer) -> bool:
    """Whether the viewer may write and thank at all: a member who accepts the rules as they are today."""
    return viewer.is_member and not viewer.owes_rules


def may_start_topic(viewer: Viewer, visibility: Audience) -> bool:
    """Whether the viewer may open a topic in a category of that visibility."""
    return viewer.is_member and sees(viewer, visibility)


def may_reply(viewer: Viewer, topic: TopicState) -> bool:
    """Whether the viewer may answer; in a locked topic only staff may."""
    return viewer.is_member and not topic.removed and sees_topic(viewer, topic) and _is_open(viewer, topic)


def may_edit(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the viewer may change the text: its author while the topic is open, or staff no junior."""
    if not viewer.is_member or post.removed or topic.removed or not sees_topic(viewer, topic):
        return False
    if post.author_id == viewer.id:
        return _is_open(viewer, topic)
    return viewer.is_staff and not _is_senior(post.author_role, viewer)


def may_thank(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the viewer may thank for the post, or take a thank-you back; never for one's own."""
    if post.removed or topic.removed or not sees_topic(viewer, topic):
        return False
    return viewer.is_member and post.author_id != viewer.id and _is_open(viewer, topic)


def may_remove_post(viewer: Viewer, post: PostState, topic: TopicState) -> bool:
    """Whether the viewer may remove the post.

    Authors may take back their own while the topic is open, but not an opening post that others
    have answered: that would remove the answers too. Staff may, except what a senior wrote.
    """
    if not viewer.is_member or post.removed or topic.removed or not sees_topic(viewer, topic):
        return False
    if post.author_id == viewer.id:
        return viewer.is_staff or (not topic.locked and (post.place > 1 or topic.replies == 0))
    return viewer.is_staff and not _is_senior(post.author_role, viewer)


def may_remove_topic(viewer: Viewer, topic: TopicState, author_role: Role) -> bool:
    """Whether the viewer may remove the whole topic; as with its opening post, not a senior's."""
    return may_moderate(viewer, topic) and not _is_senior(author_role, viewer)


def may_restore(viewer: Viewer) -> bool:
    """Whether the viewer may bring removed things back."""
    return viewer.is_staff


def may_moderate(viewer: Viewer, topic: TopicState) -> bool:
    """Whether the viewer may lock, pin or restore the topic."""
    return viewer.is_staff and sees(viewer, topic.visibility)


def may_admit(viewer: Viewer) -> bool:
    """Whether the viewer decides who of those who asked to join becomes a member."""
    return viewer.is_staff


def may_read_log(viewer: Viewer) -> bool:
    """Whether the viewer reads what staff have done; what is done with own accounts is not part of it."""
    return viewer.is_staff


def may_administer(viewer: Viewer) -> bool:
    """Whether the viewer may change the board's settings."""
    return viewer.role is Role.ADMIN


def _is_open(viewer: Viewer, topic: TopicState) -> bool:
    return not topic.locked or viewer.is_staff


def _is_senior(author: Role, viewer: Viewer) -> bool:
    return author.rank > viewer.role.rank
