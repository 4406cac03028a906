"""A procurement portal as buyers have them: it asks for a visit, and takes the basket that a browser brings back."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs
from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

DTD = etree.DTD(str(Path(__file__).parents[1] / "fixtures/cxml/cXML-subset.dtd"))


def valid(document: bytes | str) -> etree._Element:
    """The document, which must be what the DTD says."""
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    root = etree.fromstring(document.encode() if isinstance(document, str) else document, parser)
    assert DTD.validate(root), DTD.error_log
    return root


@dataclass
class Portal:
    """One buyer's portal; `secret` is what it shares with the service, `return_to` where baskets are posted."""

    secret: str
    return_to: str = "https://portal.example/baskets?session=7"
    domain: str = "DUNS"
    identity: str = "123456789"
    cookie: str = "cart 4711 & <more>"

    def request(self, operation: str = "create", item: tuple[str, str] | None = None, **changes: str) -> str:
        """A PunchOutSetupRequest; `item` is the coach and shortlist of the line that it is about."""
        sent = vars(self) | changes
        post = f"<BrowserFormPost><URL>{escape(sent['return_to'])}</URL></BrowserFormPost>" if sent["return_to"] else ""
        line = (
            f'<ItemOut quantity="6"><ItemID><SupplierPartID>{escape(item[0])}</SupplierPartID>'
            f"<SupplierPartAuxiliaryID>{escape(item[1])}</SupplierPartAuxiliaryID></ItemID></ItemOut>"
            if item
            else ""
        )
        cookie = f"<BuyerCookie>{escape(sent['cookie'])}</BuyerCookie>"
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd">
<cXML payloadID={quoteattr(str(uuid4()))} timestamp="{datetime.now(UTC):%Y-%m-%dT%H:%M:%S+00:00}" xml:lang="en-US">
  <Header>
    <From>
      <Credential domain={quoteattr(sent["domain"])}><Identity>{escape(sent["identity"])}</Identity></Credential>
    </From>
    <To><Credential domain="DUNS"><Identity>987654321</Identity></Credential></To>
    <Sender>
      <Credential domain="NetworkID">
        <Identity>AN01</Identity><SharedSecret>{escape(sent["secret"])}</SharedSecret>
      </Credential>
      <UserAgent>Portal 1.0</UserAgent>
    </Sender>
  </Header>
  <Request deploymentMode="test">
    <PunchOutSetupRequest operation={quoteattr(operation)}>
      {cookie}<Extrinsic name="UserEmail">buyer@example.com</Extrinsic>{post}{line}
    </PunchOutSetupRequest>
  </Request>
</cXML>"""


@dataclass
class ReturnPage:
    """The portal's side of the browser: a server on this machine that keeps what is posted to it."""

    received: list[str] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "ReturnPage":
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                page.received.append(parse_qs(body, strict_parsing=True)["cxml-urlencoded"][0])
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<title>Basket</title>In the basket")
                page.arrived.set()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/baskets"
