"""The pages: a form for the need, the shortlist that answers it, the coaches, and accounts. They work without
JavaScript."""

from matcher.web import (
    about_ranking_page,
    account_page,
    accounts_pages,
    coach_edit_page,
    coach_page,
    comparison_page,
    compression,
    directory_page,
    guard,
    import_pages,
    language_page,
    link_pages,
    need_page,
    outcome_pages,
    shared_pages,
    shortlist_file,
    shortlist_pages,
    sign_in_page,
    sign_on_pages,
)
from matcher.web.blueprint import web

__all__ = [
    "about_ranking_page",
    "account_page",
    "accounts_pages",
    "coach_edit_page",
    "coach_page",
    "comparison_page",
    "compression",
    "directory_page",
    "guard",
    "import_pages",
    "language_page",
    "link_pages",
    "need_page",
    "outcome_pages",
    "shared_pages",
    "shortlist_file",
    "shortlist_pages",
    "sign_in_page",
    "sign_on_pages",
    "web",
]
