"""Who may open what: every route with every role, and nothing of another organisation for anybody."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from matcher.domain import Requester
from matcher.intake import Row
from matcher.service import put_coaches, stage_import
from matcher.store import callers, database, links
from tests.clients import PASSWORD, ApiCaller, Browser, a_browser, a_caller, an_account, service, signed_in
from tests.factories import a_coach, a_need

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HERE, ELSEWHERE = "Kestrel", "Corvus"
WHO = ("nobody", "hr_partner", "coach_manager", "administrator")
"""Signed out, and with each role: the order of the statuses below."""

Start = Callable[..., APIFlask]
Statuses = tuple[int, int, int, int]

OPEN: Statuses = (200, 200, 200, 200)
KEY: Statuses = (401, 401, 401, 401)
"""A route of the API, which no sign-in opens."""
MATCHING: Statuses = (303, 200, 403, 200)
ADMINISTRATION: Statuses = (303, 403, 403, 200)
PROFILES: Statuses = (303, 200, 200, 200)
KEEPING: Statuses = (303, 403, 200, 200)
KEPT: Statuses = (401, 403, 303, 303)

EXPECTED: dict[tuple[str, str], Statuses] = {
    ("GET", "/"): MATCHING,
    ("POST", "/"): (401, 303, 403, 303),
    ("GET", "/shortlists"): MATCHING,
    ("GET", "/shortlists/<shortlist_id>"): MATCHING,
    ("GET", "/shortlists/<shortlist_id>/why-not"): MATCHING,
    ("GET", "/shortlists/<shortlist_id>/delete"): MATCHING,
    ("POST", "/shortlists/<shortlist_id>/delete"): (401, 303, 403, 303),
    ("GET", "/deleted"): MATCHING,
    ("GET", "/shortlists/<shortlist_id>/compare"): MATCHING,
    ("GET", "/shortlists/<shortlist_id>/coaches.csv"): MATCHING,
    ("GET", "/shortlists/<shortlist_id>/links"): MATCHING,
    ("POST", "/shortlists/<shortlist_id>/links"): (401, 422, 403, 422),
    ("POST", "/shortlists/<shortlist_id>/links/<uuid:link_id>/revoke"): (401, 303, 403, 303),
    ("POST", "/shortlists/<shortlist_id>/refinements"): (401, 303, 403, 303),
    ("GET", "/shared/<token>"): OPEN,
    ("POST", "/shared/<token>/talks"): (422, 422, 422, 422),
    ("POST", "/shared/<token>/talks/withdraw"): (303, 303, 303, 303),
    ("GET", "/about-the-ranking"): (303, 200, 200, 200),
    ("POST", "/shortlists/<shortlist_id>/outcomes"): (401, 422, 403, 422),
    ("POST", "/shortlists/<shortlist_id>/outcomes/withdraw"): (401, 303, 403, 303),
    ("GET", "/sign-in"): (200, 303, 303, 303),
    ("POST", "/sign-in"): (422, 422, 422, 422),
    ("POST", "/sign-in/provider"): (404, 404, 404, 404),
    ("GET", "/sign-in/provider/back"): (404, 404, 404, 404),
    ("GET", "/sign-in/provider/leave"): (404, 404, 404, 404),
    ("POST", "/sign-out"): (401, 303, 303, 303),
    ("POST", "/language"): (303, 303, 303, 303),
    ("GET", "/account"): (303, 200, 200, 200),
    ("POST", "/account/password"): (401, 303, 303, 303),
    ("POST", "/account/sign-out-everywhere"): (401, 303, 303, 303),
    ("GET", "/accounts"): ADMINISTRATION,
    ("POST", "/accounts"): (401, 403, 403, 201),
    ("GET", "/accounts/<uuid:account_id>"): ADMINISTRATION,
    ("POST", "/accounts/<uuid:account_id>/role"): (401, 403, 403, 303),
    ("POST", "/accounts/<uuid:account_id>/disable"): (401, 403, 403, 303),
    ("POST", "/accounts/<uuid:account_id>/enable"): (401, 403, 403, 303),
    ("POST", "/accounts/<uuid:account_id>/password"): (401, 403, 403, 200),
    ("POST", "/accounts/<uuid:account_id>/unlink"): (401, 403, 403, 303),
    ("GET", "/callers"): ADMINISTRATION,
    ("POST", "/callers"): (401, 403, 403, 422),
    ("GET", "/callers/<uuid:caller_id>"): ADMINISTRATION,
    ("POST", "/callers/<uuid:caller_id>/key"): (401, 403, 403, 200),
    ("POST", "/callers/<uuid:caller_id>/revoke"): (401, 403, 403, 303),
    ("GET", "/rankers"): ADMINISTRATION,
    ("POST", "/rankers/promote"): (401, 403, 403, 404),
    ("POST", "/rankers/reset"): (401, 403, 403, 303),
    ("GET", "/audit"): ADMINISTRATION,
    ("GET", "/audit/entries.jsonl"): ADMINISTRATION,
    ("GET", "/coaches"): PROFILES,
    ("GET", "/coaches/<coach:coach_id>"): PROFILES,
    ("GET", "/coach-export/<kind>"): KEEPING,
    ("GET", "/new-coach"): KEEPING,
    ("POST", "/new-coach"): (401, 403, 422, 422),
    ("GET", "/edit-coach/<coach:coach_id>"): KEEPING,
    ("POST", "/edit-coach/<coach:coach_id>"): (401, 403, 422, 422),
    ("POST", "/confirm-coach/<coach:coach_id>"): KEPT,
    ("GET", "/delete-coach/<coach:coach_id>"): KEEPING,
    ("POST", "/delete-coach/<coach:coach_id>"): (401, 403, 200, 200),
    ("POST", "/restore-coach/<coach:coach_id>"): (401, 403, 400, 400),
    ("GET", "/imports"): KEEPING,
    ("POST", "/imports"): (401, 403, 422, 422),
    ("GET", "/imports/<uuid:import_id>"): KEEPING,
    ("GET", "/imports/<uuid:import_id>/progress"): KEEPING,
    ("GET", "/imports/<uuid:import_id>/problems.csv"): KEEPING,
    ("POST", "/imports/<uuid:import_id>/confirm"): KEPT,
    ("POST", "/imports/<uuid:import_id>/cancel"): KEPT,
    ("POST", "/punchout/cxml"): OPEN,
    ("GET", "/punchout/start/<token>"): (410, 410, 410, 410),
    ("POST", "/punchout/basket"): (401, 403, 403, 403),
    ("POST", "/punchout/cancel"): (401, 403, 403, 403),
    ("GET", "/assets/<path:filename>"): OPEN,
    ("GET", "/problems/<name>"): OPEN,
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("POST", "/oauth/token"): (400, 400, 400, 400),
    ("GET", "/oauth/keys"): OPEN,
    ("GET", "/.well-known/oauth-authorization-server"): OPEN,
    ("GET", "/api/v1/openapi.json"): OPEN,
    ("GET", "/api/v1/docs"): OPEN,
    ("POST", "/api/v1/shortlists"): KEY,
    ("GET", "/api/v1/shortlists/<shortlist_id>"): KEY,
    ("POST", "/api/v1/shortlists/<shortlist_id>/refinements"): KEY,
    ("GET", "/api/v1/shortlists/<shortlist_id>/coaches/<coach:coach_id>"): KEY,
    ("GET", "/api/v1/shortlists/<shortlist_id>/outcomes"): KEY,
    ("PUT", "/api/v1/shortlists/<shortlist_id>/coaches/<coach:coach_id>/outcomes/<event>"): KEY,
    ("DELETE", "/api/v1/shortlists/<shortlist_id>/coaches/<coach:coach_id>/outcomes/<event>"): KEY,
    ("GET", "/api/v1/coaches"): KEY,
    ("POST", "/api/v1/coaches:batch"): KEY,
    ("GET", "/api/v1/changes"): KEY,
    ("POST", "/api/v1/shortlist-batches"): KEY,
    ("GET", "/api/v1/shortlist-batches"): KEY,
    ("GET", "/api/v1/shortlist-batches/<batch_id>"): KEY,
    ("GET", "/api/v1/shortlist-batches/<batch_id>/results"): KEY,
    ("POST", "/api/v1/shortlist-batches/<batch_id>/cancel"): KEY,
    ("DELETE", "/api/v1/shortlist-batches/<batch_id>"): KEY,
    ("POST", "/api/v1/webhooks"): KEY,
    ("GET", "/api/v1/webhooks"): KEY,
    ("DELETE", "/api/v1/webhooks/<webhook_id>"): KEY,
    ("POST", "/api/v1/webhooks/<webhook_id>/secret"): KEY,
    ("GET", "/api/v1/webhooks/<webhook_id>/deliveries"): KEY,
    ("POST", "/api/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/replay"): KEY,
    ("GET", "/api/v1/coaches/<coach:coach_id>"): KEY,
    ("PUT", "/api/v1/coaches/<coach:coach_id>"): KEY,
    ("DELETE", "/api/v1/coaches/<coach:coach_id>"): KEY,
}

SENT: dict[tuple[str, str], dict[str, str]] = {
    ("POST", "/"): {"summary": "Still does all the work alone."},
    ("POST", "/sign-in"): {"email": "nobody@kestrel.example", "password": "wrong"},
    ("POST", "/account/password"): {"current": PASSWORD, "new": f"{PASSWORD} again", "repeated": f"{PASSWORD} again"},
    ("POST", "/accounts/<uuid:account_id>/role"): {"role": "administrator"},
    ("POST", "/edit-coach/<coach:coach_id>"): {"version": "1"},
}
ENDS_THE_SIGN_IN = ("/sign-out", "/account/password", "/account/sign-out-everywhere")


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every route with each of its methods."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def a_shortlist(app: APIFlask, organisation: str = HERE) -> str:
    """The id of a shortlist that an organisation asked for."""
    return service(app).desk.draw_up(a_need(), 3, Requester(organisation), datetime.now(UTC)).id


def an_upload(app: APIFlask, email: str) -> str:
    """The id of a file of one profile that waits to be imported."""
    return stage_import(service(app).engine, "a.csv", [Row(1, a_coach())], an_account(app, email), datetime.now(UTC))


def a_caller_id(app: APIFlask, name: str) -> str:
    """The id of a new caller of the API."""
    with database.sessions(service(app).engine).begin() as session:
        return callers.add(session, name, HERE, datetime.now(UTC))[0].id


def a_link(app: APIFlask, shortlist_id: str) -> dict[str, str]:
    """The id and the token of a link to a shortlist."""
    now = datetime.now(UTC)
    with database.sessions(service(app).engine).begin() as session:
        token = links.add(session, shortlist_id, [], Requester(HERE), now=now, expires_at=now + timedelta(days=1))
        return {"token": token, "link_id": links.of_shortlist(session, shortlist_id)[0].id}


def address(rule: Rule, **known: str) -> str:
    """The address of a route with those values, or any that would do."""
    values = {
        "filename": "matcher.css",
        "name": "not-found",
        "event": "chosen",
        "coach_id": "c1",
        "kind": "csv",
        "batch_id": "b1",
        "webhook_id": "w1",
        "delivery_id": "d1",
    } | known
    path = rule.rule
    for argument in rule.arguments:
        converter = next(part for part in path.split("<") if part.split(">")[0].endswith(argument)).split(">")[0]
        path = path.replace(f"<{converter}>", values[argument])
    return path


class Walker:
    """Opens routes as somebody of each role."""

    def __init__(self, app: APIFlask) -> None:
        self.app = app
        self.made = 0
        self.browsers = {who: self.a_browser_of(who) for who in WHO}

    def a_browser_of(self, who: str) -> Browser:
        if who == "nobody":
            browser = a_browser(self.app)
            browser.read_token("/sign-in")
            return browser
        return signed_in(self.app, self.an_email(), organisation=HERE, role=who)

    def an_email(self) -> str:
        self.made += 1
        return f"a{self.made}@kestrel.example"

    def opens(self, who: str, method: str, rule: Rule, token: str | None = None) -> TestResponse:
        """The answer to a request to a route, for things of the own organisation that were made for it.

        With a token that is not its own, a form ends no sign-in.
        """
        known = {}
        if "shortlist_id" in rule.arguments:
            known["shortlist_id"] = a_shortlist(self.app)
        if "account_id" in rule.arguments:
            known["account_id"] = an_account(self.app, self.an_email()).id
        if "caller_id" in rule.arguments:
            known["caller_id"] = a_caller_id(self.app, self.an_email())
        if "import_id" in rule.arguments:
            known["import_id"] = an_upload(self.app, self.an_email())
        if "coach_id" in rule.arguments:
            put_coaches(service(self.app).engine, service(self.app).encoder, [a_coach()], datetime.now(UTC))
        if rule.arguments & {"link_id", "token"}:
            known |= a_link(self.app, known.get("shortlist_id") or a_shortlist(self.app))
        sent: dict[str, Any] | None = SENT.get((method, rule.rule))
        if (method, rule.rule) == ("POST", "/accounts"):
            sent = {"email": self.an_email(), "name": "A", "organisation": HERE, "role": "hr_partner"}
        ends = rule.rule in ENDS_THE_SIGN_IN and token is None
        browser = self.a_browser_of(who) if ends else self.browsers[who]
        headers = {"X-CSRFToken": browser.token if token is None else token}
        return browser.open(address(rule, **known), method=method, data=sent, headers=headers)


def test_every_route_answers_each_role_as_expected(start: Start, subtests: pytest.Subtests) -> None:
    walker = Walker(start())
    walked = set()
    for method, rule in routes(walker.app):
        walked.add((method, rule.rule))
        for who, status in zip(WHO, EXPECTED.get((method, rule.rule), ("no entry",) * 4), strict=True):
            with subtests.test(method=method, rule=rule.rule, who=who), walker.opens(who, method, rule) as answer:
                assert answer.status_code == status
                if who == "nobody" and status == 303 and "token" not in rule.arguments:
                    assert answer.headers["Location"].startswith("/sign-in")
    assert walked == EXPECTED.keys()


def test_every_form_without_a_token_or_with_another_ones_is_refused(start: Start, subtests: pytest.Subtests) -> None:
    walker = Walker(start())
    other = walker.a_browser_of("administrator")
    for method, rule in routes(walker.app):
        # No cookie opens the API. Portals have no form, and their guests are told of in their own tests.
        if method == "GET" or rule.rule.startswith(("/api/", "/oauth/", "/punchout/")):
            continue
        for token in ("", "x", other.token):
            with subtests.test(rule=rule.rule, token=token[:1]):
                answer = walker.opens("administrator", method, rule, token)
                assert answer.status_code == 400
                assert "This form is out of date" in answer.text or "One thing needs another look" in answer.text


def test_another_organisation_s_shortlist_is_found_under_no_address(start: Start, subtests: pytest.Subtests) -> None:
    app = start()
    a_caller(app, "directory").put(a_coach())
    owned = a_shortlist(app)
    link_id = a_link(app, owned)["link_id"]
    people = [
        signed_in(app, f"{role}@corvus.example", organisation=ELSEWHERE, role=role)
        for role in ("hr_partner", "administrator")
    ]
    programs = [a_caller(app, "rival", ELSEWHERE), a_caller(app, "freelancer")]
    found = [(method, rule) for method, rule in routes(app) if "shortlist_id" in rule.arguments]
    assert len(found) == 18
    for method, rule in found:
        path = address(rule, shortlist_id=owned, link_id=link_id)
        for asks in programs if path.startswith("/api/") else people:
            with subtests.test(method=method, rule=rule.rule):
                assert told(asks, method, path).status_code == 404
    for browser in people:
        answer = browser.get(f"/?from={owned}")
        assert answer.status_code == 404
        assert "alone" not in answer.text


def told(asks: ApiCaller | Browser, method: str, path: str) -> TestResponse:
    if isinstance(asks, ApiCaller):
        return asks.send(method, path, {})
    return asks.post(path) if method == "POST" else asks.get(path)


def test_what_one_s_own_organisation_asked_for_through_the_api_is_on_the_pages_and_the_other_way_round(
    start: Start,
) -> None:
    app = start()
    caller, ada = a_caller(app, "portal", HERE), signed_in(app, organisation=HERE)
    of_the_api = caller.shortlist(a_need())["id"]
    assert ada.get(f"/shortlists/{of_the_api}").status_code == 200
    of_the_form = ada.post("/", data={"summary": "Works alone."}).headers["Location"]
    assert caller.send("GET", of_the_form).status_code == 200
    assert ada.post(f"/shortlists/{of_the_api}/delete").status_code == 303
    assert caller.send("GET", f"/shortlists/{of_the_api}").status_code == 404


def test_the_pages_that_each_role_may_open_stand_in_its_header(start: Start) -> None:
    app = start()
    shown = {
        "hr_partner": {"Find a coach", "Coaches"},
        "coach_manager": {"Coaches"},
        "administrator": {"Find a coach", "Coaches", ">Admin<"},
    }
    for role, expected in shown.items():
        html = signed_in(app, f"{role}@kestrel.example", role=role, name="Ada <Bell>").get("/account").text
        header = html[html.index("<header") : html.index("</header>")]
        assert {words for words in ("Find a coach", "Coaches", ">Admin<") if words in header} == expected
        assert "Ada &lt;Bell&gt;" in header and "Sign out" in header
    assert "Sign out" not in a_browser(app).get("/sign-in").text


def test_a_role_that_is_changed_counts_from_the_next_request_on(start: Start) -> None:
    app = start()
    boss = signed_in(app, role="administrator")
    other = an_account(app, "ben@kestrel.example", role="hr_partner")
    ben = a_browser(app)
    ben.sign_in(other.email)
    assert ben.get("/accounts").status_code == 403
    assert boss.post(f"/accounts/{other.id}/role", data={"role": "administrator"}).status_code == 303
    assert ben.get("/accounts").status_code == 200


def test_a_page_that_is_not_for_a_role_says_so_and_leads_home(start: Start) -> None:
    keeper = signed_in(start(), role="coach_manager")
    answer = keeper.get("/")
    assert "Your account is not for this" in answer.text
    assert '<a class="button" href="/coaches">To the coaches</a>' in answer.text


def test_every_page_says_what_a_browser_may_do_with_it(start: Start, subtests: pytest.Subtests) -> None:
    walker = Walker(start())
    for method, rule in routes(walker.app):
        for who in ("nobody", "administrator"):
            with subtests.test(method=method, rule=rule.rule, who=who), walker.opens(who, method, rule) as answer:
                headers = answer.headers
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert headers["Referrer-Policy"] == ("no-referrer" if "token" in rule.arguments else "same-origin")
                assert "camera=()" in headers["Permissions-Policy"]
                assert "Strict-Transport-Security" not in headers
                if answer.mimetype == "text/html":
                    policy = headers["Content-Security-Policy"]
                    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
                    assert "unsafe" not in policy and "http" not in policy
    secure = a_browser(walker.app).get("/sign-in", base_url="https://coaches.example")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
