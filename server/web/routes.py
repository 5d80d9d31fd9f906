"""Every address of the board, with its policy."""

from server.web import (
    accounts,
    admin,
    board,
    categories,
    health,
    moderation,
    posts,
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
    *accounts.routes,
    *sign_up.routes,
    *rules.routes,
    *settings.routes,
    *moderation.routes,
    *admin.routes,
    *health.routes,
]
