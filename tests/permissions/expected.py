"""DOMAIN section 4 once more, written down by hand from the text: the program's own matrix is not asked.

Per screen and role: what she may do to the table (C), and to each kind of record (R U D; `?` opens with a
reason). Kinds that are not named are out of her scope; a role that is not named may not open the screen at all.
"""

from dataclasses import dataclass

EVERY_CASE = "normal restricted hers assigned ended"
OPEN_CASES = "normal assigned ended"
PEOPLE = "normal restricted secret hers assigned ended alone"


@dataclass(frozen=True)
class Rights:
    """What one role may do on one screen."""

    creates: bool
    rows: dict[str, str]

    def may(self, letter: str) -> bool:
        """Tell whether she may do this to any record at all."""
        return (letter == "C" and self.creates) or any(letter in letters for letters in self.rows.values())


def rights(text: str) -> Rights:
    """Read `C normal hers=RU secret=?`."""
    rows: dict[str, str] = {}
    waiting: list[str] = []
    for word in text.split():
        kind, is_last, letters = word.partition("=")
        if kind != "C":
            waiting.append(kind)
        if is_last:
            rows.update(dict.fromkeys(waiting, letters))
            waiting.clear()
    return Rights(text.startswith("C "), rows)


TABLE = {
    "cases": {
        "admin": f"C {EVERY_CASE}=RUD secret=?",
        "caseworker": f"C {OPEN_CASES} hers=RU",
        "treasurer": f"{EVERY_CASE}=R",
        "interpreter": "assigned=R",
        "auditor": f"{EVERY_CASE}=R",
    },
    "people": {
        "admin": f"C {PEOPLE}=RUD",
        "caseworker": "C normal hers assigned ended alone=RU",
        "interpreter": "assigned=R",
    },
    "residence-statuses": {
        "admin": f"C {PEOPLE}=RUD",
        "caseworker": "C normal hers assigned ended alone=RU",
        "interpreter": "assigned=R",
    },
    "activities": {
        "admin": f"C {EVERY_CASE} own_new own_old interpreted=RUD",
        "caseworker": f"C {OPEN_CASES} hers own_old interpreted=R own_new=RU",
        "interpreter": "C interpreted=R",
    },
    "case-staff": {
        "admin": f"C {EVERY_CASE}=RUD",
        "caseworker": f"C {OPEN_CASES} hers=RU",
        "interpreter": "assigned=R",
    },
    "organisations": {
        "admin": "C any=RUD",
        "caseworker": "C any=RU",
        "treasurer": "any=R",
        "organiser": "C any=RU",
        "auditor": "any=R",
    },
    "events": {
        "admin": "C any=RUD",
        "caseworker": "any=R",
        "treasurer": "any=R",
        "organiser": "C any=RU",
        "auditor": "any=R",
    },
    "attendees": {"admin": "C any=RUD", "caseworker": "any=R", "organiser": "C any=RU"},
    "registrations": {"admin": "C any=RUD", "caseworker": "any=R", "organiser": "C any=RU"},
    "donors": {"admin": "C any=RUD", "treasurer": "C any=RU", "auditor": "any=R"},
    "donations": {"admin": "C any=RUD", "treasurer": "C any=RU", "auditor": "any=R"},
    "funds": {"admin": "C any=RUD", "caseworker": "any=R", "treasurer": "C any=RU", "auditor": "any=R"},
    "users": {"admin": "C any=RUD", "auditor": "any=R"},
    "settings": {"admin": "any=RU", "auditor": "any=R"},  # the program knows which there are
}
# -- money, promises of employers, lists and logs ----------------------------------------------------------------
_READ_BY_ALL = ("caseworker", "treasurer", "organiser", "interpreter", "auditor")
TABLE |= {
    # "C own, R own case": one's own claim can be looked at after it was made, and never changed
    "expenses": {
        "admin": "C plain hers her_case event travel=RUD",
        "caseworker": "C hers her_case=R",
        "treasurer": "C plain hers her_case event travel=RU",
        "organiser": "C event=R",
        "interpreter": "C travel=R",
        "auditor": "plain hers her_case event travel=R",
    },
    "receipts": {"admin": "C any=RUD", "treasurer": "C any=R", "auditor": "any=R"},
    "receipt-lines": {"admin": "C any=RUD", "treasurer": "C any=R", "auditor": "any=R"},
    "pledges": {"admin": "C any=RUD", "treasurer": "C any=RU", "auditor": "any=R"},
    "bank-lines": {"admin": "any=R", "treasurer": "C any=RU", "auditor": "any=R"},
    "commitments": {
        "admin": "C any=RUD",
        "caseworker": "C any=RU",
        "treasurer": "any=R",
        "organiser": "C any=RU",
        "auditor": "any=R",
    },
    "follow-ups": {
        "admin": "C any=RUD",
        "caseworker": "C any=RU",
        "treasurer": "any=R",
        "organiser": "C any=RU",
        "auditor": "any=R",
    },
    "choices": {"admin": "C any=RUD", **dict.fromkeys(_READ_BY_ALL, "any=R")},
    "change-log": {"admin": "any=R", "auditor": "any=R"},
    "access-log": {"admin": "any=R", "auditor": "any=R"},
}
NOT_MADE_HERE = {
    "receipt-lines",
    "attachments",
}  # they come with their receipt, or on the page of their record

