"""Every address of the board, with its policy."""

from server.web import (
    accounts,
    admin,
    board,
    categories,
    health,
    passkeys,
    posts,
    second_step,
    settings,
    topics,
)

routes = [
    *categories.routes,
    *topics.routes,
    *posts.routes,
    *board.routes,
    *accounts.routes,
    *second_step.routes,
    *passkeys.routes,
    *settings.routes,
    *admin.routes,
    *health.routes,
]
