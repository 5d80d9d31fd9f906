"""A member's own settings: one module and one page for each subject; `shown.PAGES` lists them."""

from server.web.settings import account, passkeys, two_step

routes = [*account.routes, *two_step.routes, *passkeys.routes]
