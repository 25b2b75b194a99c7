"""The demo's cases with who works on them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tomoiki.cases.lists import (
    RESTRICTED_BY_DEFAULT,
    Answer,
    CaseStatus,
    Confidentiality,
    ConfidentialReason,
    CrimePrevention,
    StaffRole,
)
from tomoiki.cases.models import Case, CaseStaff
from tomoiki.demo import texts
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.organisations import Organisations
from tomoiki.demo.people import Somebody, add_person
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team
from tomoiki.demo.texts import Matter

Facts = dict[str, Any]
RESTRICTED_SHARE = 0.12
AT_ONCE_SHARE = 0.1  # closed without result
NEW_CASE_AFTER = timedelta(days=365)  # DOMAIN 2.8: later than this a closed case is not reopened
UNDER_WAY = frozenset({CaseStatus.open, CaseStatus.active, CaseStatus.waiting, CaseStatus.reopened})
STAGES = (  # up to that many days after the opening: how likely the case is in which state
    (21, ((CaseStatus.open, 1),)),
    (90, ((CaseStatus.open, 1), (CaseStatus.active, 6), (CaseStatus.waiting, 3), (CaseStatus.closed, 2))),
    (
        150,
        ((CaseStatus.active, 2), (CaseStatus.waiting, 2), (CaseStatus.resolved, 1), (CaseStatus.closed, 5)),
    ),
    (240, ((CaseStatus.active, 3), (CaseStatus.resolved, 2), (CaseStatus.closed, 7))),
    (600, ((CaseStatus.active, 1), (CaseStatus.reopened, 1), (CaseStatus.closed, 15))),
    (9999, ((CaseStatus.active, 1), (CaseStatus.closed, 60))),
)
WITHOUT_EMPLOYER = ("irregular", "dependent", "spouse_pr")
INTERPRETED = 9  # open cases on which the interpreter is


@dataclass(frozen=True)
class Course:
    """How a case went: where it stands, and the days that go with that."""

    status: CaseStatus
    resolved_on: date | None = None
    closed_on: date | None = None
    outcomes: tuple[str, ...] = ()
    note: str | None = None


def add_cases(chance: Chance, rows: Rows, team: Team, bodies: Organisations, size: tuple[int, int]) -> None:
    """Add so many people and cases, oldest first; some people come back with another matter."""
    people_count, case_count = size
    desk = _Desk(chance, rows, team, bodies)
    people: list[Somebody] = []
    is_new = chance.newcomers(case_count, people_count)
    for opened_on, somebody_new in zip(chance.days(case_count), is_new, strict=True):
        if somebody_new:
            employer = bodies.one(chance.rng, "employer")
            people.append(add_person(chance, rows, opened_on, employer, bodies.field_of[employer]))
        desk.open_case(people[-1] if somebody_new else chance.rng.choice(people), opened_on)
    _hide_one(rows)
    _assign(chance, rows, team)


@dataclass(frozen=True)
class _Desk:
    """Where cases are opened; it remembers each person's last closed case."""

    chance: Chance
    rows: Rows
    team: Team
    bodies: Organisations
    closed: dict[int, Row] = field(default_factory=dict)

    def open_case(self, person: Somebody, opened_on: date) -> None:
        """Add a case of this person, as it stands today."""
        matter = _matter(self.chance, person, person.worker_type(opened_on))
        course = _course(self.chance, matter, opened_on)
        facts = _guard(matter) | self._people_on_it(person, matter, course, opened_on)
        case_id = self.rows.add(
            Case, self.chance.moment(opened_on, 9, 10), opened_on=opened_on, status=course.status,
            priority=self.chance.rng.choices(("now", "today", "normal", "info"), (8, 15, 70, 7))[0],
            primary_category=matter.category, categories=_categories(self.chance, matter),
            title=self.chance.rng.choice(matter.titles), reopened_from_id=self._earlier(person, opened_on),
            story=self.chance.rng.choice(texts.STORIES).format(months=self.chance.rng.randint(2, 6)), **facts,
        )  # fmt: skip
        row = self.rows.get(Case, case_id)
        _end(self.rows, row, course)
        row |= _next_action(self.chance, course)
        if course.closed_on:
            self.closed[person.id] = row

    def _people_on_it(self, person: Somebody, matter: Matter, course: Course, opened_on: date) -> Facts:
        is_unassigned = course.status is CaseStatus.open and matter not in texts.GUARDED
        worker_type = person.worker_type(opened_on)
        role = {"titp": "supervising", "ssw": "support"}.get(worker_type)
        return {
            "person_id": person.id, "worker_type": worker_type,
            "owner_id": None if is_unassigned else self.chance.rng.choice(self.team.caseworkers),
            "employer_id": person.employer if worker_type not in WITHOUT_EMPLOYER else None,
            "org_supervising_id": self.bodies.one(self.chance.rng, role) if role else None,
        }  # fmt: skip

    def _earlier(self, person: Somebody, opened_on: date) -> int | None:
        """Return the person's case closed more than a year before: too late to be reopened itself."""
        row = self.closed.get(person.id)
        return row["id"] if row and opened_on - row["closed_on"] > NEW_CASE_AFTER else None


def _guard(matter: Matter) -> Facts:
    reason = RESTRICTED_BY_DEFAULT.get(matter.category)
    level = Confidentiality.restricted if reason else Confidentiality.normal
    return {"confidential": level, "confidential_reason": reason.value if reason else None}


