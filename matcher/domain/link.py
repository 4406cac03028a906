"""A link that shows a manager some coaches of a shortlist, without signing in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FEWEST_DAYS, MOST_DAYS, USUAL_DAYS = 1, 60, 14
"""For how many days a link may be open."""

LinkState = Literal["open", "expired", "revoked"]


@dataclass(frozen=True)
class SharedLink:
    """What a link shows, and until when; the part of its address that nobody can guess is kept nowhere.

    `made_by` is the name of the account that made it; None when that is not known.
    """

    id: str
    shortlist_id: str
    coach_ids: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    made_by: str | None = None

    def state(self, now: datetime) -> LinkState:
        """Whether it can be opened then, and if not, why."""
        if self.revoked_at is not None:
            return "revoked"
        return "open" if now < self.expires_at else "expired"
