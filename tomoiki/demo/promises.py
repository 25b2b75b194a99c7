"""The demo's seminars afterwards: what employers promised, and the visits that look after it."""

from datetime import date, timedelta
from typing import Any

from tomoiki.core.dates import in_tokyo, months_later
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.organisations import Organisations
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team
from tomoiki.events.lists import (
    CommitmentAnswer,
    CommitmentItem,
    EventKind,
    EventStatus,
    FollowUpKind,
    FollowUpStatus,
)
from tomoiki.events.models import MONTHS, Commitment, Event, FollowUp

Facts = dict[str, Any]
EMPLOYERS, ITEMS = 3, 5
FINDINGS = (
    "給与明細の説明は毎月行われている。寮費の内訳も渡していた。",
    "相談窓口の掲示は日本語だけだった。ベトナム語版を渡した。",
    "旅券は本人が持っている。外出の届け出は続いているため、改めて説明した。",
    "担当者が代わり、約束を知らなかった。確認して連絡をもらうことになった。",
)


def add_promises(chance: Chance, rows: Rows, team: Team, bodies: Organisations) -> None:
    """Add the checklist of some employers at each seminar that was held, and their three visits."""
    held = [
        event
        for event in rows.all(Event)
        if event["kind"] is EventKind.seminar and event["status"] is EventStatus.held
    ]
    for event in held:
        employers = list(bodies.by_role["employer"])
        for organisation in chance.rng.sample(employers, min(EMPLOYERS, len(employers))):
            _promise(chance, rows, event, organisation)
            for kind in FollowUpKind:
                _visit(chance, rows, team, event, organisation, kind)


def _promise(chance: Chance, rows: Rows, event: Row, organisation: int) -> None:
    day = in_tokyo(event["starts_at"]).date()
    for item in chance.rng.sample(list(CommitmentItem), ITEMS):
        answer = chance.rng.choices(tuple(CommitmentAnswer), (4, 6, 2, 1))[0]
        rows.add(
            Commitment, moment(day, 17), event_id=event["id"], organisation_id=organisation, item=item.value,
            answer=answer, due_on=months_later(day, 3) if answer is CommitmentAnswer.promised else None,
        )  # fmt: skip


def _visit(  # noqa: PLR0913, PLR0917 - what a visit hangs on
    chance: Chance, rows: Rows, team: Team, event: Row, organisation: int, kind: FollowUpKind
) -> None:
    day = in_tokyo(event["starts_at"]).date()
    due_on = months_later(day, MONTHS[kind])
    rows.add(
        FollowUp, moment(day, 17), event_id=event["id"], organisation_id=organisation, due_kind=kind,
        due_on=due_on, by_id=team.organiser, **_course(chance, due_on),
    )  # fmt: skip


def _course(chance: Chance, due_on: date) -> Facts:
    visited_on = due_on + timedelta(days=chance.rng.randint(-6, 14))
    if visited_on > chance.last_day:
        return {}
    if chance.happens(0.12):
        return {"status": FollowUpStatus.skipped}
    return {
        "status": FollowUpStatus.visited, "visited_on": visited_on, "score": chance.rng.randint(1, 5),
        "findings": chance.rng.choice(FINDINGS),
    }  # fmt: skip
