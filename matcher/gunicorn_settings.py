"""How gunicorn serves the application; read by `matcher serve`."""

from typing import Any

from matcher.settings import Settings

_settings = Settings()

bind = _settings.bind
workers = _settings.workers
preload_app = True
"""The classifiers and the index are loaded once, and their memory is shared by the workers. Each loads the encoder
itself when it first encodes, since ONNX Runtime does not survive a fork."""

control_socket_disable = True
timeout = 60
graceful_timeout = 30


def post_fork(server: Any, worker: Any) -> None:
    """Lets go of the parent's database connections, which two processes must not share, and begins to work."""
    service = server.app.wsgi().extensions["matcher"]
    service.engine.dispose(close=False)
    if _settings.worker == "inline":
        service.work.begin()


def worker_exit(server: Any, worker: Any) -> None:
    """Lets what is being worked on come to its end."""
    server.app.wsgi().extensions["matcher"].work.end()
