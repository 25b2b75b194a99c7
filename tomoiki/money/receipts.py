"""The tables receipt (受領証明書) and receipt_line, and how a receipt is issued, reissued and cancelled (DOMAIN 6.2)."""

from collections.abc import Iterator, Sequence
from datetime import date

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, Session

from tomoiki.accounts.settings import SettingKey, certified_days, get_setting
from tomoiki.core.dates import today
from tomoiki.core.fields import col, ref
from tomoiki.core.records import Fault, Moves, Numbering, Record
from tomoiki.money.lists import DonationKind, DonationStatus, ReceiptKind, ReceiptPreference, ReceiptStatus
from tomoiki.money.models import Donation, Donor

CERTIFIED = (DonationKind.donation, DonationKind.in_kind, DonationKind.bequest)  # what is a gift at all


def _refuse_to_revive(receipt: "Receipt", session: Session) -> Fault | None:
    return Fault(_("A cancelled receipt stays cancelled. Issue a new one."))


class Receipt(Record):
    """What certifies gifts to their donor. Its number is never given again; a cancelled one stays."""

    __label__ = ("number",)
    __sublabel__ = "issued_on"
    __stands__ = True
    __numbering__ = Numbering("number", "number_format_receipt", "issued_on")
    __moves__ = Moves(
        "status",
        {
            ReceiptStatus.issued: (ReceiptStatus.reissued, ReceiptStatus.cancelled),
            ReceiptStatus.reissued: (ReceiptStatus.cancelled,),
        },
        refuses={
            (ReceiptStatus.cancelled, to): _refuse_to_revive
            for to in (ReceiptStatus.issued, ReceiptStatus.reissued)
        },
    )
    __table_args__ = (sa.Index("ix_receipt_issued_on", "issued_on", "id"),)

    number: Mapped[str] = col(label=_("Receipt number"), search="open", unique=True, read_only=True)
    donor: Mapped[Donor] = ref(label=_("Donor"), search="names")
    donor_id: Mapped[int]
    issued_on: Mapped[date] = col(label=_("Issued on"), default=today)
    kind: Mapped[ReceiptKind] = col(label=_("Covers"), default=ReceiptKind.each)
    year: Mapped[int | None] = col(
        label=_("Calendar year"),
        low=2000,
        high=2100,
        help=_("Of the gifts. Without lines below, all gifts of that year that have no receipt are taken."),
    )
    name_printed: Mapped[str | None] = col(
        label=_("Name on the receipt"), personal=True, search="names", help=_("Left empty, the donor's.")
    )
    address_printed: Mapped[str | None] = col(
        label=_("Address on the receipt"), personal=True, help=_("Left empty, the donor's.")
    )
    total: Mapped[int] = col(label=_("Total"), unit="JPY", default=0, read_only=True, check="total >= 0")
    deductible: Mapped[bool] = col(label=_("Gives a tax deduction"), default=False, read_only=True)
    status: Mapped[ReceiptStatus] = col(label=_("Status"), default=ReceiptStatus.issued, read_only=True)
    reissue_no: Mapped[int] = col(label=_("Times issued again"), default=0, read_only=True)

    def prepare(self, session: Session) -> None:
        """Print what is known of the donor, and count a reissue."""
        if self.id is None and self.donor_id:
            with session.no_autoflush:
                donor = session.get_one(Donor, self.donor_id)
            self.name_printed = self.name_printed or donor.name
            self.address_printed = self.address_printed or donor.address
        if self.status is ReceiptStatus.reissued and not self.reissue_no:
            self.reissue_no = 1
        day: date | None = self.issued_on  # the default comes later
        if self.year is None:
            self.year = (day or today()).year

    def faults(self, session: Session) -> Iterator[Fault]:
        """A receipt is not issued tomorrow, and what was printed stays."""
        if self.issued_on > today():
            yield Fault(_("This day is still to come. Check the date."), "issued_on")
        changed = [name for name in ("donor_id", "issued_on", "year") if self.id and _is_changed(self, name)]
        for name in changed:
            message = _("A receipt does not change once it is issued. Cancel it and issue a new one.")
            yield Fault(message, name.removesuffix("_id"))

    def settle(self, session: Session) -> Iterator[Fault]:
        """Bind the gifts to the receipt, or let go of those of a cancelled one."""
        if self.status is ReceiptStatus.cancelled:
            _let_go(session, self)
        elif not _lines(session, self):
            yield from _take_gifts_of_year(session, self)
        if not self.total:
            yield from _bind(session, self)

    def keeps(self, session: Session) -> LazyString | str | None:
        """A receipt stays: its number is never given again."""
        return _("A receipt stays in the books, and its number is never given again. Cancel it instead.")

    @classmethod
    def untied(cls) -> Iterator[tuple[str, sa.Select[int]]]:
        """A valid receipt certifies what its gifts add up to."""
        gifts = sa.select(sa.func.coalesce(sa.func.sum(ReceiptLine.amount), 0))
        gifts = gifts.where(ReceiptLine.receipt_id == cls.id)
        yield (
            "total is not the sum of its gifts",
            sa.select(cls.id).where(
                cls.status != ReceiptStatus.cancelled, cls.total != gifts.scalar_subquery()
            ),
        )


