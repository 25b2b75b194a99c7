"""The search answers while one types: SQLite's index holds the beginnings of words too."""

from alembic import op

revision = "0008"
down_revision = "0007"

BEGINNINGS = ", prefix='2 3 4'"  # the letter of the class, and up to three of the word


def upgrade() -> None:
    _write_anew(BEGINNINGS)


def downgrade() -> None:
    _write_anew("")


def _write_anew(options: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "CREATE VIRTUAL TABLE search_index_anew "
        f"USING fts5(body, tokenize='unicode61 remove_diacritics 0', detail='none'{options})"
    )
    op.execute("INSERT INTO search_index_anew (rowid, body) SELECT rowid, body FROM search_index")
    op.execute("DROP TABLE search_index")
    op.execute("ALTER TABLE search_index_anew RENAME TO search_index")
