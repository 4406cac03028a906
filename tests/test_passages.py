from hypothesis import given
from hypothesis import strategies as st

from matcher.matching.passages import (
    LONGEST_PASSAGE,
    LONGEST_TITLE,
    MOST_ROLES,
    ROLES_HELD,
    SHORTEST_PASSAGE,
    coach_passages,
    need_passages,
    split,
)
from tests.factories import a_coach, a_need

WORDS = ["I", "coach", "managers", "über", "Ärger", "x" * 300, "z.B.", "3", "“Well”", "don't", "…", "!", "?", "- point"]
TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", " ", ". ", ".\n", "\n\n", "!) ", "\t"]))).map(
        lambda pairs: "".join(word + end for word, end in pairs)
    ),
)


@given(TEXTS)
def test_passages_are_the_text_word_for_word_in_order_and_lose_nothing(text: str) -> None:
    after = 0
    for passage in split(text):
        start = text.index(passage, after)
        assert not text[after:start].strip()
        after = start + len(passage)
    assert not text[after:].strip()


@given(TEXTS)
def test_a_passage_is_neither_blank_nor_longer_than_the_encoder_reads(text: str) -> None:
    assert all(passage == passage.strip() and 0 < len(passage) <= LONGEST_PASSAGE for passage in split(text))


def test_a_passage_is_a_sentence_of_a_paragraph() -> None:
    first, second = "We rehearse until the answer is true.", "Quite a few are simply worn out, at eleven too."
    assert split(f"{first} {second}\n\nI ask a lot.") == [first, second, "I ask a lot."]
    assert split(f"What I do:\n- {first}\n- {second}") == ["What I do:", f"- {first}", f"- {second}"]


def test_a_short_sentence_stays_with_its_neighbour() -> None:
    long = "We rehearse until the answer is true."
    assert split(f"So. {long} {long}") == [f"So. {long}", long]
    assert split(f"{long} {long} Dutch or English.") == [long, f"{long} Dutch or English."]


def test_a_long_sentence_is_cut_between_words_into_pieces_worth_quoting() -> None:
    sentence = " ".join(["managers"] * 27)
    pieces = split(sentence)
    assert " ".join(pieces) == sentence
    assert min(map(len, pieces)) >= SHORTEST_PASSAGE - len("managers")


def test_passages_of_a_profile_name_their_field_and_never_the_coach() -> None:
    coach = a_coach(
        name="Zebedee Quill",
        headline="I coach plants",
        approach="I ask.",
        references=[{"rating": 5}, {"rating": 4, "text": "She listens."}],
        experience={"roles_held": ["Plant manager", "Foreman"]},
    )
    found = [(passage.source, passage.text) for passage in coach_passages(coach)]
    texts = [("headline", "I coach plants"), ("approach", "I ask."), ("references/1", "She listens.")]
    assert found == [*texts, (ROLES_HELD, "Plant manager; Foreman")]
    assert coach_passages(a_coach()) == ()


def titles(*held: str) -> list[str]:
    """The passages of a profile that names those roles."""
    found = coach_passages(a_coach(headline="I coach", experience={"roles_held": held}))[1:]
    assert all(passage.source == ROLES_HELD and len(passage.text) <= LONGEST_PASSAGE for passage in found)
    return [passage.text for passage in found]


def test_of_many_roles_the_first_are_a_passage_and_blank_or_endless_ones_are_none() -> None:
    many = [f"Role number {number}" for number in range(40)]
    assert titles(*many) == ["; ".join(many[:MOST_ROLES])]
    assert titles("", "  ", " Foreman ", "x" * (LONGEST_TITLE + 1), "Cook") == ["Foreman; Cook"]
    assert titles(" ", "") == titles() == []
    long = [f"{number} {'x' * (LONGEST_TITLE - 2)}" for number in range(3)]
    assert titles(*long) == [f"{long[0]}; {long[1]}", long[2]]
    assert coach_passages(a_coach(experience={"roles_held": many})) == ()


def test_passages_of_a_need_are_its_summary_and_then_its_outcome() -> None:
    found = need_passages(a_need(summary="He is alone.", outcome="He delegates.", role="CFO"))
    assert [(passage.source, passage.text) for passage in found] == [
        ("summary", "He is alone."),
        ("outcome", "He delegates."),
    ]
    assert need_passages(a_need(summary="", focus_areas=[{"area": "delegation"}])) == ()
