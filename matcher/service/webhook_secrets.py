"""The secrets of webhooks, which sign and so cannot be kept as hashes: sealed by the service's secret key."""

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.errors import ConfigurationError
from matcher.secret_box import MARK, SecretBox
from matcher.secret_key import secret_key
from matcher.service.webhook_sending import SECRET_PREFIX
from matcher.settings import Settings
from matcher.store import database, keyed_requests, webhooks

_log = structlog.get_logger()


def secret_box(settings: Settings) -> SecretBox:
    """What seals and opens secrets. Raises ConfigurationError when there is no key and none can be kept."""
    key = secret_key(settings.secret_key.get_secret_value(), settings.data_dir)
    return SecretBox(key, settings.secret_key_before.get_secret_value())


def seal_secrets(engine: Engine, settings: Settings) -> int:
    """Seals by the key that is set all secrets that it has not sealed, and answers of how many webhooks they were; also
    those in answers that are kept for callers who ask again.

    Those that cannot be read stay as they are; `unreadable_webhooks` names their webhooks. No key is made where there
    is nothing to seal.
    """
    changed = 0
    with database.sessions(engine).begin() as session:
        for place, body in keyed_requests.bodies_with_secrets(session, MARK, SECRET_PREFIX).items():
            keyed_requests.replace_body(session, *place, _anew(secret_box(settings), body))
        for webhook_id, (secret, old) in webhooks.sealed_secrets(session, locked=True).items():
            box = secret_box(settings)
            anew = _anew(box, secret), _anew(box, old) if old else None
            if anew != (secret, old):
                webhooks.replace_sealed(session, webhook_id, *anew)
                changed += 1
    return changed


def _anew(box: SecretBox, secret: str) -> str:
    if box.is_own(secret):
        return secret
    try:
        return box.sealed(box.opened(secret))
    except ConfigurationError:
        return secret


def unreadable(session: Session, box: SecretBox) -> frozenset[str]:
    """The ids of webhooks whose secret the key does not open, so that they are told nothing."""
    kept = webhooks.sealed_secrets(session)
    return frozenset(webhook_id for webhook_id, (secret, _) in kept.items() if not _opens(box, secret))


def unreadable_webhooks(engine: Engine, settings: Settings) -> frozenset[str]:
    """As `unreadable`, by the key that is set."""
    with database.snapshots(engine).begin() as session:
        return unreadable(session, secret_box(settings)) if webhooks.sealed_secrets(session) else frozenset()


def _opens(box: SecretBox, secret: str) -> bool:
    try:
        box.opened(secret)
    except ConfigurationError:
        return False
    return True


def tell_unreadable(engine: Engine, box: SecretBox) -> None:
    """Says in the log which webhooks are told nothing since their secret cannot be read."""
    with database.snapshots(engine).begin() as session:
        found = unreadable(session, box)
    if found:
        _log.error(
            "webhook secrets cannot be read",
            webhooks=sorted(found),
            message="They were sealed by another MATCHER_SECRET_KEY; set that one, name it in "
            "MATCHER_SECRET_KEY_BEFORE, or have new secrets with 'matcher webhooks rotate'.",
        )
