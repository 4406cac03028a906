"""A file of profiles on its way into the directory, through the HTTP client."""

import csv
import io
import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from time import monotonic, sleep
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from apiflask import APIFlask
from numpy.typing import NDArray
from openpyxl import Workbook
from sqlalchemy import update
from werkzeug.test import TestResponse

from matcher.domain import Coach
from matcher.service import profiles, staged_imports
from matcher.store import coaches, database
from matcher.store.tables import ProfileImportRow
from tests.clients import Browser, document, row_counts, service, signed_in
from tests.factories import CountingEncoder, FakeEncoder, a_coach
from tests.pages import Page, opened, page
from tests.test_directory_page import FULL, put

Start = Callable[..., APIFlask]


@pytest.fixture
def app(start: Start) -> APIFlask:
    return start()


@pytest.fixture
def keeper(app: APIFlask) -> Browser:
    return signed_in(app, "kim@kestrel.example", role="coach_manager")


def json_lines(*rows: Coach | dict[str, Any]) -> bytes:
    documents = (document(row) if isinstance(row, Coach) else row for row in rows)
    return "".join(json.dumps(row) + "\n" for row in documents).encode()


def sent(browser: Browser, content: bytes, name: str = "coaches.jsonl") -> TestResponse:
    return browser.post("/imports", data={"file": (io.BytesIO(content), name)})


def uploaded(browser: Browser, content: bytes, name: str = "coaches.jsonl") -> str:
    """The address of the upload of a file."""
    answer = sent(browser, content, name)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def finished(browser: Browser, address: str) -> Page:
    """The page of an upload once nothing is stored any more."""
    for _ in range(400):
        found = opened(browser, address)
        if "are being read and stored" not in found.text:
            return found
        sleep(0.05)
    raise AssertionError("the import does not end")


def names(app: APIFlask) -> list[str]:
    with database.snapshots(service(app).engine).begin() as session:
        return [coach.name for coach in coaches.page(session, None, 500)]


def test_a_file_is_shown_first_and_stored_when_somebody_says_so(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(id="a", name="Old"), a_coach(id="b"))
    before = row_counts(app)["coach"]
    file = json_lines(a_coach(id="a", name="New"), a_coach(id="b"), a_coach(id="c"), {"id": "d", "colour": "red"})
    address = uploaded(keeper, file)
    preview = opened(keeper, address)
    assert "Import 3 profiles?" in preview.text
    assert "1 new 1 changed 1 as they are already 1 with a problem, not imported" in preview.text
    assert "Row 4 name is required Imported No" in preview.text
    assert (row_counts(app)["coach"], names(app)[0]) == (before, "Old")
    assert keeper.post(f"{address}/confirm").headers["Location"] == address
    result = finished(keeper, address)
    assert "The file is imported" in result.text
    assert "1 new 1 changed 1 as they are already 1 with a problem, not imported" in result.text
    assert names(app) == ["New", "Ada Bell", "Ada Bell"]
    assert row_counts(app)["staged_profile"] == 0


def test_a_file_in_which_nothing_is_new_offers_no_import(app: APIFlask, keeper: Browser) -> None:
    put(app, a_coach(id="a"))
    preview = opened(keeper, uploaded(keeper, json_lines(a_coach(id="a"))))
    assert "Nothing in this file is new" in preview.text
    assert "0 new 0 changed 1 as they are already" in preview.text
    assert "Import them" not in preview.text
    assert "Back, and drop the upload" in preview.text


def test_every_problem_can_be_taken_along(keeper: Browser) -> None:
    rows = [{"id": f"c{number}"} for number in range(2, 62)]
    address = uploaded(keeper, json_lines(a_coach(), *rows) + b"=oops\n")
    preview = opened(keeper, address)
    assert "The first 50" in preview.text
    table = list(csv.reader(io.StringIO(keeper.get(f"{address}/problems.csv").text.removeprefix("\ufeff"))))
    assert table[0] == ["row", "field", "problem", "imported"]
    assert table[1][:2] == ["2", "name"]
    assert len({row[0] for row in table[1:]}) == 61
    assert "oops" not in str(table)


