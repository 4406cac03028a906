"""Keeps what has to be read again, and by nobody who reads the database alone: sealed by the service's secret key."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matcher.errors import ConfigurationError

MARK = "sealed:"
"""What sealed texts begin with; others are of before there were any."""

_PURPOSE = b"coach matcher: secrets of webhooks"
_KEY_BYTES = 32


class SecretBox:
    """Seals and opens texts by a key (Fernet: AES in CBC mode, signed by HMAC-SHA256)."""

    def __init__(self, key: str, before: str = "") -> None:
        """`before` is the key that was in use before; it still opens, and seals nothing. Empty: none was."""
        self._own = Fernet(_derived(key))
        self._opens = MultiFernet([self._own, *([Fernet(_derived(before))] if before else ())])

    def sealed(self, text: str) -> str:
        """The text as it may be kept."""
        return MARK + self._own.encrypt(text.encode()).decode("ascii")

    def opened(self, kept: str) -> str:
        """The text that is kept. Raises ConfigurationError when it was sealed by another key."""
        if not kept.startswith(MARK):
            return kept
        try:
            return self._opens.decrypt(kept.removeprefix(MARK)).decode()
        except InvalidToken:
            raise ConfigurationError(
                "A secret was sealed by another MATCHER_SECRET_KEY than this one; set that one, or name it in "
                "MATCHER_SECRET_KEY_BEFORE."
            ) from None

    def is_own(self, kept: str) -> bool:
        """Whether it was sealed by the key itself, and not by the one before, another one, or none."""
        try:
            self._own.decrypt(kept.removeprefix(MARK))
        except InvalidToken:
            return False
        return kept.startswith(MARK)


def _derived(key: str) -> bytes:
    # A key of its own, so that what signs cookies and what seals secrets never meet.
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(key.encode())
    return urlsafe_b64encode(derived)
