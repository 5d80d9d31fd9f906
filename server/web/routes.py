"""Every address of the board, with its policy."""

from server.web import accounts, admin, avatars, board, categories, health, posts, settings, topics

routes = [
    *categories.routes,
    *topics.routes,
    *posts.routes,
    *board.routes,
    *avatars.routes,
    *accounts.routes,
    *settings.routes,
    *admin.routes,
    *health.routes,
]
