"""What a manager is shown through a link, what is not, and what can be said there; on both databases."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import text

from matcher.store import database, links
from tests.clients import ApiCaller, Browser, a_browser, a_caller, row_counts, service, signed_in
from tests.factories import a_coach, a_need
from tests.test_web import page

HERE = "Kestrel"
SECRET = "Beatrix weint nach jeder Sitzung und will das niemandem sagen."
HOPED = "Zwei Abende in der Woche ohne einen einzigen Anruf."


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def caller(app: APIFlask) -> ApiCaller:
    found = a_caller(app, organisation=HERE)
    dated = {"body": "ICF", "level": "PCC", "valid_until": "2028-03-01", "verified": True}
    ada = a_coach(id="a", name="Ada Bell", bio="Nine years in steel.", styles=["supportive"], credentials=[dated])
    others = {"b": "Ben Ode", "c": "Cleo Öz"}
    found.put(ada, *(a_coach(id=coach, name=name, bio="Nine years in steel.") for coach, name in others.items()))
    return found


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return signed_in(app, name="Dana Fox", organisation=HERE)


@pytest.fixture
def shortlist(caller: ApiCaller) -> str:
    """The address of a shortlist of Ada, Ben and Cleo."""
    need = a_need(summary=SECRET, outcome=HOPED, role="head of sales", organisation="Acme", start_by="2027-03-01")
    return f"/shortlists/{caller.shortlist(need)['id']}"


def made(browser: Browser, shortlist: str, *coaches: str, days: str = "14") -> str:
    """The address of a new link, from the root."""
    answer = browser.post(f"{shortlist}/links", data={"coach": list(coaches or "abc"), "days": days})
    assert answer.status_code == 201, answer.text
    (address,) = re.findall(r"<code>http://localhost(/shared/[\w-]+)</code>", answer.text)
    return address


def talk(manager: Browser, address: str, coach: str, path: str = "talks") -> Any:
    manager.read_token(address)
    return manager.post(f"{address}/{path}", data={"coach": coach})


def outcomes(caller: ApiCaller, shortlist: str) -> list[tuple[str, str]]:
    found = caller.send("GET", f"{shortlist}/outcomes").get_json()["outcomes"]
    return [(one["coach_id"], one["event"]) for one in found]


def test_a_link_shows_the_coaches_chosen_without_signing_in(app: APIFlask, browser: Browser, shortlist: str) -> None:
    shown = page(a_browser(app).get(made(browser, shortlist, "a", "c")))
    for words in ("Ada Bell", "Cleo Öz", "Sent to you by Dana Fox", "Supportive", "valid until 1 March 2028, checked"):
        assert words in shown.text
    assert "Nine years in steel." in shown.text
    assert "Ben Ode" not in shown.text


def test_nothing_of_what_was_written_about_the_manager_is_behind_it(
    app: APIFlask, browser: Browser, shortlist: str
) -> None:
    html = a_browser(app).get(made(browser, shortlist)).text
    for words in (
        SECRET,
        HOPED,
        "Beatrix",
        "Anruf",
        "head of sales",
        "Acme",
        "Score",
        "score",
        "€",
        "Rank ",
        shortlist,
    ):
        assert words not in html


def test_a_reason_that_quotes_the_need_is_left_out_of_it(app: APIFlask, browser: Browser, shortlist: str) -> None:
    address = made(browser, shortlist, "a")
    with service(app).engine.begin() as connection:
        (answer,) = connection.execute(text("SELECT answer FROM shortlist")).scalars()
        document = json.loads(answer)
        document["coaches"][0]["reasons"] = [f"Works as wished for in “{SECRET}”.", "Has led people for 9 years."]
        document["coaches"][0]["reservation"] = "Not as in: und will das niemandem sagen, as far as is known."
        connection.execute(text("UPDATE shortlist SET answer = :answer"), {"answer": json.dumps(document)})
    shown = page(a_browser(app).get(address))
    assert "Has led people for 9 years." in shown.text
    assert "Beatrix" not in shown.text and "niemandem" not in shown.text


def test_it_is_kept_from_indexes_caches_and_other_sites(app: APIFlask, browser: Browser, shortlist: str) -> None:
    headers = a_browser(app).get(made(browser, shortlist)).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]


def test_the_database_does_not_hold_what_opens_it(app: APIFlask, browser: Browser, shortlist: str) -> None:
    token = made(browser, shortlist).removeprefix("/shared/")
    assert len(token) >= 43
    with service(app).engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM shared_link")).all()
    assert token not in " ".join(map(str, row))
    assert token not in browser.get(f"{shortlist}/links").text


def test_its_address_is_in_no_line_of_the_log(
    app: APIFlask, browser: Browser, shortlist: str, capsys: pytest.CaptureFixture[str]
) -> None:
    address = made(browser, shortlist)
    a_browser(app).get(address)
    assert "/shared/<token>" in (told := capsys.readouterr().out)
    assert address not in told


def test_the_manager_says_with_whom_to_talk_and_hr_sees_who_said_so(
    app: APIFlask, browser: Browser, caller: ApiCaller, shortlist: str
) -> None:
    address, manager = made(browser, shortlist), a_browser(app)
    assert talk(manager, address, "b").headers["Location"] == address
    assert talk(manager, address, "c").status_code == 303
    shown = page(manager.get(address)).text
    assert "You would like to talk to Ben Ode ." in shown.replace("Ode.", "Ode .")
    assert "I would like to talk to Ada Bell" in shown
    assert outcomes(caller, shortlist) == [("b", "first_talk"), ("c", "first_talk")]
    told = page(browser.get(shortlist)).text
    assert "Two talks asked for." in told and told.count("recorded by the manager, through a link") == 2


def test_what_the_manager_asked_for_can_be_taken_back_through_the_same_link_alone(
    app: APIFlask, browser: Browser, caller: ApiCaller, shortlist: str
) -> None:
    first, second, manager = made(browser, shortlist), made(browser, shortlist), a_browser(app)
    talk(manager, first, "a")
    assert "A talk with Ada Bell is being arranged." in page(manager.get(second)).text
    talk(manager, second, "a", "talks/withdraw")
    assert outcomes(caller, shortlist) == [("a", "first_talk")]
    talk(manager, first, "a", "talks/withdraw")
    assert outcomes(caller, shortlist) == []


def test_what_hr_recorded_stays_theirs_when_the_manager_asks_too(
    app: APIFlask, browser: Browser, caller: ApiCaller, shortlist: str
) -> None:
    browser.post(f"{shortlist}/outcomes", data={"coach": "a", "what-1": "first_talk", "on-1": "2026-01-20"})
    address, manager = made(browser, shortlist), a_browser(app)
    talk(manager, address, "a")
    talk(manager, address, "a", "talks/withdraw")
    told = page(browser.get(shortlist)).text
    assert "First talk asked for 20 January 2026 recorded by Dana Fox" in told


def test_a_talk_that_was_held_before_the_manager_asks_was_asked_for_by_then(
    app: APIFlask, browser: Browser, caller: ApiCaller, shortlist: str
) -> None:
    browser.post(f"{shortlist}/outcomes", data={"coach": "a", "what-1": "talk_held", "on-1": "2026-01-20"})
    talk(a_browser(app), made(browser, shortlist), "a")
    assert outcomes(caller, shortlist) == [("a", "first_talk"), ("a", "talk_held")]
    assert "First talk asked for 20 January 2026 recorded by the manager" in page(browser.get(shortlist)).text


def test_a_coach_whom_the_link_does_not_show_cannot_be_asked_for(
    app: APIFlask, browser: Browser, caller: ApiCaller, shortlist: str
) -> None:
    answer = talk(a_browser(app), made(browser, shortlist, "a"), "b")
    assert "That coach is not on this page." in page(answer, 422).text
    assert outcomes(caller, shortlist) == []


def test_a_closed_link_says_so_kindly_and_tells_nothing(
    app: APIFlask, browser: Browser, caller: ApiCaller, shortlist: str
) -> None:
    address, manager = made(browser, shortlist), a_browser(app)
    manager.read_token(address)
    (path,) = re.findall(rf'action="({shortlist}/links/[^"]+/revoke)"', browser.get(f"{shortlist}/links").text)
    assert browser.post(path).headers["Location"] == f"{shortlist}/links"
    assert re.search(r"Closed on \d", page(browser.get(f"{shortlist}/links")).text)
    for answer in (manager.get(address), manager.post(f"{address}/talks", data={"coach": "a"})):
        shown = page(answer, 410).text
        assert "This link is not open any more" in shown and "for a new one" in shown
        assert "Ada" not in shown and "Dana" not in shown
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert outcomes(caller, shortlist) == []


def test_a_link_ends_by_itself(app: APIFlask, browser: Browser, shortlist: str) -> None:
    address = made(browser, shortlist, days="1")
    assert a_browser(app).get(address).status_code == 200
    past = datetime.now(UTC) - timedelta(seconds=1)
    with service(app).engine.begin() as connection:
        connection.execute(links.SharedLinkRow.__table__.update().values(expires_at=past))
    assert page(a_browser(app).get(address), 410)
    assert "Expired" in page(browser.get(f"{shortlist}/links")).text


def test_an_address_that_was_never_given_out_is_not_there(app: APIFlask) -> None:
    answer = a_browser(app).get("/shared/x")
    assert "Check that it was copied whole" in page(answer, 404).text
    assert 'class="button"' not in answer.text


@pytest.mark.parametrize("days", ["0", "61", "two", "", "-1", "99999999"])
def test_a_link_is_open_from_1_to_60_days(browser: Browser, app: APIFlask, shortlist: str, days: str) -> None:
    shown = page(browser.post(f"{shortlist}/links", data={"coach": ["a"], "days": days}), 422)
    assert "Open for how many days must be a whole number from 1 to 60." in shown.text
    assert shown.ids["days"]["aria-invalid"] == "true"
    assert shown.fields["coach"] == ["a"]
    assert row_counts(app)["shared_link"] == 0


def test_it_shows_at_least_one_coach_and_only_those_on_the_list(browser: Browser, shortlist: str) -> None:
    for coaches in ([], ["a", "zz"]):
        answer = browser.post(f"{shortlist}/links", data={"coach": coaches, "days": "3"})
        assert "Coaches to show must be at least one of those on the list." in page(answer, 422).text


def test_the_coaches_of_a_comparison_are_ticked_already(browser: Browser, shortlist: str) -> None:
    assert page(browser.get(f"{shortlist}/links?coach=a&coach=c")).fields["coach"] == ["a", "c"]
    blank = page(browser.get(f"{shortlist}/links")).fields
    assert (blank["coach"], blank["days"]) == (["a", "b", "c"], ["14"])


def test_a_form_that_is_out_of_date_is_shown_again(app: APIFlask, browser: Browser, shortlist: str) -> None:
    address = made(browser, shortlist)
    answer = a_browser(app).post(f"{address}/talks", data={"coach": "a"})
    assert "Nothing was noted yet; press the button once more." in page(answer, 400).text


def test_deleting_a_shortlist_ends_its_links_and_what_was_said_there(
    app: APIFlask, browser: Browser, shortlist: str
) -> None:
    address, manager = made(browser, shortlist), a_browser(app)
    talk(manager, address, "a")
    assert browser.post(f"{shortlist}/delete").status_code == 303
    assert manager.get(address).status_code == 404
    counts = row_counts(app)
    assert (counts["shared_link"], counts["outcome"], counts["shortlist"]) == (0, 0, 0)


def test_another_shortlist_s_link_cannot_be_closed_from_here(
    app: APIFlask, browser: Browser, caller: ApiCaller, shortlist: str
) -> None:
    address = made(browser, shortlist)
    other = f"/shortlists/{caller.shortlist(a_need())['id']}"
    with database.snapshots(service(app).engine).begin() as session:
        (link,) = links.of_shortlist(session, shortlist.rsplit("/", maxsplit=1)[-1])
    assert browser.post(f"{other}/links/{link.id}/revoke").status_code == 404
    assert a_browser(app).get(address).status_code == 200


def test_whoever_made_it_sees_what_the_manager_sees(browser: Browser, shortlist: str) -> None:
    html = browser.get(made(browser, shortlist)).text
    assert "Sign out" not in html and "Find a coach" not in html


def test_sentences_written_for_hr_are_told_to_the_manager(app: APIFlask, browser: Browser, shortlist: str) -> None:
    address = made(browser, shortlist, "a")
    with service(app).engine.begin() as connection:
        (answer,) = connection.execute(text("SELECT answer FROM shortlist")).scalars()
        document = json.loads(answer)
        document["coaches"][0]["reservation"] = "Has little time in common with the manager."
        connection.execute(text("UPDATE shortlist SET answer = :answer"), {"answer": json.dumps(document)})
    assert "Has little time in common with you." in page(a_browser(app).get(address)).text
