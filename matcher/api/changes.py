"""What changed in the directory, for those who keep a copy of it."""

from apiflask import APIBlueprint
from flask import Response, jsonify, url_for
from pydantic import BaseModel, Field

from matcher.api.context import in_address, service
from matcher.api.description import takes
from matcher.api.models import ChangePage
from matcher.domain.fields import Text
from matcher.errors import InvalidInput, Problem
from matcher.store import coaches, database
from matcher.store.profile_feed import Place, ProfileChange, changes_after, place_of

changes = APIBlueprint("changes", __name__, url_prefix="/changes", tag="Coach changes")


class ChangesRequest(BaseModel):
    """Up to where changes are known, and how many more to show."""

    since: Text = Field("", description="The `next` of the last answer; absent for all profiles from the beginning.")
    limit: int = Field(100, ge=1, le=500)


@changes.get("")
@takes(changes, ChangesRequest, location="query")
@changes.output(ChangePage, description="Changes, and the cursor to go on from.")
@changes.doc(summary="List changes of profiles", responses=[401, 422], operation_id="listChanges")
def listed() -> Response:
    """Profiles that were created, changed or deleted since a cursor, each once, as it is now.

    The answer always has a cursor for the next request; the header Link leads on while there are more changes.
    """
    asked = in_address(ChangesRequest)
    place = place_of(asked.since)
    with database.snapshots(service().engine).begin() as session:
        # One of another database, or of this one before it was brought back to an earlier state.
        if place is None or place.revision > coaches.revision(session):
            raise InvalidInput([Problem("/since", "is not a cursor of this directory; begin again without one")])
        found = changes_after(session, place, asked.limit + 1)
    shown = found[: asked.limit]
    last: Place = shown[-1].place if shown else place
    response = jsonify(changes=[_told(change) for change in shown], next=last.to_cursor())
    if len(found) > asked.limit:
        address = url_for("api.changes.listed", since=last.to_cursor(), limit=asked.limit)
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


def _told(change: ProfileChange) -> dict[str, object]:
    coach = change.coach and change.coach.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"coach_id": change.coach_id, "change": change.kind, "at": change.at.isoformat(), "coach": coach}
