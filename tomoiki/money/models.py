"""The tables fund (基金), donor (寄附者) and donation (寄附)."""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapped, Session, aliased

from tomoiki.core import formats
from tomoiki.core.actors import actor
from tomoiki.core.dates import today
from tomoiki.core.fields import codes, col, ref
from tomoiki.core.records import Fault, Moves, Numbering, Record
from tomoiki.money.lists import (
    Currency,
    DonationKind,
    DonationStatus,
    DonorKind,
    FundKind,
    PaymentMethod,
    PublishName,
    ReceiptPreference,
    SupportType,
)
from tomoiki.organisations.models import Organisation

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
        },
    )
    __table_args__ = (
        sa.Index("ix_donation_received_on", "received_on", "id", "amount"),
        sa.UniqueConstraint("gateway", "gateway_txn"),
    )

    number: Mapped[str] = col(label=_("Donation number"), search="open", unique=True, read_only=True)
    donor: Mapped[Donor | None] = ref(label=_("Donor"), help=_("Empty: an anonymous gift."), search="names")
    received_on: Mapped[date] = col(label=_("Received on"), default=today)
    amount: Mapped[int] = col(label=_("Amount"), unit="JPY", check="amount <> 0")
    fee: Mapped[int] = col(label=_("Fee"), unit="JPY", default=0)
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
    status: Mapped[DonationStatus] = col(label=_("Status"), default=DonationStatus.confirmed, read_only=True)
    refund_of: Mapped["Donation | None"] = ref(label=_("Refund of"))
    refund_of_id: Mapped[int | None]
    memo: Mapped[str | None] = col(label=_("Memo"), long=True, narrative=True, search="narrative")
    is_consideration: Mapped[bool] = col(label=_("Something was given in return"), default=False)
    ledger_no: Mapped[str | None] = col(label=_("Ledger number"), search="open")

    @property
    def net(self) -> int:
        """What reached the bank, in yen."""
        return self.amount - self.fee

    def prepare(self, session: Session) -> None:
        """A gift without a fund goes to the general fund."""
        if self.fund_id is None and self.fund is None:
            self.fund_id = session.scalars(sa.select(Fund.id).where(Fund.code == GENERAL)).one()

    def faults(self, session: Session) -> Iterator[Fault]:
        """Amounts make sense, and only a refund is negative."""
        if self.amount == 0:
            yield Fault(_("The amount must not be 0."), "amount")
        is_named = (
            self.refund_of_id or self.refund_of or self.ledger_no
        )  # an old ledger's refund names no gift
        if self.amount < 0 and not is_named and not actor().is_importing:
            yield Fault(_("Only a refund is negative. Say which donation is refunded."), "amount")
        if self.received_on > today():
            yield Fault(_("This day is still to come. Check the date."), "received_on")

    @classmethod
    def untied(cls) -> Iterator[tuple[str, sa.Select[int]]]:
        """Only refunds are negative, and never give back more than was given."""
        given, refund = aliased(cls), aliased(cls)
        yield "negative, but no refund", sa.select(cls.id).where(cls.amount < 0, cls.refund_of_id.is_(None))
        back = sa.select(sa.func.sum(refund.amount)).where(
            refund.refund_of_id == given.id, refund.status != DonationStatus.void
        )
        refunded = sa.select(refund.refund_of_id).where(refund.refund_of_id.is_not(None))
        yield (
            "refunded more than was given",
            sa.select(given.id).where(given.id.in_(refunded), given.amount + back.scalar_subquery() < 0),
        )
