"""Adding, changing, deleting and bringing back a coach on the pages, through the HTTP client."""

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from matcher.domain import Coach
from matcher.store import coaches, database
from tests.clients import Browser, a_caller, service, signed_in
from tests.factories import a_coach, a_need
from tests.pages import Page, opened, page
from tests.test_directory_page import FULL, ROUND_TRIP, put

Start = Callable[..., APIFlask]
NEW = {
    "id": "c7",
    "name": "Ada Bell",
    "languages": ["", "nl"],
    "modalities": "video",
    "timezone": "Europe/Amsterdam",
    "fees.amount": "200",
    "fees.currency": "EUR",
    "fees.per": "session",
    "fees.minutes": "60",
    "availability.capacity": "3",
    "times.mon.1.from": "09:00",
    "times.mon.1.to": "17:00",
}


@pytest.fixture
def app(start: Start) -> APIFlask:
    return start()


@pytest.fixture
def keeper(app: APIFlask) -> Browser:
    return signed_in(app, "kim@kestrel.example", role="coach_manager")


def stored(app: APIFlask, coach_id: str = "c1") -> Coach | None:
    with database.snapshots(service(app).engine).begin() as session:
        return coaches.get(session, coach_id)


def sends(browser: Browser, address: str, form: Page, **changes: Any) -> TestResponse:
    """The answer to the form of a page, sent as it is but for those fields, whose dots are written as `__`."""
    named = {name.replace("__", "."): value for name, value in changes.items()}
    fields = {name: values for name, values in form.fields.items() if name != "csrf_token"}
    return browser.post(address, data=fields | named)


