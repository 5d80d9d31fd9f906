"""Administrators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.admin import board_settings, mail

routes = [*board_settings.routes, *mail.routes]
