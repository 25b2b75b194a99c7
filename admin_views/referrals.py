"""Screens of partners outside and of what is passed on to them."""

from flask_babel import lazy_gettext as _

from admin_views.engine.screen import Related, Screen
from admin_views.menus import CASEWORK
from tomoiki.referrals.models import Partner, Referral

REFERRALS = Screen(
    model=Referral,
    slug="referrals",
    name=_("Referrals"),
    one=_("referral"),
    menu=CASEWORK,
    icon="link",
    list=("partner", "kind", "case", "status", "asked_on", "expected_on", "cost"),
    phone=("kind", "expected_on"),
    filters=("status", "kind", "partner", "case", "asked_on"),
    sort="-asked_on",
    groups=("status", "asked_on"),
    total=("cost",),
    facts=("case", ("partner", "kind"), "asked_on", "expected_on", "cost"),
    tags=("shared_items",),
    form=(
        ("case", "partner"),
        "kind",
        ("asked_on", "expected_on"),
        "purpose",
        "shared_items",
        "emergency_reason",
        "result",
        "cost",
    ),
)

PARTNERS = Screen(
    model=Partner,
    slug="partners",
    name=_("Partners"),
    one=_("partner"),
    menu=CASEWORK,
    icon="seminar",
    list=("name", "kind", "pref_covered", "languages", "phone", "active"),
    phone=("languages", "active"),
    filters=("kind", "pref_covered", "languages", "active"),
    sort="name",
    facts=("kind", ("phone", "email"), "languages", "fee_note", "active"),
    tags=("pref_covered",),
    form=("name", "kind", ("phone", "email"), "pref_covered", "languages", "fee_note", "active"),
    related=(Related(Referral, list=("asked_on", "kind", "case", "status", "cost")),),
)
