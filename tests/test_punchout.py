"""Shopping from a procurement portal: cXML both ways, held against the DTD, and the visit in between."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from apiflask import APIFlask
from click.testing import CliRunner
from lxml import etree
from sqlalchemy import text

from matcher.cli import main
from matcher.domain.punchout import EXECUTIVE_COACHING, Party
from matcher.service import add_buyer, open_visit, revoke_buyer
from matcher.store import database
from tests.buyer_portal import Portal, valid
from tests.clients import Browser, a_browser, a_caller, service, signed_in
from tests.factories import a_coach, a_need
from tests.pages import opened, page

Start = Callable[..., APIFlask]
HERE = "Kestrel"
FEE = {"amount": 100, "currency": "EUR", "per": "hour"}
NEED = {
    "summary": "New to the role.",
    "budget.per_session": "300",
    "budget.currency": "EUR",
    "sessions.count": "6",
    "sessions.minutes": "60",
    "start_by": "2027-03-01",
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def app(start: Start) -> APIFlask:
    found = start()
    a_caller(found, "directory").put(
        a_coach(fees=FEE, vat_rate=21), a_coach(id="c2", name="Ben & <Orr>", fees=FEE | {"amount": 130})
    )
    return found


@pytest.fixture
def portal(app: APIFlask) -> Portal:
    return Portal(a_buyer(app))


def a_buyer(app: APIFlask, name: str = "Acme", identity: str = "123456789", organisation: str = HERE) -> str:
    """The secret of a new buyer."""
    party, now = Party("DUNS", identity), datetime.now(UTC)
    origins = ["https://portal.example"]
    return add_buyer(service(app).engine, name, organisation, party, origins=origins, now=now)[1]


def sent(app: APIFlask, document: str | bytes) -> etree._Element:
    """The valid answer to a document."""
    answer = app.test_client().post("/punchout/cxml", data=document, content_type="text/xml; charset=UTF-8")
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    return valid(answer.data)


def status(app: APIFlask, document: str | bytes) -> tuple[str, str]:
    found = sent(app, document).find("Response/Status")
    return found.get("code"), found.text or ""


def start_page(app: APIFlask, document: str) -> str:
    valid(document)
    root = sent(app, document)
    assert root.find("Response/Status").get("code") == "200"
    return root.findtext("Response/PunchOutSetupResponse/StartPage/URL").removeprefix("http://localhost")


def visiting(app: APIFlask, portal: Portal, *about: Any) -> tuple[Browser, str]:
    """A browser that has begun a visit, and where it began."""
    browser = a_browser(app)
    answer = browser.get(start_page(app, portal.request(*about)))
    assert answer.status_code == 303, answer.text
    where = answer.headers["Location"]
    if where == "/" or "edit" in about:
        browser.read_token(where)
    return browser, where


def shortlisted(browser: Browser, **changes: str) -> str:
    """The address of a list that a visitor has had drawn up."""
    answer = browser.post("/", data=NEED | changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def basket(browser: Browser, address: str, coach: str = "c1") -> tuple[etree._Element, str]:
    """The valid message that goes back to the portal, and the page that sends it."""
    answer = browser.post("/punchout/basket", data={"shortlist": address.rpartition("/")[2], "coach": coach})
    assert answer.status_code == 200, answer.text
    return message_in(answer.text), answer.text


def message_in(html: str) -> etree._Element:
    (written,) = re.findall(r'name="cxml-urlencoded" value="([^"]*)"', html)
    return valid(unescape(written))


# The way there and back


def test_a_coach_goes_into_the_basket_as_a_line_that_adds_up(app: APIFlask, portal: Portal) -> None:
    browser, where = visiting(app, portal)
    assert where == "/"
    address = shortlisted(browser)
    shown = opened(browser, address)
    assert "Shopping for Acme" in shown.text and "Take into the basket" in shown.text
    message, html = basket(browser, address)
    item = message.find("Message/PunchOutOrderMessage/ItemIn")
    found = {element.tag: element.text for element in item.iter()}
    assert item.get("quantity") == "6"
    assert (found["SupplierPartID"], found["SupplierPartAuxiliaryID"]) == ("c1", address.rpartition("/")[2])
    assert (found["UnitOfMeasure"], found["Classification"]) == ("HUR", EXECUTIVE_COACHING)
    assert found["Description"] in ("Coaching by Ada Bell, 6 sessions of 60 minutes", "VAT")
    assert item.findtext("ItemDetail/UnitPrice/Money") == "100.00"
    assert item.findtext("Tax/TaxDetail/TaxAmount/Money") == "126.00"
    assert item.find("Tax/TaxDetail").get("percentageRate") == "21"
    head = message.find("Message/PunchOutOrderMessage/PunchOutOrderMessageHeader")
    assert (head.get("operationAllowed"), head.findtext("Total/Money")) == ("edit", "600.00")
    assert head.find("Total/Money").get("currency") == "EUR"
    assert message.findtext("Message/PunchOutOrderMessage/BuyerCookie") == portal.cookie
    assert message.findtext("Header/From/Credential/Identity") == "987654321"
    assert message.findtext("Header/To/Credential/Identity") == "123456789"
    assert message.find("Message").get("deploymentMode") == "test"
    assert 'action="https://portal.example/baskets?session=7"' in html
    assert portal.secret not in html


def test_only_the_page_that_goes_back_may_post_to_the_portal_and_to_that_one_alone(
    app: APIFlask, portal: Portal
) -> None:
    browser, _ = visiting(app, portal)
    address = shortlisted(browser)
    for answer, forms in (
        (browser.get(address), "form-action 'self';"),
        (browser.post("/punchout/cancel"), "form-action 'self' https://portal.example;"),
    ):
        assert forms in answer.headers["Content-Security-Policy"]
    assert '<button type="submit">Go back to Acme</button>' in answer.text


def test_a_price_that_is_no_whole_number_of_cents_still_multiplies_to_the_total(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    message, _ = basket(browser, shortlisted(browser, **{"sessions.minutes": "50"}))
    order = message.find("Message/PunchOutOrderMessage")
    assert order.findtext("ItemIn/ItemDetail/UnitPrice/Money") == "83.333333"
    assert order.findtext("ItemIn/ItemDetail/UnitOfMeasure") == "EA"
    assert order.findtext("PunchOutOrderMessageHeader/Total/Money") == "500.00"


def test_a_coach_whose_tax_is_not_known_has_none_in_the_basket(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    message, _ = basket(browser, shortlisted(browser), "c2")
    assert message.find(".//Tax") is None
    assert message.findtext(".//ItemDetail/Description") == "Coaching by Ben & <Orr>, 6 sessions of 60 minutes"


def test_without_a_number_of_sessions_nothing_can_be_ordered(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    address = shortlisted(browser, **{"sessions.count": ""})
    assert "To order, change the need and say how many sessions." in opened(browser, address).text
    sent_anyway = {"shortlist": address.rpartition("/")[2], "coach": "c1"}
    assert browser.post("/punchout/basket", data=sent_anyway).status_code == 422
    assert browser.post("/punchout/basket", data=sent_anyway | {"coach": "nobody"}).status_code == 422


def test_cancelling_takes_an_empty_basket_back(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    message = message_in(browser.post("/punchout/cancel").text)
    assert message.find(".//ItemIn") is None
    assert message.findtext(".//Total/Money") == "0.00"
    assert message.findtext(".//BuyerCookie") == portal.cookie


def test_editing_opens_the_list_again_and_inspecting_shows_it_alone(app: APIFlask, portal: Portal) -> None:
    address = shortlisted(visiting(app, portal)[0])
    line = ("c1", address.rpartition("/")[2])
    browser, where = visiting(app, portal, "edit", line)
    assert where == address and "Take into the basket" in opened(browser, address).text
    browser.read_token(address)
    assert basket(browser, address, "c2")[0].findtext(".//SupplierPartID") == "c2"
    looking = a_browser(app)
    assert looking.get(start_page(app, portal.request("inspect", line))).headers["Location"] == address
    shown = opened(looking, address).text
    assert "Looking for Acme" in shown
    assert not any(words in shown for words in ("Take into the basket", "Change the need", "Cancel"))
    assert looking.get("/").status_code == 403
    for path in ("/", "/punchout/basket", "/punchout/cancel"):
        assert looking.post(path, data=NEED).status_code == 403


def test_a_buyers_cookie_of_any_kind_comes_back_as_it_was(app: APIFlask, portal: Portal) -> None:
    own = "<BuyerCookie><Description xml:lang='nl'>Vijf &amp; <ShortName>zes</ShortName></Description></BuyerCookie>"
    document = re.sub("<BuyerCookie>.*</BuyerCookie>", own, portal.request())
    browser = a_browser(app)
    browser.get(start_page(app, document))
    browser.read_token("/")
    cookie = message_in(browser.post("/punchout/cancel").text).find(".//BuyerCookie")
    assert cookie.find("Description").get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"
    assert "".join(cookie.itertext()) == "Vijf & zes"


# Who may visit, and for how long


def test_the_start_page_opens_once_and_not_for_what_only_looks_at_it(app: APIFlask, portal: Portal) -> None:
    address = start_page(app, portal.request())
    assert app.test_client().head(address).status_code == 200
    assert a_browser(app).get(address).status_code == 303
    again = a_browser(app).get(address)
    assert again.status_code == 410 and "procurement portal" in again.text
    assert again.headers["Referrer-Policy"] == "no-referrer"
    assert a_browser(app).get("/punchout/start/x").status_code == 410


def test_the_start_page_is_open_for_minutes_and_the_visit_for_its_time(app: APIFlask, portal: Portal) -> None:
    token = start_page(app, portal.request()).rpartition("/")[2]
    with pytest.raises(Exception, match="Begin again from your procurement portal"):
        open_visit(service(app).engine, token, service(app).settings, datetime.now(UTC) + timedelta(minutes=11))
    begun = datetime.now(UTC) - timedelta(minutes=119)
    visit, _ = open_visit(service(app).engine, token, service(app).settings, begun)
    assert visit.expires_at == begun + timedelta(minutes=120)


def test_a_visit_ends_when_its_buyer_is_revoked(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    waiting = start_page(app, portal.request())
    revoke_buyer(service(app).engine, "Acme", datetime.now(UTC))
    answer = browser.get("/")
    assert answer.status_code == 410 and "Your visit is over" in answer.text
    assert a_browser(app).get(waiting).status_code == 410
    assert status(app, portal.request())[0] == "401"


def test_a_guest_may_open_nothing_but_what_it_takes_to_order(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    address = shortlisted(browser)
    for path in ("/coaches", "/coaches/c1", "/accounts", "/account", "/imports", "/new-coach"):
        assert browser.get(path).status_code == 403, path
    for path in ("/delete", "/links", "/coaches.csv", "/why-not"):
        assert browser.get(address + path).status_code == 403, path
    for path in ("/delete", "/links", "/outcomes"):
        assert browser.post(address + path).status_code == 403, path
    assert browser.get(f"{address}/compare?coach=c1&coach=c2").status_code == 200
    links = [link for link in opened(browser, address).links if link.startswith("/")]
    assert all(browser.get(link).status_code == 200 for link in links), links


def test_a_guest_s_list_is_the_organisation_s_and_nobody_else_s(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    address = shortlisted(browser)
    assert signed_in(app, organisation=HERE).get(address).status_code == 200
    other = Portal(a_buyer(app, "Corvus", "5", "Corvus"), identity="5")
    rival, _ = visiting(app, other)
    assert rival.get(address).status_code == 404
    stolen = {"shortlist": address.rpartition("/")[2], "coach": "c1"}
    assert rival.post("/punchout/basket", data=stolen).status_code == 404
    answers = [status(app, other.request("inspect", ("c1", line))) for line in (stolen["shortlist"], "nothing")]
    # As of one that nobody has.
    assert answers[0] == answers[1] and answers[0][0] == "400" and stolen["shortlist"] not in answers[0][1]


def test_guests_are_no_accounts_that_somebody_keeps(app: APIFlask, portal: Portal) -> None:
    visiting(app, portal)
    boss = signed_in(app, role="administrator", organisation=HERE)
    assert "visit.invalid" not in boss.get("/accounts").text


def test_a_form_without_its_token_takes_nothing_back(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    browser.token = "x"
    for path in ("/punchout/basket", "/punchout/cancel"):
        assert browser.post(path).status_code == 400


# Requests that are refused


@pytest.mark.parametrize(
    "changes",
    [{"secret": "wrong"}, {"secret": ""}, {"identity": "1"}, {"domain": "NetworkID"}, {"identity": "' OR 1=1 --"}],
)
def test_a_wrong_secret_and_an_unknown_buyer_are_told_alike(
    app: APIFlask, portal: Portal, changes: dict[str, str]
) -> None:
    assert status(app, portal.request(**changes)) == ("401", "No buyer has this credential and this shared secret.")


def from_address(app: APIFlask, portal: Portal, address: str, **changes: str) -> str:
    """The status of a request for a visit that comes from there."""
    sent_on = {"REMOTE_ADDR": address}
    answer = app.test_client().post(
        "/punchout/cxml", data=portal.request(**changes), content_type="text/xml", environ_overrides=sent_on
    )
    assert answer.status_code == 200
    return str(valid(answer.data).find("Response/Status").get("code"))


def test_whoever_tries_many_secrets_is_refused_for_a_while_and_the_portal_itself_is_not(
    app: APIFlask, portal: Portal
) -> None:
    guesses = [from_address(app, portal, "192.0.2.1", secret=f"guess {number}") for number in range(22)]
    assert guesses == ["401"] * 20 + ["560"] * 2
    assert from_address(app, portal, "192.0.2.1") == "560"
    assert from_address(app, portal, "192.0.2.2") == "200"
    code, told = status(app, portal.request())
    assert code == "200", told


def test_whoever_tries_many_names_is_refused_for_a_while(app: APIFlask, portal: Portal) -> None:
    guesses = [from_address(app, portal, f"2001:db8::{number}", identity=f"{number}") for number in range(101)]
    assert guesses == ["401"] * 100 + ["560"]
    assert from_address(app, portal, "2001:db8::ffff") == "560"
    assert from_address(app, portal, "2001:db8:1::1") == "200"


def test_a_portal_may_send_as_many_as_it_likes(app: APIFlask, portal: Portal) -> None:
    wrong = 0
    for _ in range(3):
        assert [from_address(app, portal, "192.0.2.1") for _ in range(40)] == ["200"] * 40
        wrong += from_address(app, portal, "192.0.2.1", secret="wrong") == "401"
    assert wrong == 3


@pytest.mark.parametrize(
    ("operation", "changes", "place"),
    [
        ("create", {"return_to": ""}, "BrowserFormPost/URL"),
        ("create", {"return_to": "https://elsewhere.example/"}, "BrowserFormPost/URL"),
        ("create", {"return_to": "https://portal.example.evil.example/"}, "BrowserFormPost/URL"),
        ("create", {"return_to": "https://portal.example@evil.example/"}, "BrowserFormPost/URL"),
        ("create", {"return_to": "http://portal.example/"}, "BrowserFormPost/URL"),
        ("create", {"return_to": "javascript:alert(1)"}, "BrowserFormPost/URL"),
        ("create", {"cookie": "x" * 30_000}, "BuyerCookie"),
        ("create", {"identity": "x" * 3_000}, "Header/From"),
        ("create", {"domain": " "}, "Header/From/Credential"),
        ("edit", {}, "SupplierPartAuxiliaryID"),
        ("inspect", {}, "SupplierPartAuxiliaryID"),
        ("", {}, "@operation"),
        ("sourced", {}, "@operation"),
    ],
)
def test_a_request_that_says_something_wrong_is_refused_and_told_what(
    app: APIFlask, portal: Portal, operation: str, changes: dict[str, str], place: str
) -> None:
    code, said = status(app, portal.request(operation, **changes))
    assert code == "400" and place in said
    assert not any(text in said for text in changes.values() if text.strip())


def asking(portal: Portal, element: str) -> str:
    """A portal's document that holds something else than a PunchOutSetupRequest."""
    return re.sub("<PunchOutSetupRequest.*</PunchOutSetupRequest>", element, portal.request(), flags=re.DOTALL)


