"""Signing in through an OpenID provider: both really run, and a client goes all the way between them."""

import base64
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from apiflask import APIFlask
from joserfc.jwk import RSAKey
from pydantic import ValidationError
from sqlalchemy import select, update

from matcher.domain import Account
from matcher.service.throttle import SIGN_ONS_PER_ADDRESS
from matcher.settings import Settings
from matcher.store import accounts, database
from matcher.store.tables import ShortlistRow, SignInAttemptRow, SignOnRow
from tests.clients import PASSWORD, an_account, row_counts, service, signed_in
from tests.commands import run
from tests.factories import a_new_account
from tests.identity_provider import CLIENT, SECRET, Claims, Person, Provider, a_provider, running

Start = Callable[..., APIFlask]
IN_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NAME = "Kestrel sign-on"
ADA = "ada@kestrel.example"
SUMMARY = "He does it all alone, Beatrix says."


@pytest.fixture(autouse=True)
def _http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider of these tests answers without TLS, and no proxy stands between."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "true")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that knows Ada and vouches for her address."""
    with a_provider() as provider:
        provider.people["ada"] = Person("1001", claims={"email": ADA, "email_verified": True, "name": "Ada Bell"})
        yield provider


@dataclass
class Site:
    """The service as it answers at `address`."""

    app: APIFlask
    address: str

    def account(self, email: str = ADA) -> Account | None:
        with database.snapshots(service(self.app).engine).begin() as session:
            return accounts.with_email(session, email)


@pytest.fixture
def serve(start: Start, provider: Provider) -> Iterator[Callable[..., Site]]:
    """Runs the service with the provider: `serve(**settings)`."""
    closing: list[Any] = []

    def serve(**settings: object) -> Site:
        ours = {
            "plain_http": True,
            "oidc_issuer": provider.address,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_name": NAME,
        }
        app = start(**ours | settings)
        runs = running(app)
        closing.append(runs)
        site = Site(app, runs.__enter__())
        provider.redirect_uri = f"{site.address}/sign-in/provider/back"
        return site

    yield serve
    for runs in closing:
        runs.__exit__(None, None, None)


class Visitor(requests.Session):
    """Somebody with a browser that follows redirects, and presses the buttons of pages."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.site = site

    def go(self, path: str) -> requests.Response:
        return self.get(f"{self.site.address}{path}", timeout=20)

    def press(self, page: requests.Response, action: str, **fields: str) -> requests.Response:
        """Sends the form of a page that has that address, with its hidden fields."""
        # There may be two of them, of which one is seen, as where the menu is folded.
        form, *_ = re.findall(rf'<form [^>]*action="{action}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        sent = {name: unescape(value) for name, value in hidden.items()} | fields
        return self.post(f"{self.site.address}{action}", data=sent, timeout=20)

    def leave(self, path: str = "/sign-in") -> str:
        """Where the button leads to."""
        return led_to(self.press(self.go(path), "/sign-in/provider"))

    def log_in(self, address: str, login: str = "ada", follow: bool = True) -> requests.Response:
        """What the provider's form is answered with, and where that leads."""
        assert "Log in" in self.get(address, timeout=20).text
        sent = {"login": login, "password": "open sesame"}
        return self.post(address, data=sent, timeout=20, allow_redirects=follow)

    def sign_on(self, path: str = "/sign-in", login: str = "ada") -> requests.Response:
        """The whole way."""
        return self.log_in(self.leave(path), login)

    def is_signed_in(self) -> bool:
        return "Sign out" in self.go("/account").text


def led_to(page: requests.Response) -> str:
    """Where a page leads on to by itself, and by its link."""
    assert page.status_code == 200, page.text
    (address,) = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text)
    assert f'href="{address}">Go on</a>' in page.text
    return unescape(address)


def problem(page: requests.Response, status: int) -> str:
    """What a page says is wrong."""
    assert page.status_code == status, page.text
    (said,) = re.findall(r"<ul>\s*<li>(.*?)</li>\s*</ul>", page.text, re.DOTALL)
    assert "<h1>Sign in</h1>" in page.text
    return unescape(said)


# In and out


