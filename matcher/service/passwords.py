"""Passwords: how they are kept, which are good enough (NIST SP 800-63B), and ones that are to be used once."""

import secrets
import unicodedata
from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from matcher.texts import Phrase

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200

_HARD_ENOUGH = 3
"""Of zxcvbn's 0 to 4: below, a password is among the first 10^8 that somebody would try who knows whose it is."""

_LOOKED_AT = 72
"""Characters that zxcvbn reads; its time grows faster than their number."""

_GROUPS, _GROUP = 4, 5
_TOLD_APART = "abcdefghjkmnpqrstuvwxyz23456789"

_HASHER = PasswordHasher()
"""Argon2id, with the parameters that argon2-cffi recommends."""


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(_normal(password))


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept; None takes as long, and nothing matches it."""
    # Made whoever asks first, so that this takes a process as long for somebody as for nobody.
    nobodys = _nobodys()
    try:
        return _HASHER.verify(kept or nobodys, _normal(password)) and kept is not None
    except (InvalidHashError, VerificationError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


def weakness(password: str, about: Sequence[str]) -> str:
    """What keeps a password from being used, in words that follow its name; empty when nothing does.

    `about` is what others know of the person, the address above all.

    >>> weakness("dune", []), weakness("passwordpassword", []), weakness("seven bells under a blue moon", [])
    ('needs at least 12 characters', 'is one that many others use or that is easily guessed; take another', '')
    """
    if len(password) < LEAST_CHARACTERS:
        return Phrase("needs at least %(least)s characters", least=LEAST_CHARACTERS)
    if len(password) > MOST_CHARACTERS:
        return Phrase("has more than %(most)s characters", most=MOST_CHARACTERS)
    known = [part for text in about for part in (text, *text.replace("@", " ").split())]
    # What follows the part that is looked at may be all of its strength; it is refused all the same.
    if zxcvbn(_normal(password)[:_LOOKED_AT], user_inputs=known)["score"] < _HARD_ENOUGH:
        return Phrase("is one that many others use or that is easily guessed; take another")
    return ""


def one_time_password() -> str:
    """A password of 99 random bits, without letters that look alike, to be handed on and replaced."""
    groups = ("".join(secrets.choice(_TOLD_APART) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _normal(password: str) -> str:
    # Keyboards write the same letters in different ways.
    return unicodedata.normalize("NFKC", password)
