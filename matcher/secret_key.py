"""The keys that sign cookies and access tokens: those that are given, else ones that are made once and kept."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from matcher.errors import ConfigurationError

FILE = "secret-key"
"""What the file is called that keeps the key of cookies."""

SIGNING_FILE = "signing-key"
"""What the file is called that keeps the key of access tokens, a private key in PEM."""


def secret_key(given: str, folder: Path) -> str:
    """The key that is given, else the one kept in the folder, the same for all workers, whichever asks first.

    Raises ConfigurationError when none is given and none can be kept.
    """
    return given or _kept(folder / FILE, lambda: secrets.token_urlsafe(48), "set MATCHER_SECRET_KEY.")


def signing_key(given: str, folder: Path) -> ECKey:
    """The private key that is given in PEM, else the one kept in the folder, as with `secret_key`.

    Raises ConfigurationError when it cannot be read, or none is given and none can be kept.
    """
    pem = given or _kept(folder / SIGNING_FILE, _new_signing_key, "set MATCHER_SIGNING_KEY.")
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError):
        raise ConfigurationError("The key that signs access tokens is not one in PEM.") from None
    if not key.is_private or key.curve_name != "P-256":
        raise ConfigurationError("The key that signs access tokens is not a private one on the curve P-256.")
    return key


def _kept(file: Path, new: Callable[[], str], remedy: str) -> str:
    try:
        if not file.exists():
            _make(file, new())
        key = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be kept or read ({type(error).__name__}); {remedy}") from None
    if not key:
        raise ConfigurationError(f"{file} is empty; delete it, or {remedy}")
    return key


def _make(file: Path, key: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    own = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(key + "\n")
    # It appears under its name as a whole, and the first one stays: others read that one.
    with suppress(FileExistsError):
        os.link(own, file)
    own.unlink()


def _new_signing_key() -> str:
    return ECKey.generate_key("P-256").as_pem(private=True).decode("ascii").strip()
