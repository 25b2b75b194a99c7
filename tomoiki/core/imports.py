"""The table import_run (取込記録): which list was imported where, by whom, what came of it, and whether it was undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tomoiki.core.database import Base, Moment

ORIGIN = "import:"


class ImportRun(Base):
    """One import. What it made and changed stands in the change log under its origin, from `log_from` to `log_to`.

    `shape` is the fingerprint of the file's headers, `wishes` what was chosen for them: remembered for the next
    file of that shape.
    """

    __tablename__ = "import_run"
    __table_args__ = (sa.Index("ix_import_run_screen", "screen", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int | None] = mapped_column(index=True)
    user_name: Mapped[str] = mapped_column(sa.String(200))
    screen: Mapped[str] = mapped_column(sa.String(40))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    shape: Mapped[str] = mapped_column(sa.String(64))
    wishes: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    skipped: Mapped[int]
    errors: Mapped[int]
    log_from: Mapped[int]
    log_to: Mapped[int]
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[int | None]

    @property
    def origin(self) -> str:
        """Return what the change log says of the rows that it made."""
        return f"{ORIGIN}{self.id}"