def test_somebody_for_whom_there_is_an_account_signs_in_through_the_provider(
    serve: Callable[..., Site], provider: Provider
) -> None:
    site = serve()
    an_account(site.app, ADA)
    ada = Visitor(site)
    page = ada.sign_on()
    assert (page.status_code, urlsplit(page.url).path) == (200, "/")
    assert "Your account: </span>Ada Bell" in page.text
    (asked,) = provider.asked
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid email profile" and len(asked["state"]) >= 20 and len(asked["nonce"]) >= 20
    found = site.account()
    assert found and found.is_linked and found.has_password


def test_an_account_stays_that_of_the_person_whatever_becomes_of_the_address(
    serve: Callable[..., Site], provider: Provider
) -> None:
    site = serve()
    an_account(site.app, ADA)
    Visitor(site).sign_on()
    provider.people["ada"].claims["email"] = "ada.bell@kestrel.example"
    provider.people["ada"].claims["email_verified"] = False
    assert Visitor(site).sign_on().status_code == 200
    provider.people["eve"] = Person("6666", claims={"email": ADA, "email_verified": True})
    assert "No account that may sign in here" in problem(Visitor(site).sign_on(login="eve"), 403)
    boss = signed_in(site.app, "boss@kestrel.example", role="administrator")
    found = site.account()
    assert found
    page = f"/accounts/{found.id}"
    assert f"Signs in through {NAME}" in boss.get(page).text
    assert boss.post(f"{page}/unlink").status_code == 303
    assert f"Signs in through {NAME}" not in boss.get(page).text
    assert Visitor(site).sign_on(login="eve").status_code == 200


@IN_SQLITE
def test_after_the_provider_one_is_where_one_wanted_to_go_and_never_elsewhere(serve: Callable[..., Site]) -> None:
    site = serve()
    an_account(site.app, ADA)
    assert urlsplit(Visitor(site).sign_on("/account").url).path == "/account"
    for wanted in ("https://elsewhere.example/", "//elsewhere.example", "/sign-in/provider/leave", "/sign-in"):
        ada = Visitor(site)
        page = ada.press(ada.go("/sign-in"), "/sign-in/provider", next=wanted)
        assert ada.log_in(led_to(page)).url == f"{site.address}/"


def test_a_need_that_was_typed_before_is_answered_after_the_provider_and_kept_nowhere(
    serve: Callable[..., Site], capsys: pytest.CaptureFixture[str]
) -> None:
    site = serve()
    an_account(site.app, ADA)
    ada = Visitor(site)
    asked = ada.post(f"{site.address}/", data={"summary": SUMMARY}, timeout=20)
    assert "Sign in and send through Kestrel sign-on" in asked.text
    address = led_to(ada.press(asked, "/sign-in/provider"))
    assert "Beatrix" not in address
    assert row_counts(site.app)["sign_on"] == 1
    answer = ada.log_in(address)
    assert urlsplit(answer.url).path.startswith("/shortlists/")
    assert row_counts(site.app)["sign_on"] == 0
    with database.snapshots(service(site.app).engine).begin() as session:
        (kept,) = session.scalars(select(ShortlistRow.answer))
    assert json.loads(kept)["need"]["summary"] == SUMMARY
    assert "Beatrix" not in "".join(capsys.readouterr())


@IN_SQLITE
def test_what_was_typed_is_still_there_when_the_provider_does_not_sign_one_in(serve: Callable[..., Site]) -> None:
    site = serve()
    an_account(site.app, ADA)
    ada = Visitor(site)
    asked = ada.post(f"{site.address}/", data={"summary": SUMMARY}, timeout=20)
    state = parse_qs(urlsplit(led_to(ada.press(asked, "/sign-in/provider"))).query)["state"][0]
    refused = ada.go(f"/sign-in/provider/back?error=access_denied&state={state}")
    assert "The sign-in of Kestrel sign-on was broken off." in problem(refused, 403)
    answer = ada.press(refused, "/sign-in", email=ADA, password=PASSWORD)
    assert urlsplit(answer.url).path.startswith("/shortlists/")


@IN_SQLITE
def test_signing_out_ends_the_sign_in_here_and_offers_to_end_the_one_there(serve: Callable[..., Site]) -> None:
    site = serve()
    an_account(site.app, ADA)
    ada = Visitor(site)
    page = ada.press(ada.sign_on(), "/sign-out")
    assert not ada.is_signed_in()
    assert f"At {NAME} you may still be signed in" in page.text
    gone = ada.go("/sign-in/provider/leave")
    assert gone.text == "Signed out at the provider."
    assert parse_qs(urlsplit(gone.url).query)["client_id"] == [CLIENT]
    assert "may still be signed in" not in ada.go("/sign-in").text


