"""How the id of a coach stands in an address, and which addresses can be read at all."""

from urllib.parse import unquote_to_bytes

from flask import request
from werkzeug.routing import BaseConverter

from matcher.errors import InvalidInput, NotFound, Problem


class CoachId(BaseConverter):
    """The rest of an address as an id, slashes included; no id has control characters, so there is nothing there."""

    regex = r"[^\x00-\x1f\x7f]+"
    part_isolating = False


def require_readable_address() -> None:
    """Lets through an address in UTF-8; what is none would be read as signs that nobody sent.

    Raises NotFound, and InvalidInput where it is what stands behind the question mark.
    """
    if not _is_utf8(request.environ["PATH_INFO"].encode("latin-1")):
        raise NotFound("The address is not UTF-8, and there is nothing at such an address.")
    if not _is_utf8(unquote_to_bytes(request.query_string)):
        raise InvalidInput([Problem("", "what stands behind the question mark of the address is not UTF-8")])


def _is_utf8(sent: bytes) -> bool:
    try:
        sent.decode()
    except UnicodeDecodeError:
        return False
    return True
