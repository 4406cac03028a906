"""The menu of the pages: which of its entries is marked as the one that somebody is at."""

import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask

from tests.clients import a_caller, signed_in
from tests.factories import a_coach


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_entry_that_a_page_belongs_to_is_marked(start: Callable[..., APIFlask]) -> None:
    app = start()
    a_caller(app).put(a_coach(id="c1"))
    boss = signed_in(app, role="administrator")
    for address, marked in (
        ("/", [("/", "page")]),
        ("/coaches", [("/coaches", "page")]),
        ("/coaches/c1", [("/coaches", "true")]),
        ("/edit-coach/c1", [("/coaches", "true")]),
        ("/confirm-coach/c1", [("/coaches", "true")]),
        ("/imports", [("/coaches", "true")]),
        ("/deleted", [("/shortlists", "true")]),
        ("/callers", [("/accounts", "true")]),
        ("/about-the-ranking", []),
    ):
        menu = boss.get(address).text.partition("</ul>")[0]
        assert re.findall(r'href="([^"]*)" aria-current="(\w+)"', menu) == marked, address
