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
    passkeys,
    posts,
    recovery,
    rules,
    second_step,
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
    *second_step.routes,
    *passkeys.routes,
    *settings.routes,
    *moderation.routes,
    *admin.routes,
    *health.routes,
]
