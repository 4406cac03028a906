"""What the page of a shortlist says beside the cards: the grid, the bands, roles, and that nobody is good enough."""

import io
import json
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from matcher.app import create_app
from matcher.domain import DEFAULT_ORGANISATION, Requester
from matcher.matching.assessment import Assessment
from matcher.settings import Settings
from tests.clients import signed_in
from tests.factories import SECRET_KEY, FakeEncoder, a_coach, a_need
from tests.judged_world import scorer
from tests.strategies import ABOUT
from tests.test_web import HOSTILE, Page, answered, enter, page, service_of

SHOWS = ABOUT["delegation"]["profile"]
FORM = Requester(DEFAULT_ORGANISATION)
Client = Callable[..., FlaskClient]
GOALS = {"importance.delegation": "3", "importance.boundaries": "1"}


@pytest.fixture
def client(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Client]:
    """Makes the pages of a service whose ranker knows that much: `client(clear_difference=..., good_score=...)`."""
    made: list[FlaskClient] = []

    def make(**known: float) -> FlaskClient:
        database = tmp_path / f"web{len(made)}.sqlite3"
        shutil.copy(migrated_sqlite, database)
        facets = [facet.model_dump() for facet in scorer().facets]
        ranker = {"format": 3, "name": "test", "encoder": None, "judgements": None, "facets": facets} | known
        (tmp_path / "ranker.json").write_text(json.dumps(ranker), "utf-8")
        settings = Settings(
            database_url=f"sqlite:///{database}",
            ranker=str(tmp_path / "ranker.json"),
            log_level="error",
            secret_key=SECRET_KEY,
        )
        made.append(signed_in(create_app(settings, encoder=FakeEncoder()), organisation=FORM.organisation))
        return made[-1]

    yield make
    for one in made:
        service_of(one).engine.dispose()


def with_three(client: FlaskClient) -> FlaskClient:
    """Two who claim delegation, one of whom shows it too, and one who does neither."""
    claims: dict[str, Any] = {"focus_areas": ["delegation"], "styles": ["systemic"]}
    cheap = {"amount": 100, "currency": "EUR", "per": "hour"}
    enter(
        client,
        a_coach(id="a", name="Ada Bell", bio=SHOWS, **claims),
        a_coach(id="b", name="Ben Ode", bio="Someone.", fees=cheap, **claims | {"styles": ["directive"]}),
        a_coach(id="c", name="Cleo Öz", focus_areas=["negotiation"]),
    )
    return client


