"""What is done with registrations: giving places, and numbers on the waitlist, in the order of their time."""

from collections.abc import Sequence
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.events.lists import Attendance, RegistrationStatus
from tomoiki.events.models import Event, Registration

SEATED = (RegistrationStatus.confirmed, RegistrationStatus.attended)


def place_registrations(session: Session, registrations: Sequence[Registration]) -> None:
    """Confirm new registrations while the venue has seats and nobody waits; else put them on the waitlist.

    Whoever attends online, or has attended already, needs no seat. The event is locked against other takers.
    """
    waiting = [one for one in registrations if one.status is RegistrationStatus.confirmed]
    for event_id, group in groupby(sorted(waiting, key=_queue), key=lambda one: one.event_id):
        _place(session, event_id, [one for one in group if one.mode is Attendance.venue])


def _queue(registration: Registration) -> tuple[int, object]:
    return registration.event_id, registration.registered_at


def _place(session: Session, event_id: int, registrations: Sequence[Registration]) -> None:
    event = session.get(Event, event_id, with_for_update=True, populate_existing=True)
    if event is None or event.capacity == 0:
        return
    venue = sa.and_(Registration.event_id == event_id, Registration.mode == Attendance.venue)
    count = sa.select(sa.func.count()).select_from(Registration).where(venue, Registration.status.in_(SEATED))
    free = event.capacity - (session.scalar(count) or 0)
    queue = sa.select(sa.func.count(), sa.func.max(Registration.waitlist_no)).where(
        Registration.event_id == event_id, Registration.status == RegistrationStatus.waitlisted
    )
    waits, last = session.execute(queue).one()
    for registration in registrations:
        if free > 0 and not waits:
            free -= 1
        else:
            waits, last = waits + 1, (last or 0) + 1
            registration.status, registration.waitlist_no = RegistrationStatus.waitlisted, last