def test_a_coach_is_added_and_is_in_the_next_shortlist(app: APIFlask, keeper: Browser) -> None:
    opened(keeper, "/new-coach")
    answer = keeper.post("/new-coach", data=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/coaches/c7")
    assert "The coach is added" in opened(keeper, "/coaches/c7").text
    assert stored(app, "c7") == a_coach(id="c7", languages=["nl"])
    shortlist = a_caller(app).shortlist(a_need())
    assert [coach["coach_id"] for coach in shortlist["coaches"]] == ["c7"]


def test_an_id_that_is_taken_is_refused_and_nothing_typed_is_lost(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(id="c7", name="First"))
    again = page(keeper.post("/new-coach", data=NEW | {"bio": "Typed."}), 422)
    assert again.messages == {"id": "Is the id of another coach; choose another one."}
    assert (again.fields["bio"], again.fields["id"]) == (["Typed."], ["c7"])
    kept = stored(app, "c7")
    assert kept is not None and kept.name == "First"


def test_every_problem_stands_at_its_field(app: APIFlask, keeper: Browser) -> None:
    wrong = {
        "name": "",
        "headline": "x" * 121,
        "experience.coaching_hours": "many",
        "fees.minutes": "",
        "times.tue.2.from": "12:00",
        "times.tue.2.to": "09:00",
        "credentials.0.title": "ICF XYZ",
        "references.1.rating": "9",
        "references.1.text": "Good.",
        "methods": "GROW\r\n" + "x" * 201,
        "timezone": "Moon/Base",
    }
    answer = page(keeper.post("/new-coach", data=NEW | wrong), 422)
    assert answer.messages.keys() == {
        "name",
        "headline",
        "experience.coaching_hours",
        "fees.minutes",
        "times.tue.2.to",
        "credentials.0.title",
        "references.1.rating",
        "methods",
        "timezone",
    }
    for name in answer.messages:
        assert f"#{name}" in answer.links
        assert answer.ids[name].get("aria-invalid") == "true" or name.startswith("times"), name
    assert answer.fields["methods"] == ["GROW\r\n" + "x" * 201]
    assert answer.fields["references.1.text"] == ["Good."]
    assert stored(app, "c7") is None


def test_a_blank_form_names_what_a_profile_must_have(keeper: Browser) -> None:
    answer = page(keeper.post("/new-coach", data={}), 422)
    expected = {"id", "name", "languages", "modalities", "timezone", "fees.amount", "availability.capacity"}
    assert answer.messages.keys() == expected


ODD = ROUND_TRIP.model_dump() | {
    "id": "a/b?c",
    "bio": "\nA bio. ",
    "timezone": "Asia/Calcutta",
    "country": "IN",
    "headline": "spaced",
    "fees": {"amount": "12.5", "currency": "AED", "per": "hour"},
    "availability": {
        "capacity": 0,
        "weekly": [
            {"day": "mon", "from": start, "to": end}
            for start, end in (("08:00", "09:00"), ("10:00", "11:00"), ("20:00", "24:00"))
        ],
    },
}


@pytest.mark.parametrize("coach", [FULL, Coach.model_validate(ODD), a_coach()])
def test_a_form_that_is_saved_as_it_is_changes_nothing(app: APIFlask, keeper: Browser, coach: Coach) -> None:
    put(app, coach)
    address = f"/edit-coach/{coach.id.replace('?', '%3F')}"
    answer = sends(keeper, address, opened(keeper, address))
    assert answer.status_code == 303, answer.text
    assert stored(app, coach.id) == coach


def test_a_profile_is_changed_and_entries_are_removed(app: APIFlask, keeper: Browser) -> None:
    put(app, FULL)
    form = opened(keeper, "/edit-coach/full")
    change: dict[str, Any] = {"credentials.0.removed": "yes", "credentials.1.title": "EMCC Senior Practitioner"}
    change |= {"credentials.1.verified": "true", "focus_areas": ["delegation", "confidence"]}
    answer = sends(
        keeper, "/edit-coach/full", form, **{name.replace(".", "__"): value for name, value in change.items()}
    )
    assert answer.status_code == 303, answer.text
    found = stored(app, "full")
    assert found is not None
    assert [(held.level, held.verified) for held in found.credentials] == [("Senior Practitioner", True)]
    assert found.focus_areas == ("delegation", "confidence")
    assert found.references == FULL.references


def test_another_entry_is_added_without_losing_or_storing_anything(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach())
    form = opened(keeper, "/edit-coach/c1")
    for more, field in (("references", "references.1.rating"), ("times", "times.sun.3.to")):
        assert field not in form.ids
        again = page(sends(keeper, "/edit-coach/c1", form, more=more, name="Typed", references__0__text=""))
        assert field in again.ids
        assert again.fields["name"] == ["Typed"]
    assert stored(app) == a_coach()


def test_of_two_who_edit_at_once_the_second_sees_both_versions_and_decides(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(bio="Before."))
    other = signed_in(app, "boss@kestrel.example", role="administrator")
    mine, theirs = opened(keeper, "/edit-coach/c1"), opened(other, "/edit-coach/c1")
    assert sends(other, "/edit-coach/c1", theirs, bio="Theirs.").status_code == 303
    told = page(sends(keeper, "/edit-coach/c1", mine, bio="Mine.", headline="Also mine"), 409)
    assert "Somebody else changed this profile while you edited it" in told.text
    assert "Background Theirs. Mine." in told.text and "Headline Empty Also mine" in told.text
    assert told.fields["bio"] == ["Mine."]
    kept = stored(app)
    assert kept is not None and kept.bio == "Theirs."
    assert sends(keeper, "/edit-coach/c1", told).status_code == 303
    saved = stored(app)
    assert saved is not None and (saved.bio, saved.headline) == ("Mine.", "Also mine")


def test_who_edits_what_was_deleted_is_told_and_may_bring_it_back(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach())
    form = opened(keeper, "/edit-coach/c1")
    a_caller(app).send("DELETE", "/coaches/c1")
    told = page(sends(keeper, "/edit-coach/c1", form, name="Back"), 409)
    assert "Somebody else deleted this coach" in told.text
    assert stored(app) is None
    assert sends(keeper, "/edit-coach/c1", told).status_code == 303
    assert stored(app) == a_coach(name="Back")


def test_a_change_without_a_version_is_not_stored(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach())
    form = opened(keeper, "/edit-coach/c1")
    assert sends(keeper, "/edit-coach/c1", form, version="x", name="No").status_code == 404
    assert stored(app) == a_coach()


def test_an_import_of_other_coaches_is_no_other_version(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach())
    form = opened(keeper, "/edit-coach/c1")
    put(app, a_coach(id="c2"), a_coach())
    assert sends(keeper, "/edit-coach/c1", form, name="New").status_code == 303


def test_a_form_that_is_out_of_date_loses_nothing(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach())
    form = opened(keeper, "/edit-coach/c1")
    keeper.token = "old"
    again = page(sends(keeper, "/edit-coach/c1", form, bio="Typed."), 400)
    assert "Nothing was stored yet" in again.text
    assert (again.fields["bio"], again.fields["version"]) == (["Typed."], form.fields["version"])


def test_a_deleted_coach_is_gone_from_the_database_and_comes_back_from_the_page(app: APIFlask, keeper: Browser) -> None:
    put(app, ROUND_TRIP)
    address = "/delete-coach/=1+1"
    assert "Delete this coach?" in opened(keeper, address).text
    gone = page(keeper.post(address))
    assert stored(app, "=1+1") is None
    assert keeper.get("/coaches/=1+1").status_code == 404
    undone = sends(keeper, "/restore-coach/=1+1", gone)
    assert undone.status_code == 303, undone.text
    assert stored(app, "=1+1") == ROUND_TRIP
    assert keeper.post("/delete-coach/none").status_code == 404


def test_a_coach_whom_somebody_added_again_is_not_overwritten_by_an_undo(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach())
    gone = page(keeper.post("/delete-coach/c1"))
    put(app, a_coach(name="Another"))
    told = page(sends(keeper, "/restore-coach/c1", gone), 409)
    assert "Somebody else has added this coach again" in told.text
    assert stored(app) == a_coach(name="Another")


@pytest.mark.parametrize("profile", ["", "{}", '{"id": "c2"}', "[" * 99])
def test_an_undo_takes_no_other_profile(app: APIFlask, keeper: Browser, profile: str) -> None:
    put(app, a_coach())
    gone = page(keeper.post("/delete-coach/c1"))
    assert sends(keeper, "/restore-coach/c1", gone, profile=profile).status_code in (400, 422)
    assert stored(app) is None


def test_hr_partners_change_nothing(app: APIFlask) -> None:
    put(app, a_coach())
    reader = signed_in(app)
    for address in ("/new-coach", "/edit-coach/c1", "/delete-coach/c1", "/restore-coach/c1", "/confirm-coach/c1"):
        assert reader.post(address, data=NEW | {"version": "1"}).status_code == 403
    assert stored(app) == a_coach()
