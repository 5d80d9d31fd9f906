"""Moderators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.moderation import applicants, bans, log, members, queue, sweeps

routes = [
    *queue.routes,
    *applicants.routes,
    *bans.routes,
    *log.routes,
    *members.routes,
    *sweeps.routes,
]
