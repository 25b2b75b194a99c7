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
NOT_MADE_HERE = {"receipt-lines"}  # they come with their receipt; the address of a new one is not there

TABLE["study-sessions"] = TABLE["seminars"] = TABLE["events"]

NOT_DELETED = {"users", "receipt-lines"}  # deactivated instead; the address is not there
IMPORTED = {"people", "organisations"}
SECRETS = {"people": "safe_contact", "residence-statuses": "card_no"}  # S2, by the screen that shows them
SEES_SECRETS = {"admin", "caseworker"}
# "A lookup called for a form that the role may save returns id and label only": beside those who read the table.
LABELS = {
    "users": {"caseworker", "organiser", "interpreter"},  # owner of a case, organiser of an event, by whom
    "funds": {"organiser", "interpreter"},  # fund of an event, of a claim
    **{slug: {"interpreter"} for slug in ("events", "study-sessions", "seminars")},  # event of a claim
}
NAMELESS = {("interpreter", "residence-statuses")}  # she sees when one expires, but nothing that names it


def rights_of(role: str, slug: str) -> Rights:
    """Return what a role may do on a screen."""
    return rights(TABLE[slug].get(role, ""))
