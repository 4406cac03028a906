"""In which language the service speaks, and that whoever reads German reads no English."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from apiflask import APIFlask

from matcher.domain import Need
from matcher.service import put_coaches
from tests.buyer_portal import Portal
from tests.clients import ApiCaller, Browser, a_browser, a_caller, document, service, signed_in
from tests.factories import a_coach, a_need
from tests.pages import opened
from tests.test_access import Walker, routes
from tests.test_audit import tampered
from tests.test_punchout import a_buyer, basket, shortlisted, visiting
from tests.visible_words import english_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Start = Callable[..., APIFlask]
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def listed_in_german(caller: ApiCaller, need: Need) -> str:
    """The page of a shortlist that was drawn up in German."""
    answer = caller.send("POST", "/shortlists", document(need), headers=GERMAN)
    return f"/shortlists/{answer.json['id']}"


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


def test_caches_are_told_of_what_a_language_depends_on_and_files_are_the_same_for_all(start: Start) -> None:
    browser = a_browser(start())
    for address in ("/sign-in", "/nowhere"):
        assert {"Accept-Language", "Cookie"} <= browser.get(address).vary.as_set(preserve_casing=True)
    for address in ("/assets/matcher.css", "/healthz", "/api/v1/openapi.json"):
        assert "Accept-Language" not in browser.get(address, buffered=True).vary.as_set(preserve_casing=True)


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


def test_an_offer_is_told_in_german(start: Start) -> None:
    app = start(language="de")
    browser, caller = signed_in(app), a_caller(app, organisation="Kestrel")
    contract = {"number": "F-7", "valid_from": "2026-01-01", "valid_until": "2027-12-31"}
    fees = {"amount": 200, "currency": "EUR", "per": "session", "minutes": 60}
    caller.put(
        a_coach(fees=fees, vat_rate=5.5, supplier={"contract": contract}),
        a_coach(id="c2", name="Ben Orr", fees=fees | {"currency": "USD", "per": "hour"}),
    )
    budget = {"per_session": 300, "currency": "EUR", "total": 500}
    need = a_need(sessions={"count": 4, "minutes": 60}, budget=budget, start_by="2027-03-01")
    address = listed_in_german(caller, need)
    page = opened(browser, address)
    for words in (
        "Mehrwertsteuer 5,5 %: 44 €",
        "300 € über der Obergrenze von 500 €",
        "F-7, gültig vom 1. Januar 2026 bis 31. Dezember 2027",
        "USD (",
    ):
        assert words in page.text
    for path in (address, f"{address}/compare?coach=c1&coach=c2"):
        assert list(english_in(browser.get(path).text)) == []
    columns = browser.get(f"{address}/coaches.csv").text.splitlines()[0]
    assert "Mehrwertsteuersatz in %,Mehrwertsteuer,Preis mit Mehrwertsteuer" in columns


def test_what_a_framework_contract_costs_is_told_in_german(start: Start) -> None:
    app = start(language="de")
    browser, caller = signed_in(app), a_caller(app, organisation="Kestrel")
    caller.put(a_coach())
    need = a_need(requirements={"framework_contract": True})
    page = browser.get(listed_in_german(caller, need)).text
    assert "Ohne Rahmenvertrag: 1 Coach mehr" in page
    assert "ohne einen zu Beginn gültigen Rahmenvertrag" in page
    assert list(english_in(page)) == []


def test_one_coach_is_counted_in_the_singular(start: Start) -> None:
    app = start(language="de")
    a_caller(app).put(a_coach())
    told = signed_in(app).post("/", data={"do": "count", "languages": "nl"}, headers={"HX-Request": "true"}).text
    assert "Der einzige Coach kommt dafür nicht infrage." in told
    assert "Ohne die verlangten Sprachen käme 1 Coach infrage." in told
    assert "1 Coach mehr" in told


def test_the_audit_log_is_told_in_german_whether_it_holds_or_not(start: Start) -> None:
    app = start(language="de")
    boss = signed_in(app, role="administrator")
    a_caller(app).put(a_coach())
    pages = [boss.get(f"/audit?{asked}").text for asked in ("", "check=yes", "what=c1", "who=nobody")]
    tampered(service(app).engine, "UPDATE audit_entry SET subject = 'x' WHERE number = 1")
    pages.append(boss.get("/audit?check=yes").text)
    assert "Profil hinzugefügt" in pages[0]
    assert "Eintrag 1 wurde nachträglich verändert." in pages[-1]
    assert [list(english_in(page)) for page in pages] == [[]] * 5


def test_a_visit_from_a_portal_is_in_the_language_of_its_browser(start: Start) -> None:
    app = start()
    a_caller(app).put(a_coach(vat_rate=19))
    guest, _ = visiting(app, Portal(a_buyer(app)))
    guest.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    address = shortlisted(guest)
    form, shown = guest.get("/").text, guest.get(address).text
    taken, cancelled = basket(guest, address)[1], guest.post("/punchout/cancel").text
    told = {form: "Einkauf für Acme", shown: "In den Warenkorb", taken: "€ Mehrwertsteuer.", cancelled: "leeren"}
    for page, words in told.items():
        assert words in page
        assert list(english_in(page)) == []


def test_a_program_gets_sentences_in_the_language_that_it_asks_for_and_problems_in_english(start: Start) -> None:
    api = a_caller(start())
    api.put(a_coach(experience={"leadership_years": 1}))
    answers = [
        api.send("POST", "/shortlists", document(a_need()), headers={"Accept-Language": tag})
        for tag in ("de-DE", "fr", "en")
    ]
    assert [answer.headers["Content-Language"] for answer in answers] == ["de", "en", "en"]
    german, *english = [" ".join(said_of(answer.json)) for answer in answers]
    assert "Ist jetzt frei." in german
    assert english[0] == english[1] != german
    shown = api.send("GET", answers[0].headers["Location"], headers={"Accept-Language": "en"})
    assert (shown.data, shown.headers["Content-Language"]) == (answers[0].data, "de")
    assert "Accept-Language" in answers[0].vary.as_set(preserve_casing=True)
    refused = api.send("POST", "/shortlists", {"levels": 1}, headers={"Accept-Language": "de"})
    assert refused.json["title"] == "The input breaks the contract"


def test_why_a_coach_is_not_shown_is_said_in_the_language_of_who_asks_whatever_that_of_the_list(start: Start) -> None:
    api = a_caller(start())
    api.put(a_coach())
    shortlist = api.shortlist(a_need())
    address = f"/shortlists/{shortlist['id']}/coaches/c1"
    german, english = (api.send("GET", address, headers={"Accept-Language": tag}).json for tag in ("de", "en"))
    assert german["explanation"][0].startswith("Steht auf Rang 1 von 1")
    assert english["explanation"][0].startswith("Ranks 1 of 1")


def test_a_page_marks_the_sentences_of_a_list_that_was_drawn_up_in_another_language(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    api = a_caller(app, organisation="Kestrel")
    api.put(a_coach())
    page = f"/shortlists/{api.shortlist(a_need())['id']}"
    assert 'lang="en">' not in browser.get(page).text.partition("<main")[2].partition("</main")[0]
    german = browser.get(page, headers=GERMAN).text
    assert '<p lang="en">' in german
    assert list(english_in(german)) == []


def said_of(answer: dict[str, Any]) -> list[str]:
    """The sentences of the first coach of an answer."""
    coach = answer["coaches"][0]
    return [*coach["reasons"], coach["reservation"]]
