"""Changes the language of the pages, for the account that is signed in and for this browser."""

from http import HTTPStatus

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from matcher.service import set_account_language
from matcher.texts import LANGUAGES, Language
from matcher.web import onward
from matcher.web.access import EVERYBODY, open_to
from matcher.web.blueprint import service, web
from matcher.web.language import COOKIE, NAMES, locale
from matcher.web.signed_in import signed_in

_A_YEAR = 365 * 24 * 60 * 60


@web.post("/language")
@open_to(EVERYBODY)
def choose_language() -> Response:
    """Changes the language and goes back to the page it was asked for on; "" is what the browser asks for."""
    sent = request.form.get("language")
    chosen: Language | None = next((known for known in LANGUAGES if known == sent), None)
    known = signed_in()
    if known is not None:
        set_account_language(service().engine, known.id, chosen)
    response = redirect(
        onward.own_page(request.form.get("back", "")) or url_for("web.show_sign_in"), HTTPStatus.SEE_OTHER
    )
    if chosen is None:
        response.delete_cookie(COOKIE)
    else:
        safe = not service().settings.plain_http
        response.set_cookie(COOKIE, chosen, max_age=_A_YEAR, secure=safe, httponly=True, samesite="Lax")
    return response


@web.app_context_processor
def _spoken() -> dict[str, object]:
    # Signing in is no page to come back to; what it leads to is.
    here = onward.own_page(request.full_path.removesuffix("?")) or onward.asked_for().wanted
    tag = str(locale()).replace("_", "-")
    return {"languages_spoken": NAMES, "here": here, "page_language": tag}
