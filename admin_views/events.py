"""Screens of the event organiser: study sessions and seminars are events of their kind in words of their own."""

from dataclasses import replace

from flask_babel import lazy_gettext as _

from admin_views.engine.screen import Many, Related, Screen
from admin_views.menus import EVENTS as GROUP
from tomoiki.events import ledger
from tomoiki.events.lists import EventKind
from tomoiki.events.models import Attendee, Commitment, Event, FollowUp, Registration

EVENTS = Screen(
    model=Event,
    slug="events",
    name=_("Events"),
    one=_("event"),
    menu=GROUP,
    icon="pin",
    list=(("title_ja", "number"), "kind", "starts_at", "place", "capacity", "status"),
    phone=("place",),
    filters=("kind", "status", "starts_at"),
    groups=("status", "starts_at"),
    sort="-starts_at",
    facts=("starts_at", "place", "capacity", ("fee", "fund"), "organiser"),
    form=(
        "kind",
        ("title_ja", "title_vi", "title_en"),
        ("starts_at", "ends_at"),
        ("place", "online_url"),
        ("capacity", "waitlist_max"),
        ("reg_open_at", "reg_close_at"),
        ("public_slug", "survey_url"),
        ("fee", "fund"),
        ("organiser", "certificate"),
        "language",
    ),
    synonyms=ledger.EVENT_HEADERS,
    related=(Related(Registration, list=("attendee", "status", "mode", "registered_at"), limit=20),),
)

STUDY_SESSIONS = replace(
    EVENTS,
    slug="study-sessions",
    name=_("Study sessions"),
    one=_("study session"),
    icon="book",
    only={"kind": EventKind.study},
    list=(("title_ja", "number"), "starts_at", "place", "capacity", "language", "status"),
    filters=("status", "starts_at"),
)

SEMINARS = replace(
    EVENTS,
    slug="seminars",
    name=_("Employer seminars"),
    one=_("seminar"),
    icon="seminar",
    only={"kind": EventKind.seminar},
    list=(("title_ja", "number"), "starts_at", "place", "organiser", "capacity", "status"),
    filters=("status", "starts_at", "organiser"),
    related=(
        *EVENTS.related,
        Related(Commitment, list=("organisation", "item", "answer", "due_on"), limit=20),
        Related(FollowUp, list=("organisation", "due_kind", "due_on", "status")),
    ),
)

ATTENDEES = Screen(
    model=Attendee,
    slug="attendees",
    name=_("Attendees"),
    one=_("attendee"),
    menu=GROUP,
    icon="people",
    list=(("name", "name_kana"), "affil_kind", "school", "grade", "email", "phone"),
    phone=("grade",),
    filters=("affil_kind", "school", "nationality", "age_band"),
    groups=("affil_kind",),
    many=(Many("register", _("Add to a session"), ("event", "mode"), makes=Registration, by="attendee"),),
    sort="name",
    facts=(("affil_kind", "grade"), "school", "email", "phone", "age_band"),
    form=(
        ("name", "name_kana"),
        ("email", "phone"),
        "affil_kind",
        ("school", "grade"),
        ("nationality", "age_band"),
        "guardian_consent",
        "person",
    ),
    importable=ledger.ATTENDEE_IMPORTABLE,
    synonyms=ledger.ATTENDEE_HEADERS,
    related=(Related(Registration, list=("event", "status", "registered_at")),),
)

REGISTRATIONS = Screen(
    model=Registration,
    slug="registrations",
    name=_("Registrations"),
    one=_("registration"),
    menu=GROUP,
    icon="check",
    list=("attendee", "event", "status", "mode", "registered_at"),
    filters=("status", "event", "mode", "registered_at"),
    groups=("status", "registered_at"),
    sort="-registered_at",
    facts=("attendee", "event", "mode", "registered_at", "checked_in_at"),
    form=(("event", "attendee"), "mode", "registered_at"),
    importable=ledger.IMPORTABLE,
    synonyms=ledger.HEADERS,
)

COMMITMENTS = Screen(
    model=Commitment,
    slug="commitments",
    name=_("Commitments of employers"),
    one=_("commitment"),
    menu=GROUP,
    icon="check",
    list=("organisation", "item", "answer", "event", "due_on"),
    phone=("event",),
    filters=("answer", "item", "organisation", "event", "due_on"),
    groups=("answer",),
    facts=("organisation", "item", "answer", "event", "due_on"),
    form=(("event", "organisation"), "item", "answer", "due_on"),
)

FOLLOW_UPS = Screen(
    model=FollowUp,
    slug="follow-ups",
    name=_("Follow-up visits"),
    one=_("follow-up visit"),
    menu=GROUP,
    icon="walk",
    list=("organisation", "due_kind", "due_on", "status", "visited_on", "score"),
    phone=("visited_on", "score"),
    filters=("status", "due_kind", "organisation", "event", "due_on"),
    sort="due_on",
    groups=("status", "due_kind", "due_on"),
    facts=("organisation", "due_on", "visited_on", "by", "score"),
    form=(
        ("organisation", "event"),
        "due_kind",
        ("due_on", "visited_on"),
        ("by", "score"),
        "findings",
    ),
)
