"""The permission matrix (DOMAIN 4): one table, role by role, over the mechanism in core/access.

C create · R read · U update · D delete · X export. Rooms above this one are named, not imported.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tomoiki.accounts.matrix_files import files_of
from tomoiki.core.access import TODAY, VIEWER, Access, Grant, Matrix
from tomoiki.core.dates import now
from tomoiki.core.fields import model_named

OWN_ACTIVITY_DAYS = timedelta(days=7)


def _table(class_name: str) -> sa.FromClause:
    return model_named(class_name).__table__


def _columns(class_name: str) -> Any:
    return _table(class_name).c


# -- rows ------------------------------------------------------------------------------------------------------------
def _on_case(*roles: str) -> sa.Select[tuple[int]]:
    """Cases that the viewer is on today: an open row of case_staff."""
    staff = _columns("CaseStaff")
    is_open = sa.and_(
        staff.user_id == VIEWER,
        staff.from_on <= TODAY,
        sa.or_(staff.to_on.is_(None), staff.to_on >= TODAY),
        staff.answer.in_(("requested", "accepted")),
    )
    return sa.select(staff.case_id).where(is_open, *([staff.role.in_(roles)] if roles else []))


def own_cases() -> ColumnElement[bool]:
    """Cases that the viewer owns, or works on as lead or support."""
    case = _columns("Case")
    return sa.or_(case.owner_id == VIEWER, case.id.in_(_on_case("lead", "support")))


def normal_or_own_cases() -> ColumnElement[bool]:
    """Cases a caseworker sees: normal ones, and those she owns or is staff of, whatever their level."""
    return sa.or_(_columns("Case").confidential == "normal", own_cases())


def not_secret_or_own_cases() -> ColumnElement[bool]:
    """Cases an administrator's lists hold: all but the secret ones of others."""
    return sa.or_(_columns("Case").confidential != "secret", own_cases())


