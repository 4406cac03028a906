import copy
import csv
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach, Need, vocabulary
from matcher.errors import InvalidInput, MalformedDocument
from matcher.intake import (
    Row,
    coach_from,
    coach_rows,
    need_from,
    need_from_form,
    need_rows,
    read_json,
    shortlist_request_from,
    written_csv,
)
from matcher.intake.lines import LONGEST_ROW
from matcher.intake.quoting import list_cell, list_entries, quoted, unquoted

FIXTURES = Path(__file__).parent.parent / "fixtures" / "judged"
SECRET = "Kestrel burnout"
PROFILE: dict[str, Any] = {
    "id": "c1",
    "name": "Ada Bell",
    "languages": ["en", "nl"],
    "modalities": ["video"],
    "timezone": "Europe/Amsterdam",
    "fees": {"amount": 260.5, "currency": "EUR", "per": "session", "minutes": 90},
    "availability": {"capacity": 2, "weekly": [{"day": "mon", "from": "09:00", "to": "24:00"}]},
}
NEED: dict[str, Any] = {"summary": "Delegates nothing."}
PROFILE_COLUMNS = ["id", "name", "languages", "modalities", "timezone"]
PROFILE_COLUMNS += ["fees.amount", "fees.currency", "fees.per", "availability.capacity"]
CELLS = ["c1", "Ada Bell", "en; nl", "video", "Europe/Amsterdam", "260.5", "EUR", "hour", "2"]


def with_(document: dict[str, Any], dotted: str, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    *parents, name = dotted.split(".")
    place = changed
    for parent in parents:
        place = place.setdefault(parent, {})
    place[name] = value
    return changed


def refused(read: Any, sent: object) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        read(sent)
    told = {problem.pointer: problem.detail for problem in refusal.value.problems}
    assert len(told) == len(refusal.value.problems), "one problem a place"
    return told


def told(row: Row[Any]) -> dict[str, str]:
    assert row.value is None
    return {problem.pointer: problem.detail for problem in row.problems}


@pytest.mark.parametrize(("name", "model", "rows"), [("coaches", Coach, coach_rows), ("needs", Need, need_rows)])
def test_fixtures_are_read_without_a_word_and_survive_a_round_trip(name: str, model: Any, rows: Any) -> None:
    read = {Coach: coach_from, Need: need_from}[model]
    found = list(rows(FIXTURES / f"{name}.jsonl"))
    assert len(found) == {"coaches": 84, "needs": 24}[name]
    for row in found:
        assert row.problems == row.warnings == ()
        written = row.value.model_dump_json(by_alias=True, exclude_defaults=True)
        assert read(read_json(written.encode())) == row.value


# JSON text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON: Expecting value at column 1"),
        (b'{"a": 1,\n "b": tru}', "not JSON: Expecting value at line 2, column 7"),
        (b'{"summary": "Kestrel burnout', "Unterminated string starting at column 13"),
        (b'{"a": "\x00"}', "Invalid control character at column 8"),
        (b'{"a": "\xff"}', "not UTF-8: byte 8"),
        (b"[NaN]", "NaN and Infinity"),
        (b"[-Infinity]", "NaN and Infinity"),
        (b'{"a":' * 200_000, "deeper than 50"),
    ],
)
def test_what_cannot_be_read_is_told_by_position_and_not_by_content(body: bytes, message: str) -> None:
    with pytest.raises(MalformedDocument, match=message) as refusal:
        read_json(body)
    assert "Kestrel" not in str(refusal.value)
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"a": {"b": 1, "b": 2}}', "names the same field twice in one object"),
        (b"1" * 5000, "has a number with too many digits"),
        (b"[" * 51 + b"]" * 51, "is nested deeper than 50 levels"),
    ],
)
def test_json_of_a_kind_that_is_not_taken_is_bad_input(body: bytes, message: str) -> None:
    assert refused(read_json, body) == {"": message}


