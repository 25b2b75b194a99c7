"""What merged records are left out by, and pairs that are two."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, Session

from tests.factories import an_organisation
from tomoiki.cases.models import Case
from tomoiki.core.database import Base
from tomoiki.core.fields import col, model_named
from tomoiki.core.history import ChangeLog, ties_to
from tomoiki.core.merging import forget_apart, keep_apart, kept_apart, move_references, standing
from tomoiki.core.records import Record
from tomoiki.organisations.models import Organisation


def test_lists_keep_to_the_index_of_their_order(session: Session) -> None:
    table = Organisation.__table__
    rows = sa.select(table.c.id).where(*standing(Organisation)).order_by(table.c.name, table.c.id).limit(50)

    plan = session.execute(
        sa.text(f"EXPLAIN QUERY PLAN {rows.compile(compile_kwargs={'literal_binds': True})}")
    )

    assert [step[3] for step in plan] == ["SCAN organisation USING INDEX ix_organisation_name"]
    assert standing(Case) == []


def test_a_pair_is_kept_once_in_whichever_order_it_is_said(session: Session) -> None:
    session.add_all([an_organisation(), an_organisation()])
    session.flush()

    keep_apart(session, Organisation, 2, 1)
    keep_apart(session, Organisation, 1, 2)

    assert kept_apart(session, Organisation) == [(1, 2)]
    forget_apart(session, Organisation, 1, 2)
    assert kept_apart(session, Organisation) == []


@pytest.fixture
def slip() -> Iterator[type[Record]]:
    """Declare an entity that hangs on records of any table, and forget it afterwards."""
    known = set(Base.registry._managers)  # noqa: SLF001 - SQLAlchemy has no way to take one class back

    class Slip(Record):
        __hangs_on__ = ("entity", "record_id")
        entity: Mapped[str] = col(label=_("Kind of record"))
        record_id: Mapped[int] = col(label=_("Record no."))

    yield Slip
    for manager in set(Base.registry._managers) - known:  # noqa: SLF001
        Base.registry._dispose_manager_and_mapper(manager)  # noqa: SLF001
        del Base.registry._managers[manager]  # noqa: SLF001
    Base.metadata.remove(Base.metadata.tables["slip"])
    model_named.cache_clear()
    ties_to.cache_clear()


@pytest.mark.storage
def test_what_hangs_on_a_record_by_name_and_number_goes_along(session: Session, slip: type[Any]) -> None:
    Base.metadata.create_all(session.connection(), tables=[slip.__table__])
    loser, winner = an_organisation(), an_organisation()
    session.add_all([loser, winner])
    session.flush()
    hers = slip(entity="organisation", record_id=loser.id)
    of_a_person = slip(entity="person", record_id=loser.id)
    session.add_all([hers, of_a_person])
    session.flush()

    assert move_references(session, loser, winner) == []

    assert [hers.record_id, of_a_person.record_id] == [winner.id, loser.id]
    logged = sa.select(ChangeLog.diff).where(ChangeLog.entity == "slip", ChangeLog.action == "change")
    assert session.scalars(logged).all() == [{"record_id": [loser.id, winner.id]}]
