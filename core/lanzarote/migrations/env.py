"""Alembic runs inside the connection and transaction that ``database.migrate`` opened."""

from __future__ import annotations

from alembic import context
from lanzarote.operations.all_tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
context.run_migrations()
