"""`matcher serve`: gunicorn on the application, and what a newcomer needs to try it."""

import json
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from gunicorn.util import parse_address
from sqlalchemy import Engine

from matcher.cli.setup import configured_engine, told_plainly
from matcher.errors import ConfigurationError
from matcher.service import add_caller, add_demo_account, every_account, revoke_caller
from matcher.service.accounts import DEMO
from matcher.settings import Settings
from matcher.store import callers, database

_HIGHEST_PORT = 65_535
_TRIAL = "trial"
_TRIAL_NEED = {
    "summary": "She took over the team in spring and still does half of its work herself. She corrects what others "
    "hand in at night and avoids telling them what was wrong.",
    "focus_areas": [{"area": "delegation", "importance": 3}, {"area": "giving_feedback", "importance": 2}],
    "level": "first_line",
    "languages": ["en"],
}


@click.command()
@click.option("--bind", help="Address to listen on, HOST:PORT; default: MATCHER_BIND.")
@click.option("--workers", type=int, help="Worker processes; default: MATCHER_WORKERS.")
@click.option("--trial", is_flag=True, help="Print an address, an account and an API key for trying out.")
@told_plainly
def serve(bind: str | None, workers: int | None, trial: bool) -> None:
    """Serve the form and the API; ready when /readyz answers 200."""
    os.environ |= {} if bind is None else {"MATCHER_BIND": bind}
    os.environ |= {} if workers is None else {"MATCHER_WORKERS": str(workers)}
    settings = Settings()
    if trial and settings.is_on_loopback:
        # Not every browser keeps cookies that are for HTTPS alone when it is served at this machine without.
        os.environ["MATCHER_PLAIN_HTTP"] = "true"
    with configured_engine() as engine:
        _refuse_unusable(settings.bind)
        if trial:
            _welcome(settings, engine)
        elif not every_account(engine):
            click.echo("Nobody can sign in yet; 'matcher accounts add EMAIL --role ROLE' makes an account.", err=True)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:matcher.gunicorn_settings", "matcher.wsgi:app"]
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 the arguments are our own


def _refuse_unusable(bind: str) -> None:
    """Raises ConfigurationError for an address that nothing can listen on now, before the encoder is loaded."""
    try:
        address = parse_address(bind)
    except RuntimeError:
        raise ConfigurationError("MATCHER_BIND must be HOST:PORT.") from None
    if not isinstance(address, tuple):
        return  # A socket of another kind, which gunicorn also knows.
    host, port = address
    if not 0 <= port <= _HIGHEST_PORT:
        raise ConfigurationError(f"MATCHER_BIND must name a port from 0 to {_HIGHEST_PORT}.")
    try:
        socket.create_server(address, family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        raise ConfigurationError(f"MATCHER_BIND: the service cannot listen on {bind}: {error.strerror}.") from None


def _welcome(settings: Settings, engine: Engine) -> None:
    address, key, need = f"http://{settings.bind}", _trial_key(settings, engine), json.dumps(_TRIAL_NEED)
    click.echo(f"\nForm:    {address}/\n{_demo_account(engine)}\nAPI key: {key}")
    click.echo("Try it, once the lines below say 'Listening':\n")
    click.echo(
        f"curl -s {address}/api/v1/shortlists -H 'Authorization: Bearer {key}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d '{need}'\n"
    )


def _demo_account(engine: Engine) -> str:
    """How to sign in: with the demo account, which is made when there are no accounts yet."""
    password = add_demo_account(engine, datetime.now(UTC))
    if password:
        return f"Sign in: {DEMO.email}\nPassword: {password} (shown only now)"
    if any(known.email == DEMO.email for known in every_account(engine)):
        return (
            f"Sign in: {DEMO.email}, with the password that the first start printed;\n"
            f"         'matcher accounts reset-password {DEMO.email}' prints another one."
        )
    return "Sign in: with an account that there is; 'matcher accounts list' names them."


def _trial_key(settings: Settings, engine: Engine) -> str:
    """The key of the trial caller, kept in a file that only its owner reads; a new one when that one is gone."""
    file = settings.data_dir / "trial-key"
    with database.sessions(engine).begin() as session:
        now = datetime.now(UTC)
        if file.exists() and callers.authenticate(session, file.read_text("ascii").strip(), now):
            return file.read_text("ascii").strip()
        revoke_caller(session, _TRIAL, now)
        _, key = add_caller(session, _TRIAL, DEMO.organisation, now)
        _write_private(file, key)
    return key


def _write_private(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text + "\n")
