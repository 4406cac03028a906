"""The page of a need on either database: what is read is proposed, who can do it is counted, what is typed is kept."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from matcher.matching.reading import Reader
from matcher.store import database, schema
from matcher.store.tables import DraftRow, ShortlistRow
from tests.clients import a_caller, an_account, row_counts, service, signed_in
from tests.factories import CountingEncoder, a_coach
from tests.older_databases import bring_to
from tests.test_web import HOSTILE, Page, page
from tests.test_wishes import ASKS, COUNCIL, LECTURES, OTHER, READS, TEXT
from tests.wishing_world import ToldReading

TOLD = ToldReading(
    READS.wished,
    {"alone": ("delegation", 0.9), "late at night": ("boundaries", 0.3), "schoolboy": ("confidence", 0.19)},
    frozenset(re.findall(r"\w+", TEXT.lower())),
    told_of=READS.told_of,
)
LIVE = {"HX-Request": "true"}
IN_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Start = Callable[..., APIFlask]
Pages = Callable[..., FlaskClient]


@pytest.fixture
def pages(start: Start) -> Pages:
    """The pages of a service that reads as a test says, with a directory of three: `pages(reading)`."""

    def make(reading: ToldReading = TOLD) -> FlaskClient:
        app = start(CountingEncoder())
        found = service(app)
        app.extensions["matcher"] = replace(found, desk=replace(found.desk, reader=Reader(found.encoder, reading)))
        evenings = {"capacity": 3, "weekly": [{"day": "mon", "from": "17:00", "to": "21:00"}]}
        fee = {"amount": 500, "currency": "EUR", "per": "session", "minutes": 60}
        a_caller(app).put(
            a_coach(styles=["facilitative"]),
            a_coach(id="c2", name="Ben Ode", styles=["directive"], availability=evenings),
            a_coach(id="c3", name="Cleo Öz", fees=fee),
        )
        return signed_in(app)

    return make


def app_of(client: FlaskClient) -> APIFlask:
    return cast(APIFlask, client.application)


def send(client: FlaskClient, do: str = "", *, live: bool = False, **fields: Any) -> TestResponse:
    """What a button answers, or with `live` what htmx is answered."""
    sent = {"draft": "page 1"} | fields | ({"do": do} if do else {})
    return client.post("/", data=sent, headers=LIVE if live else {})


def shown(client: FlaskClient, do: str = "", **fields: Any) -> Page:
    """The page that a button leads to."""
    answer = send(client, do, **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?draft=kept")
    return page(client.get("/?draft=kept"))


def drafts(client: FlaskClient) -> list[dict[str, list[str]]]:
    with database.snapshots(service(app_of(client)).engine).begin() as session:
        return [json.loads(fields) for fields in session.scalars(select(DraftRow.fields))]


def sealed(client: FlaskClient) -> tuple[dict[str, Any], dict[str, Any]]:
    """The need of the only shortlist, and the goals and wishes that were read for it."""
    with database.snapshots(service(app_of(client)).engine).begin() as session:
        ((answer, facts),) = session.execute(select(ShortlistRow.answer, ShortlistRow.facts))
    return json.loads(answer)["need"], json.loads(facts)


def radios(html: str, name: str) -> dict[str, bool]:
    """The values of a group of radio buttons, and whether each is chosen."""
    found = re.findall(rf'<input type="radio" name="{re.escape(name)}" value="(\w*)"( checked)?>', html)
    return {value: bool(checked) for value, checked in found}


# What the text tells


def test_reading_proposes_goals_and_styles_each_with_its_words_and_accepts_none(pages: Pages) -> None:
    client = pages()
    found = shown(client, "read", summary=TEXT)
    for words in (
        f"Delegation proposed as crucial {OTHER} situation and wishes, 1 of 4",
        f"Boundaries proposed as of some importance {OTHER} situation and wishes, 1 of 4",
        f"Confidence a guess, proposed as of some importance {LECTURES} situation and wishes, 3 of 4",
        f"Facilitative proposed as one that suits {ASKS} situation and wishes, 2 of 4",
        f"Directive proposed as one to avoid {LECTURES} situation and wishes, 3 of 4",
        f"change the text if it is read wrongly. {COUNCIL} public service",
    ):
        assert words in found.text
    for name in ("importance.delegation", "importance.boundaries", "style.facilitative", "style.directive"):
        assert found.fields[name] == [""]
    assert row_counts(app_of(client))["shortlist"] == row_counts(app_of(client))["need"] == 0


def test_a_background_that_is_none_of_those_told_apart_is_said_not_to_count(pages: Pages) -> None:
    found = shown(pages(replace(TOLD, told_of={})), "read", summary=TEXT)
    assert f"{COUNCIL} does not count, since it is none of those told apart" in found.text


def test_with_htmx_the_parts_that_change_come_alone_with_word_of_how_many_proposals_wait(pages: Pages) -> None:
    html = send(pages(), "read", live=True, summary=TEXT).get_data(as_text=True)
    assert html.count('id="told"') == 1 and "<html" not in html
    assert "5 proposals wait below for you to accept or drop." in html
    assert '<p id="read-status" hx-swap-oob="innerHTML">' in html


def test_what_is_accepted_is_stated_with_its_weight_and_what_is_dropped_is_not_read_after_all(pages: Pages) -> None:
    client = pages()
    fields = {"importance.delegation": "2", "importance.boundaries": "dropped", "style.directive": "avoid"}
    answer = send(client, summary=TEXT, read="yes", **fields, **{"style.facilitative": "dropped"})
    assert answer.status_code == 303
    need, facts = sealed(client)
    assert need["focus_areas"] == [{"area": "delegation", "importance": 2}]
    assert need["styles"] == {"preferred": [], "avoid": ["directive"]}
    assert facts["passed_over"] == ["boundaries", "facilitative"]
    assert [wish["style"] for wish in facts["wishes"]] == ["directive", None]


def test_when_no_goal_is_accepted_they_are_read_from_the_text_without_those_dropped(pages: Pages) -> None:
    client = pages()
    address = send(client, summary=TEXT, read="yes", **{"importance.delegation": "dropped"}).headers["Location"]
    need, facts = sealed(client)
    assert need["focus_areas"] == []
    assert [goal["area"] for goal in facts["goals"]] == ["boundaries", "confidence"]
    assert "Goals, read from the text Boundaries 61%" in page(client.get(address)).text
    again = page(client.get(f"/?from={address.split('/')[-1]}"))
    assert again.fields["importance.delegation"] == ["dropped"]


def test_when_nothing_is_read_first_a_paragraph_and_one_button_are_enough(pages: Pages) -> None:
    client = pages()
    assert send(client, summary=TEXT).headers["Location"].startswith("/shortlists/")
    need, facts = sealed(client)
    assert need["focus_areas"] == []
    assert [goal["area"] for goal in facts["goals"]] == ["delegation", "boundaries", "confidence"]


def test_a_dropped_proposal_stays_dropped_when_the_text_is_read_again_and_when_it_tells_of_it_no_more(
    pages: Pages,
) -> None:
    client = pages()
    dropped = {"importance.delegation": "dropped", "style.facilitative": "dropped"}
    again = shown(client, "read", summary=TEXT, read="yes", **dropped)
    assert again.fields["importance.delegation"] == again.fields["style.facilitative"] == ["dropped"]
    assert "importance.delegation" in again.ids
    other = shown(client, "read", summary=LECTURES, read="yes", **dropped)
    assert other.fields["importance.delegation"] == other.fields["style.facilitative"] == ["dropped"]
    assert "importance.delegation" not in other.ids
    back = shown(
        client,
        "read",
        **{name: values for name, values in other.fields.items() if name != "csrf_token"} | {"summary": TEXT},
    )
    assert back.fields["importance.delegation"] == ["dropped"]


def test_a_level_is_proposed_with_the_title_that_tells_of_it_and_counts_once_it_is_accepted(pages: Pages) -> None:
    client, titled = pages(), f"{LECTURES} The team lead is new."
    found = shown(client, "read", summary=titled)
    assert "Level proposed as first-line" in found.text
    assert found.fields["level"] == [""]
    assert shown(client, "accept", summary=titled, read="yes").fields["level"] == ["first_line"]
    send(client, summary=titled, read="yes", level="middle")
    assert sealed(client)[0]["level"] == "middle"
    assert "level" not in shown(client, "read", summary=TEXT).fields


def test_a_level_that_is_dropped_is_not_stated_and_stays_dropped(pages: Pages) -> None:
    client, titled = pages(), f"{LECTURES} The team lead is new."
    assert shown(client, "accept", summary=titled, read="yes", level="dropped").fields["level"] == ["dropped"]
    send(client, summary=titled, read="yes", level="dropped")
    assert "level" not in sealed(client)[0]


def test_one_button_accepts_what_is_still_open_as_it_was_proposed(pages: Pages) -> None:
    client = pages()
    decided = {"importance.boundaries": "dropped", "importance.delegation": "1"}
    found = shown(client, "accept", summary=TEXT, read="yes", **decided)
    assert found.fields["importance.boundaries"] == ["dropped"]
    assert found.fields["importance.delegation"] == ["1"]
    assert found.fields["importance.confidence"] == ["1"]
    assert (found.fields["style.facilitative"], found.fields["style.directive"]) == (["preferred"], ["avoid"])
    assert "Accept all" not in found.text


def test_a_goal_is_proposed_or_in_the_list_and_never_in_both(pages: Pages) -> None:
    client = pages()
    blank = client.get("/").get_data(as_text=True)
    read = client.get(send(client, "read", summary=TEXT).headers["Location"]).get_data(as_text=True)
    for area in ("delegation", "boundaries", "negotiation"):
        assert list(radios(blank, f"importance.{area}")) == ["", "1", "2", "3"]
    assert list(radios(read, "importance.delegation")) == ["", "1", "2", "3", "dropped"]
    assert list(radios(read, "importance.negotiation")) == ["", "1", "2", "3"]
    assert list(radios(read, "style.supportive")) == ["", "preferred", "avoid"]


def test_a_text_that_was_not_understood_and_one_without_a_goal_are_said_to_be_so(pages: Pages) -> None:
    client = pages(ToldReading(words=frozenset()))
    assert "The text could not be read well" in shown(client, "read", summary=TEXT).text
    nothing = replace(TOLD, areas={}, wished={})
    found = shown(pages_like(client, nothing), "read", summary=TEXT)
    assert "No focus area was found in the text with any confidence" in found.text
    assert "No wish for a style was found in the text." in found.text


def pages_like(client: FlaskClient, reading: ToldReading) -> FlaskClient:
    """The same pages, read in another way."""
    found = service(app_of(client))
    changed = replace(found, desk=replace(found.desk, reader=Reader(found.encoder, reading)))
    client.application.extensions["matcher"] = changed
    return client


def test_reading_without_a_text_asks_for_one_beside_the_field(pages: Pages) -> None:
    found = page(send(pages(), "read", outcome="More time."), 422)
    assert "#summary" in found.links and found.fields["outcome"] == ["More time."]


def test_words_of_the_text_become_no_markup_among_the_proposals(pages: Pages) -> None:
    client = pages()
    send(client, "read", summary=f"{HOSTILE} alone")
    assert HOSTILE not in client.get("/?draft=kept").get_data(as_text=True)
    assert HOSTILE not in send(client, "read", live=True, summary=f"{HOSTILE} alone").get_data(as_text=True)


# Who can do it


def counted(client: FlaskClient, **fields: Any) -> str:
    """What the live line says."""
    answer = send(client, "count", live=True, **fields)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


TERMS: Mapping[str, Any] = {"start_by": "2027-01-04", "budget.currency": "EUR", "sessions.minutes": "60"}


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({}, "All 3 coaches can do this."),
        (
            {"budget.per_session": "300"},
            "2 of 3 coaches can do this. Without the limit of the budget, 3 could. "
            "The smallest step: €200 more per session: 1 more coach",
        ),
        (
            {"week": ["mon-18", "mon-19"], "timezone": "Europe/Amsterdam"},
            "1 of 3 coaches can do this. Without “evenings only” 3 could. "
            "The smallest step: Without the stated times: 2 more coaches",
        ),
        (
            {"week": ["mon-09", "mon-16", "tue-09"], "timezone": "Europe/Amsterdam"},
            "2 of 3 coaches can do this. Without “the times in the week” 3 could. "
            "The smallest step: Without the stated times: 1 more coach",
        ),
        (
            {"languages": "nl"},
            "None of the 3 coaches can do this. Without the languages asked for, 3 could. "
            "The smallest step: Coaching in English as well: 3 more coaches",
        ),
        (
            {"budget.per_session": "100"},
            "None of the 3 coaches can do this. Without the limit of the budget, 3 could. "
            "The smallest step: €100 more per session: 2 more coaches",
        ),
    ],
)
@IN_SQLITE
def test_the_live_line_says_how_many_can_do_it_and_which_wish_costs_most(
    pages: Pages, terms: dict[str, Any], said: str
) -> None:
    found = counted(pages(), **TERMS | terms)
    assert found.removesuffix(" Say how many sessions, and the total stands here.") == said


@pytest.mark.parametrize(
    ("terms", "changed"),
    [
        ({"budget.per_session": "100", "budget.total": "900"}, {"budget.per_session": ["200"]}),
        ({"languages": "nl"}, {"languages": ["en", "nl"]}),
        (
            {
                "week": ["mon-18", "mon-19"],
                "times.mon.1.from": "18:05",
                "times.mon.1.to": "18:50",
                "timezone": "Europe/Amsterdam",
            },
            {"week": [], "times.mon.1.from": [""], "times.mon.1.to": [""]},
        ),
        ({"requirements.min_credential_rank": "2"}, {"requirements.min_credential_rank": []}),
        ({"requirements.framework_contract": "true"}, {"requirements.framework_contract": []}),
    ],
)
@IN_SQLITE
def test_a_button_makes_the_smallest_step_in_the_form_and_loses_nothing_else(
    pages: Pages, terms: dict[str, Any], changed: dict[str, list[str]]
) -> None:
    client = pages()
    after = shown(client, "step", summary=TEXT, **TERMS | terms)
    assert "Changed in the form: " in after.text
    typed = {name: [value] if isinstance(value, str) else value for name, value in (TERMS | terms).items()}
    assert {name: after.fields.get(name, []) for name in typed} == typed | changed
    assert after.fields["summary"] == [TEXT]


def test_a_step_where_none_helps_or_nothing_can_be_counted_leaves_the_form_as_it_is(pages: Pages) -> None:
    client = pages()
    for budget in ("600", "a lot"):
        after = shown(client, "step", summary=TEXT, **TERMS | {"budget.per_session": budget})
        assert "Changed in the form" not in after.text and after.fields["budget.per_session"] == [budget]


def test_what_is_counted_is_what_a_shortlist_then_finds(pages: Pages) -> None:
    client = pages()
    terms = {**TERMS, "budget.per_session": "300", "week": ["mon-09", "mon-10"], "timezone": "Europe/Amsterdam"}
    assert counted(client, **terms).startswith("1 of 3 coaches can do this.")
    address = send(client, summary=TEXT, **terms).headers["Location"]
    assert "1 of 3 coaches in the directory meets every requirement." in page(client.get(address)).text


@IN_SQLITE
def test_counting_and_keeping_need_no_encoder_and_store_no_need(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    client = pages()

    def breaks(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(CountingEncoder, "encode", breaks)
    for do in ("count", "keep"):
        assert send(client, do, live=True, summary=TEXT, read="yes", **TERMS).status_code == 200
    assert row_counts(app_of(client))["need"] == 0


@IN_SQLITE
def test_the_budget_is_told_in_all(pages: Pages) -> None:
    client = pages()
    budget = TERMS | {"budget.per_session": "312.5"}
    assert "Say how many sessions, and the total stands here." in counted(client, **budget)
    assert "8 sessions at €312.50: at most €2,500 in all, without VAT." in counted(
        client, **budget, **{"sessions.count": "8"}
    )
    assert "1 session at €312.50" in shown(client, "count", summary=TEXT, **budget, **{"sessions.count": "1"}).text


@IN_SQLITE
def test_what_cannot_be_counted_by_is_named_in_place_of_a_count(pages: Pages) -> None:
    client = pages()
    assert counted(client, **TERMS, languages="en", **{"budget.per_session": "much"}).startswith(
        "Not counted yet. Budget per session"
    )
    assert "Choose the time zone" in counted(client, **TERMS, week="mon-09")


@IN_SQLITE
def test_the_hours_of_the_grid_are_a_table_and_become_windows(pages: Pages) -> None:
    client = pages()
    html = client.get("/").get_data(as_text=True)
    assert html.count('<input type="checkbox" name="week"') == 7 * 15
    assert html.count('<th scope="row">') == 15
    hours = ["mon-09", "mon-10", "mon-12", "sun-21", "sun-99", "whenever"]
    send(client, summary=TEXT, week=hours, timezone="Europe/Amsterdam")
    windows = sealed(client)[0]["availability"]["weekly"]
    assert [(window["day"], window["from"], window["to"]) for window in windows] == [
        ("mon", "09:00", "11:00"),
        ("mon", "12:00", "13:00"),
        ("sun", "21:00", "22:00"),
    ]


# The result hoped for

PASSED = "By a few simple rules, this result is specific, measurable, relevant and time-bound."


@pytest.mark.parametrize(
    ("outcome", "lacks"),
    [
        ("By June she hands over two of the five reports, so that her evenings are free.", ""),
        ("Bis Ende Juni übergibt sie zwei der fünf Berichte, damit das Team selbst entscheidet.", ""),
        ("Within six months he runs every second meeting himself because the team waits for it.", ""),
        ("In drei Monaten führt er jede Woche ein Gespräch mit jedem, damit niemand überrascht wird.", ""),
        ("She is more confident.", "SMRT"),
        ("Er soll besser kommunizieren.", "SMRT"),
        ("She is more relaxed within six months.", "SMR"),
        ("She delegates by the end of March, so that the team grows.", "M"),
        ("Sie delegiert zwei Aufgaben, damit das Team wächst.", "T"),
        ("He does half of the work alone, until late at night.", "T"),
    ],
)
@IN_SQLITE
def test_a_hint_names_the_letters_of_smart_that_nothing_was_found_for(pages: Pages, outcome: str, lacks: str) -> None:
    html = send(pages(), "keep", live=True, summary=TEXT, outcome=outcome).get_data(as_text=True)
    named = "".join(name[0] for name in re.findall(r"<li><strong>([\w-]+)</strong>", html))
    assert named == lacks
    assert (PASSED in html) == (not lacks)
    assert "Whether it is achievable, no machine can judge" in html


@IN_SQLITE
def test_no_hint_is_given_without_a_result_or_in_another_language_and_none_holds_anybody_up(pages: Pages) -> None:
    client = pages()
    for outcome in ("", "  ", "Une soirée libre par semaine."):
        assert "achievable" not in send(client, "keep", live=True, summary=TEXT, outcome=outcome).text
    assert send(client, summary=TEXT, outcome="Better.").headers["Location"].startswith("/shortlists/")


# Drafts

TYPED = {"summary": TEXT, "outcome": "More time.", "languages": ["en", "nl"], "importance.delegation": "3"}


def test_what_is_typed_is_kept_and_offered_again(pages: Pages) -> None:
    client = pages()
    assert "You have a draft" not in page(client.get("/")).text
    kept = send(client, "keep", live=True, **TYPED)
    assert "Kept as your draft on" in kept.text and "Nobody else sees it" in kept.text
    offered = page(client.get("/"))
    assert re.search(r"You have a draft of \d+ \w+ \d{4}, \d\d:\d\d UTC He does all of the work", offered.text)
    assert offered.fields["summary"] == [""]
    assert "/?draft=kept" in offered.links
    gone_on = page(client.get("/?draft=kept"))
    for name, value in TYPED.items():
        assert gone_on.fields[name] == ([value] if isinstance(value, str) else value)
    assert "You have a draft" not in gone_on.text and "Kept as your draft" in gone_on.text


def test_only_its_owner_sees_a_draft(pages: Pages, capsys: pytest.CaptureFixture[str]) -> None:
    client = pages()
    send(client, "keep", live=True, **TYPED)
    app = app_of(client)
    for email, role in (("ben@kestrel.example", "hr_partner"), ("eve@kestrel.example", "administrator")):
        other = signed_in(app, email, role=role)
        for path in ("/", "/?draft=kept"):
            assert "late at night" not in other.get(path).text
        other.post("/", data={"do": "discard", "discard": "page 1"})
    assert drafts(client) == [
        {name: [v] if isinstance(v, str) else v for name, v in {"draft": "page 1", **TYPED}.items()}
    ]
    assert "late at night" not in "".join(capsys.readouterr())


def test_every_button_keeps_what_is_typed_also_one_that_fails(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    client = pages()
    assert send(client, **TYPED, **{"sessions.minutes": "5"}).status_code == 422
    assert drafts(client)[0]["outcome"] == ["More time."]

    def breaks(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(CountingEncoder, "encode", breaks)
    assert send(client, **TYPED | {"outcome": "Two evenings."}).status_code == 500
    assert drafts(client)[0]["outcome"] == ["Two evenings."]


def test_a_draft_goes_when_its_shortlist_is_drawn_up(pages: Pages) -> None:
    client = pages()
    send(client, "keep", live=True, **TYPED)
    assert send(client, **TYPED).headers["Location"].startswith("/shortlists/")
    assert drafts(client) == []


def test_a_draft_is_discarded_on_request_after_a_second_thought(pages: Pages) -> None:
    client = pages()
    send(client, "keep", live=True, **TYPED)
    offered = page(client.get("/?draft=kept"))
    assert "Discard it… It cannot be brought back. Discard it for good" in offered.text
    answer = send(client, "discard", discard="page 1", **TYPED)
    assert (answer.status_code, answer.headers["Location"], drafts(client)) == (303, "/", [])


def test_a_draft_is_discarded_from_the_page_that_went_on_with_it(pages: Pages) -> None:
    client = pages()
    send(client, "keep", live=True, **TYPED)
    gone_on = {name: values[0] for name, values in page(client.get("/?draft=kept")).fields.items()}
    assert gone_on["draft.before"] == gone_on["discard"] == "page 1"
    answer = client.post("/", data=gone_on | {"do": "discard"})
    assert (answer.status_code, answer.headers["Location"], drafts(client)) == (303, "/", [])


def test_of_two_pages_open_at_once_none_replaces_what_was_typed_on_the_other(pages: Pages) -> None:
    client = pages()
    send(client, "keep", live=True, **TYPED)
    second = send(client, "keep", live=True, draft="page 2", summary="Something else.")
    assert "Not kept as a draft: the one of" in second.text
    assert drafts(client)[0]["summary"] == [TEXT]
    assert "Something else." in page(send(client, "count", draft="page 2", summary="Something else.")).fields["summary"]
    shown(client, "discard", draft="page 2", discard="page 1", summary="Something else.")
    assert drafts(client)[0]["summary"] == ["Something else."]


def test_a_page_that_is_sent_once_more_does_not_replace_what_was_typed_after_it(pages: Pages) -> None:
    client = pages()
    wrong = TYPED | {"sessions.minutes": "5"}
    after = page(send(client, **wrong), 422).fields
    assert after["draft.before"] == ["page 1"] and after["draft"] != ["page 1"]
    mended = {name: values for name, values in after.items() if name != "csrf_token"} | {"outcome": "Typed later."}
    assert "Kept as your draft" in send(client, "keep", live=True, **mended).text
    assert send(client, **wrong).status_code == 422
    assert drafts(client)[0]["outcome"] == ["Typed later."]


def test_an_emptied_form_leaves_no_draft_and_a_blank_one_makes_none(pages: Pages) -> None:
    client = pages()
    blank = {"summary": " ", "organisation": "Acme", "sessions.minutes": "60", "budget.currency": "EUR"}
    send(client, "keep", live=True, **blank)
    assert drafts(client) == []
    send(client, "keep", live=True, **TYPED)
    send(client, "keep", live=True, **blank)
    assert drafts(client) == []


def test_a_draft_that_is_too_old_is_not_offered_and_goes_with_the_next_one_that_anybody_keeps(start: Start) -> None:
    app = start(draft_days=2)
    ada, ben = signed_in(app), signed_in(app, "ben@kestrel.example")
    send(ada, "keep", live=True, **TYPED)
    for age, offered in ((timedelta(days=1, hours=23), True), (timedelta(days=2, hours=1), False)):
        with database.sessions(service(app).engine).begin() as session:
            session.execute(update(DraftRow).values(kept_at=datetime.now(UTC) - age))
        assert ("You have a draft" in ada.get("/").text) == offered
    send(ben, "keep", live=True, summary="Mine.")
    assert [draft["summary"] for draft in drafts(ada)] == [["Mine."]]


def test_a_reading_that_is_sent_when_the_sign_in_has_ended_goes_on_after_signing_in(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    browser.delete_cookie("__Host-matcher")
    asked = browser.post("/", data={"do": "read", "draft": "page 1", "summary": TEXT})
    assert asked.status_code == 401
    carried = re.findall(r'name="carried" value="([^"]+)"', asked.text)[0].replace("&#34;", '"')
    answer = browser.sign_in("ada@kestrel.example", carried=carried)
    assert answer.headers["Location"] == "/?draft=kept"
    found = page(browser.get("/?draft=kept"))
    assert found.fields["summary"] == [TEXT] and "Read from your text" in found.text
    assert row_counts(app)["shortlist"] == 0


def test_a_draft_holds_whatever_can_be_typed(pages: Pages) -> None:
    client = pages()
    strange = "a\x00b \U0001f6b6 </textarea><script>"
    send(client, "keep", live=True, summary=strange)
    assert drafts(client)[0]["summary"] == [strange]
    assert "<script>" not in client.get("/?draft=kept").text


def test_the_tables_of_drafts_are_made_for_a_database_of_before(empty_database_url: str) -> None:
    engine = database.open_engine(empty_database_url)
    bring_to(engine, "0003")
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM draft")).scalar_one() == 0
    engine.dispose()


def test_a_person_who_may_not_describe_needs_keeps_none(start: Start) -> None:
    app = start()
    keeper = signed_in(app, role="coach_manager")
    assert keeper.post("/", data={"do": "keep", "draft": "page 1", **TYPED}, headers=LIVE).status_code == 403
    assert row_counts(app)["draft"] == 0
    assert an_account(app, "x@kestrel.example")
