"""A browser and a service for the tests of this folder, one of each for all of them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from matcher.domain import Account
from tests.browser import chromium
from tests.browser.person import signed_in
from tests.browser.served import Served, serving
from tests.browser.watch import Watch

REQUIRED = "BROWSER_REQUIRED"
"""The variable under which a missing browser is a failure."""

NO_BROWSER = "no Chromium on the PATH (Debian: apt install chromium)"

LONGEST = 90_000
"""Milliseconds that a page may take on a machine that is busy with other things; idle, a second is much."""

NewContext = Callable[..., BrowserContext]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says in one line of the summary that tests were left out, and why."""
    skipped = sum(NO_BROWSER in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
    if skipped:
        terminalreporter.write_line(f"{skipped} tests of the pages in a browser were skipped: {NO_BROWSER}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium.found()
    if path is None:
        if os.environ.get(REQUIRED):
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    expect.set_options(timeout=LONGEST)
    with chromium.launched(path) as browser:
        yield browser


@pytest.fixture(scope="package")
def served(
    browser: Browser, migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, rates_file: str
) -> Iterator[Served]:
    with serving(migrated_sqlite, tmp_path_factory.mktemp("served"), rates_file) as served:
        yield served
        assert '"level": "error"' not in served.log.read_text()


@contextmanager
def contexts(browser: Browser, served: Served) -> Iterator[NewContext]:
    """Makes browsers in which nobody is signed in; none may complain, or ask another server for anything."""
    made: list[tuple[BrowserContext, Watch]] = []

    def new(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=served.address, **options)
        context.set_default_timeout(LONGEST)
        made.append((context, Watch(context, served.address)))
        return context

    yield new
    for context, watch in made:
        context.close()
        assert (watch.complaints, watch.foreign) == ([], [])


@pytest.fixture
def new_context(browser: Browser, served: Served) -> Iterator[NewContext]:
    """Makes browsers for one test."""
    with contexts(browser, served) as new:
        yield new


@pytest.fixture
def account(served: Served) -> Account:
    """An HR partner with an organisation of their own."""
    return served.an_account()


@pytest.fixture
def page(new_context: NewContext, account: Account) -> Page:
    """A page in which `account` has signed in."""
    return signed_in(new_context().new_page(), account.email)
