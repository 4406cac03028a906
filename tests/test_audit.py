"""The audit log: what each action leaves, what tampering shows, and how it is read; on both databases."""

import hashlib
import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from apiflask import APIFlask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from matcher.domain import COMMAND_LINE, Identity
from matcher.domain.audit import ACTIONS, Head
from matcher.service import account_by_identity, verify_audit
from matcher.service.sign_on import Newcomers
from matcher.store import audit, database, sign_ons
from tests.clients import ApiCaller, Browser, a_browser, a_caller, an_account, document, service, signed_in
from tests.commands import refusal, run
from tests.factories import a_coach, a_need
from tests.test_links import made
from tests.test_rankers import a_file as a_ranker_file
from tests.test_rankers import a_ranker

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
SECRET = "Beatrix weint nach jeder Sitzung"
HERE = "Kestrel"
Start = Callable[..., APIFlask]

pytestmark = pytest.mark.usefixtures("configured")


@dataclass
class World:
    """Everybody who does something that is noted."""

    app: APIFlask
    caller: ApiCaller
    admin: Browser
    folder: Path

    @property
    def engine(self) -> Engine:
        return service(self.app).engine

    def log(self) -> list[dict[str, Any]]:
        """All entries, as they are hashed."""
        with database.snapshots(self.engine).begin() as session:
            return [filed.entry.document() for filed in audit.entries(session)]

    def new(self, do: Callable[[], object]) -> list[dict[str, Any]]:
        """The entries that something leaves."""
        before = len(self.log())
        do()
        return self.log()[before:]

    def a_shortlist(self) -> str:
        return f"/shortlists/{self.caller.shortlist(a_need(summary=SECRET))['id']}"


@pytest.fixture
def world(start: Start, tmp_path: Path) -> World:
    app = start()
    caller = a_caller(app, organisation=HERE)
    caller.put(a_coach(id="a"), a_coach(id="b"))
    return World(app, caller, signed_in(app, role="administrator", organisation=HERE), tmp_path)


def sent(answer: Any, *statuses: int) -> Any:
    assert answer.status_code in (statuses or (200, 201, 204, 303)), answer.text
    return answer


def uploaded(world: World) -> None:
    """A file of one profile, imported from the pages."""
    file = io.BytesIO(json.dumps(document(a_coach(id="uploaded"))).encode())
    page = sent(world.admin.post("/imports", data={"file": (file, "coaches.jsonl")})).headers["Location"]
    sent(world.admin.post(f"{page}/confirm"))
    for _ in range(200):
        if world.log()[-1]["action"] == "profiles.imported":
            return
        time.sleep(0.05)


def newcomer(world: World, subject: str, **known: Any) -> None:
    identity = Identity("https://id.example", subject, **{"email": "new@kestrel.example", "name": "New"} | known)
    become = Newcomers(HERE, "hr_partner")
    account_by_identity(world.engine, identity, become, decides_role=False, now=NOW)


def purged(world: World) -> None:
    """A sign-in at a provider that nobody went on with, deleted."""
    with database.sessions(world.engine).begin() as session:
        sign_ons.keep(session, "key", "{}", NOW - timedelta(days=999))
    assert run("purge").exit_code == 0


def _latest_caller(world: World) -> str:
    """The id of the caller that was made last, as the log tells it."""
    return str(next(entry["subject"] for entry in reversed(world.log()) if entry["action"] == "caller.made"))


