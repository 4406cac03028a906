"""Learning to read areas by words, and settling what each reading has to say, on texts that give their areas away."""

from pathlib import Path

import numpy as np
import pytest

from matcher.domain.vocabulary import FOCUS_AREAS, STYLES
from matcher.matching.area_classifier import CLASSES, NONE, PassageClassifier, Side, VectorClassifier, to_bytes
from matcher.matching.backgrounds import NO_BACKGROUND
from matcher.matching.wish_reading import BACKGROUND, NO_WISH, TO_AVOID, WANTED
from tests.annotated_world import write_annotated
from tests.factories import FakeEncoder
from training import annotations, read_areas
from training.annotations import Annotated, Annotations, Example
from training.read_areas import BEST_PASSAGES, SAYS, USUAL_SAYS, WHOLE_WORDS, Words, learn_side, learn_words

ENCODER = FakeEncoder(64)
WORDS = Words(most_words=400, most_parts=200, least_texts=2)
SIDES: tuple[Side, ...] = ("need", "profile", "wish", "background")


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[Side, Annotations]:
    data: Path = write_annotated(tmp_path_factory.mktemp("data"))
    return {
        "need": annotations.need_side(data),
        "profile": annotations.profile_side(data),
        "wish": annotations.wish_side(data),
        "background": annotations.background_side(data),
    }


def knows_nothing(side: Side) -> VectorClassifier:
    """By meaning every class is as likely as the others."""
    return VectorClassifier.rounded(np.zeros((CLASSES[side], ENCODER.dimension + 1)))


@pytest.mark.parametrize("side", SIDES[:2])
def test_every_area_is_learned_from_the_words_of_its_examples(side: Side, sides: dict[Side, Annotations]) -> None:
    learned = learn_words(sides[side].examples(), CLASSES[side], WORDS)
    found = learned.probabilities([f"word{place} is shown here" for place in range(NONE)])
    np.testing.assert_array_equal(found.argmax(axis=1), range(NONE))
    assert learned.probabilities(["nothing to the point"]).argmax() == NONE


def test_every_wish_is_learned_from_the_words_of_its_examples(sides: dict[Side, Annotations]) -> None:
    learned = learn_words(sides["wish"].examples(), CLASSES["wish"], WORDS)
    for first, how in ((WANTED, "wanted"), (TO_AVOID, "avoided")):
        found = learned.probabilities([f"a coach of style{place} {how}" for place in range(len(STYLES))])
        np.testing.assert_array_equal(found.argmax(axis=1), first + np.arange(len(STYLES)))
    found = learned.probabilities(["a coach who has done it before", "word3 of this is marked"])
    assert found.argmax(axis=1).tolist() == [BACKGROUND, NO_WISH]


def test_a_whole_need_is_about_the_areas_that_its_passages_tell_of(sides: dict[Side, Annotations]) -> None:
    wholes = sides["need"].wholes()
    assert all(sum(whole.shares.values()) == pytest.approx(1) and max(whole.shares) < NONE for whole in wholes)
    learned = learn_words(wholes, NONE, WHOLE_WORDS)
    assert learned.terms.parts == ()
    told = [document for document in sides["need"].documents if document.areas]
    for document in told:
        assert FOCUS_AREAS[learned.probabilities_together(document.passages).argmax()] in document.areas


def test_of_a_profile_what_speaks_against_an_area_is_told_from_what_speaks_for_it(
    sides: dict[Side, Annotations],
) -> None:
    learned = learn_words(sides["profile"].examples(), CLASSES["profile"], WORDS)
    found = learned.probabilities([f"word{place} is denied" for place in range(NONE)])
    np.testing.assert_array_equal(found.argmax(axis=1), np.arange(NONE) + NONE + 1)


def test_a_share_and_a_weight_count_as_much_as_that_many_texts() -> None:
    def learned(*examples: Example) -> np.ndarray:
        others = [Example(f"filling {one}", {one: 1.0}) for one in range(3)]
        return learn_words([*others, *examples], 3, Words(50, 50, least_texts=1)).probabilities(["alpha"])[0]

    shared = learned(Example("alpha", {0: 0.75, 1: 0.25}))
    assert shared[0] > shared[1]
    apart = learned(Example("alpha", {0: 1.0}, weight=0.75), Example("alpha", {1: 1.0}, weight=0.25))
    assert learned(Example("alpha", {0: 0.25, 1: 0.75}))[0] < shared[0] < learned(Example("alpha", {0: 1.0}))[0]
    # Not to the last digit, since a second text makes its terms commoner.
    assert shared == pytest.approx(apart, abs=0.1)


def test_a_class_without_an_example_is_refused(sides: dict[Side, Annotations]) -> None:
    lacking = [example for example in sides["need"].examples() if 40 not in example.shares]
    with pytest.raises(ValueError, match="every focus area"):
        learn_words(lacking, CLASSES["need"], WORDS)


@pytest.mark.parametrize("side", SIDES)
def test_a_side_is_the_same_each_time_and_its_card_says_how_good_it_is(
    side: Side, sides: dict[Side, Annotations]
) -> None:
    held_out = sides[side].documents[:6]
    examples = sides[side].examples(without={document.id for document in held_out})
    one, other = (
        learn_side(side, examples, held_out, by_meaning=knows_nothing(side), encoder=ENCODER, words=WORDS)
        for _ in range(2)
    )
    whole = learn_words(sides["need"].wholes(), NONE, WHOLE_WORDS)
    assert to_bytes({side: one[0]}, whole) == to_bytes({side: other[0]}, whole)
    told = one[1]
    assert told == other[1]
    assert (told["held_out"], told["examples"]) == (6, len(examples))
    assert isinstance(told["value"], float)
    assert told["value"] > 0.8
    by_says = told["by_says"]
    assert isinstance(by_says, list)
    assert len(by_says) == len(SAYS) ** 2