@IN_SQLITE
def test_a_provider_without_a_page_to_sign_out_at_is_said_to_have_none(
    serve: Callable[..., Site], provider: Provider
) -> None:
    provider.metadata = {"end_session_endpoint": None}
    page = Visitor(serve()).go("/sign-in/provider/leave")
    assert "There is no page to sign out at there." in page.text


@IN_SQLITE
def test_a_provider_is_asked_in_the_way_that_it_knows(serve: Callable[..., Site], provider: Provider) -> None:
    provider.auth_method, provider.in_token = "client_secret_post", False
    site = serve()
    an_account(site.app, ADA)
    assert urlsplit(Visitor(site).sign_on().url).path == "/"


@IN_SQLITE
def test_a_key_that_the_provider_has_changed_is_asked_for_again(serve: Callable[..., Site], provider: Provider) -> None:
    site = serve()
    an_account(site.app, ADA)
    assert Visitor(site).sign_on().status_code == 200
    provider.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    assert Visitor(site).sign_on().status_code == 200


# Who may not


@IN_SQLITE
@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "nobody@kestrel.example"}, "No account that may sign in here goes with yours at Kestrel sign-on."),
        ({"email": "off@kestrel.example"}, "No account that may sign in here goes with yours at Kestrel sign-on."),
        ({"email_verified": False}, "does not confirm your email address"),
        ({"email_verified": None}, "does not confirm your email address"),
        ({"email_verified": "false"}, "does not confirm your email address"),
        ({"email": "nobody@kestrel.example", "email_verified": False}, "does not confirm your email address"),
        ({"email": None}, "does not confirm your email address"),
        ({"email": ["ada@kestrel.example"]}, "does not confirm your email address"),
    ],
)
def test_who_has_no_account_that_may_sign_in_learns_no_more_than_that(
    serve: Callable[..., Site], provider: Provider, claims: Claims, said: str
) -> None:
    site = serve()
    an_account(site.app, ADA)
    off = an_account(site.app, "off@kestrel.example")
    with database.sessions(service(site.app).engine).begin() as session:
        accounts.disable(session, off.id, off.created_at)
    provider.people["ada"].claims |= claims
    before = row_counts(site.app)["account"]
    ada = Visitor(site)
    page = ada.sign_on()
    assert said in problem(page, 403)
    assert "off@" not in page.text and ADA not in page.text
    assert not ada.is_signed_in() and row_counts(site.app)["account"] == before


@IN_SQLITE
def test_an_account_that_is_disabled_later_stays_out(serve: Callable[..., Site]) -> None:
    site = serve()
    found = an_account(site.app, ADA)
    ada = Visitor(site)
    ada.sign_on()
    boss = signed_in(site.app, "boss@kestrel.example", role="administrator")
    boss.post(f"/accounts/{found.id}/disable")
    assert not ada.is_signed_in()
    assert "No account that may sign in here" in problem(ada.sign_on(), 403)
    boss.post(f"/accounts/{found.id}/enable")
    assert ada.sign_on().status_code == 200


# Forged


def forged(**changes: object) -> Callable[[Provider], None]:
    """Has the provider say something else; None says nothing of it."""

    def forge(claims: Claims) -> Claims:
        return {name: value for name, value in (claims | changes).items() if value is not None}

    return lambda provider: setattr(provider, "forge", forge)