def workbook(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


COLUMNS = ["id", "name", "languages", "modalities", "timezone", "fees.amount", "fees.currency", "fees.per"]
COLUMNS += ["fees.minutes", "availability.capacity", "availability.accepting_from", "credentials", "notes"]
CELLS = [7, "Ada", "en; nl", "video", "Europe/Amsterdam", 260.5, "EUR", "session", 60.0, 2, date(2027, 2, 1)]
CELLS += ['[{"body": "ICF", "level": "PCC", "verified": true}]', "x"]


def test_an_excel_file_is_read_as_a_table(app: APIFlask, keeper: Browser) -> None:
    content = workbook(COLUMNS, CELLS, [], [8, "Ben", "xx"], [9, *CELLS[1:10], datetime(2027, 2, 1), None, None])
    preview = opened(keeper, address := uploaded(keeper, content, "Coaches.XLSX"))
    assert "2 new 0 changed 0 as they are already 1 with a problem" in preview.text
    assert "Row 2 notes is not a field of a coach profile Imported Yes, without this" in preview.text
    assert "Row 4 languages, entry 1 is not a known ISO 639-1 language code" in preview.text
    keeper.post(f"{address}/confirm")
    finished(keeper, address)
    with database.snapshots(service(app).engine).begin() as session:
        found, other = coaches.get(session, "7"), coaches.get(session, "9")
    assert found == a_coach(
        id="7",
        name="Ada",
        languages=["en", "nl"],
        fees={"amount": "260.5", "currency": "EUR", "per": "session", "minutes": 60},
        availability={"capacity": 2, "accepting_from": "2027-02-01"},
        credentials=[{"body": "ICF", "level": "PCC", "verified": True}],
    )
    assert other is not None and other.availability.accepting_from == date(2027, 2, 1)


def bomb() -> bytes:
    """A workbook whose sheet defines an entity, as those do that unpack without end."""
    content, out = io.BytesIO(workbook(COLUMNS, CELLS)), io.BytesIO()
    with ZipFile(content) as old, ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                text = text.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', 1)
            new.writestr(part, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "coaches.txt", "must end in .jsonl, .ndjson (JSON Lines), .csv or .xlsx (Excel)"),
        (b"a,b\n1,2\n", "coaches.csv", "names no field of a coach profile"),
        (b"PK no zip", "coaches.xlsx", "not an Excel workbook"),
        (workbook(["a"]), "coaches.xlsx", "names no field of a coach profile"),
        (workbook(), "coaches.xlsx", "names no field of a coach profile"),
        (workbook(COLUMNS, CELLS)[:-300], "coaches.xlsx", "not an Excel workbook"),
        (bomb(), "coaches.xlsx", "not an Excel workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(
    app: APIFlask, keeper: Browser, content: bytes, name: str, words: str
) -> None:
    again = page(sent(keeper, content, name), 422)
    assert words in again.messages["file"]
    assert "#file" in again.links
    assert row_counts(app)["profile_import"] == 0


def test_a_form_without_a_file_says_what_to_do(keeper: Browser) -> None:
    assert page(keeper.post("/imports", data={}), 422).messages == {"file": "Choose a file first."}


def test_a_file_may_be_larger_than_other_bodies_and_one_that_is_too_large_is_told(start: Start) -> None:
    app = start(max_body_bytes=5_000, max_upload_bytes=50_000)
    keeper = signed_in(app, role="coach_manager")
    assert sent(keeper, json_lines(*(a_coach(id=f"c{number}") for number in range(60)))).status_code == 303
    again = page(sent(keeper, b"x" * 60_000), 413)
    assert "larger than 0.05 MB. Split it" in again.messages["file"]
    assert keeper.post("/new-coach", data={"bio": "x" * 60_000}).status_code == 413
    assert row_counts(app)["profile_import"] == 1


def test_a_file_from_somebody_who_may_not_send_one_is_not_read(app: APIFlask) -> None:
    assert sent(signed_in(app), json_lines(a_coach())).status_code == 403
    assert row_counts(app)["profile_import"] == 0


def test_a_file_without_a_good_row_cannot_be_imported(keeper: Browser) -> None:
    assert "Nothing in this file can be imported" in opened(keeper, uploaded(keeper, json_lines({"id": "a"}))).text
    nothing = opened(keeper, uploaded(keeper, b""))
    assert "It has no rows" in nothing.text and "Import them" not in nothing.text


def test_an_upload_that_is_cancelled_is_gone(app: APIFlask, keeper: Browser) -> None:
    address = uploaded(keeper, json_lines(a_coach()))
    assert "waits for your word" in opened(keeper, "/imports").text
    assert keeper.post(f"{address}/cancel").headers["Location"] == "/imports"
    assert "not kept any more" in opened(keeper, address, 404).text
    assert keeper.post(f"{address}/confirm").status_code == 404
    assert (row_counts(app)["profile_import"], row_counts(app)["staged_profile"], names(app)) == (0, 0, [])


def moved(app: APIFlask, **changes: Any) -> None:
    with database.sessions(service(app).engine).begin() as session:
        session.execute(update(ProfileImportRow).values(**changes))


def test_an_upload_is_dropped_after_an_hour(app: APIFlask, keeper: Browser) -> None:
    uploaded(keeper, json_lines(a_coach(), FULL))
    moved(app, seen_at=datetime.now(UTC) - timedelta(minutes=59))
    opened(keeper, "/imports")
    assert row_counts(app)["staged_profile"] == 2
    moved(app, seen_at=datetime.now(UTC) - timedelta(minutes=61))
    opened(keeper, "/imports")
    assert (row_counts(app)["profile_import"], row_counts(app)["staged_profile"]) == (0, 0)


@pytest.fixture
def twenty_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "MOST_AT_ONCE", 20)