def test_a_byte_order_mark_and_fifty_levels_are_read() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert read_json(b"[" * 50 + b"]" * 50)


# Documents


def test_every_problem_of_a_document_is_told_at_once() -> None:
    document = {
        "id": 7,
        "bio": "x" * 5_000_000,
        "langages": ["en"],
        "fees": {"amount": "260", "currency": "EUR", "per": "week", "minuts": 60},
        "availability": {"weekly": [{"day": "mon", "from": "12:00", "to": "09:00"}, {"start": "09:00"}]},
        "credentials": [{"body": "ICF", "level": "PCC", "verified": "yes"}, None],
        "references": [{"rating": 4.3, "date": "2025-02-30"}],
        "modalities": "video",
    }
    assert refused(coach_from, document) == {
        "/id": "must be text",
        "/name": "is required",
        "/bio": "is longer than 20000 characters",
        "/langages": "is not a field of a coach profile; did you mean languages?",
        "/languages": "is required",
        "/modalities": "must be a list",
        "/timezone": "is required",
        "/fees/amount": "must be a number such as 12.5",
        "/fees/per": "must be 'hour' or 'session'",
        "/fees/minuts": "is not a field of a coach profile; did you mean minutes?",
        "/availability/weekly/0/to": "must be later than from; split a window that crosses midnight",
        "/availability/weekly/1/day": "is required",
        "/availability/weekly/1/from": "is required",
        "/availability/weekly/1/to": "is required",
        "/availability/weekly/1/start": "is not a field of a coach profile",
        "/credentials/0/verified": "must be true or false",
        "/credentials/1": "is empty; leave it out",
        "/references/0/rating": "must be a multiple of 0.5",
        "/references/0/date": "is not a date that exists in the calendar",
    }


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("summary", "a\x00b", "contains a NUL character; remove it"),
        ("summary", "a\ud800b", "contains half of a character; send valid Unicode"),
        ("summary", ["a"], "must be text"),
        ("styles", [["challenging"]], "must be an object"),
        ("level", "seniour", "is not a known level; did you mean senior?"),
        ("timezone", "Europe/Atlantis", "is not a known IANA time zone"),
        ("start_by", "2300-01-01", "must lie between 1900-01-01 and 2199-12-31"),
        ("start_by", 20270101, 'must be a date like "2027-01-31"'),
        ("sessions.count", True, "must be a whole number"),
        ("sessions.count", 2.5, "must be a whole number"),
        ("sessions.count", 10**400, "must be at most 200"),
        ("sessions.minutes", 0, "must be at least 15"),
        ("budget.per_session", -1, "must be at least 0"),
        ("budget.per_session", False, "must be a number such as 12.5"),
        ("budget.per_session", 1e400, "must be a finite number"),
        ("budget.per_session", 0.00001, "has more than 4 decimal places"),
        ("budget.per_session", 1e300, "has more than 12 digits"),
        ("languages", ["en"] * 101, "has more than 100 entries"),
        ("requirements.exclude_coaches", ["c1"] * 1001, "has more than 1000 entries"),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(field: str, value: object, detail: str) -> None:
    document = with_(NEED, "budget.currency", "EUR") if field.startswith("budget") else NEED
    problems = refused(need_from, with_(document, field, value))
    assert list(problems) == ["/" + field.replace(".", "/")]
    assert problems.popitem()[1].startswith(detail)


def test_a_problem_between_two_fields_points_to_the_one_to_change() -> None:
    assert list(refused(need_from, {})) == ["/summary"]
    window = {"day": "mon", "from": "09:00", "to": "10:00"}
    assert refused(need_from, with_(NEED, "availability.weekly", [window])) == {
        "/timezone": "is required with availability"
    }


def test_a_request_for_a_shortlist_is_a_need_with_a_limit_beside_its_fields() -> None:
    request = shortlist_request_from(NEED | {"limit": 7})
    assert (request.need, request.limit) == (need_from(NEED), 7)
    assert shortlist_request_from(NEED | {"limit": None}).limit == 3
    assert refused(shortlist_request_from, {"limit": 0}).keys() == {"/summary", "/limit"}
    assert refused(need_from, NEED | {"limit": 7}) == {"/limit": "is not a field of a need"}


