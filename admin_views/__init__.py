"""The screens of the office, in the order of its menu."""

from admin_views import (
    accounts,
    cases,
    deadlines,
    events,
    inquiries,
    money,
    organisations,
    people,
    referrals,
    shelter,
)
from admin_views.engine.screen import Screen

SCREENS: tuple[Screen, ...] = (
    inquiries.INQUIRIES,
    cases.CASES,
    people.PEOPLE,
    people.RESIDENCE_STATUSES,
    cases.ACTIVITIES,
    cases.CASE_STAFF,
    deadlines.DEADLINES,
    deadlines.FACTS,
    referrals.REFERRALS,
    referrals.PARTNERS,
    shelter.STAYS,
    shelter.BEDS,
    shelter.SHELTERS,
    money.DONATIONS,
    money.DONORS,
    money.FUNDS,
    events.STUDY_SESSIONS,
    events.SEMINARS,
    events.EVENTS,
    events.ATTENDEES,
    events.REGISTRATIONS,
    organisations.ORGANISATIONS,
    accounts.USERS,
    accounts.SETTINGS,
    deadlines.DEADLINE_RULES,
    deadlines.HOLIDAYS,
)
