"""Alembic runs this file; the connection, already in a transaction, comes from `matcher.store.schema`."""

from alembic import context

from matcher.store.tables import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