@pytest.mark.parametrize("document", [None, [], "text", 1, True])
def test_a_document_must_be_an_object(document: object) -> None:
    assert refused(coach_from, document) == {"": "must be an object"}


@pytest.mark.parametrize("empty", [None, "", " \n", [], {}, {"deep": {"deeper": None}}])
def test_null_empty_and_absent_mean_the_same(empty: object) -> None:
    for field in ("level", "styles", "styles.avoid", "budget", "focus_areas", "no_such_field"):
        assert need_from(with_(NEED, field, empty)) == need_from(NEED)
    assert refused(coach_from, with_(PROFILE, "languages", empty)) == {"/languages": "is required"}


def test_zero_and_false_are_not_empty() -> None:
    coach = coach_from(with_(PROFILE, "availability.capacity", 0))
    assert coach.availability.capacity == 0
    assert list(refused(need_from, with_(NEED, "level", False))) == ["/level"]


def test_entries_of_a_list_keep_their_places() -> None:
    document = with_(PROFILE, "methods", ["GROW", None, "", "360", {}])
    assert refused(coach_from, document) == dict.fromkeys(
        ["/methods/1", "/methods/2", "/methods/4"], "is empty; leave it out"
    )


def test_json_numbers_are_read_by_their_value() -> None:
    need = need_from({"summary": "x", "sessions": {"minutes": 90.0}, "budget": {"per_session": 0.1, "currency": "EUR"}})
    assert need.sessions.minutes == 90
    assert need.budget is not None
    assert need.budget.per_session == Decimal("0.1")


def test_the_name_of_an_unknown_field_is_escaped_cut_and_made_printable() -> None:
    names = ["a/b~c", "x" * 1000, "line\nbreak \ud800"]
    assert list(refused(need_from, NEED | dict.fromkeys(names, 1))) == [
        "/a~1b~0c",
        "/" + "x" * 60 + "…",
        "/line?break ?",
    ]


def test_no_more_than_a_hundred_problems_are_told() -> None:
    problems = refused(need_from, NEED | {f"unknown{place}": 1 for place in range(50_000)} | {"level": 1})
    assert len(problems) == 101
    assert problems[""] == "has more problems than these 100"


def test_a_document_too_deep_to_walk_is_refused() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert refused(need_from, NEED | {"styles": deep}) == {"": "is nested deeper than 50 levels"}


def test_the_text_that_was_sent_is_never_repeated() -> None:
    def spoiled(value: object) -> object:
        if isinstance(value, dict):
            return {name: spoiled(member) for name, member in value.items()}
        return [spoiled(member) for member in value] if isinstance(value, list) else SECRET

    for line in (FIXTURES / "coaches.jsonl").read_text().splitlines()[:5]:
        details = refused(coach_from, spoiled(json.loads(line))).values()
        assert len(details) > 15
        assert not any("Kestrel" in detail or "burnout" in detail for detail in details)


_FIELDS = sorted({part for model in (Coach, Need) for part in model.model_fields} | {"weekly", "from", "to", "day"})
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20)
_CODES = st.sampled_from([*vocabulary.MODALITIES, *vocabulary.DAYS, "en", "EUR", "09:00", "2027-01-31"])
_JSON: st.SearchStrategy[Any] = st.recursive(
    _SCALARS | _CODES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_FIELDS) | st.text(), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(_JSON, st.sampled_from(_FIELDS), st.sampled_from([(coach_from, PROFILE), (need_from, NEED)]))
