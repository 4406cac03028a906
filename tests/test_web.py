"""The HR pages, through the HTTP client, in a directory small enough to know the right answer."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matcher.app import create_app
from matcher.domain import Coach
from matcher.service import Service, put_coaches
from matcher.settings import Settings
from matcher.store import coaches, database
from tests.clients import service, signed_in
from tests.factories import SECRET_KEY, FakeEncoder, a_coach

INLINE_HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=")
OWN_SCRIPTS = ("/assets/once.js", "/assets/htmx.min.js", "/assets/need.js", "/assets/refine.js")
HOSTILE = "<script>alert(1)</script>"
SITUATION = "She still does all the work alone and tells nobody."


class Page(HTMLParser):
    """What a browser without JavaScript would find: controls with their values, links, ids and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: dict[str, dict[str, str | None]] = {}
        self.fields: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.words: list[str] = []
        self._open = ""
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert not found.keys() & {"style", "onclick", "onload"}
        assert tag != "script" or found["src"] in (*OWN_SCRIPTS, "/assets/errors.js")
        if name := found.get("id"):
            assert name not in self.ids
            self.ids[name] = found
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag in ("select", "textarea"):
            self._open = found["name"] or ""
        chosen = "checked" in found if found.get("type") in ("radio", "checkbox") else tag == "input"
        if chosen or (tag == "option" and "selected" in found):
            self.fields.setdefault(found.get("name") or self._open, []).append(found.get("value") or "")
        if tag == "textarea":
            self.fields[self._open] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # The parser of a browser drops the first line end.
            self.fields[self._open] = [self.fields[self._open][0].removeprefix("\n")]
        if tag in ("select", "textarea"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._open in self.fields and self.lasttag == "textarea":
            self.fields[self._open][0] += data


def page(response: TestResponse, status: int = 200) -> Page:
    assert response.status_code == status
    return Page(response.get_data(as_text=True))


@pytest.fixture
def client(migrated_sqlite: Path, tmp_path: Path) -> Iterator[FlaskClient]:
    shutil.copy(migrated_sqlite, tmp_path / "web.sqlite3")
    rates = tmp_path / "rates.csv"
    rates.write_text("Date,GBP,\n2026-10-30,0.85,\n", "utf-8")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'web.sqlite3'}",
        rates_file=str(rates),
        max_body_bytes=40_000,
        secret_key=SECRET_KEY,
    )
    app = create_app(settings, encoder=FakeEncoder())
    yield signed_in(app)
    service(app).engine.dispose()


def service_of(client: FlaskClient) -> Service:
    found = client.application.extensions["matcher"]
    assert isinstance(found, Service)
    return found


def enter(client: FlaskClient, *profiles: Coach) -> None:
    service = service_of(client)
    put_coaches(service.engine, service.encoder, profiles, datetime.now(UTC))


@pytest.fixture
def directory(client: FlaskClient) -> FlaskClient:
    reference = {"rating": 5, "verified": True, "text": "She gave me back my evenings and my team its work."}
    enter(
        client,
        a_coach(bio="I help managers to delegate what they do alone.", focus_areas=["delegation"]),
        a_coach(id="c2", name="Ben Ode", languages=["en", "nl"], references=[reference], focus_areas=["negotiation"]),
        a_coach(id="c3", name="Cleo Öz", fees={"amount": 900, "currency": "EUR", "per": "hour"}),
    )
    return client


def ask(client: FlaskClient, **fields: Any) -> TestResponse:
    return client.post("/", data={"summary": SITUATION} | {name.replace("__", "."): v for name, v in fields.items()})


def answered(client: FlaskClient, **fields: Any) -> str:
    """The address of the shortlist for a need."""
    response = ask(client, **fields)
    assert response.status_code == 303
    return response.headers["Location"]


