"""A list's filters, order and columns are kept under a name, by a user or for a role, and how she has each list."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("screen", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer),
        sa.Column("role", sa.String(30)),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_saved_view_owner_id", ondelete="CASCADE"),
        sa.UniqueConstraint("owner_id", "screen", "name", name="uq_saved_view_owner_id_screen_name"),
        sa.UniqueConstraint("role", "screen", "name", name="uq_saved_view_role_screen_name"),
        sa.CheckConstraint("(owner_id IS NULL) <> (role IS NULL)", name=op.f("ck_saved_view_one_owner")),
    )
    op.create_table(
        "list_habit",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("screen", sa.String(40), nullable=False),
        sa.Column("per_page", sa.Integer),
        sa.Column("view_id", sa.Integer),
        sa.PrimaryKeyConstraint("user_id", "screen", name="pk_list_habit"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_list_habit_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_view.id"], name="fk_list_habit_view_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_list_habit_view_id", "list_habit", ["view_id"])


def downgrade() -> None:
    op.drop_table("list_habit")
    op.drop_table("saved_view")
    op.execute("DELETE FROM counter WHERE series = 'saved_view'")