def table(world: World) -> list[tuple[str, str, Callable[[], object]]]:
    """Every kind of action: its name, the kind of actor, and how it is done, in an order in which it can be."""
    admin, caller, app = world.admin, world.caller, world.app
    shortlist = world.a_shortlist()
    outcome = {"coach": "a", "event": "chosen"}
    address = made(admin, shortlist, "a")
    manager = a_browser(app)
    manager.read_token("/sign-in")
    other = f"/accounts/{an_account(app, 'ben@kestrel.example').id}"
    candidate, needs = a_ranker_file(world.folder, a_ranker()), world.folder / "needs.jsonl"
    assert run("ranker", "add", candidate).exit_code == 0
    needs.write_text(json.dumps(document(a_need(summary=SECRET))))
    profile = json.dumps(document(a_coach(id="c", name="New")))
    link_id = world.log()[-1]["details"]["link"]
    new = {"email": "cleo@kestrel.example", "name": "Cleo", "organisation": HERE, "role": "hr_partner"}

    def commanded(*words: str) -> Callable[[], object]:
        return lambda: run(*words)

    def api(method: str, path: str, body: Any = None) -> Callable[[], object]:
        return lambda: sent(caller.send(method, path, body))

    def posted(path: str, **data: Any) -> Callable[[], object]:
        return lambda: sent(admin.post(path, data=data))

    def read(browser: Browser, path: str) -> Callable[[], object]:
        return lambda: sent(browser.get(path)).get_data()

    return [
        ("shortlist.drawn_up", "caller", world.a_shortlist),
        ("shortlist.drawn_up", "account", posted("/", summary=SECRET)),
        ("outcome.recorded", "caller", api("PUT", f"{shortlist}/coaches/a/outcomes/chosen", {})),
        ("outcome.taken_back", "account", posted(f"{shortlist}/outcomes/withdraw", **outcome)),
        ("outcome.recorded", "account", posted(f"{shortlist}/outcomes", coach="a", **{"what-1": "chosen", "on-1": ""})),
        ("outcome.taken_back", "caller", api("DELETE", f"{shortlist}/coaches/a/outcomes/chosen")),
        ("link.made", "account", lambda: made(admin, shortlist, "b")),
        ("link.opened", "link", read(manager, address)),
        ("outcome.recorded", "link", lambda: sent(manager.post(f"{address}/talks", data={"coach": "a"}))),
        ("outcome.taken_back", "link", lambda: sent(manager.post(f"{address}/talks/withdraw", data={"coach": "a"}))),
        ("link.revoked", "account", posted(f"{shortlist}/links/{link_id}/revoke")),
        ("shortlist.exported", "account", read(admin, f"{shortlist}/coaches.csv")),
        ("shortlist.deleted", "account", posted(f"{shortlist}/delete")),
        ("needs.imported", "command_line", commanded("import", "needs", str(needs))),
        ("profile.added", "caller", api("PUT", "/coaches/c", document(a_coach(id="c")))),
        ("profile.replaced", "caller", api("PUT", "/coaches/c", document(a_coach(id="c", name="Else")))),
        ("profile.confirmed", "account", posted("/confirm-coach/c")),
        ("profile.deleted", "account", posted("/delete-coach/c")),
        ("profile.added", "account", posted("/restore-coach/c", profile=profile, version="5")),
        ("profile.deleted", "caller", api("DELETE", "/coaches/c")),
        ("profiles.imported", "account", lambda: uploaded(world)),
        ("directory.exported", "account", read(admin, "/coach-export/csv")),
        ("ranker.promoted", "command_line", commanded("ranker", "promote", "learned-1")),
        ("ranker.reset", "command_line", commanded("ranker", "reset")),
        ("ranker.promoted", "account", posted("/rankers/promote", name="learned-1")),
        ("ranker.reset", "account", posted("/rankers/reset")),
        ("account.made", "account", posted("/accounts", **new)),
        ("account.made", "command_line", commanded("accounts", "add", "d@kestrel.example", "--role", "hr_partner")),
        ("account.made", "provider", lambda: newcomer(world, "1")),
        ("account.role_changed", "provider", lambda: newcomer(world, "1", role="coach_manager")),
        ("account.organisation_changed", "provider", lambda: newcomer(world, "1", organisation="Corvus")),
        ("account.role_changed", "account", posted(f"{other}/role", role="coach_manager")),
        ("account.disabled", "account", posted(f"{other}/disable")),
        ("account.enabled", "account", posted(f"{other}/enable")),
        ("account.password_reset", "account", posted(f"{other}/password")),
        ("account.unlinked", "account", posted(f"{other}/unlink")),
        ("caller.made", "command_line", commanded("callers", "add", "robot", "--organisation", HERE)),
        ("caller.key_replaced", "command_line", commanded("callers", "rotate", "robot")),
        ("caller.revoked", "command_line", commanded("callers", "revoke", "robot")),
        ("caller.made", "account", posted("/callers", name="portal 2", organisation=HERE, **{"coaches:read": "yes"})),
        ("caller.key_replaced", "account", lambda: sent(admin.post(f"/callers/{_latest_caller(world)}/key"))),
        ("caller.revoked", "account", lambda: sent(admin.post(f"/callers/{_latest_caller(world)}/revoke"))),
        ("audit.exported", "account", read(admin, "/audit/entries.jsonl")),
        ("audit.exported", "command_line", commanded("audit", "export")),
        ("data.purged", "command_line", lambda: purged(world)),
    ]


