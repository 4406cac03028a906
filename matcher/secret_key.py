"""The key that signs cookies: the one that is given, else one that is made once and kept."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from matcher.errors import ConfigurationError

FILE = "secret-key"
"""What the file is called that keeps it."""

_REMEDY = "set MATCHER_SECRET_KEY."


def secret_key(given: str, folder: Path) -> str:
    """The key that is given, else the one kept in the folder, the same for all workers, whichever asks first.

    Raises ConfigurationError when none is given and none can be kept.
    """
    return given or _kept(folder / FILE)


def _kept(file: Path) -> str:
    try:
        if not file.exists():
            _make(file)
        key = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be kept or read ({type(error).__name__}); {_REMEDY}") from None
    if not key:
        raise ConfigurationError(f"{file} is empty; delete it, or {_REMEDY}")
    return key


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    own = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(secrets.token_urlsafe(48) + "\n")
    # It appears under its name as a whole, and the first one stays: others read that one.
    with suppress(FileExistsError):
        os.link(own, file)
    own.unlink()
