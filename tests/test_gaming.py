"""Stuffed and reworded profiles, and profiles without the passage that a score rests on."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from matcher.domain import Coach, Need
from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.intake import coach_from
from matcher.matching.areas import THEMES, WHOLE, SentenceAreas
from matcher.matching.embedding import load_encoder
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.matching.scoring import Scorer, load_scorer
from tests.factories import LAST_DECIMAL, FakeEncoder, a_coach, a_need
from tests.wishing_world import ToldReading
from training import deletion, fairness, gaming, judgements, learn_to_rank
from training.judgements import JUDGED_ON, JUDGED_RATES, Judgements
from training.learn_to_rank import PRIOR
from training.remembering import RememberingBothSides
from training.stuffing import BUZZWORDS, REPEATED, STUFFINGS, every_focus_area, the_best_again, the_needs_words
from training.swaps import SWAPS, other_first_name, other_gender, other_nationality
from training.what_if import WhatIf

ENCODER = FakeEncoder(512)


@cache
def prior() -> Scorer:
    return load_scorer(str(PRIOR), ENCODER.name)


def a_world(needs: list[Need], *coaches: Coach, scorer: Scorer | None = None) -> WhatIf:
    """Those coaches, who are all eligible, graded 3, 2, 1, 0, 0, ... in that order."""
    grades = {coach.id: max(3 - place, 0) for place, coach in enumerate(coaches)}
    judged = Judgements(
        coaches={coach.id: coach for coach in coaches},
        needs={str(need.id): need for need in needs},
        readers={"A": {str(need.id): grades for need in needs}},
        digest="0" * 64,
    )
    return WhatIf(judged, ENCODER, scorer or prior(), SentenceAreas(ENCODER))


@cache
def judged_world() -> WhatIf:
    return WhatIf(judgements.load(), ENCODER, prior(), SentenceAreas(ENCODER))


NEED = a_need(id="n1", summary="He must delegate.", focus_areas=[{"area": "delegation"}])
NAMES_IT = a_coach(id="c1", focus_areas=["delegation"])
OTHERS = [a_coach(id=f"c{place}", focus_areas=["execution"]) for place in range(2, 6)]


@pytest.mark.parametrize("kind", STUFFINGS)
def test_a_stuffed_profile_is_one_that_can_be_imported(kind: str) -> None:
    judged = judgements.load()
    coach = judged.coaches["dc002"]
    stuffed = STUFFINGS[kind](coach, judged.needs["dn001"], coach_passages(coach)[3].text)
    assert stuffed != coach
    document = stuffed.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert coach_from(document) == stuffed


def test_stuffing_leaves_what_was_there_and_adds_what_it_says() -> None:
    coach = a_coach(bio="I sail.", focus_areas=["delegation"])
    need = a_need(summary="He cannot let go.", outcome="Two days off.")
    stuffed = {kind: STUFFINGS[kind](coach, need, "He let go.") for kind in STUFFINGS}
    tags, facts, buzzwords, copied, roles, again = stuffed.values()
    assert tags.focus_areas == FOCUS_AREAS
    assert facts.experience.levels_coached == ("first_line", "middle", "senior", "executive")
    assert all(phrase in buzzwords.bio for phrase in BUZZWORDS)
    assert len(set(BUZZWORDS)) >= 40
    assert copied.bio == "I sail.\n\nHe cannot let go.\n\nTwo days off."
    assert roles.experience.roles_held == ("He cannot let go.", "Two days off.", *coach.experience.roles_held)
    assert again.bio == "I sail." + "\n\nHe let go." * REPEATED
    assert the_best_again(coach, need, "") == coach


def test_who_gains_what_the_need_asks_for_rises_and_comes_among_the_first_three() -> None:
    world = a_world([NEED], NAMES_IT, *OTHERS)

    def honest(coach: Coach, need: Need, best: str) -> Coach:
        return coach.model_copy(update={"focus_areas": ("delegation",)})

    first, *others = gaming.stuffed(world, NEED, honest)
    assert (first.rose, first.came_in, first.grade) == (0, False, 3)
    # The price is the same, so the id settles between the first coach and one who now does as well.
    assert [one.rose for one in others] == [0, 1, 2, 3]
    assert [one.came_in for one in others] == [False, False, True, True]


def test_who_loses_what_the_need_asks_for_falls() -> None:
    world = a_world([NEED], NAMES_IT, *OTHERS)

    def silent(coach: Coach, need: Need, best: str) -> Coach:
        return coach.model_copy(update={"focus_areas": ("execution",)})

    found = gaming.stuffed(world, NEED, silent)
    assert [one.rose for one in found] == [0, 0, 0, 0, 0]
    dearer = a_world([NEED], a_coach(id="c1", focus_areas=["delegation"], fees=DEAR), *OTHERS)
    assert [one.rose for one in gaming.stuffed(dearer, NEED, silent)] == [-4, 0, 0, 0, 0]


DEAR = {"amount": 300, "currency": "EUR", "per": "session", "minutes": 60}


def test_stuffing_one_at_a_time_gives_the_ranks_that_the_service_would() -> None:
    world = judged_world()
    need = world.judged.needs["dn010"]
    reader = Reader(ENCODER, SentenceAreas(ENCODER))
    for kind, stuffing in STUFFINGS.items():
        best = gaming.best_passages(world.candidates(need))
        expected = []
        for coach_id, passage in zip(sorted(world.judged.gains["dn010"]), best, strict=True):
            profile = world.profile(stuffing(world.judged.coaches[coach_id], need, passage))
            ranks = [
                Recommender(index, reader, prior(), JUDGED_RATES)
                .recommend(need, 1, JUDGED_ON)
                .assessment.rank(coach_id)
                for index in (world.index, world.index.updated({coach_id: profile}))
            ]
            expected.append(ranks[0] - ranks[1])
        assert [one.rose for one in gaming.stuffed(world, need, stuffing)] == expected, kind


def test_naming_every_area_gains_nothing_for_one_who_named_the_goal_and_copying_the_need_for_nobody() -> None:
    world = a_world([NEED], *[coach.model_copy(update={"focus_areas": ("delegation",)}) for coach in OTHERS], NAMES_IT)
    assert all(one.rose <= 0 for one in gaming.stuffed(world, NEED, every_focus_area))
    for need in judged_world().judged.needs.values():
        assert all(one.rose <= 0 for one in gaming.stuffed(judged_world(), need, the_needs_words))


def test_the_table_tells_mean_change_and_share_that_rises_of_all_and_of_the_poor() -> None:
    outcomes = [gaming.Stuffed(2, True, 0.5), gaming.Stuffed(-1, False, 3.0), gaming.Stuffed(0, False, 0.0)]
    line = gaming.stuffing_table({"tags": outcomes, "none": []}).splitlines()
    assert line[2] == "| tags | +0.33 | 33 % | 33 % | +1.00 | 50 % |"
    assert line[3] == "| none | - | - | - | - | - |"


def test_first_names_are_swapped_in_name_texts_and_references() -> None:
    coach = a_coach(
        name="Dr. Ada Bell", bio="Ada's clients say so. Adamant.", references=[{"rating": 5, "text": "Thank you, Ada!"}]
    )
    swapped = other_first_name(coach)
    new = swapped.name.split()[1]
    assert new != "Ada"
    assert swapped.name == f"Dr. {new} Bell"
    assert swapped.bio == f"{new}'s clients say so. Adamant."
    assert swapped.references[0].text == f"Thank you, {new}!"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("He told her about his wife, Mr Bell.", "She told his about her husband, Ms Bell."),
        ("Ask her. She did it herself.", "Ask him. He did it himself."),
        ("Mrs Bell and HER son; the theme is here.", "Mr Bell and His son; the theme is here."),
        ("Frau Roth und Herr Blau", "Herr Roth und Frau Blau"),
    ],
)
def test_gendered_words_are_swapped_and_no_others(text: str, other: str) -> None:
    assert other_gender(a_coach(bio=text)).bio == other


def test_nationality_is_swapped_in_texts_and_country_but_not_in_languages() -> None:
    coach = a_coach(country="NL", headline="A Dutch coach in Germany", bio="I polish drafts for Polish banks.")
    swapped = other_nationality(coach)
    assert (swapped.country, swapped.headline) == ("TR", "A Turkish coach in Nigeria")
    assert swapped.bio == "I polish drafts for Vietnamese banks."
    assert swapped.languages == coach.languages
    assert other_nationality(a_coach()).country is None


def learned(world: WhatIf) -> Scorer:
    """The ranker learned from the judged pairs, so with a clear difference in its own scale."""
    needs = [world.judged.needs[need] for need in world.judged.gains]
    reader = Reader(ENCODER, SentenceAreas(ENCODER))
    readers = list(world.judged.readers.values())
    graded = learn_to_rank.graded_pairs(needs, readers, world.index, reader, scorer=prior())
    return learn_to_rank.learn(prior(), graded, "learned")


@pytest.mark.parametrize("name", SWAPS)
def test_no_swap_moves_a_structured_facet_and_none_moves_a_score_clearly(name: str) -> None:
    judged = judged_world()
    world = WhatIf(judged.judged, ENCODER, learned(judged), SentenceAreas(ENCODER))
    needs = list(world.judged.needs.values())
    found = fairness.moved(world, SWAPS[name], needs)
    assert len(found) == sum(map(len, world.judged.gains.values()))
    assert sum(one.reworded for one in found) > 100
    assert max(one.structured for one in found) == 0
    assert world.scorer.clear_difference is not None
    assert 0 < max(abs(one.score) for one in found) < world.scorer.clear_difference


def test_a_swap_that_touches_a_fact_is_seen() -> None:
    world = a_world([NEED], NAMES_IT, *OTHERS)
    tagless = fairness.moved(world, lambda coach: coach.model_copy(update={"focus_areas": ()}), [NEED])
    assert [one.structured for one in tagless] == [2, 1, 1, 1, 1]
    assert not any(one.reworded for one in tagless)
    assert tagless[0].score < 0


def test_with_the_packaged_encoder_and_ranker_no_swap_moves_a_score_clearly() -> None:
    encoder = load_encoder(threads=1)
    judged = judgements.load()
    need = judged.needs["dn010"]
    few = Judgements(
        coaches={coach: judged.coaches[coach] for coach in judged.gains["dn010"]},
        needs={"dn010": need},
        readers={name: {"dn010": grades["dn010"]} for name, grades in judged.readers.items()},
        digest=judged.digest,
    )
    world = WhatIf(few, encoder, load_scorer("", encoder.name))
    assert world.scorer.clear_difference is not None
    for name, swap in SWAPS.items():
        found = fairness.moved(world, swap, [need])
        assert max(one.structured for one in found) == 0, name
        assert max(abs(one.score) for one in found) < world.scorer.clear_difference, name


def test_without_its_best_passage_a_shown_coach_scores_less_by_exactly_what_the_passage_adds() -> None:
    world = judged_world()
    shown = [one for need in world.judged.needs.values() for one in deletion.deletions(world, need)]
    assert {one.need for one in shown} == set(world.judged.needs)
    assert max(one.error for one in shown) < 1e-6
    assert all(one.said["goals_evidenced"] > 0 for one in shown)


def test_what_a_passage_adds_is_its_part_of_the_whole_that_the_best_show_together() -> None:
    bio = "One of many passages here.\n\nAnother of many passages here.\n\nA third of many passages here."
    coach = a_coach(id="c1", bio=bio)
    world = a_world([NEED], coach)
    profile = world.profile(coach)
    areas = np.zeros_like(profile.themes)
    areas[:, FOCUS_AREAS.index("delegation")] = [0.6, 0.5, -0.3]
    told = type(profile)(coach, areas, profile.passages)
    weights = {facet.facet: facet.weight for facet in prior().facets}
    for place, goals, against in ((0, 0.6 / WHOLE, 0.0), (1, 0.5 / WHOLE, 0.0), (2, 0.0, -0.3)):
        candidates = world.candidates(NEED, [told])
        first = int(candidates.index.columns.spans.start[0])
        said = deletion.said_to_add(world, candidates, 0, first + place)
        assert said["goals_evidenced"] == pytest.approx(weights["goals_evidenced"] * goals, abs=LAST_DECIMAL)
        assert said["nothing_against"] == pytest.approx(weights["nothing_against"] * against, abs=LAST_DECIMAL)


def test_a_passage_adds_to_the_background_wished_for_what_the_score_loses_without_it() -> None:
    wish = "Ideally she has carried a plan through a town council."
    need = a_need(id="n1", summary=wish, focus_areas=[{"area": "delegation"}])
    wished = {"town council": ("background", "", 0.9)}
    reading = ToldReading(wished, {"delegate": ("delegation", 0.9)}, told_of={"council": "public_service"})
    told = "I taught a mayor to delegate and carried a plan through the council."
    coaches = [a_coach(id="c1", bio=f"{told}\n\nI sail a lot in summer."), a_coach(id="c2", bio=told)]
    judged = a_world([need], *coaches).judged
    world = WhatIf(judged, ENCODER, prior(), reading)
    first, second = deletion.deletions(world, need)
    assert max(first.error, second.error) < 1e-6
    assert min(first.said["background"], first.fall, second.fall) > 0


def test_a_profile_that_loses_its_only_passage_is_unknown_and_so_neutral() -> None:
    world = a_world([NEED], a_coach(id="c1", bio="Managers learn to delegate."))
    weights = {facet.facet: facet for facet in prior().facets}
    said = deletion.said_to_add(world, world.candidates(NEED), 0, 0)
    unmoved = weights["nothing_against"]
    assert said["nothing_against"] == pytest.approx(unmoved.weight * (1 - unmoved.neutral))


def test_readings_of_areas_are_remembered_as_they_were() -> None:
    texts = ["managers learn to delegate", "we sail", "managers learn to delegate"]
    vectors, plain = ENCODER.encode(texts), SentenceAreas(ENCODER)
    remembering = RememberingBothSides(plain)
    for _ in range(2):
        np.testing.assert_array_equal(remembering.of_profile(texts, vectors), plain.of_profile(texts, vectors))
        np.testing.assert_array_equal(remembering.of_need(texts, vectors), plain.of_need(texts, vectors))
        np.testing.assert_array_equal(remembering.of_whole(texts), plain.of_whole(texts))
    assert remembering.of_need([], vectors[:0]).shape == (0, len(FOCUS_AREAS))
    assert remembering.of_profile([], vectors[:0]).shape == (0, THEMES)
    assert (remembering.name, remembering.kept, remembering.clear) == (plain.name, plain.kept, plain.clear)
    told = ToldReading({"delegate": ("background", "", 0.9)}, words=frozenset({"we", "sail"}))
    again = RememberingBothSides(told)
    for _ in range(2):
        np.testing.assert_array_equal(again.wishes(texts, vectors), told.wishes(texts, vectors))
    assert again.words_known("we sail far") == told.words_known("we sail far")


def test_the_report_is_put_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coaches = [NAMES_IT, *OTHERS]
    for name, records in (("coaches.jsonl", coaches), ("needs.jsonl", [NEED])):
        (tmp_path / name).write_text("\n".join(record.model_dump_json(by_alias=True) for record in records))
    (tmp_path / "grades.json").write_text(json.dumps({"A": {"n1": {coach.id: 1 for coach in coaches}}}))
    readme = tmp_path / "README.md"
    readme.write_text("<!-- gaming:begin -->\nold\n<!-- gaming:end -->\n")
    monkeypatch.setenv("MATCHER_RANKER", str(PRIOR))
    result = CliRunner().invoke(
        gaming.main,
        ["--judged", str(tmp_path), "--write-readme", str(readme)],
        obj=FakeEncoder(),
        catch_exceptions=False,
    )
    assert "(5 pairs)" in result.stdout
    assert all(f"| {row} |" in result.stdout for row in (*STUFFINGS, *SWAPS))
    assert "No coach shown has a passage that shows a goal." in result.stdout
    assert result.stdout.strip() in readme.read_text()
    assert "old" not in readme.read_text()
