"""What each error means to a caller: the one place that knows status codes (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gunicorn.http.errors import ParseException
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from matcher.errors import (
    ConfigurationError,
    Conflict,
    Forbidden,
    ForeignForm,
    Gone,
    InsufficientScope,
    InvalidInput,
    InvalidToken,
    KeyReused,
    MalformedDocument,
    MalformedKey,
    MatcherError,
    NotFound,
    NotReady,
    PreconditionFailed,
    Problem,
    RequestRunning,
    StaleForm,
    Throttled,
    Unauthorised,
    UnknownRequest,
)


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem; its URI, `/problems/` and the name, is stable and answers with `help`."""

    name: str
    status: int
    title: str
    help: str

    @property
    def uri(self) -> str:
        """The `type` of a problem document."""
        return f"/problems/{self.name}"


_TYPES = (
    ProblemType(
        "malformed-document",
        400,
        "The body cannot be read",
        "Send one JSON document in UTF-8; the detail says where reading stopped.",
    ),
    ProblemType(
        "stale-form",
        400,
        "This form is out of date",
        "It was opened before somebody signed in or out. Open the page again and send it from there.",
    ),
    ProblemType(
        "unauthorised",
        401,
        "A key is needed",
        "Send 'Authorization: Bearer KEY' with a key made by 'matcher callers add' that is not revoked.",
    ),
    ProblemType(
        "forbidden", 403, "Your account is not for this", "Ask an administrator for another role if you need it."
    ),
    ProblemType(
        "insufficient-scope",
        403,
        "The key or token is not for this",
        "It takes the scope that the detail names. Ask for a token with it, or for a caller that may have it.",
    ),
    ProblemType(
        "foreign-form",
        403,
        "This form came from elsewhere",
        "It was sent from another site and was not accepted. Open the page here and send it again.",
    ),
    ProblemType(
        "not-found", 404, "There is nothing here", "Check the address; what belongs to others is not shown either."
    ),
    ProblemType(
        "method-not-allowed", 405, "This address does not do that", "See the Allow header for the methods it knows."
    ),
    ProblemType("conflict", 409, "That cannot be done now", "The detail says what stands in the way."),
    ProblemType(
        "gone",
        410,
        "This link is not open any more",
        "It has expired or was closed. Ask the sender for a new one.",
    ),
    ProblemType(
        "precondition-failed",
        412,
        "It is not as you saw it any more",
        "Get it again, and send the change with the ETag that it has now in If-Match.",
    ),
    ProblemType("too-large", 413, "The body is too large", "Send less; a profile or need fits easily into 1 MB."),
    ProblemType(
        "unsupported-media-type",
        415,
        "The body must be JSON",
        "Send 'Content-Type: application/json', and the body as it is, without a Content-Encoding.",
    ),
    ProblemType(
        "invalid-input",
        422,
        "The input breaks the contract",
        "Each entry of 'errors' names a field by JSON pointer and what is wrong with it. Nothing was stored.",
    ),
    ProblemType(
        "malformed-idempotency-key",
        400,
        "The Idempotency-Key cannot be read",
        "Send a string in quotation marks with at most 255 characters of ASCII, such as a UUID.",
    ),
    ProblemType(
        "request-running",
        409,
        "The request is being answered",
        "Send it again, with the same Idempotency-Key, in a few seconds. After a crash that may take a minute.",
    ),
    ProblemType(
        "idempotency-key-reused",
        422,
        "The Idempotency-Key was used before",
        "It was sent with another request. Nothing was stored from this one; send it with a key of its own.",
    ),
    ProblemType(
        "too-many-requests", 429, "Too many requests", "Wait for as many seconds as the Retry-After header says."
    ),
    ProblemType(
        "too-many-attempts", 429, "Too many attempts", "Wait for as many seconds as the Retry-After header says."
    ),
    ProblemType("not-implemented", 501, "The service does not do that", "The detail says which requests it answers."),
    ProblemType("not-ready", 503, "The service cannot rank yet", "Try again in a few seconds."),
    ProblemType("http-error", 400, "The request cannot be answered", "The title says what HTTP calls it."),
    ProblemType(
        "internal-error", 500, "Something went wrong here", "Nothing was stored. Try again; if it stays, report it."
    ),
)

