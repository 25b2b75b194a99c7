"""How Alembic runs our migrations: in one transaction, and on SQLite without losing child rows.

SQLite changes a table by building it anew and dropping the old one. With foreign_keys=ON the drop takes along
all rows that refer to it by ON DELETE CASCADE, and gives no error. Inside a transaction the pragma is void,
so it comes first; what it would have prevented is looked for before the commit.
"""

from typing import Any

import click
import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from tomoiki.core.database import db
from tomoiki.core.schema import is_ours

SCHEMA_LOCK = 7_081_975  # a number of our own: on PostgreSQL two processes may start at once


def run() -> None:
    """Run what was asked for on a connection of its own, which is thrown away afterwards."""
    with db.engine.connect().execution_options(write=True) as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF").close()
            connection.detach()  # never back to the pool: it would go on without foreign keys
        _configure(connection)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SCHEMA_LOCK})
            context.run_migrations()
            _refuse_dangling_rows(connection)


def _configure(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_name=is_ours,
        transactional_ddl=True,
        on_version_apply=_say,
        render_as_batch=True,
    )


def _say(step: Any, **_: Any) -> None:
    if current_app.config.get("TOMOIKI_QUIET"):
        return
    words = ", ".join(f"{script.revision} ({script.doc})" for script in step.destination_revisions)
    click.echo(f"Schema is now at {words or 'nothing'}")


def _refuse_dangling_rows(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        tables = ", ".join(sorted({row[0] for row in dangling}))
        raise click.ClickException(f"Nothing was changed: rows would refer to what is gone, in {tables}.")


run()