@settings(max_examples=250, deadline=None)
def test_any_json_value_is_either_read_or_refused_with_problems(value: Any, field: str, door: Any) -> None:
    read, valid = door
    for document in (value, valid | {field: value}, valid | value if isinstance(value, dict) else value):
        try:
            assert isinstance(read(document), Coach | Need)
        except InvalidInput as refusal:
            assert refusal.problems
            for problem in refusal.problems:
                assert problem.detail.encode()
                assert problem.pointer.encode() == b"" or problem.pointer.startswith("/")


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_either_read_or_malformed(body: bytes) -> None:
    try:
        read_json(body)
    except MalformedDocument as refusal:
        assert str(refusal).startswith("The document ")


# JSON Lines


def json_lines(tmp_path: Path, *lines: bytes, end: bytes = b"\n") -> Path:
    path = tmp_path / "coaches.jsonl"
    path.write_bytes(b"\n".join(lines) + end)
    return path


def profile(coach_id: str, **changes: object) -> bytes:
    return json.dumps(PROFILE | {"id": coach_id} | changes).encode()


def test_a_bad_line_does_not_hold_up_the_others(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path,
        b"\xef\xbb\xbf" + profile("c1"),
        b"",
        b'{"id": "\xff"}',
        profile("c2") + b"\r",
        b"[1]",
        b'{"id": "' + b"x" * LONGEST_ROW + b'"}',
        profile("c1", name="Someone else"),
        profile("c3", timezone="Nowhere"),
        profile("c3", photo="me.png"),
        profile("c4")[:40],
        end=b"",
    )
    rows = {row.line: row for row in coach_rows(path)}
    assert {line: row.value.id for line, row in rows.items() if row.value} == {1: "c1", 4: "c2", 9: "c3"}
    assert told(rows[3]) == {"": "is not UTF-8: byte 9 cannot be read"}
    assert told(rows[5]) == {"": "must be an object"}
    assert told(rows[6]) == {"": "is longer than 2000000 bytes"}
    assert told(rows[7]) == {"/id": "also stands in line 1"}
    assert told(rows[8]) == {"/timezone": "is not a known IANA time zone"}
    assert told(rows[10])[""].startswith("is not JSON: ")
    assert [(warning.pointer, warning.detail) for warning in rows[9].warnings] == [
        ("/photo", "is not a field of a coach profile")
    ]


def test_types_in_json_lines_are_strict(tmp_path: Path) -> None:
    path = json_lines(tmp_path, json.dumps(with_(PROFILE, "availability.capacity", "2")).encode())
    assert told(next(coach_rows(path))) == {"/availability/capacity": "must be a whole number"}


def test_needs_without_an_id_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "needs.ndjson"
    path.write_text('{"summary": "a"}\n{"summary": "b"}\n{"id": "n", "summary": "c"}\n{"id": "n", "summary": "d"}\n')
    assert [row.value and row.value.summary for row in need_rows(path)] == ["a", "b", "c", None]


def test_an_empty_file_has_no_rows_and_rows_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    assert list(coach_rows(json_lines(tmp_path, end=b""))) == []
    assert next(coach_rows(json_lines(tmp_path, profile("c1"), b"\xff" * 100))).value is not None


def test_another_kind_of_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(MalformedDocument, match=r"\.jsonl, \.ndjson \(JSON Lines\), \.csv or \.xlsx"):
        coach_rows(tmp_path / "coaches.ods")


# CSV


def csv_file(tmp_path: Path, *rows: Sequence[str]) -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path = tmp_path / "coaches.CSV"
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path


