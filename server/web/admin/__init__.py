"""Administrators' pages: one module for each subject; `shown.PAGES` lists them."""

from server.web.admin import (
    announcements,
    board_settings,
    categories,
    help_lines,
    invitations,
    joining,
    limits,
    log_export,
    mail,
    member_page,
    members,
    profile_fields,
    uploads,
    words,
)

routes = [
    *board_settings.routes,
    *categories.routes,
    *announcements.routes,
    *limits.routes,
    *joining.routes,
    *invitations.routes,
    *members.routes,
    *member_page.routes,
    *profile_fields.routes,
    *uploads.routes,
    *words.routes,
    *help_lines.routes,
    *mail.routes,
    *log_export.routes,
]
