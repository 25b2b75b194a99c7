"""Vocabularies of people: residence statuses, situations, worker types (DOMAIN 3.1 to 3.5)."""

from datetime import date

from flask_babel import lazy_gettext as _

from tomoiki.core.vocabulary import Choice, OpenChoice

ESD_START = date(2027, 4, 1)  # 育成就労法 comes into force (令和6年法律60号)


class Gender(OpenChoice):
    """Gender as the person says it."""

    female = "female", _("Female")
    male = "male", _("Male")
    other = "other", _("Another gender")


class ResidenceStatusCode(OpenChoice):
    """在留資格 (入管法 別表第一・第二)."""

    ssw1 = "ssw1", _("Specified Skilled Worker (i)")
    ssw2 = "ssw2", _("Specified Skilled Worker (ii)")
    titp1a = "titp1a", _("Technical Intern Training (i)(a)")
    titp1b = "titp1b", _("Technical Intern Training (i)(b)")
    titp2a = "titp2a", _("Technical Intern Training (ii)(a)")
    titp2b = "titp2b", _("Technical Intern Training (ii)(b)")
    titp3a = "titp3a", _("Technical Intern Training (iii)(a)")
    titp3b = "titp3b", _("Technical Intern Training (iii)(b)")
    esd = "esd", _("Employment for Skill Development"), "", ESD_START
    eng_hum_intl = "eng_hum_intl", _("Engineer / Specialist in Humanities / International Services")
    student = "student", _("Student")
    dependent = "dependent", _("Dependent")
    designated = "designated", _("Designated Activities")
    care = "care", _("Nursing Care")
    skilled = "skilled", _("Skilled Labor")
    temporary = "temporary", _("Temporary Visitor")
    permanent = "permanent", _("Permanent Resident")
    spouse_jp = "spouse_jp", _("Spouse or Child of Japanese National")
    spouse_pr = "spouse_pr", _("Spouse or Child of Permanent Resident")
    longterm = "longterm", _("Long-Term Resident")
    diplomat = "diplomat", _("Diplomat")
    official = "official", _("Official")
    professor = "professor", _("Professor")
    artist = "artist", _("Artist")
    religious = "religious", _("Religious Activities")
    journalist = "journalist", _("Journalist")
    hsp1a = "hsp1a", _("Highly Skilled Professional (i)(a)")
    hsp1b = "hsp1b", _("Highly Skilled Professional (i)(b)")
    hsp1c = "hsp1c", _("Highly Skilled Professional (i)(c)")
    hsp2 = "hsp2", _("Highly Skilled Professional (ii)")
    business = "business", _("Business Manager")
    legal = "legal", _("Legal / Accounting Services")
    medical = "medical", _("Medical Services")
    researcher = "researcher", _("Researcher")
    instructor = "instructor", _("Instructor")
    ict = "ict", _("Intra-company Transferee")
    ict2 = "ict2", _("Intra-company Transferee (ii)"), "", ESD_START
    entertainer = "entertainer", _("Entertainer")
    cultural = "cultural", _("Cultural Activities")
    trainee = "trainee", _("Trainee")
    special_pr = "special_pr", _("Special Permanent Resident")
    none_newborn = "none_newborn", _("No status (newborn up to 60 days)")
    unknown = "unknown", _("Unknown")


class Situation(OpenChoice):
    """How the person stays; never a status of residence."""

    regular = "regular", _("Regular stay")
    special_period = "special_period", _("In the special period")
    provisional = "provisional", _("Provisional release")
    supervised = "supervised", _("Supervised release measure")
    overstay = "overstay", _("Overstay")
    departure_order = "departure_order", _("Departure order")
    deport_order = "deport_order", _("Deportation order")
    refugee_pending = "refugee_pending", _("Refugee application pending")
    detained = "detained", _("In detention")
    unknown = "unknown", _("Unknown situation")


class SswField(OpenChoice):
    """特定産業分野 (16 decided 2024-03-29, three more 2026-01-23)."""

    care = "care", _("Nursing care (SSW)")
    building_cleaning = "building_cleaning", _("Building cleaning")
    manufacturing = "manufacturing", _("Industrial product manufacturing")
    construction = "construction", _("Construction")
    shipbuilding = "shipbuilding", _("Shipbuilding and ship machinery")
    auto_repair = "auto_repair", _("Automobile repair")
    aviation = "aviation", _("Aviation")
    hotel = "hotel", _("Accommodation")
    auto_transport = "auto_transport", _("Automobile transportation")
    railway = "railway", _("Railway")
    agriculture = "agriculture", _("Agriculture")
    fishery = "fishery", _("Fishery and aquaculture")
    food_mfg = "food_mfg", _("Food and beverage manufacturing")
    food_service = "food_service", _("Food service")
    forestry = "forestry", _("Forestry")
    wood = "wood", _("Wood industry")
    linen = "linen", _("Linen supply"), "", date(2027, 1, 1)
    warehouse = "warehouse", _("Logistics warehousing"), "", date(2027, 1, 1)
    recycling = "recycling", _("Resource recycling"), "", date(2027, 1, 1)


