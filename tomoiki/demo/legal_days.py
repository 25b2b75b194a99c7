"""The demo's facts, and the legal days that follow from them by the office's rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.cases.models import Case, CasePerson
from tomoiki.core.dates import months_later
from tomoiki.deadlines import holidays
from tomoiki.deadlines.lists import DeadlineStatus
from tomoiki.deadlines.models import Deadline, DeadlineRule, Fact
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team
from tomoiki.people.models import ResidenceStatus

SATURDAY = 5
CLOSED = frozenset(row["date"] for row in holidays.seed_rows())
FORTNIGHT = timedelta(days=14)
WAIVED = ("本人が帰国したため。", "会社が代わりに届け出た。", "ケースの終結により不要。")
COLLEAGUES = 0.1


@dataclass(frozen=True)
class Day:
    """A legal day to come: by which rule, from which day, and both its ends."""

    rule: str
    trigger_on: date
    due_on: date
    safe_on: date


def add_legal_days(session: Session, chance: Chance, rows: Rows, team: Team) -> None:
    """Add to each case the facts that its categories suggest, and their deadlines."""
    found = session.execute(sa.select(DeadlineRule.code, DeadlineRule.id))
    rules: Mapping[str, int] = {row[0]: row[1] for row in found}
    stays = {row["person_id"]: row for row in rows.all(ResidenceStatus)}  # the last of each person
    for case in rows.all(Case):
        days = list(_days(chance, rows, case))
        if case["closed_on"] is None:
            days += _expiry(stays[case["person_id"]])
        for day in days:
            _add_deadline(chance, rows, team, case, (rules[day.rule], day))
    _add_colleagues(chance, rows)


def _days(chance: Chance, rows: Rows, case: Row) -> Iterator[Day]:
    opened_on = case["opened_on"]
    if case["primary_category"] == "dismissal":
        left = opened_on - timedelta(days=chance.rng.randint(1, 12))
        _add_fact(rows, case, "left_on", left, source="told")
        _add_fact(rows, case, "told_on", left - timedelta(days=chance.rng.randint(0, 14)), source="paper")
        _add_fact(rows, case, "ended_on", left, source="paper")
        lost = left + timedelta(days=1)
        _add_fact(rows, case, "insurance_lost_on", lost, source="employer")
        last = left + FORTNIGHT
        yield Day("contract_org", left, next_open(last), previous_open(last))
        last = lost + FORTNIGHT
        yield Day("kokuho_in", lost, next_open(last), previous_open(last - timedelta(days=1)))
    elif case["primary_category"] == "wage_unpaid":
        for back in range(chance.rng.randint(2, 4), 0, -1):
            payday = months_later(opened_on.replace(day=25), -back)
            amount = chance.rng.randrange(140_000, 230_000, 1000)
            _add_fact(rows, case, "payday", payday, source="paper", amount=amount, note="給与明細を確認。")
            last = months_later(payday, 36)  # the 25th stays the 25th, by 民法143条 too
            yield Day("wage_3y", payday, last, previous_open(last))
    elif case["primary_category"] == "industrial_accident":
        absent = min(opened_on, chance.last_day) - timedelta(days=chance.rng.randint(3, 40))
        absent = absent.replace(day=min(absent.day, 27))
        _add_fact(rows, case, "absent_on", absent, source="told", until=opened_on)
        last = months_later(absent, 24)
        yield Day("wc_2y", absent, last, previous_open(last))


def _add_fact(rows: Rows, case: Row, kind: str, on: date, **values: Any) -> None:
    made_at = moment(case["opened_on"], 11)
    rows.add(Fact, made_at, person_id=case["person_id"], case_id=case["id"], kind=kind, on=on, **values)


def _expiry(stay: Row) -> list[Day]:
    on = stay["expires_on"]
    return [Day("stay_expiry", on, on, previous_open(on))] if on else []


def _add_deadline(chance: Chance, rows: Rows, team: Team, case: Row, what: tuple[int, Day]) -> None:
    rule, day = what
    ended_on, by = case["closed_on"], case["owner_id"] or team.caseworkers[0]
    values: dict[str, Any] = {"status": DeadlineStatus.open}
    if day.due_on < chance.today or ended_on:
        values = _settled(chance, case, day) | {"done_by_id": by}
        if values["status"] is not DeadlineStatus.done:
            values["done_by_id"] = None
    rows.add(
        Deadline, moment(case["opened_on"], 11, 5), case_id=case["id"], person_id=case["person_id"], rule_id=rule,
        trigger_on=day.trigger_on, due_on=day.due_on, safe_on=day.safe_on, manual_due=False, **values,
    )  # fmt: skip


def _settled(chance: Chance, case: Row, day: Day) -> dict[str, Any]:
    """Return how a day that is over, or whose case is, was settled."""
    first, last = case["opened_on"], min(day.due_on, case["closed_on"] or chance.last_day)
    if first <= last and chance.happens(0.8):
        return {"status": DeadlineStatus.done, "done_on": chance.day(first, last)}
    if case["closed_on"] or chance.happens(0.5):
        return {"status": DeadlineStatus.waived, "waived_reason": chance.rng.choice(WAIVED)}
    return {"status": DeadlineStatus.missed}


def _add_colleagues(chance: Chance, rows: Rows) -> None:
    """Let some cases concern somebody else of the same employer."""
    at_work: dict[int, list[Row]] = {}
    for case in rows.all(Case):
        if not case["employer_id"]:
            continue
        others = [
            other for other in at_work.get(case["employer_id"], ()) if other["person_id"] != case["person_id"]
        ]
        if others and chance.happens(COLLEAGUES):
            made_at, person = case["created_at"], chance.rng.choice(others)["person_id"]
            rows.add(CasePerson, made_at, case_id=case["id"], person_id=person, role="colleague")
        at_work.setdefault(case["employer_id"], []).append(case)


def _is_open(day: date) -> bool:
    is_year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < SATURDAY and day not in CLOSED and not is_year_end


def previous_open(day: date) -> date:
    """Return the last day up to this one on which offices are open."""
    while not _is_open(day):
        day -= timedelta(days=1)
    return day


def next_open(day: date) -> date:
    """Return the first day from this one on which offices are open."""
    while not _is_open(day):
        day += timedelta(days=1)
    return day
