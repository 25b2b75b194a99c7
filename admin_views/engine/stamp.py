"""A stamp of the data: equal stamps mean equal answers, so counts and totals need not be reckoned again.

On SQLite writers come one after another, so the last row of the change log tells; on PostgreSQL the visible snapshot.
Only for tables whose every change is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_views.engine.kept import Kept

LAST_CHANGE = sa.text("SELECT max(id) FROM change_log")
SNAPSHOT = sa.text("SELECT CAST(pg_current_snapshot() AS text)")


class Reckoned:
    """Answers kept by question as long as the stamp is the same."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept = Kept()

    def get(self, session: Session, question: Hashable, reckon: Callable[[], Any]) -> Any:
        """Return the kept answer if no data changed since, else reckon it."""
        stamp = session.execute(
            LAST_CHANGE if session.get_bind().dialect.name == "sqlite" else SNAPSHOT
        ).scalar()
        known = self._kept.find(question)
        if known is not None and known[0] == stamp:
            return known[1]
        answer = reckon()
        self._kept.put(question, (stamp, answer))
        return answer

    def forget(self) -> None:
        """Forget all answers: the database was put back to an older state."""
        self._kept.clear()
