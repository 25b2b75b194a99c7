"""The tables bank_account (口座), import_batch (取込) and bank_line (入出金明細)."""

from collections.abc import Iterator
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, Session

from tomoiki.accounts.models import User
from tomoiki.core.dates import now, today
from tomoiki.core.fields import col, model_named, ref
from tomoiki.core.records import Fault, Moves, Record
from tomoiki.core.text import fold
from tomoiki.money.lists import BankAccountType, BankLineStatus


class BankAccount(Record):
    """An account of the office."""

    __called__ = _("Bank accounts")
    __label__ = ("label",)

    label: Mapped[str] = col(label=_("Account"), unique=True)
    bank_code: Mapped[str | None] = col(label=_("Bank code"))
    branch: Mapped[str | None] = col(label=_("Branch"))
    type: Mapped[BankAccountType] = col(label=_("Kind of account"), default=BankAccountType.ordinary)
    number: Mapped[str | None] = col(label=_("Account number"), secret=True)


class ImportBatch(Record):
    """One statement of the bank that was read in; the same file is read once for an account."""

    __called__ = _("Bank statements read in")
    __label__ = ("file_name",)
    __table_args__ = (sa.UniqueConstraint("account_id", "sha256"),)

    account: Mapped[BankAccount] = ref(label=_("Account"))
    file_name: Mapped[str] = col(label=_("File"))
    sha256: Mapped[str] = col(label=_("Fingerprint"))
    profile: Mapped[str | None] = col(label=_("Form of the file"))
    encoding: Mapped[str | None] = col(label=_("Encoding"))
    rows: Mapped[int] = col(label=_("Rows"), default=0)
    new: Mapped[int] = col(label=_("New rows"), default=0)
    dup: Mapped[int] = col(label=_("Rows known already"), default=0)
    error: Mapped[int] = col(label=_("Faulty rows"), default=0)
    at: Mapped[datetime] = col(label=_("Time"), default=now)
    by: Mapped[User | None] = ref(label=_("Done by"))
    undone_at: Mapped[datetime | None] = col(label=_("Taken back at"))


class BankLine(Record):
    """One line of a statement: money in or money out, and whether it is known what for."""

    __label__ = ("payer_raw", "memo")
    __sublabel__ = "tx_on"
    __moves__ = Moves(
        "match_status",
        {
            BankLineStatus.unmatched: (
                BankLineStatus.candidate,
                BankLineStatus.matched,
                BankLineStatus.split,
                BankLineStatus.ignored,
            ),
            BankLineStatus.candidate: (
                BankLineStatus.matched,
                BankLineStatus.split,
                BankLineStatus.unmatched,
                BankLineStatus.ignored,
            ),
            BankLineStatus.matched: (BankLineStatus.unmatched,),
            BankLineStatus.split: (BankLineStatus.unmatched,),
            BankLineStatus.ignored: (BankLineStatus.unmatched,),
        },
    )
    __table_args__ = (
        sa.UniqueConstraint("account_id", "fingerprint"),
        sa.Index("ix_bank_line_tx_on", "tx_on", "id"),
        sa.CheckConstraint("(amount_in = 0) <> (amount_out = 0)", name="one_way"),
    )

    batch: Mapped[ImportBatch | None] = ref(label=_("Read in with"), read_only=True)
    account: Mapped[BankAccount | None] = ref(label=_("Account"), read_only=True)
    line_no: Mapped[int | None] = col(label=_("Line"), read_only=True)
    tx_on: Mapped[date] = col(label=_("Day of the transaction"), default=today)
    value_on: Mapped[date | None] = col(label=_("Value date"))
    amount_in: Mapped[int] = col(label=_("Money in"), unit="JPY", default=0, low=0, check="amount_in >= 0")
    amount_out: Mapped[int] = col(label=_("Money out"), unit="JPY", default=0, low=0, check="amount_out >= 0")
    balance: Mapped[int | None] = col(label=_("Balance"), unit="JPY")
    payer_raw: Mapped[str | None] = col(label=_("Payer as the bank writes it"), personal=True, search="names")
    payer_folded: Mapped[str | None] = col(
        label=_("Payer, folded"), personal=True, index=True, read_only=True
    )
    memo: Mapped[str | None] = col(label=_("Memo"), narrative=True, search="narrative")
    bank_ref: Mapped[str | None] = col(label=_("Reference of the bank"))
    fingerprint: Mapped[str | None] = col(label=_("Fingerprint"), read_only=True)
    match_status: Mapped[BankLineStatus] = col(
        label=_("Matching"), default=BankLineStatus.unmatched, read_only=True
    )

    def prepare(self, session: Session) -> None:
        """Keep the payer's name as it is compared."""
        self.payer_folded = fold(self.payer_raw) if self.payer_raw else None

    def faults(self, session: Session) -> Iterator[Fault]:
        """Money goes one way, and a matched line has something that it pays for."""
        if bool(self.amount_in) == bool(self.amount_out):
            yield Fault(_("Give either money in or money out."), "amount_in")
        if self.match_status in (BankLineStatus.matched, BankLineStatus.split) and not self._has_match(
            session
        ):
            yield Fault(_("Choose this line in a donation or an expense first."), "match_status")

    def _has_match(self, session: Session) -> bool:
        with session.no_autoflush:
            return any(
                session.scalar(sa.select(table.c.id).where(table.c.bank_line_id == self.id).limit(1))
                for table in (model_named(name).__table__ for name in ("Donation", "Expense"))
            )