class Gate(FakeEncoder):
    """Encodes nothing of an import until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("Held" in text for text in texts):
            assert self.open.wait(30)
        return super().encode(texts)


@pytest.mark.usefixtures("twenty_at_once")
def test_progress_is_shown_with_and_without_javascript(start: Start) -> None:
    gate = Gate()
    app = start(gate)
    keeper = signed_in(app, role="coach_manager")
    file = json_lines(*(a_coach(id=f"c{number:02}", bio="Held" if number > 19 else "") for number in range(40)))
    address = uploaded(keeper, file)
    for _ in range(2):
        assert keeper.post(f"{address}/confirm").status_code == 303
    until = monotonic() + 30
    while "20 of 40 profiles" not in opened(keeper, address).text and monotonic() < until:
        sleep(0.05)
    running = keeper.get(address)
    assert '<noscript><meta http-equiv="refresh"' in running.text and "htmx.min.js" in running.text
    assert '"allowEval": false' in running.text
    part = keeper.get(f"{address}/progress")
    assert "20 of 40 profiles" in part.text and "HX-Refresh" not in part.headers
    refused = page(keeper.post(f"{address}/cancel"), 409)
    assert "are being stored now" in refused.text
    gate.open.set()
    assert "40 new" in finished(keeper, address).text
    assert keeper.get(f"{address}/progress").headers["HX-Refresh"] == "true"
    assert len(names(app)) == 40


def test_an_import_that_is_confirmed_twice_at_once_runs_once(start: Start) -> None:
    encoder = CountingEncoder()
    app = start(encoder)
    keeper = signed_in(app, role="coach_manager")
    address = uploaded(keeper, json_lines(a_coach(bio="Once."), a_coach(id="c2", bio="Twice.")))
    import_id = address.rsplit("/", 1)[1]
    begun = []
    desk = service(app).desk
    threads = [
        threading.Thread(
            target=lambda: begun.append(
                staged_imports.begin_import(
                    service(app).engine, encoder, desk.reader.areas, import_id, datetime.now(UTC)
                )
            )
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [False, False, False, True]
    assert "2 new" in finished(keeper, address).text
    assert sorted(encoder.encoded) == ["Once.", "Twice."]
    assert keeper.post(f"{address}/confirm").status_code == 303
    assert "2 new" in finished(keeper, address).text


@pytest.mark.usefixtures("twenty_at_once")
def test_an_import_that_fails_half_way_leaves_whole_batches_and_is_confirmed_again(start: Start) -> None:
    encoder = CountingEncoder(lasts=25)
    app = start(encoder)
    keeper = signed_in(app, role="coach_manager")
    address = uploaded(keeper, json_lines(*(a_coach(id=f"c{n:02}", bio=f"Bio {n}.") for n in range(30))))
    keeper.post(f"{address}/confirm")
    stopped = finished(keeper, address)
    assert "The import was interrupted" in stopped.text
    assert len(names(app)) == 20
    encoder._lasts = 1_000
    keeper.post(f"{address}/confirm")
    assert "10 new 0 changed 20 as they are already" in finished(keeper, address).text
    assert len(names(app)) == 30


def test_an_import_of_a_server_that_was_killed_can_be_confirmed_again(app: APIFlask, keeper: Browser) -> None:
    address = uploaded(keeper, json_lines(a_coach()))
    moved(app, run="of a server that is gone", seen_at=datetime.now(UTC) - timedelta(minutes=1))
    assert "are being read and stored" in opened(keeper, address).text
    moved(app, seen_at=datetime.now(UTC) - timedelta(minutes=3))
    assert "The import was interrupted" in opened(keeper, address).text
    keeper.post(f"{address}/confirm")
    assert "1 new" in finished(keeper, address).text
    assert names(app) == ["Ada Bell"]
