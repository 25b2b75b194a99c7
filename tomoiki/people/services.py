"""What is done with people: finding the status of residence that holds on a day, and what they agreed to."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.people.models import Consent, Person, ResidenceStatus

_table = ResidenceStatus.__table__
_STATUSES = sa.select(_table.c.id, _table.c.status, _table.c.granted_on, _table.c.expires_on).where(
    _table.c.person_id == sa.bindparam("person_id")
)


def current_status(session: Session, person_id: int, today: date) -> sa.Row[*tuple[Any, ...]] | None:
    """Return status and days of the latest row granted by today; those without a day stand before all dated ones.

    What is secret of it stays sealed (DOMAIN 2.1).
    """
    rows = session.execute(_STATUSES, {"person_id": person_id}).all()
    known = [row for row in rows if row.granted_on is None or row.granted_on <= today]
    return max(known, key=_recency, default=None)


def _recency(row: sa.Row[*tuple[Any, ...]]) -> tuple[date, date, int]:
    return row.granted_on or date.min, row.expires_on or date.min, row.id


def find_consent(session: Session, person_id: int, scope: str) -> Consent | None:
    """Return the newest consent to this that was not withdrawn."""
    rows = sa.select(Consent).where(Consent.person_id == person_id, Consent.scope == scope)
    return session.scalar(rows.where(Consent.withdrawn_at.is_(None)).order_by(Consent.id.desc()).limit(1))


def has_agreed(session: Session, person_id: int, scope: str) -> bool:
    """Tell whether she agreed to this: by a consent of its own, or as her own page notes it."""
    person = session.get(Person, person_id)
    return find_consent(session, person_id, scope) is not None or (
        person is not None and scope in person.consent_scope
    )
