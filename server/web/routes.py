"""Every address of the board, with its policy."""

from server.web import (
    accounts,
    admin,
    avatars,
    board,
    categories,
    confirmation,
    health,
    moderation,
    posts,
    recovery,
    rules,
    settings,
    sign_up,
    topics,
)

routes = [
    *categories.routes,
    *topics.routes,
    *posts.routes,
    *board.routes,
    *avatars.routes,
    *accounts.routes,
    *recovery.routes,
    *confirmation.routes,
    *sign_up.routes,
    *rules.routes,
    *settings.routes,
    *moderation.routes,
    *admin.routes,
    *health.routes,
]
