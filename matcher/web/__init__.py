"""The pages for HR: a form for the need, the shortlist that answers it, and accounts. They work without JavaScript."""

from matcher.web import (
    about_ranking_page,
    account_page,
    accounts_pages,
    comparison_page,
    guard,
    link_pages,
    need_page,
    outcome_pages,
    shared_pages,
    shortlist_file,
    shortlist_pages,
    sign_in_page,
)
from matcher.web.blueprint import web

__all__ = [
    "about_ranking_page",
    "account_page",
    "accounts_pages",
    "comparison_page",
    "guard",
    "link_pages",
    "need_page",
    "outcome_pages",
    "shared_pages",
    "shortlist_file",
    "shortlist_pages",
    "sign_in_page",
    "web",
]