class ReceiptLine(Record):
    """One gift on a receipt, as it stood when the receipt was issued."""

    __label__ = ("amount",)
    __stands__ = True
    __table_args__ = (sa.UniqueConstraint("receipt_id", "donation_id"),)

    receipt: Mapped[Receipt] = ref(label=_("Receipt"), on_delete="cascade")
    receipt_id: Mapped[int]
    donation: Mapped[Donation] = ref(label=_("Donation"))
    donation_id: Mapped[int]
    amount: Mapped[int] = col(label=_("Amount"), unit="JPY", default=0, read_only=True)

    def prepare(self, session: Session) -> None:
        """Keep the amount; goods are certified without one."""
        if gift := self._gift(session):
            self.amount = 0 if gift.kind is DonationKind.in_kind else gift.amount

    def faults(self, session: Session) -> Iterator[Fault]:
        """Say why a gift cannot stand on this receipt."""
        is_new = self.id is None  # what was issued stands
        gift = self._gift(session) if is_new else None
        if gift and (reason := _why_not(gift, self.receipt)):
            yield Fault(reason, "donation")

    def _gift(self, session: Session) -> Donation | None:
        with session.no_autoflush:
            return session.get(Donation, self.donation_id) if self.donation_id else self.donation


def _why_not(gift: Donation, receipt: Receipt) -> LazyString | None:
    if gift.donor_id != receipt.donor_id:
        return _("This gift is of another donor.")
    if gift.receipt_id is not None:
        return _("There is a receipt for this gift already.")
    if gift.amount < 0 or gift.status is not DonationStatus.confirmed:
        return _("Only a confirmed gift has a receipt.")
    if gift.kind not in CERTIFIED or gift.is_consideration:
        return _("This is no gift: a fee, a grant, or something was given in return.")
    return None


def _is_changed(record: Record, name: str) -> bool:
    return bool(sa.inspect(record).attrs[name].history.deleted)


def _lines(session: Session, receipt: Receipt) -> Sequence[ReceiptLine]:
    found = sa.select(ReceiptLine).where(ReceiptLine.receipt_id == receipt.id).order_by(ReceiptLine.id)
    return session.scalars(found).all()


def _take_gifts_of_year(session: Session, receipt: Receipt) -> Iterator[Fault]:
    year = receipt.year or receipt.issued_on.year
    gifts = session.scalars(
        sa.select(Donation)
        .where(Donation.donor_id == receipt.donor_id, Donation.receipt_id.is_(None))
        .where(Donation.received_on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(Donation.received_on, Donation.id)
    ).all()
    lines = [ReceiptLine(receipt=receipt, donation=gift) for gift in gifts if not _why_not(gift, receipt)]
    for line in lines:
        line.prepare(session)
        session.add(line)
    session.flush()
    if not lines:
        yield Fault(_("There is no gift of this donor in %(year)s without a receipt.", year=year), "donor")


def _bind(session: Session, receipt: Receipt) -> Iterator[Fault]:
    lines = _lines(session, receipt)
    if receipt.status is ReceiptStatus.cancelled or not lines or lines[0].donation.receipt_id == receipt.id:
        return
    first, last = certified_days(session)
    inside = {first <= line.donation.received_on <= last for line in lines} if first and last else {False}
    if len(inside) > 1:
        yield Fault(_("Some gifts came before or after the certification. Issue two receipts."), "")
    receipt.deductible = inside == {True}
    receipt.total = sum(line.amount for line in lines)
    if 0 < receipt.total < int(get_setting(session, SettingKey.receipt_min_amount)):
        yield Fault(_("The total is below the least amount of a receipt (see the settings)."), "")
    for line in lines:
        line.donation.receipt, line.donation.status = receipt, DonationStatus.receipted


def _let_go(session: Session, receipt: Receipt) -> None:
    for gift in session.scalars(sa.select(Donation).where(Donation.receipt_id == receipt.id)):
        gift.receipt, gift.status = None, DonationStatus.confirmed


def cancel(session: Session, receipt: Receipt) -> None:
    """Cancel the receipt: it stays, and its gifts may have a new one."""
    receipt.status = ReceiptStatus.cancelled
    _let_go(session, receipt)
    session.flush()


def reissue(session: Session, receipt: Receipt) -> int:
    """Count that the receipt was printed again under its number; return how often by now."""
    receipt.status = ReceiptStatus.reissued
    receipt.reissue_no += 1
    session.flush()
    return receipt.reissue_no


def due() -> sa.ColumnElement[bool]:
    """Gifts without a receipt whose donor wants one: each by itself, or those of a past year together."""
    gift, donor = Donation.__table__.c, Donor.__table__.c
    wants = sa.or_(
        donor.receipt_pref == ReceiptPreference.each,
        sa.and_(donor.receipt_pref == ReceiptPreference.yearly, gift.received_on < date(today().year, 1, 1)),
    )
    return sa.and_(
        gift.status == DonationStatus.confirmed,
        gift.amount > 0,
        gift.kind.in_(CERTIFIED),
        sa.select(donor.id).where(donor.id == gift.donor_id, wants).correlate(Donation.__table__).exists(),
    )
