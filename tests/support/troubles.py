"""Everything a page does that a good page does not: errors, policy violations, talking to strangers."""

import re
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket

LOCAL_SCHEMES = ("about", "blob", "data")
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  const place = `${event.sourceFile}:${event.lineNumber}`;
  console.error(`policy violation: ${event.effectiveDirective} ${event.blockedURI} at ${place}`);
});
"""


class Troubles:
    def __init__(self) -> None:
        self.seen: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Expects troubles that match, for example r"status of 403": Chromium logs every failed request."""
        self._allowed.append(re.compile(pattern))

    @property
    def unexpected(self) -> list[str]:
        return [line for line in self.seen if not any(pattern.search(line) for pattern in self._allowed)]

    def check(self) -> None:
        assert not self.unexpected, "the browser saw trouble:\n" + "\n".join(self.unexpected)

    async def watch(self, context: BrowserContext, base_url: str) -> None:
        """Writes down what goes wrong in all of a context's pages, those opened later included."""
        home = urlsplit(base_url).netloc

        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.seen.append(f"console: {message.text} ({message.location.get('url', '')})")

        def on_exception(error: WebError) -> None:
            self.seen.append(f"exception: {error.error.stack or error.error.message}")

        def on_request(request: Request) -> None:
            self._note_foreign(request.url, home)

        def on_socket(socket: WebSocket) -> None:
            self._note_foreign(socket.url, home)

        def on_page(page: Page) -> None:
            page.on("websocket", on_socket)

        context.on("console", on_console)
        context.on("weberror", on_exception)
        context.on("request", on_request)
        context.on("page", on_page)
        await context.add_init_script(REPORT_VIOLATIONS)

    def _note_foreign(self, url: str, home: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in LOCAL_SCHEMES and parts.netloc != home:
            self.seen.append(f"foreign request: {url}")
