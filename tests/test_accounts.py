"""Accounts: made and changed by administrators and on the command line, and what people change of their own."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from sqlalchemy import Engine, text, update
from werkzeug.test import TestResponse

from matcher.domain import Account
from matcher.errors import Conflict, InvalidInput
from matcher.service import add_demo_account, disable_account, every_account
from matcher.service.passwords import hashed, is_outdated, matches, one_time_password, weakness
from matcher.service.throttle import ATTEMPTS_PER_ACCOUNT
from matcher.store import accounts, database, schema
from matcher.store.tables import AccountRow
from tests.clients import PASSWORD, Browser, a_browser, an_account, service, signed_in
from tests.commands import refusal, run
from tests.factories import a_new_account
from tests.older_databases import bring_to
from tests.test_sign_in import hidden, is_signed_in

Start = Callable[..., APIFlask]
IN_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOW = datetime(2026, 1, 4, tzinfo=UTC)
WEEK = timedelta(days=7)
NEW = "a heron over the wet field"
ONE_TIME = re.compile(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}")


@pytest.fixture
def app(start: Start) -> APIFlask:
    return start()


@pytest.fixture
def boss(app: APIFlask) -> Browser:
    """An administrator's browser."""
    return signed_in(app, "boss@kestrel.example", role="administrator", name="The Boss")


def found(app: APIFlask, email: str) -> Account:
    with database.snapshots(service(app).engine).begin() as session:
        account = accounts.with_email(session, email)
    assert account
    return account


def one_time(answer: TestResponse) -> str:
    """The one-time password on a page."""
    (password,) = re.findall(r"<code>([^<]+)</code>", answer.text)
    assert ONE_TIME.fullmatch(password)
    return str(password)


def change(browser: Browser, current: str, new: str, repeated: str | None = None) -> TestResponse:
    sent = {"current": current, "new": new, "repeated": new if repeated is None else repeated}
    return browser.post("/account/password", data=sent)


# The pages of administrators


def test_a_new_account_gets_a_password_that_must_be_replaced_before_anything_else(app: APIFlask, boss: Browser) -> None:
    sent = {"email": " Ben@Kestrel.example", "name": " Ben Ode ", "organisation": "Kestrel", "role": "hr_partner"}
    made = boss.post("/accounts", data=sent)
    assert made.status_code == 201 and made.headers["Cache-Control"] == "no-store"
    password = one_time(made)
    assert password not in boss.get("/accounts").text
    ben = a_browser(app)
    ben.read_token("/sign-in")
    choose = ben.post("/sign-in", data={"email": "ben@kestrel.example", "password": password})
    assert (choose.status_code, "Choose a password of your own" in choose.text) == (200, True)
    for path in ("/", "/deleted"):
        assert ben.get(path).headers["Location"].startswith("/account?next=")
    ben.read_token("/account")
    asked = ben.post("/", data={"summary": "Works alone."})
    assert asked.status_code == 403 and "Works alone." in hidden(asked, "carried")
    assert ben.post("/shortlists/x/delete").headers["Location"].startswith("/account")
    assert change(ben, password, NEW).headers["Location"] == "/"
    assert "Your password is changed" in ben.get("/").text
    assert a_browser(app).sign_in("BEN@kestrel.example", password).status_code == 422
    assert a_browser(app).sign_in("BEN@kestrel.example", NEW).headers["Location"] == "/"


def test_the_list_names_every_account_with_its_role_and_state(app: APIFlask, boss: Browser) -> None:
    an_account(app, "off@corvus.example", name="Cleo <Öz>", organisation="Corvus", role="coach_manager")
    boss.post(f"/accounts/{found(app, 'off@corvus.example').id}/disable")
    text = " ".join(re.sub(r"<[^>]+>", " ", boss.get("/accounts").text).split())
    assert "Cleo &lt;Öz&gt; off@corvus.example Organisation Corvus Role Coach manager State Disabled" in text
    assert "The Boss boss@kestrel.example Organisation Kestrel Role Administrator State In use" in text


