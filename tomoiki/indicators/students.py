"""Students who came to a session for the first time (I26, DOMAIN 7.4)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.events.lists import AffiliationKind, EventKind, RegistrationStatus
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.indicators.rules import Period

STUDENTS = (
    AffiliationKind.high_school, AffiliationKind.university,
    AffiliationKind.vocational, AffiliationKind.language_school,
)  # fmt: skip
SESSIONS = (EventKind.study, EventKind.japanese, EventKind.exchange)


def new_students(session: Session, period: Period) -> int:
    """Return how many students attended for the first time ever in the period; supported people are none."""
    loser, winner = Attendee.__table__.alias("loser"), Attendee.__table__.alias("winner")
    seat, event = Registration.__table__, Event.__table__
    who = sa.func.coalesce(loser.c.merged_into_id, loser.c.id)
    first_at = sa.func.min(event.c.starts_at, type_=event.c.starts_at.type)
    joined = (
        seat.join(event, event.c.id == seat.c.event_id)
        .join(loser, loser.c.id == seat.c.attendee_id)
        .join(winner, winner.c.id == who)
    )
    came = (
        sa.select(winner.c.id)
        .select_from(joined)
        .where(
            seat.c.status == RegistrationStatus.attended,
            event.c.kind.in_(SESSIONS),
            winner.c.affil_kind.in_([one.value for one in STUDENTS]),
        )
        .group_by(winner.c.id, winner.c.person_id)
        .having(
            first_at >= period.start,
            first_at < period.end,
            winner.c.person_id.is_(None),
            sa.func.count(loser.c.person_id) == 0,
        )
    )
    return session.scalar(sa.select(sa.func.count()).select_from(came.subquery("came"))) or 0
