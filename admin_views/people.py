"""Screens of the people supported."""

from flask_babel import lazy_gettext as _

from admin_views.engine.screen import Inline, Related, Screen
from admin_views.menus import CASEWORK
from tomoiki.cases.models import Case, Inquiry
from tomoiki.deadlines.models import Deadline, Fact
from tomoiki.people import ledger
from tomoiki.people.models import Person, ResidenceStatus
from tomoiki.shelter.models import Stay

PEOPLE = Screen(
    model=Person,
    slug="people",
    name=_("People"),
    one=_("person"),
    menu=CASEWORK,
    icon="person",
    list=(
        ("full_name_vi", "name_card", "code"),
        "name_used",
        "birth_date",
        "phone_jp",
        "pref",
        "preferred_lang",
    ),
    phone=("pref", "preferred_lang"),
    filters=("pref", "preferred_lang", "nationality", "gender", "birth_date"),
    sort="-id",
    facts=(
        ("name_kana", "name_used"),
        ("birth_date", "gender"),
        ("phone_jp", "phone_vn"),
        ("pref", "city"),
        ("preferred_lang", "japanese_level"),
    ),
    form=(
        ("full_name_vi", "name_card"),
        ("name_kana", "name_used"),
        ("family_name", "middle_name", "given_name"),
        ("birth_date", "birth_year"),
        "gender",
        ("nationality", "hometown_province"),
        ("phone_jp", "phone_vn"),
        ("email", "facebook"),
        ("zalo", "line_id"),
        ("postal_code", "pref", "city"),
        "address",
        ("preferred_lang", "japanese_level"),
        ("residence_card_no", "passport_no"),
        "emergency_contact",
        "safe_contact",
        ("consent_at", "consent_exception"),
        "consent_scope",
    ),
    inlines=(Inline(ResidenceStatus, ("status", "granted_on", "expires_on", "situation")),),
    related=(
        Related(Case, list=("title", "number", "status", "opened_on", "owner"), by="person"),
        Related(ResidenceStatus, list=("status", "granted_on", "expires_on", "situation")),
        Related(Deadline, list=("rule", "safe_on", "due_on", "status", "case")),
        Related(Fact, list=("kind", "on", "until", "amount", "case")),
        Related(Stay, list=("check_in", "check_out", "bed", "status", "case")),
        Related(Inquiry, list=("number", "received_at", "channel", "status")),
    ),
    importable=ledger.IMPORTABLE,
    synonyms=ledger.HEADERS,
)

RESIDENCE_STATUSES = Screen(
    model=ResidenceStatus,
    slug="residence-statuses",
    name=_("Statuses of residence"),
    one=_("status of residence"),
    menu=CASEWORK,
    icon="paper",
    list=("person", "status", "granted_on", "expires_on", "situation"),
    filters=("status", "situation", "expires_on", "person"),
    groups=("status", "expires_on"),
    sort="expires_on",
    facts=("person", ("status", "ssw_field"), "granted_on", "expires_on", "situation"),
    form=(
        "person",
        ("status", "sub_type"),
        ("ssw_field", "situation"),
        ("granted_on", "expires_on"),
        "card_no",
        ("applied_on", "application_no"),
        "application_type",
        "decided_on",
        "decision",
        "source",
    ),
)