def test_what_is_wrong_with_a_new_account_stands_beside_its_field(app: APIFlask, boss: Browser) -> None:
    wrong = {"email": "no address", "name": " ", "organisation": "a\tb", "role": "boss"}
    answer = boss.post("/accounts", data=wrong)
    assert answer.status_code == 422
    html = unescape(answer.text)
    for name in wrong:
        control = re.search(rf'<(?:input|fieldset)[^>]* id="{name}"[^>]*>', html, re.DOTALL)
        assert control and f"{name}-message" in control[0] and 'aria-invalid="true"' in control[0]
        assert f'href="#{name}"' in html and f'id="{name}-message"' in html
    assert 'value="no address"' in html
    assert "Email address is not an email address." in html
    again = boss.post("/accounts", data=wrong | vars_of("BOSS@kestrel.example"))
    assert "Email address is the address of another account." in again.text
    assert len(every_account(service(app).engine)) == 1


def vars_of(email: str) -> dict[str, str]:
    return {"email": email, "name": "Ada", "organisation": "Kestrel", "role": "hr_partner"}


def test_a_disabled_account_is_out_at_once_and_in_again_once_enabled(app: APIFlask, boss: Browser) -> None:
    ada = signed_in(app)
    page = f"/accounts/{found(app, 'ada@kestrel.example').id}"
    assert boss.post(f"{page}/disable").headers["Location"] == page
    assert "The account is disabled" in boss.get(page).text
    assert not is_signed_in(ada)
    assert a_browser(app).sign_in("ada@kestrel.example").status_code == 422
    boss.post(f"{page}/enable")
    assert not is_signed_in(ada)
    assert a_browser(app).sign_in("ada@kestrel.example").status_code == 303


def test_a_password_that_is_reset_ends_every_sign_in(app: APIFlask, boss: Browser) -> None:
    ada = signed_in(app)
    password = one_time(boss.post(f"/accounts/{found(app, 'ada@kestrel.example').id}/password"))
    assert not is_signed_in(ada)
    assert a_browser(app).sign_in("ada@kestrel.example").status_code == 422
    assert "Choose a password" in a_browser(app).sign_in("ada@kestrel.example", password).text


def test_nobody_disables_themselves_or_leaves_the_service_without_an_administrator(
    app: APIFlask, boss: Browser
) -> None:
    own = f"/accounts/{found(app, 'boss@kestrel.example').id}"
    refused = boss.post(f"{own}/role", data={"role": "hr_partner"})
    assert (refused.status_code, "only administrator left" in refused.text) == (409, True)
    other = an_account(app, "other@kestrel.example", role="administrator")
    refused = boss.post(f"{own}/disable")
    assert (refused.status_code, "cannot disable your own account" in refused.text) == (409, True)
    assert boss.post(f"/accounts/{other.id}/disable").status_code == 303
    assert boss.post(f"{own}/role", data={"role": "hr_partner"}).status_code == 409
    assert boss.post(f"/accounts/{other.id}/enable").status_code == 303
    assert boss.post(f"{own}/role", data={"role": "hr_partner"}).status_code == 303
    assert boss.get("/accounts").status_code == 403


def test_two_administrators_who_disable_each_other_at_once_do_not_leave_none(app: APIFlask) -> None:
    engine = service(app).engine
    for round_ in range(5):
        both = [an_account(app, f"a{round_}{n}@kestrel.example", role="administrator") for n in range(2)]

        def disable(pair: tuple[Account, Account]) -> bool:
            try:
                disable_account(engine, pair[0].id, pair[1], pair[1].created_at)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(disable, [(both[0], both[1]), (both[1], both[0])]))
        assert sorted(done) == [False, True]
        for account in every_account(engine):
            if not account.disabled_at:
                with database.sessions(engine).begin() as session:
                    accounts.disable(session, account.id, account.created_at)


def test_a_role_that_there_is_not_is_refused(app: APIFlask, boss: Browser) -> None:
    page = f"/accounts/{an_account(app).id}"
    assert boss.post(f"{page}/role", data={"role": "king"}).status_code == 422
    assert boss.post(f"{page}/role").status_code == 422
    assert found(app, "ada@kestrel.example").role == "hr_partner"


@pytest.mark.parametrize("path", ["/accounts/x", "/accounts/00000000-0000-0000-0000-000000000000", "/accounts/%00"])
def test_an_account_that_is_not_there_is_not_found(boss: Browser, path: str) -> None:
    assert boss.get(path).status_code == 404
    assert boss.post(f"{path}/disable").status_code == 404


# One's own account


