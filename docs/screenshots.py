"""Takes pictures of every page, in both themes, wide and narrow: `python -m docs.screenshots`, from the checkout.

Serves the judged profiles from a folder of its own, signs in with the demo account, asks for the shortlist of a need
from `fixtures/judged/needs.jsonl` as a person would, and visits the pages that the browser tests visit. All pictures
go to `var/screenshots`; those of the README are beside this file. Needs the extras `docs` and `test`, and Chromium on
the PATH (or named in CHROMIUM).
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.browser.pages import Things, addresses
from tests.browser.person import a_coach_not_shown, a_link, an_upload, first_two, open_folds, shortlist_of, sign_in

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures" / "judged"
FOLDER = HERE.parent / "var" / "screenshots"
EMAIL = "demo@coaches.example"
EMAIL_OF_ANOTHER = "ada.bell@coaches.example"
NEED = "dn013"
WIDTHS = {"wide": 1280, "narrow": 360}
HEIGHT = 900
HIGHEST = 12_000
"""Pixels of a window beyond which Chromium draws no picture of it in reasonable time."""
THEMES = ("light", "dark")
COLOURS = 128
"""As many as a picture of the README keeps: pages have few, and the file is a third as large."""

_MATCHER = (sys.executable, "-c", "from matcher.cli import main; main()")


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """The address of a service with the judged profiles, and the password of its demo account."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        bind = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        environment = os.environ | {"MATCHER_DATA_DIR": folder, "MATCHER_DATABASE_URL": "", "MATCHER_BIND": bind}
        for command in (["db", "upgrade"], ["import", "coaches", str(FIXTURES / "coaches.jsonl")]):
            subprocess.run([*_MATCHER, *command], env=environment, check=True)
        log, command = Path(folder) / "serve.log", [*_MATCHER, "serve", "--trial"]
        with (
            log.open("w") as output,
            subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process,
        ):
            try:
                yield f"http://{bind}", _password(process, log)
            finally:
                process.terminate()


def _password(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """What the service says is the password, once it listens."""
    while process.poll() is None:
        said = log.read_text("utf-8")
        if "Listening at" in said:
            return re.findall(r"^Password: (\S+)", said, re.MULTILINE)[0]
        time.sleep(0.2)
    raise RuntimeError(f"the service did not start:\n{log.read_text('utf-8')}")


def _need() -> dict[str, Any]:
    needs = (json.loads(line) for line in (FIXTURES / "needs.jsonl").read_text("utf-8").splitlines())
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
    open_folds(page)
    for goal in need.get("focus_areas") or []:
        page.check(f'[name="importance.{goal["area"]}"][value="{goal.get("importance", 2)}"]', force=True)
    for wish in ("preferred", "avoid"):
        for style in need.get("styles", {}).get(wish) or []:
            page.check(f'[name="style.{style}"][value="{wish}"]', force=True)


def _things(page: Page) -> Things:
    """What the demo account makes to look at, the shortlist of the need among it."""
    need = _need()
    _fill(page, need)
    shortlist, coach = shortlist_of(page, need["summary"]), a_coach_not_shown(page)
    first, second = first_two(page)
    page.goto("/")
    page.get_by_label("Budget per session").fill("1")
    of_nobody = shortlist_of(page, need["summary"])
    return Things(
        shortlist=shortlist,
        first=first,
        second=second,
        link=a_link(page, shortlist),
        shortlist_of_nobody=of_nobody,
        coach=coach,
        account=_added(page, "/accounts", "Add the account", **{"Email address": EMAIL_OF_ANOTHER, "Name": "Ada Bell"}),
        caller=_added(page, "/callers", "Add the program", Name="portal"),
        upload=an_upload(page),
    )


def _note_what_happened(page: Page, shortlist: str) -> None:
    """Records that the first coach of a shortlist was chosen."""
    page.goto(f"/shortlists/{shortlist}")
    open_folds(page)
    page.get_by_role("combobox", name="What happened").first.select_option("Chosen")
    page.get_by_role("button", name="Record it").first.click()


def _added(page: Page, address: str, button: str, **fields: str) -> str:
    """The id of what the form at an address adds, of which one field is its name."""
    page.goto(address)
    for label, text in fields.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name=button).click()
    page.goto(address)
    page.get_by_role("link", name=fields["Name"]).click()
    page.wait_for_url(f"**{address}/*")
    return page.url.rpartition("/")[2]


