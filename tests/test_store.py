import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from matcher.domain import DEFAULT_ORGANISATION, Coach, Requester
from matcher.errors import ConfigurationError, InvalidInput
from matcher.store import accounts, callers, coaches, database, embeddings, needs, schema, shortlists
from matcher.store.coaches import Changes, PutCounts
from matcher.store.shortlists import SealedShortlist
from matcher.store.tables import CoachRow, NeedRow, Row
from tests.factories import REQUESTER, a_coach, a_need, a_new_account
from tests.older_databases import bring_to, older_caller, older_shortlist

ROOT = Path(__file__).parents[1]
NOW = datetime(2027, 1, 4, 9, 30, 0, 123456, tzinfo=UTC)
FORM = Requester(DEFAULT_ORGANISATION)
Sessions = sessionmaker[Session]


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with sessions.begin() as session:
        yield session


def python(program: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


# Opening and migrating


def test_two_processes_can_bring_an_empty_database_to_the_current_schema_at_once(empty_database_url: str) -> None:
    program = """
import sys
from matcher.store import database, schema
engine = database.open_engine(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
schema.upgrade(engine)
schema.upgrade(engine)
"""
    engine = database.open_engine(empty_database_url)
    assert not schema.is_current(engine)
    both = [python(program, empty_database_url) for _ in range(2)]
    assert [process.stdout.readline() for process in both if process.stdout] == ["ready\n", "ready\n"]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=30)
    assert [process.returncode for process in both] == [0, 0]
    assert schema.is_current(engine)
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_declares(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_what_was_asked_for_before_there_were_accounts_stays_with_those_who_saw_it(empty_database_url: str) -> None:
    engine = database.open_engine(empty_database_url)
    bring_to(engine, "0002")
    with database.sessions(engine).begin() as session:
        for name, organisation in (("portal", "Pavo"), ("freelancer", None)):
            older_caller(session, name, organisation)
            older_shortlist(session, name, name)
        older_shortlist(session, "form", None)
    schema.upgrade(engine)
    with database.snapshots(engine).begin() as session:
        owners = session.execute(select(NeedRow.id, NeedRow.owner)).all()
        assert sorted(owners) == [("form", "default"), ("freelancer", None), ("portal", "Pavo")]
        seen_by = {"portal": Requester("Pavo"), "freelancer": Requester(None, "freelancer"), "form": FORM}
        for name, requester in seen_by.items():
            assert [other for other in seen_by if shortlists.get(session, other, requester)] == [name]
    engine.dispose()


def test_a_schema_from_a_later_version_is_refused_by_name(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not schema.is_current(engine)
    with pytest.raises(ConfigurationError, match="9999"):
        schema.upgrade(engine)


@pytest.mark.parametrize("url", ["nonsense", "postgresql+psycopg://host:port/x", "mysql://localhost/matcher"])
def test_a_url_of_no_supported_kind_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="MATCHER_DATABASE_URL"):
        database.open_engine(url)


@pytest.mark.parametrize(
    "login",
    [
        "ann:hunter2@127.0.0.1:1/x",
        "ann@127.0.0.1:1/x?password=hunter2",
        "ann:hunter2@127.0.0.1:1/x?sslmode=hunter2",  # the driver quotes this one
        "ann:hunter2@127.0.0.1:1/x?no_such_option=1",
    ],
)
@pytest.mark.parametrize("use", [schema.upgrade, schema.is_current])
def test_a_database_out_of_reach_is_named_without_its_password(login: str, use: Callable[[Engine], object]) -> None:
    engine = database.open_engine(f"postgresql+psycopg://{login}")
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1/x cannot be reached") as caught:
        use(engine)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_the_folder_of_an_sqlite_database_is_made_or_its_lack_explained(tmp_path: Path) -> None:
    engine = database.open_engine(f"sqlite:///{tmp_path}/a/b/matcher.sqlite3")
    schema.upgrade(engine)
    engine.dispose()
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="folder"):
        database.open_engine(f"sqlite:///{tmp_path}/file/matcher.sqlite3")