def test_a_changed_password_ends_every_other_sign_in_and_not_this_one(app: APIFlask) -> None:
    here = signed_in(app)
    elsewhere = a_browser(app)
    elsewhere.sign_in("ada@kestrel.example")
    before = here.get_cookie("__Host-matcher")
    answer = change(here, PASSWORD, NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "signed out everywhere else" in here.get("/account").text
    assert is_signed_in(here) and not is_signed_in(elsewhere)
    assert before != here.get_cookie("__Host-matcher")
    assert a_browser(app).sign_in("ada@kestrel.example").status_code == 422
    assert a_browser(app).sign_in("ada@kestrel.example", NEW).status_code == 303


def test_signing_out_everywhere_ends_all_sign_ins_of_this_account_alone(app: APIFlask, boss: Browser) -> None:
    here = signed_in(app)
    elsewhere = a_browser(app)
    elsewhere.sign_in("ada@kestrel.example")
    assert here.post("/account/sign-out-everywhere").headers["Location"] == "/sign-in"
    assert not is_signed_in(here) and not is_signed_in(elsewhere)
    assert is_signed_in(boss)


@IN_SQLITE
@pytest.mark.parametrize(
    ("current", "new", "repeated", "field", "said"),
    [
        ("wrong", NEW, NEW, "current", "Current password is not your password."),
        (PASSWORD, "short one", "short one", "new", "New password needs at least 12 characters."),
        (PASSWORD, NEW, f"{NEW}s", "repeated", "New password, once more is not the same as the new one."),
        (PASSWORD, PASSWORD, PASSWORD, "new", "New password is the one that you have; take another."),
        (PASSWORD, "ada@kestrel.example", "ada@kestrel.example", "new", "New password is one that many others use"),
        ("", "", "", "new", "New password needs at least 12 characters."),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_beside_its_field(
    app: APIFlask, current: str, new: str, repeated: str, field: str, said: str
) -> None:
    ada = signed_in(app)
    answer = change(ada, current, new, repeated)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    control = re.search(rf'<input id="{field}"[^>]*>', answer.text, re.DOTALL)
    assert control and f"{field}-message" in control[0] and 'value=""' in control[0]
    assert a_browser(app).sign_in("ada@kestrel.example").status_code == 303


@IN_SQLITE
def test_the_fields_of_passwords_tell_password_managers_what_they_are(app: APIFlask) -> None:
    html = signed_in(app).get("/account").text
    told = dict(re.findall(r'<input id="(\w+)"[^>]*autocomplete="([^"]+)"', html))
    assert told == {"current": "current-password", "new": "new-password", "repeated": "new-password"}
    assert re.search(r'name="username"[^>]*value="ada@kestrel.example"[^>]*autocomplete="username"', html)
    for name in told:
        assert f'<label for="{name}">' in html


def test_a_password_is_not_to_be_guessed_where_somebody_left_a_browser_open(app: APIFlask) -> None:
    ada = signed_in(app)
    for _ in range(ATTEMPTS_PER_ACCOUNT):
        assert change(ada, "wrong", NEW).status_code == 422
    answer = change(ada, PASSWORD, NEW)
    assert (answer.status_code, "too many attempts" in answer.text) == (429, True)
    assert int(answer.headers["Retry-After"]) > 0


# Passwords


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "passwordpassword",
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaaaaaa",
        "abcdefghijkl",
        "letmeinletmein",
        "Ada.Bell@kestrel.example",
        "ada.bell1234",
        "Welcome2026!",
        "a" * 72 + NEW,
        "x" * 201,
    ],
)
def test_passwords_that_others_would_try_are_refused(password: str) -> None:
    assert weakness(password, ["ada.bell@kestrel.example", "Ada Bell", "Kestrel"])


@pytest.mark.parametrize(
    "password",
    [
        NEW,
        "correct horse battery staple",
        "zwölf Boxkämpfer jagen",
        "日本語の長いパスワードです今日",
        "ks4av-wz8p3-z7kg6-f88su",
    ],
)
def test_passwords_need_length_and_nothing_of_any_kind_of_character(password: str) -> None:
    assert weakness(password, ["ada@kestrel.example"]) == ""


def test_passwords_that_are_made_to_be_used_once_are_good_enough_and_never_the_same() -> None:
    made = {one_time_password() for _ in range(20)}
    assert len(made) == 20
    assert all(ONE_TIME.fullmatch(password) and not weakness(password, []) for password in made)


def test_a_password_is_the_same_however_a_keyboard_writes_its_letters() -> None:
    kept = hashed("zwo\u0308lf Boxka\u0308mpfer")
    assert matches(kept, "zw\u00f6lf Boxk\u00e4mpfer")
    assert not matches(kept, "zwolf Boxkampfer")
    assert not matches(None, "zw\u00f6lf Boxk\u00e4mpfer")
    assert not matches("no hash", "x")


def test_a_hash_made_with_weaker_parameters_is_replaced_when_its_password_is_used(app: APIFlask) -> None:
    account = an_account(app)
    weaker = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    engine = service(app).engine
    with database.sessions(engine).begin() as session:
        accounts.set_password(session, account.id, weaker, must_change=False)
    assert is_outdated(weaker)
    assert a_browser(app).sign_in(account.email).status_code == 303
    with database.snapshots(engine).begin() as session:
        kept = accounts.password_hash(session, account.id)
    assert kept and not is_outdated(kept) and matches(kept, PASSWORD)


# The command line


@pytest.mark.usefixtures("configured")
def test_an_account_is_made_listed_and_signed_in_with_what_the_command_line_prints(app: APIFlask) -> None:
    assert "no accounts yet" in run("accounts", "list").stderr
    made = run("accounts", "add", "Boss@Kestrel.example", "--role", "administrator", "--organisation", "Kestrel")
    assert made.exit_code == 0 and ONE_TIME.fullmatch(made.stdout.strip())
    assert made.stdout == f"{made.stdout.strip()}\n" and "must be replaced" in made.stderr
    run("accounts", "add", "ada@pavo.example", "--role", "hr_partner", "--name", "Ada Bell")
    assert run("accounts", "list").stdout.splitlines() == [
        "boss@kestrel.example\tBoss@Kestrel.example\tKestrel\tadministrator\tin use",
        "ada@pavo.example\tAda Bell\tdefault\thr_partner\tin use",
    ]
    assert "Choose a password" in a_browser(app).sign_in("boss@kestrel.example", made.stdout.strip()).text
    assert made.stdout.strip() not in run("accounts", "list").output


@pytest.mark.usefixtures("configured")
def test_what_the_command_line_changes_counts_at_once(app: APIFlask) -> None:
    ada = signed_in(app)
    assert run("accounts", "set-role", "ADA@kestrel.example", "administrator").exit_code == 0
    assert ada.get("/accounts").status_code == 200
    assert refusal(run("accounts", "disable", "ada@kestrel.example")).startswith("This is the only administrator left")
    an_account(app, "boss@kestrel.example", role="administrator")
    assert run("accounts", "disable", "ada@kestrel.example").exit_code == 0
    assert not is_signed_in(ada)
    assert "\tdisabled 20" in run("accounts", "list").stdout
    assert run("accounts", "enable", "ada@kestrel.example").exit_code == 0
    assert a_browser(app).sign_in("ada@kestrel.example").status_code == 303
    reset = run("accounts", "reset-password", "ada@kestrel.example")
    assert ONE_TIME.fullmatch(reset.stdout.strip())
    assert a_browser(app).sign_in("ada@kestrel.example").status_code == 422
    assert "Choose a password" in a_browser(app).sign_in("ada@kestrel.example", reset.stdout.strip()).text


@IN_SQLITE
@pytest.mark.usefixtures("configured")
def test_the_command_line_refuses_in_a_line_what_makes_no_account(engine: Engine) -> None:
    assert refusal(run("accounts", "add", "nobody", "--role", "hr_partner")) == "email is not an email address"
    assert run("accounts", "add", "a@b.example", "--role", "king").exit_code == 2
    assert run("accounts", "add", "a@b.example").exit_code == 2
    run("accounts", "add", "a@b.example", "--role", "hr_partner")
    again = refusal(run("accounts", "add", "A@B.example", "--role", "hr_partner"))
    assert again == "email is the address of another account"
    for command in ("disable", "enable", "reset-password"):
        for email in ("c@b.example", "\udcff", "a\tb"):
            assert refusal(run("accounts", command, email)) == "There is no account with this address."
    assert len(every_account(engine)) == 1


# The demo account


def test_the_demo_account_is_made_where_there_is_none_and_only_there(app: APIFlask) -> None:
    engine = service(app).engine
    password = add_demo_account(engine, NOW)
    assert password
    assert add_demo_account(engine, NOW) is None
    browser = a_browser(app)
    assert browser.sign_in("demo@coaches.example", password).headers["Location"] == "/"
    assert browser.get("/accounts").status_code == 200
    assert [(one.organisation, one.role) for one in every_account(engine)] == [("Demo", "administrator")]


def test_two_accounts_cannot_have_one_address_even_when_both_are_made_at_once(app: APIFlask) -> None:
    def made(email: str) -> bool:
        try:
            with database.sessions(service(app).engine).begin() as session:
                accounts.add(session, a_new_account(email), "hash", False, NOW)
        except InvalidInput:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(made, ["ada@kestrel.example", "ADA@kestrel.example", "Ada@KESTREL.example"]))
    assert sorted(done) == [False, False, True]


