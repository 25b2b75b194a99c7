"""Vocabularies of casework (DOMAIN 2.8, 3.4, 3.6 to 3.9)."""

from flask_babel import lazy_gettext as _

from tomoiki.core.vocabulary import Choice, OpenChoice


class CaseStatus(Choice):
    """The states of a case; which may follow which stands in Case.__moves__."""

    open = "open", _("Received")
    active = "active", _("In progress"), "go"
    waiting = "waiting", _("Awaiting result"), "wait"
    resolved = "resolved", _("Resolved"), "done"
    closed = "closed", _("Closed"), "off"
    reopened = "reopened", _("Reopened"), "go"


class Priority(OpenChoice):
    """How soon somebody must act."""

    now = "now", _("At once"), "urgent"
    today = "today", _("Within today"), "warn"
    normal = "normal", _("Normal")
    info = "info", _("Information only")


class Confidentiality(Choice):
    """Who may know of a case: the office, those on the case, or those on the case and a logged reason."""

    normal = "normal", _("Normal (whole office)")
    restricted = "restricted", _("Restricted (only those on the case)"), "info"
    secret = "secret", _("Secret (hidden from all others)"), "warn"


class ConfidentialReason(OpenChoice):
    """Why a case is restricted or secret."""

    trafficking = "trafficking", _("Human trafficking")
    dv = "dv", _("Domestic violence")
    pregnancy = "pregnancy", _("Pregnancy")
    sexual = "sexual", _("Sexual violence")
    child = "child", _("Child protection")
    other = "other", _("Other reason")


class CaseOrigin(Choice):
    """Where the record came from."""

    office = "office", _("Office")
    imported = "import", _("Import")
    public = "public", _("Public form")


class CrimePrevention(Choice):
    """Whether the case was kept from leading to crime, in the caseworker's judgement."""

    yes = "yes", _("Applies")
    no = "no", _("Does not apply")
    unknown = "unknown", _("Unclear")


class CaseCategory(OpenChoice):
    """What the matter is about; a case may have several, one of them first."""

    dismissal = "dismissal", _("Dismissal")
    wage_unpaid = "wage_unpaid", _("Unpaid wages")
    housing = "housing", _("Loss of housing")
    pregnancy = "pregnancy", _("Pregnancy and birth")
    illness = "illness", _("Illness and injury")
    visa = "visa", _("Status of residence")
    transfer = "transfer", _("Transfer and job change")
    violence = "violence", _("Violence and harassment")
    living = "living", _("Hardship and food")
    return_home = "return_home", _("Wish to return home")
    job_search = "job_search", _("Finding work")
    overtime = "overtime", _("Long hours and overtime pay")
    sexual = "sexual", _("Sexual harassment and abuse")
    passport_kept = "passport_kept", _("Passport or card withheld")
    contract_diff = "contract_diff", _("Work not as in the contract")
    runaway = "runaway", _("Absconding")
    industrial_accident = "industrial_accident", _("Work accident")
    mental = "mental", _("Mental health")
    death = "death", _("Death and remains")
    childcare = "childcare", _("Children and childcare")
    overstay = "overstay", _("Overstay and turning oneself in")
    detention = "detention", _("Detention and provisional release")
    refugee = "refugee", _("Refugee application")
    criminal = "criminal", _("Criminal and juvenile matters")
    debt = "debt", _("Debt and sending fees")
    broker_fraud = "broker_fraud", _("Brokers and fraud")
    trafficking = "trafficking", _("Trafficking in persons")
    dv = "dv", _("Domestic violence and family")
    marriage = "marriage", _("Marriage, divorce, acknowledgement")
    school = "school", _("School and tuition")
    tax_insurance = "tax_insurance", _("Tax, pension, insurance")
    traffic = "traffic", _("Traffic accident")
    disaster = "disaster", _("Disaster and infection")
    other = "other", _("Other matter")


RESTRICTED_BY_DEFAULT: dict[str, ConfidentialReason] = {  # DOMAIN 10.7
    "trafficking": ConfidentialReason.trafficking,
    "dv": ConfidentialReason.dv,
    "pregnancy": ConfidentialReason.pregnancy,
    "sexual": ConfidentialReason.sexual,
    "childcare": ConfidentialReason.child,
}


