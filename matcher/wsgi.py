"""The application that gunicorn serves, as `matcher.wsgi:app`."""

from matcher.app import create_app
from matcher.errors import MatcherError
from matcher.log import configure_log
from matcher.settings import Settings

_settings = Settings()
configure_log(_settings.log_level)
try:
    app = create_app(_settings)
except MatcherError as error:
    # A server that cannot start says so in a line, not by a traceback.
    raise SystemExit(f"Error: {error}") from None
