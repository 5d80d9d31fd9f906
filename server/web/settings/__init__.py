"""A member's own settings: one module and one page for each subject; `shown.PAGES` lists them."""

from server.web.settings import account, data, mail, passkeys, profile, programs, reading, standing, two_step

routes = [
    *account.routes,
    *profile.routes,
    *reading.routes,
    *mail.routes,
    *two_step.routes,
    *passkeys.routes,
    *programs.routes,
    *standing.routes,
    *data.routes,
]
