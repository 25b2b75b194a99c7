"""The tables fund (基金), donor (寄附者), donation (寄附) and pledge (継続寄附)."""

from collections.abc import Iterator
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapped, Session, aliased

from tomoiki.core import formats
from tomoiki.core.actors import actor
from tomoiki.core.dates import today
from tomoiki.core.fields import codes, col, model_named, ref
from tomoiki.core.history import was_imported
from tomoiki.core.records import Fault, Moves, Numbering, Record
from tomoiki.money.lists import (
    Currency,
    DonationKind,
    DonationStatus,
    DonorKind,
    FundKind,
    PaymentMethod,
    PledgeCycle,
    PledgeStatus,
    PublishName,
    ReceiptPreference,
    SupportType,
)
from tomoiki.organisations.models import Organisation

if TYPE_CHECKING:
    from tomoiki.money.bank import BankLine
    from tomoiki.money.receipts import Receipt

GENERAL = "GENERAL"  # the fund that every database has (seeded by the first migration)


class Fund(Record):
    """Money for a purpose: the general fund, restricted donations, grants."""

    __label__ = ("name",)
    __sublabel__ = "code"
    __key__ = ("code",)

    code: Mapped[str] = col(label=_("Fund code"), search="open", unique=True)
    name: Mapped[str] = col(label=_("Name"), search="open", index=True)
    kind: Mapped[FundKind] = col(label=_("Kind"), default=FundKind.general)
    purpose: Mapped[str | None] = col(label=_("Purpose"), long=True)
    support_types: AssociationProxy[list[str]] = codes(
        SupportType, label=_("May be spent on"), table="fund_support_type"
    )
    grantor: Mapped[Organisation | None] = ref(label=_("Grantor"))
    start_on: Mapped[date | None] = col(label=_("First day"))
    end_on: Mapped[date | None] = col(label=_("Last day"))
    budget: Mapped[int | None] = col(label=_("Budget"), unit="JPY")
    return_unused: Mapped[bool] = col(label=_("Unused money is returned"), default=False)
    opening_balance: Mapped[int] = col(label=_("Opening balance"), unit="JPY", default=0)
    opening_on: Mapped[date | None] = col(label=_("Opening balance on"))

    def faults(self, session: Session) -> Iterator[Fault]:
        """A fund does not end before it begins."""
        if self.start_on and self.end_on and self.end_on < self.start_on:
            yield Fault(_("The last day is before the first. Check both dates."), "end_on")

    def keeps(self, session: Session) -> LazyString | str | None:
        """The general fund stays."""
        return _("Every donation without a fund goes to the general fund.") if self.code == GENERAL else None

    @property
    def is_bound(self) -> bool:
        """Tell whether the money may be spent only on what the fund names, and on its days."""
        return self.kind is not FundKind.general


def general_fund(session: Session) -> int:
    """Return the id of the fund that takes what is meant for no other."""
    with session.no_autoflush:
        return session.scalars(sa.select(Fund.id).where(Fund.code == GENERAL)).one()


