"""The page of all that is measured, and what its plots are drawn from."""

import json
import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import FacetWeight, Scorer, load_scorer
from tests.factories import FakeEncoder, a_coach, a_need
from training import annotations, diagnostics, evaluate, judgements, plots, report_page
from training.annotations import Annotated, Example
from training.learn_to_rank import PRIOR, Graded
from training.read_areas import Words

FACETS = ("goals_claimed", "level")
SCORER = Scorer("two", tuple(FacetWeight(facet=facet, weight=0.5, neutral=0.5) for facet in FACETS))
FEW_WORDS = Words(most_words=500, most_parts=500, least_texts=1)


def silently(items: Sequence[int], what: str) -> Iterable[int]:
    return items


def graded(needs: int, noise: float = 0.0) -> Graded:
    """Needs of ten coaches each, in two equal views; grades go by the first facet and not by the second."""
    rng = np.random.default_rng(0)
    values = rng.random((needs * 10, 2))
    grades = np.round(3 * values[:, 0] + noise * rng.normal(size=len(values)))
    number = np.repeat(np.arange(needs), 10)
    return Graded(np.tile(values, (2, 1)), np.tile(np.clip(grades, 0, 3), 2), np.concatenate([number, number + needs]))


def test_differences_of_score_are_as_reliable_as_readers_see_them() -> None:
    clear = Scorer("clear", SCORER.facets[:1], clear_difference=0.5)
    given = Graded(np.array([[0.1], [0.2], [0.6], [0.2]]), np.array([0.0, 2, 3, 3]), np.zeros(4, np.int64))
    found = diagnostics.reliability(clear, given)
    assert found is not None
    # Half of the differences of value: 0 (a tie with the one graded 2), .05, .05, .2, .25.
    steepness = np.log(9) / 0.5
    assert found.promised == pytest.approx(1 / (1 + np.exp(-steepness * np.array([0, 0.05, 0.05, 0.2, 0.25]))))
    assert found.found.tolist() == [0.5, 1, 1, 1, 1]
    assert found.pairs.tolist() == [1] * 5
    worse = Graded(given.values, 3 - given.grades, given.need)
    assert diagnostics.reliability(clear, worse).found.tolist() == [0.5, 0, 0, 0, 0]
    assert diagnostics.reliability(SCORER, given) is None


