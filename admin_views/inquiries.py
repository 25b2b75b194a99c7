"""Screen of the first contacts (SOS)."""

from flask_babel import lazy_gettext as _

from admin_views.engine.screen import Action, Related, Screen, Then, View
from admin_views.intake import CHANNELS, DANGER, INTAKE, LANGUAGES_OF_MOST, answer_times
from admin_views.menus import CASEWORK
from admin_views.opening import go_on
from tomoiki.cases.models import Activity, Case, Inquiry
from tomoiki.cases.services import may_become_case
from tomoiki.indicators.contacts import counted, waiting

INQUIRIES = Screen(
    model=Inquiry,
    slug="inquiries",
    name=_("Inquiries (SOS)"),
    one=_("inquiry"),
    menu=CASEWORK,
    icon="sos",
    quick=_("New SOS"),
    big=True,
    list=(
        ("number", "name_text"),
        "urgency",
        "summary",
        "channel",
        "status",
        "received_at",
        "first_response_at",
    ),
    phone=("first_response_at",),
    filters=("status", "urgency", "channel", "categories", "received_at", "person", "case"),
    views=(
        View("waiting", _("Waiting for an answer"), waiting, ("status", "is_test")),
        View("counted", _("Counted (neither tests, duplicates nor spam)"), counted, ("status", "is_test")),
    ),
    sort="-received_at",
    groups=("status", "categories", "received_at"),
    facts=(
        ("received_at", "channel"),
        ("name_text", "channel_handle"),
        ("language", "pref"),
        ("person", "worker_type"),
        ("first_response_at", "first_response_by"),
    ),
    tags=("urgency", "categories"),
    form=(  # the order of a call: from where, their own words, how urgent, in which language, who
        "channel",
        "summary",
        "urgency",
        ("language", "name_text"),
        "categories",
        ("channel_handle", "pref"),
        "person",
        ("worker_type", "received_at"),
        ("company_text", "organisation"),
        ("case", "duplicate_of"),
        "closed_reason",
        "is_test",
    ),
    folds="worker_type",
    taps={"channel": CHANNELS, "language": LANGUAGES_OF_MOST, "categories": DANGER},
    notes={"urgency": answer_times},
    beside=INTAKE,
    then=Then(_("Save and open a case"), _("Save the inquiry only"), go_on),
    actions=(
        Action(
            "case",
            _("Open the case"),
            icon="case",
            page="/inquiries/{id}/case",
            offered=may_become_case,
        ),
    ),
    related=(
        Related(
            Activity,
            list=("at", "type", "minutes", "by", "interpreter", "note"),
            by="inquiry",
            timeline=True,
            compose=("type", "note", "minutes"),
        ),
        Related(Case, list=("number", "title", "status", "opened_on"), by="inquiry"),
    ),
)