def _part(document: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def unsigned(provider: Provider) -> None:
    provider.metadata = {"id_token_signing_alg_values_supported": ["RS256", "none"]}
    provider.sign = lambda claims: f"{_part({'alg': 'none'})}.{_part(claims)}."


def signed_by_another(provider: Provider) -> None:
    stranger = RSAKey.generate_key(2048)
    provider.sign = lambda claims: provider.signed(claims, stranger)


def without_a_token(provider: Provider) -> None:
    provider.sign = lambda _: ""


FORGED: dict[str, Callable[[Provider], None]] = {
    "another nonce": forged(nonce="of another sign-in"),
    "no nonce": forged(nonce=None),
    "another audience": forged(aud=["another service"], azp=CLIENT),
    "an audience of two, the other of whom it is for": forged(aud=[CLIENT, "another"], azp="another"),
    "another issuer": forged(iss="https://elsewhere.example"),
    "no issuer": forged(iss=None),
    "an expired token": forged(exp=int(time.time()) - 3600),
    "a token without an end": forged(exp=None),
    "nobody": forged(sub=None),
    "an unsigned token": unsigned,
    "a token that another key signed": signed_by_another,
    "no token": without_a_token,
}


@IN_SQLITE
@pytest.mark.parametrize("name", FORGED)
def test_what_is_forged_signs_nobody_in(
    serve: Callable[..., Site], provider: Provider, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = serve()
    an_account(site.app, ADA)
    FORGED[name](provider)
    ada = Visitor(site)
    assert "could not be verified, so you are not signed in" in problem(ada.sign_on(), 400)
    assert not ada.is_signed_in()
    found = site.account()
    assert found and not found.is_linked
    written = "".join(capsys.readouterr())
    assert "sign-on failed" in written and SECRET not in written and ADA not in written


@IN_SQLITE
def test_an_answer_of_the_provider_is_taken_once(serve: Callable[..., Site], provider: Provider) -> None:
    site = serve()
    an_account(site.app, ADA)
    provider.keep_codes = True
    ada = Visitor(site)
    back = ada.log_in(ada.leave(), follow=False).headers["Location"]
    cookies = ada.cookies.copy()
    assert ada.get(back, timeout=20).status_code == 200
    thief = Visitor(site)
    thief.cookies = cookies
    assert "was not begun in this browser" in problem(thief.get(back, timeout=20), 400)
    assert not thief.is_signed_in() and ada.is_signed_in()


@IN_SQLITE
def test_a_code_that_was_used_is_refused_by_the_provider_and_so_here(
    serve: Callable[..., Site], provider: Provider
) -> None:
    site = serve()
    an_account(site.app, ADA)
    ada = Visitor(site)
    used = ada.log_in(ada.leave(), follow=False).headers["Location"]
    ada.get(used, timeout=20)
    code = parse_qs(urlsplit(used).query)["code"][0]
    eve = Visitor(site)
    state = parse_qs(urlsplit(eve.leave()).query)["state"][0]
    page = eve.go(f"/sign-in/provider/back?code={code}&state={state}")
    assert "could not be verified" in problem(page, 400)
    assert not eve.is_signed_in()


@IN_SQLITE
def test_a_sign_in_that_was_begun_in_another_browser_is_refused(serve: Callable[..., Site]) -> None:
    site = serve()
    an_account(site.app, ADA)
    attacker, victim = Visitor(site), Visitor(site)
    planted = attacker.log_in(attacker.leave(), follow=False).headers["Location"]
    victim.leave()
    for address in (planted, re.sub(r"state=[^&]+", "state=x", planted), planted.split("?", maxsplit=1)[0]):
        assert "was not begun in this browser" in problem(victim.get(address, timeout=20), 400)
    assert not victim.is_signed_in()


@IN_SQLITE
def test_who_stays_away_for_too_long_begins_again(serve: Callable[..., Site]) -> None:
    site = serve()
    an_account(site.app, ADA)
    ada = Visitor(site)
    back = ada.log_in(ada.leave("/account"), follow=False).headers["Location"]
    with database.sessions(service(site.app).engine).begin() as session:
        (row,) = session.scalars(select(SignOnRow))
        begun = (datetime.now(UTC) - timedelta(minutes=16)).isoformat()
        row.document = re.sub(r'"begun_at": "[^"]+"', f'"begun_at": "{begun}"', row.document)
    page = ada.get(back, timeout=20)
    assert "You were away for too long." in problem(page, 400)
    assert ada.log_in(led_to(ada.press(page, "/sign-in/provider"))).url == f"{site.address}/account"


@IN_SQLITE
def test_what_nobody_comes_back_for_is_dropped(serve: Callable[..., Site]) -> None:
    site = serve()
    Visitor(site).leave()
    with database.sessions(service(site.app).engine).begin() as session:
        session.execute(update(SignOnRow).values(expires_at=datetime.now(UTC)))
    Visitor(site).leave()
    assert row_counts(site.app)["sign_on"] == 1


# A provider that is not as it should be


@IN_SQLITE
def test_a_provider_that_cannot_be_reached_is_told_and_tried_again(
    serve: Callable[..., Site], provider: Provider
) -> None:
    down = serve(oidc_issuer="http://127.0.0.1:9")
    ada = Visitor(down)
    assert "cannot be reached at the moment" in problem(ada.press(ada.go("/sign-in"), "/sign-in/provider"), 503)
    site = serve()
    an_account(site.app, ADA)
    ada = Visitor(site)
    address = ada.leave()
    provider.metadata = {"token_endpoint": "http://127.0.0.1:9/token"}
    client = site.app.extensions["authlib.integrations.flask_client"].create_client("provider")
    client.server_metadata.pop("_loaded_at")
    assert "cannot be reached at the moment" in problem(ada.log_in(address), 503)
    state = parse_qs(urlsplit(ada.leave()).query)["state"][0]
    busy = ada.go(f"/sign-in/provider/back?error=temporarily_unavailable&state={state}")
    assert "cannot be reached at the moment" in problem(busy, 503)


@IN_SQLITE
@pytest.mark.parametrize("metadata", [{"issuer": "https://elsewhere.example"}, {"authorization_endpoint": None}])
def test_a_provider_that_says_it_is_another_or_nothing_leads_nowhere(
    serve: Callable[..., Site], provider: Provider, metadata: Claims
) -> None:
    provider.metadata = metadata
    ada = Visitor(serve())
    assert "could not be verified" in problem(ada.press(ada.go("/sign-in"), "/sign-in/provider"), 400)


@IN_SQLITE
def test_so_many_sign_ins_are_begun_from_one_address_and_no_more(serve: Callable[..., Site]) -> None:
    site = serve()
    Visitor(site).leave()
    with database.sessions(service(site.app).engine).begin() as session:
        session.execute(update(SignInAttemptRow).values(attempts=SIGN_ONS_PER_ADDRESS))
    ada = Visitor(site)
    answer = ada.press(ada.go("/sign-in"), "/sign-in/provider")
    assert "too many attempts" in problem(answer, 429) and int(answer.headers["Retry-After"]) > 0


@IN_SQLITE
def test_more_than_is_ever_typed_is_not_kept_for_anybody(serve: Callable[..., Site]) -> None:
    site = serve()
    ada = Visitor(site)
    answer = ada.press(ada.go("/sign-in"), "/sign-in/provider", carried="x" * 100_001)
    assert answer.status_code == 413 and row_counts(site.app)["sign_on"] == 0


# Roles, organisations and newcomers


@IN_SQLITE
def test_role_and_organisation_follow_the_claims_that_the_settings_name(
    serve: Callable[..., Site], provider: Provider
) -> None:
    site = serve(
        oidc_role_claim="groups",
        oidc_roles={"boss": "administrator", "hr": "hr_partner"},
        oidc_organisation_claim="company",
    )
    an_account(site.app, ADA, role="coach_manager")
    claims = provider.people["ada"].claims
    claims |= {"groups": ["hr", "all"], "company": "Corvus"}
    Visitor(site).sign_on()
    found = site.account()
    assert found and (found.role, found.organisation) == ("hr_partner", "Corvus")
    claims["groups"] = ["hr", "boss"]
    Visitor(site).sign_on()
    claims["groups"] = "hr"
    Visitor(site).sign_on()
    found = site.account()
    assert found and found.role == "administrator", "the only administrator stays one"
    claims["groups"] = ["all"]
    assert "No account that may sign in here" in problem(Visitor(site).sign_on(), 403)


@IN_SQLITE
def test_newcomers_get_an_account_only_as_the_settings_say(serve: Callable[..., Site], provider: Provider) -> None:
    assert "No account" in problem(Visitor(serve()).sign_on(), 403)
    site = serve(oidc_newcomer_organisation="Pavo", oidc_newcomer_role="hr_partner")
    ada = Visitor(site)
    assert ada.sign_on().status_code == 200
    found = site.account()
    assert found and (found.name, found.organisation, found.role) == ("Ada Bell", "Pavo", "hr_partner")
    assert found.is_linked and not found.has_password
    page = ada.go("/account").text
    assert f"You sign in through {NAME}." in page and "Change the password" not in page
    provider.people["ben"] = Person("2", claims={"email": "ben@kestrel.example", "email_verified": False})
    assert "does not confirm" in problem(Visitor(site).sign_on(login="ben"), 403)
    provider.people["ben"].claims = {"email": "no address", "email_verified": True}
    assert "No account" in problem(Visitor(site).sign_on(login="ben"), 403)


# Passwords beside it


@IN_SQLITE
def test_a_one_time_password_that_was_not_used_ends_with_the_first_sign_in_through_the_provider(
    serve: Callable[..., Site],
) -> None:
    site = serve()
    with database.sessions(service(site.app).engine).begin() as session:
        accounts.add(session, a_new_account(ADA), "hash", True, datetime.now(UTC), expires_at=datetime.now(UTC))
    assert urlsplit(Visitor(site).sign_on().url).path == "/"
    found = site.account()
    assert found and not found.has_password and not found.must_change_password


@IN_SQLITE
def test_passwords_can_be_left_to_administrators(serve: Callable[..., Site]) -> None:
    site = serve(oidc_only=True)
    an_account(site.app, ADA)
    boss = signed_in(site.app, "boss@kestrel.example", role="administrator")
    ada = Visitor(site)
    page = ada.go("/sign-in")
    assert "Administrators: sign in by password" in page.text
    refused = ada.press(page, "/sign-in", email=ADA, password=PASSWORD)
    assert refused.status_code == 422 and not ada.is_signed_in()
    assert ada.sign_on().status_code == 200
    assert "Change the password" not in ada.go("/account").text
    assert "Change the password" in boss.get("/account").text
    new = {"email": "ben@kestrel.example", "name": "Ben", "organisation": "Kestrel", "role": "hr_partner"}
    assert boss.post("/accounts", data=new).status_code == 303
    ben = site.account("ben@kestrel.example")
    assert ben and not ben.has_password
    assert boss.post(f"/accounts/{ben.id}/password").status_code == 409
    assert "Make a one-time password" not in boss.get(f"/accounts/{ben.id}").text
    assert "<code>" in boss.post("/accounts", data=new | {"email": "c@kestrel.example", "role": "administrator"}).text


# Settings and the command line


@pytest.mark.usefixtures("configured")
def test_the_command_line_makes_accounts_without_passwords_and_undoes_links(
    serve: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = serve()
    for name, value in {"ISSUER": "https://id.example", "CLIENT_ID": "x", "CLIENT_SECRET": "y", "ONLY": "true"}.items():
        monkeypatch.setenv(f"MATCHER_OIDC_{name}", value)
    made = run("accounts", "add", ADA, "--role", "hr_partner")
    assert (made.exit_code, made.stdout) == (0, "")
    assert Visitor(site).sign_on().status_code == 200
    assert run("accounts", "unlink", ADA).exit_code == 0
    found = site.account()
    assert found and not found.is_linked
    monkeypatch.setenv("MATCHER_OIDC_ROLES", "hr")
    wrong = run("accounts", "add", "b@kestrel.example", "--role", "hr_partner")
    assert wrong.exit_code == 1 and "oidc_roles" in wrong.stderr and "Traceback" not in wrong.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"oidc_issuer": "https://id.example"}, "MATCHER_OIDC_CLIENT_ID and MATCHER_OIDC_CLIENT_SECRET"),
        (
            {"oidc_issuer": "http://id.example", "oidc_client_id": "x", "oidc_client_secret": "hush"},
            "must begin with https://",
        ),
        ({"oidc_only": True}, "MATCHER_OIDC_ONLY needs MATCHER_OIDC_ISSUER"),
        ({"oidc_newcomer_role": "hr_partner"}, "go together"),
        ({"oidc_roles": {"x": "king"}}, "oidc_roles"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as refused:
        Settings.model_validate(given)
    assert "hush" not in str(refused.value)


@IN_SQLITE
def test_the_secret_is_in_no_log_line_whatever_the_level(
    serve: Callable[..., Site], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    site = serve(log_level="debug")
    an_account(site.app, ADA)
    Visitor(site).sign_on()
    assert SECRET not in caplog.text + "".join(capsys.readouterr())


@IN_SQLITE
def test_without_a_provider_nothing_is_said_of_one(start: Start) -> None:
    browser = signed_in(start())
    assert "provider" not in browser.get("/account").text
    browser.post("/sign-out")
    assert "/sign-in/provider" not in browser.get("/sign-in").text
