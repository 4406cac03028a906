"""What an answer says of how the need's text was read: through the API, on the page, and with what is packaged."""

import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import text

from matcher.domain import DEFAULT_ORGANISATION, Requester
from matcher.matching.area_classifier import area_reading
from matcher.matching.areas import AreaReading
from matcher.matching.explanation.text_read import text_read
from matcher.matching.reading import Reader, is_understood
from matcher.service import Service
from tests.clients import ApiCaller, a_caller, signed_in
from tests.factories import FakeEncoder, a_coach, a_need
from tests.judged_world import judged, packaged_encoder
from tests.test_web import HOSTILE, page
from tests.test_wishes import ASKS, COUNCIL, LECTURES, OTHER, READS, TEXT
from tests.texts_to_tell_apart import BOILERPLATE, READABLE, UNREADABLE
from tests.wishing_world import ToldReading, read
from training import annotations

ELSEWHERE = {"rn133", "rn136", "rn196", "rn263", "wk041", "wk084", "wk118", "wy048", "wy116"}
"""The annotated needs in Polish, Portuguese and Swedish."""

KNOWN = frozenset(word.strip(",.").lower() for word in f"{OTHER} {ASKS}".split())


@cache
def packaged() -> AreaReading:
    return area_reading(packaged_encoder())


def understood(*texts: str) -> bool | None:
    return is_understood(packaged(), texts)


@pytest.mark.parametrize("language", READABLE)
def test_texts_in_the_languages_learned_from_are_understood(language: str) -> None:
    assert [understood(told) for told in READABLE[language]] == [True] * len(READABLE[language])


@pytest.mark.parametrize("language", UNREADABLE)
def test_texts_in_other_languages_are_not(language: str) -> None:
    assert [understood(told) for told in UNREADABLE[language]] == [False] * len(UNREADABLE[language])


def test_every_annotated_and_judged_need_is_understood_but_those_in_other_languages() -> None:
    needs = {need.id: need.passages for need in annotations.need_side().documents}
    needs |= {need_id: (need.summary, need.outcome) for need_id, need in judged().needs.items()}
    assert {need_id for need_id, texts in needs.items() if understood(*texts) is False} == ELSEWHERE


def test_random_letters_are_not_understood() -> None:
    rng = random.Random(5)
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(200)]
    assert [understood(" ".join(words[start : start + 20])) for start in range(0, 200, 20)] == [False] * 10


def test_a_few_words_are_not_condemned_by_a_name_and_no_words_are_not_judged() -> None:
    assert understood("Konstantinos Papadimitriou delegates.") is True
    assert understood("Wojciechowska") is True
    for nothing in ((), ("",), ("? -", "!")):
        assert understood(*nothing) is None


def test_with_an_encoder_of_one_s_own_nothing_is_claimed() -> None:
    told = text_read(Reader(FakeEncoder()).read(a_need(summary=UNREADABLE["Finnish"][0])))
    assert told.model_dump() == {"text_understood": None, "goals_found": None, "note": None, "wishes": ()}


def test_in_texts_that_tell_of_nobody_no_focus_area_is_found_and_in_most_needs_one_is() -> None:
    reader = Reader(packaged_encoder())
    found = [reader.read(a_need(summary=told)).goals_found for told in BOILERPLATE]
    # Lorem ipsum is told as what was not understood.
    assert found.count(False) >= len(BOILERPLATE) - 2
    needs = [need.model_copy(update={"focus_areas": ()}) for need in judged().needs.values()]
    assert sum(reader.read(need).goals_found is True for need in needs) >= 0.8 * len(needs)


def test_plain_wishes_are_read_with_what_is_packaged() -> None:
    told = {
        "Please nobody who lectures him or tells him what to do.": ("style_avoid", "directive"),
        "We wish for a coach with a clear plan and fixed steps for every session.": ("style_wanted", "structured"),
        "Ideally the coach has run a hospital ward herself.": ("background", None),
    }
    reader = Reader(packaged_encoder())
    read_as = {words: [(w.kind, w.style) for w in reader.read(a_need(summary=words)).wishes] for words in told}
    assert sum(expected in read_as[words] for words, expected in told.items()) >= 2, read_as


@pytest.mark.parametrize(
    ("need", "note"),
    [
        (a_need(summary="Quodlibet xylofon zwyczajny przykładowy"), "were taken from what little was recognised"),
        (
            a_need(summary="Quodlibet xylofon zwyczajny przykładowy", focus_areas=[{"area": "delegation"}]),
            "the goals are those stated. For the text to count too, write in English, German",
        ),
        (a_need(summary="He does all of the work alone."), "No focus area was found in the text with any confidence"),
    ],
)
def test_the_note_says_what_the_goals_rest_on_and_what_to_do(need: Any, note: str) -> None:
    told = text_read(read(ToldReading(words=KNOWN), need))
    assert told.note is not None and note in told.note
    assert need.summary not in told.note


def test_a_text_that_is_not_understood_wishes_for_nothing_and_tells_of_no_stated_goal() -> None:
    reading = ToldReading(READS.wished, {"asks": ("delegation", 0.9)}, frozenset())
    found = read(reading, a_need(summary=TEXT, focus_areas=[{"area": "delegation"}]))
    assert (found.understood, found.wishes, found.goals[0].passage, found.told) == (False, (), None, ())
    known = read(replace(reading, words=KNOWN), a_need(summary=ASKS, focus_areas=[{"area": "delegation"}]))
    assert (known.understood, known.goals[0].passage.text) == (True, ASKS)


NONE_APART = "read, but not counted, since it is none of those told apart"

