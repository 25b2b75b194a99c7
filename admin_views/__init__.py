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
)
