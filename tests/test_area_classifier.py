"""Reading focus areas with classifiers whose answers are known by construction, and refusing broken ones."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.domain.backgrounds import BACKGROUNDS
from matcher.domain.vocabulary import FOCUS_AREAS, STYLES
from matcher.errors import ConfigurationError
from matcher.matching.area_classifier import (
    CARD,
    CLASSES,
    COEFFICIENTS,
    NONE,
    ClassifiedAreas,
    PassageClassifier,
    Side,
    VectorClassifier,
    area_reading,
    combined,
    to_bytes,
)
from matcher.matching.areas import THEMES, AreaReading, SentenceAreas
from matcher.matching.backgrounds import NO_BACKGROUND
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.matching.scoring import load_scorer
from matcher.matching.wish_reading import BACKGROUND, NO_WISH, TO_AVOID, WANTED
from matcher.matching.word_classifier import COMMON, Terms, WordClassifier, WordsKnown
from tests.factories import CountingEncoder, FakeEncoder, a_coach, a_need
from training.judgements import JUDGED_ON, JUDGED_RATES

ENCODER = FakeEncoder(256)
AREAS = {"delegation": "bravo", "boundaries": "charlie"}
AGAINST = "delta"
"""The word of a passage of a profile that speaks against delegation."""
OTHERS = ("echo", "foxtrot")


def class_of(area: str, against: bool = False) -> int:
    return FOCUS_AREAS.index(area) + (NONE + 1 if against else 0)


WORD_OF: Mapping[Side, Mapping[int, str]] = {
    "need": {class_of(area): word for area, word in AREAS.items()},
    "profile": {class_of(area): word for area, word in AREAS.items()} | {class_of("delegation", True): AGAINST},
    "wish": {WANTED + 2: "golf", TO_AVOID + 2: "hotel", TO_AVOID + 5: "india", BACKGROUND: "juliett"},
    "background": {BACKGROUNDS.index("research"): "kappa", BACKGROUNDS.index("production"): "plant"},
}
NOTHING: Mapping[Side, int] = {"need": NONE, "profile": NONE, "wish": NO_WISH, "background": NO_BACKGROUND}


def by_meaning(side: Side, steep: float = 8) -> VectorClassifier:
    """A passage whose only word is that of a class is of it, any other of none."""
    rows = np.zeros((CLASSES[side], ENCODER.dimension + 1))
    rows[:, -1] = -steep
    rows[NOTHING[side], -1] = 0
    for one, word in WORD_OF[side].items():
        rows[one, ENCODER.axis(word)] = 2 * steep
    return VectorClassifier.rounded(rows)


def by_words(side: Side, steep: float = 8) -> WordClassifier:
    """The same."""
    words = sorted(WORD_OF[side].values())
    rows = np.zeros((CLASSES[side], len(words) + 2))
    rows[:, -1] = -steep
    rows[NOTHING[side], -1] = 0
    for one, word in WORD_OF[side].items():
        rows[one, words.index(word)] = 2 * steep
    return WordClassifier.rounded(Terms(tuple(words), ("zzz",), np.ones(len(words) + 1)), rows)


def classifiers(**changes: Any) -> dict[Side, PassageClassifier]:
    return {
        side: PassageClassifier(
            changes.get(f"{side}_by_meaning", by_meaning(side)), changes.get(f"{side}_by_words", by_words(side)), 1, 0.5
        )
        for side in CLASSES
    }


def of_whole(steep: float = 0) -> WordClassifier:
    """A need with the word "golf" is, the steeper the more, about boundaries; any other about all areas alike."""
    words = ("bravo", "charlie", "golf")
    rows = np.zeros((NONE, len(words) + 1))
    rows[class_of("boundaries"), words.index("golf")] = steep
    return WordClassifier.rounded(Terms(words, (), np.ones(len(words))), rows)


def all_as_bytes(whole: WordClassifier | None = None) -> bytes:
    return to_bytes(classifiers(), whole or of_whole())


def written(folder: Path, content: bytes | None = None, **changes: Any) -> Path:
    (folder / COEFFICIENTS).write_bytes(all_as_bytes() if content is None else content)
    digest = hashlib.sha256((folder / COEFFICIENTS).read_bytes()).hexdigest()
    says = {side: {"meaning": 1, "words": 0.5} for side in CLASSES}
    card = {"format": 7, "name": "tiny", "encoder": "fake", "areas": FOCUS_AREAS, "styles": STYLES, "say": says}
    card |= {"backgrounds": BACKGROUNDS, "coefficients_sha256": digest, "further": "told to readers"}
    (folder / CARD).write_text(json.dumps(card | changes))
    return folder


@pytest.fixture
def areas(tmp_path: Path) -> AreaReading:
    return area_reading(ENCODER, written(tmp_path))


def shown(areas: AreaReading, *texts: str) -> np.ndarray:
    return areas.of_profile(texts, ENCODER.encode(texts))


def a_recommender(areas: AreaReading, *bios: str) -> Recommender:
    coaches = [a_coach(id=f"c{place}", bio=bio) for place, bio in enumerate(bios)]
    texts = [[passage.text for passage in coach_passages(coach)] for coach in coaches]
    profiles = [Profile(coach, shown(areas, *own)) for coach, own in zip(coaches, texts, strict=True)]
    index = CoachIndex.build(profiles)
    return Recommender(index, Reader(ENCODER, areas), load_scorer("", "fake"), JUDGED_RATES)


def test_probabilities_by_meaning_are_the_softmax_of_the_logits() -> None:
    rows = np.array([[0.5, 1.0, 0.25], [-1.0, 0.5, 0.0], [0.0, 0.0, 0.0]])
    vectors = np.array([[0.0, 0.5], [-1.0, 0.25]], np.float32)
    odds = np.exp([[0.75, 0.25, 0.0], [0.0, 1.125, 0.0]])
    found = VectorClassifier.rounded(rows).probabilities(vectors)
    np.testing.assert_allclose(found, odds / odds.sum(axis=1, keepdims=True), rtol=1e-6)
    assert VectorClassifier.rounded(rows).probabilities(vectors[:0]).shape == (0, 3)


def test_equal_passages_have_equal_probabilities_to_the_last_bit_wherever_they_stand() -> None:
    rng = np.random.default_rng(3)
    classifier = VectorClassifier.rounded(rng.normal(scale=9, size=(43, 385)))
    vectors = rng.normal(scale=0.05, size=(5003, 384)).astype(np.float32)
    vectors[::7] = vectors[0]
    together = classifier.probabilities(vectors)
    assert (together[::7] == together[0]).all()
    for rows in (slice(1, 2), slice(4000, 4100)):
        np.testing.assert_array_equal(classifier.probabilities(vectors[rows]), together[rows])


def test_a_passage_is_read_alike_to_the_last_bit_whatever_is_read_with_it(areas: AreaReading) -> None:
    texts = ["bravo", "echo delta", "charlie bravo", "", "delta bravo echo"] * 9
    for of in (areas.of_need, areas.of_profile):
        together = of(texts, ENCODER.encode(texts))
        alone = [of([text], ENCODER.encode([text]))[0] for text in texts]
        np.testing.assert_array_equal(together, np.array(alone))
        assert of([], ENCODER.encode([])).shape == (0, together.shape[1])


def test_both_readings_together_are_their_product_to_the_powers_of_their_says() -> None:
    meaning, words = np.array([[0.7, 0.2, 0.1]]), np.array([[0.1, 0.1, 0.8]])
    expected = (meaning[0] + 1e-4) ** 1.0 * (words[0] + 1e-4) ** 0.5
    np.testing.assert_allclose(combined(meaning, words, 1.0, 0.5)[0], expected / expected.sum(), rtol=1e-12)
    # What has no say is not heard; and what one rules out the other may still bring in.
    np.testing.assert_allclose(combined(meaning, words, 1.0, 0.0)[0], meaning[0], atol=1e-3)
    ruled_out = combined(np.array([[0.0, 0.9, 0.1]]), np.array([[1.0, 0.0, 0.0]]), 1.0, 1.0)[0]
    assert 0 < ruled_out[0] < 1


def test_a_passage_is_shown_in_an_area_less_what_speaks_against_it(areas: AreaReading) -> None:
    delegation, boundaries = FOCUS_AREAS.index("delegation"), FOCUS_AREAS.index("boundaries")
    told, against, neither = shown(areas, "bravo", AGAINST, "echo")
    assert told[delegation] > 0.9
    assert against[delegation] < -0.9
    assert abs(neither[delegation]) < 0.1
    assert np.abs([told[boundaries], against[boundaries], neither[boundaries]]).max() < 0.1
    assert areas.of_need([AGAINST], ENCODER.encode([AGAINST])).max() < 0.1


def test_wishes_are_those_of_the_third_classifier(areas: AreaReading) -> None:
    texts = [*WORD_OF["wish"].values(), "echo"]
    found = areas.wishes(texts, ENCODER.encode(texts))
    assert found.shape == (len(texts), NO_WISH)
    assert found[:-1].argmax(axis=1).tolist() == [*WORD_OF["wish"]]
    assert found[:-1].max(axis=1).min() > 0.9
    assert found[-1].max() < 0.1


def test_words_are_known_that_stand_by_themselves_among_the_terms_of_areas(areas: AreaReading) -> None:
    known = areas.words_known("Bravo, delta! Golf foxtrot x.")
    assert known == WordsKnown(common=2, rare=2, unknown_letters=len("golffoxtrot"))
    assert known.share == 0.5
    assert WordsKnown.of("", frozenset(), frozenset()).share == 1
    rare = 1 + np.log(COMMON)
    assert Terms(("alpha", "alpha bravo", "charlie"), (), np.array([rare, 1, rare + 0.01])).common_words == {"alpha"}


def test_goals_are_the_areas_told_each_with_the_passage_it_was_read_from(areas: AreaReading) -> None:
    need = a_need(summary="Bravo bravo bravo bravo bravo bravo.\n\nBravo, bravo bravo bravo bravo.", outcome="Charlie.")
    goals = Reader(ENCODER, areas).read(need).goals
    assert [(goal.area, goal.stated, goal.passage and goal.passage.source) for goal in goals] == [
        ("delegation", False, "summary"),
        ("boundaries", False, "outcome"),
    ]
    assert [goal.weight for goal in goals] == pytest.approx([2 / 3, 1 / 3], abs=0.01)
    assert Reader(ENCODER, areas).read(a_need(summary="Echo foxtrot.")).goals != goals


def test_what_the_need_as_a_whole_is_about_decides_where_its_passages_may_tell_of_either(tmp_path: Path) -> None:
    reader = Reader(ENCODER, area_reading(ENCODER, written(tmp_path, all_as_bytes(of_whole(steep=8)))))
    # By itself "golf" tells of no area.
    plain = {goal.area: goal.weight for goal in reader.read(a_need(summary="Bravo. Charlie.")).goals}
    golf = {goal.area: goal.weight for goal in reader.read(a_need(summary="Bravo. Charlie. Golf.")).goals}
    assert plain["boundaries"] == pytest.approx(plain["delegation"], rel=0.01)
    assert golf["boundaries"] > 1.5 * golf["delegation"] > 0


def test_evidence_is_quoted_where_it_is_shown_and_unrelated_passages_are_not(areas: AreaReading) -> None:
    need = a_need(summary="", focus_areas=[{"area": "delegation"}])
    told, other = "Bravo bravo bravo bravo bravo bravo.", "Golf hotel india juliett kilo lima."
    found = a_recommender(areas, other, f"{other}\n\n{told}").recommend(need, 2, JUDGED_ON)
    values = {
        shown.coach_id: next(entry.value for entry in shown.contributions if entry.facet == "goals_evidenced")
        for shown in found.coaches
    }
    assert values["c1"] == pytest.approx(0.5, abs=0.03)
    assert values["c0"] == pytest.approx(0, abs=0.03)
    quotes = [(s.coach_id, e.quote) for s in found.coaches for e in s.evidence if e.facet == "goals_evidenced"]
    assert quotes == [("c1", told)]


def test_what_speaks_against_a_goal_is_the_reservation_word_for_word(areas: AreaReading) -> None:
    need = a_need(summary="", focus_areas=[{"area": "delegation"}])
    told, against = "Bravo bravo bravo bravo bravo bravo.", "Delta delta delta delta delta delta."
    first, second = a_recommender(areas, f"{told}\n\n{against}", told).recommend(need, 2, JUDGED_ON).coaches
    assert (first.coach_id, second.coach_id) == ("c1", "c0")
    assert second.reservation == f"Speaks against help with delegation: “{against}” (bio)."
    values = [{entry.facet: entry.value for entry in one.contributions}["nothing_against"] for one in (first, second)]
    assert values == pytest.approx([1, 0], abs=0.05)


def test_backgrounds_are_read_of_a_profile_after_its_areas(areas: AreaReading) -> None:
    texts = ["kappa", "plant kappa", "echo"]
    found = shown(areas, *texts)
    assert found.shape == (3, THEMES)
    backgrounds = areas.backgrounds(texts, ENCODER.encode(texts))
    np.testing.assert_array_equal(found[:, len(FOCUS_AREAS) :], backgrounds)
    told = backgrounds[:, [BACKGROUNDS.index("research"), BACKGROUNDS.index("production")]]
    np.testing.assert_allclose(told, [[1, 0], [0.5, 0.5], [0, 0]], atol=0.01)


def test_words_of_backgrounds_are_read_in_english(areas: AreaReading) -> None:
    texts = ["Sie hat selbst ein Werk geleitet.", "Sie hat selbst eine Schule geleitet."]
    # By meaning both tell of either background, so the words decide.
    told = areas.backgrounds(texts, ENCODER.encode(["plant kappa"] * 2))[:, BACKGROUNDS.index("production")]
    assert told[0] > 0.9 > told[1]


def test_with_another_encoder_areas_are_read_by_the_sentences_about_them(tmp_path: Path) -> None:
    folder = written(tmp_path, encoder="another")
    assert isinstance(area_reading(ENCODER, folder), SentenceAreas)
    assert isinstance(area_reading(CountingEncoder("another"), written(tmp_path, encoder="fake")), SentenceAreas)
    assert isinstance(area_reading(ENCODER, written(tmp_path)), ClassifiedAreas)


def test_with_another_encoder_a_broken_card_is_refused_all_the_same(tmp_path: Path) -> None:
    further = {"styles": STYLES[1:]}, {"backgrounds": BACKGROUNDS[1:]}
    for changes in ({"format": 5}, {"say": {}}, {"areas": FOCUS_AREAS[1:]}, *further):
        with pytest.raises(ConfigurationError, match=r"model card|other (focus areas|styles|backgrounds)"):
            area_reading(ENCODER, written(tmp_path, encoder="another", **changes))


def test_the_same_classifiers_give_the_same_file_and_come_back_from_it(tmp_path: Path) -> None:
    assert all_as_bytes() == all_as_bytes()
    found = area_reading(ENCODER, written(tmp_path))
    assert isinstance(found, ClassifiedAreas)
    texts = ["bravo charlie", AGAINST, *OTHERS]
    for side in CLASSES:
        one = getattr(found, side)
        np.testing.assert_allclose(
            one.probabilities(texts, ENCODER.encode(texts)),
            classifiers()[side].probabilities(texts, ENCODER.encode(texts)),
            rtol=1e-6,
        )
    assert (found.name, found.kept, found.need.say_of_meaning, found.need.say_of_words) == ("tiny", True, 1, 0.5)


def test_the_classifier_of_whole_needs_comes_back_from_the_file(tmp_path: Path) -> None:
    whole = of_whole(steep=3)
    found = area_reading(ENCODER, written(tmp_path, all_as_bytes(whole)))
    for texts in (["golf bravo", "charlie"], [*OTHERS]):
        shares = found.of_whole(texts)
        assert (shares.shape, shares.dtype) == ((NONE,), np.float32)
        np.testing.assert_allclose(shares, whole.probabilities_together(texts), rtol=1e-6)
    assert found.of_whole(["golf"]).argmax() == class_of("boundaries")
