"""What somebody has typed in the form of a need so far, kept for them alone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from matcher.service import current_draft, forget_draft, keep_draft
from matcher.store.drafts import Draft
from matcher.web import carried, wording
from matcher.web.blueprint import service
from matcher.web.need_form import Sent, first
from matcher.web.signed_in import account

PAGE, BEFORE = "draft", "draft.before"
"""The fields that name the page of a form and the one that led to it. So of two pages open at once none replaces what
was typed on the other, and a page that is sent once more does not replace what was typed after it."""

_LONGEST_BEGINNING = 80
_NOT_TYPED = (
    *(PAGE, BEFORE, "do", "discard", "read", "earlier"),
    *("organisation", "sessions.minutes", "budget.currency"),
)
"""Fields that a blank form has too."""


@dataclass(frozen=True)
class KeptDraft:
    """A draft as it is told of: when it was kept, how it begins, and whether it is of the form that is shown."""

    id: str
    kept: str
    beginning: str
    is_this: bool


def on_next_page(sent: Sent) -> Sent:
    """The fields as they stand on a page that is shown anew."""
    return {**sent, PAGE: [str(uuid4())], BEFORE: [first(sent, PAGE)]}


def keep(sent: Sent) -> bool:
    """Keeps what was typed, and says whether it is kept; the draft of a form that was emptied is deleted."""
    if not first(sent, PAGE):
        return False
    if not _is_typed(sent):
        forget(sent)
        return False
    typed = {field: values for field, values in sent.items() if field not in ("do", "discard")}
    draft = Draft(first(sent, PAGE), carried.packed(typed), _now())
    return keep_draft(service().engine, service().settings, account(), draft, first(sent, BEFORE))


def forget(sent: Sent) -> None:
    """Deletes the draft of the page that was sent, and of the one before it."""
    for page in (PAGE, BEFORE):
        discard(first(sent, page))


def discard(draft_id: str) -> None:
    """Deletes the draft with that id, of whichever page it is."""
    forget_draft(service().engine, account(), draft_id)


def current() -> Draft | None:
    """The draft of who is signed in."""
    return current_draft(service().engine, service().settings, account(), _now())


def told_of(found: Draft | None, sent: Sent) -> KeptDraft | None:
    """What is said of a draft beside a form."""
    if found is None:
        return None
    text = " ".join(first(typed_in(found), "summary").split())
    beginning = text if len(text) <= _LONGEST_BEGINNING else f"{text[:_LONGEST_BEGINNING].rstrip()} …"
    return KeptDraft(found.id, wording.moment(found.kept_at), beginning, is_this=is_of(found.id, sent))


def is_of(draft_id: str, sent: Sent) -> bool:
    """Whether a draft is of that page, or of the one before it."""
    return draft_id in (first(sent, PAGE), first(sent, BEFORE))


def typed_in(draft: Draft) -> Sent:
    """The fields as they were typed."""
    return carried.unpacked(draft.fields)


def _is_typed(sent: Sent) -> bool:
    return any(any(map(str.strip, values)) for name, values in sent.items() if name not in (*_NOT_TYPED, "csrf_token"))


def _now() -> datetime:
    return datetime.now(UTC)
