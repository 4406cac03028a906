"""Secrets of webhooks, sealed in the database: nobody reads them there, and no change of the key loses one unsaid."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import text
from sqlalchemy.orm import Session

from matcher.errors import ConfigurationError
from matcher.secret_box import SecretBox
from matcher.service import seal_secrets
from matcher.settings import Settings
from matcher.store import database, webhooks
from tests.clients import ApiCaller, a_caller, row_counts, service, told
from tests.commands import refusal, run
from tests.factories import SECRET_KEY, a_coach, a_need
from tests.older_databases import NOW, bring_to, older_caller
from tests.test_batches import work
from tests.test_webhooks import added, deliveries, verifies
from tests.webhook_receiver import Receiver

Start = Callable[..., APIFlask]
OTHER_KEY = "another key of at least thirty-two characters"


@pytest.fixture
def caller(start: Start) -> ApiCaller:
    """A caller for an organisation, of an application that may tell the receiver."""
    return a_caller(start(webhooks_anywhere=True), "portal", "Kestrel")


def all_texts(app: APIFlask) -> str:
    """Everything that the database holds."""
    with database.snapshots(service(app).engine).begin() as session:
        rows = [session.execute(text(f'SELECT * FROM "{table}"')).all() for table in row_counts(app)]
    return repr(rows)


def with_key(start: Start, caller: ApiCaller, **settings: str) -> ApiCaller:
    """The same caller at a service that was started anew, by other settings."""
    return caller.at(start(webhooks_anywhere=True, **settings))


def told_of_a_shortlist(caller: ApiCaller, receiver: Receiver) -> Any:
    """What the receiver is told when a shortlist is drawn up; None when that is nothing."""
    before = len(receiver.told)
    caller.shortlist(a_need())
    work(caller.app)
    return receiver.told[before] if len(receiver.told) > before else None


def test_no_secret_is_to_be_read_in_the_database_also_not_in_an_answer_that_is_kept(
    caller: ApiCaller, receiver: Receiver
) -> None:
    body, keyed = {"url": receiver.url, "events": ["batch.done"]}, {"Idempotency-Key": '"k"'}
    made = caller.send("POST", "/webhooks", body, headers=keyed)
    address = f"/webhooks/{made.get_json()['id']}/secret"
    other = caller.send("POST", address, {"overlap_hours": 2}, headers={"Idempotency-Key": '"l"'})
    stored = all_texts(caller.app)
    assert receiver.url in stored and "whsec_" not in stored
    for answer in (made, other):
        assert answer.get_json()["secret"].removeprefix("whsec_") not in stored
    assert caller.send("POST", "/webhooks", body, headers=keyed).data == made.data


@pytest.mark.usefixtures("configured")
def test_when_the_key_is_replaced_the_one_before_opens_until_all_is_sealed_anew(
    start: Start, caller: ApiCaller, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.put(a_coach())
    asked = {"url": receiver.url, "events": ["shortlist.created"]}
    made = caller.send("POST", "/webhooks", asked, headers={"Idempotency-Key": '"k"'})
    secret = made.get_json()["secret"]
    both = {"secret_key": OTHER_KEY, "secret_key_before": SECRET_KEY}
    assert verifies(secret, told_of_a_shortlist(with_key(start, caller, **both), receiver))
    for name, key in both.items():
        monkeypatch.setenv(f"MATCHER_{name.upper()}", key)
    assert [run("webhooks", "seal").stdout for _ in range(2)] == [
        "Sealed anew: the secrets of 1 webhooks.\n",
        "Sealed anew: the secrets of 0 webhooks.\n",
    ]
    anew = with_key(start, caller, secret_key=OTHER_KEY)
    assert verifies(secret, told_of_a_shortlist(anew, receiver))
    assert anew.send("POST", "/webhooks", asked, headers={"Idempotency-Key": '"k"'}).data == made.data


@pytest.mark.usefixtures("configured")
def test_a_secret_that_no_key_opens_is_told_everywhere_and_nothing_is_sent_until_it_is_mended(
    start: Start,
    caller: ApiCaller,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caller.put(a_coach())
    webhook = added(caller, receiver.url, "shortlist.created")
    wrong = with_key(start, caller, secret_key=OTHER_KEY)
    assert webhook["id"] in capsys.readouterr().out
    assert told_of_a_shortlist(wrong, receiver) is None
    (waiting,) = deliveries(wrong, webhook)
    assert waiting["state"] == "waiting" and waiting["told"].startswith("its secret cannot be read")
    told(wrong.send("POST", "/webhooks", {"url": receiver.url, "events": ["batch.done"]}), 503, "not-ready")
    monkeypatch.setenv("MATCHER_SECRET_KEY", OTHER_KEY)
    monkeypatch.setenv("MATCHER_WEBHOOKS_ANYWHERE", "true")
    assert run("webhooks", "list").stdout.strip().endswith("secret unreadable")
    assert "MATCHER_SECRET_KEY is not the one" in refusal(run("webhooks", "add", receiver.url))
    sealing = run("webhooks", "seal")
    assert sealing.exit_code == 1 and webhook["id"] in sealing.stderr
    # Nothing is lost by it: with the right key it is sent, and without it a new secret mends it.
    caller.send("POST", f"/webhooks/{webhook['id']}/deliveries/{waiting['id']}/replay")
    work(caller.app)
    assert verifies(webhook["secret"], receiver.told[0])
    renewed = run("webhooks", "rotate", webhook["id"]).stdout.strip()
    assert verifies(renewed, told_of_a_shortlist(wrong, receiver))
    assert run("webhooks", "list").stdout.strip().endswith("in use")


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def older_webhook(session: Session, webhook_id: str, old: str | None = None) -> None:
    """A webhook with its open secrets, and the answer that told a caller of it, as they were kept before 0022."""
    row = {"id": webhook_id, "now": NOW.isoformat(" ", "seconds"), "secret": SECRET, "old": old}
    session.execute(
        text(
            "INSERT INTO webhook (id, owner, url, secret, events, created_at, old_secret, old_secret_expires_at) "
            "VALUES (:id, 'Kestrel', 'https://example.org', :secret, 'batch.done', :now, :old, :now)"
        ),
        row,
    )
    body = json.dumps({"id": webhook_id, "secret": SECRET})
    session.execute(
        text(
            "INSERT INTO keyed_request (caller_id, key, fingerprint, run, claimed_at, status, headers, body) "
            "VALUES ('portal', :id, '', :id, :now, 201, '{}', :body)"
        ),
        row | {"body": body},
    )


def test_secrets_of_an_earlier_version_are_sealed_by_the_upgrade(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database.open_engine(empty_database_url)
    bring_to(engine, "0020")
    with database.sessions(engine).begin() as session:
        older_caller(session, "portal", "Kestrel")
        older_webhook(session, "v")
        older_webhook(session, "w", f"{SECRET}old")
    monkeypatch.setenv("MATCHER_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("MATCHER_DATA_DIR", str(tmp_path))
    for _ in range(2):
        assert run("db", "upgrade").exit_code == 0
    with database.snapshots(engine).begin() as session:
        kept = webhooks.sealed_secrets(session)
        bodies = session.scalars(text("SELECT body FROM keyed_request ORDER BY key")).all()
        others = session.execute(text("SELECT owner, url, events, old_secret_expires_at FROM webhook")).all()
    engine.dispose()
    assert "whsec_" not in repr((kept, bodies))
    assert [row[:3] for row in others] == [("Kestrel", "https://example.org", "batch.done")] * 2
    box = SecretBox((tmp_path / "secret-key").read_text().strip())
    opened = {webhook_id: (box.opened(new), old and box.opened(old)) for webhook_id, (new, old) in kept.items()}
    assert opened == {"v": (SECRET, None), "w": (SECRET, f"{SECRET}old")}
    assert [json.loads(box.opened(body)) for body in bodies] == [{"id": one, "secret": SECRET} for one in ("v", "w")]


def test_a_secret_that_is_replaced_while_all_are_sealed_anew_is_not_lost(caller: ApiCaller, receiver: Receiver) -> None:
    webhook_id = added(caller, receiver.url, "batch.done")["id"]
    sessions = database.sessions(service(caller.app).engine)

    def replace(secret: str) -> None:
        with sessions.begin() as session:
            webhooks.replace_secret(session, webhook_id, secret, NOW)

    def seal(mark: str) -> None:
        with sessions.begin() as session:
            new, old = webhooks.sealed_secrets(session, locked=True)[webhook_id]
            webhooks.replace_sealed(session, webhook_id, mark + new, old and mark + old)

    def kept() -> tuple[str, str | None]:
        with sessions.begin() as session:
            return webhooks.sealed_secrets(session)[webhook_id]

    first, _ = kept()
    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            assert webhooks.sealed_secrets(session, locked=True)[webhook_id] == (first, None)
            waiting = pool.submit(replace, "second")
            assert not wait([waiting], 0.3).done
            webhooks.replace_sealed(session, webhook_id, f"anew {first}", None)
        waiting.result()
        assert kept() == ("second", f"anew {first}")
        with sessions.begin() as session:
            webhooks.replace_secret(session, webhook_id, "third", NOW)
            waiting = pool.submit(seal, "anew ")
            assert not wait([waiting], 0.3).done
        waiting.result()
    assert kept() == ("anew third", "anew second")


@pytest.mark.usefixtures("configured")
def test_all_may_be_sealed_anew_by_several_at_once(start: Start, caller: ApiCaller, receiver: Receiver) -> None:
    asked = {"url": receiver.url, "events": ["batch.done"]}
    for number in range(12):
        made = caller.send("POST", "/webhooks", asked, headers={"Idempotency-Key": f'"{number}"'})
        assert made.status_code == 201
    engine = service(caller.app).engine
    settings = Settings(secret_key=OTHER_KEY, secret_key_before=SECRET_KEY)
    with ThreadPoolExecutor(4) as pool:
        changed = [done.result() for done in [pool.submit(seal_secrets, engine, settings) for _ in range(4)]]
    assert sorted(changed) == [0, 0, 0, 12]
    anew = with_key(start, caller, secret_key=OTHER_KEY)
    assert anew.send("POST", "/webhooks", asked, headers={"Idempotency-Key": '"11"'}).data == made.data


def test_what_is_sealed_opens_by_its_key_alone_and_not_when_it_was_changed() -> None:
    sealed = SecretBox(SECRET_KEY).sealed("whsec_x")
    assert SecretBox(SECRET_KEY).opened(sealed) == SecretBox(OTHER_KEY, SECRET_KEY).opened(sealed) == "whsec_x"
    assert SecretBox(SECRET_KEY).sealed("whsec_x") != sealed
    for box, kept in [(SecretBox(OTHER_KEY), sealed), (SecretBox(SECRET_KEY), sealed[:-4] + "AAA=")]:
        with pytest.raises(ConfigurationError) as error:
            box.opened(kept)
        assert "whsec" not in str(error.value)
    assert [SecretBox(key).is_own(sealed) for key in (SECRET_KEY, OTHER_KEY)] == [True, False]
    assert not SecretBox(SECRET_KEY).is_own("whsec_x")
