"""The smallest change of the wish that costs most coaches, made in the form of a need."""

from collections.abc import Iterator
from datetime import datetime

from matcher.domain import LimitName, Refinement
from matcher.errors import InvalidInput
from matcher.service import Service, who_can
from matcher.web import need_form, week_grid
from matcher.web.language import language
from matcher.web.need_filled import flat
from matcher.web.need_form import Sent


def with_smallest_step(service: Service, sent: Sent, now: datetime) -> tuple[Sent, str]:
    """The fields with the change that the live line proposes, and its words; as they are and "" without any."""
    try:
        found = who_can(service.desk, need_form.read_terms(sent), now, language())
    except InvalidInput:
        return sent, ""
    step = found.costliest.smallest if found.costliest else None
    if step is None or step.refinement is None:
        return sent, ""
    return changed(sent, step.refinement), step.change


def changed(sent: Sent, refinement: Refinement) -> Sent:
    """The fields with the limits of a refinement in them, and without those that it lifts."""
    limits = refinement.limits.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    lifted = {field for name in refinement.lift for field in _fields(name, sent)}
    return {name: values for name, values in sent.items() if name not in lifted} | dict(flat(limits))


def _fields(limit: LimitName, sent: Sent) -> Iterator[str]:
    if limit == "availability":
        yield from (name for name in sent if name == week_grid.FIELD or name.startswith("times."))
    yield from (limit, f"requirements.{limit}")