class ApplicationType(OpenChoice):
    """What was applied for at the immigration office."""

    renewal = "renewal", _("Extension of stay")
    change = "change", _("Change of status")
    acquisition = "acquisition", _("Acquisition of status")
    reapplication = "reapplication", _("Reapplication")


class Decision(OpenChoice):
    """What the immigration office decided."""

    granted = "granted", _("Granted")
    refused = "refused", _("Refused")
    withdrawn = "withdrawn", _("Withdrawn")


class StatusSource(OpenChoice):
    """How the office knows of a status."""

    card = "card", _("Card seen")
    self_report = "self_report", _("Said by the person")
    expert = "expert", _("Expert")


class WorkerType(OpenChoice):
    """The four windows of the relief platform, and the rest."""

    titp = "titp", _("Technical intern")
    esd = "esd", _("Skill development worker"), "", ESD_START
    ssw = "ssw", _("Specified skilled worker")
    eng = "eng", _("Engineer, humanities, intl. services")
    student = "student", _("International student")
    dependent = "dependent", _("Dependent family member")
    designated = "designated", _("Designated activities")
    spouse_pr = "spouse_pr", _("Permanent, spouse, long-term")
    irregular = "irregular", _("No status or unclear")
    child = "child", _("Child")
    other = "other", _("Other")
    unknown = "unknown", _("Unknown")


class JapaneseLevel(OpenChoice):
    """Command of Japanese: JLPT or CEFR, or what the ear tells."""

    none = "none", _("No Japanese")
    spoken = "spoken", _("Can hold a conversation")
    n5 = "N5", _("JLPT N5")
    n4 = "N4", _("JLPT N4")
    n3 = "N3", _("JLPT N3")
    n2 = "N2", _("JLPT N2")
    n1 = "N1", _("JLPT N1")
    a1 = "A1", _("CEFR A1")
    a2 = "A2", _("CEFR A2")
    b1 = "B1", _("CEFR B1")
    b2 = "B2", _("CEFR B2")
    c1 = "C1", _("CEFR C1")
    c2 = "C2", _("CEFR C2")


class ConsentScope(OpenChoice):
    """What the person agreed to."""

    record = "record", _("Keeping a record")
    share_lawyer = "share_lawyer", _("Sharing with lawyers")
    share_medical = "share_medical", _("Sharing with medical institutions")
    share_gov = "share_gov", _("Sharing with public offices")
    share_company = "share_company", _("Sharing with the company")
    share_embassy = "share_embassy", _("Sharing with the embassy")
    photo = "photo", _("Photographs")
    story_anon = "story_anon", _("Publishing the story without names")
    media = "media", _("Interviews by the media")
    research = "research", _("Research")
    contact_after = "contact_after", _("Contact after closing")


class ConsentMethod(OpenChoice):
    """How somebody agreed."""

    written = "written", _("In writing")
    spoken = "spoken", _("By word of mouth")
    message = "message", _("By message")


class ConsentException(Choice):
    """Why sensitive information was taken down without consent (個人情報保護法20条2項)."""

    life = "life", _("To protect life or body")
    child = "child", _("For a child's welfare")
    law = "law", _("Required by law")
    legacy = "legacy", _("From the old ledger")


WORKER_TYPE_OF_STATUS: dict[str, WorkerType] = {
    **dict.fromkeys(("titp1a", "titp1b", "titp2a", "titp2b", "titp3a", "titp3b"), WorkerType.titp),
    **dict.fromkeys(("ssw1", "ssw2"), WorkerType.ssw),
    **dict.fromkeys(("permanent", "spouse_jp", "spouse_pr", "longterm", "special_pr"), WorkerType.spouse_pr),
    "esd": WorkerType.esd,
    "eng_hum_intl": WorkerType.eng,
    "student": WorkerType.student,
    "dependent": WorkerType.dependent,
    "designated": WorkerType.designated,
    "none_newborn": WorkerType.child,
}
