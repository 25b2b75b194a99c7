"""Screens of casework: cases, activities, who works on a case."""

from collections.abc import Callable

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.office import viewer
from admin_views.engine.screen import Action, Inline, Many, Related, Screen, View
from admin_views.menus import CASEWORK
from tomoiki.accounts.matrix import own_cases
from tomoiki.cases import ledger
from tomoiki.cases.lists import Answer
from tomoiki.cases.models import Activity, Case, CaseStaff, Inquiry
from tomoiki.deadlines.models import Deadline, Fact
from tomoiki.referrals.models import Referral
from tomoiki.shelter.models import Stay

CASES = Screen(
    model=Case,
    slug="cases",
    name=_("Cases"),
    one=_("case"),
    menu=CASEWORK,
    icon="case",
    big=True,
    list=(("title", "number"), ("person", "worker_type"), "status", "categories", "owner", "opened_on"),
    phone=("categories",),
    filters=("status", "categories", "owner", "person", "employer", "opened_on", "closed_on"),
    views=(View("own", _("My own"), own_cases),),
    sort="-opened_on",
    facts=(
        "person",
        ("worker_type", "employer"),
        "owner",
        ("opened_on", "closed_on"),
        ("next_action", "next_action_on"),
    ),
    tags=("priority", "confidential", "categories"),
    form=(
        ("person", "inquiry"),
        ("title", "opened_on"),
        "priority",
        "categories",
        ("primary_category", "worker_type"),
        ("employer", "org_supervising"),
        ("owner", "confidential"),
        "confidential_reason",
        "story",
        ("next_action", "next_action_on"),
        "outcomes",
        "outcome_note",
        "prevented_crime_flag",
        "ledger_no",
    ),
    inlines=(Inline(CaseStaff, ("user", "role", "from_on", "to_on")),),
    groups=("status", "categories", "opened_on"),
    many=(Many("assign", _("Assign a caseworker"), ("owner",)),),
    importable=ledger.IMPORTABLE,
    synonyms=ledger.HEADERS,
    related=(
        Related(
            Activity,
            list=("at", "type", "minutes", "by", "interpreter", "note"),
            timeline=True,
            compose=("type", "note", "minutes"),
        ),
        Related(Deadline, list=("rule", "safe_on", "status"), first=True),
        Related(Stay, list=("bed", "check_in", "check_out", "status", "fee_per_night")),
        Related(Referral, list=("partner", "status", "asked_on", "cost")),
        Related(Fact, list=("kind", "on", "amount")),
        Related(Inquiry, list=("number", "received_at", "status"), by="case"),
        Related(CaseStaff, list=("user", "role", "from_on", "to_on", "answer")),
    ),
)

ACTIVITIES = Screen(
    model=Activity,
    slug="activities",
    name=_("Activities"),
    one=_("activity"),
    menu=CASEWORK,
    icon="chat",
    big=True,
    list=(("at", "place"), "type", ("case", "inquiry"), "by", "minutes", "note"),
    phone=("minutes",),
    filters=("case", "inquiry", "by", "at"),
    sort="-at",
    groups=("at",),
    total=("minutes",),
    facts=(("case", "inquiry"), "by", "interpreter", "minutes", "counts_as_contact"),
    form=(
        ("case", "inquiry"),
        "at",
        "type",
        ("minutes", "place"),
        ("by", "interpreter"),
        "note",
        "note_lang",
        "persons",
        "counts_as_contact",
    ),
)


def is_asked(row: CaseStaff) -> bool:
    """Tell whether it is she who is asked, and has not answered."""
    return row.answer is Answer.requested and row.user_id == viewer().id


def answer_with(answer: Answer) -> Callable[[Session, CaseStaff], str]:
    """Return the verb that answers a request so."""

    def note(session: Session, row: CaseStaff) -> str:
        number = row.case.number
        row.answer = answer
        session.flush()
        if answer is Answer.declined:
            return gettext("You declined %(number)s. The office sees it.", number=number)
        return gettext("You accepted %(number)s.", number=number)

    return note


CASE_STAFF = Screen(
    model=CaseStaff,
    slug="case-staff",
    name=_("Staff of cases"),
    one=_("assignment"),
    icon="people",
    list=("user", "case", "role", "from_on", "to_on", "answer"),
    filters=("case", "user", "role", "answer"),
    facts=("case", "user", "role", ("from_on", "to_on"), "answer"),
    actions=(
        Action("accept", _("Accept"), answer_with(Answer.accepted), "read", offered=is_asked, after="/"),
        Action(
            "decline",
            _("Decline"),
            answer_with(Answer.declined),
            "read",
            offered=is_asked,
            after="/",
            icon="x",
        ),
    ),
    form=(
        ("case", "user"),
        "role",
        ("from_on", "to_on"),
        "answer",
        ("may_contact", "share_story"),
        ("share_health", "may_see_secret"),
    ),
)