class Outcome(OpenChoice):
    """How a case ended; several may apply (DOMAIN 3.9)."""

    P1 = "P1", _("Safe through temporary shelter")
    P2 = "P2", _("Connected to medical care")
    P3 = "P3", _("Crisis averted with food or money")
    W1 = "W1", _("Back at the same company, improved")
    W2 = "W2", _("Transferred (training, skill development)")
    W3 = "W3", _("New job (specified skills)")
    W4 = "W4", _("New job (engineer and others)")
    W5 = "W5", _("Working after change of status")
    W6 = "W6", _("Preparing for work")
    S1 = "S1", _("Extension or change granted")
    S2 = "S2", _("Designated activities granted")
    S3 = "S3", _("Special permission to stay")
    S4 = "S4", _("Provisional or supervised release")
    S5 = "S5", _("Not granted")
    R1 = "R1", _("Wages or other money recovered")
    R2 = "R2", _("Work accident recognised")
    R3 = "R3", _("Settlement with the company")
    R4 = "R4", _("Won in court")
    R5 = "R5", _("Official guidance to the company")
    R6 = "R6", _("Apology or improvement")
    F1 = "F1", _("Safe birth")
    F2 = "F2", _("Child obtained status")
    F3 = "F3", _("Support after abortion or miscarriage")
    F4 = "F4", _("Left domestic violence")
    H1 = "H1", _("Returned home by own wish")
    H2 = "H2", _("Returned under departure order")
    H3 = "H3", _("Deported")
    H4 = "H4", _("Remains returned home")
    E1 = "E1", _("Back to school or further study")
    E2 = "E2", _("Tuition problem solved")
    C1 = "C1", _("Kept from crime or illegal work")
    C2 = "C2", _("Supported in criminal procedure")
    X1 = "X1", _("Could not be reached")
    X2 = "X2", _("Person withdrew")
    X3 = "X3", _("Handed over to another body")
    X4 = "X4", _("Out of scope")
    X5 = "X5", _("Duplicate case")
    X6 = "X6", _("Died")
    X0 = "X0", _("Old ledger, result unknown")


WITHOUT_RESULT = frozenset({"X1", "X2", "X4", "X5"})  # a case may be closed at once only with one of these


class StaffRole(Choice):
    """What somebody does on a case."""

    lead = "lead", _("Lead")
    support = "support", _("Support")
    interpreter = "interpreter", _("Interpreter")


class Answer(Choice):
    """What an interpreter said to a request."""

    requested = "requested", _("Requested"), "new"
    accepted = "accepted", _("Accepted"), "go"
    declined = "declined", _("Declined"), "off"
    done = "done", _("Done"), "done"


class ActivityType(OpenChoice):
    """What was done; those in COUNTED count as contact unless the record says otherwise."""

    call = "call", _("Phone call")
    chat = "chat", _("Chat")
    meet = "meet", _("Meeting in person")
    accompany = "accompany", _("Accompaniment")
    note = "note", _("Memo")
    visit = "visit", _("Visit")
    interpret = "interpret", _("Interpreting")
    negotiate = "negotiate", _("Labour negotiation")
    food = "food", _("Food and supplies")
    lodging = "lodging", _("Lodging support")
    teaching = "class", _("Japanese or life lessons")
    money = "money", _("Money given")
    admin = "admin", _("Paperwork")
    partner_call = "partner_call", _("Contact with a partner")
    meeting = "meeting", _("Internal meeting")
    system = "system", _("Automatic")


COUNTED = frozenset(
    {
        "call",
        "chat",
        "meet",
        "visit",
        "accompany",
        "interpret",
        "negotiate",
        "food",
        "lodging",
        "class",
        "money",
    }
)


class Channel(OpenChoice):
    """How a first contact reached the office (DOMAIN 3.4)."""

    facebook = "facebook", _("Facebook post or comment")
    messenger = "messenger", _("Messenger")
    zalo = "zalo", _("Zalo")
    line = "line", _("LINE")
    phone = "phone", _("Telephone")
    sms = "sms", _("SMS")
    email = "email", _("E-mail message")
    web_form = "web_form", _("Web form")
    walk_in = "walk_in", _("Came to the office")
    referral_partner = "referral_partner", _("Referred by an expert or group")
    referral_gov = "referral_gov", _("Referred by an authority or embassy")
    referral_friend = "referral_friend", _("Referred by a friend")
    temple_church = "temple_church", _("Temple or church")
    outreach = "outreach", _("Outreach visit")
    event = "event", _("At an event")
    other = "other", _("Other way")


class InquiryStatus(Choice):
    """The states of an inquiry; which may follow which stands in Inquiry.__moves__."""

    new = "new", _("New"), "new"
    responded = "responded", _("First response given"), "go"
    linked = "linked", _("Became a case"), "done"
    info_only = "info_only", _("Ended with information"), "off"
    referred_out = "referred_out", _("Sent to another body"), "off"
    unreachable = "unreachable", _("Cannot be reached"), "wait"
    duplicate = "duplicate", _("Duplicate"), "off"
    spam = "spam", _("Not for us"), "off"


class InquiryClosedReason(OpenChoice):
    """Why an inquiry ended without a case."""

    answered = "answered", _("The information was enough")
    other_body = "other_body", _("Another body is in charge")
    no_answer = "no_answer", _("No answer any more")
    withdrew = "withdrew", _("Withdrew the inquiry")
    not_ours = "not_ours", _("Not a matter of ours")
    other = "other", _("Other reason")


class CasePersonRole(Choice):
    """What somebody has to do with a case."""

    self = "self", _("The person")
    spouse = "spouse", _("Spouse")
    child = "child", _("Child")
    colleague = "colleague", _("Colleague")