# casework: inquiries, legal days, partners, shelter
INQUIRIES = "free of_alone"  # without a case: of nobody, and of a person without any case
TABLE |= {
    "inquiries": {
        "admin": f"C {EVERY_CASE} {INQUIRIES} of_hidden=RUD",
        "caseworker": f"C {OPEN_CASES} hers {INQUIRIES}=RU",
        "interpreter": "assigned=R",
    },
    "facts": {
        "admin": f"C {EVERY_CASE} of_alone of_hidden=RUD",
        "caseworker": f"C {OPEN_CASES} hers of_alone=RU",
        "interpreter": "told=R",  # a story is told only where the assignment says so
    },
    "deadlines": {
        "admin": f"C {EVERY_CASE} of_alone of_hidden=RUD",
        "caseworker": f"{OPEN_CASES} hers of_alone=RU",
        "interpreter": "assigned=R",
    },
    "deadline-rules": {
        "admin": "C any=RUD",
        **dict.fromkeys(("caseworker", "treasurer", "organiser", "interpreter", "auditor"), "any=R"),
    },
    "referrals": {
        "admin": f"C {EVERY_CASE} free=RUD",
        "caseworker": f"C {OPEN_CASES} hers free=RU",
        "treasurer": f"{EVERY_CASE}=R",
    },
    "partners": {"admin": "C any=RUD", "caseworker": "C any=RU", "treasurer": "any=R"},
    "shelters": {"admin": "C any=RUD", "caseworker": "any=RU", "treasurer": "any=R", "auditor": "any=R"},
    "stays": {
        "admin": f"C {EVERY_CASE}=RUD",
        "caseworker": f"C {OPEN_CASES} hers=RU",
        "treasurer": f"{EVERY_CASE}=R",
        "auditor": f"{EVERY_CASE}=R",
    },
}
PAPERS = "claim_receipt paper_receipt paper_medical"  # on expenses
TABLE[
    "attachments"
] = {  # CRUD / CRU case / receipts only / event files / C only (own upload) / receipts only
    "admin": f"C {EVERY_CASE} interpreted was_interpreted event {PAPERS}=RUD",
    "caseworker": f"C {OPEN_CASES} hers interpreted was_interpreted=RU claim_receipt=R",
    "treasurer": "C claim_receipt paper_receipt=RU",
    "organiser": "C event=RU",
    "interpreter": "C interpreted=R",
    "auditor": "claim_receipt paper_receipt=R",
}
TABLE["holidays"], TABLE["beds"] = TABLE["deadline-rules"], TABLE["shelters"]
STEPPED_BACK = {"cases", "donations", "events", "registrations", "study-sessions", "seminars"}
STEPPED_BACK |= {"inquiries", "deadlines", "referrals", "stays"}  # they have states
STEPPED_BACK |= {"expenses", "receipts", "pledges", "follow-ups"}

TABLE["study-sessions"] = TABLE["seminars"] = TABLE["events"]

NOT_DELETED = {"users", "receipt-lines"}  # deactivated instead; the address is not there
IMPORTED = TABLE.keys() - {
    "users",
    "settings",
    "attachments",
    "receipts",
    "receipt-lines",
    "change-log",
    "access-log",
}  # all that is made in a form; who may enter is let in one by one
# Column by column the X of DOMAIN 4: which kinds of record each role may take along. X stands at "case normal" alone.
EXPORTS = {
    "cases": {"admin": OPEN_CASES, "caseworker": OPEN_CASES},
    "people": {"admin": PEOPLE, "caseworker": "normal hers assigned ended alone"},
    "organisations": {"admin": "any", "organiser": "any"},
    "events": {"admin": "any", "organiser": "any"},
    "attendees": {"admin": "any", "organiser": "any"},
    "registrations": {"admin": "any", "organiser": "any"},
    "donors": {"admin": "any", "treasurer": "any"},
    "donations": {"admin": "any", "treasurer": "any"},
}
EXPORTS |= {  # money, promises of employers, logs
    **{slug: {"admin": "any", "treasurer": "any"} for slug in ("receipts", "receipt-lines", "pledges")},
    **{slug: {"admin": "any", "organiser": "any"} for slug in ("commitments", "follow-ups")},
    **{slug: {"admin": "any"} for slug in ("change-log", "access-log")},
}
EXPORTS |= {
    "inquiries": {"admin": f"{OPEN_CASES} {INQUIRIES} of_hidden", "caseworker": f"{OPEN_CASES} {INQUIRIES}"},
    "referrals": {"admin": f"{OPEN_CASES} free"},
    "partners": {"admin": "any"},
}
EXPORTS["study-sessions"] = EXPORTS["seminars"] = EXPORTS["events"]
NO_PERSONAL_DATA = {
    "events",
    "study-sessions",
    "seminars",
    "commitments",
    "receipt-lines",
}  # exported without a purpose
SECRETS = {
    "people": "safe_contact",
    "residence-statuses": "card_no",
    "shelters": "address",
}  # S2, by the screen that shows them
SEES_SECRETS = {"admin", "caseworker"}
# "A lookup called for a form that the role may save returns id and label only": beside those who read the table.
LABELS = {
    "users": {"caseworker", "organiser", "interpreter"},  # owner of a case, organiser of an event, by whom
    "funds": {"organiser", "interpreter"},  # fund of an event, of a claim
    **{slug: {"interpreter"} for slug in ("events", "study-sessions", "seminars")},  # event of a claim
}
NAMELESS = {  # she sees when one expires, or what one cost, but nothing that names it
    ("interpreter", "residence-statuses"),
    ("treasurer", "referrals"),
}


def exports(role: str, slug: str) -> set[str]:
    """Return the kinds of record that a role may export from a screen."""
    return set(EXPORTS.get(slug, {}).get(role, "").split())


def rights_of(role: str, slug: str) -> Rights:
    """Return what a role may do on a screen."""
    return rights(TABLE[slug].get(role, ""))