class Donor(Record):
    """Somebody who gives: a person, a company, a group."""

    __label__ = ("name",)
    __sublabel__ = "code"
    __numbering__ = Numbering("code", "number_format_donor")
    __key__ = ("code", "name")

    code: Mapped[str] = col(label=_("Donor number"), search="open", unique=True, read_only=True)
    kind: Mapped[DonorKind] = col(label=_("Kind of donor"), default=DonorKind.individual)
    name: Mapped[str] = col(
        label=_("Donor name"), personal=True, search="names", format=formats.NAME, index=True
    )
    name_kana: Mapped[str | None] = col(label=_("Name in katakana"), personal=True, search="names")
    corporate_number: Mapped[str | None] = col(
        label=_("Corporate number"), search="open", format=formats.CORPORATE_NUMBER
    )
    postal_code: Mapped[str | None] = col(label=_("Postal code"), personal=True, format=formats.POSTAL_CODE)
    address: Mapped[str | None] = col(label=_("Address"), personal=True, search="names")
    email: Mapped[str | None] = col(label=_("E-mail"), personal=True, search="names", format=formats.EMAIL)
    phone: Mapped[str | None] = col(label=_("Phone"), personal=True, search="names", format=formats.PHONE_JP)
    household_key: Mapped[str | None] = col(
        label=_("Household"), help=_("The same word for all who share one household.")
    )
    is_officer: Mapped[bool] = col(label=_("Officer of the organisation"), default=False)
    officer_relation: Mapped[bool] = col(label=_("Relative of an officer"), default=False)
    receipt_pref: Mapped[ReceiptPreference] = col(label=_("Receipts"), default=ReceiptPreference.each)
    publish_name: Mapped[PublishName | None] = col(label=_("Publishing the name"))
    deceased: Mapped[bool] = col(label=_("Deceased"), default=False)
    merged_into: Mapped["Donor | None"] = ref(label=_("Merged into"), read_only=True)
    organisation: Mapped[Organisation | None] = ref(label=_("Organisation"))

    def keeps(self, session: Session) -> LazyString | str | None:
        """A donor with receipts stays: their copies must be kept."""
        table = model_named("Receipt").__table__
        count = session.scalar(sa.select(sa.func.count()).where(table.c.donor_id == self.id))
        return (
            ngettext("%(num)d receipt was issued.", "%(num)d receipts were issued.", count) if count else None
        )


def _refuse_to_step(donation: "Donation", session: Session) -> Fault | None:
    message = _("A receipt or a refund changed this status. Cancel the receipt, or void the refund.")
    return Fault(message)


# Steps that come with a receipt or a refund: nobody takes them back alone.
_BY_ITSELF = [
    pair
    for pair in permutations(DonationStatus, 2)
    if {DonationStatus.receipted, DonationStatus.refunded} & {*pair}
]


