"""The permission matrix (DOMAIN 4): one table, role by role, over the mechanism in core/access.

C create · R read · U update · D delete · X export. Rooms above this one are named, not imported.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

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


def _own_cases() -> ColumnElement[bool]:
    case = _columns("Case")
    return sa.or_(case.owner_id == VIEWER, case.id.in_(_on_case("lead", "support")))


def normal_or_own_cases() -> ColumnElement[bool]:
    """Cases a caseworker sees: normal ones, and those she owns or is staff of, whatever their level."""
    return sa.or_(_columns("Case").confidential == "normal", _own_cases())


def not_secret_or_own_cases() -> ColumnElement[bool]:
    """Cases an administrator's lists hold: all but the secret ones of others."""
    return sa.or_(_columns("Case").confidential != "secret", _own_cases())


def _level(level: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = _columns("Case").confidential == level
    return found


def secret_cases() -> ColumnElement[bool]:
    """Cases that an administrator opens one at a time, with a reason."""
    return _level("secret")


def _normal_cases() -> ColumnElement[bool]:
    return _level("normal")


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


def _cases(rows: Any) -> sa.Select[tuple[int]]:
    return sa.select(_columns("Case").id).where(rows())


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


def _statuses(people: Any) -> Any:
    return partial(_in_people, people)  # not a lambda: the page of permissions says what stands in it


def _in_people(people: Any) -> ColumnElement[bool]:
    person = _columns("Person")
    found: ColumnElement[bool] = _columns("ResidenceStatus").person_id.in_(
        sa.select(person.id).where(people())
    )
    return found


def _of_cases(class_name: str, rows: Any) -> Any:
    return partial(_in_cases, class_name, rows)


def _in_cases(class_name: str, rows: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = _columns(class_name).case_id.in_(_cases(rows))
    return found


def _own_activities() -> ColumnElement[bool]:
    activity = _columns("Activity")
    return sa.and_(activity.by_id == VIEWER, activity.case_id.in_(_cases(normal_or_own_cases)))


def _own_recent_activities() -> ColumnElement[bool]:
    return sa.and_(_own_activities(), _columns("Activity").created_at >= now() - OWN_ACTIVITY_DAYS)


def _activities_of_interpreter() -> ColumnElement[bool]:
    activity = _columns("Activity")
    return sa.and_(activity.by_id == VIEWER, activity.case_id.in_(_cases(assigned_cases)))


def _own_expenses() -> ColumnElement[bool]:
    found: ColumnElement[bool] = _columns("Expense").created_by == VIEWER
    return found


def _expenses_of_own_cases() -> ColumnElement[bool]:
    found: ColumnElement[bool] = _columns("Expense").case_id.in_(_cases(_own_cases))
    return found


def _own_expenses_of_own_events() -> ColumnElement[bool]:
    expense, event = _columns("Expense"), _columns("Event")
    hers = sa.select(event.id).where(event.organiser_id == VIEWER)
    return sa.and_(expense.created_by == VIEWER, expense.event_id.in_(hers))


def _own_travel() -> ColumnElement[bool]:
    expense = _columns("Expense")
    return sa.and_(expense.created_by == VIEWER, expense.support_type == "travel")


# -- fields ----------------------------------------------------------------------------------------------------------
def _only(*names: str) -> frozenset[str]:
    return frozenset(names)


M1_CASE = _only("number", "worker_type", "status")
M2_CASE = _only("number", "status", "person", "worker_type", "next_action_on", "opened_on", "priority")
M2_PERSON = _only("code", "name_used", "preferred_lang", "city", "pref")
NUMBER = _only("number")
AUDITED_CASE = _only("number", "opened_on", "resolved_at", "closed_on", "categories", "primary_category")
EVENT_FEE = _only("number", "kind", "title_ja", "title_vi", "title_en", "starts_at", "status", "fee", "fund")
EVENT_COUNTS = _only("number", "kind", "title_ja", "title_vi", "title_en", "starts_at", "status", "capacity")
SUPPORT_FUND = _only(
    "code", "name", "kind", "support_types", "opening_balance", "start_on", "end_on", "budget"
)
ATTENDEE = _only(
    "name", "name_kana", "email", "phone", "affil_kind", "school", "grade", "nationality", "age_band",
    "guardian_consent", "merged_into",
)  # fmt: skip

EXPENSE_CLAIM = _only(  # the books are the treasurer's
    "number", "paid_on", "amount", "support_type", "fund", "case", "event", "payee", "method", "status",
    "submitted_by", "approved_by", "approved_at",
)  # fmt: skip

WHOLE = (Grant("CRUDX"),)
READ = (Grant("R"),)

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
        "admin": (Grant("CRUDX", not_secret_or_own_cases, None, secret_cases),),
        "caseworker": (Grant("CRUX", normal_or_own_cases),),
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
                "R", _of_cases("CaseStaff", assigned_cases), _only("case", "user", "role", "from_on", "to_on")
            ),
        ),
    },
    "activity": {
        "admin": (Grant("CRUD", _of_cases("Activity", not_secret_or_own_cases)),),
        "caseworker": (
            Grant("CR", _of_cases("Activity", normal_or_own_cases)),
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
    "choice": {
        "admin": (Grant("CRUD"),),
        **dict.fromkeys(("caseworker", "treasurer", "organiser", "interpreter", "auditor"), READ),
    },
    "change_log": {"admin": (Grant("RX"),), "auditor": READ},
    "access_log": {"admin": (Grant("RX"),), "auditor": READ},
}

# A form that the role may save shows these by label, though the role may not open them (DOMAIN 4, "More rows").
LABELS_OPEN = ("user", "fund", "organisation", "event")


def office_access(more: Mapping[str, Mapping[str, tuple[Grant, ...]]] | None = None) -> Access:
    """Return the office's permissions; `more` adds tables (a test's own entity)."""
    return Access({**MATRIX, **(more or {})}, LABELS_OPEN)
