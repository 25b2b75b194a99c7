"""Vocabularies of referrals and partners (DOMAIN 2.3, 2.8, 3.11)."""

from flask_babel import lazy_gettext as _

from tomoiki.core.vocabulary import Choice, OpenChoice
from tomoiki.people.lists import ConsentScope


class PartnerKind(OpenChoice):
    """What a partner is."""

    lawyer = "lawyer", _("Lawyer")
    gyosei = "gyosei", _("Administrative scrivener")
    sharoshi = "sharoshi", _("Labour and social security attorney")
    hospital = "hospital", _("Hospital")
    midwife = "midwife", _("Midwife")
    labour_union = "labour_union", _("Labour union")
    temple = "temple", _("Church or temple")
    city = "city", _("Municipality")
    embassy = "embassy", _("Embassy")
    ngo = "ngo", _("Other non-profit group")
    sending = "sending", _("Body in the country of origin")


class ReferralKind(OpenChoice):
    """What kind of body a case is referred to."""

    lawyer = "lawyer", _("Lawyer")
    gyosei = "gyosei", _("Administrative scrivener")
    sharoshi = "sharoshi", _("Labour and social security attorney")
    labour_union = "labour_union", _("Labour union")
    labour_office = "labour_office", _("Labour standards office")
    otit = "otit", _("Organization for technical interns")
    isa = "isa", _("Immigration office")
    fresc = "fresc", _("Foreign residents support center")
    houterasu = "houterasu", _("Legal support center (Houterasu)")
    hospital = "hospital", _("Hospital")
    midwife = "midwife", _("Midwife")
    city = "city", _("Municipality")
    child_center = "child_center", _("Child guidance center")
    women_center = "women_center", _("Women's support center")
    police = "police", _("Police")
    embassy = "embassy", _("Embassy of Viet Nam")
    ngo = "ngo", _("Other non-profit group")
    temple = "temple", _("Temple")
    school = "school", _("School")


_AUTHORITIES = ("labour_office", "otit", "isa", "fresc", "city", "child_center", "women_center", "police")
_SCOPES: dict[str, ConsentScope] = {
    **dict.fromkeys(_AUTHORITIES, ConsentScope.share_gov),
    **dict.fromkeys(("hospital", "midwife"), ConsentScope.share_medical),
    "embassy": ConsentScope.share_embassy,
}


def scope_of(kind: str) -> str:
    """Return the consent that a referral of this kind needs; experts and groups go with the lawyers."""
    return _SCOPES.get(kind, ConsentScope.share_lawyer).value


class ReferralStatus(Choice):
    """The states of a referral; which may follow which stands in Referral.__moves__."""

    draft = "draft", _("Draft"), "off"
    asked = "asked", _("Asked"), "wait"
    accepted = "accepted", _("Taken on"), "go"
    declined = "declined", _("Declined"), "off"
    done = "done", _("Done"), "done"
    withdrawn = "withdrawn", _("Withdrawn"), "off"


class SharedItem(OpenChoice):
    """What was told to the partner."""

    full_name = "name", _("Name")
    contact = "contact", _("Ways of contact")
    birth = "birth", _("Birth date and nationality")
    status = "status", _("Status of residence")
    card_copy = "card_copy", _("Copy of the residence card")
    story = "story", _("Course of the matter")
    contract = "contract", _("Work contract and pay slips")
    health = "health", _("State of health")
    family = "family", _("Family")
    other = "other", _("Other items")