TOLD = ToldReading(
    READS.wished,
    {"alone": ("delegation", 0.9)},
    KNOWN | frozenset(["lectures", "him", "nobody"]),
    told_of=READS.told_of,
)


@pytest.fixture
def asked(start: Callable[..., APIFlask]) -> Iterator[Callable[..., ApiCaller]]:
    """A caller of an application that reads as a test says, with two coaches in its directory."""

    def make(reading: ToldReading = TOLD) -> ApiCaller:
        app = start()
        service: Service = app.extensions["matcher"]
        desk = replace(service.desk, reader=Reader(service.encoder, reading))
        app.extensions["matcher"] = replace(service, desk=desk)
        caller = a_caller(app)
        caller.put(a_coach(styles=["facilitative"]), a_coach(id="c2", styles=["directive"]))
        return caller

    yield make


def test_the_answer_tells_how_the_text_was_read_and_what_it_wishes(asked: Callable[..., ApiCaller]) -> None:
    found = asked().shortlist(a_need(summary=TEXT, styles={"avoid": ["reflective"]}))
    assert found["reading"] == {
        "text_understood": True,
        "goals_found": True,
        "note": None,
        "wishes": [
            {
                "kind": kind,
                "style": style,
                "backgrounds": [] if style else ["public_service"],
                "clearness": pytest.approx(clearness),
                "words": words,
                "counts": kind != "style_avoid",
            }
            for kind, style, clearness, words in (
                ("style_wanted", "facilitative", 0.9, ASKS),
                ("style_avoid", "directive", 0.8, LECTURES),
                ("background", None, 0.7, COUNCIL),
            )
        ],
    }
    assert [(goal["area"], goal["stated"], goal["words"]) for goal in found["grid"]] == [("delegation", False, OTHER)]


def test_a_stated_goal_comes_with_the_words_that_plainly_tell_of_it(asked: Callable[..., ApiCaller]) -> None:
    caller = asked()
    goals = [{"area": "delegation"}, {"area": "boundaries"}]
    found = caller.shortlist(a_need(summary=TEXT, focus_areas=goals))
    told = [(goal["area"], goal["stated"], goal["words"]) for goal in found["grid"]]
    assert told == [("delegation", True, OTHER), ("boundaries", True, None)]


def draw_up(caller: ApiCaller, need: Any) -> str:
    """The page of a shortlist for the need, asked for by the form's side."""
    service: Service = caller.app.extensions["matcher"]
    asker = Requester(DEFAULT_ORGANISATION)
    return f"/shortlists/{service.desk.draw_up(need, 3, asker, datetime(2027, 1, 4, tzinfo=UTC)).id}"


def test_the_page_shows_goals_and_wishes_each_with_its_words(asked: Callable[..., ApiCaller]) -> None:
    caller = asked()
    goals = [{"area": "delegation"}, {"area": "boundaries"}]
    address = draw_up(caller, a_need(summary=TEXT, focus_areas=goals, styles={"avoid": ["reflective"]}))
    told = page(signed_in(caller.app, organisation=DEFAULT_ORGANISATION).get(address)).text
    start = told.index("What was read from the text")
    assert told[start : told.index("The situation, as written")].strip() == " ".join(
        [
            f"What was read from the text Delegation stated {OTHER}",
            "Boundaries stated No passage plainly tells of it.",
            f"Style wanted: facilitative read from the text {ASKS}",
            f"Style to avoid: directive read, but not counted beside the styles stated {LECTURES}",
            f"Background: public service read from the text {COUNCIL}",
        ]
    )
    assert f"Told in the text {OTHER}" in told


def test_the_page_warns_of_a_text_that_was_not_understood(asked: Callable[..., ApiCaller]) -> None:
    caller = asked(ToldReading(words=frozenset()))
    html = signed_in(caller.app, organisation=DEFAULT_ORGANISATION).get(
        draw_up(caller, a_need(summary=UNREADABLE["Polish"][0]))
    )
    assert '<p class="warning">The text could not be read well' in html.get_data(as_text=True)


def test_no_words_that_were_read_can_become_markup(asked: Callable[..., ApiCaller]) -> None:
    caller = asked(ToldReading({"alert": ("background", "", 0.9)}))
    html = signed_in(caller.app, organisation=DEFAULT_ORGANISATION).get(
        draw_up(caller, a_need(summary=f"Somebody who {HOSTILE}."))
    )
    assert "<script>" not in html.get_data(as_text=True)
    assert f"Background {NONE_APART} Somebody who {HOSTILE}." in page(html).text


def test_a_need_without_a_text_and_an_answer_from_before_have_no_such_part(asked: Callable[..., ApiCaller]) -> None:
    caller = asked()
    client, service = signed_in(caller.app, organisation=DEFAULT_ORGANISATION), caller.app.extensions["matcher"]
    silent = draw_up(caller, a_need(summary="", focus_areas=[{"area": "delegation"}]))
    assert "What was read from the text" not in page(client.get(silent)).text
    address = draw_up(caller, a_need(summary=TEXT))
    assert "What was read from the text" in page(client.get(address)).text
    shortlist_id = address.split("/")[-1]
    answer = json.loads(service.desk.find(shortlist_id, Requester(DEFAULT_ORGANISATION)).answer)
    del answer["reading"]
    with service.engine.begin() as connection:
        kept = {"answer": json.dumps(answer), "id": shortlist_id}
        connection.execute(text("UPDATE shortlist SET answer = :answer WHERE id = :id"), kept)
    told = page(client.get(address)).text
    assert "What was read from the text" not in told
    assert "How the score adds up" in told
