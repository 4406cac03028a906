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

FORM = "draft"
"""The field that names the form, so that of two open at once none replaces what was typed in the other."""

_LONGEST_BEGINNING = 80
_NOT_TYPED = (FORM, "do", "read", "organisation", "sessions.minutes", "budget.currency")
"""Fields that a blank form has too."""


@dataclass(frozen=True)
class KeptDraft:
    """A draft as it is told of: when it was kept, how it begins, and whether it is of the form that is shown."""

    id: str
    kept: str
    beginning: str
    is_this: bool


def new_form() -> str:
    """A name for a form that is opened blank."""
    return str(uuid4())


def keep(sent: Sent) -> None:
    """Keeps what was typed, unless a draft from another form is there; an emptied form's draft is deleted."""
    name = first(sent, FORM)
    if not name:
        return
    if not _is_typed(sent):
        forget(sent)
        return
    draft = Draft(name, carried.packed({field: values for field, values in sent.items() if field != "do"}), _now())
    keep_draft(service().engine, service().settings, account(), draft)


def forget(sent: Sent) -> None:
    """Deletes the draft of the form that was sent."""
    forget_draft(service().engine, account(), first(sent, FORM))


def discard(draft_id: str) -> None:
    """Deletes the draft with that id, of whichever form it is."""
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
    return KeptDraft(found.id, wording.moment(found.kept_at), beginning, is_this=found.id == first(sent, FORM))


def typed_in(draft: Draft) -> Sent:
    """The fields as they were typed."""
    return carried.unpacked(draft.fields)


def _is_typed(sent: Sent) -> bool:
    return any(any(map(str.strip, values)) for name, values in sent.items() if name not in (*_NOT_TYPED, "csrf_token"))


def _now() -> datetime:
    return datetime.now(UTC)
