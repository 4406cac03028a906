"""What was read from the text as it is shown: proposals to accept, drop or weigh, and the lists of all else."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from matcher.domain import WishKind, importance_of, vocabulary
from matcher.intake import DROPPED
from matcher.service import TextPreview
from matcher.service.previews import Words
from matcher.texts import Phrase
from matcher.web import choices
from matcher.web.choices import Choice, Group, named, short, title
from matcher.web.language import gettext, inline, said
from matcher.web.need_form import LABELS, NeedForm, Sent, first
from matcher.web.text_read import listed_told

READ = "read"
"""The field that says that the text was read, so that what it tells is shown whenever the form is."""

_PROPOSED = {
    1: Phrase("proposed as of some importance"),
    2: Phrase("proposed as important"),
    3: Phrase("proposed as crucial"),
}

_WISHED: Mapping[WishKind, str] = {"style_wanted": "preferred", "style_avoid": "avoid"}

_OPEN, _DROP = Choice("", Phrase("Open")), Choice(DROPPED, Phrase("Drop"))
GOAL_CHOICES = (_OPEN, *choices.IMPORTANCES[1:], _DROP)
STYLE_CHOICES = (_OPEN, *choices.STYLE_WISHES[1:], _DROP)


@dataclass(frozen=True)
class Proposal:
    """Something read from the text: the field that accepts it, what it proposes for it, and the words it rests on."""

    field: str
    label: str
    proposed: str
    note: str
    words: str
    place: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class ToldBackground:
    """A background that the text wishes for: its words, and what they were taken to be; empty where they are of none
    that is told apart, so that they do not count."""

    words: str
    taken_to_be: str


@dataclass(frozen=True)
class Proposals:
    """What is proposed, what else was read that has no field, and what is dropped although it is not read any more.

    `note` is said where the text was read badly. `was_read` is False for a form whose text nobody asked to read.
    """

    was_read: bool = False
    goals: tuple[Proposal, ...] = ()
    styles: tuple[Proposal, ...] = ()
    backgrounds: tuple[ToldBackground, ...] = ()
    dropped: tuple[str, ...] = ()
    note: str = ""
    level: Proposal | None = None

    @property
    def every(self) -> tuple[Proposal, ...]:
        """All that is proposed, in the order of the page."""
        return (*self.goals, *self.styles, *([self.level] if self.level else []))

    @property
    def fields(self) -> frozenset[str]:
        """The fields that stand among the proposals, and so in no list."""
        return frozenset(proposal.field for proposal in (*self.goals, *self.styles)) | set(self.dropped)

    def groups(self) -> tuple[Group, ...]:
        """The areas that are not proposed, by group."""
        groups = (replace(group, choices=self._others("importance.", group.choices)) for group in choices.FOCUS_AREAS)
        return tuple(group for group in groups if group.choices)

    def other_styles(self) -> tuple[Choice, ...]:
        """The styles that are not proposed."""
        return self._others("style.", choices.STYLES)

    def open_in(self, form: NeedForm) -> int:
        """How many proposals are neither accepted nor dropped."""
        return sum(not form.value(proposal.field) for proposal in self.every)

    def _others(self, prefix: str, all_: tuple[Choice, ...]) -> tuple[Choice, ...]:
        return tuple(choice for choice in all_ if prefix + choice.value not in self.fields)


def proposals(preview: TextPreview, passed_over: Collection[str]) -> Proposals:
    """What a text that was read proposes, for a form in which those areas and styles are dropped."""
    goals, styles = tuple(_goals(preview)), tuple(_styles(preview))
    shown = {proposal.field for proposal in (*goals, *styles)}
    return Proposals(
        was_read=True,
        goals=goals,
        styles=styles,
        backgrounds=tuple(
            ToldBackground(wish.words.text, listed_told(wish.backgrounds))
            for wish in preview.wishes
            if wish.kind == "background"
        ),
        dropped=not_read(passed_over, shown),
        note=preview.note or "",
        level=_level(preview),
    )


def not_read(passed_over: Collection[str], shown: Collection[str] = ()) -> tuple[str, ...]:
    """The fields of what is dropped and does not stand among the proposals shown."""
    fields = [f"importance.{code}" for code in vocabulary.FOCUS_AREAS if code in passed_over]
    fields += [f"style.{code}" for code in vocabulary.STYLES if code in passed_over]
    return tuple(field for field in fields if field not in shown)


def accepted(found: Proposals, sent: Sent) -> Sent:
    """The fields with every proposal that is still open accepted as it was made."""
    still_open = [one for one in found.every if not first(sent, one.field)]
    return {**sent, **{proposal.field: [proposal.proposed] for proposal in still_open}}


def _goals(preview: TextPreview) -> Iterator[Proposal]:
    most = max((goal.weight for goal in preview.goals), default=1)
    for goal in preview.goals:
        importance = importance_of(goal.weight / most)
        proposed = said(_PROPOSED[importance])
        yield Proposal(
            field=f"importance.{goal.area}",
            label=title(goal.area),
            proposed=str(importance),
            note=proposed if goal.plain else gettext("a guess, %(proposed)s", proposed=proposed),
            words=goal.words.text,
            place=place(goal.words),
            choices=GOAL_CHOICES,
        )


def _styles(preview: TextPreview) -> Iterator[Proposal]:
    for wish in preview.wishes:
        if wish.style is not None:
            yield Proposal(
                field=f"style.{wish.style}",
                label=title(wish.style),
                proposed=_WISHED[wish.kind],
                note=gettext("proposed as one that suits")
                if wish.kind == "style_wanted"
                else gettext("proposed as one to avoid"),
                words=wish.words.text,
                place=place(wish.words),
                choices=STYLE_CHOICES,
            )


def _level(preview: TextPreview) -> Proposal | None:
    if preview.level is None:
        return None
    level, words = preview.level.level, preview.level.words
    return Proposal(
        field="level",
        label=said(LABELS["level"]),
        proposed=level,
        note=gettext("proposed as %(level)s", level=named(level)),
        words=words.text,
        place=place(words),
        choices=(_OPEN, *(Choice(code, short(code)) for code in vocabulary.LEVELS), _DROP),
    )


def place(words: Words) -> str:
    """Where a passage of the need stands, for people."""
    label = inline(said(LABELS[words.source]))
    return gettext("%(label)s, %(place)s of %(of)s", label=label, place=words.place, of=words.of)
