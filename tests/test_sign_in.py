"""Signing in and out through the pages: sessions, throttling, tokens of forms, and nothing typed lost."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

import pytest
from apiflask import APIFlask
from flask import session as cookie_session
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from matcher.errors import ConfigurationError
from matcher.secret_key import secret_key
from matcher.service.throttle import ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS
from matcher.store import accounts, database
from matcher.store.tables import ShortlistRow, SignInAttemptRow, SignInRow
from tests.clients import PASSWORD, Browser, a_browser, a_caller, an_account, service, signed_in
from tests.factories import a_coach

ROOT = Path(__file__).parents[1]
Start = Callable[..., APIFlask]
SUMMARY = 'She does "it" all alone,\nand tells <nobody> – ever.'
IN_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def hidden(answer: TestResponse, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', answer.text) or [""]
    # The first form of a page is the one that signs out; all have the same token.
    return unescape(found[-1])


def let_pass(app: APIFlask, **passed: timedelta) -> None:
    """Has the sign-ins begun, or last been seen, that much earlier."""
    with database.sessions(service(app).engine).begin() as session:
        for row in session.scalars(select(SignInRow)):
            for name, time in passed.items():
                setattr(row, name, getattr(row, name) - time)


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def shortlists_of(app: APIFlask) -> int:
    with database.snapshots(service(app).engine).begin() as session:
        return session.scalar(select(func.count()).select_from(ShortlistRow)) or 0


# In and out


def test_after_signing_in_one_is_where_one_wanted_to_go(start: Start) -> None:
    app = start()
    browser = a_browser(app)
    email = an_account(app).email
    asked = browser.get("/account?x=1&y=ü")
    assert asked.status_code == 303
    form = browser.get(asked.headers["Location"])
    wanted = hidden(form, "next")
    assert wanted.startswith("/account?x=1&y=")
    answer = browser.sign_in(email.upper(), next=wanted)
    assert answer.headers["Location"].startswith("/account?x=1&y=")
    assert a_browser(app).sign_in(email).headers["Location"] == "/"


@IN_SQLITE
@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "/%2F/elsewhere.example",
        "http:elsewhere",
        "javascript:alert(1)",
        "account",
        "/nowhere",
        "/assets/matcher.css",
        "/api/v1/openapi.json",
        "/sign-in",
        "//[",
    ],
)
def test_nobody_is_led_anywhere_but_to_a_page_of_ours(start: Start, wanted: str) -> None:
    app = start()
    browser = a_browser(app)
    assert browser.sign_in(an_account(app).email, next=wanted).headers["Location"] == "/"
    assert browser.get(f"/sign-in?next={quote(wanted)}").headers["Location"] == "/"


def test_signing_out_ends_the_sign_in_and_not_only_the_cookie(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    (cookie,) = [found for found in (browser.get_cookie("__Host-matcher"),) if found]
    assert browser.post("/sign-out").headers["Location"] == "/sign-in"
    assert not is_signed_in(browser)
    browser.set_cookie("__Host-matcher", cookie.value)
    assert not is_signed_in(browser)


def test_signing_in_takes_a_new_key_whatever_the_browser_had_before(start: Start) -> None:
    app = start()
    victim, attacker = a_browser(app), a_browser(app)
    attacker.read_token("/sign-in")
    planted = attacker.get_cookie("__Host-matcher")
    assert planted
    victim.set_cookie("__Host-matcher", planted.value)
    victim.token = attacker.token
    account = an_account(app)
    answer = victim.post("/sign-in", data={"email": account.email, "password": PASSWORD})
    assert answer.status_code == 303 and is_signed_in(victim)
    first = victim.get_cookie("__Host-matcher")
    assert first and first.value != planted.value
    assert not is_signed_in(attacker)
    victim.read_token("/account")
    victim.post("/sign-in", data={"email": account.email, "password": PASSWORD})
    attacker.set_cookie("__Host-matcher", first.value)
    assert is_signed_in(victim) and not is_signed_in(attacker)


@IN_SQLITE
def test_the_cookie_is_for_https_alone_but_for_a_trial_on_this_machine(start: Start) -> None:
    set_by = {
        plain: a_browser(start(plain_http=plain)).get("/sign-in").headers["Set-Cookie"] for plain in (False, True)
    }
    assert set_by[False].startswith("__Host-matcher=")
    assert "; Secure" in set_by[False] and "; Secure" not in set_by[True]
    for cookie in set_by.values():
        assert all(f"; {part}" in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/"))
        assert "Domain" not in cookie and "Expires" not in cookie
    with pytest.raises(ConfigurationError, match="MATCHER_PLAIN_HTTP"):
        start(plain_http=True, bind="0.0.0.0:8000")


def test_a_changed_cookie_is_worth_nothing(start: Start) -> None:
    browser = signed_in(start())
    cookie = browser.get_cookie("__Host-matcher")
    assert cookie
    body, rest = cookie.value.split(".", 1)
    browser.set_cookie("__Host-matcher", f"{body[:-2]}xx.{rest}")
    assert not is_signed_in(browser)


def test_a_sign_in_ends_when_it_is_not_used_and_when_it_is_too_old(start: Start) -> None:
    app = start(session_idle_minutes=60, session_hours=10)
    browser = signed_in(app)
    for _ in range(9):
        let_pass(app, seen_at=timedelta(minutes=59), begun_at=timedelta(minutes=59))
        assert is_signed_in(browser)
    let_pass(app, seen_at=timedelta(minutes=61))
    assert not is_signed_in(browser)
    browser = a_browser(app)
    browser.sign_in("ada@kestrel.example")
    let_pass(app, begun_at=timedelta(hours=9, minutes=59))
    assert is_signed_in(browser)
    let_pass(app, begun_at=timedelta(minutes=2))
    assert not is_signed_in(browser)


def test_a_sign_in_holds_on_every_worker_with_the_same_key(start: Start) -> None:
    first, second, stranger = start(), start(), start(secret_key="another key that is long enough, too")
    here = signed_in(first)
    cookie = here.get_cookie("__Host-matcher")
    assert cookie
    for app, known in [(second, True), (stranger, False)]:
        there = a_browser(app)
        there.set_cookie("__Host-matcher", cookie.value)
        assert is_signed_in(there) == known


def test_what_is_too_old_is_dropped_from_the_database(start: Start) -> None:
    app = start(session_hours=10)
    signed_in(app)
    let_pass(app, begun_at=timedelta(hours=11))
    a_browser(app).sign_in("ada@kestrel.example")
    with database.snapshots(service(app).engine).begin() as session:
        assert session.scalar(select(func.count()).select_from(SignInRow)) == 1


def test_no_key_of_a_sign_in_and_no_password_is_in_the_database(start: Start) -> None:
    app = start()
    cookie = signed_in(app).get_cookie("__Host-matcher")
    assert cookie
    with app.test_request_context(headers={"Cookie": f"__Host-matcher={cookie.value}"}):
        key = cookie_session["key"]
    with service(app).engine.connect() as connection:
        stored = "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in ("account", "sign_in")
        )
    assert len(key) > 40 and key not in stored
    assert PASSWORD not in stored and "$argon2id$" in stored


# Refusals


@pytest.mark.parametrize(
    "email", ["ada@kestrel.example", "nobody@kestrel.example", "off@kestrel.example", "a\x00b", ""]
)
def test_a_refusal_does_not_tell_what_was_wrong(start: Start, email: str) -> None:
    app = start()
    an_account(app)
    off = an_account(app, "off@kestrel.example")
    with database.sessions(service(app).engine).begin() as session:
        accounts.disable(session, off.id, off.created_at)
    browser = a_browser(app)
    answer = browser.sign_in(email, PASSWORD if email.startswith("off") else "wrong")
    assert answer.status_code == 422
    assert "No account that may sign in has this address and this password." in answer.text
    password = re.search(r"<input id=.password.[^>]*>", answer.text, re.DOTALL)
    assert password and 'aria-invalid="true"' in password[0] and 'aria-describedby="password-message"' in password[0]
    assert 'value=""' in password[0] and 'autocomplete="current-password"' in password[0]
    assert 'autocomplete="username"' in answer.text
    assert not is_signed_in(browser)


@IN_SQLITE
def test_a_refusal_takes_as_long_for_an_address_that_nobody_has(start: Start) -> None:
    app = start()
    an_account(app)
    browser = a_browser(app)

    def seconds(email: str) -> float:
        browser.read_token("/sign-in")
        began = perf_counter()
        assert browser.post("/sign-in", data={"email": email, "password": "wrong"}).status_code == 422
        return perf_counter() - began

    known, unknown = (
        min(seconds(email) for _ in range(4)) for email in ("ada@kestrel.example", "nobody@kestrel.example")
    )
    assert 0.3 < unknown / known < 3


def test_too_many_attempts_are_counted_over_all_workers_and_forgotten_in_time(start: Start) -> None:
    apps = [start(), start()]
    email = an_account(apps[0]).email
    browsers = [a_browser(app) for app in apps]
    for attempt in range(ATTEMPTS_PER_ACCOUNT):
        assert browsers[attempt % 2].sign_in(email, "wrong").status_code == 422
    answer = browsers[0].sign_in(email.upper())
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "There were too many attempts. Try again in 15 minutes." in answer.text
    assert 'value="ADA@KESTREL.EXAMPLE"' in answer.text
    other = an_account(apps[0], "ben@kestrel.example").email
    assert browsers[1].sign_in(other).status_code == 303
    with database.sessions(service(apps[0]).engine).begin() as session:
        earlier = session.scalar(select(SignInAttemptRow.since).order_by(SignInAttemptRow.since).limit(1))
        assert earlier
        session.execute(update(SignInAttemptRow).values(since=earlier - timedelta(minutes=15)))
    assert a_browser(apps[0]).sign_in(email).status_code == 303


def test_many_attempts_at_once_are_no_way_around_the_limit(start: Start) -> None:
    apps = [start(), start()]
    email = an_account(apps[0]).email
    browsers = [a_browser(apps[number % 2]) for number in range(2 * ATTEMPTS_PER_ACCOUNT)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda browser: browser.sign_in(email, "wrong").status_code, browsers))
    assert statuses.count(422) == ATTEMPTS_PER_ACCOUNT
    assert statuses.count(429) == ATTEMPTS_PER_ACCOUNT


def test_a_right_password_begins_the_count_anew(start: Start) -> None:
    app = start()
    email = an_account(app).email
    for _ in range(2):
        for _ in range(ATTEMPTS_PER_ACCOUNT - 1):
            assert a_browser(app).sign_in(email, "wrong").status_code == 422
        assert a_browser(app).sign_in(email).status_code == 303


@IN_SQLITE
def test_an_address_gets_only_so_many_attempts_whoever_it_tries(start: Start) -> None:
    app = start(proxies=1)
    an_account(app)

    def tried(email: str, forwarded: str, password: str = "wrong") -> int:
        browser = a_browser(app)
        browser.read_token("/sign-in")
        sent = {"email": email, "password": password}
        return browser.post("/sign-in", data=sent, headers={"X-Forwarded-For": forwarded}).status_code

    assert tried("a@kestrel.example", "2001:db8::1") == 422
    with database.sessions(service(app).engine).begin() as session:
        session.execute(update(SignInAttemptRow).values(attempts=ATTEMPTS_PER_ADDRESS))
    assert tried("b@kestrel.example", "2001:db8::2") == 429
    assert tried("ada@kestrel.example", "6.6.6.6, 2001:db8::3", PASSWORD) == 429
    assert tried("ada@kestrel.example", "2001:db8:1::1", PASSWORD) == 303


@IN_SQLITE
def test_a_header_is_not_believed_of_where_a_request_comes_from_unless_there_is_a_proxy(start: Start) -> None:
    app = start()
    browser = a_browser(app)
    browser.read_token("/sign-in")
    for number in range(3):
        sent = {"email": f"a{number}@kestrel.example", "password": "wrong"}
        browser.post("/sign-in", data=sent, headers={"X-Forwarded-For": f"192.0.2.{number}"})
        assert (
            "Strict-Transport-Security" not in browser.get("/sign-in", headers={"X-Forwarded-Proto": "https"}).headers
        )
    with database.snapshots(service(app).engine).begin() as session:
        assert sorted(session.scalars(select(SignInAttemptRow.attempts))) == [1, 1, 1, 3]
    behind = a_browser(start(proxies=1)).get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert behind.headers["Strict-Transport-Security"]


@IN_SQLITE
def test_nothing_that_was_typed_to_sign_in_is_in_the_log(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    app = start()
    browser = a_browser(app)
    for _ in range(ATTEMPTS_PER_ACCOUNT + 1):
        browser.sign_in("my-password-by-mistake@kestrel.example", "hunter2hunter2")
    written = "".join(capsys.readouterr())
    assert "sign-in refused" in written and "attempts throttled" in written
    assert "my-password" not in written and "hunter2" not in written
    with service(app).engine.connect() as connection:
        assert "my-password" not in str(connection.exec_driver_sql("SELECT * FROM sign_in_attempt").all())


# Nothing typed is lost

NEED = {
    "summary": SUMMARY,
    "level": "middle",
    "importance.delegation": "3",
    "importance.boundaries": "",
    "styles.preferred": ["supportive", "structured"],
    "times.mon.1.from": "",
}


def carried_on(browser: Browser, page: TestResponse, action: str, **fields: str) -> TestResponse:
    """The answer to a form of a page, with all that it carries along."""
    carried = {name: hidden(page, name) for name in ("next", "carried")}
    sent: dict[str, Any] = {name: value for name, value in carried.items() if value} | fields
    return browser.post(action, data=sent | {"csrf_token": hidden(page, "csrf_token")}, headers={"X-CSRFToken": ""})


@pytest.mark.parametrize("how", ["unused for too long", "no cookie left"])
def test_a_need_that_is_sent_when_the_sign_in_has_ended_is_answered_after_signing_in(
    start: Start, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = start()
    browser = signed_in(app)
    if how == "no cookie left":
        browser.delete_cookie("__Host-matcher")
    else:
        let_pass(app, seen_at=timedelta(days=1))
    asked = browser.post("/", data=NEED)
    assert (asked.status_code, shortlists_of(app)) == (401, 0)
    assert asked.headers["WWW-Authenticate"].startswith("Form ")
    assert "Nothing you typed is lost" in asked.text
    refused = carried_on(browser, asked, "/sign-in", email="ada@kestrel.example", password="wrong")
    assert refused.status_code == 422
    answer = carried_on(browser, refused, "/sign-in", email="ada@kestrel.example", password=PASSWORD)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/shortlists/") and "alone" not in answer.headers["Location"]
    shown = json.loads(_sealed(app, answer.headers["Location"]))["need"]
    assert shown["summary"] == SUMMARY
    assert shown["level"] == "middle" and shown["styles"]["preferred"] == ["supportive", "structured"]
    assert shown["focus_areas"] == [{"area": "delegation", "importance": 3}]
    assert "alone" not in "".join(capsys.readouterr())


def _sealed(app: APIFlask, address: str) -> str:
    shortlist_id = address.rpartition("/")[-1]
    with database.snapshots(service(app).engine).begin() as session:
        (answer,) = session.scalars(select(ShortlistRow.answer).where(ShortlistRow.id == shortlist_id))
        return answer


def test_a_need_with_mistakes_comes_back_with_them_after_signing_in(start: Start) -> None:
    app = start()
    browser = a_browser(app)
    an_account(app)
    asked = browser.post("/", data=NEED | {"sessions.minutes": "5"})
    answer = carried_on(browser, asked, "/sign-in", email="ada@kestrel.example", password=PASSWORD)
    assert answer.status_code == 422
    assert "#sessions.minutes" in answer.text and unescape(answer.text).count(SUMMARY) == 1
    assert carried_on(browser, answer, "/", summary=SUMMARY).status_code == 303


def test_a_need_is_carried_through_the_change_of_a_one_time_password_too(start: Start) -> None:
    app = start()
    email = an_account(app).email
    with database.sessions(service(app).engine).begin() as session:
        found = accounts.with_email(session, email)
        assert found
        kept = accounts.password_hash(session, found.id)
        accounts.set_password(session, found.id, str(kept), must_change=True)
    browser = a_browser(app)
    asked = browser.post("/", data=NEED)
    choose = carried_on(browser, asked, "/sign-in", email=email, password=PASSWORD)
    assert choose.status_code == 200 and "Choose a password of your own" in choose.text
    new = "a heron over the wet field"
    answer = carried_on(browser, choose, "/account/password", current=PASSWORD, new=new, repeated=new)
    assert answer.headers["Location"].startswith("/shortlists/")


@IN_SQLITE
@pytest.mark.parametrize("carried", ["", "x", "[]", "{}", '{"summary": "x"}', '{"summary": [1]}', "[" * 9999, "null"])
def test_what_is_carried_and_makes_no_form_leads_home_or_to_the_form(start: Start, carried: str) -> None:
    app = start()
    answer = a_browser(app).sign_in(an_account(app).email, carried=carried)
    assert answer.status_code in (303, 422)
    assert shortlists_of(app) == 0


@IN_SQLITE
def test_half_characters_that_are_carried_do_no_harm(start: Start) -> None:
    app = start()
    carried = '{"summary": ["alone \\ud800"], "level": ["\\udfff"]}'
    assert a_browser(app).sign_in(an_account(app).email, carried=carried).status_code == 422


def test_a_need_of_somebody_whose_role_may_not_ask_is_not_asked(start: Start) -> None:
    app = start()
    browser = a_browser(app)
    asked = browser.post("/", data=NEED)
    email = an_account(app, role="coach_manager").email
    answer = carried_on(browser, asked, "/sign-in", email=email, password=PASSWORD)
    assert (answer.headers["Location"], shortlists_of(app)) == ("/coaches", 0)


def test_a_form_of_before_another_sign_in_is_shown_again_with_what_was_typed(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    stale = browser.token
    browser.post("/sign-in", data={"email": "ada@kestrel.example", "password": PASSWORD})
    answer = browser.post("/", data=NEED)
    assert (answer.status_code, shortlists_of(app)) == (400, 0)
    assert "This page was opened before you signed in. Nothing was sent yet; send it once more." in answer.text
    assert unescape(answer.text).count(SUMMARY) == 1
    assert re.search(r'name="importance.delegation" value="3" checked', answer.text)
    assert browser.token == stale
    browser.read_token("/")
    assert browser.post("/", data=NEED).status_code == 303


def test_a_sign_in_page_that_was_open_for_too_long_keeps_the_address_and_what_it_carries(start: Start) -> None:
    app = start()
    email = an_account(app).email
    browser = a_browser(app)
    asked = browser.post("/", data=NEED)
    browser.delete_cookie("__Host-matcher")
    again = carried_on(browser, asked, "/sign-in", email=email, password=PASSWORD)
    assert again.status_code == 400
    assert "This page was open for too long." in again.text and f'value="{email}"' in again.text
    assert PASSWORD not in again.text
    answer = carried_on(browser, again, "/sign-in", email=email, password=PASSWORD)
    assert answer.headers["Location"].startswith("/shortlists/")


def test_another_form_that_is_sent_when_the_sign_in_has_ended_leads_back_to_its_page(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    address = browser.post("/", data=NEED).headers["Location"]
    let_pass(app, seen_at=timedelta(days=1))
    asked = browser.post(f"{address}/delete")
    assert asked.status_code == 401
    answer = carried_on(browser, asked, "/sign-in", email="ada@kestrel.example", password=PASSWORD)
    assert answer.headers["Location"] == f"{address}/delete"
    assert browser.get(address).status_code == 200


def test_the_forms_work_with_the_token_in_the_page_alone(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    page = browser.get("/")
    tokens = set(re.findall(r'name="csrf_token" value="([^"]+)"', page.text))
    assert page.text.count('method="post"') == page.text.count('name="csrf_token"') > 1
    answer = browser.post("/", data={"summary": "Alone.", "csrf_token": tokens.pop()}, headers={"X-CSRFToken": ""})
    assert answer.status_code == 303


def test_the_api_asks_for_a_key_and_for_no_token(start: Start) -> None:
    app = start()
    browser = signed_in(app)
    browser.token = ""
    assert browser.post("/api/v1/shortlists", json={"summary": "x"}).status_code == 401
    caller = a_caller(app)
    caller.put(a_coach())
    assert caller.send("POST", "/shortlists", {"summary": "x"}).status_code == 201


# The key that signs


def test_a_key_is_made_once_for_all_who_ask_at_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key("", folder), range(32)))
    assert len(keys) == 1 and len(keys.pop()) == 64
    assert [file.name for file in folder.iterdir()] == ["secret-key"]
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600
    assert secret_key("given", folder) == "given"


def test_a_key_that_cannot_be_kept_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "secret-key").touch()
    for folder in (tmp_path / "file", tmp_path):
        with pytest.raises(ConfigurationError, match="set MATCHER_SECRET_KEY"):
            secret_key("", folder)


@IN_SQLITE
def test_a_key_that_is_too_short_is_refused_without_being_repeated(database_url: str) -> None:
    environment = os.environ | {"MATCHER_DATABASE_URL": database_url, "MATCHER_SECRET_KEY": "hunter2"}
    command = [sys.executable, "-c", "import matcher.wsgi"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "secret_key" in result.stderr and "32 characters" in result.stderr
    assert "hunter2" not in result.stderr
