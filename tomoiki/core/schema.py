"""Where the schema stands: of this program, of its database, and of a database in a file."""

from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, upgrade

from tomoiki.core.database import db

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave the search index out of comparisons: no model describes it."""
    return kind != "table" or not (name or "").startswith("search_index")


def head() -> str:
    """Return the revision that this program works with."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


def is_known(revision: str | None) -> bool:
    """Tell whether this program can bring a database of that revision up to date (None: an empty one)."""
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return revision is None or revision in {script.revision for script in scripts}


def revision_and_tables() -> tuple[str | None, list[str]]:
    """Return the database's revision (None: never migrated) and the names of its tables."""
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        return revision, sa.inspect(connection).get_table_names()


def migrate_file(path: Path, revision: str = "head") -> None:
    """Bring a SQLite database in a file to a revision, by an application of its own and without a word."""
    app = Flask("file", static_folder=None)
    app.config.update(SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}", TOMOIKI_QUIET=True)
    db.init_app(app)
    Migrate(app, db, directory=MIGRATIONS, render_as_batch=True)
    with app.app_context():
        upgrade(revision=revision)
        db.engine.dispose()
