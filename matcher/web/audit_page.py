"""The audit log as administrators read it: by filter, as a file, and whether its chain holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from matcher.domain.audit import ACTIONS, Action
from matcher.service import exported_audit, verify_audit
from matcher.store import accounts, audit, callers, database
from matcher.store.audit import Filed, Filters
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.access import ADMINISTRATION, open_to
from matcher.web.blueprint import service, web
from matcher.web.choices import Choice
from matcher.web.forms import FilledForm
from matcher.web.language import said
from matcher.web.signed_in import account

PAGE = 50
"""Entries on a page."""

LABELS = {
    "action": Phrase("What was done"),
    "who": Phrase("Who did it"),
    "what": Phrase("To what"),
    "first": Phrase("From"),
    "last": Phrase("To"),
}

ACTION_NAMES: Mapping[Action, str] = {
    "shortlist.drawn_up": Phrase("Shortlist drawn up"),
    "shortlist.deleted": Phrase("Shortlist and need deleted"),
    "shortlist.exported": Phrase("Shortlist taken along as a file"),
    "outcome.recorded": Phrase("Outcome recorded"),
    "outcome.taken_back": Phrase("Outcome taken back"),
    "link.made": Phrase("Link to a manager made"),
    "link.opened": Phrase("Link opened by a manager"),
    "link.revoked": Phrase("Link to a manager closed"),
    "needs.imported": Phrase("Needs imported"),
    "profile.added": Phrase("Profile added"),
    "profile.replaced": Phrase("Profile changed"),
    "profile.confirmed": Phrase("Profile confirmed"),
    "profile.deleted": Phrase("Profile deleted"),
    "profiles.imported": Phrase("Profiles imported"),
    "directory.exported": Phrase("Directory taken along as a file"),
    "ranker.promoted": Phrase("Ranker promoted"),
    "ranker.reset": Phrase("Packaged ranker taken again"),
    "account.made": Phrase("Account made"),
    "account.role_changed": Phrase("Role of an account changed"),
    "account.organisation_changed": Phrase("Organisation of an account changed"),
    "account.disabled": Phrase("Account disabled"),
    "account.enabled": Phrase("Account enabled"),
    "account.password_reset": Phrase("Password of an account replaced"),
    "account.unlinked": Phrase("Sign-on of an account undone"),
    "caller.made": Phrase("Caller of the API made"),
    "caller.key_replaced": Phrase("Key of a caller of the API replaced"),
    "caller.revoked": Phrase("Caller of the API revoked"),
    "audit.exported": Phrase("Audit log taken along as a file"),
    "data.purged": Phrase("Deleted what was over"),
}

_UNNAMED = {
    "link": Phrase("A manager, by a link"),
    "provider": Phrase("The sign-on"),
    "command_line": Phrase("The command line"),
}
_LONGEST = 200


@dataclass(frozen=True)
class EntryShown:
    """One entry as it is listed; `more` are the details, each with its value as JSON or as it is."""

    number: int
    when: str
    action: str
    who: str
    who_id: str | None
    organisation: str | None
    subject: str | None
    more: tuple[tuple[str, str], ...]
    hash: str


@dataclass(frozen=True)
class Listed:
    """One page of the entries that fit, the newest first, and how many there are."""

    entries: tuple[EntryShown, ...]
    found: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are; 1 for no entry."""
        return max(1, -(-self.found // PAGE))


@web.get("/audit")
@open_to(ADMINISTRATION)
def show_audit() -> str:
    """The entries that fit what is asked for, a page of them; with `check`, whether the chain holds."""
    asked = {name: request.args.get(name, "").replace("\x00", "").strip()[:_LONGEST] for name in LABELS}
    with database.snapshots(service().engine).begin() as session:
        listed, head = _listed(session, _filters(asked)), audit.head(session)
    return render_template(
        "audit.html",
        form=FilledForm(LABELS, asked),
        listed=listed,
        head=head,
        asked={name: value for name, value in asked.items() if value},
        actions=[Choice(action, ACTION_NAMES[action]) for action in ACTIONS],
        verdict=verify_audit(service().engine) if "check" in request.args else None,
    )


@web.get("/audit/entries.jsonl")
@open_to(ADMINISTRATION)
def export_audit() -> Response:
    """All entries, a line of JSON each."""
    now = datetime.now(UTC)
    lines = exported_audit(service().engine, account().requester.actor, now)
    response = Response(lines, mimetype="application/jsonl")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{now.date()}.jsonl"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _filters(asked: Mapping[str, str]) -> Filters:
    return Filters(asked["action"], asked["who"], asked["what"], _day(asked["first"]), _day(asked["last"]))


def _day(text: str) -> datetime | None:
    """The beginning of a day; None for what is none."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None


def _listed(session: Session, filters: Filters) -> Listed:
    found = audit.count(session, filters)
    wanted, last = request.args.get("page", ""), max(1, -(-found // PAGE))
    number = min(max(1, int(wanted)), last) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    page = audit.page(session, filters, (number - 1) * PAGE, PAGE)
    names = _names(session, page)
    return Listed(tuple(_shown(filed, names) for filed in page), found, number)


def _names(session: Session, page: Sequence[Filed]) -> Mapping[str, str]:
    """The names of the accounts and callers of those entries, by id."""
    kinds = {filed.entry.actor_kind for filed in page}
    known = {one.id: one.name for one in accounts.every(session)} if "account" in kinds else {}
    return known | ({one.id: one.name for one in callers.list_all(session)} if "caller" in kinds else {})


def _shown(filed: Filed, names: Mapping[str, str]) -> EntryShown:
    entry = filed.entry
    who = names.get(entry.actor_id or "") or said(_UNNAMED.get(entry.actor_kind, "")) or entry.actor_kind
    known = {str(action): said(name) for action, name in ACTION_NAMES.items()}
    return EntryShown(
        number=entry.number,
        when=_when(entry.at),
        action=known.get(entry.action, entry.action),
        who=who,
        who_id=entry.actor_id,
        organisation=entry.organisation,
        subject=entry.subject,
        more=_more(entry.details),
        hash=filed.hash,
    )


def _when(at: str) -> str:
    # What is no moment any more was changed behind the service's back, and is shown as it is.
    try:
        return wording.moment(datetime.fromisoformat(at))
    except ValueError:
        return at


def _more(details: str) -> tuple[tuple[str, str], ...]:
    try:
        told = json.loads(details)
    except ValueError:
        return (("details", details),)
    if not isinstance(told, dict):
        return (("details", details),)
    return tuple((name, value if isinstance(value, str) else json.dumps(value)) for name, value in told.items())
