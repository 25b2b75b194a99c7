"""Papers and photos hang on the records they belong to; until now they lay in folders of the office's computers."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SETTING = "file_max_mb"


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("label", sa.String(200)),
        sa.Column("format", sa.String(40), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(40), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_entity_record", "attachment", ["entity", "record_id"])
    op.create_table(
        "attachment_content",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_attachment_content"),
    )
    now = datetime.now(UTC)
    moment = sa.DateTime(timezone=True)
    setting = sa.table(
        "setting",
        sa.column("key"),
        sa.column("version"),
        sa.column("created_at", moment),
        sa.column("updated_at", moment),
    )
    op.bulk_insert(setting, [{"key": SETTING, "created_at": now, "updated_at": now, "version": 1}])


def downgrade() -> None:
    setting = sa.table("setting", sa.column("key"))
    op.execute(setting.delete().where(setting.c.key == SETTING))
    op.drop_table("attachment_content")
    op.drop_table("attachment")
