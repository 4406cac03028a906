"""Holds a page against the rules of axe-core 4.14.1, which lies beside this file as its npm package has it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_SOURCE = Path(__file__).with_name("axe.min.js").read_text("utf-8")
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
_ALL = {"type": "tag", "values": [*_WCAG, "best-practice"]}
_OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
_RUN = "runOnly => axe.run({runOnly, resultTypes: ['violations']})"


def violations(page: Page, colours: bool = False) -> list[str]:
    """Each rule that the page breaks, with where and how, of all or of those on colours; none for one without fault."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SOURCE)
    found: dict[str, Any] = page.evaluate(_RUN, _OF_COLOURS if colours else _ALL)
    return [
        f"{broken['id']}: {node['target']} {node['failureSummary']}"
        for broken in found["violations"]
        for node in broken["nodes"]
    ]
