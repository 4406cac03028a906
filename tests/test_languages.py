"""In which language the service speaks, and that whoever reads German reads no English."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from apiflask import APIFlask

from matcher.service import put_coaches
from tests.clients import Browser, a_browser, service, signed_in
from tests.factories import a_coach
from tests.test_access import Walker, routes
from tests.visible_words import english_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Start = Callable[..., APIFlask]
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def language_of(browser: Browser, path: str = "/sign-in", **headers: str) -> str:
    """What a page says of its own language."""
    return browser.get(path, headers=headers).text.partition('<html lang="')[2].partition('"')[0]


def test_a_browser_gets_the_language_that_it_asks_for(start: Start) -> None:
    app = start()
    asked = [language_of(a_browser(app), **{"Accept-Language": tag}) for tag in ("de-AT", "en-US", "fr", "")]
    assert asked == ["de-DE", "en-GB", "en-GB", "en-GB"]
    assert language_of(a_browser(start(language="de"))) == "de-DE"


def test_the_language_chosen_in_the_footer_stays_in_that_browser(start: Start) -> None:
    browser = a_browser(start())
    browser.read_token("/sign-in")
    answer = browser.post("/language", data={"language": "de", "back": "/coaches"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/coaches")
    assert language_of(browser, **{"Accept-Language": "en"}) == "de-DE"
    browser.post("/language", data={"language": ""})
    assert language_of(browser) == "en-GB"


def test_the_language_of_an_account_comes_before_that_of_the_browser(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    browser.post("/language", data={"language": "de", "back": "/account"})
    assert '<option value="de" lang="de" selected>' in browser.get("/account").text
    elsewhere = a_browser(app)
    elsewhere.sign_in("ada@kestrel.example")
    assert language_of(elsewhere, "/account", **{"Accept-Language": "en"}) == "de-DE"


def test_changing_the_language_leads_to_pages_of_ours_alone(start: Start) -> None:
    browser = a_browser(start())
    browser.read_token("/sign-in")
    for address in ("https://elsewhere.example/", "//elsewhere.example", "/nowhere"):
        assert browser.post("/language", data={"language": "de", "back": address}).headers["Location"] == "/sign-in"


def test_no_page_in_german_says_anything_in_english(start: Start, subtests: pytest.Subtests) -> None:
    app = start(language="de")
    put_coaches(service(app).engine, service(app).encoder, [a_coach(id="c2"), a_coach(id="c3")], datetime.now(UTC))
    walker = Walker(app)
    for method, rule in routes(app):
        if method != "GET" or rule.rule.startswith("/api/"):
            continue
        with subtests.test(rule=rule.rule), walker.opens("administrator", method, rule) as answer:
            if answer.mimetype == "text/html" and answer.status_code == 200:
                assert list(english_in(answer.text)) == []
    for path in ("/", "/sign-in"):
        with subtests.test(path=path):
            assert list(english_in(a_browser(app).get(path, follow_redirects=True).text)) == []


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/", {"budget.per_session": "viel", "times.mon.1.from": "09:00"}),
        ("/new-coach", {"name": "", "fees.amount": "x", "experience.coaching_hours": "-1"}),
        ("/accounts", {"email": "keine", "role": "keine"}),
        ("/account/password", {"current": "x", "new": "kurz", "repeated": "anders"}),
    ],
)
def test_what_is_wrong_with_a_form_is_said_in_german(start: Start, path: str, sent: dict[str, str]) -> None:
    answer = signed_in(start(language="de"), role="administrator").post(path, data=sent)
    assert answer.status_code == 422
    assert "Blick" in answer.text
    assert list(english_in(answer.text)) == []


def test_numbers_money_and_dates_are_written_as_in_germany(start: Start) -> None:
    app = start(language="de")
    browser = signed_in(app, role="administrator")
    coach = a_coach(experience={"coaching_hours": 1250}, fees={"amount": 312.5, "currency": "EUR", "per": "hour"})
    put_coaches(service(app).engine, service(app).encoder, [coach], datetime.now(UTC))
    page = browser.get(f"/coaches/{coach.id}").text
    assert "1.250" in page
    assert "312,50 € je Stunde, ohne Mehrwertsteuer" in page
