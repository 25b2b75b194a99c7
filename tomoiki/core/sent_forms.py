"""Forms that were saved, by a token of their own: a form sent twice makes one record."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from tomoiki.core.database import Base, Moment
from tomoiki.core.records import Record

TOKEN_LENGTH = 40


class SentForm(Base):
    """The token of a form and the record that it made."""

    __tablename__ = "sent_form"
    token: Mapped[str] = mapped_column(sa.String(TOKEN_LENGTH), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    entity: Mapped[str] = mapped_column(sa.String(40))
    record_id: Mapped[int]


def find_sent(session: Session, model: type[Record], token: str) -> int | None:
    """Return the record that this form made already."""
    made = sa.select(SentForm.record_id).where(
        SentForm.entity == model.__tablename__, SentForm.token == token[:TOKEN_LENGTH]
    )
    return session.scalar(made) if token else None


def remember_sent(session: Session, record: Record, token: str) -> None:
    """Note, in the transaction that saves the record, which form made it."""
    if token:
        session.add(
            SentForm(
                token=token[:TOKEN_LENGTH],
                at=datetime.now(UTC),
                entity=record.__tablename__,
                record_id=record.id,
            )
        )
