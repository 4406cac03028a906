"""The one way in for raw input: a JSON document, a file of rows or a form becomes a record of the domain.

Every problem is found at once and told by JSON pointer, in words that never repeat what was sent.
Null, blank text, an empty list and an empty object mean the same as absent, except in a `Candidate`.
"""

from matcher.intake.accounts import account_from, account_role_from
from matcher.intake.batches import BatchNeed, batch_needs, batch_needs_in_lines
from matcher.intake.candidates import candidate_from
from matcher.intake.coach_batches import coaches_in_document, coaches_in_lines
from matcher.intake.coach_form import coach_from_form
from matcher.intake.csv_table import written_csv
from matcher.intake.form import DROPPED, need_from_form, passed_over, stated_goals
from matcher.intake.json_text import read_json
from matcher.intake.records import (
    coach_from,
    need_from,
    outcome_from,
    refinement_from,
    secret_change_from,
    shortlist_request_from,
    webhook_from,
)
from matcher.intake.rows import Row, coach_rows, coach_rows_in, need_rows

__all__ = [
    "DROPPED",
    "BatchNeed",
    "Row",
    "account_from",
    "account_role_from",
    "batch_needs",
    "batch_needs_in_lines",
    "candidate_from",
    "coach_from",
    "coach_from_form",
    "coach_rows",
    "coach_rows_in",
    "coaches_in_document",
    "coaches_in_lines",
    "need_from",
    "need_from_form",
    "need_rows",
    "outcome_from",
    "passed_over",
    "read_json",
    "refinement_from",
    "secret_change_from",
    "shortlist_request_from",
    "stated_goals",
    "webhook_from",
    "written_csv",
]
