"""The demo's activities: what was done about each case between its opening and its closing."""

from datetime import date, timedelta
from typing import Any

from tomoiki.cases.lists import COUNTED, Answer, Confidentiality
from tomoiki.cases.models import Activity, Case, CaseStaff
from tomoiki.demo import texts
from tomoiki.demo.chance import Chance
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team

Facts = dict[str, Any]
BEGINNING = timedelta(days=30)  # most is done in the first weeks
INTERPRETED = [contact for contact in texts.CONTACTS if contact.notes_vi]


def add_activities(chance: Chance, rows: Rows, team: Team, count: int) -> None:
    """Share about that many activities out over the cases, and add them in the order of time."""
    cases = rows.all(Case)
    interpreted = _interpreter_rows(rows, team)
    planned: list[tuple[Facts, Row]] = []
    for case, share in zip(cases, _shares(chance, len(cases), count), strict=True):
        done = [_activity(chance, case, team) for _ in range(share)]
        if case["id"] in interpreted:
            done += [_interpreted(chance, case, interpreted[case["id"]], team) for _ in range(2)]
        planned += [(facts, case) for facts in done]
    for facts, case in sorted(planned, key=lambda plan: plan[0]["at"]):
        persons = [case["person_id"]]
        written_at = facts["at"] + timedelta(minutes=facts["minutes"] + 15)
        rows.add(Activity, written_at, case_id=case["id"], persons=persons, **facts)


def _interpreter_rows(rows: Rows, team: Team) -> dict[int, Row]:
    staff = (row for row in rows.all(CaseStaff) if row["answer"] is Answer.accepted)
    return {row["case_id"]: row for row in staff if row["user_id"] == team.interpreter}


def _shares(chance: Chance, cases: int, count: int) -> list[int]:
    """Return how many activities each case gets: many a few, few a lot."""
    weights = [chance.rng.gammavariate(2.2, 1) for _ in range(cases)]
    whole = sum(weights)
    return [max(1, round(count * weight / whole)) for weight in weights]


def _activity(chance: Chance, case: Row, team: Team) -> Facts:
    contact = chance.rng.choices(texts.CONTACTS, [contact.weight for contact in texts.CONTACTS])[0]
    is_hers = case["confidential"] is not Confidentiality.normal or chance.happens(0.85)
    by = case["owner_id"] if case["owner_id"] and is_hers else chance.rng.choice(team.caseworkers)
    note = {"note": chance.rng.choice(contact.notes), "note_lang": "ja"}
    return _facts(chance, contact, _day(chance, case)) | note | {"by_id": by}


def _interpreted(chance: Chance, case: Row, assignment: Row, team: Team) -> Facts:
    """Return what the interpreter noted, in Vietnamese, while she was on the case."""
    contact = chance.rng.choice(INTERPRETED)
    day = chance.day(assignment["from_on"], assignment["to_on"])
    note = {"note": chance.rng.choice(contact.notes_vi), "note_lang": "vi"}
    people = {"by_id": team.interpreter, "interpreter_id": team.interpreter}
    return _facts(chance, contact, day) | note | people


def _facts(chance: Chance, contact: texts.Contact, day: date) -> Facts:
    shortest, longest = contact.minutes
    return {
        "at": chance.moment(day, 10), "type": contact.type, "counts_as_contact": contact.type in COUNTED,
        "minutes": chance.rng.randrange(shortest, longest + 1, 5),
        "place": chance.rng.choice(contact.places) or None,
    }  # fmt: skip


def _day(chance: Chance, case: Row) -> date:
    opened_on, last = case["opened_on"], _last_day(case)
    if chance.happens(0.6):
        return chance.day(opened_on, min(opened_on + BEGINNING, last) if last else opened_on + BEGINNING)
    return chance.day(opened_on, last)


def _last_day(case: Row) -> date | None:
    """Return the day on which work on the case ended, if it did."""
    if case["closed_on"]:
        return case["closed_on"]  # type: ignore[no-any-return]  # a row's values are of any type
    return case["resolved_at"].date() if case["resolved_at"] else None
