"""Moderators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.moderation import applicants, queue

routes = [*queue.routes, *applicants.routes]
