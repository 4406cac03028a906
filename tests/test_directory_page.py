"""The directory and the profile page, through the HTTP client."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, text, update

from matcher.domain import Coach
from matcher.store import coaches, database, directory, schema
from matcher.store.directory import Selection
from matcher.store.tables import DirectoryEntryRow
from tests.clients import Browser, a_caller, service, signed_in
from tests.factories import a_coach
from tests.older_databases import bring_to, older_profile
from tests.pages import opened

Start = Callable[..., APIFlask]
NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)


def put(app: APIFlask, *profiles: Coach, now: datetime | None = None) -> None:
    with database.sessions(service(app).engine).begin() as session:
        coaches.put(session, profiles, now or datetime.now(UTC))


@pytest.fixture
def app(start: Start) -> APIFlask:
    return start()


@pytest.fixture
def keeper(app: APIFlask) -> Browser:
    return signed_in(app, "kim@kestrel.example", role="coach_manager")


def shown(browser: Browser, query: str = "") -> list[str]:
    """The ids of the coaches on a page of the directory, in its order."""
    return [link.removeprefix("/coaches/") for link in opened(browser, f"/coaches{query}").links if "/coaches/" in link]


def test_an_empty_directory_says_who_can_fill_it(app: APIFlask, keeper: Browser) -> None:
    assert "No coach yet Import a file" in opened(keeper, "/coaches").text
    reader = opened(signed_in(app), "/coaches")
    assert "No coach yet A coach manager" in reader.text
    assert not {"/new-coach", "/imports"} & set(reader.links)


FILTERED = [
    ("words=zoe", ["zoe"]),
    ("words=turnaround+HOSPITAL", ["zoe"]),
    ("words=50%25", ["ben"]),
    ("words=id-of-cy", []),
    ("words=_", []),
    ("language=nl", ["ben", "zoe"]),
    ("language=nl&words=zoë", ["zoe"]),
    ("focus_area=delegation", ["ada"]),
    ("industry=banking", ["ben"]),
    ("level=senior", ["ben"]),
    ("style=directive", ["ada"]),
    ("credential=ICF+PCC", ["ada"]),
    ("credential=ICF+MCC", []),
    ("accepting=yes", ["ada"]),
    ("order=hours", ["ben", "ada", "zoe"]),
    ("language=klingon&order=price&page=x", ["ada", "ben", "zoe"]),
    ("page=99", ["ada", "ben", "zoe"]),
]


@pytest.mark.parametrize(("query", "expected"), FILTERED)
def test_coaches_are_found_by_words_and_by_each_fact(
    app: APIFlask, keeper: Browser, query: str, expected: list[str]
) -> None:
    today = datetime.now(UTC).date()
    later = (today + timedelta(days=30)).isoformat()
    held = [
        {"body": "ICF", "level": "PCC", "valid_until": today.isoformat()},
        {"body": "ICF", "level": "MCC", "valid_until": (today - timedelta(days=1)).isoformat()},
    ]
    ada = a_coach(id="ada", name="Ada", focus_areas=["delegation"], styles=["directive"], credentials=held)
    ben = a_coach(
        id="ben",
        name="ben",
        languages=["nl"],
        headline="Grew revenue by 50%",
        industries=["banking"],
        experience={"levels_coached": ["senior"], "coaching_hours": 900},
        availability={"capacity": 0},
    )
    zoe = a_coach(
        id="zoe",
        name="Zoë",
        languages=["en", "nl"],
        bio="Hospitals.\nA turnaround.",
        availability={"capacity": 2, "accepting_from": later},
    )
    put(app, zoe, ben, ada)
    assert shown(keeper, f"?{query}") == expected


def test_a_filter_that_nobody_fits_says_so_and_leads_back(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(bio="Secret words."))
    page = opened(keeper, "/coaches?language=nl&words=%22%3E%3Cb%3E")
    assert "No coach found" in page.text and "clear all filters" in page.text
    assert page.fields["language"] == [] or page.fields["language"] == [""] or "nl" not in page.fields["language"]
    assert page.fields["words"] == ['"><b>']


def test_a_long_directory_has_pages_that_keep_the_filters(app: APIFlask, keeper: Browser) -> None:
    put(app, *(a_coach(id=f"c{number:03}", name=f"Coach {number:03}") for number in range(120)))
    first = opened(keeper, "/coaches?language=en")
    assert "120 coaches found , 1 to 50 here" in first.text
    assert "/coaches?page=2&language=en" in first.links
    assert shown(keeper, "?language=en&page=3") == [f"c{number:03}" for number in range(100, 120)]


def test_what_is_changed_or_deleted_is_found_as_it_is_now(app: APIFlask, keeper: Browser) -> None:
    api = a_caller(app)
    api.put(a_coach(languages=["nl"], bio="Sailing."))
    api.put(a_coach(languages=["en"], bio="Climbing."))
    assert (shown(keeper, "?language=nl"), shown(keeper, "?words=sailing")) == ([], [])
    assert shown(keeper, "?language=en&words=climbing") == ["c1"]
    api.send("DELETE", "/coaches/c1")
    assert "No coach yet" in opened(keeper, "/coaches").text
    api.put(a_coach())
    assert shown(keeper) == ["c1"]


def test_conflicts_are_shown_to_those_alone_who_keep_profiles(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(conflicts=["Pavo Industries"]))
    assert "Pavo Industries" in opened(keeper, "/coaches/c1").text
    reader = signed_in(app)
    page = opened(reader, "/coaches/c1")
    assert "Pavo" not in page.text
    assert not {"/edit-coach/c1", "/delete-coach/c1"} & set(page.links)
    assert shown(reader, "?words=pavo") == []


def test_a_profile_is_told_in_words(app: APIFlask, keeper: Browser) -> None:
    put(
        app,
        a_coach(
            headline="Helps first-line managers",
            bio="<b>Bold</b>\nand brief.",
            focus_areas=["delegation"],
            styles=["action_oriented"],
            experience={"coaching_hours": 1200, "levels_coached": ["first_line"], "coaching_years": 1},
            languages=["en", "nl"],
            country="NL",
            supervision="Monthly, in a group",
            credentials=[{"body": "EMCC", "level": "Senior Practitioner", "verified": True}],
            references=[{"rating": 4.5, "industry": "it_services", "date": "2026-03-01", "text": "Calm."}],
            availability={"capacity": 1, "weekly": [{"day": "tue", "from": "09:00", "to": "24:00"}]},
        ),
    )
    told = opened(keeper, "/coaches/c1").text
    for words in (
        "<b>Bold</b> and brief.",
        "Delegation",
        "Action-oriented",
        "Levels coached First-line",
        "Hours of coaching 1,200",
        "Coaching for 1 year",
        "Supervision Monthly, in a group",
        "EMCC Senior Practitioner Checked Does not expire",
        "4.5 of 5 Not checked IT services, 1 March 2026 Calm.",
        "€200 a session of 60 minutes, without VAT",
        "English, Dutch",
        "Tuesday 09:00–24:00",
        "Amsterdam",
        "Places free 1 now",
    ):
        assert words in told, words


def test_a_bare_profile_names_what_matching_lacks_and_a_full_one_nothing(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(modalities=["in_person"]), FULL)
    bare = opened(keeper, "/coaches/c1").text
    for name in ("How the coach works", "Focus areas", "Hours of coaching", "A checked reference", "Cities"):
        assert f"{name}:" in bare.replace(" :", ":"), name
    assert "Places free:" not in bare.replace(" :", ":") and "%" not in bare
    assert "To look at" not in opened(keeper, "/coaches/full").text


FULL = a_coach(
    id="full",
    bio="A bio.",
    approach="An approach.",
    focus_areas=["delegation"],
    styles=["directive"],
    industries=["banking"],
    experience={"levels_coached": ["middle"], "coaching_hours": 5, "leadership_years": 0},
    credentials=[{"body": "ICF", "level": "PCC", "verified": True}],
    references=[{"rating": 5, "verified": True}],
)


@pytest.mark.parametrize(
    ("age", "end", "told"),
    [
        (90, 61, []),
        (91, 61, ["Places and times"]),
        (91, 60, ["Places and times", "ICF PCC expires on"]),
        (0, 0, ["ICF PCC expires on"]),
        (0, -1, ["ICF PCC expired on"]),
        (366, 61, ["Places and times", "Nothing was changed"]),
    ],
)
def test_facts_that_may_no_longer_be_true_are_named(
    app: APIFlask, keeper: Browser, age: int, end: int, told: list[str]
) -> None:
    now = datetime.now(UTC)
    until = (now.date() + timedelta(days=end)).isoformat()
    held = [{"body": "ICF", "level": "PCC", "verified": True, "valid_until": until}]
    put(app, FULL.model_validate(FULL.model_dump() | {"credentials": held}), now=now - timedelta(days=age))
    words = opened(keeper, "/coaches/full").text
    every = ["Places and times", "ICF PCC expires on", "ICF PCC expired on", "Nothing was changed"]
    assert [one for one in every if one in words] == told


def test_a_profile_that_is_confirmed_is_up_to_date_again(app: APIFlask, keeper: Browser) -> None:
    put(app, FULL, now=datetime.now(UTC) - timedelta(days=400))
    assert "May no longer be true" in opened(keeper, "/coaches/full").text
    assert keeper.post("/confirm-coach/full").headers["Location"] == "/coaches/full"
    assert "Noted: the profile is still right" in opened(keeper, "/coaches/full").text
    assert "To look at" not in opened(keeper, "/coaches/full").text


def test_a_change_of_something_else_does_not_make_the_availability_new(app: APIFlask, keeper: Browser) -> None:
    put(app, FULL, now=datetime.now(UTC) - timedelta(days=100))
    put(app, FULL.model_validate(FULL.model_dump() | {"headline": "New"}))
    words = opened(keeper, "/coaches/full").text
    assert "Places and times" in words and "Nothing was changed" not in words
    put(app, FULL.model_validate(FULL.model_dump() | {"availability": {"capacity": 9}}))
    assert "Places and times" not in opened(keeper, "/coaches/full").text


def test_an_id_with_slashes_has_its_own_page(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(id="a/edit?x=1#y", name="Slash"))
    (link,) = [link for link in opened(keeper, "/coaches").links if link.startswith("/coaches/")]
    assert "Slash" in opened(keeper, link).text
    assert keeper.get("/coaches/none").status_code == 404


# Export


ROUND_TRIP = a_coach(
    id="=1+1",
    name="Zoë; of 'here'",
    headline="  spaced ",
    bio="\n'quoted text '\r\nLine, with \"marks\"\t",
    approach="'='",
    experience={"coaching_years": 12.5, "roles_held": ["Head; sales", "[x]", "-minus"], "levels_coached": ["middle"]},
    methods=["GROW"],
    locations=["=Paris"],
    credentials=[{"body": "EMCC", "level": "Senior Practitioner", "valid_until": "2028-01-01", "verified": True}],
    references=[{"rating": 4.5, "text": 'Said; "so"\n', "date": "2026-01-01"}],
    conflicts=["'a'", "b"],
    supervision="@monthly",
)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_export_is_imported_again_without_a_change(app: APIFlask, keeper: Browser, kind: str) -> None:
    put(app, ROUND_TRIP, FULL, a_coach())
    exported = keeper.get(f"/coach-export/{kind}")
    assert f'coaches-{datetime.now(UTC).date()}.{kind}"' in exported.headers["Content-Disposition"]
    answer = keeper.post("/imports", data={"file": (io.BytesIO(exported.data), f"coaches.{kind}")})
    assert answer.status_code == 303, answer.text
    preview = opened(keeper, answer.headers["Location"]).text
    assert "0 new 0 changed 3 as they are already 0 with a problem" in preview


def test_an_export_holds_what_the_filters_leave_in_their_order(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(id="a", name="Ben"), a_coach(id="b", name="Ada"), a_coach(id="c", languages=["nl"]))
    lines = keeper.get("/coach-export/jsonl?language=en").text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["b", "a"]
    rows = list(csv.DictReader(io.StringIO(keeper.get("/coach-export/csv?language=nl").text.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == ["c"]
    assert keeper.get("/coach-export/xml").status_code == 404


# The store


def test_profiles_of_before_are_in_the_directory_as_if_they_were_put_again(empty_database_url: str) -> None:
    engine = database.open_engine(empty_database_url)
    bring_to(engine, "0003")
    profiles = [ROUND_TRIP, FULL, a_coach(availability={"capacity": 1, "accepting_from": "2027-02-01"})]
    with database.sessions(engine).begin() as session:
        for profile in profiles:
            older_profile(session, profile)
    schema.upgrade(engine)
    migrated = rows(engine)
    with database.sessions(engine).begin() as session:
        directory.keep(session, profiles, NOW + timedelta(days=1), listed=[profile.id for profile in profiles])
        session.execute(update(DirectoryEntryRow).values(confirmed_at=NOW))
    # The availability is not taken for another one either.
    assert migrated == rows(engine)
    engine.dispose()


def rows(engine: Engine) -> Any:
    with engine.connect() as connection:
        entries = connection.execute(text("SELECT * FROM directory_entry ORDER BY coach_id")).all()
        codes = connection.execute(text("SELECT * FROM directory_code ORDER BY kind, code, coach_id")).all()
    return entries, codes


def test_ten_thousand_coaches_are_searched_and_paged_in_a_moment(engine: Engine) -> None:
    bio = "Hospitals and their managers, turned around in a year of patient work with all of them. " * 20
    with database.sessions(engine).begin() as session:
        for first in range(0, 10_000, 1_000):
            numbers = range(first, first + 1_000)
            coaches.put(session, [a_coach(id=f"c{number}", name=f"Coach {number}", bio=bio) for number in numbers], NOW)
    asked = Selection(date(2027, 1, 4), "patient 9999", language="en", accepting=True)
    with database.snapshots(engine).begin() as session:
        directory.count(session, asked)
        began = perf_counter()
        found = directory.count(session, asked), directory.entries(session, asked, 0, 50)
        took = perf_counter() - began
    assert (found[0], [entry.coach_id for entry in found[1]]) == (1, ["c9999"])
    assert took < 2