def _level(level: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = _columns("Case").confidential == level
    return found


def secret_cases() -> ColumnElement[bool]:
    """Cases that an administrator opens one at a time, with a reason."""
    return _level("secret")


def _normal_cases() -> ColumnElement[bool]:
    return _level("normal")


def _not_secret_cases() -> ColumnElement[bool]:
    return _columns("Case").confidential != "secret"  # type: ignore[no-any-return]  # columns of a named class


def _restricted_cases() -> ColumnElement[bool]:
    return _level("restricted")


def assigned_cases() -> ColumnElement[bool]:
    """Cases an interpreter sees: her open rows; a secret one only with the extra tick."""
    case, staff = _columns("Case"), _columns("CaseStaff")
    mine = _on_case("interpreter")
    return sa.or_(
        sa.and_(case.confidential != "secret", case.id.in_(mine)),
        sa.and_(case.confidential == "secret", case.id.in_(mine.where(staff.may_see_secret))),
    )


def _assigned_with_story() -> ColumnElement[bool]:
    staff = _columns("CaseStaff")
    return sa.and_(
        assigned_cases(), _columns("Case").id.in_(_on_case("interpreter").where(staff.share_story))
    )


def _people_of(rows: Any) -> sa.Select[tuple[int]]:
    return sa.select(_columns("Case").person_id).where(rows())


def visible_people() -> ColumnElement[bool]:
    """People a caseworker sees: with a case she may see, or without any restricted or secret case."""
    person, case = _columns("Person"), _columns("Case")
    hers = sa.select(case.id).where(case.person_id == person.id).correlate(_table("Person"))
    return sa.or_(
        ~hers.where(case.confidential != "normal").exists(), hers.where(normal_or_own_cases()).exists()
    )


def assigned_people() -> ColumnElement[bool]:
    """People of the cases an interpreter is on."""
    found: ColumnElement[bool] = _columns("Person").id.in_(_people_of(assigned_cases))
    return found


def _assigned_people_to_contact() -> ColumnElement[bool]:
    case, staff = _columns("Case"), _columns("CaseStaff")
    ticked = case.id.in_(_on_case("interpreter").where(staff.may_contact))
    found: ColumnElement[bool] = _columns("Person").id.in_(_people_of(assigned_cases).where(ticked))
    return found


# Rows of a grant are named functions, or partials of one: the page of permissions says them in words.
def _statuses(people: Any) -> Any:
    return partial(_points_into, "ResidenceStatus", "person_id", "Person", people)


def _of_cases(class_name: str, rows: Any) -> Any:
    return partial(_points_into, class_name, "case_id", "Case", rows)


def _points_into(class_name: str, key: str, target: str, rows: Any) -> ColumnElement[bool]:
    """Rows that point at one of these: looked up row by row, so that a page of fifty costs fifty, not the whole table."""
    far, table = _columns(target), _table(class_name)
    return sa.select(far.id).where(far.id == table.c[key], rows()).correlate(table).exists()


def deadlines_of_own_cases() -> ColumnElement[bool]:
    """Deadlines of the cases that the viewer owns or works on."""
    return _points_into("Deadline", "case_id", "Case", own_cases)


def _narrower(class_name: str, cases: Any, people: Any = None) -> Any:
    return partial(_within_both, class_name, cases, people)


def _within_both(class_name: str, cases: Any, people: Any) -> ColumnElement[bool]:
    """Rows that may point at a case, a person or both: within the narrower scope of the two (DOMAIN 4)."""
    columns = _columns(class_name)
    within = [sa.or_(columns.case_id.is_(None), _points_into(class_name, "case_id", "Case", cases))]
    if people is not None:
        seen = _points_into(class_name, "person_id", "Person", people)
        within.append(sa.or_(columns.person_id.is_(None), seen))
    return sa.and_(*within)


def _activities(cases: Any, inquiries: Any) -> Any:
    return partial(_of_cases_or_inquiries, cases, inquiries)


def _of_cases_or_inquiries(cases: Any, inquiries: Any) -> ColumnElement[bool]:
    """Activities of these cases, and of these inquiries."""
    return sa.or_(
        _points_into("Activity", "case_id", "Case", cases),
        _points_into("Activity", "inquiry_id", "Inquiry", inquiries),
    )


_inquiries_of_admin = _narrower("Inquiry", not_secret_or_own_cases)
_inquiries_of_caseworker = _narrower("Inquiry", normal_or_own_cases, visible_people)
_activities_of_caseworker = _activities(normal_or_own_cases, _inquiries_of_caseworker)


def _own_activities() -> ColumnElement[bool]:
    return sa.and_(_columns("Activity").by_id == VIEWER, _activities_of_caseworker())


def _own_recent_activities() -> ColumnElement[bool]:
    return sa.and_(_own_activities(), _columns("Activity").created_at >= now() - OWN_ACTIVITY_DAYS)


def _activities_of_interpreter() -> ColumnElement[bool]:
    return sa.and_(
        _columns("Activity").by_id == VIEWER, _points_into("Activity", "case_id", "Case", assigned_cases)
    )


def _own_expenses() -> ColumnElement[bool]:
    found: ColumnElement[bool] = _columns("Expense").created_by == VIEWER
    return found


def _expenses_of_own_cases() -> ColumnElement[bool]:
    return _points_into("Expense", "case_id", "Case", own_cases)


def _own_expenses_of_own_events() -> ColumnElement[bool]:
    expense, event = _columns("Expense"), _columns("Event")
    hers = sa.select(event.id).where(event.organiser_id == VIEWER)
    return sa.and_(expense.created_by == VIEWER, expense.event_id.in_(hers))


def _own_travel() -> ColumnElement[bool]:
    expense = _columns("Expense")
    return sa.and_(expense.created_by == VIEWER, expense.support_type == "travel")


# -- fields ----------------------------------------------------------------------------------------------------------
# A mask names fields, and the tables whose rows stand on the record's page.
def _only(*names: str) -> frozenset[str]:
    return frozenset(names)


M1_CASE = _only("number", "worker_type", "status")
M2_CASE = _only("number", "status", "person", "next_action_on", "activity", "case_staff", "deadline")
M2_PERSON = _only(
    "code", "name_used", "preferred_lang", "city", "pref", "case", "residence_status", "deadline"
)
NUMBER = _only("number")
AUDITED_CASE = _only("number", "opened_on", "resolved_at", "closed_on")  # categories: counts, in reports
AUDITED_LOOK = _only("at", "user", "action", "entity", "record_id", "address")  # reasons tell of people
_PROMISES = ("commitment", "follow_up")
EVENT_FEE = _only(
    "number", "kind", "title_ja", "title_vi", "title_en", "starts_at", "status", "fee", "fund", *_PROMISES
)
EVENT_COUNTS = _only(
    "number", "kind", "title_ja", "title_vi", "title_en", "starts_at", "status", "capacity", *_PROMISES
)
SUPPORT_FUND = _only(
    "code", "name", "kind", "support_types", "opening_balance", "start_on", "end_on", "budget", "expense"
)
ATTENDEE = _only(
    "name", "name_kana", "email", "phone", "affil_kind", "school", "grade", "nationality", "age_band",
    "guardian_consent", "merged_into", "registration",
)  # fmt: skip

EXPENSE_CLAIM = _only(  # the books are the treasurer's
    "number", "paid_on", "amount", "support_type", "fund", "case", "event", "payee", "method", "status",
    "submitted_by", "approved_by", "approved_at",
)  # fmt: skip

WHOLE = (Grant("CRUDX"),)
READ = (Grant("R"),)
NOT_ADMIN = ("caseworker", "treasurer", "organiser", "interpreter", "auditor")

MATRIX: Matrix = {
    "person": {
        "admin": WHOLE,
        "caseworker": (Grant("CRUX", visible_people),),
        "interpreter": (
            Grant("R", assigned_people, M2_PERSON),
            Grant("R", _assigned_people_to_contact, M2_PERSON | {"phone_jp", "phone_vn"}),
        ),
    },
    "residence_status": {
        "admin": (Grant("CRUD"),),
        "caseworker": (Grant("CRU", _statuses(visible_people)),),
        "interpreter": (Grant("R", _statuses(assigned_people), _only("person", "expires_on")),),
    },
    "case": {
        "admin": (Grant("CRUD", not_secret_or_own_cases, None, secret_cases), Grant("X", _normal_cases)),
        "caseworker": (Grant("CRU", normal_or_own_cases), Grant("X", _normal_cases)),
        "treasurer": (Grant("R", _normal_cases, M1_CASE), Grant("R", _restricted_cases, NUMBER)),
        "interpreter": (
            Grant("R", assigned_cases, M2_CASE),
            Grant(
                "R",
                _assigned_with_story,
                M2_CASE | {"title", "story", "categories", "primary_category", "next_action"},
            ),
        ),
        "auditor": (Grant("R", _normal_cases, AUDITED_CASE), Grant("R", _restricted_cases, NUMBER)),
    },
    "case_staff": {
        "admin": (Grant("CRUD", _of_cases("CaseStaff", not_secret_or_own_cases)),),
        "caseworker": (Grant("CRU", _of_cases("CaseStaff", normal_or_own_cases)),),
        "interpreter": (
            Grant(
                "R",
                _of_cases("CaseStaff", assigned_cases),
                _only("case", "user", "role", "from_on", "to_on", "answer"),
            ),
        ),
    },
    "activity": {
        "admin": (Grant("CRUD", _activities(not_secret_or_own_cases, _inquiries_of_admin)),),
        "caseworker": (
            Grant("CR", _activities_of_caseworker),
            Grant("U", _own_recent_activities),
        ),
        "interpreter": (Grant("CR", _activities_of_interpreter),),
    },
    "organisation": {
        "admin": WHOLE,
        "caseworker": (Grant("CRU"),),
        "treasurer": READ,
        "organiser": (Grant("CRUX"),),
        "auditor": READ,
    },
    "event": {
        "admin": WHOLE,
        "caseworker": READ,
        "treasurer": (Grant("R", None, EVENT_FEE),),
        "organiser": (Grant("CRUX"),),
        "auditor": (Grant("R", None, EVENT_COUNTS),),
    },
    "attendee": {
        "admin": WHOLE,
        "caseworker": (Grant("R"),),
        "organiser": (Grant("CRUX", None, ATTENDEE),),
    },
    "registration": {"admin": WHOLE, "caseworker": READ, "organiser": (Grant("CRUX"),)},
    "donor": {"admin": WHOLE, "treasurer": (Grant("CRUX"),), "auditor": READ},
    "donation": {"admin": WHOLE, "treasurer": (Grant("CRUX"),), "auditor": READ},
    "fund": {
        "admin": (Grant("CRUD"),),
        "caseworker": (Grant("R", None, SUPPORT_FUND),),
        "treasurer": (Grant("CRU"),),
        "auditor": READ,
    },
    "user": {"admin": (Grant("CRUD"),), "auditor": READ},
    "setting": {"admin": (Grant("RU"),), "auditor": READ},
    # -- money, promises of employers, the office's own lists and logs ----------------------------------------
    "pledge": {"admin": WHOLE, "treasurer": (Grant("CRUX"),), "auditor": READ},
    "receipt": {"admin": WHOLE, "treasurer": (Grant("CRX"),), "auditor": READ},
    "receipt_line": {"admin": WHOLE, "treasurer": (Grant("CRX"),), "auditor": READ},
    "expense": {
        "admin": (Grant("CRUD"),),
        "caseworker": (
            Grant("CR", _own_expenses, EXPENSE_CLAIM),
            Grant("R", _expenses_of_own_cases, EXPENSE_CLAIM),
        ),
        "treasurer": (Grant("CRU"),),
        "organiser": (Grant("CR", _own_expenses_of_own_events, EXPENSE_CLAIM),),
        "interpreter": (Grant("CR", _own_travel, EXPENSE_CLAIM),),
        "auditor": READ,
    },
    "bank_account": {"admin": READ, "treasurer": (Grant("CRU"),), "auditor": READ},
    "import_batch": {"admin": READ, "treasurer": (Grant("CRU"),), "auditor": READ},
    "bank_line": {"admin": READ, "treasurer": (Grant("CRU"),), "auditor": READ},
    "commitment": {
        "admin": WHOLE,
        "caseworker": (Grant("CRU"),),
        "treasurer": READ,
        "organiser": (Grant("CRUX"),),
        "auditor": READ,
    },
    "follow_up": {
        "admin": WHOLE,
        "caseworker": (Grant("CRU"),),
        "treasurer": READ,
        "organiser": (Grant("CRUX"),),
        "auditor": READ,
    },
    "choice": {"admin": (Grant("CRUD"),)} | dict.fromkeys(NOT_ADMIN, READ),
    "change_log": {"admin": (Grant("RX"),), "auditor": READ},
    "access_log": {"admin": (Grant("RX"),), "auditor": (Grant("R", None, AUDITED_LOOK),)},
}

# -- casework: inquiries, legal days, partners, shelter -----------------------------------------------------------------
COUNTED_INQUIRY = _only(  # what a caseworker may take along: figures, neither names nor words of the people
    "number", "received_at", "channel", "language", "pref", "urgency", "categories", "worker_type",
    "first_response_at", "status", "closed_reason", "case",
)  # fmt: skip
M2_INQUIRY = _only(
    "number", "received_at", "language", "pref", "urgency", "worker_type", "status", "case", "activity"
)
M2_DEADLINE = _only("case", "person", "rule", "trigger_on", "due_on", "safe_on", "status", "done_on")


def _referrals_with_cost() -> ColumnElement[bool]:
    has_cost = _columns("Referral").cost.is_not(None)
    return sa.and_(has_cost, _of_cases("Referral", _not_secret_cases)())


CASEWORK: Matrix = {
    "inquiry": {
        "admin": (
            Grant("CRUD", _inquiries_of_admin),
            Grant("X", _narrower("Inquiry", _normal_cases)),
        ),
        "caseworker": (
            Grant("CRU", _inquiries_of_caseworker),
            Grant("X", _narrower("Inquiry", _normal_cases, visible_people), COUNTED_INQUIRY),
        ),
        "interpreter": (
            Grant("R", _of_cases("Inquiry", assigned_cases), M2_INQUIRY),
            Grant("R", _of_cases("Inquiry", _assigned_with_story), M2_INQUIRY | {"summary", "categories"}),
        ),
    },
    "fact": {
        "admin": (Grant("CRUD", _narrower("Fact", not_secret_or_own_cases)),),
        "caseworker": (Grant("CRU", _narrower("Fact", normal_or_own_cases, visible_people)),),
        "interpreter": (
            Grant("R", _of_cases("Fact", _assigned_with_story), _only("case", "kind", "on", "until")),
        ),
    },
    "consent": {
        "admin": (Grant("CRUD"),),
        "caseworker": (
            Grant("CRU", partial(_points_into, "Consent", "person_id", "Person", visible_people)),
        ),
    },
    "case_person": {
        "admin": (Grant("CRUD", _narrower("CasePerson", not_secret_or_own_cases)),),
        "caseworker": (Grant("CRU", _narrower("CasePerson", normal_or_own_cases, visible_people)),),
    },
    "deadline": {
        "admin": (Grant("CRUD", _narrower("Deadline", not_secret_or_own_cases)),),
        "caseworker": (Grant("RU", _narrower("Deadline", normal_or_own_cases, visible_people)),),
        "interpreter": (Grant("R", _of_cases("Deadline", assigned_cases), M2_DEADLINE),),
    },
    "deadline_rule": {"admin": (Grant("CRUD"),)} | dict.fromkeys(NOT_ADMIN, READ),
    "holiday": {"admin": (Grant("CRUD"),)} | dict.fromkeys(NOT_ADMIN, READ),
    "partner": {
        "admin": WHOLE,
        "caseworker": (Grant("CRU"),),
        "treasurer": (Grant("R", None, _only("name", "kind", "fee_note", "referral")),),
    },
    "referral": {
        "admin": (
            Grant("CRUD", _of_cases("Referral", not_secret_or_own_cases)),
            Grant("X", _of_cases("Referral", _normal_cases)),
        ),
        "caseworker": (Grant("CRU", _of_cases("Referral", normal_or_own_cases)),),
        "treasurer": (Grant("R", _referrals_with_cost, _only("case", "partner", "asked_on", "cost")),),
    },
    "shelter": {
        "admin": (Grant("CRUD"),),
        "caseworker": (Grant("RU"),),
        "treasurer": (Grant("R", None, _only("code", "monthly_rent", "bed")),),
        "auditor": (Grant("R", None, _only("code", "bed")),),
    },
    "bed": {
        "admin": (Grant("CRUD"),),
        "caseworker": (Grant("RU"),),
        "treasurer": (Grant("R", None, _only("shelter", "label")),),
        "auditor": (Grant("R", None, _only("shelter", "label")),),
    },
    "stay": {
        "admin": (Grant("CRUD", _of_cases("Stay", not_secret_or_own_cases)),),
        "caseworker": (Grant("CRU", _narrower("Stay", normal_or_own_cases, visible_people)),),
        "treasurer": (
            Grant(
                "R",
                _of_cases("Stay", _not_secret_cases),
                _only("case", "check_in", "check_out", "fee_per_night"),
            ),
        ),
        "auditor": (
            Grant("R", _of_cases("Stay", _not_secret_cases), _only("check_in", "check_out", "fee_per_night")),
        ),
    },
}

# A form that the role may save shows these by label, though the role may not open them (DOMAIN 4, "More rows").
LABELS_OPEN = ("user", "fund", "organisation", "event", "partner")
STEPS_BACK = ("admin",)  # may put a record back to the state it came from (DOMAIN 2.8)
SHARES_VIEWS = ("admin",)  # as with choices and rules: all read, administrators write


def office_access(more: Mapping[str, Mapping[str, tuple[Grant, ...]]] | None = None) -> Access:
    """Return the office's permissions; `more` adds tables (a test's own entity)."""
    tables = {**MATRIX, **CASEWORK, **files_of({**MATRIX, **CASEWORK}), **(more or {})}
    return Access(tables, LABELS_OPEN, STEPS_BACK, SHARES_VIEWS)
