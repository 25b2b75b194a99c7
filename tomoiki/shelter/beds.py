"""Which beds there are today, and which of them nobody has tonight."""

from typing import Any

import sqlalchemy as sa

from tomoiki.core.access import TODAY
from tomoiki.shelter.models import BLOCKING, Bed, Shelter, Stay


def in_use() -> sa.ColumnElement[bool]:
    """Beds of open houses that are there today."""
    bed, house = Bed.__table__.c, Shelter.__table__.c
    return sa.and_(
        sa.or_(bed.active_from.is_(None), bed.active_from <= TODAY),
        sa.or_(bed.active_to.is_(None), bed.active_to >= TODAY),
        bed.shelter_id.in_(sa.select(house.id).where(house.active.is_(True))),
    )


def free_tonight() -> sa.ColumnElement[bool]:
    """Beds in use that no stay holds in the coming night."""
    stay: Any = Stay.__table__.c
    taken = sa.exists().where(
        stay.bed_id == Bed.__table__.c.id,
        stay.status.in_(BLOCKING),
        stay.check_in <= TODAY,
        sa.or_(stay.check_out.is_(None), stay.check_out > TODAY),
    )
    return sa.and_(in_use(), ~taken)
