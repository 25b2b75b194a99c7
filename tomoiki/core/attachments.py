"""Files that hang on records: what is known of each, and apart from it, encrypted, its bytes.

Lists and pages read the first table alone. The bytes of a deleted file stay as long as it can be put back.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from tomoiki.core.database import Base, decrypt_bytes, encrypt_bytes
from tomoiki.core.fields import col
from tomoiki.core.file_types import find_type, safe_name, type_of, without_ending
from tomoiki.core.history import Change, ChangeLog
from tomoiki.core.pictures import redraw
from tomoiki.core.reading import BadInput
from tomoiki.core.records import Fault, Record
from tomoiki.core.vocabulary import OpenChoice
from tomoiki.core.wordings import TableName

MB = 2**20
KEPT_DAYS = 30  # so long a deleted record can be put back


class AttachmentKind(OpenChoice):
    """What a file is, for the office."""

    residence_card = "residence_card", _("Copy of residence card"), "info"
    contract = "contract", _("Employment contract")
    payslip = "payslip", _("Payslip")
    medical = "medical", _("Medical certificate"), "info"
    maternity = "maternity", _("Mother and child handbook"), "info"
    consent = "consent", _("Consent")
    receipt = "receipt", _("Receipt or invoice")
    other = "other", _("Other")


# Papers of the body and of identity: no small picture of them stands on a page that was not opened for them.
UNSHOWN = frozenset({AttachmentKind.residence_card, AttachmentKind.medical, AttachmentKind.maternity})


class FileFormat(OpenChoice):
    """What a file is, for a computer; one of these is told by its bytes."""

    pdf = "pdf", _("PDF")
    jpeg = "jpeg", _("JPEG")
    png = "png", _("PNG")
    webp = "webp", _("WebP")
    docx = "docx", _("Word")
    xlsx = "xlsx", _("Excel")
    txt = "txt", _("Text")


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes that lie encrypted in the database; the keys stand outside it."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else base64.urlsafe_b64decode(encrypt_bytes(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypt on the way out; raise Unreadable when no key fits."""
        return None if value is None else decrypt_bytes(base64.urlsafe_b64encode(value))


class Attachment(Record):
    """A file that hangs on a record of any table."""

    __label__ = ("label", "filename")
    __hangs_on__ = ("entity", "record_id")
    __table_args__ = (sa.Index("ix_attachment_entity_record", "entity", "record_id"),)

    filename: Mapped[str] = col(label=_("File name"), personal=True, search="names", read_only=True)
    kind: Mapped[str] = col(label=_("Kind of paper"), choices=AttachmentKind)
    label: Mapped[str | None] = col(label=_("What it shows"), personal=True, search="names")
    format: Mapped[str] = col(label=_("Format"), choices=FileFormat, read_only=True)
    bytes: Mapped[int] = col(label=_("Size"), unit=_("bytes"), read_only=True)
    entity: Mapped[str] = col(label=_("Kind of record"), choices=TableName, read_only=True)
    record_id: Mapped[int] = col(label=_("Record no."), read_only=True)
    sha256: Mapped[str] = col(label=_("Fingerprint"), read_only=True)

    def faults(self, session: Session) -> Iterator[Fault]:
        """A file that was deleted comes back only while its bytes are kept."""
        is_new = sa.inspect(self).transient and "id" not in vars(self)
        if not is_new and not session.scalar(sa.select(sa.exists().where(Content.id == self.id))):
            yield Fault(_("The file itself is gone."))


class Content(Base):
    """The bytes of a file and its small picture, under the file's id; they outlive it by thirty days."""

    __tablename__ = "attachment_content"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(EncryptedBytes, nullable=False)
    thumbnail: Mapped[bytes | None] = mapped_column(EncryptedBytes)


@dataclass(frozen=True)
class Ready:
    """A file that was found good: what is stored of it."""

    filename: str
    format: str
    data: bytes
    thumbnail: bytes | None

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def make_ready(filename: str, data: bytes, most_mb: int) -> Ready:
    """Tell what a file is and clean it, before any lock is taken; raise BadInput where it is not kept."""
    if len(data) > most_mb * MB:
        raise BadInput(_("The file is larger than %(most)s MB. Make it smaller or split it.", most=most_mb))
    kind, thumbnail = find_type(data), None
    if kind.is_picture:
        picture = redraw(data, kind)
        filename = filename if picture.kind is kind else without_ending(filename, kind)
        kind, data, thumbnail = picture.kind, picture.data, picture.thumbnail
    return Ready(safe_name(filename, kind), kind.code, data, thumbnail)


def attach(session: Session, ready: Ready, entity: str, record_id: int, kind: str) -> Attachment:
    """Hang a file on a record."""
    file = Attachment(
        filename=ready.filename,
        kind=kind,
        format=ready.format,
        bytes=len(ready.data),
        entity=entity,
        record_id=record_id,
        sha256=ready.sha256,
    )
    session.add(file)
    session.flush()
    session.add(Content(id=file.id, data=ready.data, thumbnail=ready.thumbnail))
    session.flush()
    return file


def has_thumbnail(kind: str, code: str) -> bool:
    """Tell whether the small picture of a file of that kind and format may stand on a page."""
    return type_of(code).is_picture and kind not in UNSHOWN


def let_go(session: Session, day: date) -> None:
    """Delete the bytes of files that were deleted so long ago that they cannot be put back any more."""
    there = sa.exists().where(Attachment.id == Content.id)
    recently = sa.exists().where(
        ChangeLog.entity == Attachment.__tablename__,
        ChangeLog.record_id == Content.id,
        ChangeLog.action == Change.delete,
        ChangeLog.at >= datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=KEPT_DAYS),
    )
    session.execute(sa.delete(Content).where(~there, ~recently).execution_options(synchronize_session=False))
