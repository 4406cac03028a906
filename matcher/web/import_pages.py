"""The pages on which a file of profiles is uploaded, looked through, confirmed, and followed while it is stored."""

import csv
import io
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import PurePath
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from matcher.errors import Conflict, MalformedDocument
from matcher.intake import coach_rows_in
from matcher.intake.quoting import quoted
from matcher.service import StagedImport, begin_import, cancel_import, stage_import, staged_import, uploads
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.access import KEEPING_PROFILES, UPLOADING, open_to
from matcher.web.blueprint import service, web
from matcher.web.forms import FilledForm, Message
from matcher.web.language import gettext, said
from matcher.web.signed_in import account

LABELS = {"file": Phrase("File")}
OUT_OF_DATE = Phrase(
    "This page was opened before you signed in. Nothing was read; choose the file and send it once more."
)

FINDINGS_SHOWN = 50
"""Problems on the page; the list that can be downloaded has all of them."""

_LONGEST_NAME = 100


@web.get("/imports")
@open_to(KEEPING_PROFILES)
def list_imports() -> Response:
    """The form for a file, and the uploads that are kept."""
    return _form()


def _again() -> Response:
    return _form(FilledForm(LABELS, general=(OUT_OF_DATE,)), HTTPStatus.BAD_REQUEST)


def _too_large() -> Response:
    most = service().settings.max_upload_bytes / 1_000_000
    words = gettext(
        "The file is larger than %(most)s MB. Split it into several files and import one after the other.",
        most=wording.decimal(most),
    )
    return _refused(words, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


@web.post("/imports")
@open_to(UPLOADING, again=_again, too_large=_too_large)
def upload_file() -> AnyResponse:
    """Keeps what the file holds aside and goes to its preview; nothing is stored in the directory yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _refused(gettext("Choose a file first."), HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        import_id = _staged(file, file.filename)
    except MalformedDocument as error:
        return _refused(said(error.words), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _to(import_id)


def _staged(file: FileStorage, name: str) -> str:
    shown = "".join(character for character in PurePath(name).name if character.isprintable())[-_LONGEST_NAME:]
    # Left where the server put it while it came in: a file without a name, which goes with the request.
    rows = coach_rows_in(file.stream, name)  # type: ignore[arg-type]
    return stage_import(service().engine, shown, rows, account(), datetime.now(UTC))


def _refused(words: str, status: HTTPStatus) -> Response:
    return _form(FilledForm(LABELS, messages={"file": Message("file", words, words)}), status)


def _form(form: FilledForm | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    page = render_template(
        "imports.html",
        form=form or FilledForm(LABELS),
        uploads=uploads(service().engine, datetime.now(UTC)),
        most=f"{wording.decimal(service().settings.max_upload_bytes / 1_000_000)} MB",
    )
    return make_response(page, status)


@web.get("/imports/<uuid:import_id>")
@open_to(KEEPING_PROFILES)
def show_import(import_id: UUID) -> str:
    """What the upload would change; while it is stored, how far that is; and at last what was changed."""
    return _page(_found(import_id))


def _page(found: StagedImport, refused: str = "") -> str:
    now = datetime.now(UTC)
    return render_template(
        "import.html",
        found=found,
        upload=found.upload,
        running=found.is_running(now),
        interrupted=found.was_interrupted(now),
        shown=FINDINGS_SHOWN,
        refused=refused,
    )


@web.get("/imports/<uuid:import_id>/progress")
@open_to(KEEPING_PROFILES)
def show_progress(import_id: UUID) -> Response:
    """How far it is, for a page that asks again and again; told to open anew once there is more to see."""
    found = _found(import_id)
    response = make_response(render_template("import_progress.html", found=found, upload=found.upload))
    if not found.is_running(datetime.now(UTC)):
        response.headers["HX-Refresh"] = "true"
    return response


@web.get("/imports/<uuid:import_id>/problems.csv")
@open_to(KEEPING_PROFILES)
def download_problems(import_id: UUID) -> Response:
    """All that was found in the file, by row and field."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["row", "field", "problem", "imported"])
    for finding in _found(import_id).findings:
        kept = "yes, without this" if finding.warning else "no"
        table.writerow([finding.line, quoted(finding.field), quoted(finding.detail), kept])
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="problems.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@web.post("/imports/<uuid:import_id>/confirm")
@open_to(KEEPING_PROFILES)
def confirm_import(import_id: UUID) -> AnyResponse:
    """Has the profiles stored, once however often it is sent, and goes to where that can be followed."""
    _found(import_id)
    areas = service().desk.reader.areas
    by = account().requester.actor
    begin_import(service().engine, service().encoder, areas, str(import_id), datetime.now(UTC), by=by)
    return _to(str(import_id))


@web.post("/imports/<uuid:import_id>/cancel")
@open_to(KEEPING_PROFILES)
def cancel_upload(import_id: UUID) -> AnyResponse:
    """Drops the upload."""
    try:
        cancel_import(service().engine, str(import_id), datetime.now(UTC))
    except Conflict as error:
        return make_response(_page(_found(import_id), said(error.words)), HTTPStatus.CONFLICT)
    return redirect(url_for("web.list_imports"), HTTPStatus.SEE_OTHER)


def _found(import_id: UUID) -> StagedImport:
    return staged_import(service().engine, str(import_id))


def _to(import_id: str) -> AnyResponse:
    return redirect(url_for("web.show_import", import_id=import_id), HTTPStatus.SEE_OTHER)
