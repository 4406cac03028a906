"""How the id of a coach stands in an address."""

from werkzeug.routing import BaseConverter


class CoachId(BaseConverter):
    """The rest of an address as an id, slashes included; no id has control characters, so there is nothing there."""

    regex = r"[^\x00-\x1f\x7f]+"
    part_isolating = False
