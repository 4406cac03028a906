"""Whether the service is alive, and whether it is ready to rank."""

from apiflask import APIBlueprint
from flask import Response, jsonify

from matcher.api.context import service
from matcher.errors import NotReady
from matcher.service.catalogue import Edition
from matcher.store import schema

health = APIBlueprint("health", __name__, tag="Health")


@health.get("/healthz")
@health.doc(summary="Alive", responses={200: "The process answers."}, operation_id="getHealth")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@health.get("/readyz")
@health.doc(summary="Ready", responses={200: "It can rank.", 503: "Not yet."}, operation_id="getReadiness")
def readyz() -> Response:
    """The database is reachable and of this version, and the index is loaded."""
    edition = ready_edition()
    return jsonify(status="ready", coaches=len(edition.index), index=edition.version)


def ready_edition() -> Edition:
    """The coaches that would be ranked now.

    Raises NotReady, or ConfigurationError or OperationalError of the database, while none can be.
    """
    if not schema.is_current(service().engine):
        raise NotReady("The database is not of this version; run 'matcher db upgrade'.")
    with service().desk.catalogue.opened() as (_, edition):
        return edition
