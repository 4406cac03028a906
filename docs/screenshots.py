"""Takes the pictures of the README from a running service: `python docs/screenshots.py http://127.0.0.1:8000`.

Signs in with the address and the password in EMAIL and PASSWORD, and asks for the shortlist of a need from
`fixtures/judged/needs.jsonl`, as a person would, by filling the form in.
Needs Playwright for Python (the extra `docs`) and Chromium at /usr/bin/chromium (or in CHROMIUM).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
NEEDS = HERE.parent / "fixtures" / "judged" / "needs.jsonl"
NEED = "dn013"
WIDTH, HEIGHT = 1280, 1200
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]


def _need() -> dict[str, Any]:
    needs = (json.loads(line) for line in NEEDS.read_text("utf-8").splitlines())
    return next(need for need in needs if need["id"] == NEED)


def _fill(page: Page, need: dict[str, Any]) -> None:
    for name in ("summary", "outcome", "role", "organisation", "location", "start_by"):
        page.fill(f'[name="{name}"]', need.get(name) or "")
    for name in ("level", "industry"):
        page.select_option(f'[name="{name}"]', need.get(name) or "")
    for name in ("languages", "modalities"):
        for code in need.get(name) or []:
            page.check(f'[name="{name}"][value="{code}"]')
    if budget := need.get("budget"):
        page.fill('[name="budget.per_session"]', str(budget["per_session"]))
        page.select_option('[name="budget.currency"]', budget["currency"])
    if count := need.get("sessions", {}).get("count"):
        page.fill('[name="sessions.count"]', str(count))
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    for goal in need.get("focus_areas") or []:
        page.check(f'[name="importance.{goal["area"]}"][value="{goal.get("importance", 2)}"]')
    for wish in ("preferred", "avoid"):
        for style in need.get("styles", {}).get(wish) or []:
            page.check(f'[name="style.{style}"][value="{wish}"]')
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = false)")


def _picture(page: Page, name: str, height: float = HEIGHT) -> None:
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=HERE / name, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})


def take(browser: Browser, url: str) -> None:
    """Writes `form.png` and `result.png` beside this file."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
    page.goto(url)
    page.fill("#email", os.environ.get("EMAIL", "demo@coaches.example"))
    page.fill("#password", os.environ["PASSWORD"])
    page.click("main button")
    _fill(page, _need())
    page.focus("main")
    _picture(page, "form.png")
    page.click("main button:visible >> nth=0")
    page.wait_for_url("**/shortlists/*")
    # Down to the end of the coaches, so that the sums of their scores are in the picture.
    _picture(page, "result.png", page.evaluate("document.querySelector('.bands').getBoundingClientRect().bottom") + 12)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=QUIET + (["--no-sandbox"] if os.geteuid() == 0 else []),
        )
        take(chromium, sys.argv[1])
        chromium.close()
