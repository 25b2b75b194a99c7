"""An import is a record of its own, so that it can be found again and taken back as a whole."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SETTINGS = ("import_max_mb", "import_max_rows")

MOMENT = sa.DateTime(timezone=True)
SETTING = sa.table(
    "setting",
    sa.column("key"),
    sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
    sa.column("version"),
)


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("user_name", sa.String(200), nullable=False),
        sa.Column("screen", sa.String(40), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("shape", sa.String(64), nullable=False),
        sa.Column("wishes", sa.JSON, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("same", sa.Integer, nullable=False),
        sa.Column("skipped", sa.Integer, nullable=False),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("log_from", sa.Integer, nullable=False),
        sa.Column("log_to", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_import_run"),
    )
    op.create_index("ix_import_run_screen", "import_run", ["screen", "id"])
    op.create_index("ix_import_run_user_id", "import_run", ["user_id"])
    now = datetime.now(UTC)
    fresh = {"created_at": now, "updated_at": now, "version": 1}
    op.bulk_insert(SETTING, [{"key": key} | fresh for key in SETTINGS])


def downgrade() -> None:
    op.execute(SETTING.delete().where(SETTING.c.key.in_(SETTINGS)))
    op.drop_table("import_run")
