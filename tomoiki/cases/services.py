"""What is done with cases: opening the one that an inquiry asks for."""

from __future__ import annotations

from tomoiki.cases.lists import InquiryStatus
from tomoiki.cases.models import Case, Inquiry
from tomoiki.cases.rules import phones_of
from tomoiki.core.identifiers import read_facebook
from tomoiki.core.reading import BadInput
from tomoiki.people.models import Person

BY_PHONE = ("phone", "sms")
ACCOUNT = {"facebook": "facebook", "messenger": "facebook", "zalo": "zalo", "line": "line_id"}


def person_of(inquiry: Inquiry, name: str) -> Person:
    """Return somebody new as the inquiry tells of her: what she is called, how she is reached, her language."""
    person = Person(name_used=name, pref=inquiry.pref)
    if inquiry.language:
        person.preferred_lang = inquiry.language
    handle = (inquiry.channel_handle or "").strip()
    numbers = list(phones_of(handle)) if handle else []
    if len(numbers) == 1:  # a number that could be of either country is asked for later
        setattr(person, "phone_vn" if numbers[0].startswith("+84") else "phone_jp", numbers[0])
    elif handle and (account := ACCOUNT.get(inquiry.channel)):
        setattr(person, account, _facebook(handle) if account == "facebook" else handle)
    return person


def _facebook(typed: str) -> str | None:
    try:
        return read_facebook(typed).value
    except BadInput:
        return None


def case_of(inquiry: Inquiry) -> Case:
    """Return the case that the inquiry asks for; what it told is taken over when the case is saved."""
    return Case(inquiry_id=inquiry.id, person_id=inquiry.person_id)


def may_become_case(inquiry: Inquiry) -> bool:
    """Tell whether a case can come of it: it has none, and is neither somebody else's matter nor told of twice."""
    return inquiry.case_id is None and (inquiry.status is InquiryStatus.new or _may_be_linked(inquiry))


def _may_be_linked(inquiry: Inquiry) -> bool:
    return InquiryStatus.linked in Inquiry.__moves__.allowed.get(inquiry.status, ())


def link_case(inquiry: Inquiry, case: Case) -> None:
    """Let the inquiry lead to its case; one that was answered has become a case by that."""
    if _may_be_linked(inquiry):
        inquiry.status = InquiryStatus.linked
    inquiry.case_id = case.id
