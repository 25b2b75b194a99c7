"""The demo's bank: an account, one file a month of the last year, and its lines, matched but for the newest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tomoiki.core.text import fold
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team
from tomoiki.money.bank import BankAccount, BankLine, ImportBatch
from tomoiki.money.expenses import Expense
from tomoiki.money.lists import BankLineStatus, DonationStatus, ExpenseStatus
from tomoiki.money.models import Donation, Donor

Facts = dict[str, Any]
SINCE_DAYS = 365
UNMATCHED_DAYS = 12
OPENING = 4_200_000
STRANGERS = ("ミホンタロウ", "カ）レイジ", "ナナシハナコ")


def add_bank(chance: Chance, rows: Rows, team: Team) -> None:
    """Add what the bank's statements of the last year say."""
    since = chance.last_day - timedelta(days=SINCE_DAYS)
    account = rows.add(
        BankAccount, moment(chance.first_day, 9), label="見本銀行 普通", bank_code="9999", branch="本店"
    )
    by_month: dict[date, list[tuple[date, Facts, Row | None]]] = {}
    for line in sorted(
        (*_in(rows, since), *_out(rows, since), *_unknown(chance)), key=lambda found: found[0]
    ):
        by_month.setdefault(line[0].replace(day=1), []).append(line)
    balance = OPENING
    for month, lines in by_month.items():
        batch = _file(chance, rows, team, account, month, len(lines))
        for at, (day, facts, source) in enumerate(lines, start=1):
            balance += facts.get("amount_in", 0) - facts.get("amount_out", 0)
            known: Facts = {"batch_id": batch, "account_id": account, "line_no": at, "balance": balance}
            _line(chance, rows, day, facts | known, source)


def _in(rows: Rows, since: date) -> list[tuple[date, Facts, Row | None]]:
    return [
        (
            gift["received_on"],
            {"amount_in": gift["amount"] - gift["fee"], "payer_raw": _payer(rows, gift)},
            gift,
        )
        for gift in rows.all(Donation)
        if gift["method"] == "bank" and gift["received_on"] >= since and gift["amount"] > 0
        if gift["status"] in (DonationStatus.confirmed, DonationStatus.receipted)
    ]


def _payer(rows: Rows, gift: Row) -> str:
    if gift["donor_id"] is None:
        return "ジヨセイキン"
    donor = rows.get(Donor, gift["donor_id"])
    return str(donor["name_kana"] or donor["name"]).replace(" ", "").replace("　", "")


def _out(rows: Rows, since: date) -> list[tuple[date, Facts, Row | None]]:
    return [
        (one["paid_on"], {"amount_out": one["amount"], "memo": f"振込 {one['payee']}"}, one)
        for one in rows.all(Expense)
        if one["method"] == "bank" and one["paid_on"] >= since and one["status"] is ExpenseStatus.paid
    ]


def _unknown(chance: Chance) -> list[tuple[date, Facts, Row | None]]:
    """Return transfers of payers whom nobody has recognised yet."""
    return [
        (chance.day(chance.last_day - timedelta(days=40)), {"amount_in": 5000, "payer_raw": payer}, None)
        for payer in STRANGERS
    ]


def _file(  # noqa: PLR0913, PLR0917 - what a statement is
    chance: Chance, rows: Rows, team: Team, account: int, month: date, count: int
) -> int:
    name = f"meisai-{month:%Y-%m}.csv"
    read_on = min((month + timedelta(days=32)).replace(day=3), chance.last_day)
    return rows.add(
        ImportBatch, moment(read_on, 10), account_id=account, file_name=name, profile="demo", encoding="cp932",
        sha256=hashlib.sha256(name.encode()).hexdigest(), rows=count, new=count, at=moment(read_on, 10),
        by_id=team.ids["treasurer"],
    )  # fmt: skip


def _line(chance: Chance, rows: Rows, day: date, facts: Mapping[str, Any], source: Row | None) -> None:
    payer = facts.get("payer_raw")
    is_young = (chance.last_day - day).days < UNMATCHED_DAYS
    status = BankLineStatus.matched
    if source is None or is_young:
        status = BankLineStatus.candidate if source is not None else BankLineStatus.unmatched
    line = rows.add(
        BankLine, moment(day, 9), tx_on=day, value_on=day, match_status=status,
        payer_folded=fold(payer) if payer else None,
        fingerprint=hashlib.sha256(f"{facts['batch_id']}|{facts['line_no']}".encode()).hexdigest(), **facts,
    )  # fmt: skip
    if source is not None and status is BankLineStatus.matched:
        source["bank_line_id"] = line
