"""Screens of the treasurer."""

from flask_babel import lazy_gettext as _

from admin_views.engine.screen import Related, Screen
from admin_views.menus import MONEY
from tomoiki.money import ledger
from tomoiki.money.models import Donation, Donor, Fund

DONATIONS = Screen(
    model=Donation,
    slug="donations",
    name=_("Donations"),
    one=_("donation"),
    menu=MONEY,
    icon="gift",
    list=(("donor", "number"), "received_on", "amount", "fund", "method", "status"),
    phone=("method",),
    filters=("status", "fund", "donor", "method", "kind", "received_on", "amount"),
    sort="-received_on",
    total=("amount",),
    facts=("donor", "amount", "received_on", "fund", ("method", "fee")),
    form=(
        ("donor", "received_on"),
        ("amount", "fee"),
        ("fund", "method"),
        "kind",
        ("campaign", "ledger_no"),
        ("in_kind_desc", "in_kind_value"),
        "refund_of",
        "is_consideration",
        "memo",
    ),
    importable=ledger.IMPORTABLE,
    synonyms=ledger.HEADERS,
)

DONORS = Screen(
    model=Donor,
    slug="donors",
    name=_("Donors"),
    one=_("donor"),
    menu=MONEY,
    icon="people",
    list=(("name", "code"), "kind", "phone", "email", "receipt_pref"),
    phone=("receipt_pref",),
    filters=("kind", "receipt_pref", "is_officer"),
    sort="name",
    facts=(
        ("name_kana", "kind"),
        ("postal_code", "address"),
        ("phone", "email"),
        "receipt_pref",
        "organisation",
    ),
    form=(
        ("name", "name_kana"),
        "kind",
        ("corporate_number", "organisation"),
        ("postal_code", "address"),
        ("phone", "email"),
        "receipt_pref",
        "publish_name",
        "household_key",
        ("is_officer", "officer_relation", "deceased"),
    ),
    synonyms=ledger.DONOR_HEADERS,
    related=(Related(Donation, list=("number", "received_on", "amount", "fund", "status")),),
)

FUNDS = Screen(
    model=Fund,
    slug="funds",
    name=_("Funds"),
    one=_("fund"),
    menu=MONEY,
    icon="fund",
    list=(("name", "code"), "kind", "support_types", "opening_balance", "end_on"),
    filters=("kind", "support_types"),
    sort="name",
    total=("opening_balance",),
    facts=("kind", "opening_balance", ("start_on", "end_on"), "budget", "grantor"),
    tags=("support_types",),
    form=(
        ("name", "code"),
        "kind",
        "purpose",
        "support_types",
        ("opening_balance", "opening_on"),
        ("budget", "grantor"),
        ("start_on", "end_on"),
        "return_unused",
    ),
    related=(Related(Donation, list=("number", "received_on", "donor", "amount", "status")),),
)
