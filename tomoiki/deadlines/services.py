"""What is done with deadlines."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.deadlines.lists import DeadlineStatus
from tomoiki.deadlines.models import Deadline


def mark_missed(session: Session, today: date) -> None:
    """Let deadlines that are still open after their last day be missed (DOMAIN 2.8)."""
    is_over = sa.and_(Deadline.status == DeadlineStatus.open, Deadline.due_on < today)
    for deadline in session.scalars(sa.select(Deadline).where(is_over).order_by(Deadline.id)):
        deadline.status = DeadlineStatus.missed