def _named(address: str) -> str:
    """The name of a picture of the page at an address: its words."""
    return "-".join(re.findall(r"[a-z]+", re.sub(r"[\w-]{30,}", "", address).lower())) or "need"


def _visit(browser: Browser, url: str, state: Any, places: list[str]) -> None:
    for theme in THEMES:
        for size, width in WIDTHS.items():
            with browser.new_context(
                base_url=url,
                storage_state=state,
                color_scheme=theme,
                locale="en-GB",
                viewport={"width": width, "height": HEIGHT},
            ) as context:
                page = context.new_page()
                for number, address in enumerate(places):
                    page.goto(address)
                    _unroll(page, width)
                    name = f"{number:02}-{_named(address)}-{theme}-{size}.png"
                    page.screenshot(path=FOLDER / name, full_page=True)


def _unroll(page: Page, width: int) -> None:
    """Makes the window as high as the page, so that what stays in sight in a lower one stands in its own place."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    high = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(high, HIGHEST)})


def _print(browser: Browser, url: str, state: Any, things: Things) -> None:
    """The pages that are printed, as they come out on paper."""
    with browser.new_context(base_url=url, storage_state=state, viewport={"width": 700, "height": 990}) as context:
        page = context.new_page()
        page.emulate_media(media="print")
        places = {"shortlist": f"/shortlists/{things.shortlist}", "shared": f"/shared/{things.link}"}
        for name, address in places.items():
            page.goto(address)
            page.screenshot(path=FOLDER / f"printed-{name}.png", full_page=True)


def _keep(page: Page, name: str, height: float) -> None:
    """A picture of the README, of the page from its top down to a height in pixels."""
    clip = {"x": 0, "y": 0, "width": WIDTHS["wide"], "height": height}
    page.screenshot(path=HERE / name, full_page=True, clip=clip)
    with Image.open(HERE / name) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / name, optimize=True)


def _keep_the_best(browser: Browser, url: str, state: Any, things: Things) -> None:
    size = {"width": WIDTHS["wide"], "height": HEIGHT}
    with browser.new_context(base_url=url, storage_state=state, locale="en-GB", viewport=size) as context:
        page = context.new_page()
        need = _need()
        page.goto("/")
        if page.get_by_role("heading", name="You have a draft").is_visible():
            page.get_by_text("Discard it…").first.click()
            page.get_by_role("button", name="Discard it for good").first.click()
            page.goto("/")
        page.get_by_label("Situation and wishes").fill(need["summary"])
        page.get_by_role("button", name="Read it").click()
        third = page.locator("#told .proposal").nth(2)
        third.wait_for()
        page.evaluate("scrollTo(0, 0)")
        _keep(page, "form.png", third.bounding_box()["y"])
        page.goto(f"/shortlists/{things.shortlist}")
        # Down to the end of the coaches, so that the sums of their scores are in the picture.
        end = page.locator(".bands").bounding_box()
        _keep(page, "result.png", end["y"] + end["height"] + 12)


def take(browser: Browser, url: str, password: str) -> None:
    """Writes all pictures of a service whose demo account has that password."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with browser.new_context(base_url=url) as context:
        page = sign_in(context.new_page(), EMAIL, password)
        things = _things(page)
        state = context.storage_state()
        _keep_the_best(browser, url, state, things)
        _note_what_happened(page, things.shortlist)
    _visit(browser, url, state, [address for address in addresses(things) if address != "/sign-in"])
    _visit(browser, url, None, ["/sign-in"])
    _print(browser, url, state, things)


if __name__ == "__main__":
    path = chromium.found()
    if path is None:
        sys.exit("Chromium is needed on the PATH (Debian: apt install chromium).")
    with demo() as (address, password), chromium.launched(path) as browser:
        take(browser, address, password)
