"""Moderators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.moderation import applicants, bans, members, sweeps

routes = [*applicants.routes, *bans.routes, *members.routes, *sweeps.routes]