def test_each_kind_of_action_leaves_one_entry_that_says_who_and_no_text_of_a_need(
    world: World, subtests: pytest.Subtests
) -> None:
    table_of_actions = table(world)
    assert {action for action, _, _ in table_of_actions} == set(ACTIONS)
    for action, actor, do in table_of_actions:
        with subtests.test(action=action, actor=actor):
            left = world.new(do)
            assert [(entry["action"], entry["actor_kind"]) for entry in left] == [(action, actor)]
            assert (left[0]["actor_id"] is None) == (actor in ("provider", "command_line"))
    with database.snapshots(world.engine).begin() as session:
        everything = "".join(f"{filed.entry}" for filed in audit.entries(session))
    assert "Beatrix" not in everything and "weint" not in everything
    assert verify_audit(world.engine).holds


def test_an_entry_names_the_need_by_a_hash_that_its_owner_gets_too_and_all_that_the_answer_rests_on(
    world: World,
) -> None:
    answers: list[Any] = []
    (entry,) = world.new(lambda: answers.append(world.caller.shortlist(a_need(summary=SECRET))))
    (answer,) = answers
    assert entry["subject"] == answer["id"]
    assert (entry["organisation"], entry["at"][:19]) == (HERE, answer["created_at"][:19])
    assert entry["details"] == {
        "need": hashlib.sha256(rfc8785.dumps(answer["need"])).hexdigest(),
        "model": answer["model"],
        "eligible": 2,
        "candidates": [
            {"coach": coach["coach_id"], "rank": coach["rank"], "score": coach["score"]} for coach in answer["coaches"]
        ],
    }
    (gone,) = world.new(lambda: world.admin.post(f"/shortlists/{answer['id']}/delete"))
    assert gone["details"] == {"need": entry["details"]["need"]}


def test_what_is_refused_or_changes_nothing_leaves_no_entry(world: World, subtests: pytest.Subtests) -> None:
    shortlist = world.a_shortlist()
    admin, caller = world.admin, world.caller
    idle: dict[str, Callable[[], object]] = {
        "a need that is none": lambda: caller.send("POST", "/shortlists", {"summary": ""}),
        "a body that is none": lambda: caller.send("PUT", "/coaches/c", {"name": "Ada"}),
        "the same profile": lambda: caller.put(a_coach(id="a")),
        "no such profile": lambda: caller.send("DELETE", "/coaches/none"),
        "a stale profile": lambda: caller.send("DELETE", "/coaches/a", headers={"If-Match": '"other"'}),
        "no such shortlist": lambda: caller.send("PUT", "/shortlists/x/coaches/a/outcomes/chosen", {}),
        "nobody of the list": lambda: caller.send("PUT", f"{shortlist}/coaches/x/outcomes/chosen", {}),
        "nothing to take back": lambda: caller.send("DELETE", f"{shortlist}/coaches/a/outcomes/chosen"),
        "a link for too long": lambda: admin.post(f"{shortlist}/links", data={"coach": "a", "days": "1000"}),
        "no such link": lambda: a_browser(world.app).get("/shared/none"),
        "the last administrator": lambda: run("accounts", "set-role", "ada@kestrel.example", "hr_partner"),
        "nobody's caller": lambda: run("callers", "revoke", "nobody"),
        "the packaged ranker": lambda: run("ranker", "reset"),
        "no such file": lambda: admin.get("/coach-export/pdf"),
    }
    for why, do in idle.items():
        with subtests.test(why=why):
            assert world.new(do) == []