def test_cells_are_read_as_text_lists_and_json(tmp_path: Path) -> None:
    columns = [*PROFILE_COLUMNS, "bio", "credentials", "references", "shoe size", "", "", "fees.amont"]
    credential = {"body": "ICF", "level": "PCC", "verified": "yes", "photo": 1}
    cells = [*CELLS, 'First line.\nSecond, with "quotes".\n', json.dumps([credential]), "", "43", "", "", "1"]
    first, second = coach_rows(csv_file(tmp_path, columns, cells, ["c2", *cells[1:]]))
    assert (first.line, second.line) == (2, 5)
    assert first.value is not None
    assert first.value.languages == ("en", "nl")
    assert first.value.fees.amount == Decimal("260.5")
    assert first.value.availability.capacity == 2
    assert first.value.bio == 'First line.\nSecond, with "quotes".'
    assert first.value.credentials[0].verified is True
    assert first.value.references == ()
    assert len(first.warnings) == 4
    assert {warning.pointer: warning.detail for warning in first.warnings} == {
        "/shoe size": "is not a field of a coach profile",
        "/": "is not a field of a coach profile",
        "/fees.amont": "is not a field of a coach profile; did you mean fees.amount?",
        "/credentials/0/photo": "is not a field of a coach profile",
    }
    assert [warning.pointer for warning in second.warnings] == ["/credentials/0/photo"]


@pytest.mark.parametrize(("cell", "verified"), [("true", True), ("No", False), ("1", True), ("0", False), ("", False)])
def test_truth_values_in_a_json_cell_may_be_words(tmp_path: Path, cell: str, verified: bool) -> None:
    reference = json.dumps([{"rating": "4.5", "verified": cell}])
    (row,) = coach_rows(csv_file(tmp_path, [*PROFILE_COLUMNS, "references"], [*CELLS, reference]))
    assert row.value is not None
    assert row.value.references[0].verified is verified


def test_a_bad_csv_row_does_not_hold_up_the_others(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [*PROFILE_COLUMNS, "references"], [*CELLS, ""])
    good = ",".join(CELLS).replace("c1", "c9") + ",\r\n"
    bad = [
        ",".join(CELLS) + ",,extra\r\n",
        ",,,,,,,,,\r\n",
        good.replace("c9", "c\xff"),
        good.replace("260.5", "12 euros").replace("2,\r", '2,"[{""rating"": 5"\r'),
        good.replace("Ada Bell", '"Ada" Bell'),
        good.replace("Ada Bell", '"' + "line\n" * 400_001 + '"'),
        good,
        good.replace("Ada Bell", 'Ada 5" Bell'),
        good,
    ]
    path.write_bytes(path.read_bytes() + "".join(bad).encode("latin-1"))
    rows = {row.line: row for row in coach_rows(path)}
    assert {line: row.value.id for line, row in rows.items() if row.value} == {2: "c1", 400_010: "c9"}
    assert rows.keys() == {2, 3, 5, 6, 7, 8, 400_010, 400_011}
    assert told(rows[3]) == {"": "has 11 cells where the header has 10"}
    assert told(rows[5])[""].startswith("is not UTF-8")
    assert told(rows[6]).keys() == {"/fees/amount", "/references"}
    assert told(rows[6])["/references"].startswith("is not JSON: ")
    assert told(rows[7])[""].startswith("is not CSV: ")
    assert told(rows[8]) == {"": "is longer than 2000000 bytes (lines 8 to 400009)"}
    assert told(rows[400_011])[""].endswith("(lines 400011 to 400012)")


def test_a_cell_that_is_no_json_is_one_problem(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [*PROFILE_COLUMNS[:-1], "availability.weekly"], [*CELLS[:-1], "mon 09:00-17:00"])
    assert told(next(coach_rows(path))) == {"/availability/weekly": "is not JSON: Expecting value at column 1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"\r\n", "is empty"),
        (b"id,name,id\n", "has a column twice: id"),
        (b"a,b\n1,2\n", "names no field of a coach profile"),
        (b"id;name;languages\n", "commas between them"),
        (b'id,"name\n', "is not CSV"),
        (b"id,\xff\n", "is not UTF-8"),
    ],
)
def test_a_header_that_cannot_be_used_is_malformed(tmp_path: Path, text: bytes, message: str) -> None:
    path = tmp_path / "coaches.csv"
    path.write_bytes(text)
    with pytest.raises(MalformedDocument, match=message):
        next(coach_rows(path))


