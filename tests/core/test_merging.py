"""What merged records are left out by, and pairs that are two."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import an_organisation
from tomoiki.cases.models import Case
from tomoiki.core.attachments import Attachment, Content
from tomoiki.core.history import ChangeLog
from tomoiki.core.merging import forget_apart, keep_apart, kept_apart, move_references, standing
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


def _a_file_of(entity: str, record_id: int) -> Attachment:
    return Attachment(
        filename="a.pdf",
        kind="receipt",
        format="pdf",
        bytes=1,
        sha256="x",
        entity=entity,
        record_id=record_id,
    )


@pytest.mark.storage
def test_files_of_a_record_that_goes_hang_on_the_one_that_stays(session: Session) -> None:
    loser, winner = an_organisation(), an_organisation()
    session.add_all([loser, winner])
    session.flush()
    hers, of_a_person = _a_file_of("organisation", loser.id), _a_file_of("person", loser.id)
    session.add_all([hers, of_a_person])
    session.flush()
    session.add(Content(id=hers.id, data=b"x"))
    session.flush()

    assert move_references(session, loser, winner) == []

    assert [hers.record_id, of_a_person.record_id] == [winner.id, loser.id]
    logged = sa.select(ChangeLog.diff).where(ChangeLog.entity == "attachment", ChangeLog.action == "change")
    assert session.scalars(logged).all() == [{"record_id": [loser.id, winner.id]}]
