"""Vocabularies of the shelter (DOMAIN 2.3, 2.8, 3.11)."""

from flask_babel import lazy_gettext as _

from tomoiki.core.vocabulary import Choice, OpenChoice


class GenderPolicy(Choice):
    """Who may stay in a shelter."""

    women = "women", _("Women only")
    men = "men", _("Men only")
    mixed = "mixed", _("Women and men")
    family = "family", _("Families")


class BedKind(Choice):
    """What kind of place a bed is."""

    single = "single", _("Room of one's own")
    shared = "shared", _("Shared room")
    baby = "baby", _("Room for mother and baby")


class StayStatus(Choice):
    """The states of a stay; which may follow which stands in Stay.__moves__."""

    reserved = "reserved", _("Reserved"), "wait"
    inside = "in", _("Staying"), "go"
    out = "out", _("Left"), "off"
    cancelled = "cancelled", _("Cancelled"), "off"
    no_show = "no_show", _("Did not come"), "off"


class StayReason(OpenChoice):
    """Why somebody needs a bed."""

    housing = "housing", _("Lost the place to live")
    violence = "violence", _("Flight from violence")
    dispute = "dispute", _("Dispute with the employer")
    pregnancy = "pregnancy", _("Pregnancy and birth")
    illness = "illness", _("Illness and recovery")
    return_home = "return_home", _("Until the journey home")
    job_search = "job_search", _("Until a new job begins")
    other = "other", _("Other reason")


class ExitTo(OpenChoice):
    """Where somebody went on leaving."""

    job_housing = "job_housing", _("Dormitory of the new job")
    own_apartment = "own_apartment", _("Flat of their own")
    friend = "friend", _("A friend's place")
    other_shelter = "other_shelter", _("Another shelter")
    home_country = "home_country", _("Home country")
    hospital = "hospital", _("Hospital")
    detained = "detained", _("Detention")
    unknown = "unknown", _("Not known where")
