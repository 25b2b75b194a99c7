"""The table expense (支出), and what binds spending: approval by somebody else, and what a fund is for (DOMAIN 6.5)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, Session

from tomoiki.accounts.models import User
from tomoiki.accounts.settings import SettingKey, get_flag
from tomoiki.core.actors import actor
from tomoiki.core.dates import now, today
from tomoiki.core.fields import col, ref
from tomoiki.core.money import format_yen
from tomoiki.core.records import Fault, Moves, Numbering, Record
from tomoiki.core.wordings import label_of
from tomoiki.money.bank import BankLine
from tomoiki.money.lists import Account, ExpenseStatus, PaymentMethod, SupportType
from tomoiki.money.models import Fund, general_fund
from tomoiki.money.services import balance, lowest_balance

if TYPE_CHECKING:
    from tomoiki.cases.models import Case
    from tomoiki.events.models import Event

LIVE = (ExpenseStatus.draft, ExpenseStatus.submitted, ExpenseStatus.approved, ExpenseStatus.paid)
SETTLED = (ExpenseStatus.approved, ExpenseStatus.paid)
_LOCK = sa.select(Fund.id).where(Fund.id == sa.bindparam("fund")).with_for_update()


class Expense(Record):
    """Money spent. A payment to a supported person names her case, never herself."""

    __label__ = ("number",)
    __sublabel__ = "paid_on"
    __numbering__ = Numbering("number", "number_format_expense", "paid_on")
    __moves__ = Moves(
        "status",
        {
            ExpenseStatus.draft: (ExpenseStatus.submitted, ExpenseStatus.void),
            ExpenseStatus.submitted: (ExpenseStatus.approved, ExpenseStatus.rejected, ExpenseStatus.void),
            ExpenseStatus.approved: (ExpenseStatus.paid, ExpenseStatus.void),
            ExpenseStatus.rejected: (ExpenseStatus.draft, ExpenseStatus.void),
        },
    )
    __table_args__ = (
        sa.Index("ix_expense_paid_on", "paid_on", "id", "amount"),
        sa.Index("ix_expense_fund_id", "fund_id", "paid_on", "status", "amount"),
        sa.CheckConstraint("amount > 0 OR refund_of_id IS NOT NULL", name="refund"),
    )

    number: Mapped[str] = col(label=_("Expense number"), search="open", unique=True, read_only=True)
    paid_on: Mapped[date] = col(label=_("Paid on"), default=today)
    amount: Mapped[int] = col(label=_("Amount"), unit="JPY", check="amount <> 0")
    support_type: Mapped[str] = col(label=_("Spent on"), choices=SupportType)
    account: Mapped[str | None] = col(label=_("Account in the books"), choices=Account)
    fund: Mapped[Fund] = ref(label=_("Fund"), help=_("Empty: the general fund."), index=False, filled=True)
    fund_id: Mapped[int]
    case: Mapped["Case | None"] = ref(label=_("Case"))
    event: Mapped["Event | None"] = ref(label=_("Event"))
    event_id: Mapped[int | None]
    payee: Mapped[str | None] = col(
        label=_("Payee"),
        search="open",
        help=_("A shop, a clinic, a lawyer. Never a supported person: choose the case instead."),
    )
    method: Mapped[str] = col(label=_("Method"), choices=PaymentMethod, default="bank")
    loan: Mapped[bool] = col(label=_("Lent, to be paid back"), default=False)
    refund_of: Mapped["Expense | None"] = ref(label=_("Comes back from"))
    refund_of_id: Mapped[int | None]
    bank_line: Mapped[BankLine | None] = ref(label=_("Line of the statement"))
    status: Mapped[ExpenseStatus] = col(label=_("Status"), default=ExpenseStatus.draft, read_only=True)
    submitted_by: Mapped[User | None] = ref(label=_("Submitted by"), read_only=True)
    submitted_by_id: Mapped[int | None]
    approved_by: Mapped[User | None] = ref(label=_("Approved by"), read_only=True)
    approved_by_id: Mapped[int | None]
    approved_at: Mapped[datetime | None] = col(label=_("Approved at"), read_only=True)

    def prepare(self, session: Session) -> None:
        """Take the general fund where none is named, and note who submitted and who approved."""
        if self.fund_id is None and self.fund is None:
            self.fund_id = general_fund(session)
        if self.status is ExpenseStatus.submitted and self.submitted_by_id is None:
            self.submitted_by_id = actor().id
        elif self.status is ExpenseStatus.approved and self.approved_at is None:
            self.approved_by_id, self.approved_at = actor().id, now()
        elif self.status is ExpenseStatus.draft:
            self.submitted_by_id = self.approved_by_id = self.approved_at = None

    def faults(self, session: Session) -> Iterator[Fault]:
        """Check the amount, who approves, and what the fund allows."""
        if self.amount == 0:
            yield Fault(_("The amount must not be 0."), "amount")
        if self.amount < 0 and not (self.refund_of_id or self.refund_of):
            yield Fault(_("Only money that comes back is negative. Say from which expense."), "amount")
        if self.paid_on > today() and self.status is ExpenseStatus.paid:
            yield Fault(_("This day is still to come. Check the date."), "paid_on")
        if self.refund_of_id or self.refund_of:
            yield from self._faults_of_return(session)
        yield from self._faults_of_approval(session)
        if self.status in LIVE:
            yield from self._faults_of_fund(session)

    def _faults_of_return(self, session: Session) -> Iterator[Fault]:
        with session.no_autoflush:
            original = self.refund_of or session.get_one(Expense, self.refund_of_id)
        table = Expense.__table__
        back = sa.select(sa.func.coalesce(sa.func.sum(table.c.amount), 0)).where(
            table.c.refund_of_id == original.id, table.c.id != (self.id or 0), table.c.status.in_(LIVE)
        )
        if self.amount > 0:
            yield Fault(_("Money that comes back is a negative amount (for example -5,000)."), "amount")
        if self.fund_id != original.fund_id:
            yield Fault(_("It comes back to the fund that paid."), "fund")
        if original.amount + int(session.scalar(back) or 0) + self.amount < 0:
            yield Fault(_("More would come back than was spent."), "amount")

    def _faults_of_approval(self, session: Session) -> Iterator[Fault]:
        before = sa.inspect(self).attrs.status.history.deleted
        is_approving = bool(before) and self.status is ExpenseStatus.approved
        is_alone = self.submitted_by_id is not None and self.submitted_by_id == self.approved_by_id
        if is_approving and is_alone and get_flag(session, SettingKey.approver_is_another):
            yield Fault(_("Whoever submitted an expense does not approve it. Ask a colleague."), "status")
        if self.id and not before and self.status in SETTLED:
            for name in ("amount", "paid_on", "fund_id", "support_type"):
                if sa.inspect(self).attrs[name].history.deleted:
                    message = _("This was approved as it stands. Void it and enter a new one.")
                    yield Fault(message, name.removesuffix("_id"))

    def _faults_of_fund(self, session: Session) -> Iterator[Fault]:
        with session.no_autoflush:
            fund = session.get(Fund, self.fund_id) if self.fund_id else self.fund
        if fund is None or not fund.is_bound:
            return
        if self.support_type and self.support_type not in fund.support_types:
            what = label_of(SupportType, self.support_type)
            yield Fault(_("The fund “%(fund)s” is not for “%(what)s”.", fund=fund.name, what=what), "fund")
        if not (fund.start_on or self.paid_on) <= self.paid_on <= (fund.end_on or self.paid_on):
            yield Fault(_("On this day the fund “%(fund)s” is not open.", fund=fund.name), "paid_on")
        session.execute(_LOCK, {"fund": fund.id})  # two approvals at once would each see the same money
        left = lowest_balance(session, fund.id, self.paid_on, but=self.id)
        if self.amount > max(left, 0):
            most = format_yen(max(left, 0))
            yield Fault(
                _("The fund “%(fund)s” has only %(left)s yen left.", fund=fund.name, left=most), "amount"
            )

    def remarks(self, session: Session) -> Iterator[LazyString | str]:
        """Warn when the general fund has less than nothing; it may."""
        with session.no_autoflush:
            fund = session.get_one(Fund, self.fund_id)
        if fund.is_bound or self.status not in LIVE:
            return
        pending = 0 if self.status in SETTLED else self.amount
        if (left := balance(session, fund.id, self.paid_on) - pending) < 0:
            words = {"fund": fund.name, "left": format_yen(left)}
            yield _("With this the fund “%(fund)s” stands at %(left)s yen.", **words)

    def keeps(self, session: Session) -> LazyString | str | None:
        """What was approved or paid stays in the books."""
        return (
            _("It was approved and stands in the books. Void it instead.") if self.status in SETTLED else None
        )


def submit(session: Session, expense: Expense) -> None:
    """Hand a draft in for approval."""
    expense.status = ExpenseStatus.submitted
    expense.prepare(session)
    session.flush()
