"""What the browser tests serve: the application as it is, with the encoder of the tests, which needs no loading."""

from apiflask import APIFlask

from matcher.app import create_app
from matcher.settings import Settings
from tests.factories import FakeEncoder


def application() -> APIFlask:
    """The application that the settings of the environment describe."""
    return create_app(Settings(), FakeEncoder(512))
