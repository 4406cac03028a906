"""Reads the requests of portals; no part of it is fetched, expanded or believed before it is checked."""

from collections.abc import Iterator
from typing import get_args
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from matcher.domain.punchout import Operation, Party, ProfileRequest, SetupRequest
from matcher.errors import InvalidInput, MalformedDocument, Problem, UnknownRequest

LONGEST = 2_000
"""Characters of any one value that is kept, but for the buyer's cookie."""

LONGEST_COOKIE = 20_000
_DEEPEST = 40
_REQUEST = "Request/PunchOutSetupRequest"
_SOURCE = "source"
"""An operation that cXML has, for negotiating prices, and that is not known here."""

_NO_REQUEST = Problem(f"/cXML/{_REQUEST}", "is required")
_KNOWN = "This address answers PunchOutSetupRequest (create, edit, inspect) and ProfileRequest alone."


class _Parser(DefusedXMLParser):  # type: ignore[misc]
    """Takes the DOCTYPE line that cXML documents have, and nothing that defines entities or defaults in one."""

    def defused_start_doctype_decl(self, name: str, sysid: str, pubid: str, has_internal_subset: int) -> None:
        """Raises DTDForbidden for a DTD within the document."""
        if has_internal_subset:
            super().defused_start_doctype_decl(name, sysid, pubid, has_internal_subset)


def request_from(content: bytes) -> SetupRequest | ProfileRequest:
    """The request in a document.

    Raises MalformedDocument for what is no well-formed XML, or brings a DTD or entities of its own; UnknownRequest for
    cXML that asks for something else; and InvalidInput with every problem, which names an element and never repeats its
    content.
    """
    root = _parsed(content)
    if root.tag != "cXML":
        raise InvalidInput([_NO_REQUEST])
    if (asked := root.find(_REQUEST)) is not None:
        return _setup_request(root, asked)
    if root.find("Request/ProfileRequest") is not None:
        return ProfileRequest()
    if any(one.tag != "Status" for path in ("Request/*", "Message/*") for one in root.iterfind(path)):
        raise UnknownRequest(_KNOWN)
    raise InvalidInput([_NO_REQUEST])


def _setup_request(root: Element, asked: Element) -> SetupRequest:
    problems: list[Problem] = []
    operation = asked.get("operation", "")
    if operation == _SOURCE:
        raise UnknownRequest(_KNOWN)
    if operation not in get_args(Operation):
        problems.append(Problem(f"/cXML/{_REQUEST}/@operation", "must be create, edit or inspect"))
    buyers, suppliers = (list(_parties(root, f"Header/{side}")) for side in ("From", "To"))
    for side, found in (("From", buyers), ("To", suppliers)):
        if not found:
            problems.append(Problem(f"/cXML/Header/{side}/Credential", "needs a domain and an Identity"))
    cookie = _cookie(asked, problems)
    return_to = _text(asked, "BrowserFormPost/URL")
    if operation in ("create", "edit") and not return_to:
        problems.append(Problem(f"/cXML/{_REQUEST}/BrowserFormPost/URL", "is required for this operation"))
    shortlist_id = _text(asked, "ItemOut/ItemID/SupplierPartAuxiliaryID")
    if operation in ("edit", "inspect") and not shortlist_id:
        place = f"/cXML/{_REQUEST}/ItemOut/ItemID/SupplierPartAuxiliaryID"
        problems.append(Problem(place, "is required for this operation"))
    problems += _too_long(root)
    if problems:
        raise InvalidInput(problems)
    return SetupRequest(
        buyers=tuple(buyers),
        supplier=suppliers[0],
        shared_secret=_text(root, "Header/Sender/Credential/SharedSecret") or "",
        operation=operation,  # type: ignore[arg-type]
        buyer_cookie=cookie,
        return_to=return_to,
        shortlist_id=shortlist_id,
        deployment_mode=_mode(root),
    )


def _parsed(content: bytes) -> Element:
    parser = _Parser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except DefusedXmlException:
        raise MalformedDocument("The document defines a DTD or entities of its own, which is not taken.") from None
    except (ParseError, LookupError, ValueError):
        # LookupError and ValueError: of an encoding that nobody knows, or that cannot be decoded.
        raise MalformedDocument("The document is not well-formed XML.") from None
    if _is_deep(root):
        raise MalformedDocument("The document is nested too deeply.")
    return root


def _is_deep(root: Element) -> bool:
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def _parties(root: Element, side: str) -> Iterator[Party]:
    for credential in root.iterfind(f"{side}/Credential"):
        domain, identity = credential.get("domain", "").strip(), _text(credential, "Identity")
        if domain and identity:
            yield Party(domain, identity)


def _text(element: Element, path: str) -> str | None:
    """The text at a path, without the spaces around it; None when there is none."""
    found = element.find(path)
    return ("".join(found.itertext()).strip() or None) if found is not None else None


def _cookie(asked: Element, problems: list[Problem]) -> str:
    found = asked.find("BuyerCookie")
    if found is None:
        problems.append(Problem(f"/cXML/{_REQUEST}/BuyerCookie", "is required"))
        return ""
    found.tail = None
    written: str = tostring(found, encoding="unicode")
    if len(written) > LONGEST_COOKIE:
        problems.append(Problem(f"/cXML/{_REQUEST}/BuyerCookie", f"is longer than {LONGEST_COOKIE} characters"))
    return written


def _too_long(root: Element) -> Iterator[Problem]:
    for path in ("Header/From", "Header/To", f"{_REQUEST}/BrowserFormPost", f"{_REQUEST}/ItemOut/ItemID"):
        for element in root.iterfind(path):
            if any(len(text) > LONGEST for text in element.itertext()):
                yield Problem(f"/cXML/{path}", f"holds more than {LONGEST} characters in one value")


def _mode(root: Element) -> str:
    request = root.find("Request")
    return "test" if request is not None and request.get("deploymentMode") == "test" else "production"