def cells_of(html: str) -> list[list[str]]:
    """The words in each cell of the grid, row by row."""
    table = html[html.index('<table class="needs"') :].partition("</table>")[0]
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]
    return [[" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row] for row in cells]


def shown(client: FlaskClient, **fields: Any) -> tuple[str, Page]:
    address = answered(client, **fields)
    return client.get(address).get_data(as_text=True), page(client.get(address))


def test_the_grid_is_a_table_with_a_row_a_goal_and_a_column_a_coach(client: Client) -> None:
    html, _ = shown(with_three(client()), **GOALS)
    assert cells_of(html) == [
        ["Goal", "Ada Bell", "Ben Ode", "Cleo Öz"],
        [
            "Delegation counts 75%",
            f"Ada Bell Strong evidence {SHOWS} bio Named as focus area",
            "Ben Ode No evidence Named as focus area",
            "Cleo Öz No evidence",
        ],
        ["Boundaries counts 25%", "Ada Bell No evidence", "Ben Ode No evidence", "Cleo Öz No evidence"],
    ]
    assert html.count('<th scope="col" role="columnheader">') == 4
    assert html.count('<th scope="row" role="rowheader">') == 2


def test_a_cell_opens_to_its_quote_without_a_script_and_one_without_a_quote_does_not_open(client: Client) -> None:
    html, _ = shown(with_three(client()), **GOALS)
    grid = html[html.index('<table class="needs"') :].partition("</table>")[0]
    assert [" ".join(unescape(quote).split()) for quote in re.findall(r"</summary>\s*<q>(.*?)</q>", grid)] == [SHOWS]
    assert grid.count("<details") == 1
    # How strong evidence is, is told in words and by the shape of a mark; the mark alone is not read out.
    assert grid.count("<svg") == grid.count('aria-hidden="true" focusable="false"') == 6


def test_a_goal_that_was_read_shows_the_words_it_was_read_from(client: Client) -> None:
    trouble = ABOUT["delegation"]["need"]
    html, _ = shown(with_three(client()), summary=trouble)
    assert cells_of(html)[1][0].startswith("Delegation counts")
    assert f"Read from the text {trouble}" in cells_of(html)[1][0]


def test_a_page_without_coaches_has_no_grid(client: Client) -> None:
    html, told = shown(client(), **GOALS)
    assert '<table class="needs"' not in html
    assert "What each shows of the goals" not in told.text


def test_coaches_who_cannot_be_told_apart_stand_in_one_group_that_says_so(client: Client) -> None:
    html, told = shown(with_three(client(clear_difference=0.1)), **GOALS)
    first, second = html.split('<div class="band ')[1:]
    assert "These two cannot honestly be told apart." in first
    assert "Ada Bell" in first and "Ben Ode" in first and "Cleo Öz" not in first
    assert "Clearly behind the first." in second and "Cleo Öz" in second
    assert re.findall(r'<ol class="cards" start="(\d)">', html) == ["1", "3"]
    assert "Only from a difference of 0.100 on do nine in ten careful readers agree who comes first." in told.text


def test_it_is_said_how_many_of_the_last_band_are_not_shown(client: Client) -> None:
    directory = with_three(client(clear_difference=0.1))
    assert "not shown" not in shown(directory, **GOALS)[1].text
    enter(directory, *(a_coach(id=coach_id, focus_areas=["negotiation"]) for coach_id in ("d", "e")))
    _, told = shown(directory, **GOALS)
    assert "2 more coaches, not shown, cannot honestly be told apart from the last one here." in told.text


def test_a_first_who_stands_alone_is_told_as_clearly_ahead(client: Client) -> None:
    html, _ = shown(with_three(client(clear_difference=0.01)), **GOALS)
    notes = re.findall(r'<p class="band-note( close)?">(.*?)</p>', html)
    assert notes == [
        ("", "Clearly ahead of the others."),
        ("", "Clearly behind the first."),
        ("", "Clearly behind the first."),
    ]
    alone = client(clear_difference=0.01)
    enter(alone, a_coach())
    assert "band-note" not in shown(alone, **GOALS)[0]


def test_nothing_is_said_of_bands_roles_and_matches_that_the_ranker_does_not_know(client: Client) -> None:
    html, told = shown(with_three(client()), **GOALS)
    assert html.count('<div class="band ') == 1
    for words in ("told apart", "Clearly behind", "careful readers", "clear match", "Best value"):
        assert words not in told.text


def test_labels_come_with_what_they_mean(client: Client) -> None:
    html, told = shown(with_three(client(clear_difference=0.1)), **GOALS)
    labels = re.findall(r'<ul class="roles" aria-label="What sets ([^"]+) apart">(.*?)</ul>', html)
    assert [(name, re.findall("<li>(.*?)</li>", listed)) for name, listed in labels] == [
        ("Ada Bell", ["Covers most"]),
        ("Ben Ode", ["Another approach", "Best value"]),
    ]
    assert "Best value Costs at least 10% less a session than the first" in told.text
    assert "Another approach Shares less than half of the coaching styles with the first." in told.text


def test_that_nobody_is_a_clear_match_is_said_above_the_cards(client: Client) -> None:
    html, told = shown(with_three(client(good_score=2.0)), **GOALS)
    assert "Nobody here is a clear match No one thing is missing, but a little of everything: the best" in told.text
    assert html.index("Nobody here is a clear match") < html.index('<ol class="cards"')
    _, good = shown(with_three(client(good_score=0.1)), **GOALS)
    assert "clear match" not in good.text


def test_what_would_change_the_order_is_on_the_card(client: Client) -> None:
    html, told = shown(with_three(client()), **GOALS)
    assert told.text.count("What would change the order") == len(re.findall(r'<div class="moves">\s*<h4>', html)) > 0
    assert re.search(r"What would change the order Leads the second by 0\.\d+\.", told.text)


def test_an_answer_of_before_any_of_this_still_opens_and_stays_as_it_was(client: Client) -> None:
    directory = with_three(client(clear_difference=0.1, good_score=2.0))
    address = answered(directory, **GOALS)
    new = service_of(directory).desk.find(address.split("/")[-1], FORM)
    answer = json.loads(new.answer)
    for field in ("grid", "good_match", "lacking"):
        del answer[field]
    for coach in answer["coaches"]:
        for field in ("band", "roles", "would_change"):
            del coach[field]
    with np.load(io.BytesIO(new.assessment)) as kept:
        earlier = io.BytesIO()
        columns = {name: kept[name] for name in kept if name not in ("changes", "moved", "units")}
        np.savez(earlier, **columns, values=Assessment.from_bytes(new.assessment).values)
    sealed = {"id": new.id, "answer": json.dumps(answer), "assessment": zlib.compress(earlier.getvalue())}
    with service_of(directory).engine.begin() as connection:
        connection.execute(
            text("UPDATE shortlist SET answer = :answer, assessment = :assessment WHERE id = :id"), sealed
        )
    told = page(directory.get(address))
    assert all(name in told.text for name in ("Ada Bell", "Ben Ode", "Cleo Öz", "How the score adds up"))
    for words in ("told apart", "clear match", "What each shows of the goals", "What would change the order"):
        assert words not in told.text
    assert "Ranks 3 of 3 eligible coaches." in page(directory.get(f"{address}/why-not?coach=c")).text
    assert service_of(directory).desk.find(new.id, FORM).answer == sealed["answer"]


def test_no_passage_in_the_grid_can_become_markup(client: Client) -> None:
    directory = client()
    enter(directory, a_coach(name=HOSTILE, bio=f"{SHOWS} {HOSTILE}"))
    html, _ = shown(directory, **GOALS)
    assert "<script>" not in html
    assert HOSTILE in " ".join(cells_of(html)[1])


def test_the_seal_gives_the_same_grid_and_bands_again(client: Client) -> None:
    desk = service_of(with_three(client(clear_difference=0.1))).desk
    need = a_need(summary="", focus_areas=[{"area": "delegation"}, {"area": "boundaries"}])
    sealed = desk.draw_up(need, 3, FORM, datetime(2027, 1, 4, tzinfo=UTC))
    answer = json.loads(desk.find(sealed.id, FORM).answer)
    assert sealed.answer == desk.find(sealed.id, FORM).answer
    assert [coach["band"] for coach in answer["coaches"]] == [1, 1, 2]
    assert answer["grid"][0]["cells"][0]["quote"] == SHOWS
