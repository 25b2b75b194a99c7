"""A case that is closed while a stay or a deadline is open says why."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("case", sa.Column("closed_although", sa.Text))


def downgrade() -> None:
    with op.batch_alter_table("case") as case:
        case.drop_column("closed_although")
