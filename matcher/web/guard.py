"""Asks of every request for a page whether it may come in, and of every form whether it was made for this sign-in."""

from flask import request
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from matcher.errors import Forbidden, StaleForm
from matcher.web.access import Access, access_asked_for
from matcher.web.account_page import ask_to_change
from matcher.web.blueprint import READING, web
from matcher.web.sign_in_page import ask_to_sign_in
from matcher.web.signed_in import csrf, signed_in


@web.before_request
def admit() -> Response | None:
    """Answers in place of the view to somebody who must sign in first, or whose form is out of date.

    Raises Forbidden for a page that is not for the role, and StaleForm for a form that cannot be shown again.
    """
    access = access_asked_for()
    if access is None:
        raise Forbidden("Nobody may open this page.")
    return None if access.signed_out and request.method in READING else _held_up(access)


def _held_up(access: Access) -> Response | None:
    if not access.signed_out:
        known = signed_in()
        if known is None:
            return ask_to_sign_in()
        if known.must_change_password and not access.before_change:
            return ask_to_change()
        if access.task and not known.may(access.task):
            raise Forbidden("Ask an administrator for another role if you need this page.")
    return _out_of_date(access)


def _out_of_date(access: Access) -> Response | None:
    try:
        csrf.protect()
    except CSRFError:
        if access.again is None:
            raise StaleForm("It was opened before you signed in. Open the page again and send it from there.") from None
        return access.again()
    return None
