"""The command line: through click for its commands, and as processes where one is killed or serves."""

import csv
import gc
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine

from matcher.store import callers, coaches, database, schema
from tests.clients import ApiCaller, document
from tests.commands import refusal, run
from tests.factories import CountingEncoder, a_coach, a_need

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "from matcher.cli import main; main()"]


def a_file(folder: Path, *lines: Any, name: str = "coaches.jsonl") -> str:
    """A file of those rows: documents, or bytes as they are."""
    file = folder / name
    file.write_bytes(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    return str(file)


def profiles(count: int) -> list[dict[str, Any]]:
    return [document(a_coach(id=f"c{number:03}", bio=f"Profile number {number} of many.")) for number in range(count)]


def stored(engine: Engine) -> list[str]:
    """The ids in the directory."""
    with database.snapshots(engine).begin() as session:
        return [coach.id for coach in coaches.page(session, None, 1_000)]


# The database


def test_an_upgrade_makes_the_database_ready_and_a_second_one_changes_nothing(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", empty_database_url)
    needed = [("import", "coaches", a_file(tmp_path, *profiles(1))), ("embed",), ("callers", "add", "x"), ("serve",)]
    for command in needed:
        assert refusal(run(*command)) == "The database is not of this version; run 'matcher db upgrade' first."
    assert [run("db", "upgrade").output for _ in range(2)] == ["The database is up to date.\n"] * 2
    assert run(*needed[0]).exit_code == 0


def test_a_database_out_of_reach_is_a_line_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", "postgresql://matcher:hunter2@127.0.0.1:1/coaches")
    for command in [("db", "upgrade"), ("callers", "list"), ("serve",)]:
        result = run(*command)
        assert result.exit_code == 1
        assert "The database at 127.0.0.1/coaches cannot be reached" in result.stderr
        assert "hunter2" not in result.output
        assert "Traceback" not in result.output


# Imports


@pytest.mark.usefixtures("configured")
def test_the_same_file_twice_changes_nothing_and_encodes_nothing(engine: Engine, tmp_path: Path) -> None:
    file, encoder = a_file(tmp_path, *profiles(3)), CountingEncoder()
    first, again = (run("import", "coaches", file, encoder=encoder) for _ in range(2))
    assert first.stdout == "3 profiles added, 0 replaced, 0 unchanged, 0 bad rows.\n"
    assert again.stdout == "0 profiles added, 0 replaced, 3 unchanged, 0 bad rows.\n"
    assert (first.exit_code, again.exit_code, len(encoder.encoded)) == (0, 0, 3)
    assert "Importing profiles" in first.stderr and "3/3" in first.stderr
    assert len(stored(engine)) == 3


@pytest.mark.usefixtures("configured")
def test_what_is_loaded_is_not_looked_through_for_garbage_while_profiles_come_in(tmp_path: Path) -> None:
    for command in [("import", "coaches", a_file(tmp_path, *profiles(1))), ("embed",)]:
        gc.unfreeze()
        try:
            assert run(*command).exit_code == 0
            assert gc.get_freeze_count() > 10_000
        finally:
            gc.unfreeze()


@pytest.mark.usefixtures("configured")
def test_bad_rows_are_named_by_line_field_and_reason_while_the_good_ones_are_stored(
    engine: Engine, tmp_path: Path
) -> None:
    good = profiles(9)
    file = a_file(
        tmp_path,
        good[0],
        good[1] | {"fees": {"amount": -5, "currency": "QQQ", "per": "hour"}},
        good[2] | {"shoe_size": 44},
        b'{"id": "broken", \xff}',
        good[0] | {"name": "Another with the id of the first"},
        b"",
        good[3] | {"name": "a\x00b"},
        good[4] | {"bio": "x" * 5_000_000},
        good[5],
        json.dumps(good[6]).encode()[:-20],
    )
    result = run("import", "coaches", file)
    assert result.exit_code == 1
    assert result.stdout == "3 profiles added, 0 replaced, 0 unchanged, 6 bad rows.\n"
    named = re.findall(r"^line (\d+): (not imported|warning): (the row|/\S+) \S.*$", result.stderr, re.MULTILINE)
    assert named == [
        ("3", "warning", "/shoe_size"),
        ("2", "not imported", "/fees/amount"),
        ("2", "not imported", "/fees/currency"),
        ("4", "not imported", "the row"),
        ("5", "not imported", "/id"),
        ("7", "not imported", "/name"),
        ("8", "not imported", "the row"),
        ("10", "not imported", "the row"),
    ]
    assert stored(engine) == ["c000", "c002", "c005"]
    with database.snapshots(engine).begin() as session:
        assert coaches.names(session, ["c000"]) == {"c000": "Ada Bell"}


@pytest.mark.usefixtures("configured")
def test_every_row_of_a_file_of_bad_rows_is_named(tmp_path: Path) -> None:
    result = run("import", "coaches", a_file(tmp_path, *[{"id": "x"}] * 205))
    assert result.stdout == "0 profiles added, 0 replaced, 0 unchanged, 205 bad rows.\n"
    assert all(f"line {line}: not imported: /fees " in result.stderr for line in range(1, 206))


@pytest.mark.usefixtures("configured")
def test_a_csv_file_is_imported_as_the_same_rows_in_json(engine: Engine, tmp_path: Path) -> None:
    coach = a_coach(id="c1", languages=["en", "nl"])
    columns = {
        "id": "c1",
        "name": "Ada Bell",
        "languages": "en; nl",
        "modalities": "video",
        "timezone": "Europe/Amsterdam",
        "fees.amount": "200",
        "fees.currency": "EUR",
        "fees.per": "session",
        "fees.minutes": "60",
        "availability.capacity": "3",
        "availability.weekly": '[{"day": "mon", "from": "09:00", "to": "17:00"}]',
    }
    file = tmp_path / "coaches.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows(
            [columns.keys(), columns.values(), {**columns, "id": "c2", "fees.amount": "-1"}.values()]
        )
    result = run("import", "coaches", str(file))
    assert (result.exit_code, result.stdout) == (1, "1 profiles added, 0 replaced, 0 unchanged, 1 bad rows.\n")
    assert "line 3: not imported: /fees/amount must be at least 0" in result.stderr
    again = run("import", "coaches", a_file(tmp_path, document(coach)))
    assert again.stdout == "0 profiles added, 0 replaced, 1 unchanged, 0 bad rows.\n"


@pytest.mark.usefixtures("configured")
def test_needs_are_imported_once(tmp_path: Path) -> None:
    needs = [document(a_need(id="n1")), document(a_need(id="n2", summary="Another.")), {"id": "n3"}]
    file = a_file(tmp_path, *needs, name="needs.jsonl")
    first, again = (run("import", "needs", file) for _ in range(2))
    assert first.stdout == "2 needs added, 0 replaced, 0 unchanged, 1 bad rows.\n"
    assert again.stdout == "0 needs added, 0 replaced, 2 unchanged, 1 bad rows.\n"
    assert "line 3: not imported: /summary" in first.stderr
    assert (first.exit_code, again.exit_code) == (1, 1)


@pytest.mark.usefixtures("configured")
def test_a_file_that_cannot_be_read_as_rows_is_refused(tmp_path: Path) -> None:
    no_header = run("import", "coaches", a_file(tmp_path, b"x;y", name="coaches.csv"))
    wrong_suffix = run("import", "coaches", a_file(tmp_path, b"", name="coaches.ods"))
    missing = run("import", "coaches", str(tmp_path / "missing.jsonl"))
    assert "The header names no field of a coach profile" in no_header.stderr
    assert "name must end in .jsonl" in wrong_suffix.stderr
    assert "does not exist" in missing.stderr
    assert [result.exit_code for result in (no_header, wrong_suffix, missing)] == [1, 1, 2]


@pytest.mark.usefixtures("configured")
def test_a_killed_import_leaves_whole_batches_and_goes_on_when_run_again(engine: Engine, tmp_path: Path) -> None:
    program = """
import sys, time
from matcher.cli import main
from matcher.service import profiles
from tests.factories import FakeEncoder

profiles.MOST_AT_ONCE = 20

class Stuck(FakeEncoder):
    def encode(self, texts):
        if any(" 100 " in text for text in texts):
            print("stuck", flush=True)
            time.sleep(60)
        return super().encode(texts)

main.main(sys.argv[1:], obj=lambda _: Stuck())
"""
    file = a_file(tmp_path, *profiles(120))
    command = [sys.executable, "-c", program, "import", "coaches", file]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"stuck\n"
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert stored(engine) == [f"c{number:03}" for number in range(100)]
    encoder = CountingEncoder()
    assert run("import", "coaches", file, encoder=encoder).stdout.startswith("20 profiles added, 0 replaced, 100 unch")
    assert (len(stored(engine)), len(encoder.encoded)) == (120, 20)


@pytest.mark.usefixtures("configured")
def test_embed_encodes_what_another_encoder_lacks(tmp_path: Path) -> None:
    run("import", "coaches", a_file(tmp_path, *profiles(3)))
    second = CountingEncoder("second")
    outputs = [run("embed", encoder=second).stdout for _ in range(2)]
    assert outputs == ["3 passages encoded with second.\n", "0 passages encoded with second.\n"]


# Callers


@pytest.mark.usefixtures("configured")
def test_a_key_is_shown_once_opens_the_api_and_is_worthless_once_revoked(
    engine: Engine, start: Callable[..., APIFlask]
) -> None:
    added = run("callers", "add", "portal", "--organisation", "Kestrel")
    assert re.fullmatch(r"cm_\S{43}\n", added.stdout)
    caller = ApiCaller(start(), added.stdout.strip())
    assert caller.shortlist(a_need())["need"]["organisation"] == ""
    assert caller.key not in run("callers", "list").output
    assert run("callers", "revoke", "portal").stdout == "The key is revoked.\n"
    assert caller.send("GET", "/coaches").status_code == 401
    assert refusal(run("callers", "revoke", "portal")) == "There is no caller with this name whose key is in use."


@pytest.mark.usefixtures("configured")
def test_a_name_in_use_is_refused_until_its_key_is_revoked() -> None:
    assert "no callers yet" in run("callers", "list").stderr
    assert run("callers", "add", "portal").exit_code == 0
    assert refusal(run("callers", "add", "portal")).startswith("name is the name of another caller")
    run("callers", "revoke", "portal")
    assert run("callers", "add", "portal", "--organisation", "K").exit_code == 0
    states = [line.split("\t") for line in run("callers", "list").stdout.splitlines()]
    assert [(name, organisation, state.split()[0]) for name, organisation, _, state, *_ in states] == [
        ("portal", "-", "revoked"),
        ("portal", "K", "in"),
    ]


@pytest.mark.parametrize("name", ["", "  ", "a\tb", "\udcff"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("configured")
def test_a_caller_needs_a_name_that_can_be_printed(engine: Engine, name: str) -> None:
    result = run("callers", "add", name)
    assert (result.exit_code, result.stdout) == (2, "")
    with database.snapshots(engine).begin() as session:
        assert callers.list_all(session) == []


# Serving


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Someone who listens on a port already."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("configured")
def test_a_service_that_cannot_be_started_says_why_in_a_line(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    taken = f"127.0.0.1:{listener.getsockname()[1]}"
    cases: list[tuple[list[str], dict[str, str], str]] = [
        ([], {"MATCHER_WORKERS": "0"}, "MATCHER_WORKERS: Input should be greater than or equal to 1"),
        (["--workers", "0"], {}, "MATCHER_WORKERS: Input should be greater than or equal to 1"),
        ([], {"MATCHER_LOG_LEVEL": "loud"}, "MATCHER_LOG_LEVEL: Input should be 'debug', "),
        (["--bind", taken], {}, f"MATCHER_BIND: the service cannot listen on {taken}: "),
        (["--bind", "127.0.0.1:http"], {}, "MATCHER_BIND must be HOST:PORT."),
        (["--bind", "127.0.0.1:99999"], {}, "MATCHER_BIND must name a port from 0 to 65535."),
        (
            [],
            {"MATCHER_DATABASE_URL": "mysql://x"},
            "MATCHER_DATABASE_URL must begin with sqlite:/// or postgresql://.",
        ),
    ]
    for arguments, environment, line in cases:
        with subtests.test(arguments=arguments, environment=environment), monkeypatch.context() as patched:
            # The command writes its options to the environment, where they are restored from. Should it not refuse
            # what it must, the taken port keeps it from becoming the server in place of the tests.
            patched.setenv("MATCHER_BIND", taken)
            patched.setenv("MATCHER_WORKERS", "1")
            for name, value in environment.items():
                patched.setenv(name, value)
            assert refusal(run("serve", *arguments)).startswith(line)


def test_the_application_under_gunicorn_says_in_a_line_why_it_cannot_start(tmp_path: Path) -> None:
    environment = os.environ | {"MATCHER_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    command = [sys.executable, "-c", "import matcher.wsgi"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (
        1,
        "Error: The database is not of this version; run 'matcher db upgrade' first.\n",
    )


def asked(
    port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body of an answer over HTTP; a body that is no bytes is sent in chunks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_until_ready(port: int, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        try:
            if asked(port, "GET", "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the service did not become ready")


def welcome_of(command: list[str], environment: dict[str, str]) -> list[str]:
    """What a service says when it is started once more, up to the key."""
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().rstrip() for _ in range(5)]
        process.kill()
    return said[1:]


def test_the_service_starts_answers_over_http_and_ends_when_told_to(tmp_path: Path) -> None:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'matcher.sqlite3'}")
    schema.upgrade(engine)
    engine.dispose()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"MATCHER_DATA_DIR": str(tmp_path), "MATCHER_DATABASE_URL": ""}
    command = [*COMMAND, "serve", "--trial", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    with (
        (tmp_path / "errors").open("w") as errors,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        assert process.stdout is not None
        try:
            wait_until_ready(port, process)
            key = (tmp_path / "trial-key").read_text().strip()
            sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            profile = document(a_coach(bio="I help people who do the work alone to hand it over."))
            assert asked(port, "PUT", "/api/v1/coaches/c1", json.dumps(profile).encode(), sent)[0] == 201
            status, body = asked(port, "POST", "/api/v1/shortlists", json.dumps(document(a_need())).encode(), sent)
            chunks = iter([b'{"summary": "', *[b"x" * 100_000] * 12, b'"}'])
            too_large, _ = asked(port, "POST", "/api/v1/shortlists", chunks, sent)
            far_too_large, _ = asked(port, "PUT", "/api/v1/coaches/c2", b"x" * 5_000_000, sent)
            without_key, _ = asked(port, "PUT", "/api/v1/coaches/c2", b"x" * 5_000_000)
            signed_out, _ = asked(port, "GET", "/")
        finally:
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
    answer = json.loads(body)
    assert (status, too_large, far_too_large, without_key, process.returncode) == (201, 413, 413, 401, 0)
    assert signed_out == 303
    assert re.search(
        r"^Sign in: demo@coaches.example\nPassword: [a-z2-9-]{23} \(shown only now\)$", output, re.MULTILINE
    )
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert welcome_of(command, environment) == [
        f"Form:    http://127.0.0.1:{port}/",
        "Sign in: demo@coaches.example, with the password that the first start printed;",
        "         'matcher accounts reset-password demo@coaches.example' prints another one.",
        f"API key: {key}",
    ]
    assert [coach["coach_id"] for coach in answer["coaches"]] == ["c1"]
    assert answer["model"]["encoder"].startswith("all-MiniLM-L6-v2+coaching-1@")
    assert answer["model"]["areas"].startswith("areas-7@")
    assert f"API key: {key}" in output
    assert (tmp_path / "trial-key").stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in output.splitlines() if line.startswith('{"')]
    assert ("/api/v1/shortlists", 201) in [(line.get("route"), line.get("status")) for line in lines]
