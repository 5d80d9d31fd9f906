"""A member's own settings: one module and one page for each subject; `shown.PAGES` lists them."""

from server.web.settings import (
    account,
    data,
    history,
    mail,
    name,
    passkeys,
    profile,
    programs,
    reading,
    standing,
    two_step,
)

routes = [
    *account.routes,
    *name.routes,
    *profile.routes,
    *reading.routes,
    *mail.routes,
    *two_step.routes,
    *passkeys.routes,
    *programs.routes,
    *standing.routes,
    *history.routes,
    *data.routes,
]
