"""Administrators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.admin import (
    board_settings,
    invitations,
    joining,
    mail,
    member_page,
    members,
    profile_fields,
    uploads,
)

routes = [
    *board_settings.routes,
    *joining.routes,
    *invitations.routes,
    *members.routes,
    *member_page.routes,
    *profile_fields.routes,
    *uploads.routes,
    *mail.routes,
]
