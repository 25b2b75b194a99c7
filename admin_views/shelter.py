"""Screens of the shelter: who stays where, beds, houses."""

from flask_babel import lazy_gettext as _

from admin_views.engine.screen import Related, Screen, View
from admin_views.menus import HOUSING
from tomoiki.shelter.beds import free_tonight, in_use
from tomoiki.shelter.models import Bed, Shelter, Stay

STAYS = Screen(
    model=Stay,
    slug="stays",
    name=_("Stays"),
    one=_("stay"),
    menu=HOUSING,
    icon="bed",
    list=("person", "case", "bed", "check_in", "planned_out", "check_out", "status", "fee_per_night"),
    phone=("fee_per_night",),
    filters=("status", "bed", "case", "person", "check_in", "check_out", "reason", "exit_to"),
    sort="-check_in",
    groups=("status", "check_in"),
    facts=(("case", "bed"), "check_in", "planned_out", ("check_out", "exit_to"), "fee_per_night"),
    form=(
        ("case", "person"),
        "bed",
        ("check_in", "planned_out", "check_out"),
        "reason",
        ("exit_to", "fee_per_night"),
        "rules_signed_on",
    ),
)

BEDS = Screen(
    model=Bed,
    slug="beds",
    name=_("Beds"),
    one=_("bed"),
    menu=HOUSING,
    icon="bed",
    list=("label", "shelter", "kind", "active_from", "active_to"),
    filters=("shelter", "kind"),
    views=(
        View("free", _("Free tonight"), free_tonight, ("active_from", "active_to")),
        View("in-use", _("In use"), in_use, ("active_from", "active_to")),
    ),
    sort="label",
    facts=("shelter", "kind", "active_from", "active_to"),
    form=(("shelter", "label"), "kind", ("active_from", "active_to")),
    related=(Related(Stay, list=("person", "case", "check_in", "check_out", "status")),),
)

SHELTERS = Screen(
    model=Shelter,
    slug="shelters",
    name=_("Shelters"),
    one=_("shelter"),
    menu=HOUSING,
    icon="office",
    list=(("name", "code"), "gender_policy", "pref", "monthly_rent", "active"),
    filters=("gender_policy", "pref", "active"),
    sort="code",
    total=("monthly_rent",),
    facts=("code", "gender_policy", "pref", "monthly_rent", "active"),
    form=(
        ("code", "name"),
        ("pref", "address"),
        "gender_policy",
        "monthly_rent",
        "rules_ja",
        "rules_vi",
        "active",
    ),
    related=(Related(Bed, list=("label", "kind", "active_from", "active_to"), limit=30),),
)
