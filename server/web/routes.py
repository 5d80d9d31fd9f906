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
    notices,
    passkeys,
    posts,
    recovery,
    rules,
    second_step,
    settings,
    sign_up,
    topic_acts,
    topics,
)

routes = [
    *categories.routes,
    *topic_acts.routes,  # before topics, whose titles are part of addresses
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
    *notices.routes,
    *moderation.routes,
    *admin.routes,
    *health.routes,
]
