"""A stamp of the data: equal stamps mean equal answers, so counts and totals need not be reckoned again.

On SQLite writers come one after another, so the last row of the change log tells; on PostgreSQL the visible snapshot.
Only for tables whose every change is logged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

LAST_CHANGE = sa.text("SELECT max(id) FROM change_log")
SNAPSHOT = sa.text("SELECT CAST(pg_current_snapshot() AS text)")
KEPT = 2000


class Reckoned:
    """Answers kept by question and stamp, the oldest dropped first."""

    def __init__(self) -> None:
        """Begin with nothing; one object serves one application."""
        self._answers: OrderedDict[Hashable, tuple[Any, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, session: Session, question: Hashable, reckon: Callable[[], Any]) -> Any:
        """Return the kept answer if no data changed since, else reckon it."""
        stamp = session.execute(
            LAST_CHANGE if session.get_bind().dialect.name == "sqlite" else SNAPSHOT
        ).scalar()
        with self._lock:
            kept = self._answers.get(question)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        answer = reckon()
        with self._lock:
            self._answers[question] = (stamp, answer)
            self._answers.move_to_end(question)
            if len(self._answers) > KEPT:
                self._answers.popitem(last=False)
        return answer