def test_an_entry_and_what_it_tells_of_are_stored_together_or_not_at_all(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("DROP TABLE audit_head"))
    assert world.caller.send("PUT", "/coaches/late", document(a_coach(id="late"))).status_code >= 500
    assert world.caller.send("GET", "/coaches/late").status_code == 404


def test_writers_at_once_on_several_workers_leave_one_chain(world: World, start: Start) -> None:
    workers = [world.caller, world.caller.at(start())]

    def puts(number: int) -> int:
        coach = a_coach(id=f"w{number}")
        return workers[number % 2].send("PUT", f"/coaches/{coach.id}", document(coach)).status_code

    before = verify_audit(world.engine).head.count
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(puts, range(24))) == {201}
    verdict = verify_audit(world.engine)
    assert verdict.holds and verdict.head.count == before + 24


# Tampering


FIELDS = ("at", "action", "actor_kind", "actor_id", "organisation", "subject", "details", "previous", "hash")


def tampered(engine: Engine, statement: str) -> None:
    """Changes the log as somebody can who owns the database."""
    off = {
        "sqlite": (
            "DROP TRIGGER IF EXISTS audit_entry_stays_update",
            "DROP TRIGGER IF EXISTS audit_entry_stays_delete",
        ),
        "postgresql": ("ALTER TABLE audit_entry DISABLE TRIGGER USER",),
    }
    with engine.begin() as connection:
        for one in off[engine.dialect.name]:
            connection.exec_driver_sql(one)
        connection.exec_driver_sql(statement)


def add_entries(engine: Engine, number: int) -> None:
    with database.sessions(engine).begin() as session:
        for place in range(number):
            audit.append(session, COMMAND_LINE, "profile.added", NOW, f"c{place}", profile="x")


@pytest.mark.parametrize("field", FIELDS)
def test_a_change_of_any_field_of_any_entry_is_found(engine: Engine, field: str) -> None:
    add_entries(engine, 3)
    for number in (3, 2, 1):
        tampered(engine, f"UPDATE audit_entry SET {field} = coalesce({field}, '') || ' ' WHERE number = {number}")
        verdict = verify_audit(engine)
        assert verdict.broken_at == number and verdict.why
    assert refusal(run("audit", "verify")).startswith("Entry 1 ")


@pytest.mark.parametrize(("number", "head", "broken"), [(2, "", 2), (3, "", 3), (3, "forged", 0), (1, "", 1)])
def test_an_entry_that_is_removed_is_found_and_at_the_end_by_a_head_that_was_kept_elsewhere(
    engine: Engine, number: int, head: str, broken: int
) -> None:
    add_entries(engine, 3)
    kept = run("audit", "verify")
    assert kept.exit_code == 0
    tampered(engine, f"DELETE FROM audit_entry WHERE number = {number}")
    if head:
        last = "(SELECT hash FROM audit_entry WHERE number = 2)"
        tampered(engine, f"UPDATE audit_head SET count = 2, hash = {last}")
    assert verify_audit(engine).broken_at == broken
    assert refusal(run("audit", "verify", "--head", kept.stdout.strip())).startswith(f"Entry {number} ")


