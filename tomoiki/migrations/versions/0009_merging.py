"""Two records of one person can be merged and the merge taken back; what is not the same is remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "merge_run",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("entity", sa.String(40), nullable=False),
        sa.Column("winner_id", sa.Integer, nullable=False),
        sa.Column("loser_id", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_merge_run"),
    )
    op.create_index("ix_merge_run_loser", "merge_run", ["entity", "loser_id"])
    op.create_table(
        "not_same",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("entity", sa.String(40), nullable=False),
        sa.Column("low_id", sa.Integer, nullable=False),
        sa.Column("high_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_not_same"),
        sa.UniqueConstraint("entity", "low_id", "high_id", name="uq_not_same_pair"),
    )


def downgrade() -> None:
    op.drop_table("not_same")
    op.drop_table("merge_run")
