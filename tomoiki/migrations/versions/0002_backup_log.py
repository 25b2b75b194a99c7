"""When the last backup was made, and how large it is, is shown to administrators."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SETTINGS = ("backup_time", "backup_days", "backup_months")


def upgrade() -> None:
    op.create_table(
        "backup_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("bytes", sa.BigInteger()),
        sa.Column("seconds", sa.Float()),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(300)),
        sa.PrimaryKeyConstraint("id", name="pk_backup_log"),
    )
    op.create_index("ix_backup_log_at", "backup_log", ["at"])
    now = datetime.now(UTC)
    fresh = {"created_at": now, "updated_at": now, "version": 1}
    moment = sa.DateTime(timezone=True)
    setting = sa.table(
        "setting",
        sa.column("key"),
        sa.column("version"),
        sa.column("created_at", moment),
        sa.column("updated_at", moment),
    )
    op.bulk_insert(setting, [{"key": key} | fresh for key in SETTINGS])


def downgrade() -> None:
    setting = sa.table("setting", sa.column("key"))
    op.execute(setting.delete().where(setting.c.key.in_(SETTINGS)))
    op.drop_table("backup_log")
