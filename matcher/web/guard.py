"""Asks of every request for a page whether it may come in, and of every form whether it was made for this sign-in."""

from flask import request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from matcher.domain import Account
from matcher.errors import Forbidden, StaleForm
from matcher.web.access import ASSETS, Access, access_asked_for
from matcher.web.account_page import ask_to_change
from matcher.web.blueprint import READING, service, web
from matcher.web.language import speak
from matcher.web.sign_in_page import ask_to_sign_in
from matcher.web.signed_in import csrf, signed_in
from matcher.web.visiting import refuse_over

_PIECE_OF_A_FILE = 500_000


@web.before_request
def admit() -> Response | None:
    """Answers in place of the view to somebody who must sign in first, or whose form is out of date.

    Raises Forbidden for a page that is not for the role, StaleForm for a form that cannot be shown again, and Gone for
    a guest whose visit is over.
    """
    access = access_asked_for()
    if access is None:
        raise Forbidden("Nobody may open this page.")
    if request.endpoint != ASSETS:
        _speak_to(signed_in())
    return None if access.signed_out and request.method in READING else _held_up(access)


def _speak_to(known: Account | None) -> None:
    if known is not None and known.language is not None:
        speak(known.language)


def _held_up(access: Access) -> Response | None:
    if not access.signed_out:
        known = signed_in()
        if known is None:
            return ask_to_sign_in()
        if known.must_change_password and not access.before_change:
            return ask_to_change()
        refuse_over()
        if access.task and not known.may(access.task):
            raise Forbidden("Ask an administrator for another role if you need this page.")
    return _out_of_date(access)


def _out_of_date(access: Access) -> Response | None:
    if access.upload:
        # Before the form is read for its token, and only for those who may send a file.
        settings = service().settings
        request.max_content_length = settings.max_upload_bytes
        # What is held of a file while it is cut out of the form counts as well.
        request.max_form_memory_size = max(settings.max_body_bytes, _PIECE_OF_A_FILE)
    try:
        csrf.protect()
    except CSRFError:
        if access.again is None:
            raise StaleForm("It was opened before you signed in. Open the page again and send it from there.") from None
        return access.again()
    except RequestEntityTooLarge:
        if access.too_large is None:
            raise
        return access.too_large()
    return None
