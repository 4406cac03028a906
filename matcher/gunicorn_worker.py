"""The workers of gunicorn, which tell what they themselves refuse as the application does, and wait for nobody long."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from select import select
from types import MappingProxyType
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.sync import SyncWorker

from matcher.problems import PROBLEM_TYPES, Told

_STATUSES: Mapping[type[Exception], HTTPStatus] = MappingProxyType(
    {
        errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
        errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    }
)
"""What a request is refused with that no application sees; any other that cannot be read is a bad one (400)."""

_NOT_THE_CLIENTS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)


LONGEST_SILENCE = 30
"""Seconds for which a client may send nothing, and in which it must take each piece of an answer. A worker that is held
up for a minute is killed for it."""


LONGEST_HESITATION = 10
"""Seconds for which a client may be connected before it sends anything, as browsers are that expect to ask."""


class Worker(SyncWorker):  # type: ignore[misc]
    """A worker that answers one request at a time."""

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Answers a client, unless that keeps silent for too long; one that connects and asks nothing is let go."""
        if not select([client], [], [], LONGEST_HESITATION)[0]:
            util.close(client)
            return
        client.settimeout(LONGEST_SILENCE)
        super().handle(listener, client, addr)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answers a request that cannot be read; nothing of it is repeated, neither here nor in the log."""
        if not isinstance(exc, errors.ParseException) or isinstance(exc, _NOT_THE_CLIENTS):
            super().handle_error(req, client, addr, exc)
            return
        status = next((found for kind, found in _STATUSES.items() if isinstance(exc, kind)), HTTPStatus.BAD_REQUEST)
        self.log.warning("A request cannot be read (%s).", type(exc).__name__)
        try:
            util.write_nonblock(client, _answer(status))
        except OSError:
            self.log.debug("Nobody waits for the answer.")


def _answer(status: HTTPStatus) -> bytes:
    kind = PROBLEM_TYPES["http-error"]
    body = json.dumps(Told(kind, status, status.phrase, kind.help).document())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
    head += f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode("ascii")