class Donation(Record):
    """One gift. `amount` is gross; receipts, register and balances use it, the bank's line shows `net`."""

    __label__ = ("number",)
    __sublabel__ = "received_on"
    __numbering__ = Numbering("number", "number_format_donation", "received_on")
    __moves__ = Moves(
        "status",
        {
            DonationStatus.draft: (DonationStatus.confirmed, DonationStatus.void),
            DonationStatus.confirmed: (DonationStatus.void,),
        },  # a receipt and a refund change it by themselves
        refuses=dict.fromkeys(_BY_ITSELF, _refuse_to_step),
    )
    __table_args__ = (
        sa.Index("ix_donation_received_on", "received_on", "id", "amount"),
        sa.UniqueConstraint("gateway", "gateway_txn"),
    )

    number: Mapped[str] = col(label=_("Donation number"), search="open", unique=True, read_only=True)
    donor: Mapped[Donor | None] = ref(label=_("Donor"), help=_("Empty: an anonymous gift."), search="names")
    donor_id: Mapped[int | None]
    received_on: Mapped[date] = col(label=_("Received on"), default=today)
    amount: Mapped[int] = col(label=_("Amount"), unit="JPY", check="amount <> 0")
    fee: Mapped[int] = col(label=_("Fee"), unit="JPY", default=0, low=0)
    net: Mapped[int] = col(label=_("Reached the bank"), unit="JPY", computed="amount - fee", read_only=True)
    method: Mapped[str] = col(label=_("Method"), choices=PaymentMethod, default="other")
    fund: Mapped[Fund] = ref(label=_("Fund"), help=_("Empty: the general fund."), filled=True)
    fund_id: Mapped[int]
    kind: Mapped[DonationKind] = col(label=_("Kind of income"), default=DonationKind.donation)
    in_kind_desc: Mapped[str | None] = col(label=_("Goods received"))
    in_kind_value: Mapped[int | None] = col(label=_("Value of the goods"), unit="JPY")
    currency: Mapped[str] = col(label=_("Currency"), choices=Currency, default="JPY")
    campaign: Mapped[str | None] = col(label=_("Campaign"), search="open")
    gateway: Mapped[str | None] = col(label=_("Gateway"))
    gateway_txn: Mapped[str | None] = col(label=_("Gateway transaction"))
    pledge: Mapped["Pledge | None"] = ref(label=_("Pledge"))
    bank_line: Mapped["BankLine | None"] = ref(label=_("Line of the statement"))
    receipt: Mapped["Receipt | None"] = ref(label=_("Receipt"), read_only=True)
    receipt_id: Mapped[int | None]
    status: Mapped[DonationStatus] = col(label=_("Status"), default=DonationStatus.confirmed, read_only=True)
    refund_of: Mapped["Donation | None"] = ref(label=_("Refund of"))
    refund_of_id: Mapped[int | None]
    memo: Mapped[str | None] = col(label=_("Memo"), long=True, narrative=True, search="narrative")
    is_consideration: Mapped[bool] = col(label=_("Something was given in return"), default=False)
    ledger_no: Mapped[str | None] = col(label=_("Ledger number"), search="open")

    def prepare(self, session: Session) -> None:
        """A gift without a fund goes to the general fund."""
        if self.fund_id is None and self.fund is None:
            self.fund_id = general_fund(session)

    def faults(self, session: Session) -> Iterator[Fault]:
        """Amounts make sense, and only a refund is negative."""
        if self.amount == 0:
            yield Fault(_("The amount must not be 0."), "amount")
        if self.amount < 0 and not self._may_be_negative:
            yield Fault(_("Only a refund is negative. Say which donation is refunded."), "amount")
        if self.received_on > today():
            yield Fault(_("This day is still to come. Check the date."), "received_on")
        if self.fee and self.fee > abs(self.amount):
            yield Fault(_("The fee is larger than the amount. Check both."), "fee")
        if self.status is DonationStatus.receipted and _has_changed(self, FIXED_BY_RECEIPT):
            message = _("A receipt was issued for this donation. Cancel the receipt first.")
            yield Fault(message, next(name for name in FIXED_BY_RECEIPT if _has_changed(self, (name,))))
        if original := _original(session, self):
            yield from self._faults_of_refund(session, original)

    @property
    def _may_be_negative(self) -> bool:
        """A refund names its gift; that of an old ledger names none, and is no fault when it is edited later."""
        is_named = self.refund_of_id or self.refund_of or self.ledger_no
        stood_so = sa.inspect(self).persistent and not _has_changed(self, ("amount", "refund_of_id"))
        return bool(is_named) or stood_so or actor().is_importing

    def _faults_of_refund(self, session: Session, original: "Donation") -> Iterator[Fault]:
        if self.amount > 0:
            yield Fault(_("A refund is a negative amount (for example -5,000)."), "amount")
        if original.refund_of_id:
            yield Fault(_("A refund cannot be refunded. Choose the donation itself."), "refund_of")
        if original.status is DonationStatus.receipted:
            yield Fault(_("A receipt was issued for that donation. Cancel the receipt first."), "refund_of")
        elif original.status in UNCOUNTED:
            yield Fault(_("That donation is a draft or void; there is nothing to refund."), "refund_of")
        if self.fund_id != original.fund_id:
            yield Fault(_("A refund goes back from the fund that the donation went to."), "fund")
        if -self.amount > original.amount - refunded(session, original, but=self.id):
            yield Fault(_("More would be refunded than was given."), "amount")

    def settle(self, session: Session) -> Iterator[Fault]:
        """A donation that was given back, wholly or in part, is refunded."""
        if original := _original(session, self):
            back = refunded(session, original)
            original.status = DonationStatus.refunded if back else DonationStatus.confirmed
        yield from ()

    def keeps(self, session: Session) -> LazyString | str | None:
        """What a receipt certifies stays."""
        return _("A receipt was issued for this donation.") if self.receipt_id else None

    @classmethod
    def untied(cls) -> Iterator[tuple[str, sa.Select[int]]]:
        """Only refunds are negative, never more than was given; a receipt goes with its status."""
        given, refund = aliased(cls), aliased(cls)
        yield (
            "negative, but no refund",
            sa.select(cls.id).where(
                cls.amount < 0, cls.refund_of_id.is_(None), cls.ledger_no.is_(None), ~was_imported(cls)
            ),
        )
        back = sa.select(sa.func.sum(refund.amount)).where(
            refund.refund_of_id == given.id, refund.status.not_in(UNCOUNTED)
        )
        has_refund = sa.select(refund.refund_of_id).where(refund.refund_of_id.is_not(None))
        yield (
            "refunded more than was given",
            sa.select(given.id).where(given.id.in_(has_refund), given.amount + back.scalar_subquery() < 0),
        )
        has_status, has_receipt = cls.status == DonationStatus.receipted, cls.receipt_id.is_not(None)
        differs = sa.or_(sa.and_(has_status, ~has_receipt), sa.and_(~has_status, has_receipt))
        yield "status and receipt do not agree", sa.select(cls.id).where(differs)


