"""Documents of the API that are not profiles, needs, shortlists or outcomes."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from pydantic import ConfigDict, Field

from matcher.domain import Batch, Coach, Outcome, Shortlist, ShortlistRequest
from matcher.domain.fields import Identifier, Record
from matcher.domain.webhook import Delivery, Webhook
from matcher.intake.coach_batches import MOST
from matcher.service.profile_batches import LineFate


class SentCoach(Coach):
    """A coach's profile as it is sent. The id stands in the address, which the document may repeat."""

    id: Identifier | None = Field(None, description="May repeat that of the address.")  # type: ignore[assignment]


def _only_the_id_for_sure(schema: dict[str, Any]) -> None:
    schema["required"] = ["id"]


class ListedCoach(Coach):
    """A profile, or those of its fields that were asked for."""

    model_config = ConfigDict(json_schema_extra=_only_the_id_for_sure)


class CoachPage(Record):
    """Profiles in the order of their ids, and where the next page begins."""

    coaches: tuple[ListedCoach, ...]
    next: str | None = Field(description="The `after` of the next page; null on the last.")


class CoachChange(Record):
    """The last change of a profile."""

    coach_id: str
    change: Literal["created", "changed", "deleted"] = Field(
        description="Created: nothing was changed since it was first added."
    )
    at: datetime
    coach: Coach | None = Field(description="The profile as it is now; null once it is deleted.")


class ChangePage(Record):
    """Changes in the order in which they came about, each profile once."""

    changes: tuple[CoachChange, ...]
    next: str = Field(description="The `since` to go on from, also when there is nothing more as yet.")


class CoachBatch(Record):
    """Profiles to add or replace. As JSON Lines they are sent one a line, without this frame."""

    coaches: tuple[Coach, ...] = Field(min_length=1, max_length=MOST)


BATCH_FATES: Mapping[LineFate, str] = MappingProxyType(
    {"added": "created", "replaced": "updated", "unchanged": "unchanged", "refused": "refused", "left": "left"}
)
"""What the API calls what became of a line."""


class BatchCounts(Record):
    """How many lines met which fate."""

    created: int
    updated: int
    unchanged: int
    refused: int
    left: int


class BatchLine(Record):
    """What became of one profile."""

    line: int = Field(description="Its line, or its place in the list, from 1.")
    coach_id: str | None = Field(description="Null where the profile was refused.")
    result: Literal["created", "updated", "unchanged", "refused", "left"] = Field(
        description="Left: there was no time for it. Send it again."
    )
    errors: tuple["FieldProblem", ...] = Field(description="Why it was refused.")


class BatchAnswer(Record):
    """What became of each profile, in the order in which they were sent."""

    counts: BatchCounts
    results: tuple[BatchLine, ...]


class OutcomeList(Record):
    """What became of the coaches of a shortlist, by day, then in the usual order of events."""

    outcomes: tuple[Outcome, ...]


class BatchRequest(Record):
    """Many needs, each in the form of a request for a shortlist."""

    needs: tuple[ShortlistRequest, ...] = Field(min_length=1, max_length=10_000)
    limit: int = Field(3, ge=1, le=100, description="Of needs that have none themselves.")


class BatchLinks(Record):
    """Where a batch, its results and its end are."""

    self: str
    results: str
    cancel: str


class BatchShown(Batch):
    """A batch, and where to go on from it."""

    links: BatchLinks


class BatchPage(Record):
    """Batches, the newest first, and where the next page begins."""

    batches: tuple[BatchShown, ...]
    next: str | None = Field(description="The `after` of the next page; null on the last.")


class WebhookMade(Webhook):
    """A webhook, with the secret that signs what is sent to it."""

    secret: str = Field(description="Shown only now: `whsec_` and the key in Base64, by the Standard Webhooks rules.")


class WebhookList(Record):
    """Webhooks, the oldest first."""

    webhooks: tuple[Webhook, ...]


class DeliveryPage(Record):
    """What a webhook was told of late, the newest first, and where the next page begins."""

    deliveries: tuple[Delivery, ...]
    next: str | None = Field(description="The `after` of the next page; null on the last.")


class FieldProblem(Record):
    """One wrong field."""

    pointer: str = Field(description="RFC 6901 JSON pointer; empty for the whole document.")
    detail: str


class ProblemDocument(Record):
    """An error, after RFC 9457."""

    type: str = Field("about:blank", description="Stable; the address of a page about this kind of problem.")
    title: str = ""
    status: int = 500
    detail: str = ""
    errors: tuple[FieldProblem, ...] = Field((), description="One entry per wrong field, for bad input.")


class BatchResult(Record):
    """One line of the results: the shortlist of a need (null when it was deleted since), or what is wrong with it."""

    line: int = Field(description="The need's line in JSON Lines, or its place in the list; from 1.")
    id: str | None = Field(description="The caller's own id of the need.")
    shortlist: Shortlist | None = None
    problems: tuple[FieldProblem, ...] = Field((), description="Pointers are of the need.")
