"""Documents of the API that are not profiles, needs, shortlists or outcomes."""

from pydantic import Field

from matcher.domain import Batch, Coach, Outcome, Shortlist, ShortlistRequest
from matcher.domain.fields import Identifier, Record
from matcher.domain.webhook import Delivery, Webhook


class SentCoach(Coach):
    """A coach's profile as it is sent. The id stands in the address, which the document may repeat."""

    id: Identifier | None = Field(None, description="May repeat that of the address.")  # type: ignore[assignment]


class CoachPage(Record):
    """Profiles in the order of their ids, and where the next page begins."""

    coaches: tuple[Coach, ...]
    next: str | None = Field(description="The `after` of the next page; null on the last.")


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
