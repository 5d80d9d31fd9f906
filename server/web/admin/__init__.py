"""Administrators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.admin import board_settings, profile_fields

routes = [*board_settings.routes, *profile_fields.routes]