FULL = {
    "outcome": "Two evenings a week free.",
    "role": "head of sales",
    "organisation": "Acme",
    "level": "middle",
    "industry": "banking",
    "importance.delegation": "3",
    "importance.boundaries": "1",
    "style.supportive": "preferred",
    "style.structured": "preferred",
    "style.directive": "avoid",
    "languages": ["en", "nl"],
    "modalities": "video",
    "location": "Utrecht",
    "budget.per_session": "250.5",
    "budget.currency": "EUR",
    "sessions.count": "6",
    "sessions.minutes": "60",
    "sessions.cadence": "biweekly",
    "start_by": "2027-01-04",
    "timezone": "Europe/Amsterdam",
    "week": ["mon-09", "mon-10", "mon-11"],
    "times.mon.1.from": "20:00",
    "times.mon.1.to": "00:00",
    "requirements.min_verified_references": "1",
}


def test_a_paragraph_alone_leads_to_a_shortlist(directory: FlaskClient) -> None:
    shown = page(directory.get(answered(directory)))
    assert "3 of 3 coaches in the directory meet every requirement" in shown.text
    assert SITUATION in shown.text
    assert "Goals, read from the text" in shown.text
    assert all(name in shown.text for name in ("Ada Bell", "Ben Ode", "Cleo Öz"))
    assert "€200 for 60 minutes" in shown.text


def test_a_start_left_open_is_told_as_the_day_it_stands_for(directory: FlaskClient) -> None:
    shown = page(directory.get(answered(directory, location="Utrecht")))
    today = datetime.now(UTC)
    assert f"Start by {today.day} {today:%B %Y}, since left open" in shown.text
    assert "City Utrecht" in shown.text and "Meeting" not in shown.text


def test_everything_asked_for_is_on_the_shortlist_s_page(directory: FlaskClient) -> None:
    shown = page(directory.get(answered(directory, **FULL)))
    assert "1 of 3 coaches in the directory meets every requirement." in shown.text
    for words in (
        "Head of sales",
        "Acme",
        "Middle",
        "Banking",
        "Delegation crucial",
        "Boundaries some",
        "Supportive, structured",
        "English or Dutch",
        "Meeting Video City Utrecht",
        "€250.50 a session",
        "6 × 60 minutes, every two weeks",
        "4 January 2027",
        "Mon 20:00–24:00, Mon 09:00–12:00 (Amsterdam)",
        "At least 1 verified",
        "€200 for 60 minutes",
        "€1,200 for 6 sessions",
        "She gave me back my evenings and my team its work. reference 1",
        "1 above the budget",
        "2 with fewer verified references than asked for",
    ):
        assert words in shown.text


def test_the_amounts_shown_add_up_to_the_score_shown(directory: FlaskClient) -> None:
    html = directory.get(answered(directory, **FULL)).get_data(as_text=True)
    amounts = [cell.replace("−", "-") for cell in re.findall(r'class="amount">([^<]+)</td>\s*</tr>', html)]
    base, *added, score = [float(amount) for amount in amounts if amount != "not counted"]
    assert added and round(base + sum(added), 3) == score
    assert f"</small> {score:.3f}</p>" in html


def test_a_need_can_be_changed_and_asked_again_with_nothing_lost(directory: FlaskClient) -> None:
    first = answered(directory, **FULL)
    link = next(link for link in page(directory.get(first)).links if link.startswith("/?from="))
    again = page(directory.get(link)).fields
    for name, value in FULL.items():
        assert again[name] == ([value] if isinstance(value, str) else value), name
    second = directory.post("/", data=again).headers["Location"]
    assert first in page(directory.get(link)).links
    needs = [directory.get(path).get_data(as_text=True).split("<section")[1] for path in (first, second)]
    assert needs[0] == needs[1].replace(second, first)


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(directory: FlaskClient) -> None:
    wrong = FULL | {
        "summary": f"</textarea>{HOSTILE}",
        "budget.per_session": "1.200,50",
        "sessions.minutes": "5",
        "start_by": "2027-02-30",
        "importance.boundaries": "9",
        "level": "boss",
        "times.mon.1.to": "08:00",
        "times.tue.2.from": "10:00",
        "requirements.min_verified_references": "many",
    }
    shown = page(directory.post("/", data=wrong), 422)
    faulty = [
        "level",
        "importance.boundaries",
        "start_by",
        "budget.per_session",
        "sessions.minutes",
        "times.mon.1.to",
        "times.tue.2.from",
        "requirements.min_verified_references",
    ]
    links = [link for link in shown.links if link.startswith("#") and link != "#content"]
    assert links == [f"#{name}" for name in faulty]
    for name in faulty:
        assert shown.ids[name]["aria-invalid"] == "true"
        assert f"{name}-message" in str(shown.ids[name]["aria-describedby"]).split()
        assert f"{name}-message" in shown.ids
    assert shown.ids["errors"]["role"] == "alert"
    assert "autofocus" in shown.ids["errors"]
    assert "aria-invalid" not in shown.ids["role"]
    assert "aria-invalid" not in shown.ids["timezone"]
    assert "Tuesday, second span, start needs both a start and an end." in shown.text
    for name in wrong.keys() - {"level", "importance.boundaries"}:
        sent = wrong[name]
        assert shown.fields[name] == ([sent] if isinstance(sent, str) else sent), name


