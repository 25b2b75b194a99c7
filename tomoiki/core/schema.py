"""Where the schema stands, of this program, of its database, of one in a file, and how it gets further.

Alembic is loaded when a schema changes or is compared: in each server and command it would be a tenth of the memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa
from flask import Flask

from tomoiki.core.database import db

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[1] / "migrations"
VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave the search index out of comparisons: no model describes it."""
    return kind != "table" or not (name or "").startswith("search_index")


def head() -> str:
    """Return the revision that this program works with."""
    return max(_revisions())


def is_known(revision: str | None) -> bool:
    """Tell whether this program can bring a database of that revision up to date (None: an empty one)."""
    return revision is None or revision in _revisions()


def _revisions() -> set[str]:
    """Return the numbers that the files of our migrations begin with."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def revision_and_tables() -> tuple[str | None, list[str]]:
    """Return the database's revision (None: never migrated) and the names of its tables."""
    with db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        known = connection.scalar(sa.select(VERSION.c.version_num)) if VERSION.name in tables else None
        return known, tables


def upgrade(revision: str = "head") -> None:
    """Bring the current application's database to a later revision, all steps in one transaction."""
    _move("upgrade", revision)


def downgrade(revision: str) -> None:
    """Bring the current application's database back to an earlier revision."""
    _move("downgrade", revision)


def _move(direction: str, revision: str) -> None:
    from alembic import command, util  # noqa: PLC0415 - see above

    try:
        getattr(command, direction)(configuration(), revision)
    except util.CommandError as fault:
        raise click.ClickException(str(fault)) from None


def configuration() -> Config:
    """Return where Alembic finds our migrations."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate_file(path: Path, revision: str = "head") -> None:
    """Bring a SQLite database in a file to a revision, by an application of its own and without a word."""
    app = Flask("file", static_folder=None)
    app.config.update(SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}", TOMOIKI_QUIET=True)
    db.init_app(app)
    with app.app_context():
        upgrade(revision)
        db.engine.dispose()
