"""The command line as a test runs it."""

from click.testing import CliRunner, Result

from matcher.cli import main
from matcher.matching.embedding import Encoder
from tests.factories import FakeEncoder


def run(*arguments: str, encoder: Encoder | None = None) -> Result:
    """What a command does; it must end by itself, never by an error that it did not expect."""
    result = CliRunner().invoke(main, arguments, obj=lambda _: encoder or FakeEncoder())
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refusal(result: Result, status: int = 1) -> str:
    """The one line that a refused command says."""
    assert (result.exit_code, result.stdout) == (status, "")
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.strip().splitlines()
    return line.removeprefix("Error: ")
