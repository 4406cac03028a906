"""What is done apart from requests: in threads of the web process, or in a process of its own."""

import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps

import structlog
from huey import crontab
from huey.consumer import Consumer

from matcher.secret_box import SecretBox
from matcher.service.batch_work import answer_lines, claim_lines, finish_batch
from matcher.service.batches import BATCH, BATCHES
from matcher.service.queue import open_queue, take_from_queue
from matcher.service.shortlists import Desk
from matcher.service.webhook_work import deliver, look_at_credentials, queue_due_deliveries
from matcher.service.webhooks import DELIVERIES, DELIVERY
from matcher.store import batches, database

_LONGEST_PAUSE = 1.0
"""Seconds between two looks at an empty queue."""

_LONGEST_STOP = 20
"""Seconds for which a stop waits for what is being done; a line of a batch takes one or two."""

_log = structlog.get_logger()


class _BesideRequests(Consumer):  # type: ignore[misc]
    """Works in threads of a process that is there for something else, which handles signals itself."""

    def _set_signal_handlers(self) -> None:
        pass


class Work:
    """Tasks by name, queued by any process and done by those that work.

    Batches and deliveries are done by a thread each, so that neither waits for the other.
    """

    def __init__(self, desk: Desk, *, webhooks_anywhere: bool, box: SecretBox) -> None:
        self._desk = desk
        self._anywhere = webhooks_anywhere
        self._box = box
        self._consumers: list[Consumer] = []
        batch_queue, delivery_queue = (open_queue(name, desk.engine) for name in (BATCHES, DELIVERIES))
        self.queues = (batch_queue, delivery_queue)
        self._batch = batch_queue.task(name=BATCH)(_told(self._go_on_with_batch))
        delivery_queue.task(name=DELIVERY)(_told(self._deliver))
        batch_queue.periodic_task(crontab(), name="take_up")(_told(self._take_up))
        batch_queue.periodic_task(crontab(minute="0"), name="daily_look")(_told(self._daily_look))

    def begin(self) -> None:
        """Works beside requests, in threads of this process, until `end`."""
        self._consumers = [
            _BesideRequests(queue, max_delay=_LONGEST_PAUSE, shutdown_timeout=_LONGEST_STOP) for queue in self.queues
        ]
        for consumer in self._consumers:
            consumer.start()

    def end(self) -> None:
        """Stops what `begin` began, after the line that is being answered; does nothing where nothing began."""
        for consumer in self._consumers:
            consumer.stop_flag.set()
        for consumer in self._consumers:
            consumer.stop(graceful=True)

    def run(self) -> None:
        """Works until the process is told to end (SIGTERM), or interrupted."""
        batch_queue, delivery_queue = self.queues
        beside = _BesideRequests(delivery_queue, max_delay=_LONGEST_PAUSE, shutdown_timeout=_LONGEST_STOP)
        main = Consumer(batch_queue, max_delay=_LONGEST_PAUSE, graceful_signal="TERM")
        self._consumers = [main, beside]
        beside.start()
        main.run()
        beside.stop(graceful=True)

    def _is_ending(self) -> bool:
        return any(consumer.stop_flag.is_set() for consumer in self._consumers)

    def _go_on_with_batch(self, batch_id: str) -> None:
        engine = self._desk.engine
        lines, requester = claim_lines(engine, batch_id, datetime.now(UTC))
        if lines and requester is not None:
            # Before these are answered: whoever is free takes the next ones.
            self._batch(batch_id)
            try:
                answer_lines(self._desk, lines, requester, self._is_ending)
            except Exception:
                # Nor would anybody else get further now; it is looked at again in a minute.
                take_from_queue(engine, BATCH, batch_id)
                raise
        finish_batch(engine, batch_id, datetime.now(UTC))

    def _take_up(self) -> None:
        """Queues what is not finished, as after a process has died over it."""
        with database.snapshots(self._desk.engine).begin() as session:
            unfinished = batches.unfinished(session)
        for batch_id in unfinished:
            self._batch(batch_id)
        queue_due_deliveries(self._desk.engine, datetime.now(UTC))

    def _deliver(self, delivery_id: str) -> None:
        deliver(self._desk.engine, delivery_id, datetime.now(UTC), anywhere=self._anywhere, box=self._box)

    def _daily_look(self) -> None:
        """Asked each hour, since the process may not be there at any one; done once a day."""
        look_at_credentials(self._desk.engine, datetime.now(UTC))


def _told(task: Callable[..., None]) -> Callable[..., None]:
    """The task, with an error told in the log by its kind and place: its words may repeat what was sent."""

    @wraps(task)
    def told(*ids: str) -> None:
        try:
            task(*ids)
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("task failed", task=task.__name__, ids=ids, error=type(error).__name__, where=where)

    return told
