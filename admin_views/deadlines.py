"""Screens of legal days: facts, deadlines, the rules they follow, closed days."""

from flask_babel import lazy_gettext as _

from admin_views.engine.screen import Related, Screen, View
from admin_views.menus import CASEWORK, OFFICE
from tomoiki.accounts.matrix import deadlines_of_own_cases
from tomoiki.deadlines.models import Deadline, DeadlineRule, Fact, Holiday

NO_ADVICE = _("For guidance only. Always check with an expert or the office in charge.")

DEADLINES = Screen(
    model=Deadline,
    slug="deadlines",
    name=_("Deadlines"),
    one=_("deadline"),
    menu=CASEWORK,
    icon="clock",
    big=True,
    note=NO_ADVICE,
    list=("rule", "safe_on", "due_on", "status", "case", "person", "trigger_on"),
    phone=("trigger_on",),
    filters=("status", "rule", "case", "person", "safe_on", "due_on"),
    views=(View("own", _("My own"), deadlines_of_own_cases, ("case",)),),
    sort="safe_on",
    groups=("status", "safe_on"),
    start="status=open&status=missed",
    facts=("safe_on", "due_on", "trigger_on", ("case", "person"), ("done_on", "done_by")),
    form=(
        ("case", "person"),
        ("rule", "trigger_on"),
        ("due_on", "safe_on"),
        "manual_due",
        "waived_reason",
    ),
)

FACTS = Screen(
    model=Fact,
    slug="facts",
    name=_("Facts"),
    one=_("fact"),
    menu=CASEWORK,
    icon="pin",
    list=("kind", ("on", "until"), "person", "case", "amount", "source"),
    phone=("source",),
    filters=("kind", "on", "person", "case", "source"),
    sort="-on",
    groups=("kind", "on"),
    facts=(("on", "until"), "person", "case", "amount", "source"),
    form=(("case", "person"), "kind", ("on", "until"), ("amount", "source"), "note"),
)

DEADLINE_RULES = Screen(
    model=DeadlineRule,
    slug="deadline-rules",
    name=_("Deadline rules"),
    one=_("deadline rule"),
    menu=OFFICE,
    icon="clock",
    note=NO_ADVICE,
    list=(
        ("label_ja", "label_vi"),
        "code",
        "length",
        "unit",
        "holiday_rule",
        "source",
        "mandatory",
        "valid_to",
    ),
    phone=("holiday_rule",),
    filters=("unit", "holiday_rule", "mandatory", "calc"),
    sort="id",
    facts=(("length", "unit"), "second_length", "holiday_rule", "lead_days", ("trigger_field", "calc")),
    form=(
        ("code", "calc"),
        ("label_ja", "label_vi", "label_en"),
        "trigger_field",
        "unit",
        ("length", "second_length"),
        "count_first_day",
        "holiday_rule",
        "lead_days",
        "source",
        "caveat",
        ("valid_from", "valid_to"),
        "mandatory",
    ),
    related=(Related(Deadline, list=("safe_on", "due_on", "status", "case", "person")),),
)

HOLIDAYS = Screen(
    model=Holiday,
    slug="holidays",
    name=_("Closed days"),
    one=_("closed day"),
    menu=OFFICE,
    icon="today",
    list=("date", "name"),
    filters=("date",),
    sort="date",
    form=(("date", "name"),),
)