def test_times_without_a_time_zone_ask_for_one(directory: FlaskClient) -> None:
    blank = FULL | {"timezone": ""}
    timeless = {name: value for name, value in blank.items() if name != "week" and "times." not in name}
    assert directory.post("/", data=timeless).status_code == 303
    assert "#timezone" in page(directory.post("/", data=blank | {"times.mon.1.to": "08:00"}), 422).links
    shown = page(directory.post("/", data=blank), 422)
    assert "Choose the time zone of the times given." in shown.text
    assert shown.ids["timezone"]["aria-invalid"] == "true"


def test_an_empty_form_says_what_is_missing_and_stores_nothing(directory: FlaskClient) -> None:
    shown = page(directory.post("/", data={"summary": " ", "budget.currency": "EUR"}), 422)
    assert "#summary" in shown.links
    assert "Describe the situation, or choose at least one goal." in shown.text
    with service_of(directory).engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM shortlist").scalar_one() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"summary=a%00b",
        b"summary=%ff%fe&level=%00&importance.delegation=%ff",
        b"summary=x&summary=y&level=middle&level=senior&sessions.minutes=1e999",
        b"summary=x&times.mon.1.from=9%0A10&times.mon.1.to=%E2%80%A8&timezone=..%2F..",
        b"summary=x&budget.per_session=NaN&budget.currency=%F0%9F%92%B6&start_by=99999-01-01",
        b"&&==&%=&summary",
        b"languages=" + b"&languages=".join([b"xx"] * 300),
        b'{"summary": "x"}',
    ],
)
def test_absurd_input_gets_the_form_again(directory: FlaskClient, body: bytes) -> None:
    response = directory.post("/", data=body, content_type="application/x-www-form-urlencoded")
    assert "another look" in page(response, 422).text


def test_repeated_and_unknown_fields_do_no_harm(directory: FlaskClient) -> None:
    assert ask(directory, role=["a", "b"], shoe_size="44").status_code == 303


def test_a_body_over_the_limit_gets_a_readable_page(directory: FlaskClient) -> None:
    response = ask(directory, outcome="x" * 50_000)
    assert "That is too much text" in page(response, 413).text


def test_reloading_the_answer_asks_for_nothing_new(directory: FlaskClient) -> None:
    address = answered(directory)
    first, second = directory.get(address), directory.get(address)
    # The token of a form tells the second it was made in.
    told, again = (re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text) for answer in (first, second))
    assert told == again
    assert first.headers["Cache-Control"] == "no-store"


def test_nobody_eligible_is_said_kindly_with_counts_and_what_would_help(directory: FlaskClient) -> None:
    shown = page(directory.get(answered(directory, budget__per_session="150", budget__currency="EUR")))
    assert "None of the 3 coaches in the directory meets every requirement." in shown.text
    assert "Nobody fits all of it" in shown.text
    assert "3 above the budget" in shown.text
    assert "€50 more per session: 2 more coaches" in shown.text