# One-time passwords in time


def let_expire(app: APIFlask, email: str) -> None:
    """Has the one-time password of an account expire."""
    with database.sessions(service(app).engine).begin() as session:
        session.execute(update(AccountRow).where(AccountRow.email == email).values(password_expires_at=NOW - WEEK))


def test_a_one_time_password_can_be_used_for_a_week_or_as_many_days_as_the_settings_say(start: Start) -> None:
    for settings, days in [({}, 7), ({"one_time_password_days": 2}, 2)]:
        app = start(**settings)
        boss = signed_in(app, f"boss{days}@kestrel.example", role="administrator")
        before = datetime.now(UTC)
        answer = boss.post("/accounts", data=vars_of(f"ben{days}@kestrel.example"))
        until = found(app, f"ben{days}@kestrel.example").password_expires_at
        assert until and timedelta(0) <= until - before - timedelta(days=days) < timedelta(minutes=1)
        assert f"It can be used until {until.day} {until:%B %Y, %H:%M} UTC" in answer.text
        assert f"It can be used for {days} days" in boss.get("/accounts").text


def test_a_one_time_password_opens_no_page_and_its_account_s_page_names_none(app: APIFlask, boss: Browser) -> None:
    password = one_time(boss.post("/accounts", data=vars_of("ben@kestrel.example")))
    ben = a_browser(app)
    ben.sign_in("ben@kestrel.example", password)
    assert 'class="menu"' in boss.get("/account").text
    assert 'class="menu"' not in ben.get("/account").text
    assert 'class="menu"' not in ben.get("/coaches", follow_redirects=True).text


