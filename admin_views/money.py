"""Screens of the treasurer."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.screen import Action, Figure, Inline, Related, Screen, View
from admin_views.menus import MONEY
from tomoiki.core.actors import actor
from tomoiki.core.dates import today
from tomoiki.money import expenses, ledger, receipts
from tomoiki.money.bank import BankLine
from tomoiki.money.expenses import Expense
from tomoiki.money.lists import ExpenseStatus, ReceiptStatus
from tomoiki.money.models import Donation, Donor, Fund, Pledge
from tomoiki.money.receipts import Receipt, ReceiptLine, due
from tomoiki.money.services import balances

DONATIONS = Screen(
    model=Donation,
    slug="donations",
    paper="receipt",
    name=_("Donations"),
    one=_("donation"),
    menu=MONEY,
    icon="gift",
    list=(("donor", "number"), "received_on", "amount", "fund", "method", "status"),
    phone=("method",),
    filters=("status", "fund", "donor", "method", "kind", "received_on", "amount"),
    views=(View("receipt-due", _("A receipt is due"), due, ("donor", "status")),),
    sort="-received_on",
    total=("amount",),
    groups=("status", "received_on"),
    facts=("donor", ("amount", "net"), "received_on", "fund", ("method", "receipt")),
    form=(
        ("donor", "received_on"),
        ("amount", "fee"),
        ("fund", "method"),
        "kind",
        ("campaign", "ledger_no"),
        ("in_kind_desc", "in_kind_value"),
        ("pledge", "bank_line"),
        "refund_of",
        "is_consideration",
        "memo",
    ),
    importable=ledger.IMPORTABLE,
    synonyms=ledger.HEADERS,
)

DONORS = Screen(
    model=Donor,
    slug="donors",
    paper="receipt",
    name=_("Donors"),
    one=_("donor"),
    menu=MONEY,
    icon="people",
    list=(("name", "code"), "kind", "phone", "email", "receipt_pref"),
    phone=("receipt_pref",),
    filters=("kind", "receipt_pref", "is_officer"),
    groups=("kind",),
    sort="name",
    facts=(
        ("name_kana", "kind"),
        ("postal_code", "address"),
        ("phone", "email"),
        "receipt_pref",
        "organisation",
    ),
    form=(
        ("name", "name_kana"),
        "kind",
        ("corporate_number", "organisation"),
        ("postal_code", "address"),
        ("phone", "email"),
        "receipt_pref",
        "publish_name",
        "household_key",
        ("is_officer", "officer_relation", "deceased"),
    ),
    synonyms=ledger.DONOR_HEADERS,
    related=(
        Related(Donation, list=("number", "received_on", "amount", "fund", "status")),
        Related(Receipt, list=("number", "issued_on", "total", "status")),
        Related(Pledge, list=("amount", "cycle", "start_on", "status")),
    ),
)


def _balances(session: Session, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, int]:
    return balances(session, [row["id"] for row in rows], today())


BALANCE = Figure("balance", _("Balance today"), _balances, kind="yen", needs="opening_balance")

FUNDS = Screen(
    model=Fund,
    slug="funds",
    paper="receipt",
    name=_("Funds"),
    one=_("fund"),
    menu=MONEY,
    icon="fund",
    list=(("name", "code"), "kind", "support_types", "opening_balance", "end_on"),
    filters=("kind", "support_types"),
    sort="name",
    total=("opening_balance",),
    figures=(BALANCE,),
    facts=("kind", "opening_balance", ("start_on", "end_on"), ("budget", "grantor")),
    tags=("support_types",),
    form=(
        ("name", "code"),
        "kind",
        "purpose",
        "support_types",
        ("opening_balance", "opening_on"),
        ("budget", "grantor"),
        ("start_on", "end_on"),
        "return_unused",
    ),
    related=(
        Related(Donation, list=("number", "received_on", "donor", "amount", "status")),
        Related(Expense, list=("number", "paid_on", "support_type", "amount", "case", "status")),
    ),
)

PLEDGES = Screen(
    model=Pledge,
    slug="pledges",
    paper="receipt",
    name=_("Pledges"),
    one=_("pledge"),
    menu=MONEY,
    icon="clock",
    list=("donor", "amount", "cycle", "day", "start_on", "end_on", "status"),
    phone=("day", "end_on"),
    filters=("status", "cycle", "donor", "start_on"),
    sort="-start_on",
    total=("amount",),
    groups=("status",),
    facts=("donor", ("amount", "cycle"), "day", ("start_on", "end_on"), "gateway"),
    form=("donor", ("amount", "day"), "cycle", ("start_on", "end_on"), "gateway"),
    related=(Related(Donation, list=("number", "received_on", "amount", "status")),),
)


def _reissue(session: Session, receipt: Receipt) -> str:
    times = receipts.reissue(session, receipt)
    return gettext("Issued again under its number (%(times)s).", times=times)


def _cancel(session: Session, receipt: Receipt) -> str:
    receipts.cancel(session, receipt)
    return gettext("The receipt is cancelled and stays in the list. Its gifts may have a new one.")


def _is_valid(receipt: Receipt) -> bool:
    return receipt.status is not ReceiptStatus.cancelled


RECEIPTS = Screen(
    model=Receipt,
    slug="receipts",
    paper="receipt",
    name=_("Receipts"),
    one=_("receipt"),
    menu=MONEY,
    icon="paper",
    list=(("name_printed", "number"), "issued_on", "total", "kind", "year", "status"),
    phone=("kind", "year"),
    filters=("status", "kind", "donor", "year", "issued_on"),
    sort="-issued_on",
    total=("total",),
    groups=("status", "kind", "issued_on"),
    facts=("donor", "total", "issued_on", ("kind", "year"), "deductible"),
    form=("donor", ("issued_on", "year"), "kind", ("name_printed", "address_printed")),
    inlines=(Inline(ReceiptLine, ("donation",), once=True),),
    importable=(),  # a receipt certifies gifts that are booked
    related=(Related(ReceiptLine, list=("donation", "amount"), limit=50),),
    actions=(
        Action("reissue", _("Issue again"), _reissue, needs="create", icon="paper", offered=_is_valid),
        Action("cancel", _("Cancel the receipt"), _cancel, needs="create", icon="x", offered=_is_valid),
    ),
)

RECEIPT_LINES = Screen(
    model=ReceiptLine,
    slug="receipt-lines",
    paper="receipt",
    name=_("Gifts on receipts"),
    one=_("gift"),
    list=("donation", "receipt", "amount"),
    facts=("receipt", "donation", "amount"),
    creates=False,
    deletes=False,
)


def _submit(session: Session, expense: Expense) -> str:
    expenses.submit(session, expense)
    return gettext("Submitted. Somebody else approves it.")


def _is_own_draft(expense: Expense) -> bool:
    return expense.status is ExpenseStatus.draft and expense.created_by == actor().id


EXPENSES = Screen(
    model=Expense,
    slug="expenses",
    paper="receipt",
    name=_("Expenses"),
    one=_("expense"),
    menu=MONEY,
    icon="yen",
    list=(("support_type", "number"), "paid_on", "amount", "fund", "case", "payee", "status"),
    phone=("payee",),
    filters=("status", "support_type", "fund", "case", "event", "paid_on"),
    sort="-paid_on",
    total=("amount",),
    groups=("status", "support_type", "paid_on"),
    facts=("amount", "paid_on", "fund", ("case", "event"), ("submitted_by", "approved_by")),
    form=(
        ("paid_on", "amount"),
        ("support_type", "account"),
        ("fund", "payee"),
        ("case", "event"),
        "method",
        "loan",
        ("refund_of", "bank_line"),
    ),
    actions=(Action("submit", _("Submit"), _submit, needs="create", icon="right", offered=_is_own_draft),),
)

BANK_LINES = Screen(
    model=BankLine,
    slug="bank-lines",
    paper="receipt",
    name=_("Bank lines"),
    one=_("bank line"),
    menu=MONEY,
    icon="bank",
    list=(("payer_raw", "memo"), "tx_on", "amount_in", "amount_out", "balance", "match_status"),
    phone=("balance",),
    filters=("match_status", "tx_on", "amount_in", "amount_out"),
    sort="-tx_on",
    total=("amount_in", "amount_out"),
    groups=("match_status", "tx_on"),
    facts=("tx_on", ("amount_in", "amount_out"), "balance", "payer_raw", "account"),
    form=(
        ("tx_on", "value_on"),
        ("amount_in", "amount_out"),
        "balance",
        ("payer_raw", "bank_ref"),
        "memo",
    ),
    related=(
        Related(Donation, list=("number", "donor", "net", "status")),
        Related(Expense, list=("number", "payee", "amount", "status")),
    ),
)