def test_a_new_sqlite_file_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "matcher.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.1, other.execute, ["COMMIT"]).start()
        engine = database.open_engine(f"sqlite:///{file}")
        assert not schema.is_current(engine)
        engine.dispose()


def test_a_transaction_that_reads_first_can_still_write_when_another_one_writes_in_between(sessions: Sessions) -> None:
    def put_another() -> None:
        with sessions.begin() as other:
            coaches.put(other, [a_coach(id="c2")], NOW)

    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            assert coaches.count(session) == 0
            another = pool.submit(put_another)
            wait([another], 0.2)
            coaches.put(session, [a_coach()], NOW)
        another.result()
    with sessions.begin() as session:
        assert coaches.count(session) == 2


def test_a_snapshot_refuses_to_write_and_the_connection_can_write_again_afterwards(
    engine: Engine, sessions: Sessions
) -> None:
    with pytest.raises(DBAPIError), database.snapshots(engine).begin() as snapshot:
        coaches.put(snapshot, [a_coach()], NOW)
    with sessions.begin() as session:
        assert coaches.put(session, [a_coach()], NOW).added == 1


def test_a_snapshot_waits_for_no_writer_and_stays_as_it_was(engine: Engine, sessions: Sessions) -> None:
    with database.snapshots(engine)() as snapshot:
        assert coaches.count(snapshot) == 0
        with sessions.begin() as session:
            coaches.put(session, [a_coach()], NOW)
            with database.snapshots(engine)() as other:
                assert coaches.count(other) == 0
        assert coaches.count(snapshot) == 0
    with database.snapshots(engine)() as snapshot:
        assert coaches.count(snapshot) == 1


def test_an_error_message_of_the_database_repeats_no_text_of_a_need(session: Session) -> None:
    need_id = needs.add(session, a_need(), REQUESTER, NOW)
    row = {"id": need_id, "organisation": "", "document": "burnt out", "content_hash": "", "received_at": NOW}
    with pytest.raises(IntegrityError) as caught:
        session.execute(database.insert(session, NeedRow).values(row))
    session.rollback()
    assert "burnt out" not in str(caught.value)


def test_times_come_back_in_utc_and_a_time_without_a_zone_is_refused(session: Session) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    callers.add(session, "portal", None, elsewhere)
    (caller,) = callers.list_all(session)
    assert (caller.created_at, caller.created_at.tzinfo) == (NOW, UTC)
    with pytest.raises(StatementError, match="without a zone"):
        callers.add(session, "intranet", None, NOW.replace(tzinfo=None))


# Profiles


def test_every_profile_of_the_fixtures_comes_back_equal(session: Session) -> None:
    lines = (ROOT / "fixtures/judged/coaches.jsonl").read_text(encoding="utf-8").splitlines()
    profiles = [Coach.model_validate_json(line) for line in lines]
    assert coaches.put(session, profiles, NOW) == PutCounts(len(profiles), 0, 0)
    assert coaches.changes_since(session, 0) == Changes(1, {profile.id: profile for profile in profiles})
    assert coaches.get(session, profiles[0].id) == profiles[0]
    assert coaches.names(session, ["dc001", "nobody"]) == {"dc001": "Amy van de Wiel"}


def test_a_put_counts_what_it_adds_replaces_and_leaves_alone(session: Session) -> None:
    ada, bob = a_coach(), a_coach(id="c2")
    assert coaches.put(session, [ada, bob], NOW) == PutCounts(added=2, replaced=0, unchanged=0)
    assert coaches.put(session, [a_coach(headline="New"), bob], NOW) == PutCounts(added=0, replaced=1, unchanged=1)
    assert coaches.changes_since(session, 1) == Changes(2, {"c1": a_coach(headline="New")})


def test_what_changes_nothing_takes_no_revision(session: Session) -> None:
    coaches.put(session, [a_coach()], NOW)
    assert coaches.put(session, [a_coach()], NOW) == PutCounts(0, 0, 1)
    assert not coaches.delete(session, "nobody", NOW)
    assert coaches.put(session, [], NOW) == PutCounts(0, 0, 0)
    assert coaches.revision(session) == 1
    assert coaches.changes_since(session, 1) == Changes(1, {})


