"""Requests that are safe to send again: what is sent under a key is done once, and answered alike each time."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.errors import KeyReused, RequestRunning
from matcher.store import database, keyed_requests
from matcher.store.keyed_requests import Claim, KeptAnswer

LEASE = timedelta(seconds=60)
"""After which an attempt without an answer counts as dead: gunicorn ends a worker that takes longer for one."""


def claim_request(
    engine: Engine, caller_id: str, key: str, fingerprint: str, now: datetime, *, kept: timedelta
) -> Claim | KeptAnswer:
    """The right to answer a request, or the answer that it got before; what is older than `kept` is forgotten.

    The claim is committed before the work begins, so that every worker sees it. Raises RequestRunning while another
    attempt has it, and KeyReused when something else was sent under that key.
    """
    wanted = Claim(caller_id, key, str(uuid4()))
    with database.sessions(engine).begin() as session:
        keyed_requests.forget_before(session, now - kept)
        if keyed_requests.claim(session, wanted, fingerprint, now, lapsed=now - LEASE, expired=now - kept):
            return wanted
        found = keyed_requests.get(session, caller_id, key)
    if found is not None and found.fingerprint != fingerprint:
        raise KeyReused("This Idempotency-Key was sent with another request. Take a new key for each request.")
    if found is None or found.answer is None:
        raise RequestRunning("This request is being answered now. Send it again in a few seconds.")
    return found.answer


def keep_answer(session: Session, claim: Claim, answer: KeptAnswer, shortlist_id: str | None = None) -> None:
    """Keeps an answer in the transaction that stores what it tells of, so that there are both or neither.

    Raises RequestRunning when the lease ran out and another attempt has the claim: what this one did is then not to be
    stored, since the other one does it.
    """
    if not keyed_requests.keep(session, claim, answer, shortlist_id):
        raise RequestRunning("This request is being answered by a later attempt. Send it again in a few seconds.")


def keep_refusal(engine: Engine, claim: Claim, answer: KeptAnswer) -> None:
    """Keeps an answer that stored nothing; when another attempt has the claim by now, that one's counts."""
    with database.sessions(engine).begin() as session:
        keyed_requests.keep(session, claim, answer)


def let_go_of_request(engine: Engine, claim: Claim) -> None:
    """Has the request answered anew when it is sent again, as after an error of the service's own."""
    with database.sessions(engine).begin() as session:
        keyed_requests.let_go(session, claim)
