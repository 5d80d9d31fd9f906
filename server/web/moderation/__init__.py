"""Moderators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.moderation import applicants, log

routes = [*applicants.routes, *log.routes]
