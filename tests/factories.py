"""Records with what the database asks for and nothing more; a test names only what it is about."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from tomoiki.cases.models import Activity, Case, Inquiry
from tomoiki.deadlines.models import Deadline, Fact
from tomoiki.money.expenses import Expense
from tomoiki.money.models import Donation
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person
from tomoiki.referrals.models import Partner, Referral
from tomoiki.shelter.models import Bed, Shelter, Stay

_NUMBERS = count(1001)  # a form in the same test counts from 1, and so does the office of tests/permissions


def a_person(**values: Any) -> Person:
    """Somebody with a number and, unless other names are given, a name."""
    names = {} if values.keys() & {"name_card", "name_used"} else {"full_name_vi": "Nguyễn Thị Bưởi"}
    return Person(**({"code": f"P-{next(_NUMBERS):06}"} | names | values))


def a_case(**values: Any) -> Case:
    """A case of a person who comes with it."""
    about = {} if values.keys() & {"person", "person_id"} else {"person": a_person()}
    return Case(**({"number": f"T2020-{next(_NUMBERS):04}", "title": "相談"} | about | values))


def an_activity(**values: Any) -> Activity:
    """A phone call about a case that comes with it."""
    about = {} if values.keys() & {"case", "case_id"} else {"case": a_case()}
    return Activity(**({"type": "call"} | about | values))


def an_organisation(**values: Any) -> Organisation:
    """A company."""
    return Organisation(**({"name": "株式会社あおぞら商事"} | values))


def a_donation(**values: Any) -> Donation:
    """A gift of 5,000 yen to the general fund (the first of the template)."""
    usual = {"number": f"D2020-{next(_NUMBERS):05}", "amount": 5000, "received_on": date(2026, 4, 1)}
    return Donation(**(usual | {"fund_id": 1} | values))


def an_expense(**values: Any) -> Expense:
    """Food for 3,000 yen from the general fund."""
    usual = {"number": f"E2020-{next(_NUMBERS):05}", "amount": 3000, "paid_on": date(2026, 4, 1)}
    return Expense(**(usual | {"fund_id": 1, "support_type": "food"} | values))


def an_inquiry(**values: Any) -> Inquiry:
    """A message of somebody without a name."""
    usual = {"channel": "messenger", "summary": "Em cần giúp", "urgency": "today"}
    return Inquiry(**({"number": f"S2026-{next(_NUMBERS):05}"} | usual | values))


def a_fact(**values: Any) -> Fact:
    """Somebody left a company."""
    return Fact(**({"kind": "left_on", "on": date(2026, 4, 1)} | values))


def a_deadline(**values: Any) -> Deadline:
    """A notice due within 14 days, by the rule `contract_org`."""
    days = {"trigger_on": date(2026, 4, 18), "due_on": date(2026, 5, 7), "safe_on": date(2026, 5, 1)}
    return Deadline(**({"rule_id": 5} | days | values))


def a_partner(**values: Any) -> Partner:
    """A lawyer."""
    return Partner(**({"name": "ひなた法律事務所", "kind": "lawyer"} | values))


def a_referral(**values: Any) -> Referral:
    """A draft to a lawyer who comes with it."""
    partner = {} if values.keys() & {"partner", "partner_id"} else {"partner": a_partner()}
    return Referral(**({"kind": "lawyer", "asked_on": date(2026, 4, 2)} | partner | values))


def a_bed(**values: Any) -> Bed:
    """A bed in a house of its own."""
    number = next(_NUMBERS)
    return Bed(**({"label": f"{number}", "shelter": Shelter(code=f"H{number}", name="寮")} | values))


def a_stay(number: int = 0, **values: Any) -> Stay:
    """Two nights in a bed that comes with it; with a number, so many times ten days later."""
    first = date(2026, 4, 1) + timedelta(days=10 * number)
    bed = {} if values.keys() & {"bed", "bed_id"} else {"bed": a_bed()}
    return Stay(**({"check_in": first, "check_out": first + timedelta(days=2)} | bed | values))
