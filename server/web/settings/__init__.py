"""A member's own settings: one module and one page for each subject; `shown.PAGES` lists them."""

from server.web.settings import account, data, mail, reading

routes = [*account.routes, *reading.routes, *mail.routes, *data.routes]
