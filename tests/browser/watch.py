"""What a browser complains of while a test drives it, and what it asks other servers for."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

_STATUS = "Failed to load resource: the server responded with a status of"
_STATUS_BY_HTMX = "Response Status Error Code"


class Watch:
    """Listens to a browser context from its beginning."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.complaints: list[str] = []
        self.asked: list[Request] = []
        self._address = address
        self._pages: set[str] = set()
        context.on("console", self._heard)
        context.on("weberror", self._failed)
        context.on("request", self._request)

    @property
    def foreign(self) -> list[str]:
        """What was asked of other origins."""
        return [request.url for request in self.asked if not request.url.startswith(f"{self._address}/")]

    def _heard(self, message: ConsoleMessage) -> None:
        # That a page itself answers with an error is what some tests are about; a file of it must not.
        of_a_page = message.text.startswith(_STATUS) and message.location["url"] in self._pages
        if message.type in ("error", "warning") and not of_a_page and not message.text.startswith(_STATUS_BY_HTMX):
            self.complaints.append(message.text)

    def _failed(self, error: WebError) -> None:
        self.complaints.append(str(error.error))

    def _request(self, request: Request) -> None:
        self.asked.append(request)
        # What htmx sends is a page's own form, and its answer a page.
        if request.is_navigation_request() or "hx-request" in request.headers:
            self._pages.add(request.url)
