"""Who is signed in, as the cookie of a browser and the database say it together."""

from datetime import UTC, datetime

from apiflask import APIFlask
from flask import g, session
from flask_wtf.csrf import CSRFProtect

from matcher.domain import Account
from matcher.errors import ConfigurationError
from matcher.secret_key import secret_key
from matcher.service import begin_sign_in, sign_in_limits, sign_out, signed_in_account
from matcher.settings import Settings
from matcher.web.blueprint import service, web
from matcher.web.menu import MENU

csrf = CSRFProtect()
"""Holds the token of a form against the cookie."""

THROUGH_PROVIDER = "provider"
"""What a cookie calls it that somebody came in through an identity provider."""

_KEY = "key"
_COOKIE = "matcher"


def set_up_cookies(app: APIFlask, settings: Settings) -> None:
    """Has an application sign its cookies and ask for the tokens of forms.

    Raises ConfigurationError when there is no key to sign with, or cookies would go over plain HTTP from afar.
    """
    if settings.plain_http and not settings.is_on_loopback:
        raise ConfigurationError(
            "MATCHER_PLAIN_HTTP is for a loopback address in MATCHER_BIND, such as 127.0.0.1:8000."
        )
    limits = sign_in_limits(settings)
    app.secret_key = secret_key(settings.secret_key.get_secret_value(), settings.data_dir)
    app.config.update(
        # Browsers take a cookie with this prefix only from the host itself, over HTTPS, for the whole of it.
        SESSION_COOKIE_NAME=_COOKIE if settings.plain_http else f"__Host-{_COOKIE}",
        SESSION_COOKIE_SECURE=not settings.plain_http,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=limits.whole,
        # The blueprint asks, after it has seen who is signed in; where a form came from it has checked already.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,
        # A token lasts as long as the sign-in that it was made for.
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(app)


def signed_in() -> Account | None:
    """Whose request this is; None for somebody who is not signed in, or no longer."""
    if "account" not in g:
        key = session.get(_KEY)
        limits = sign_in_limits(service().settings)
        g.account = signed_in_account(service().engine, key, limits, datetime.now(UTC)) if key else None
    found: Account | None = g.account
    return found


def account() -> Account:
    """Whose request this is, in a view that only those open who are signed in."""
    found = signed_in()
    if found is None:
        raise LookupError("a view that is open to everybody asks who is signed in")
    return found


def begin(account: Account) -> None:
    """Signs somebody in under a new key; nothing of what the browser had stays, the tokens of its forms included."""
    end()
    session[_KEY] = begin_sign_in(service().engine, account, sign_in_limits(service().settings), datetime.now(UTC))
    g.account = account


def end() -> None:
    """Signs this browser out, if it is signed in."""
    if key := session.get(_KEY):
        sign_out(service().engine, key)
    session.clear()
    g.pop("csrf_token", None)
    g.account = None


@web.app_context_processor
def _whose_page() -> dict[str, object]:
    found = signed_in()
    # Before it is changed, a one-time password opens no other page.
    may = found.may if found and not found.must_change_password else None
    menu = [entry for entry in MENU if may and may(entry.task)]
    return {"account": found, "home": home(found), "menu": menu}


def home(account: Account | None) -> str:
    """The address that somebody starts from."""
    return "/" if account is None or account.may("ask") else "/coaches"
