"""The queues of what is done apart from requests, in the database that all processes share.

Huey runs them: it takes what is due, hands it to threads, and tells what is to be done each minute. Its tasks are kept
in a table of ours, through the connections that are there anyway, and as JSON rather than pickles, which may do
anything when they are read. A task that is lost when its process dies is queued anew by what looks through the tables
each minute, so a queue itself need not be safe.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from huey import Huey
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import BlackHoleStorage
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.store import database, queued_tasks

_TASKS_OF = "matcher.service.work"
"""Huey calls a task by the module that it comes from and its own name."""


def queue_with(session: Session, queue: str, task: str, *ids: str, due_at: datetime) -> None:
    """Has a task of `work` done if what that session stores is stored, and not otherwise."""
    whole_name = f"{_TASKS_OF}.{task}"
    queued_tasks.put(session, queue, _subject(whole_name, ids), _message(whole_name, ids, str(uuid4())), due_at)


def take_from_queue(engine: Engine, task: str, *ids: str) -> None:
    """Has a task not done that is queued and was not begun."""
    with database.sessions(engine).begin() as session:
        queued_tasks.withdraw(session, _subject(f"{_TASKS_OF}.{task}", ids))


def _subject(task: str, ids: Sequence[str]) -> str:
    return " ".join([task, *ids])


def _message(task: str, ids: Sequence[str], run: str) -> str:
    return json.dumps({"name": task, "args": ids, "id": run})


class _IdsAlone(Serializer):  # type: ignore[misc]
    """A task as JSON: its name and the ids that it is about."""

    def _serialize(self, data: Any) -> bytes:
        return _message(data.name, data.args, data.id).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(**json.loads(data))


class _TaskTable(BlackHoleStorage):  # type: ignore[misc]
    """Keeps what is to be done, and nothing of what was."""

    def __init__(self, name: str, engine: Engine) -> None:
        super().__init__(name)
        self._engine = engine

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Has a task done as soon as a thread is free."""
        self._put(data, datetime.now(UTC))

    def add_to_schedule(self, data: bytes, ts: datetime) -> None:
        """Has a task done after a moment, which Huey tells in UTC without saying so."""
        self._put(data, ts.replace(tzinfo=UTC))

    def dequeue(self) -> bytes | None:
        """The task that is due for longest, which is then this process's alone; None when none is."""
        now = datetime.now(UTC)
        # Asked first without a lock, since it is asked every second.
        with database.snapshots(self._engine).begin() as session:
            if not queued_tasks.is_due(session, self.name, now):
                return None
        with database.sessions(self._engine).begin() as session:
            message = queued_tasks.take(session, self.name, now)
        return None if message is None else message.encode()

    def _put(self, data: bytes, due_at: datetime) -> None:
        told = json.loads(data)
        with database.sessions(self._engine).begin() as session:
            queued_tasks.put(session, self.name, _subject(told["name"], told["args"]), data.decode(), due_at)


def open_queue(name: str, engine: Engine) -> Huey:
    """A queue in a database; it is asked nothing yet."""
    return Huey(name, results=False, serializer=_IdsAlone(), storage_class=_TaskTable, engine=engine)
