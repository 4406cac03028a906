"""Coaches as a manager is shown them: no scores, ranks or prices, and nothing of what was written about the manager."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain import Coach, Need, Shortlist, ShortlistedCoach
from matcher.domain.vocabulary import STYLE_MEANING
from matcher.matching.passages import Passage, need_passages
from matcher.service.links import OpenedLink
from matcher.service.sealing import language_of
from matcher.texts import LANGUAGES, Phrase, Texts, texts_in
from matcher.web import coach_facts, wording
from matcher.web.choices import named
from matcher.web.coach_facts import Fact
from matcher.web.language import gettext, other_than_page, said

_STRETCH = 5
"""Words in a row that two texts do not share by chance."""

_PLAINER = (
    (Phrase(" with the manager"), Phrase(" with you")),
    (Phrase("what the text tells of"), Phrase("what else matters here")),
    (Phrase(" read from the text"), ""),
)
"""What sentences that were written for HR say, and what the manager is told."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class ShownCoach:
    """One coach; `asked` says whether a talk was asked for: "here", "elsewhere", or "" when it was not."""

    coach_id: str
    place: int
    name: str
    headline: str
    reasons: tuple[str, ...]
    reservation: str
    facts: tuple[Fact, ...]
    styles: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    asked: str


@dataclass(frozen=True)
class ManagersPage:
    """All that the page says."""

    coaches: tuple[ShownCoach, ...]
    number: str
    sent_by: str
    sent_on: str
    open_until: str
    lang: str
    """The language of reasons and reservations, where the page is in another one; else empty."""


def present(opened: OpenedLink, today: date) -> ManagersPage:
    """The page of a link, from the seal and from what was asked for."""
    answer = Shortlist.model_validate_json(opened.sealed.answer)
    profiles = coach_facts.sealed_profiles(opened.sealed.facts)
    shown = [coach for coach in answer.coaches if coach.coach_id in opened.link.coach_ids]
    return ManagersPage(
        coaches=tuple(
            _coach(coach, place, profiles.get(coach.coach_id), need=answer.need, opened=opened, today=today)
            for place, coach in enumerate(shown, start=1)
        ),
        number=wording.number(len(shown)),
        sent_by=opened.link.made_by or "",
        sent_on=wording.day(opened.link.created_at.date()),
        open_until=wording.moment(opened.link.expires_at),
        lang=other_than_page(language_of(opened.sealed)),
    )


def _coach(
    coach: ShortlistedCoach, place: int, profile: Coach | None, *, need: Need, opened: OpenedLink, today: date
) -> ShownCoach:
    texts = texts_in(language_of(opened.sealed))
    sayable = [sentence for sentence in (*coach.reasons, coach.reservation) if not repeats_the_need(sentence, need)]
    facts = coach_facts.facts(profile, need, today) if profile else ()
    return ShownCoach(
        coach_id=coach.coach_id,
        place=place,
        name=coach.name,
        headline=profile.headline if profile else "",
        reasons=tuple(_plainer(sentence, texts) for sentence in coach.reasons if sentence in sayable),
        reservation=_plainer(coach.reservation, texts) if coach.reservation in sayable else "",
        facts=tuple((name, lines) for name, lines in facts if lines and name != gettext(coach_facts.STYLES)),
        styles=tuple((named(code), said(STYLE_MEANING[code])) for code in profile.styles) if profile else (),
        texts=tuple(_texts(profile)) if profile else (),
        asked=_asked(coach.coach_id, opened),
    )


def _plainer(sentence: str, texts: Texts) -> str:
    for words, others in _PLAINER:
        sentence = sentence.replace(texts.said(words), texts.said(others))
    return sentence


def _texts(profile: Coach) -> Iterator[tuple[str, str]]:
    for name, text in ((gettext("What they have done"), profile.bio), (gettext("How they work"), profile.approach)):
        if text.strip():
            yield name, text


def _asked(coach_id: str, opened: OpenedLink) -> str:
    through = [one.link_id for one in opened.talks if one.outcome.coach_id == coach_id]
    if not through:
        return ""
    return "here" if opened.link.id in through else "elsewhere"


def repeats_the_need(sentence: str, need: Need) -> bool:
    """Whether a sentence has words of what was written about the manager: five in a row, or a whole passage quoted.

    Reasons may quote the passage that a wish was read from. The manager is not to read it here.
    """
    flat = " ".join(sentence.split())
    said = set(_stretches(_WORD.findall(flat.casefold())))
    return any(
        any(quoted in flat for quoted in _in_quotation_marks(passage))
        or not said.isdisjoint(_stretches(_WORD.findall(passage.text.casefold())))
        for passage in need_passages(need)
    )


def _in_quotation_marks(passage: Passage) -> Iterator[str]:
    words = " ".join(passage.text.split())
    for language in LANGUAGES:
        yield texts_in(language).gettext("“%(words)s”", words=words)


def _stretches(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[place : place + _STRETCH]) for place in range(len(words) - _STRETCH + 1))
