"""What merged records are left out by, and pairs that are two."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import an_organisation
from tomoiki.cases.models import Case
from tomoiki.core.merging import forget_apart, keep_apart, kept_apart, standing
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