def test_a_profile_in_csv_equals_the_same_profile_in_json(tmp_path: Path) -> None:
    def cell(value: object) -> str:
        if isinstance(value, list):
            return json.dumps(value) if isinstance(value[0], dict) else ";".join(value)
        return str(value)

    for line in (FIXTURES / "coaches.jsonl").read_text().splitlines()[:20]:
        document = json.loads(line)
        flat = {
            f"{name}.{inner}" if inner else name: member
            for name, value in document.items()
            for inner, member in (value.items() if isinstance(value, dict) else [("", value)])
            if member not in ([], None)
        }
        (row,) = coach_rows(csv_file(tmp_path, list(flat), [cell(value) for value in flat.values()]))
        assert row.value == coach_from(document)


# Forms

FORM: Mapping[str, list[str]] = {
    "csrf_token": ["a token"],
    "summary": ["First line.\r\nSecond."],
    "role": ["", "plant manager"],
    "importance.execution": ["3"],
    "importance.delegation": ["1"],
    "importance.boundaries": [""],
    "languages": ["de", "", "en"],
    "budget.per_session": [""],
    "budget.currency": ["EUR"],
    "sessions.minutes": ["90"],
    "timezone": ["Europe/Berlin"],
    "availability.weekly": ["Mon 9:00-12:30", "", "tue 10:00 – 24:00\nwed 08:00-09:00"],
    "requirements.min_credential_rank": ["0"],
}


def test_a_form_gives_the_same_need_as_its_document() -> None:
    assert need_from_form(FORM) == need_from(
        {
            "summary": "First line.\nSecond.",
            "role": "plant manager",
            "focus_areas": [{"area": "delegation", "importance": 1}, {"area": "execution", "importance": 3}],
            "languages": ["de", "en"],
            "sessions": {"minutes": 90},
            "timezone": "Europe/Berlin",
            "availability": {
                "weekly": [
                    {"day": "mon", "from": "09:00", "to": "12:30"},
                    {"day": "tue", "from": "10:00", "to": "24:00"},
                    {"day": "wed", "from": "08:00", "to": "09:00"},
                ]
            },
            "requirements": {"min_credential_rank": 0},
        }
    )


def test_problems_of_a_form_stand_beside_its_fields() -> None:
    windows = ["mon 09:00-10:00", "", "whenever", "", "tue 10:00-09:00", "someday 10:00-11:00"]
    changes = {"availability.weekly": windows, "budget.per_session": ["a lot"], "importance.delegation": ["9"]}
    problems = refused(need_from_form, {**FORM, **changes})
    assert problems.keys() == {
        "/availability/weekly/2",
        "/availability/weekly/4/to",
        "/availability/weekly/5/day",
        "/budget/per_session",
        "/focus_areas/0/importance",
    }
    assert refused(need_from_form, {**FORM, "availability.weekly": ["whenever"]}).keys() == {"/availability/weekly/0"}
    assert list(refused(need_from_form, {})) == ["/summary"]


# Written again


SHORT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
TRICKY = st.text("'=+-@[]\"; \n\tx", max_size=6)


@given(text=SHORT | TRICKY)
def test_any_text_comes_back_from_its_cell(text: str) -> None:
    cell = quoted(text)
    assert unquoted(cell.strip()) == text or not text.strip()
    assert not cell.startswith(("=", "+", "-", "@"))


@given(entries=st.lists((SHORT | TRICKY).filter(str.strip), min_size=1, max_size=4))
def test_any_list_comes_back_from_its_cell(entries: list[str]) -> None:
    cell = list_cell(entries)
    assert list_entries(cell.strip()) == entries
    assert not cell.startswith(("=", "+", "-", "@"))


def test_profiles_that_are_written_as_csv_are_read_again(tmp_path: Path) -> None:
    found = [row.value for row in coach_rows(FIXTURES / "coaches.jsonl") if row.value]
    path = tmp_path / "coaches.csv"
    path.write_text("".join(written_csv(found)), "utf-8", newline="")
    assert [row.value for row in coach_rows(path)] == found
