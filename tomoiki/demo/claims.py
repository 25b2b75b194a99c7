"""What the demo's interpreter and organiser paid themselves and claim back, and facts that the interpreter may read."""

from __future__ import annotations

from datetime import timedelta

from tomoiki.cases.models import Case, CaseStaff
from tomoiki.deadlines.models import Fact
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team
from tomoiki.events.lists import EventStatus
from tomoiki.events.models import Event
from tomoiki.money.expenses import Expense
from tomoiki.money.lists import ExpenseStatus

STATES = (ExpenseStatus.submitted, ExpenseStatus.submitted, ExpenseStatus.approved, ExpenseStatus.paid)
EVERY = timedelta(days=9)  # between two claims
TRAVEL, THINGS = (740, 1280, 3000, 460), (2380, 1650, 980)


def add_claims(chance: Chance, rows: Rows, team: Team, fund: int) -> None:
    """Add travel of the interpreter to her cases, newest first, and what the organiser bought for her last sessions."""
    cases = [row["case_id"] for row in _assigned(rows, team)]
    for at, amount in enumerate(TRAVEL if cases else ()):
        about = {"case_id": cases[at % len(cases)], "support_type": "travel", "account": "travel"}
        _claim(
            chance, rows, team, (team.interpreter, at, amount), about | {"payee": "例示鉄道", "fund_id": fund}
        )
    held = [row for row in rows.all(Event) if _is_hers(row, team)][-len(THINGS) :]
    for at, (event, amount) in enumerate(zip(reversed(held), THINGS, strict=False)):
        about = {"event_id": event["id"], "support_type": "event", "account": "supplies"}
        _claim(
            chance, rows, team, (team.organiser, at, amount), about | {"payee": "みほん文具", "fund_id": fund}
        )


def _assigned(rows: Rows, team: Team) -> list[Row]:
    return [row for row in rows.all(CaseStaff) if row["user_id"] == team.interpreter and row["to_on"] is None]


def _is_hers(event: Row, team: Team) -> bool:
    return event["organiser_id"] == team.organiser and event["status"] is EventStatus.held


def _claim(
    chance: Chance, rows: Rows, team: Team, what: tuple[int, int, int], facts: dict[str, object]
) -> None:
    by, at, amount = what
    day, status = chance.last_day - at * EVERY, STATES[min(at, len(STATES) - 1)]
    if status is not ExpenseStatus.submitted:
        facts |= {"approved_by_id": team.ids["treasurer"], "approved_at": moment(day, 18)}
    rows.add(
        Expense, moment(day, 17), paid_on=day, amount=amount, method="cash", status=status, created_by=by,
        submitted_by_id=by, **facts,
    )  # fmt: skip


def add_told_facts(rows: Rows, team: Team) -> None:
    """Let each case whose story the interpreter may read have something that happened."""
    known = {row["case_id"] for row in rows.all(Fact)}
    for staff in _assigned(rows, team):
        if staff["share_story"] and staff["case_id"] not in known:
            case = rows.get(Case, staff["case_id"])
            _add_facts(rows, case)


def _add_facts(rows: Rows, case: Row) -> None:
    about = {"person_id": case["person_id"], "case_id": case["id"], "source": "told"}
    for kind, before in (("joined_on", 400), ("moved_on", 30)):
        rows.add(
            Fact,
            moment(case["opened_on"], 11),
            kind=kind,
            on=case["opened_on"] - timedelta(days=before),
            **about,
        )
