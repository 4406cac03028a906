"""Profiles of coaches: put, shown, listed and deleted."""

from datetime import UTC, date, datetime
from typing import Annotated

from apiflask import APIBlueprint
from flask import Response, jsonify, url_for
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from matcher.api.context import in_address, requester, sent_json, service
from matcher.api.description import takes
from matcher.api.entity_tags import condition, profile_response, profile_unless_known
from matcher.api.models import CoachPage, SentCoach
from matcher.domain import Coach
from matcher.domain.fields import FocusArea, Industry, Language, Text
from matcher.errors import NotFound, Problem
from matcher.intake.records import parse
from matcher.service import drop_profile, put_profile
from matcher.store import coaches as profiles
from matcher.store import database, directory
from matcher.store.directory import Selection
from matcher.store.documents import read_coach

coaches = APIBlueprint("coaches", __name__, url_prefix="/coaches", tag="Coaches")


_FIELDS = {field.alias or name: name for name, field in Coach.model_fields.items()}
"""The fields of a profile by the names that they are sent with."""


def _listed_fields(value: str) -> str:
    if set(filter(None, value.split(","))) - _FIELDS.keys():
        raise PydanticCustomError("unknown_field", "names a field that profiles do not have")
    return value


class PageRequest(BaseModel):
    """Which profiles to show, from where on, and which of their fields."""

    after: Text = Field("", description="Show profiles whose ids come after this one: the `next` of the page before.")
    limit: int = Field(100, ge=1, le=500)
    language: Language | None = Field(None, description="Only coaches who speak it.")
    industry: Industry | None = Field(None, description="Only coaches who name it.")
    focus_area: FocusArea | None = Field(None, description="Only coaches who name it.")
    accepting: bool = Field(False, description="Only coaches who can take somebody on today (UTC).")
    fields: Annotated[Text, AfterValidator(_listed_fields)] = Field(
        "", description="The fields to show of each profile, separated by commas; `id` is always there. Absent: all."
    )

    def selection(self, today: date) -> Selection:
        """What is asked for, in the words of the directory."""
        return Selection(
            today,
            language=self.language or "",
            industry=self.industry or "",
            focus_area=self.focus_area or "",
            accepting=self.accepting,
        )

    def document(self, coach: Coach) -> dict[str, object]:
        """The profile, or those of its fields that are asked for."""
        shown = {_FIELDS[name] for name in self.fields.split(",") if name}
        include = shown | {"id"} if shown else None
        return coach.model_dump(mode="json", by_alias=True, exclude_none=True, include=include)


@coaches.get("")
@takes(coaches, PageRequest, location="query")
@coaches.output(CoachPage, description="One page of profiles.")
@coaches.doc(summary="List profiles", responses=[401, 422], operation_id="listCoaches")
def listed() -> Response:
    """Profiles in the order of their ids, a page at a time; the header Link leads to the next one (RFC 8288)."""
    page = in_address(PageRequest)
    with database.snapshots(service().engine).begin() as session:
        found = directory.ids_after(session, page.selection(datetime.now(UTC).date()), page.after, page.limit + 1)
        documents = profiles.documents(session, shown := found[: page.limit])
    following = shown[-1] if len(found) > page.limit else None
    listed = [page.document(read_coach(coach_id, documents[coach_id])) for coach_id in shown]
    response = jsonify(coaches=listed, next=following)
    if following is not None:
        asked = page.model_dump(mode="json", exclude_defaults=True) | {"after": following, "limit": page.limit}
        response.headers["Link"] = f'<{url_for("api.coaches.listed", **asked)}>; rel="next"'
    return response


@coaches.get("/<coach:coach_id>")
@coaches.output(Coach, description="The profile.")
@coaches.doc(
    summary="Show a profile",
    responses={304: "If-None-Match names it as it is.", 401: "", 404: "", 412: ""},
    operation_id="getCoach",
)
def show(coach_id: str) -> Response:
    """The profile as it is now."""
    with database.snapshots(service().engine).begin() as session:
        coach = profiles.get(session, coach_id)
    if coach is None:
        raise NotFound("There is no profile with this id.")
    return profile_unless_known(coach)


@coaches.put("/<coach:coach_id>")
@takes(coaches, SentCoach)
@coaches.output(Coach, description="The profile that was replaced, or left alone when nothing differs.")
@coaches.doc(
    summary="Add or replace a profile",
    responses={201: "The profile that was added.", 400: "", 401: "", 404: "", 412: "", 413: "", 415: "", 422: ""},
    operation_id="putCoach",
)
def put(coach_id: str) -> Response:
    """Adds the profile or replaces the one with its id; it is in the next shortlist of every worker."""
    coach = _sent_coach(coach_id)
    fate = put_profile(
        service().engine,
        service().encoder,
        service().desk.reader.areas,
        coach,
        condition=condition(),
        by=requester().actor,
        now=datetime.now(UTC),
    )
    return profile_response(coach, 201 if fate == "added" else 200)


@coaches.delete("/<coach:coach_id>")
@coaches.doc(
    summary="Delete a profile",
    responses={204: "It is gone.", 401: "", 404: "", 412: ""},
    operation_id="deleteCoach",
)
def delete(coach_id: str) -> Response:
    """Takes the profile out of the directory; shortlists drawn up before stay as they are."""
    drop_profile(service().engine, coach_id, condition=condition(), by=requester().actor, now=datetime.now(UTC))
    return Response(status=204)


def _sent_coach(coach_id: str) -> Coach:
    """The profile that was sent, with the id of its address, which it may repeat but not contradict."""
    document = sent_json()
    if not isinstance(document, dict):
        return parse(Coach, document).value
    agrees = document.get("id") in (None, "", coach_id)
    problems = [] if agrees else [Problem("/id", "is not the id in the address")]
    return parse(Coach, document | {"id": coach_id}, found=problems).value
