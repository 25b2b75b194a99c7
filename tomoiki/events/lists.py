"""Vocabularies of events (DOMAIN 2.5, 3.11)."""

from flask_babel import lazy_gettext as _

from tomoiki.core.vocabulary import Choice, OpenChoice


class EventKind(Choice):
    """What kind of event; study sessions and seminars have screens of their own."""

    study = "study", _("Tomoiki study session")
    japanese = "japanese", _("Japanese class")
    consult = "consult", _("Consultation day")
    seminar = "seminar", _("Employer seminar")
    exchange = "exchange", _("Exchange meeting")
    fundraiser = "fundraiser", _("Charity event")
    maternity_class = "maternity_class", _("Maternity class")
    volunteer_training = "volunteer_training", _("Volunteer training")
    press = "press", _("Press conference or proposal")


class EventStatus(Choice):
    """The states of an event."""

    draft = "draft", _("Draft"), "off"
    published = "published", _("Published"), "go"
    closed = "closed", _("Registration closed"), "wait"
    held = "held", _("Held"), "done"
    cancelled = "cancelled", _("Called off"), "off"


class AffiliationKind(OpenChoice):
    """Where an attendee belongs; the first four are students."""

    high_school = "high_school", _("High school")
    university = "university", _("University")
    vocational = "vocational", _("Vocational school")
    language_school = "language_school", _("Japanese language school")
    company = "company", _("Company employee")
    public = "public", _("General public")


class AgeBand(OpenChoice):
    """Age of an attendee, in bands."""

    under18 = "under18", _("Under 18")
    a18_29 = "18-29", _("18 to 29")
    a30_49 = "30-49", _("30 to 49")
    a50_64 = "50-64", _("50 to 64")
    a65 = "65+", _("65 and over")


class RegistrationStatus(Choice):
    """The states of a registration."""

    pending = "pending", _("Provisional"), "new"
    confirmed = "confirmed", _("Place confirmed"), "go"
    waitlisted = "waitlisted", _("On the waitlist"), "wait"
    cancelled = "cancelled", _("Cancelled"), "off"
    attended = "attended", _("Attended"), "done"
    no_show = "no_show", _("Did not come"), "off"
    declined_offer = "declined_offer", _("Declined the place"), "off"


class Attendance(Choice):
    """How somebody attends; capacity counts the venue only."""

    venue = "venue", _("At the venue")
    online = "online", _("Online")


class CommitmentItem(OpenChoice):
    """What an employer promises: the checklist of the seminars (DOMAIN 3.12)."""

    contract_vi = "contract_vi", _("Contract explained in the mother tongue")
    payslip_vi = "payslip_vi", _("Pay slip explained")
    no_passport = "no_passport", _("Passports and cards are not kept")
    phone_free = "phone_free", _("Free to phone and to go out")
    dorm = "dorm", _("Standards of rent and dormitory")
    consult = "consult", _("Consultation desks made known, outside ones too")
    overtime = "overtime", _("Overtime agreement and pay")
    harassment = "harassment", _("No harassment")
    pregnancy = "pregnancy", _("Employment goes on through pregnancy and birth")
    renew_support = "renew_support", _("Help with extending the stay")
    transfer = "transfer", _("Changing jobs is not hindered")
    fees = "fees", _("Fees of the sending agency looked into")
    japanese = "japanese", _("Help with learning Japanese")
    safety = "safety", _("Safety training in the mother tongue")
    emergency = "emergency", _("What to do in an emergency")


class CommitmentAnswer(Choice):
    """What the employer answered."""

    done = "done", _("Done already"), "ok"
    promised = "promised", _("Promised"), "info"
    undecided = "undecided", _("Undecided")
    refused = "refused", _("Will not"), "warn"


class FollowUpKind(Choice):
    """How long after the seminar an employer is visited."""

    m3 = "3m", _("After 3 months")
    m6 = "6m", _("After 6 months")
    m12 = "12m", _("After 12 months")


class FollowUpStatus(Choice):
    """The states of a follow-up visit."""

    planned = "planned", _("Planned"), "new"
    visited = "visited", _("Visited"), "done"
    skipped = "skipped", _("Left out"), "off"


class RegistrationSource(Choice):
    """How a registration came in."""

    form = "form", _("Public form")
    staff = "staff", _("Staff")
    walk_in = "walk_in", _("Walk-in")
    imported = "import", _("Import")
