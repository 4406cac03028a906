"""What a browser without JavaScript finds on a page."""

from html.parser import HTMLParser

from werkzeug.test import TestResponse

from tests.clients import Browser


class Page(HTMLParser):
    """The controls of a page with their values, its links and ids, and its text in one line.

    `messages` are those beside fields, by the id of the control.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: dict[str, dict[str, str | None]] = {}
        self.fields: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.messages: dict[str, str] = {}
        self._words: list[str] = []
        self._open = ""
        self._message = ""
        self.feed(html)
        self.text = " ".join(" ".join(self._words).split())
        for name, attributes in self.ids.items():
            for described in (attributes.get("aria-describedby") or "").split():
                assert described in self.ids, f"{name} is described by {described}, which is not there"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert not found.keys() & {"style", "onclick", "onload"}
        assert tag != "script" or (found["src"] or "").startswith("/assets/")
        if name := found.get("id"):
            assert name not in self.ids, f"two elements have the id {name}"
            self.ids[name] = found
        if tag == "a":
            self.links.append(found.get("href") or "")
        self._message = (found.get("id") or "").removesuffix("-message") if found.get("class") == "message" else ""
        if tag in ("select", "textarea"):
            self._open = found["name"] or ""
            self.fields.setdefault(self._open, []) if tag == "select" else self.fields.update({self._open: [""]})
        chosen = "checked" in found if found.get("type") in ("radio", "checkbox") else tag == "input"
        if chosen and found.get("type") != "file":
            self.fields.setdefault(found.get("name") or "", []).append(found.get("value") or "")
        if tag == "option" and "selected" in found:
            self.fields[self._open].append(found.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # The parser of a browser drops the first line end.
            self.fields[self._open] = [self.fields[self._open][0].removeprefix("\n")]
        if tag in ("select", "textarea"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._message:
            self.messages[self._message] = data
            self._message = ""
        if self._open and self.lasttag == "textarea":
            self.fields[self._open][0] += data


def page(answer: TestResponse, status: int = 200) -> Page:
    """The page of an answer, which must have that status."""
    assert answer.status_code == status, answer.text[:3000]
    return Page(answer.text)


def opened(browser: Browser, address: str, status: int = 200) -> Page:
    """The page at an address."""
    return page(browser.get(address), status)