def test_of_profiles_with_one_id_the_last_counts(session: Session) -> None:
    assert coaches.put(session, [a_coach(name="First"), a_coach(name="Last")], NOW) == PutCounts(1, 0, 0)
    assert coaches.names(session, ["c1"]) == {"c1": "Last"}


def test_a_deleted_profile_leaves_nothing_but_its_id_and_can_come_back(session: Session) -> None:
    coaches.put(session, [a_coach()], NOW)
    assert coaches.delete(session, "c1", NOW)
    assert coaches.get(session, "c1") is None
    assert (coaches.count(session), coaches.page(session, None, 9), coaches.names(session, ["c1"])) == (0, [], {})
    assert coaches.changes_since(session, 1) == Changes(2, {"c1": None})
    row = session.scalars(select(CoachRow)).one()
    assert (row.document, row.content_hash) == (None, None)
    assert not coaches.delete(session, "c1", NOW)
    assert coaches.put(session, [a_coach()], NOW) == PutCounts(added=1, replaced=0, unchanged=0)
    assert coaches.changes_since(session, 2) == Changes(3, {"c1": a_coach()})


def test_pages_follow_the_code_points_of_ids(session: Session) -> None:
    ids = ["a", "B", "é", "_", "\uffee", "\U0001f600", "a b", "ab", "10", "9"]
    coaches.put(session, [a_coach(id=coach_id) for coach_id in ids], NOW)
    seen: list[str] = []
    while page := coaches.page(session, seen[-1] if seen else None, 3):
        seen += [coach.id for coach in page]
    assert seen == sorted(ids)


def test_a_large_put_and_look_up_take_a_query_for_each_500_ids(engine: Engine, session: Session) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    profiles = [a_coach(id=f"c{number}") for number in range(1_001)]
    assert coaches.put(session, profiles, NOW).added == 1_001
    assert len(statements) <= 14
    assert len(coaches.names(session, [profile.id for profile in profiles])) == 1_001
    assert coaches.put(session, profiles, NOW).unchanged == 1_001


def test_a_stored_profile_that_no_longer_fits_is_named_without_its_content(session: Session) -> None:
    coaches.put(session, [a_coach()], NOW)
    row = session.scalars(select(CoachRow)).one()
    row.document = '{"id": "c1", "name": "Secret"}'
    with pytest.raises(ConfigurationError, match="'c1' does not fit") as caught:
        coaches.get(session, "c1")
    assert "Secret" not in str(caught.value)


def test_imports_at_the_same_time_count_each_profile_once(sessions: Sessions) -> None:
    batches = [[a_coach(id=f"c{number}") for number in range(first, first + 40)] for first in (0, 20, 0, 20)]

    def put(batch: list[Coach]) -> int:
        with sessions.begin() as session:
            return coaches.put(session, batch, NOW).added

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(put, batches)) == 60
    with sessions.begin() as session:
        assert coaches.count(session) == 60
        assert coaches.revision(session) <= 3


def test_a_reader_that_asks_for_changes_while_others_write_misses_none(engine: Engine, sessions: Sessions) -> None:
    done = threading.Event()

    def write(writer: int) -> None:
        for number in range(20):
            with sessions.begin() as session:
                coaches.put(session, [a_coach(id=f"c{writer}-{number}"), a_coach(name=f"{writer} {number}")], NOW)

    def follow() -> Changes:
        seen = Changes(0, {})
        finished = False
        while not finished:
            finished = done.is_set()
            with database.snapshots(engine)() as snapshot:
                changes = coaches.changes_since(snapshot, seen.revision)
                assert changes.revision == coaches.revision(snapshot)
            seen = Changes(changes.revision, seen.coaches | changes.coaches)
        return seen

    with ThreadPoolExecutor(4) as pool:
        followed = pool.submit(follow)
        for written in [pool.submit(write, writer) for writer in range(3)]:
            written.result()
        done.set()
    with sessions.begin() as session:
        assert followed.result() == coaches.changes_since(session, 0)
    assert followed.result().revision == 60