def as_message(request: str) -> str:
    """The same as cXML that wants no answer."""
    return request.replace("<Request ", "<Message ").replace("</Request>", "</Message>")


def test_a_portal_that_asks_what_it_may_ask_for_is_told_so_whoever_it_is(app: APIFlask, portal: Portal) -> None:
    portal.secret = "wrong"
    asked = asking(portal, "<ProfileRequest/>")
    valid(asked)
    profile = sent(app, asked).find("Response/ProfileResponse")
    assert datetime.fromisoformat(profile.get("effectiveDate")) <= datetime.now(UTC)
    offered = {one.get("requestName"): one.findtext("URL") for one in profile.iterfind("Transaction")}
    assert offered == {"PunchOutSetupRequest": "http://localhost/punchout/cxml"}


def test_a_portal_that_asks_whether_anybody_is_there_is_told_no_while_nothing_can_be_answered(
    app: APIFlask, portal: Portal
) -> None:
    with database.sessions(service(app).engine).begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert status(app, asking(portal, "<ProfileRequest/>"))[0] == "560"


@pytest.mark.parametrize(
    "element",
    [
        "<OrderRequest><OrderRequestHeader/></OrderRequest>",
        "<GetPendingRequest/>",
        "<Status code='200' text='OK'/><StatusUpdateRequest/>",
        "<Zebedee/>",
    ],
)
def test_a_request_of_another_kind_is_told_to_be_none_that_is_answered(
    app: APIFlask, portal: Portal, element: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = asking(portal, element)
    for document in (asked, as_message(asked), as_message(asking(portal, "<ProfileRequest/>"))):
        code, said = status(app, document)
        assert code == "450" and "ProfileRequest" in said and "Zebedee" not in said
    assert status(app, portal.request("source"))[0] == "450"
    written = capsys.readouterr().out
    assert "request answered" in written and "request failed" not in written


BOMB = "<!DOCTYPE cXML [{}]><cXML>&b;</cXML>"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        b"<cXML>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="klingon"?><cXML/>',
        BOMB.format('<!ENTITY a "x"><!ENTITY b "&a;&a;">').encode(),
        BOMB.format('<!ENTITY b SYSTEM "file:///etc/passwd">').encode(),
        BOMB.format('<!ENTITY % b SYSTEM "http://127.0.0.1:9/x.dtd"> %b;').encode(),
        b'<!DOCTYPE cXML [<!ATTLIST Identity x CDATA "yyyy">]><cXML/>',
        b"<cXML>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</cXML>",
    ],
)
def test_what_cannot_be_read_or_defines_anything_is_refused_unread(app: APIFlask, document: bytes) -> None:
    assert status(app, document)[0] == "406"