def test_an_empty_directory_is_told_on_both_pages(client: FlaskClient) -> None:
    assert "no coaches in the directory yet" in page(client.get("/")).text
    assert "no coaches in the directory yet" in page(client.get(answered(client))).text


def test_the_languages_offered_are_those_spoken_most_common_first(directory: FlaskClient) -> None:
    text = page(directory.get("/")).text
    assert text.index("English 3 coaches") < text.index("Dutch 1 coach")
    assert "German" not in text


@pytest.mark.parametrize("asked", ["c3", "Cleo Öz", "cleo", "ÖZ"])
def test_why_a_coach_is_not_shown_can_be_asked_by_id_or_name(directory: FlaskClient, asked: str) -> None:
    address = answered(directory, budget__per_session="250", budget__currency="EUR")
    shown = page(directory.get(f"{address}/why-not", query_string={"coach": asked}))
    assert "Cleo Öz Not eligible for this need" in shown.text
    assert "Costs more per session than the budget allows" in shown.text


def test_why_not_shows_rank_and_score_of_an_eligible_coach(directory: FlaskClient) -> None:
    enter(directory, a_coach(id="c4", name="Dee Low"))
    shown = page(directory.get(f"{answered(directory)}/why-not?coach=dee"))
    assert "Ranks" in shown.text
    assert "How the score adds up" in shown.text
    assert "coach" in shown.ids


def test_a_name_that_several_have_leads_to_a_choice(directory: FlaskClient) -> None:
    enter(directory, a_coach(id="c/4 ?", name="Ada Bellini"))
    address = answered(directory)
    shown = page(directory.get(f"{address}/why-not?coach=ada"))
    assert "Which coach do you mean?" in shown.text
    link = next(link for link in shown.links if "c/4" in link or "c%2F4" in link)
    assert "Ada Bellini" in page(directory.get(link)).text
    assert "Ada Bell" in page(directory.get(f"{address}/why-not?coach=Ada+Bell")).text


def test_a_converted_price_is_told_without_cents(directory: FlaskClient) -> None:
    shown = page(directory.get(answered(directory, budget__per_session="180.5", budget__currency="GBP")))
    assert "€200 for 60 minutes (about £170)" in shown.text


def test_more_names_than_are_shown_ask_for_more_of_the_name(directory: FlaskClient) -> None:
    enter(directory, *(a_coach(id=f"d{number}", name=f"Dee Low {number}") for number in range(21)))
    address = answered(directory)
    choice = page(directory.get(f"{address}/why-not?coach=low"))
    assert sum("coach=d" in link for link in choice.links) == 20
    assert "There are more; type more of the name." in choice.text
    assert "There are more" not in page(directory.get(f"{address}/why-not?coach=low+1")).text


def test_a_name_that_nobody_has_is_said_to_be_none(directory: FlaskClient) -> None:
    address = answered(directory)
    for asked in ("Zed", "%", "_", "c2\x00x", "delegation"):
        response = directory.get(f"{address}/why-not", query_string={"coach": asked})
        assert "Nobody of that name" in page(response, 404).text
    for blank in ("", " ", "\x00"):
        response = directory.get(f"{address}/why-not", query_string={"coach": blank})
        assert "Type a name, or a part of one." in page(response).text


def test_a_coach_entered_later_was_no_candidate(directory: FlaskClient) -> None:
    address = answered(directory)
    enter(directory, a_coach(id="c9", name="Late Comer"))
    assert "came into the directory after" in page(directory.get(f"{address}/why-not?coach=late")).text


def test_coaches_are_found_by_a_part_of_their_name_and_by_nothing_else(directory: FlaskClient) -> None:
    with database.snapshots(service_of(directory).engine).begin() as session:
        assert coaches.named(session, "BE", 5) == [("c1", "Ada Bell"), ("c2", "Ben Ode")]
        assert coaches.named(session, "öz", 5) == [("c3", "Cleo Öz")]
        assert coaches.named(session, "delegation", 5) == []
        assert coaches.named(session, "", 2) == [("c1", "Ada Bell"), ("c2", "Ben Ode")]