def test_an_import_that_is_killed_leaves_whole_batches_and_can_be_run_again(
    database_url: str, sessions: Sessions
) -> None:
    program = """
import sys, time
from datetime import UTC, datetime
from matcher.store import coaches, database
from tests.factories import a_coach
NOW = datetime(2027, 1, 4, tzinfo=UTC)
for batch in range(9):
    with database.sessions(database.open_engine(sys.argv[1])).begin() as session:
        coaches.put(session, [a_coach(id=f"c{batch}-{number}") for number in range(50)], NOW)
        if batch == 2:
            print("written, not committed", flush=True)
            time.sleep(60)
"""
    with python(program, database_url) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written, not committed\n"
        process.send_signal(signal.SIGKILL)
    with sessions.begin() as session:
        assert coaches.count(session) == 100
        assert coaches.revision(session) == 2
        again = [a_coach(id=f"c{batch}-{number}") for batch in range(9) for number in range(50)]
        assert coaches.put(session, again, NOW) == PutCounts(added=350, replaced=0, unchanged=100)


# Vectors


def test_vectors_come_back_bit_for_bit_under_their_encoder_alone(session: Session) -> None:
    vector = np.array([0.1, -1 / 3, np.float32(1e-40), 0], np.float32)
    embeddings.add(session, "small", {"h1": vector, "h2": -vector})
    found = embeddings.vectors(session, "small", ["h1", "h2", "h3"])
    assert {key: value.tobytes() for key, value in found.items()} == {"h1": vector.tobytes(), "h2": (-vector).tobytes()}
    assert found["h1"].dtype == np.float32
    assert embeddings.vectors(session, "large", ["h1"]) == {}
    assert embeddings.missing(session, "small", ["h1", "h3"]) == {"h3"}
    assert embeddings.missing(session, "large", ["h1"]) == {"h1"}


def test_a_vector_that_is_stored_stays_as_it_is(session: Session) -> None:
    embeddings.add(session, "small", {})
    embeddings.add(session, "small", {"h1": np.ones(2, np.float32)})
    embeddings.add(session, "small", {"h1": np.zeros(2, np.float32), "h2": np.zeros(2, np.float32)})
    found = embeddings.vectors(session, "small", ["h1", "h2"])
    assert (found["h1"].tolist(), found["h2"].tolist()) == ([1, 1], [0, 0])


def test_the_same_vectors_can_be_added_at_the_same_time_in_any_order(sessions: Sessions) -> None:
    hashes = [f"h{number}" for number in range(600)]

    def add(order: list[str]) -> None:
        with sessions.begin() as session:
            embeddings.add(session, "small", dict.fromkeys(order, np.ones(2, np.float32)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, [hashes, hashes[::-1]] * 4))
    with sessions.begin() as session:
        assert embeddings.missing(session, "small", hashes) == set()
        assert len(embeddings.vectors(session, "small", hashes)) == 600


# Callers


def test_a_key_is_known_until_it_is_revoked_and_is_stored_nowhere(session: Session) -> None:
    caller, key = callers.add(session, " portal ", " Pavo ", NOW)
    assert (caller.name, caller.organisation) == ("portal", "Pavo")
    assert callers.authenticate(session, key, NOW) == caller
    assert callers.authenticate(session, key + "x", NOW) is None
    assert callers.authenticate(session, "", NOW) is None
    assert key not in str(session.execute(text("SELECT * FROM caller")).all())
    assert callers.revoke(session, "portal", NOW)
    assert callers.authenticate(session, key, NOW) is None
    assert not callers.revoke(session, "portal", NOW)


def test_two_callers_cannot_have_one_name_unless_one_is_revoked(session: Session) -> None:
    old, _ = callers.add(session, "portal", None, NOW)
    with pytest.raises(InvalidInput) as caught:
        callers.add(session, "portal", "Pavo", NOW)
    assert [problem.pointer for problem in caught.value.problems] == ["/name"]
    callers.revoke(session, "portal", NOW)
    new, key = callers.add(session, "portal", None, NOW + timedelta(days=1))
    assert callers.authenticate(session, key, NOW) == new
    assert [(caller.id, caller.revoked_at) for caller in callers.list_all(session)] == [(old.id, NOW), (new.id, None)]