def test_drawn_weights_vary_around_those_learned_and_are_the_same_each_time() -> None:
    one, other = (diagnostics.weights_drawn(SCORER, graded(12, noise=1.0), 5, silently) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.shape == (5, 2)
    assert (one[:, 0] > one[:, 1]).all()
    assert len(np.unique(one[:, 0])) > 1


def test_a_need_that_is_drawn_twice_counts_as_two() -> None:
    given = graded(3)
    twice = diagnostics.chosen(given, [1, 1, 4])
    assert twice.needs == [0, 1, 2]
    np.testing.assert_array_equal(twice.values[:10], twice.values[10:20])
    np.testing.assert_array_equal(twice.grades[20:], given.grades[given.need == 4])


def test_what_decides_is_missed_and_what_does_not_is_not() -> None:
    values = np.random.default_rng(0).random((240, 3))
    given = Graded(values, 3 * values @ [0.8, 0.2, 0.0], np.repeat(np.arange(24), 10))
    three = Scorer("three", (*SCORER.facets, FacetWeight(facet="industry", weight=0.2, neutral=0.5)))
    found = diagnostics.without_each(three, given, given, silently)
    assert found["goals_claimed"] < 0.9
    assert found["industry"] > 0.99
    assert found["goals_claimed"] < found["level"] < found["industry"]


def test_the_curve_of_the_ranker_begins_with_the_prior_and_gets_better() -> None:
    judged = graded(12)
    curve = diagnostics.ranker_curve(SCORER, graded(8, noise=0.5), judged, silently, repeats=3)
    assert curve.sizes == (0, 1, 2, 4, 8)
    assert curve.mean[0] == diagnostics.mean_quality(SCORER, judged)
    assert curve.mean[-1] > curve.mean[0] + 0.05
    assert all(least <= mean <= most for least, mean, most in zip(curve.least, curve.mean, curve.greatest, strict=True))


def words_of(area: int) -> list[Example]:
    return [Example(f"word{area} is told {time} times", {area: 1.0}) for time in range(24)]


def test_the_curve_of_reading_is_over_the_texts_learned_from() -> None:
    examples = [example for area in range(len(FOCUS_AREAS) + 1) for example in words_of(area)]
    documents = [Annotated(str(area), (f"here word{area}",), (FOCUS_AREAS[area],), ()) for area in range(10)]
    curve = diagnostics.reading_curve("need", examples, documents, FEW_WORDS, silently)
    assert curve.sizes == (129, 258, 516, 1032)
    assert curve.mean[-1] == 1


def test_some_of_each_class_are_chosen_and_at_least_one() -> None:
    examples = [*words_of(0)[:4], Example("once", {7: 0.3, 42: 0.7}), *words_of(1)[:3]]
    half = diagnostics.some_of_each(examples, 1 / 2)
    assert [max(example.shares, key=example.shares.get) for example in half] == [0, 0, 42, 1, 1]
    assert half == [example for example in examples if example in half]
    assert diagnostics.some_of_each(examples, 1.0) == examples


def a_corpus() -> list[dict[str, object]]:
    """Sentences that give their areas away, for each side and each area, against each, and on none."""
    told = [([area], f"word{place}", strength) for place, area in enumerate(FOCUS_AREAS) for strength in (3, 0)]
    return [
        {
            "text": f"{word} {'told' if strength else 'denied'} {time}",
            "side": side,
            "areas": areas,
            "strength": strength,
        }
        for side in ("situation", "evidence")
        for areas, word, strength in [*told, ([], "none", 3)]
        for time in range(17)
    ]


def without_marks(document: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if key not in ("evidence", "reads")}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fixtures in which whoever names a goal is graded 3 and all others 0: to learn from, and to measure on."""
    folder = tmp_path_factory.mktemp("data")
    areas = FOCUS_AREAS[:6]
    coaches = [
        a_coach(id=f"c{place}", focus_areas=[area], bio=f"I know word{place}.") for place, area in enumerate(areas)
    ]
    needs = [
        a_need(id=f"n{place}", summary=f"word{place}.", focus_areas=[{"area": area}])
        for place, area in enumerate(areas)
    ]
    documents = {
        name: [json.loads(one.model_dump_json(by_alias=True)) for one in own]
        for name, own in (("coaches", coaches), ("needs", needs))
    }
    grades = {need.id: {coach.id: 3 * (coach.id[1] == need.id[1]) for coach in coaches} for need in needs}
    marks = {"coaches": {"evidence": []}, "needs": {"reads": []}}
    for place, coach in enumerate(documents["coaches"]):
        coach["evidence"] = [{"quote": f"I know word{place}.", "kind": "area", "code": areas[place], "strength": 3}]
    files = {f"annotated/{name}.jsonl": [marks[name] | one for one in own] for name, own in documents.items()}
    files |= {f"judged/{name}.jsonl": [without_marks(one) for one in own] for name, own in documents.items()}
    files |= {"corpus/focus_areas.jsonl": a_corpus(), "corpus/styles.jsonl": []}
    empty = ("said_anew", "further_needs", "backgrounds", "background_marks")
    files |= {annotations.FILES[name]: [] for name in empty}
    for name, lines in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("\n".join(map(json.dumps, lines)))
    for name in ("graded", "judged"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "grades.json").write_text(json.dumps({"A": grades, "B": grades}))
    ranker = json.loads(PRIOR.read_text()) | {"clear_difference": 0.1}
    (folder / "ranker.json").write_text(json.dumps(ranker))
    return folder


@pytest.fixture(scope="module")
def written(data: Path) -> str:
    out = data / "out.html"
    result = CliRunner().invoke(
        report_page.main,
        [str(out), "--judged", str(data / "judged"), "--data", str(data), "--draws", "2"],
        obj=FakeEncoder(),
        env={"MATCHER_RANKER": str(data / "ranker.json")},
        catch_exceptions=False,
    )
    assert result.exit_code == 0
    return out.read_text("utf-8")


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]


def test_the_page_has_every_part_and_asks_for_nothing_from_elsewhere(written: str) -> None:
    tags = Tags(written)
    assert not tags.open
    assert tags.seen.count("svg") == 4
    assert tags.seen.count("table") == 4
    assert len(tags.ids) == len(set(tags.ids))
    titles = ["Rankers", "Reliability", "Weights", "Without each facet", "Learning to rank from more needs"]
    assert re.findall("<h2>(.*?)</h2>", written) == [*titles, "Learning to read from more texts"]
    assert "Not measured for this page" in written
    assert evaluate.SERVICE in written
    assert "script" not in tags.seen
    assert not re.search(r'(?:src|href)="(?!#)', written)
    assert not re.search(r"url\((?!#)|@import", written)


def test_the_page_is_read_by_day_and_by_night(written: str) -> None:
    assert "color-scheme: light dark" in written
    assert "prefers-color-scheme: dark" in written
    plots_ = re.findall(r"<svg.*?</svg>", written, re.DOTALL)
    colours = {colour.lower() for plot in plots_ for colour in re.findall(r"#[0-9a-fA-F]{6}\b", plot)}
    assert colours <= {plots.BLUE, plots.ORANGE}
    assert all("currentColor" in plot for plot in plots_)


def test_a_ranker_that_does_not_know_its_clear_difference_has_no_reliability(data: Path) -> None:
    scorer = load_scorer(str(PRIOR), "fake")
    subject = report_page.Subject(judgements.load(data / "judged"), RememberingEncoder(FakeEncoder()), scorer, data)
    assert "does not know" in report_page.reliability(subject)
    assert "<svg" not in report_page.reliability(subject)


def test_the_curves_of_reading_are_drawn_when_asked_for(data: Path) -> None:
    subject = report_page.Subject(
        judgements.load(data / "judged"),
        RememberingEncoder(FakeEncoder()),
        load_scorer(str(PRIOR), "fake"),
        data,
    )
    section = report_page.reading_curve(subject, FEW_WORDS)
    assert section.count("<svg") == 1
    assert {">needs<", ">profiles<"} <= set(re.findall(r">\w+<", section))


def test_a_plot_is_well_formed_says_what_it_shows_and_is_the_same_each_time() -> None:
    curve = diagnostics.Curve((1, 2), (0.5, 0.6), (0.4, 0.5), (0.6, 0.7))
    one, other = (plots.curve_plot({"<b>": curve}, "Needs", "nDCG@5", "some") for _ in range(2))
    assert one == other
    assert ElementTree.fromstring(one).attrib["aria-label"] == "nDCG@5 by Needs"
    assert "<b>" not in one


def test_other_forms_of_the_score_are_trained_on_the_graded_pairs_of_a_folder(data: Path) -> None:
    result = CliRunner().invoke(
        evaluate.main,
        ["--judged", str(data / "judged"), "--graded", str(data)],
        obj=FakeEncoder(),
        env={"MATCHER_RANKER": str(PRIOR)},
        catch_exceptions=False,
    )
    rows = [line for line in result.stdout.splitlines() if line.startswith("| additive |")]
    assert len(rows) == 2
    assert rows[0].startswith("| additive | **1.000**")
    assert (
        sum(line.startswith(("| boosted monotone |", "| boosted free |")) for line in result.stdout.splitlines()) == 4
    )
