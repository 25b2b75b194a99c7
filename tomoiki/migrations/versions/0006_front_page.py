"""The front page counts cases by the day they were closed, and the office says whether nights are contacts."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = "nobe_includes_nights"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_index("ix_case_closed_on", "case", ["closed_on", "id", "confidential", "owner_id"])
    now = (
        datetime.now(UTC).replace(tzinfo=None)
        if op.get_bind().dialect.name == "sqlite"
        else datetime.now(UTC)
    )
    moments = (sa.column("created_at", MOMENT), sa.column("updated_at", MOMENT))
    setting = sa.table("setting", sa.column("key"), sa.column("version"), *moments)
    op.bulk_insert(setting, [{"key": KEY, "version": 1, "created_at": now, "updated_at": now}])


def downgrade() -> None:
    op.get_bind().execute(sa.text("DELETE FROM setting WHERE key = :key"), {"key": KEY})
    op.drop_index("ix_case_closed_on", "case")