# Needs and shortlists

SEALED = SealedShortlist("s1", NOW, '{"b": 1.0, "a":"é\\u0000"}', b"\x00\xff", '{"facts" : []}')


def test_a_need_may_be_recorded_twice_but_is_imported_once(session: Session) -> None:
    twice = [needs.add(session, a_need(id="n1"), REQUESTER, NOW) for _ in range(2)]
    assert len(set(twice)) == 2
    added = needs.add_new(session, [a_need(id="n1"), a_need(id="n2"), a_need(), a_need()], "Kestrel", NOW)
    assert [need.id for need in added] == ["n2", None]
    assert needs.add_new(session, [a_need(id="n1"), a_need(id="n2"), a_need()], "Kestrel", NOW) == []
    assert session.scalars(select(NeedRow.given_id).order_by(NeedRow.given_id.nulls_last())).all() == [
        "n1",
        "n1",
        "n2",
        None,
    ]


def test_a_sealed_shortlist_comes_back_byte_for_byte(sessions: Sessions) -> None:
    with sessions.begin() as session:
        shortlists.seal(session, SEALED, a_need(), REQUESTER)
    with sessions.begin() as session:
        assert shortlists.get(session, "s1", REQUESTER) == SEALED
        assert shortlists.get(session, "s2", REQUESTER) is None
    with pytest.raises(IntegrityError), sessions.begin() as session:
        shortlists.seal(session, SEALED, a_need(), REQUESTER)


def test_a_shortlist_is_seen_by_all_of_its_organisation_and_by_nobody_else(session: Session) -> None:
    person = accounts.add(session, a_new_account("ada@pavo.example", organisation="Pavo"), "hash", False, NOW)
    named = [("portal", "Pavo"), ("intranet", "Pavo"), ("rival", "Corvus"), ("freelancer", None), ("another", None)]
    asked_by = {
        **{name: callers.add(session, name, organisation, NOW)[0].requester for name, organisation in named},
        "person": person.requester,
    }
    for name, requester in asked_by.items():
        shortlists.seal(session, SealedShortlist(name, NOW, "{}", b"", "{}"), a_need(), requester)

    def seen_by(requester: Requester) -> set[str]:
        return {name for name in asked_by if shortlists.get(session, name, requester)}

    pavo = {"portal", "intranet", "person"}
    visible = {name: seen_by(requester) for name, requester in asked_by.items()}
    assert visible == {name: pavo if name in pavo else {name} for name in asked_by}
    assert seen_by(Requester("pavo")) == set()


def test_a_requester_is_of_an_organisation_or_a_caller_without_one() -> None:
    assert Requester(None, caller_id="c").organisation is None
    with pytest.raises(ValueError, match="organisation"):
        Requester(None, account_id="a")


def test_a_forgotten_shortlist_takes_its_need_along(session: Session) -> None:
    for shortlist_id in ("s1", "s2"):
        shortlists.seal(session, SealedShortlist(shortlist_id, NOW, "{}", b"", "{}"), a_need(), REQUESTER)
    assert shortlists.forget(session, "s1")
    assert shortlists.get(session, "s1", REQUESTER) is None
    assert len(session.scalars(select(NeedRow)).all()) == 1
    assert not shortlists.forget(session, "s1")
    assert shortlists.get(session, "s2", REQUESTER) is not None


def test_what_is_forgotten_is_gone_from_an_sqlite_file(migrated_sqlite: Path, tmp_path: Path) -> None:
    file = tmp_path / "matcher.sqlite3"
    file.write_bytes(migrated_sqlite.read_bytes())
    sealed = SealedShortlist("s1", NOW, '"burnt out" ' * 2_000, b"", "{}")
    uses = [lambda it: shortlists.seal(it, sealed, a_need(), REQUESTER), lambda it: shortlists.forget(it, "s1")]
    remains = []
    for use in uses:
        engine = database.open_engine(f"sqlite:///{file}")
        with database.sessions(engine).begin() as session:
            use(session)
        engine.dispose()
        remains.append(b"burnt out" in file.read_bytes())
    assert remains == [True, False]
