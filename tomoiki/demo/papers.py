"""Made-up papers of the demo: on the newest cases, expenses and events; small, and the same bytes on the same day."""

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.cases.models import Case
from tomoiki.core.attachments import Attachment, AttachmentKind, Content
from tomoiki.core.records import Record
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Rows
from tomoiki.demo.team import Team
from tomoiki.events.models import Event
from tomoiki.money.expenses import Expense

EACH = 12
PAPERS: tuple[tuple[type[Record], str, AttachmentKind, str | None], ...] = (
    (Case, "面談メモ.txt", AttachmentKind.other, "面談のメモ"),
    (Case, "Hợp đồng lao động.txt", AttachmentKind.contract, None),
    (Expense, "領収書.txt", AttachmentKind.receipt, None),
    (Event, "会場の案内.txt", AttachmentKind.other, None),
)


def add_papers(chance: Chance, rows: Rows, team: Team) -> dict[int, bytes]:
    """Add what is known of each file; return the bytes by id, to be written after the rows."""
    found, day = {}, moment(chance.last_day, 15)
    for model, filename, kind, label in PAPERS:
        for record in rows.all(model)[-EACH:]:
            data = f"{filename}\n{record['number']}\n".encode()
            key = rows.add(
                Attachment, day, filename=filename, kind=kind.value, label=label, format="txt", bytes=len(data),
                entity=model.__tablename__, record_id=record["id"], sha256=hashlib.sha256(data).hexdigest(),
                created_by=team.caseworkers[0],
            )  # fmt: skip
            found[key] = data
    return found


def write_papers(session: Session, papers: dict[int, bytes]) -> None:
    """Write the bytes, encrypted as all files are."""
    session.execute(sa.insert(Content), [{"id": key, "data": data} for key, data in papers.items()])