def test_a_chain_that_was_written_anew_is_told_by_the_head_that_was_kept(engine: Engine) -> None:
    add_entries(engine, 2)
    kept = verify_audit(engine).head
    tampered(engine, "DELETE FROM audit_entry")
    tampered(engine, f"UPDATE audit_head SET count = 0, hash = '{Head().hash}'")
    with database.sessions(engine).begin() as session:
        for _ in range(3):
            audit.append(session, COMMAND_LINE, "profile.deleted", NOW, "c")
    assert verify_audit(engine).holds
    assert verify_audit(engine, kept).broken_at == kept.count
    assert run("audit", "verify", "--head", "1:x").exit_code == 2


def test_the_database_itself_refuses_to_change_or_delete_an_entry(engine: Engine) -> None:
    add_entries(engine, 1)
    refused = ["UPDATE audit_entry SET subject = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
    for statement in refused[: 3 if engine.dialect.name == "postgresql" else 2]:
        with pytest.raises(DBAPIError, match="the audit log is only added to"), engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert verify_audit(engine).head.count == 1


# Reading it


def test_the_log_is_exported_as_lines_that_anybody_can_verify(engine: Engine, tmp_path: Path) -> None:
    add_entries(engine, 3)
    file = tmp_path / "audit.jsonl"
    assert run("audit", "export", str(file)).exit_code == 0
    assert list(tmp_path.glob("tmp*")) == []
    entries = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4]
    assert entries[-1]["action"] == "audit.exported"
    before = "0" * 64
    for entry in entries:
        sealed = entry.pop("hash")
        assert entry["previous"] == before
        assert hashlib.sha256(rfc8785.dumps(entry)).hexdigest() == sealed
        before = sealed
    later = run("audit", "export", "--after", "3").stdout.splitlines()
    assert [json.loads(line)["number"] for line in later] == [4, 5]
    assert run("audit", "verify").stdout.startswith("5:")


def test_an_export_that_cannot_be_written_whole_leaves_the_earlier_file(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text("earlier")
    add_entries(engine, 1)
    tampered(engine, "UPDATE audit_entry SET details = 'none' WHERE number = 1")
    assert run("audit", "export", str(file)).exit_code == 0
    assert json.loads(file.read_text().splitlines()[0])["details"] == "none"
    tampered(engine, "ALTER TABLE audit_entry RENAME COLUMN subject TO gone")
    with suppress(AssertionError):
        run("audit", "export", str(file))
    assert len(file.read_text().splitlines()) == 2


def test_administrators_find_entries_by_action_actor_subject_and_day(world: World) -> None:
    admin = world.admin

    def numbers(**asked: str) -> list[str]:
        html = sent(admin.get("/audit", query_string=asked), 200).text
        return [part.split("<")[0] for part in html.split('role="rowheader">')[1:]]

    (account,) = {entry["actor_id"] for entry in world.new(lambda: sent(admin.post("/confirm-coach/a")))}
    assert numbers() == ["3", "2", "1"]
    assert numbers(action="profile.added") == ["2", "1"]
    assert numbers(who=str(account)) == ["3"]
    assert numbers(what="a") == ["3", "1"]
    today = datetime.now(UTC).date().isoformat()
    assert numbers(first=today, last=today) == ["3", "2", "1"]
    assert numbers(first="2999-01-01") == numbers(last="2000-01-01") == numbers(action="none") == []
    assert numbers(first="soon", page="9") == ["3", "2", "1"]
    html = admin.get("/audit").text
    assert "Profile confirmed" in html and "Ada Bell" in html and "portal" in html
    assert "The chain holds" in admin.get("/audit?check=yes").text
    tampered(world.engine, "UPDATE audit_entry SET subject = 'x', at = 'never' WHERE number = 2")
    assert "Entry 2 was changed after it was written" in admin.get("/audit?check=yes").text


def test_a_page_of_the_log_has_fifty_entries_and_leads_to_the_next(world: World) -> None:
    add_entries(world.engine, 60)
    first, second = world.admin.get("/audit").text, world.admin.get("/audit?page=2").text
    assert (first.count('role="rowheader"'), second.count('role="rowheader"')) == (50, 12)
    assert 'rel="next" href="/audit?page=2"' in first