def learned_beside(rows: np.ndarray, documents: list[Annotated]) -> tuple[PassageClassifier, dict[str, object]]:
    """What is learned for needs from sentences of which "alpha" alone tells of area 0, beside those rows by meaning;
    the says are settled on the documents."""
    examples = [Example(f"filling {one}", {one: 1.0}) for one in range(NONE + 1)] * 2
    examples += [Example("alpha", {0: 1.0})] * 3
    return learn_side(
        "need",
        examples,
        documents,
        by_meaning=VectorClassifier.rounded(rows),
        encoder=ENCODER,
        words=Words(90, 90, least_texts=1),
    )


def test_what_is_wrong_gets_the_least_say_where_that_makes_the_reading_better() -> None:
    # Both documents are of area 0. By words that is plain in one and hard to see in the other, where
    # meaning, sure of area 9, is wrong.
    documents = [
        Annotated("a", ("alpha",), FOCUS_AREAS[:1], ()),
        Annotated("b", ("alpha beta",), FOCUS_AREAS[:1], ()),
    ]
    rows = np.zeros((CLASSES["need"], ENCODER.dimension + 1))
    rows[9:15, -1] = 30.0
    classifier, told = learned_beside(rows, documents)
    assert classifier.say_of_words > classifier.say_of_meaning
    by_says = {(says["meaning"], says["words"]): says["value"] for says in told["by_says"]}  # type: ignore[attr-defined]
    assert by_says[1.0, 0.3] < told["value"] == 1  # type: ignore[operator]


def test_other_says_than_the_usual_ones_must_read_clearly_better() -> None:
    # By words both are of area 0; by meaning, which then should say less, the hard one is of areas 9 to 14.
    plain = [Annotated(str(number), ("alpha",), FOCUS_AREAS[:1], ()) for number in range(59)]
    hard = Annotated("hard", ("alpha wrong",), FOCUS_AREAS[:1], ())
    rows = np.zeros((CLASSES["need"], ENCODER.dimension + 1))
    rows[9:15, ENCODER.axis("wrong")] = 30.0

    def says(documents: list[Annotated]) -> tuple[tuple[float, float], float, float]:
        one, told = learned_beside(rows, documents)
        most = max(ways["value"] for ways in told["by_says"])  # type: ignore[attr-defined]
        return (one.say_of_meaning, one.say_of_words), told["value"], most  # type: ignore[return-value]

    assert says([*plain, hard]) == (USUAL_SAYS["need"], round(59 / 60, 4), 1)
    found, value, _ = says([hard])
    assert (found != USUAL_SAYS["need"], value) == (True, 1)


def test_measures_are_those_worked_out_by_hand() -> None:
    documents = [Annotated("a", (), FOCUS_AREAS[:2], ()), Annotated("b", (), FOCUS_AREAS[1:2], ())]
    scores = np.zeros((2, 1, NONE + 1))
    scores[0, 0, [1, *range(10, 14)]] = 1
    scores[1, 0, 20:25] = 2
    assert read_areas.stated_among_read(documents, [*scores]) == pytest.approx(1 / 3)
    scores[:, 0, 0] = [1, 2]
    assert read_areas.mean_average_precision(documents, [*scores]) == pytest.approx((1 / 2 + 1) / 2)


def test_wishes_are_measured_over_all_passages_of_all_needs_and_the_wishes_that_occur() -> None:
    def a_document(*marked: int) -> Annotated:
        passages = tuple(f"passage {place}" for place in range(len(marked)))
        shares = (Example(text, {one: 1.0}) for text, one in zip(passages, marked, strict=True))
        return Annotated("a", passages, (), (*shares, Example("quote", {5: 1.0}, 0.5)))

    documents = [a_document(0, NO_WISH), a_document(BACKGROUND)]
    first, second = np.zeros((2, NO_WISH + 1)), np.zeros((1, NO_WISH + 1))
    first[:, 0] = [0.4, 0.9]
    second[0, BACKGROUND] = 0.1
    measured = read_areas.mean_average_precision_of_passages
    assert measured(documents, [first, second]) == pytest.approx((1 / 2 + 1) / 2)
    assert measured([a_document(NO_WISH)], [first[:1]]) == 0


def test_backgrounds_are_measured_over_all_examples_roles_held_among_them() -> None:
    examples = (Example("led a plant", {3: 1.0}), Example("Plant manager", {3: 1.0}, 0.5), Example("", {4: 1.0}))
    scores = np.zeros((3, NO_BACKGROUND + 1))
    scores[:, 3] = [0.9, 0.1, 0.5]
    scores[:, 4] = [0, 0, 1]
    measured = read_areas.mean_average_precision_of_examples
    assert measured([Annotated("a", (), (), examples)], [scores]) == pytest.approx(((1 + 2 / 3) / 2 + 1) / 2)


def test_of_a_document_the_best_passages_of_an_area_count_together_and_no_class_but_areas() -> None:
    probabilities = np.zeros((BEST_PASSAGES + 1, 2 * NONE + 1))
    probabilities[:, 0] = 0.125
    probabilities[1, 0] = 0.5
    probabilities[:, NONE] = 0.9
    found = read_areas.of_document(probabilities)
    assert found.shape == (NONE,)
    assert (found[0], found[1:].max()) == (0.5 + 0.125 * (BEST_PASSAGES - 1), 0)
    assert read_areas.of_document(probabilities[:1])[0] == 0.125
