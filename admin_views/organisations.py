"""The screen of companies and bodies."""

from flask_babel import lazy_gettext as _

from admin_views.engine.screen import Related, Screen
from admin_views.menus import EVENTS
from tomoiki.cases.models import Case
from tomoiki.events.models import Attendee, Commitment, FollowUp
from tomoiki.organisations import ledger
from tomoiki.organisations.models import Organisation

ORGANISATIONS = Screen(
    model=Organisation,
    slug="organisations",
    name=_("Organisations"),
    one=_("organisation"),
    menu=EVENTS,
    icon="office",
    list=(("name", "corporate_number"), "roles", "industry", "pref", "phone", "contact_name"),
    phone=("industry",),
    filters=("roles", "industry", "pref"),
    groups=("roles",),
    sort="name",
    facts=(
        "corporate_number",
        ("industry", "license_no"),
        ("pref", "address"),
        "phone",
        ("contact_name", "contact_email"),
    ),
    tags=("roles",),
    form=(
        ("name", "name_kana"),
        ("corporate_number", "license_no"),
        "roles",
        ("industry", "pref"),
        ("postal_code", "address"),
        ("phone", "contact_name"),
        "contact_email",
        "note",
    ),
    related=(
        Related(Case, list=("number", "status", "opened_on", "owner"), by="employer"),
        Related(Attendee, list=("name", "affil_kind", "grade"), by="school"),
        Related(Commitment, list=("item", "answer", "due_on", "event")),
        Related(FollowUp, list=("due_kind", "due_on", "status", "score")),
    ),
    importable=ledger.IMPORTABLE,
    synonyms=ledger.HEADERS,
)
