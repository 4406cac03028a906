"""A document becomes a `Coach`, a `Need`, a `NewAccount` or an `Outcome`, or the list of all that is wrong with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from matcher.domain import Coach, Need, NewAccount, Outcome, Refinement, ShortlistRequest
from matcher.domain.webhook import NewWebhook, SecretChange, is_allowed_anywhere
from matcher.errors import InvalidInput, Problem
from matcher.intake.json_text import DEEPEST, too_deep
from matcher.intake.shape import Shape, shape_of
from matcher.intake.wording import HALF_CHARACTER, pointer_to, problems_of, shown_name, unknown_field
from matcher.texts import Phrase

MOST_PROBLEMS = 100
"""Problems that are told of one document."""

WHOLE: Mapping[type[Coach | Need | NewAccount | Outcome | NewWebhook | SecretChange | Refinement], str] = {
    Coach: Phrase("a coach profile"),
    Need: Phrase("a need"),
    ShortlistRequest: Phrase("a need"),
    NewAccount: Phrase("an account"),
    Outcome: Phrase("an outcome"),
    NewWebhook: Phrase("a webhook"),
    SecretChange: Phrase("a change of a secret"),
    Refinement: Phrase("a refinement"),
}
"""What messages call a record."""

R = TypeVar("R", Coach, ShortlistRequest, Need, NewAccount, Outcome, NewWebhook, SecretChange, Refinement)


@dataclass(frozen=True)
class Read(Generic[R]):
    """A record, and what was left out of it: fields that it does not have."""

    value: R
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class _Findings:
    whole: str
    problems: list[Problem] = field(default_factory=list)
    unknown: list[Problem] = field(default_factory=list)


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    return value is None or value == []


def _note_unknown(name: str, shape: Shape, steps: tuple[str | int, ...], findings: _Findings) -> None:
    # The limit also bounds the time spent on looking for near names.
    if len(findings.unknown) < MOST_PROBLEMS:
        detail = unknown_field(name, shape.fields, findings.whole)
        findings.unknown.append(Problem(pointer_to(*steps, shown_name(name)), detail))


def _object(value: dict[str, Any], shape: Shape, steps: tuple[str | int, ...], findings: _Findings) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, member in value.items():
        if _is_empty(member):
            continue
        if name in shape.fields:
            kept[name] = _normal(member, shape.fields[name], (*steps, name), findings)
        else:
            _note_unknown(name, shape, steps, findings)
    return {name: member for name, member in kept.items() if member is not None}


def _list(values: list[Any], shape: Shape, steps: tuple[str | int, ...], findings: _Findings) -> list[Any] | None:
    if shape.most is not None and len(values) > shape.most:
        findings.problems.append(Problem(pointer_to(*steps), Phrase("has more than %(most)s entries", most=shape.most)))
        return None
    return [
        None if _is_empty(value) else _normal(value, shape.item, (*steps, place), findings)
        for place, value in enumerate(values)
    ]


def _plain(value: object, steps: tuple[str | int, ...], findings: _Findings) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)  # JSON has one kind of number: 60.0 is a whole one.
    if isinstance(value, str) and not _is_encodable(value):
        findings.problems.append(Problem(pointer_to(*steps), HALF_CHARACTER))
        return None
    return value


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _normal(value: object, shape: Shape, steps: tuple[str | int, ...], findings: _Findings) -> object:
    """The value without what is empty or unknown; None when it must be left out for a problem noted."""
    if isinstance(value, list) and shape.many:
        return _list(value, shape, steps, findings)
    if isinstance(value, dict) and shape.fields and not shape.many:
        return _object(value, shape, steps, findings)
    if isinstance(value, list | dict):
        return type(value)()  # Wrong here whatever it holds.
    return _plain(value, steps, findings)


def _validated(model: type[R], document: object, *, text: bool) -> R:
    if text:
        return model.model_validate(document)
    # Strict validation takes a date or a tuple from JSON text only.
    return model.model_validate_json(json.dumps(document), strict=True)


def _told(problems: Sequence[Problem]) -> Sequence[Problem]:
    first = {problem.pointer: problem for problem in reversed(problems)}
    told = [problem for problem in problems if first[problem.pointer] is problem]
    more = (
        [Problem("", Phrase("has more problems than these %(most)s", most=MOST_PROBLEMS))]
        if len(told) > MOST_PROBLEMS
        else []
    )
    return [*told[:MOST_PROBLEMS], *more]


def parse(
    model: type[R],
    document: object,
    *,
    text: bool = False,
    tolerant: bool = False,
    found: Sequence[Problem] = (),
) -> Read[R]:
    """The record that a document describes.

    With `text`, numbers and truth values may be written as text, as cells and forms have them; otherwise each value
    has its own JSON type. With `tolerant`, unknown fields become warnings. `found` are problems known already; of
    several problems in one place the first is told.
    Raises InvalidInput with every problem, up to MOST_PROBLEMS.
    """
    if not isinstance(document, dict):
        raise InvalidInput([Problem("", "must be an object")])
    if too_deep(document):
        raise InvalidInput([Problem("", Phrase("is nested deeper than %(deepest)s levels", deepest=DEEPEST))])
    findings: _Findings = _Findings(WHOLE[model])
    kept = _object(document, shape_of(model), (), findings)
    problems = [*found, *findings.problems, *([] if tolerant else findings.unknown)]
    try:
        value = _validated(model, kept, text=text)
    except ValidationError as error:
        raise InvalidInput(_told(problems + problems_of(error))) from None
    if problems:
        raise InvalidInput(_told(problems))
    return Read(value, tuple(findings.unknown))


def coach_from(document: object) -> Coach:
    """The coach that a JSON document describes; InvalidInput with every problem, unknown fields among them."""
    return parse(Coach, document).value


def need_from(document: object) -> Need:
    """The need that a JSON document describes; InvalidInput with every problem, unknown fields among them."""
    return parse(Need, document).value


def shortlist_request_from(document: object) -> ShortlistRequest:
    """The need that a JSON document describes, with the `limit` beside its fields; InvalidInput as for a need."""
    return parse(ShortlistRequest, document).value


def refinement_from(document: object) -> Refinement:
    """The refinement that a JSON document describes; InvalidInput with every problem, unknown fields among them."""
    return parse(Refinement, document).value


def webhook_from(document: object, *, anywhere: bool) -> NewWebhook:
    """The webhook that a document describes; InvalidInput with every problem.

    Unless it may be `anywhere`, its address must begin with https:// and be of nobody's own network.
    """
    new = parse(NewWebhook, document).value
    if not anywhere and not is_allowed_anywhere(new.url):
        raise InvalidInput([Problem("/url", "must begin with https:// and lead to a public address")])
    return new


def secret_change_from(document: object) -> SecretChange:
    """The change of a webhook's secret that a document describes; InvalidInput with every problem."""
    return parse(SecretChange, document).value


def outcome_from(document: object, coach_id: str, event: str, today: date) -> Outcome:
    """The outcome that a JSON document describes, of the coach and event of its address; its day is `today` by default.

    Raises InvalidInput with every problem: unknown fields, and a coach or event that is not the one in the address,
    among them.
    """
    if not isinstance(document, dict):
        return parse(Outcome, document).value
    addressed = {"coach_id": coach_id, "event": event}
    problems = [
        Problem(pointer_to(name), "is not the one in the address")
        for name, value in addressed.items()
        if not _is_empty(document.get(name)) and document[name] != value
    ]
    day = {"on": today.isoformat()} if _is_empty(document.get("on")) else {}
    return parse(Outcome, document | addressed | day, found=problems).value
