"""Small valid values for tests, and an encoder whose similarities can be worked out by hand."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from joserfc.jwk import ECKey
from numpy.typing import NDArray

from matcher.domain import Coach, Need, NewAccount, Requester
from matcher.matching.areas import THEMES
from matcher.matching.index import Profile
from matcher.matching.scoring import VALUE_DIGITS

SECRET_KEY = "of tests alone, and long enough for it"
"""What applications of tests sign cookies with, so that none makes a file of its own."""

SIGNING_KEY = ECKey.generate_key("P-256").as_pem(private=True).decode()
"""What applications of tests sign access tokens with."""

LAST_DECIMAL = 0.51 * 10**-VALUE_DIGITS
"""How far a facet's value in an answer may be from the one that was worked out by hand."""

REQUESTER = Requester("Kestrel")
"""Somebody who asks, of some organisation."""


def a_coach(**changes: Any) -> Coach:
    """A coach who is eligible for `a_need()`; `changes` are fields in the form of the contract."""
    fields = {
        "id": "c1",
        "name": "Ada Bell",
        "languages": ["en"],
        "modalities": ["video"],
        "timezone": "Europe/Amsterdam",
        "fees": {"amount": 200, "currency": "EUR", "per": "session", "minutes": 60},
        "availability": {"capacity": 3, "weekly": [{"day": "mon", "from": "09:00", "to": "17:00"}]},
    }
    return Coach.model_validate(fields | changes)


def a_need(**changes: Any) -> Need:
    """A need that excludes nobody but coaches without capacity; `changes` as for `a_coach`."""
    fields = {"summary": "New to the role and still does all the work alone.", "start_by": "2027-01-04"}
    return Need.model_validate(fields | changes)


def without_texts(coach: Coach) -> Profile:
    """The coach as an index takes it in that is asked for facts alone."""
    return Profile(coach, np.empty((0, THEMES), np.float32), passages=())


def a_new_account(email: str = "ada@kestrel.example", **changes: Any) -> NewAccount:
    """An account to be made, of an HR partner."""
    fields = {"email": email, "name": "Ada Bell", "organisation": "Kestrel", "role": "hr_partner"}
    return NewAccount.model_validate(fields | changes)


class FakeEncoder:
    """Each word (`\\w+`, without case) is one axis, by its SHA-256; a text is its set of words, as a unit vector.

    Equal sets of words are 1.0 alike. Sets without a common word are 0.0 alike unless two words
    share an axis, which a larger `dimension` makes rarer. A text without words lies on axis 0.
    """

    name = "fake"

    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension

    def axis(self, word: str) -> int:
        return int(hashlib.sha256(word.lower().encode()).hexdigest(), 16) % self.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension))
        for row, text in enumerate(texts):
            vectors[row, [self.axis(word) for word in re.findall(r"\w+", text)] or [0]] = 1
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


class CountingEncoder(FakeEncoder):
    """Remembers what it encoded, and may go by another name or fail after some texts."""

    def __init__(self, name: str = "fake", lasts: int = 1_000_000) -> None:
        super().__init__()
        self.name = name
        self.encoded: list[str] = []
        self._lasts = lasts

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if len(self.encoded) + len(texts) > self._lasts:
            raise MemoryError
        self.encoded += texts
        return super().encode(texts)
