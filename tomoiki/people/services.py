"""What is done with people: finding the status of residence that holds on a day."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.people.models import ResidenceStatus


def current_status(session: Session, person_id: int, today: date) -> ResidenceStatus | None:
    """Return the latest row granted by today; rows without a day stand before all dated ones (DOMAIN 2.1)."""
    rows = session.scalars(sa.select(ResidenceStatus).where(ResidenceStatus.person_id == person_id)).all()
    known = [row for row in rows if row.granted_on is None or row.granted_on <= today]
    return max(known, key=_recency, default=None)


def _recency(row: ResidenceStatus) -> tuple[date, date, int]:
    return row.granted_on or date.min, row.expires_on or date.min, row.id
