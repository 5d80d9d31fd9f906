"""Administrators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.admin import board_settings

routes = [*board_settings.routes]
