"""What a member is told that concerns him: which kinds of notices there are."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is about. `views/templates/notices/kinds/_{kind}.html` says it in a sentence."""

    BANNED = "banned"
    CATEGORY_GIVEN = "category_given"
    CATEGORY_TAKEN = "category_taken"
    EDIT_ASKED = "edit_asked"
    POSTS_JOINED = "posts_joined"
    POSTS_MOVED = "posts_moved"
    POST_APPROVED = "post_approved"
    POST_DECLINED = "post_declined"
    POST_EDITED = "post_edited"
    POST_PURGED = "post_purged"
    POST_REMOVED = "post_removed"
    POST_RESTORED = "post_restored"
    RENAMED = "renamed"
    REPORT_SETTLED = "report_settled"
    ROLE_CHANGED = "role_changed"
    SANCTION_ENDED = "sanction_ended"
    SILENCED = "silenced"
    TOPIC_MERGED = "topic_merged"
    TOPIC_MOVED = "topic_moved"
    TOPIC_RENAMED = "topic_renamed"
    WARNED = "warned"
