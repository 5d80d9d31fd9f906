"""Every address of the board, with its policy."""

from server.web import (
    accounts,
    admin,
    board,
    categories,
    confirmation,
    health,
    posts,
    recovery,
    settings,
    topics,
)

routes = [
    *categories.routes,
    *topics.routes,
    *posts.routes,
    *board.routes,
    *accounts.routes,
    *recovery.routes,
    *confirmation.routes,
    *settings.routes,
    *admin.routes,
    *health.routes,
]
