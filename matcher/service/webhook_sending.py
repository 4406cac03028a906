"""Sends one signed message to a webhook, by the Standard Webhooks rules, and never into the operator's own network.

The address of a webhook is a caller's word, so it is resolved here, every address that comes of it must be public, and
the connection is made to one of those: a name that answers otherwise the next moment gains nothing. No redirect is
followed, nothing of the answer but its status is read, and all of it must be done within LONGEST seconds.
"""

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from threading import Timer
from urllib.parse import urlsplit

from matcher.domain.address import is_public

LONGEST = 15
"""Seconds that an attempt may take, from the first byte to the status."""

SECRET_PREFIX = "whsec_"  # noqa: S105 it only tells such secrets at sight


class NotSent(Exception):
    """There was no answer; the message says why, in words of our own."""


@dataclass(frozen=True)
class Message:
    """What is sent, under an id that is the same whenever it is sent again."""

    id: str
    body: str


def signature(secret: str, message: Message, timestamp: int) -> str:
    """The `webhook-signature` of a message that is sent at a moment, in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message.id}.{timestamp}.{message.body}".encode()
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def send(url: str, secrets: Sequence[str], message: Message, now: datetime, *, anywhere: bool) -> int:
    """Sends a message, signed by each secret, and answers the status that came back.

    `anywhere` allows addresses that are not public.

    Raises NotSent when nothing came back.
    """
    parts = urlsplit(url)
    timestamp = int(now.timestamp())
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "coach-matcher",
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message, timestamp) for secret in secrets),
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return _posted(_connection(url, anywhere), target, message.body.encode(), headers)
    except TimeoutError:
        raise NotSent(f"no answer within {LONGEST} seconds") from None
    except ssl.SSLCertVerificationError:
        raise NotSent("its certificate does not prove who it is") from None
    except (OSError, http.client.HTTPException):
        raise NotSent("the connection failed") from None


def _posted(connection: "_Pinned", target: str, body: bytes, headers: dict[str, str]) -> int:
    with closing(connection):
        connection.request("POST", target, body, headers)
        return connection.getresponse().status


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the addresses that were looked at before, under the name that they were found by."""

    def __init__(self, host: str, addresses: list[str], port: int, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=LONGEST)
        self._addresses = addresses
        self._context = context
        self._late = Timer(LONGEST, self._cut)

    def connect(self) -> None:
        """Connects, and has the other side prove that it has the name."""
        self.sock = self._reached()
        self._late.start()
        if self._context is not None:
            secure = self._context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = secure
            secure.do_handshake()

    def close(self) -> None:
        """Lets go of the connection."""
        self._late.cancel()
        super().close()

    def _cut(self) -> None:
        """Ends the connection, whatever it waits for: each byte of an answer may come late, but not all of them."""
        with suppress(OSError, TypeError):
            # Past the layer of TLS, which would wait for the other side to say farewell.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _reached(self) -> socket.socket:
        *others, last = self._addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, self.port), LONGEST / len(self._addresses))
        return socket.create_connection((last, self.port), LONGEST / len(self._addresses))


def _connection(url: str, anywhere: bool) -> _Pinned:
    parts = urlsplit(url)
    secure, host = parts.scheme == "https", parts.hostname or ""
    if not (secure or anywhere):
        raise NotSent("only https:// is allowed")
    port = parts.port or (443 if secure else 80)
    addresses = _resolved(host, port)
    if not anywhere and not all(is_public(ip_address(address)) for address in addresses):
        raise NotSent("its address is not public")
    return _Pinned(host, addresses, port, ssl.create_default_context() if secure else None)


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent("its name cannot be resolved") from None
    # Without the zone of a link-local address, which `ip_address` takes and no public one has.
    return [str(address[4][0]) for address in found]
