"""The pages: a form for the need, the shortlist that answers it, the coaches, and accounts. They work without
JavaScript."""

from matcher.web import (
    account_page,
    accounts_pages,
    coach_edit_page,
    coach_page,
    directory_page,
    guard,
    import_pages,
    need_page,
    shortlist_pages,
    sign_in_page,
)
from matcher.web.blueprint import web

__all__ = [
    "account_page",
    "accounts_pages",
    "coach_edit_page",
    "coach_page",
    "directory_page",
    "guard",
    "import_pages",
    "need_page",
    "shortlist_pages",
    "sign_in_page",
    "web",
]