def test_deleting_asks_first_and_then_nothing_is_left(directory: FlaskClient) -> None:
    address = answered(directory)
    question = page(directory.get(f"{address}/delete"))
    assert "Delete this shortlist?" in question.text
    assert directory.get(address).status_code == 200
    gone = directory.post(f"{address}/delete", follow_redirects=True)
    assert "The shortlist is gone" in page(gone).text
    for path in (address, f"{address}/why-not?coach=c1", f"{address}/delete", f"/?from={address.split('/')[-1]}"):
        page(directory.get(path), 404)
    page(directory.post(f"{address}/delete"), 404)
    with service_of(directory).engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM need").scalar_one() == 0


def test_no_text_can_become_markup(client: FlaskClient) -> None:
    text = f"{HOSTILE} A long enough sentence about work that is done alone by everyone here."
    enter(client, a_coach(name=HOSTILE, headline=HOSTILE, bio=text, references=[{"rating": 5, "text": text}]))
    address = answered(client, summary=text, role=HOSTILE, outcome=HOSTILE, organisation=HOSTILE, location=HOSTILE)
    identifier = address.split("/")[-1]
    for path in (address, f"{address}/why-not?coach={HOSTILE}", f"/?from={identifier}", f"{address}/delete"):
        response = client.get(path)
        # Reading the page fails at any script but its own.
        page(response)
        assert "<script>" not in response.text
        assert "&lt;script&gt;" in response.text


def test_every_page_forbids_foreign_content_and_framing(directory: FlaskClient) -> None:
    for path in ("/", answered(directory), "/nowhere", "/problems/not-found", "/deleted"):
        headers = directory.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_pages_load_nothing_but_their_own_style_sheet_mark_and_script(directory: FlaskClient) -> None:
    html = directory.get("/").text
    linked = set(re.findall(r'(?:src|href)="(/assets/[^"]+|https?:[^"]+)"', html))
    assert linked == {"/assets/matcher.css", "/assets/mark.svg", *OWN_SCRIPTS} - {"/assets/refine.js"}
    for path in linked:
        with directory.get(path) as asset:
            assert asset.status_code == 200


def test_templates_hold_no_script_style_or_handler_of_their_own() -> None:
    templates = sorted((Path(__file__).parents[1] / "matcher/web/templates").glob("*.html"))
    assert len(templates) > 10
    for file in templates:
        html = file.read_text("utf-8").lower()
        assert "<style" not in html and " style=" not in html, file.name
        assert html.count("<script") == html.count("<script src=\"{{ url_for('web.static'"), file.name
        assert not INLINE_HANDLER.search(html), file.name
        assert "javascript:" not in html and "http://" not in html and "https://" not in html, file.name


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({}, 303),
    ],
)
def test_only_our_own_forms_are_accepted(directory: FlaskClient, headers: dict[str, str], status: int) -> None:
    response = directory.post("/", data={"summary": SITUATION}, headers=headers)
    assert response.status_code == status
    if status == 403:
        assert "This form came from elsewhere" in page(response, 403).text


@pytest.mark.parametrize("path", ["/nowhere", "/shortlists/x", "/shortlists/%00", "/?from=%ff", "/problems/none"])
def test_what_is_not_there_gets_a_readable_page(directory: FlaskClient, path: str) -> None:
    assert "There is nothing here" in page(directory.get(path), 404).text


def test_a_kind_of_problem_is_explained_at_its_address(client: FlaskClient) -> None:
    assert "The body is too large" in page(client.get("/problems/too-large")).text


def test_every_control_of_the_form_has_a_label(directory: FlaskClient) -> None:
    html = directory.get("/").text
    labelled = set(re.findall(r'<label for="([^"]+)"', html))
    controls = re.findall(r'<(?:select|textarea|input) id="([^"]+)"', html)
    assert controls and set(controls) == labelled
    unlabelled = re.findall(
        r"<input(?![^>]* (?:id=|type=.hidden))[^>]*>", re.sub(r"<label.*?</label>", "", html, flags=re.DOTALL)
    )
    assert unlabelled == []