FIXED_BY_RECEIPT = ("amount", "received_on", "donor_id")
UNCOUNTED = (DonationStatus.draft, DonationStatus.void)  # rows that are no money of the office


def _has_changed(record: Record, names: tuple[str, ...]) -> bool:
    states = sa.inspect(record).attrs
    return any(states[name].history.deleted for name in names)


def _original(session: Session, record: "Donation") -> "Donation | None":
    if record.refund_of_id is None and record.refund_of is None:
        return None
    with session.no_autoflush:
        return record.refund_of or session.get(Donation, record.refund_of_id)


def refunded(session: Session, original: "Donation", but: int | None = None) -> int:
    """Return how much of a donation was given back, in yen; `but` leaves one refund out."""
    table = Donation.__table__
    back = sa.select(sa.func.coalesce(sa.func.sum(table.c.amount), 0)).where(
        table.c.refund_of_id == original.id, table.c.id != (but or 0), table.c.status.not_in(UNCOUNTED)
    )
    with session.no_autoflush:
        return -int(session.scalar(back) or 0)


class Pledge(Record):
    """What a donor promised to give again and again."""

    __label__ = ("amount",)
    __sublabel__ = "cycle"
    __moves__ = Moves(
        "status",
        {
            PledgeStatus.active: (PledgeStatus.paused, PledgeStatus.failed, PledgeStatus.ended),
            PledgeStatus.paused: (PledgeStatus.active, PledgeStatus.ended),
            PledgeStatus.failed: (PledgeStatus.active, PledgeStatus.ended),
        },
    )
    __table_args__ = (sa.Index("ix_pledge_start_on", "start_on", "id"),)

    donor: Mapped[Donor] = ref(label=_("Donor"), search="names")
    amount: Mapped[int] = col(label=_("Amount each time"), unit="JPY", low=1, check="amount > 0")
    cycle: Mapped[PledgeCycle] = col(label=_("How often"), default=PledgeCycle.monthly)
    day: Mapped[int | None] = col(label=_("Day of the month"), low=1, high=31, check="day BETWEEN 1 AND 31")
    start_on: Mapped[date] = col(label=_("First day"), default=today)
    end_on: Mapped[date | None] = col(label=_("Last day"))
    gateway: Mapped[str | None] = col(label=_("Gateway"))
    status: Mapped[PledgeStatus] = col(label=_("Status"), default=PledgeStatus.active, read_only=True)

    def prepare(self, session: Session) -> None:
        """A pledge that is over has a last day."""
        if self.status is PledgeStatus.ended and self.end_on is None:
            self.end_on = max(today(), self.start_on)

    def faults(self, session: Session) -> Iterator[Fault]:
        """A pledge does not end before it begins."""
        if self.end_on and self.end_on < self.start_on:
            yield Fault(_("The last day is before the first. Check both dates."), "end_on")
