"""The language of a page: that of the account, else the one chosen in this browser, else one that the browser asks for.

Where nothing is asked for, as in a test or on the command line, everything is said in English.
"""

from collections.abc import Mapping
from typing import Any

from apiflask import APIFlask
from babel import Locale
from flask import Response, g, has_request_context, request

from matcher.locales import LOCALES
from matcher.settings import Settings
from matcher.texts import ENGLISH, LANGUAGES, Language, Texts, texts_in

COOKIE = "language"
"""The cookie that holds what was chosen in a browser."""

NAMES: Mapping[Language, str] = {"en": "English", "de": "Deutsch"}
"""What each language calls itself."""


def set_up_language(app: APIFlask, settings: Settings) -> None:
    """Has the templates of an application speak the language of the page."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, _plural, newstyle=True
    )
    app.jinja_env.filters |= {"inline": inline, "said": said}
    app.before_request(lambda: speak(_chosen() or accepted(settings.language)))
    app.after_request(_vary)


def speak(chosen: Language) -> None:
    """Has the page of this request in a language."""
    g.language = chosen


def _vary(response: Response) -> Response:
    """The answer, with word for caches of what its language depended on, if it has one."""
    if g.get("language_mattered"):
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def _chosen() -> Language | None:
    cookie = request.cookies.get(COOKIE)
    return next((known for known in LANGUAGES if known == cookie), None)


def accepted(otherwise: Language) -> Language:
    """The language that a request asks for in its Accept-Language header, of those that the service speaks."""
    best = request.accept_languages.best_match(LANGUAGES, otherwise)
    return next(language for language in LANGUAGES if language == best)


def language() -> Language:
    """The language of the page that is being made."""
    if not has_request_context():
        return ENGLISH
    g.language_mattered = True
    found: Language = g.get("language", ENGLISH)
    return found


def locale() -> Locale:
    """How the language of the page writes dates, numbers and names."""
    return LOCALES[language()]


def gettext(message: str, /, **values: Any) -> str:
    """The message in the language of the page, with the values in their places."""
    return texts().gettext(message, **values)


def ngettext(one: str, many: str, number: float, /, **values: Any) -> str:
    """The message in the language of the page, in the form that goes with a number."""
    return texts().ngettext(one, many, number, **values)


def said(words: str) -> str:
    """Words that were marked as a phrase, in the language of the page."""
    return texts().said(words)


def other_than_page(spoken: Language) -> str:
    """The code of a language, where the page is in another one; else empty."""
    return "" if spoken == language() else spoken


def inline(words: str) -> str:
    """Words that begin with a capital as they stand inside a sentence: in lower case, but for nouns in German.

    >>> inline("Giving feedback")
    'giving feedback'
    """
    return str(words).lower() if language() == ENGLISH else str(words)


def texts() -> Texts:
    """The texts of the language of the page."""
    return texts_in(language())


def _plural(one: str, many: str, number: int) -> str:
    # The template puts the number in, and escapes what has to be escaped.
    return texts().form_for(one, many, number)
