"""Moderators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.moderation import applicants, approval, bans, guide, log, members, queue, sweeps

routes = [
    *queue.routes,
    *applicants.routes,
    *approval.routes,
    *bans.routes,
    *guide.routes,
    *log.routes,
    *members.routes,
    *sweeps.routes,
]
