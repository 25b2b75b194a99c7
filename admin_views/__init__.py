"""The screens of the office, in the order of its menu."""

from admin_views import accounts, cases, events, money, organisations, people
from admin_views.engine.screen import Screen

SCREENS: tuple[Screen, ...] = (
    cases.CASES,
    people.PEOPLE,
    people.RESIDENCE_STATUSES,
    cases.ACTIVITIES,
    cases.CASE_STAFF,
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
    # -- money, promises of employers, lists and logs --------------------------------------------------------------
    money.EXPENSES,
    money.RECEIPTS,
    money.RECEIPT_LINES,
    money.PLEDGES,
    money.BANK_LINES,
    events.COMMITMENTS,
    events.FOLLOW_UPS,
    accounts.CHOICES,
    accounts.CHANGE_LOG,
    accounts.ACCESS_LOG,
)
