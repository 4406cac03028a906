"""Webhooks, told over real connections: signed as others verify it, tried again, and never into the own network."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import delete, update
from standardwebhooks import Webhook, WebhookVerificationError

from matcher.service import webhook_sending
from matcher.service.webhook_work import deliver, look_at_credentials
from matcher.store import database
from matcher.store.tables import DeliveryRow, QueuedTaskRow, WebhookRow
from tests.clients import ApiCaller, a_browser, a_caller, pointers, row_counts, service, signed_in, told
from tests.commands import refusal, run
from tests.factories import a_coach, a_need
from tests.test_batches import accepted, look_through, needs, work
from tests.test_links import made, talk
from tests.webhook_receiver import Receiver, a_certificate, receiving

Start = Callable[..., APIFlask]
EVENTS = ["shortlist.created", "batch.done", "outcome.recorded", "credential.expiring"]
SUMMARY = "Beatrix does all the work alone."


@pytest.fixture
def caller(start: Start) -> ApiCaller:
    """A caller for an organisation, of an application that may tell the receiver."""
    return a_caller(start(webhooks_anywhere=True), "portal", "Kestrel")


def added(caller: ApiCaller, url: str, *events: str) -> dict[str, Any]:
    """A new webhook, with its secret."""
    answer = caller.send("POST", "/webhooks", {"url": url, "events": list(events) or EVENTS})
    assert answer.status_code == 201, answer.text
    webhook: dict[str, Any] = answer.get_json()
    return webhook


def deliveries(caller: ApiCaller, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    answer = caller.send("GET", f"/webhooks/{webhook['id']}/deliveries")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["deliveries"]
    return found


def events_told(receiver: Receiver) -> list[str]:
    return [json.loads(body)["type"] for _, _, body in receiver.told]


def attempt_at(app: APIFlask, delivery_id: str, moment: datetime) -> None:
    """Attempts a delivery as a worker would at that moment."""
    deliver(service(app).engine, delivery_id, moment, anywhere=True, box=service(app).box)


# What is told


def verifies(secret: str, message: tuple[str, dict[str, str], bytes]) -> bool:
    """Whether the library of others takes a message for one that this secret signs."""
    try:
        Webhook(secret).verify(message[2], message[1])
    except WebhookVerificationError:
        return False
    return True


def rotated(caller: ApiCaller, webhook: dict[str, Any], body: Any, **headers: str) -> str:
    answer = caller.send("POST", f"/webhooks/{webhook['id']}/secret", body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.get_json().keys() == webhook.keys() and answer.get_json()["id"] == webhook["id"]
    return str(answer.get_json()["secret"])


def test_a_secret_is_replaced_with_an_overlap_in_which_both_sign(caller: ApiCaller, receiver: Receiver) -> None:
    caller.put(a_coach())
    webhook = added(caller, receiver.url, "shortlist.created")
    key = {"Idempotency-Key": '"k"'}
    first, second = webhook["secret"], rotated(caller, webhook, {"overlap_hours": 2}, **key)
    assert rotated(caller, webhook, {"overlap_hours": 2}, **key) == second != first
    caller.shortlist(a_need())
    work(caller.app)
    (told_at_once,) = receiver.told
    assert verifies(first, told_at_once) and verifies(second, told_at_once)
    assert told_at_once[1]["webhook-signature"].count("v1,") == 2
    (delivery,) = deliveries(caller, webhook)
    caller.send("POST", f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/replay")
    with database.sessions(service(caller.app).engine).begin() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(WebhookRow).values(old_secret_expires_at=past))
    work(caller.app)
    assert not verifies(first, receiver.told[1]) and verifies(second, receiver.told[1])


@pytest.mark.usefixtures("configured")
def test_without_an_overlap_the_old_secret_signs_nothing_more(caller: ApiCaller, receiver: Receiver) -> None:
    caller.put(a_coach())
    webhook = added(caller, receiver.url, "shortlist.created")
    second = rotated(caller, webhook, {"overlap_hours": 0})
    printed = run("webhooks", "rotate", webhook["id"], "--overlap", "0").stdout.strip()
    caller.shortlist(a_need())
    work(caller.app)
    assert [verifies(secret, receiver.told[0]) for secret in (webhook["secret"], second, printed)] == [
        False,
        False,
        True,
    ]


def test_the_secret_of_others_is_not_there_and_a_wrong_overlap_changes_nothing(
    caller: ApiCaller, receiver: Receiver
) -> None:
    webhook = added(caller, receiver.url)
    other = a_caller(caller.app, "other", "Heron")
    told(other.send("POST", f"/webhooks/{webhook['id']}/secret", {}), 404, "not-found")
    told(caller.send("POST", "/webhooks/none/secret", {}), 404, "not-found")
    for wrong in (-1, 169, "x", 1.5, True):
        answer = caller.send("POST", f"/webhooks/{webhook['id']}/secret", {"overlap_hours": wrong})
        assert pointers(answer) == ["/overlap_hours"]
    told(caller.send("POST", f"/webhooks/{webhook['id']}/secret", data=b"{"), 415, "unsupported-media-type")
    with database.snapshots(service(caller.app).engine).begin() as session:
        kept = session.query(WebhookRow).one().sealed_secret
    assert service(caller.app).box.opened(kept) == webhook["secret"]


def test_a_shortlist_is_told_of_in_a_message_that_a_library_of_others_verifies(
    caller: ApiCaller, receiver: Receiver
) -> None:
    caller.put(a_coach())
    webhook = added(caller, receiver.url)
    found = caller.shortlist(a_need(summary=SUMMARY))
    assert receiver.told == []
    work(caller.app)
    ((path, headers, body),) = receiver.told
    assert path == "/hook?of=theirs" and headers["content-type"] == "application/json"
    message = Webhook(webhook["secret"]).verify(body, headers)
    address = f"/api/v1/shortlists/{found['id']}"
    assert message["type"] == "shortlist.created"
    assert message["data"] == {"shortlist_id": found["id"], "links": {"shortlist": address}}
    assert datetime.fromisoformat(message["timestamp"]) == datetime.fromisoformat(found["created_at"])
    assert caller.send("GET", address).status_code == 200
    assert b"Beatrix" not in body
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(body.replace(b"shortlist", b"shirtlist"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(added(caller, receiver.url)["secret"]).verify(body, headers)
    (delivery,) = deliveries(caller, webhook)
    assert (delivery["id"], delivery["state"], delivery["attempts"]) == (headers["webhook-id"], "delivered", 1)
    assert (delivery["told"], delivery["next_attempt_at"]) == ("status 204", None)


def test_a_batch_is_told_of_once_when_it_is_done_and_not_each_of_its_shortlists(
    caller: ApiCaller, receiver: Receiver
) -> None:
    added(caller, receiver.url)
    address = accepted(caller, *needs(2), {})
    accepted(caller, {})
    work(caller.app)
    assert events_told(receiver) == ["batch.done"] * 2
    messages = {message["status"]: message for message in (json.loads(body)["data"] for _, _, body in receiver.told)}
    assert messages["done"] == {
        "batch_id": address.rsplit("/", 1)[1],
        "status": "done",
        "total": 3,
        "done": 2,
        "failed": 1,
        "links": {"batch": address, "results": f"{address}/results"},
    }
    assert messages["failed"]["failed"] == 1


def test_outcomes_are_told_of_whoever_records_them(caller: ApiCaller, receiver: Receiver) -> None:
    caller.put(a_coach())
    found = caller.shortlist(a_need())["id"]
    added(caller, receiver.url, "outcome.recorded")
    caller.send("PUT", f"/shortlists/{found}/coaches/c1/outcomes/declined", {"reason": "price"})
    link = made(signed_in(caller.app, organisation="Kestrel"), f"/shortlists/{found}", "c1")
    for _ in range(2):
        talk(a_browser(caller.app), link, "c1")
    work(caller.app)
    messages = [json.loads(body)["data"] for _, _, body in receiver.told]
    links = {"outcomes": f"/api/v1/shortlists/{found}/outcomes"}
    told_once = {"shortlist_id": found, "coach_id": "c1", "links": links}
    assert sorted(messages, key=lambda message: str(message["event"])) == [
        told_once | {"event": event} for event in ("declined", "first_talk")
    ]


def test_only_webhooks_of_whoever_asked_are_told_and_only_of_their_events(
    start: Start, caller: ApiCaller, receiver: Receiver
) -> None:
    others = [a_caller(caller.app, "elsewhere", "Merlin"), a_caller(caller.app, "alone"), a_caller(caller.app, "one")]
    for other in others:
        added(other, receiver.url)
    added(caller, receiver.url, "batch.done")
    caller.shortlist(a_need())
    work(caller.app)
    assert receiver.told == []
    others[1].shortlist(a_need())
    work(caller.app)
    assert events_told(receiver) == ["shortlist.created"]
    colleague = a_caller(caller.app, "colleague", "Merlin")
    signed_in(caller.app, organisation="Merlin")
    colleague.shortlist(a_need())
    work(caller.app)
    assert events_told(receiver) == ["shortlist.created"] * 2


def test_a_credential_is_told_of_once_when_sixty_days_are_left(caller: ApiCaller, receiver: Receiver) -> None:
    # In the morning, so that an hour later is the same day whenever the test runs.
    today = datetime.now(UTC).replace(hour=9) - timedelta(days=3)
    last, following = (today.date() + timedelta(days=days) for days in (60, 61))
    credentials = [
        {"body": "ICF", "level": "PCC", "valid_until": day.isoformat(), "verified": True} for day in (last, following)
    ]
    caller.put(a_coach(credentials=credentials[:1]), a_coach(id="c/2", credentials=credentials[1:]), a_coach(id="c3"))
    added(caller, receiver.url, "credential.expiring")
    for moment in (today, today + timedelta(hours=1)):
        look_at_credentials(service(caller.app).engine, moment)
        work(caller.app)
    (first,) = receiver.told
    assert json.loads(first[2])["data"] == {
        "coach_id": "c1",
        "credential": "ICF PCC",
        "valid_until": last.isoformat(),
        "links": {"coach": "/api/v1/coaches/c1"},
    }
    for days in (1, 2):
        look_at_credentials(service(caller.app).engine, today + timedelta(days=days))
        work(caller.app)
    assert [json.loads(body)["data"]["coach_id"] for _, _, body in receiver.told] == ["c1", "c/2"]


# Tried again


def test_what_is_not_taken_is_tried_again_under_the_same_id_until_it_is(caller: ApiCaller, receiver: Receiver) -> None:
    webhook = added(caller, receiver.url)
    receiver.status = 500
    caller.shortlist(a_need())
    work(caller.app)
    (waiting,) = deliveries(caller, webhook)
    assert (waiting["state"], waiting["attempts"], waiting["told"]) == ("waiting", 1, "status 500")
    now = datetime.now(UTC)
    following = datetime.fromisoformat(waiting["next_attempt_at"])
    assert timedelta(seconds=30) < following - now <= timedelta(minutes=1)
    attempt_at(caller.app, waiting["id"], now)
    assert len(receiver.told) == 1
    receiver.status = 200
    attempt_at(caller.app, waiting["id"], following)
    attempt_at(caller.app, waiting["id"], following + timedelta(days=1))
    assert [headers["webhook-id"] for _, headers, _ in receiver.told] == [waiting["id"]] * 2
    (taken,) = deliveries(caller, webhook)
    assert (taken["state"], taken["attempts"], taken["next_attempt_at"]) == ("delivered", 2, None)


def test_what_is_never_taken_is_given_up_after_three_days(caller: ApiCaller, receiver: Receiver) -> None:
    webhook = added(caller, receiver.url)
    receiver.status = 503
    caller.shortlist(a_need())
    first = moment = datetime.now(UTC)
    pauses = []
    while (delivery := deliveries(caller, webhook)[0])["state"] == "waiting":
        following = datetime.fromisoformat(delivery["next_attempt_at"])
        pauses.append(following - moment)
        moment = max(moment, following)
        attempt_at(caller.app, delivery["id"], moment)
    assert delivery["state"] == "given_up" and delivery["told"] == "status 503"
    assert len(receiver.told) == delivery["attempts"] == 10
    assert pauses == sorted(pauses)
    assert timedelta(days=3) < moment - first < timedelta(days=4)


def test_a_webhook_that_says_it_is_gone_is_told_nothing_more(caller: ApiCaller, receiver: Receiver) -> None:
    webhook = added(caller, receiver.url)
    receiver.status = 410
    caller.shortlist(a_need())
    caller.shortlist(a_need())
    work(caller.app)
    caller.shortlist(a_need())
    work(caller.app)
    assert len(receiver.told) == 1
    (known,) = caller.send("GET", "/webhooks").get_json()["webhooks"]
    assert known["disabled_at"] is not None
    assert len(deliveries(caller, webhook)) == 2


def test_a_delivery_that_nobody_was_told_of_is_found_by_the_look_of_each_minute(
    caller: ApiCaller, receiver: Receiver
) -> None:
    added(caller, receiver.url)
    caller.shortlist(a_need())
    with database.sessions(service(caller.app).engine).begin() as session:
        session.execute(delete(QueuedTaskRow))
    work(caller.app)
    assert receiver.told == []
    look_through(caller.app)
    work(caller.app)
    assert len(receiver.told) == 1


def test_a_delivery_can_be_replayed_by_its_id(caller: ApiCaller, receiver: Receiver) -> None:
    webhook = added(caller, receiver.url)
    caller.shortlist(a_need())
    work(caller.app)
    (delivery,) = deliveries(caller, webhook)
    replay = f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/replay"
    keyed = {"headers": {"Idempotency-Key": '"once"'}}
    assert [caller.send("POST", replay, **keyed).status_code for _ in range(2)] == [204, 204]
    work(caller.app)
    assert len(receiver.told) == 2
    assert receiver.told[0][2] == receiver.told[1][2]
    assert receiver.told[0][1]["webhook-id"] == receiver.told[1][1]["webhook-id"]
    told(caller.send("POST", replay.replace(delivery["id"], "msg_x")), 404, "not-found")


# Not into the own network


REFUSED = [
    "http://example.org/hook",
    "https://127.0.0.1/hook",
    "https://10.1.2.3",
    "https://[::1]/",
    "https://[::ffff:192.168.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://[fe80::1]/",
    "https://224.0.0.1/",
    "https://user:secret@example.org/",
    "https://example.org/#part",
    "ftp://example.org/",
    "https:///hook",
    "https://example.org:99999/",
    "https://exämple.org/",
    "//example.org",
]


def test_an_address_that_leads_into_the_own_network_or_is_none_is_refused(
    api: ApiCaller, subtests: pytest.Subtests
) -> None:
    for url in REFUSED:
        with subtests.test(url=url):
            assert pointers(api.send("POST", "/webhooks", {"url": url, "events": ["batch.done"]})) == ["/url"]
    assert row_counts(api.app)["webhook"] == 0


def test_a_name_that_stands_for_an_address_of_the_own_network_is_told_nothing(start: Start, receiver: Receiver) -> None:
    caller = a_caller(start())
    webhook = added(caller, receiver.url.replace("http://127.0.0.1", "https://localhost"))
    caller.shortlist(a_need())
    work(caller.app)
    (delivery,) = deliveries(caller, webhook)
    assert (delivery["state"], delivery["told"]) == ("waiting", "its address is not public")
    assert receiver.told == []


def test_a_name_that_stands_for_another_address_the_next_moment_gains_nothing(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["93.184.216.34", "127.0.0.1"])
    reached = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address: tuple[str, int], *_: Any) -> socket.socket:
        reached.append(address)
        raise OSError

    caller = a_caller(start())
    webhook = added(caller, "https://rebinding.example/")
    caller.shortlist(a_need())
    with monkeypatch.context() as patched:
        patched.setattr(webhook_sending.socket, "getaddrinfo", resolve)
        patched.setattr(webhook_sending.socket, "create_connection", connect)
        delivery = deliveries(caller, webhook)[0]["id"]
        desk = service(caller.app)
        deliver(desk.engine, delivery, datetime.now(UTC), anywhere=False, box=desk.box)
    assert reached == [("93.184.216.34", 443)]
    assert deliveries(caller, webhook)[0]["told"] == "the connection failed"


def test_a_redirect_is_not_followed(caller: ApiCaller, receiver: Receiver) -> None:
    webhook = added(caller, receiver.url)
    with receiving() as elsewhere:
        receiver.status, receiver.headers = 307, {"Location": elsewhere.url}
        caller.shortlist(a_need())
        work(caller.app)
    assert elsewhere.told == [] and deliveries(caller, webhook)[0]["told"] == "status 307"


def test_an_answer_that_comes_a_byte_at_a_time_is_cut_off(
    caller: ApiCaller, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sending, "LONGEST", 0.5)
    webhook = added(caller, receiver.url)
    receiver.drips = True
    caller.shortlist(a_need())
    work(caller.app)
    assert deliveries(caller, webhook)[0]["told"] == "the connection failed"


def test_whoever_is_told_by_https_has_to_prove_who_it_is(
    caller: ApiCaller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = a_certificate(tmp_path / "localhost.pem")
    with receiving(certificate) as receiver:
        webhook = added(caller, receiver.url)
        caller.shortlist(a_need())
        work(caller.app)
        assert deliveries(caller, webhook)[0]["told"] == "its certificate does not prove who it is"
        assert receiver.told == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        attempt_at(caller.app, deliveries(caller, webhook)[0]["id"], datetime.now(UTC) + timedelta(minutes=2))
        assert len(receiver.told) == 1 and receiver.told[0][1]["host"].startswith("localhost:")


# Made, listed, removed


def test_a_secret_is_shown_once_and_comes_again_only_under_the_same_key(caller: ApiCaller, receiver: Receiver) -> None:
    keyed = {"headers": {"Idempotency-Key": '"k"'}}
    body = {"url": receiver.url, "events": ["batch.done"]}
    first, again = (caller.send("POST", "/webhooks", body, **keyed) for _ in range(2))
    assert first.data == again.data and first.get_json()["secret"].startswith("whsec_")
    listed = caller.send("GET", "/webhooks")
    assert "secret" not in listed.text and "whsec" not in listed.text
    assert [one["id"] for one in listed.get_json()["webhooks"]] == [first.get_json()["id"]]


def test_what_is_wrong_with_a_webhook_is_told_by_field(api: ApiCaller) -> None:
    for body, wrong in [
        ({}, ["/events", "/url"]),
        ({"url": "https://example.org", "events": []}, ["/events"]),
        ({"url": "https://example.org", "events": ["lunch"]}, ["/events/0"]),
        ({"url": 7, "events": ["batch.done"], "secret": "mine"}, ["/secret", "/url"]),
    ]:
        assert pointers(api.send("POST", "/webhooks", body)) == wrong


def test_a_webhook_belongs_to_whoever_added_it(start: Start, receiver: Receiver) -> None:
    app = start(webhooks_anywhere=True)
    ours, other = a_caller(app, "portal", "Kestrel"), a_caller(app, "elsewhere", "Merlin")
    webhook = added(ours, receiver.url)
    ours.shortlist(a_need())
    (delivery,) = deliveries(ours, webhook)
    address = f"/webhooks/{webhook['id']}"
    for method, path in [
        ("GET", "/deliveries"),
        ("POST", f"/deliveries/{delivery['id']}/replay"),
        ("DELETE", ""),
    ]:
        told(other.send(method, address + path), 404, "not-found")
    assert other.send("GET", "/webhooks").get_json() == {"webhooks": []}
    assert ours.send("DELETE", address).status_code == 204
    work(app)
    assert receiver.told == []
    assert row_counts(app)["webhook_delivery"] == 0


def test_deliveries_are_listed_newest_first_a_page_at_a_time_and_forgotten_after_a_month(
    caller: ApiCaller, receiver: Receiver
) -> None:
    webhook = added(caller, receiver.url)
    found = [caller.shortlist(a_need())["id"] for _ in range(3)]
    work(caller.app)
    first = caller.send("GET", f"/webhooks/{webhook['id']}/deliveries?limit=2")
    following = caller.send("GET", first.headers["Link"].split(">")[0].strip("<"))
    pages = [len(answer.get_json()["deliveries"]) for answer in (first, following)]
    assert pages == [2, 1] and following.get_json()["next"] is None
    assert len(found) == len(deliveries(caller, webhook))
    engine = service(caller.app).engine
    with database.sessions(engine).begin() as session:
        session.execute(update(DeliveryRow).values(created_at=datetime.now(UTC) - timedelta(days=31)))
    look_at_credentials(engine, datetime.now(UTC))
    assert deliveries(caller, webhook) == []


def test_the_command_line_adds_lists_replays_and_removes_webhooks(
    start: Start, receiver: Receiver, configured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = start(webhooks_anywhere=True)
    caller = a_caller(app, "portal", "Kestrel")
    assert refusal(run("webhooks", "add", receiver.url))
    monkeypatch.setenv("MATCHER_WEBHOOKS_ANYWHERE", "true")
    secret = run("webhooks", "add", receiver.url, "--organisation", "Kestrel", "--event", "shortlist.created")
    assert secret.stdout.startswith("whsec_") and secret.stdout.count("\n") == 1
    caller.shortlist(a_need())
    work(app)
    ((_, headers, body),) = receiver.told
    Webhook(secret.stdout.strip()).verify(body, headers)
    webhook_id, url, events, state = run("webhooks", "list").stdout.strip().split("\t")
    assert (url, events, state) == (receiver.url, "shortlist.created", "in use")
    shown = run("webhooks", "deliveries", webhook_id).stdout.strip().split("\t")
    assert shown[0] == headers["webhook-id"] and shown[2:] == ["shortlist.created", "delivered", "status 204"]
    assert run("webhooks", "replay", shown[0]).exit_code == 0
    work(app)
    assert len(receiver.told) == 2
    assert run("webhooks", "remove", webhook_id).exit_code == 0
    assert "no webhooks yet" in run("webhooks", "list").stderr
    assert refusal(run("webhooks", "remove", webhook_id)) and refusal(run("webhooks", "replay", shown[0]))