def _matter(chance: Chance, person: Somebody, worker_type: str) -> Matter:
    matters = texts.GUARDED if chance.happens(RESTRICTED_SHARE) else texts.MATTERS
    fitting = [
        matter for matter in matters
        if (person.is_woman or matter.category != "pregnancy")
        and worker_type in texts.ONLY_FOR.get(matter.category, (worker_type,))
    ]  # fmt: skip
    return chance.rng.choices(fitting, [matter.weight for matter in fitting])[0]


def _categories(chance: Chance, matter: Matter) -> list[str]:
    also = [category for category in matter.also if chance.happens(0.5)]
    return [matter.category, *also]


def _course(chance: Chance, matter: Matter, opened_on: date) -> Course:
    age = (chance.last_day - opened_on).days
    states = next(states for up_to, states in STAGES if age <= up_to)
    status = chance.rng.choices([state for state, _ in states], [weight for _, weight in states])[0]
    if status is CaseStatus.closed and chance.happens(AT_ONCE_SHARE):
        code = chance.rng.choice(tuple(texts.WITHOUT_RESULT))
        closed_on = chance.day(opened_on, opened_on + timedelta(days=40))
        return Course(status, None, closed_on, (code,), texts.WITHOUT_RESULT[code])
    if status in UNDER_WAY:
        return Course(status)
    resolved_on = chance.day(opened_on + timedelta(days=7), opened_on + timedelta(days=200))
    closed_on = chance.day(resolved_on, resolved_on + timedelta(days=45))
    outcomes = tuple(matter.outcomes[: chance.rng.randint(1, 2)])
    note = chance.rng.choice(texts.OUTCOME_NOTES)
    return Course(status, resolved_on, closed_on if status is CaseStatus.closed else None, outcomes, note)


def _end(rows: Rows, row: Row, course: Course) -> None:
    if not course.outcomes:
        return
    ended_on = course.closed_on or course.resolved_on
    row["resolved_at"] = moment(course.resolved_on, 17, 30) if course.resolved_on else None
    row["closed_on"], row["outcome_note"] = course.closed_on, course.note
    row["prevented_crime_flag"] = CrimePrevention.yes if "C1" in course.outcomes else CrimePrevention.unknown
    row["updated_at"] = moment(ended_on, 18) if ended_on else row["updated_at"]
    rows.link(Case, "outcomes", row["id"], course.outcomes)


def _next_action(chance: Chance, course: Course) -> Facts:
    if course.status not in UNDER_WAY or chance.happens(0.2):
        return {}
    on = chance.today + timedelta(days=chance.rng.randint(-3, 21))
    return {"next_action": chance.rng.choice(texts.NEXT_ACTIONS), "next_action_on": on}


def _is_under_way(case: Row) -> bool:
    return case["status"] in UNDER_WAY


def _hide_one(rows: Rows) -> None:
    """Make the newest restricted case under way secret; where there is none, the newest with an owner."""
    owned = [row for row in rows.all(Case) if row["owner_id"]]
    best = max(owned, key=lambda row: (row["confidential"] == "restricted", _is_under_way(row), row["id"]))
    best["confidential"] = Confidentiality.secret
    best["confidential_reason"] = best["confidential_reason"] or ConfidentialReason.other.value


def _assign(chance: Chance, rows: Rows, team: Team) -> None:
    for row in rows.all(Case):
        if row["owner_id"]:
            _add_staff(rows, row, row["owner_id"], StaffRole.lead)
            if chance.happens(0.2):
                second = next(user for user in team.caseworkers if user != row["owner_id"])
                _add_staff(rows, row, second, StaffRole.support)
    _assign_interpreter(chance, rows, team)


def _add_staff(rows: Rows, case: Row, user: int, role: StaffRole) -> None:
    rows.add(
        CaseStaff, case["created_at"], case_id=case["id"], user_id=user, role=role, from_on=case["opened_on"],
        to_on=case["closed_on"], answer=Answer.done if case["closed_on"] else Answer.accepted,
    )  # fmt: skip


def _may_be_shared(case: Row) -> bool:
    return bool(case["owner_id"]) and case["confidential"] != "secret"


def _assign_interpreter(chance: Chance, rows: Rows, team: Team) -> None:
    """Give the interpreter cases under way: the first with ticks, the second over, the third asked for."""
    fitting = [row for row in rows.all(Case) if _is_under_way(row) and _may_be_shared(row)]
    chosen = chance.rng.sample(fitting, min(INTERPRETED, len(fitting)))
    for at, case in enumerate(sorted(chosen, key=lambda row: (row["opened_on"], row["id"]))):
        from_on = min(case["opened_on"] + timedelta(days=2), chance.last_day)
        is_over, is_asked = at == 1, at == 2  # noqa: PLR2004 - see above
        rows.add(
            CaseStaff, moment(from_on, 9), case_id=case["id"], user_id=team.interpreter,
            role=StaffRole.interpreter, from_on=from_on,
            to_on=max(from_on, chance.last_day - timedelta(days=14)) if is_over else None,
            answer=Answer.requested if is_asked else Answer.accepted,
            may_contact=at in (0, 3), share_story=at == 0,
        )  # fmt: skip