def test_a_one_time_password_that_has_expired_lets_nobody_in_and_a_new_one_does(app: APIFlask, boss: Browser) -> None:
    password = one_time(boss.post("/accounts", data=vars_of("ben@kestrel.example")))
    let_expire(app, "ben@kestrel.example")
    answer = a_browser(app).sign_in("ben@kestrel.example", password)
    assert answer.status_code == 422
    assert "This one-time password has expired. An administrator of your organisation makes a new one." in answer.text
    assert "has expired" not in a_browser(app).sign_in("ben@kestrel.example", "wrong").text
    page = f"/accounts/{found(app, 'ben@kestrel.example').id}"
    assert "One-time password, expired" in boss.get("/accounts").text
    assert "The one-time password has expired." in boss.get(page).text
    again = one_time(boss.post(f"{page}/password"))
    assert "It can be used until" in boss.get(page).text
    ben = a_browser(app)
    assert "Choose a password" in ben.sign_in("ben@kestrel.example", again).text
    ben.read_token("/account")
    assert change(ben, again, NEW).status_code == 303
    assert found(app, "ben@kestrel.example").password_expires_at is None
    assert "One-time password" not in boss.get("/accounts").text.split("Add an account")[0]


def test_one_time_passwords_of_before_expire_a_week_after_the_upgrade(empty_database_url: str) -> None:
    engine = database.open_engine(empty_database_url)
    bring_to(engine, "0006")
    with engine.begin() as connection:
        for name, must_change in (("new", True), ("old", False)):
            connection.execute(
                text(
                    "INSERT INTO account (id, email, name, organisation, role, must_change_password, created_at) "
                    "VALUES (:name, :name, :name, 'Kestrel', 'hr_partner', :must_change, :now)"
                ),
                {"name": name, "must_change": must_change, "now": "2027-01-04 09:30:00"},
            )
    schema.upgrade(engine)
    until = {one.id: one.password_expires_at for one in every_account(engine)}
    assert until["old"] is None
    assert until["new"] and abs(until["new"] - datetime.now(UTC) - WEEK) < timedelta(minutes=1)
    engine.dispose()