PROBLEM_TYPES: Mapping[str, ProblemType] = MappingProxyType({kind.name: kind for kind in _TYPES})

_BY_ERROR: Mapping[type[MatcherError], str] = MappingProxyType(
    {
        MalformedDocument: "malformed-document",
        Unauthorised: "unauthorised",
        InvalidToken: "unauthorised",
        InsufficientScope: "insufficient-scope",
        Forbidden: "forbidden",
        ForeignForm: "foreign-form",
        StaleForm: "stale-form",
        Conflict: "conflict",
        MalformedKey: "malformed-idempotency-key",
        RequestRunning: "request-running",
        PreconditionFailed: "precondition-failed",
        KeyReused: "idempotency-key-reused",
        Gone: "gone",
        Throttled: "too-many-attempts",
        NotFound: "not-found",
        InvalidInput: "invalid-input",
        NotReady: "not-ready",
        UnknownRequest: "not-implemented",
    }
)
# Of several kinds with one status, the first is what HTTP means by it.
_BY_STATUS = {kind.status: kind for kind in reversed(_TYPES) if kind.name != "http-error"}


_IN_CXML: Mapping[int, tuple[int, str]] = MappingProxyType(
    {
        401: (401, "Unauthorized"),
        403: (403, "Forbidden"),
        429: (560, "Temporary server error"),
        500: (500, "Internal Server Error"),
        501: (450, "Not Implemented"),
        503: (560, "Temporary server error"),
    }
)
"""Status codes of cXML by those of HTTP, of which it knows few; what is not here is a bad request.

Clients take an unknown code of the 400s for one that sending again does not mend, so what passes is a 560.
"""


@dataclass(frozen=True)
class Told:
    """One problem as it is told: its kind, the status it is sent with, and what is known of this case."""

    kind: ProblemType
    status: int
    title: str
    detail: str
    errors: tuple[Problem, ...] = ()

    def cxml_status(self) -> tuple[int, str]:
        """The code and its text as cXML has them: 406 for what cannot be parsed, 400 for what says something wrong."""
        if self.kind.name == "malformed-document":
            return 406, "Not Acceptable"
        return _IN_CXML.get(self.status, (400, "Bad Request"))

    def cxml_words(self) -> str:
        """What is wrong as cXML has room for it: in one text, each problem with the element that it is about."""
        if not self.errors:
            return self.detail
        return "; ".join(f"{problem.pointer} {problem.detail}" for problem in self.errors)

    def document(self) -> dict[str, object]:
        """The problem document of RFC 9457."""
        document: dict[str, object] = {
            "type": self.kind.uri,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [vars(problem) for problem in self.errors]
        return document


def told(error: Exception) -> Told:
    """How an error is told to a caller; anything unforeseen as an internal error without its words.

    How the service is set up, and where its database is, is not a caller's business either.
    """
    if isinstance(error, ConfigurationError | OperationalError):
        kind = PROBLEM_TYPES["not-ready"]
        return Told(kind, kind.status, kind.title, kind.help)
    if isinstance(error, MatcherError):
        kind = PROBLEM_TYPES[_BY_ERROR[type(error)]]
        return Told(kind, kind.status, kind.title, error.words, getattr(error, "problems", ()))
    if isinstance(error, ParseException):
        # Of gunicorn, when the body is read: its chunks are none.
        kind = PROBLEM_TYPES["malformed-document"]
        return Told(kind, kind.status, kind.title, kind.help)
    if isinstance(error, HTTPException) and error.code is not None:
        kind = _BY_STATUS.get(error.code, PROBLEM_TYPES["http-error"])
        title = kind.title if error.code in _BY_STATUS else error.name
        return Told(kind, error.code, title, kind.help)
    kind = PROBLEM_TYPES["internal-error"]
    return Told(kind, kind.status, kind.title, kind.help)
