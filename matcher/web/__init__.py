"""The pages for HR: a form for the need, and the shortlist that answers it. They work without JavaScript."""

from matcher.web import need_page, shortlist_pages
from matcher.web.blueprint import web

__all__ = ["need_page", "shortlist_pages", "web"]
