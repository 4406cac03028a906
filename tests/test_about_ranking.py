"""The page on what a list rests on: true of the ranker in use, whichever that is; on both databases."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from click.testing import CliRunner

from matcher.domain import ALL_REASONS, Candidate
from matcher.matching.evaluation import Evaluation, packaged_evaluation, weights_sha256
from matcher.matching.facets import FACETS
from matcher.matching.scoring import PRIOR, RANKER, load_scorer
from matcher.service import add_candidate, promote_ranker
from matcher.web import about_ranking
from tests.clients import a_browser, service, signed_in
from tests.factories import FakeEncoder, a_coach, a_need
from tests.test_web import Page, page
from training import evaluate, figures
from training.judgements import load

PAGE = "/about-the-ranking"
NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
Start = Callable[..., APIFlask]


class PackagedByName(FakeEncoder):
    """Goes for the packaged encoder, which is not loaded."""

    name = packaged_evaluation().encoder

    def __init__(self) -> None:
        super().__init__(384)


def document(name: str, **weights: float) -> dict[str, Any]:
    """The prior under another name, with other weights."""
    found: dict[str, Any] = json.loads(files("matcher.matching").joinpath(PRIOR).read_text("utf-8"))
    facets = [facet | {"weight": weights.get(facet["facet"], facet["weight"])} for facet in found["facets"]]
    return found | {"name": name, "facets": facets}


def shown(app: APIFlask, **changes: Any) -> tuple[str, Page]:
    answer = signed_in(app, **changes).get(PAGE)
    return answer.text, page(answer)


def percentages(html: str) -> list[float]:
    table = html[html.index('<table class="shares"') :].partition("</tbody>")[0]
    return [float(share) for share in re.findall(r'class="amount" role="cell">([\d.]+)%', table)]


def first_fact(html: str) -> str:
    (found, *_) = re.findall(r'<th scope="row" role="rowheader">([^<]+)<small>', html)
    return str(found)


def test_the_shares_add_up_and_the_bars_follow_one_another(start: Start) -> None:
    html, _ = shown(start())
    found = percentages(html)
    assert len(found) > 5 and found == sorted(found, reverse=True)
    assert round(sum(found), 1) == 100.0
    bars = [tuple(map(float, bar)) for bar in re.findall(r'class="bar" x="([\d.]+)" y="0" width="([\d.]+)"', html)]
    assert [round(start, 1) for start, _ in bars] == [round(sum(found[:place]), 1) for place in range(len(found))]


def test_any_weights_are_shown_as_shares_that_sum_to_a_hundred() -> None:
    scorer = load_scorer("", "fake")
    for weights in ((1, 1, 1), (0.1,), (1e-6, 5, 2.5, 0.3), (0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2)):
        facets = tuple(
            facet.model_copy(update={"weight": weight}) for facet, weight in zip(scorer.facets, weights, strict=False)
        )
        found = about_ranking.shares(type(scorer)("x", facets))
        assert round(sum(float(share.percent.removesuffix("%")) for share in found), 1) == 100.0


def test_every_fact_and_every_requirement_has_its_words() -> None:
    assert FACETS.keys() <= about_ranking.FACTS.keys()
    assert tuple(about_ranking.REQUIREMENTS) == ALL_REASONS


def test_it_follows_a_ranker_that_is_promoted(start: Start) -> None:
    app = start()
    engine, encoder = service(app).engine, service(app).encoder.name
    before, _ = shown(app)
    compared = {
        "measure": "nDCG@5",
        "needs": [{"need": "n1", "before": 0.8, "after": 0.9}],
        "before": 0.8,
        "after": 0.9,
        "interval": [-0.02, 0.07],
    }
    ranker = document("learned-7", references=40.0, credentials=0.0)
    add_candidate(engine, Candidate.model_validate({"ranker": ranker, "comparison": compared}), encoder, NOW)
    browser = signed_in(app, "ben@kestrel.example")
    assert "learned-7" not in browser.get(PAGE).text
    promote_ranker(engine, "learned-7", encoder, NOW)
    after = browser.get(PAGE).text
    assert first_fact(before) != first_fact(after) == "References"
    told = page(browser.get(PAGE)).text
    assert "put in use by a person, on 4 January 2027. (learned-7)" in told
    assert "on 1 needs by nDCG@5, which runs from 0 to 1: 0.90 against 0.80." in told
    assert "between −0.02 and +0.07" in told
    assert "counting nothing at present: credentials." in told


def test_the_figures_of_the_package_are_told_of_what_they_were_measured_on(start: Start) -> None:
    _, told = shown(start(PackagedByName()))
    measured = packaged_evaluation()
    for view in measured.views:
        assert f"they take {view.hit.mean * 100:.0f}%" in told.text
        assert f"between {view.hit.low * 100:.0f}% and {view.hit.high * 100:.0f}%" in told.text
    assert f"{measured.measured_on.day} {measured.measured_on:%B %Y}" in told.text
    assert "do not apply" not in told.text


def test_they_are_not_told_of_an_encoder_of_one_s_own(start: Start) -> None:
    _, told = shown(start())
    assert "read by another model here" in told.text and "do not apply" in told.text
    assert "they take" not in told.text


def test_they_are_not_told_of_other_weights_even_under_the_same_name(start: Start, tmp_path: Path) -> None:
    ranker = document(packaged_evaluation().ranker, references=3.0)
    (tmp_path / "ranker.json").write_text(json.dumps(ranker))
    _, told = shown(start(PackagedByName(), ranker=str(tmp_path / "ranker.json")))
    assert "Another ranking is in use here" in told.text and "they take" not in told.text
    assert "from a file that this service was set up with" in told.text


def test_it_names_whom_to_ask_where_that_is_set(start: Start) -> None:
    _, told = shown(start(contact="People & Culture <people@kestrel.example>"))
    assert "Whom to ask: People & Culture <people@kestrel.example>" in told.text
    _, told = shown(start(), email="ben@kestrel.example")
    assert "Whom to ask: an administrator of this service" in told.text


@pytest.mark.parametrize("role", ["hr_partner", "coach_manager", "administrator"])
def test_everybody_who_is_signed_in_may_read_it(start: Start, role: str) -> None:
    html, told = shown(start(), role=role)
    assert "A person decides" in told.text
    assert f'<a href="{PAGE}">' in html


def test_every_result_leads_to_it(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    address = browser.post("/", data={"summary": "Works alone."}).headers["Location"]
    assert PAGE in page(browser.get(address)).links
    assert a_browser(app).get(PAGE).status_code == 303


# The file that the figures stand in


def test_the_packaged_figures_are_of_what_is_packaged() -> None:
    measured, ranker = packaged_evaluation(), json.loads(files("matcher.matching").joinpath(RANKER).read_text("utf-8"))
    scorer = load_scorer("", measured.encoder)
    assert (measured.ranker, measured.encoder) == (ranker["name"], ranker["encoder"])
    assert measured.weights_sha256 == weights_sha256(scorer)
    assert measured.judgements == load().digest


def test_the_figures_are_those_of_the_tables(tmp_path: Path) -> None:
    coaches = [a_coach(id=f"c{place}", bio="I coach plants.") for place in range(1, 7)]
    coaches[5] = a_coach(id="c6", bio="Managers learn to delegate with me.", focus_areas=["delegation"])
    needs = [a_need(id="n1", summary="He must delegate.", focus_areas=[{"area": "delegation"}])]
    for name, records in (("coaches.jsonl", coaches), ("needs.jsonl", needs)):
        (tmp_path / name).write_text("\n".join(record.model_dump_json(by_alias=True) for record in records))
    grades = {"n1": {coach.id: 3 * (coach.id == "c6") for coach in coaches}}
    (tmp_path / "grades.json").write_text(json.dumps({"A": grades, "B": grades}))

    def run(command: Any, *arguments: str | Path) -> str:
        return CliRunner().invoke(command, list(map(str, arguments)), obj=FakeEncoder(), catch_exceptions=False).stdout

    run(figures.main, "--judged", tmp_path, "--out", tmp_path / "out.json")
    found = Evaluation.model_validate_json((tmp_path / "out.json").read_bytes())
    assert (found.encoder, found.ranker, found.coaches, found.readers) == ("fake", "prior-4", 6, 2)
    table = run(evaluate.main, "--judged", tmp_path)
    rows = [line.split("|") for line in table.splitlines() if line.startswith(f"| {evaluate.SERVICE} |")]
    assert len(rows) == len(found.views) == 2
    for row, view in zip(rows, found.views, strict=True):
        for cell, figure in ((row[3], view.order), (row[5], view.hit)):
            assert cell.strip() == f"**{figure.mean:.3f}** [{figure.low:.2f} to {figure.high:.2f}]"
