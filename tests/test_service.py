"""What the service does behind its doors: vectors, imports, the index of a process, and the seal."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, delete

from matcher.domain import Coach, Need
from matcher.errors import NotFound, Problem
from matcher.intake import Row
from matcher.service import BadRow, Desk, embed_missing, import_coaches, import_needs, put_coaches
from matcher.store import coaches, database
from matcher.store.tables import EmbeddingRow
from tests.clients import row_counts, service
from tests.factories import REQUESTER, CountingEncoder, FakeEncoder, a_coach, a_need

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
Start = Callable[..., APIFlask]


def a_desk(app: APIFlask) -> Desk:
    return service(app).desk


def numbered(count: int, **changes: Any) -> list[Coach]:
    return [a_coach(id=f"c{number:03}", bio=f"Profile number {number} of many.", **changes) for number in range(count)]


def rows(*values: Coach | Need) -> list[Row[Any]]:
    return [Row(line, value) for line, value in enumerate(values, start=1)]


# Vectors


def test_a_text_is_encoded_once_whichever_profile_it_stands_in(engine: Engine) -> None:
    encoder, shared = CountingEncoder(), "I help people to hand over their work."
    put_coaches(engine, encoder, [a_coach(id="a", bio=shared), a_coach(id="b", bio=shared)], NOW)
    put_coaches(engine, encoder, [a_coach(id="c", headline=shared, approach="Step by step.")], NOW)
    assert encoder.encoded == [shared, "Step by step."]


def test_a_profile_whose_texts_cannot_be_encoded_is_not_stored(start: Start) -> None:
    app = start()
    before = row_counts(app)
    with pytest.raises(MemoryError):
        put_coaches(service(app).engine, CountingEncoder(lasts=1), numbered(2), NOW)
    assert row_counts(app) == before


def test_missing_vectors_are_encoded_and_those_of_another_encoder_stay(engine: Engine) -> None:
    put_coaches(engine, FakeEncoder(), numbered(201), NOW)
    second, pages = CountingEncoder("second"), list[int]()
    assert embed_missing(engine, second, pages.append) == 201
    assert (len(second.encoded), pages) == (201, [200, 201])
    assert embed_missing(engine, second) == 0
    assert embed_missing(engine, FakeEncoder()) == 0


def test_a_service_with_another_encoder_answers_on_the_same_database(start: Start) -> None:
    first, second = start(), CountingEncoder("second")
    put_coaches(service(first).engine, FakeEncoder(), [a_coach(bio="Works alone on the role.")], NOW)
    other = start(second)
    assert "Works alone on the role." in second.encoded
    answers = [json.loads(a_desk(app).draw_up(a_need(), 3, REQUESTER, NOW).answer) for app in (first, other)]
    assert [answer["model"]["encoder"] for answer in answers] == ["fake", "second"]
    assert answers[0]["coaches"] == answers[1]["coaches"] != []


def test_a_start_encodes_no_profile_that_has_its_vectors(start: Start) -> None:
    engine = service(start()).engine
    put_coaches(engine, FakeEncoder(), numbered(3), NOW)
    encoder = CountingEncoder()
    start(encoder)
    assert not [text for text in encoder.encoded if text.startswith("Profile number")]


def test_an_index_that_lacks_a_vector_encodes_it(start: Start) -> None:
    app, encoder = start(), CountingEncoder()
    engine = service(app).engine
    put_coaches(engine, FakeEncoder(), [a_coach(bio="Works alone on the role.")], NOW)
    with database.sessions(engine).begin() as session:
        session.execute(delete(EmbeddingRow))
    answer = json.loads(a_desk(start(encoder)).draw_up(a_need(), 3, REQUESTER, NOW).answer)
    assert answer["eligible_count"] == 1
    assert "Works alone on the role." in encoder.encoded


# Imports


def test_an_import_counts_what_it_adds_replaces_and_leaves_alone(engine: Engine) -> None:
    encoder = CountingEncoder()
    first = import_coaches(engine, encoder, rows(*numbered(3)), NOW)
    encoded = len(encoder.encoded)
    again = import_coaches(engine, encoder, rows(*numbered(3)), NOW)
    changed = import_coaches(engine, encoder, rows(*numbered(2, name="New"), a_coach(id="more")), NOW)
    assert (first.added, first.replaced, first.unchanged) == (3, 0, 0)
    assert (again.added, again.replaced, again.unchanged) == (0, 0, 3)
    assert (changed.added, changed.replaced, changed.unchanged) == (1, 2, 0)
    assert len(encoder.encoded) == encoded == 3


def test_bad_rows_are_named_and_the_good_ones_beside_them_are_in(engine: Engine) -> None:
    problem, warning = Problem("/fees", "is required"), Problem("/shoe", "is not a field")
    given: list[Row[Coach]] = [
        Row(2, problems=(problem,)),
        Row(3, a_coach(), warnings=(warning,)),
        Row(7, problems=(problem,)),
    ]
    reached: list[int] = []
    report = import_coaches(engine, FakeEncoder(), given, NOW, reached.append)
    assert (report.added, report.bad) == (1, [BadRow(2, (problem,)), BadRow(7, (problem,))])
    assert report.warnings == [BadRow(3, (warning,))]
    assert reached == [7]


def test_an_import_that_fails_keeps_its_whole_batches_and_goes_on_when_run_again(engine: Engine) -> None:
    # Each with two texts of its own.
    given, reached = (
        rows(*(coach.model_copy(update={"approach": f"By way {coach.id}."}) for coach in numbered(420))),
        list[int](),
    )
    with pytest.raises(MemoryError):
        import_coaches(engine, CountingEncoder(lasts=500), given, NOW, reached.append)
    with database.snapshots(engine).begin() as session:
        assert coaches.count(session) == 200
    assert reached == [128, 200]
    encoder = CountingEncoder()
    report = import_coaches(engine, encoder, given, NOW)
    assert (report.added, report.unchanged, len(encoder.encoded)) == (220, 200, 440)


def test_texts_are_encoded_longest_first_so_that_batches_are_of_like_lengths(engine: Engine) -> None:
    encoder, long = CountingEncoder(), "A longer text, in which a coach tells at some length how the work is done."
    profiles = [a_coach(id="a", bio="Short."), a_coach(id="b", bio=long), a_coach(id="c", bio="Not quite as short.")]
    import_coaches(engine, encoder, rows(*profiles), NOW)
    assert encoder.encoded == [long, "Not quite as short.", "Short."]


def test_needs_are_kept_once(engine: Engine) -> None:
    given = rows(a_need(id="n1"), a_need(id="n2"), a_need(id="n1", summary="Another text under the same id."))
    assert [import_needs(engine, given, "Kestrel", NOW).added for _ in range(2)] == [3, 0]


# The seal


def test_a_shortlist_is_of_the_day_in_utc(start: Start) -> None:
    desk = a_desk(start())
    late = datetime(2027, 1, 4, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    sealed = desk.draw_up(a_need(), 3, REQUESTER, late)
    assert json.loads(sealed.facts)["today"] == "2027-01-03"
    assert desk.find(sealed.id, REQUESTER) == sealed


def test_the_seal_holds_what_is_needed_to_compute_the_answer_again(start: Start) -> None:
    app = start()
    coach = a_coach(bio="Works alone.", references=[{"rating": 4.5, "verified": True, "text": "Good."}])
    put_coaches(service(app).engine, FakeEncoder(), [coach, a_coach(id="unseen", languages=["fr"])], NOW)
    need = a_need(focus_areas=[{"area": "delegation", "importance": 3}], languages=["en"])
    facts = json.loads(a_desk(app).draw_up(need, 3, REQUESTER, NOW).facts)
    assert {coach_id: Coach.model_validate(profile) for coach_id, profile in facts["profiles"].items()} == {"c1": coach}
    assert facts["rates"]["per_euro"] == {"EUR": "1", "GBP": "4/5", "USD": "5/4"}
    assert date.fromisoformat(facts["rates"]["date"]) == date(2026, 1, 5)
    goal = {"area": "delegation", "weight": 1.0, "stated": True, "passage": None, "clearness": 0.0}
    assert (facts["goals"], facts["wishes"]) == ([goal], [])
    assert {entry["facet"] for entry in facts["ranker"]["facets"]} >= {"level", "references"}


def test_why_not_is_answered_from_the_seal_when_the_profile_is_long_gone(start: Start) -> None:
    app = start()
    engine, desk = service(app).engine, a_desk(app)
    put_coaches(engine, FakeEncoder(), [a_coach(), a_coach(id="c2", languages=["fr"])], NOW)
    sealed = desk.draw_up(a_need(languages=["en"]), 3, REQUESTER, NOW)
    before = [desk.why_not(sealed.id, coach_id, REQUESTER) for coach_id in ("c1", "c2")]
    with database.sessions(engine).begin() as session:
        assert all(coaches.delete(session, coach_id, NOW) for coach_id in ("c1", "c2"))
    put_coaches(engine, FakeEncoder(), [a_coach(id="c3")], NOW)
    after = [desk.why_not(sealed.id, coach_id, REQUESTER) for coach_id in ("c1", "c2")]
    assert after == [answer.model_copy(update={"name": answer.coach_id}) for answer in before]
    with pytest.raises(NotFound):
        desk.why_not(sealed.id, "c3", REQUESTER)
