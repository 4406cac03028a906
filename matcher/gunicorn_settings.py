"""How gunicorn serves the application; read by `matcher serve`."""

from datetime import UTC, datetime
from typing import Any

from matcher.freed_memory import keep_freed_memory
from matcher.loaded_for_good import set_loaded_apart
from matcher.settings import Settings
from matcher.store.checkpoints import checkpoint_beside

_settings = Settings()

bind = _settings.bind
workers = _settings.workers
worker_class = "matcher.gunicorn_worker.Worker"
preload_app = True
"""The classifiers and the index are loaded once, and their memory is shared by the workers. Each loads the encoder's
layers itself after the fork, which ONNX Runtime would not survive, and draws up a list that nobody asked for."""

control_socket_disable = True
timeout = 60
graceful_timeout = 30


def when_ready(server: Any) -> None:
    """Sets what is loaded apart before workers are forked, who share it."""
    set_loaded_apart()


def post_fork(server: Any, worker: Any) -> None:
    """Lets go of the parent's database connections, which two processes must not share, starts the thread that brings
    in what SQLite wrote ahead, and begins to work. What the warm-up loads is set apart, too."""
    keep_freed_memory()
    service = server.app.wsgi().extensions["matcher"]
    service.engine.dispose(close=False)
    checkpoint_beside(service.engine)
    service.desk.warm_up(datetime.now(UTC))
    set_loaded_apart()
    if _settings.worker == "inline":
        service.work.begin()


def worker_exit(server: Any, worker: Any) -> None:
    """Lets what is being worked on come to its end."""
    server.app.wsgi().extensions["matcher"].work.end()