def test_a_document_without_a_request_and_one_that_is_too_large_are_refused(app: APIFlask) -> None:
    assert status(app, b"<cXML/>")[0] == "400"
    assert status(app, b"<cXML>" + b" " * 200_000 + b"</cXML>") == ("400", "/cXML must have at most 200 kB")


def test_buyers_are_made_listed_and_revoked_on_the_command_line(configured: None) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["buyers", *words])

    new = ("add", "Acme", "--organisation", HERE, "--credential", "DUNS", "123", "--origin", "https://a.example")
    made = run(*new)
    assert made.exit_code == 0 and len(made.stdout.strip()) == 43
    assert run(*new).exit_code == 1
    assert run(*new[:-1], "ftp://a.example").exit_code == 1
    assert run(*new, "--unspsc", "12").exit_code == 1
    assert run("list").stdout == f"Acme\t{HERE}\tDUNS 123\thttps://a.example\t86132001\tin use\n"
    assert run("revoke", "Acme").exit_code == 0
    assert "revoked" in run("list").stdout
    assert run("revoke", "Acme").exit_code == 1
    assert run(*new).exit_code == 0


def test_a_need_of_a_guest_is_kept_for_the_organisation(app: APIFlask, portal: Portal) -> None:
    browser, _ = visiting(app, portal)
    assert page(browser.post("/", data={"summary": ""}), 422).messages
    assert a_need().summary not in browser.get("/").text
