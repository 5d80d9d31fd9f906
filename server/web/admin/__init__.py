"""Administrators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.admin import (
    board_settings,
    invitations,
    joining,
    log_export,
    mail,
    member_page,
    members,
    profile_fields,
)

routes = [
    *board_settings.routes,
    *joining.routes,
    *invitations.routes,
    *members.routes,
    *member_page.routes,
    *profile_fields.routes,
    *mail.routes,
    *log_export.routes,
]
