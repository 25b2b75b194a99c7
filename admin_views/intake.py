"""What an SOS form is told while somebody listens: who this may be, what the words say, free beds, a first answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.boxes import Box, Counted, Desk, Line, Offer, Passage
from admin_views.engine.hints import Beside, Hints, Typed
from admin_views.engine.parts import Part
from admin_views.engine.readings import second_reading
from admin_views.engine.values import label
from admin_views.front.words import all_of, minutes_words
from admin_views.likely import Likely, likely_people
from tomoiki.accounts.settings import SettingKey, get_settings
from tomoiki.cases.lists import CaseCategory, Priority
from tomoiki.cases.rules import Message, read_message
from tomoiki.core.dates import age_on, in_tokyo
from tomoiki.core.languages import LANGUAGES
from tomoiki.core.ledgers import find_meaning, known_words
from tomoiki.core.lists import Prefecture
from tomoiki.core.phones import national
from tomoiki.shelter.lists import GenderPolicy

DANGER = (
    "violence",
    "housing",
    "illness",
    "pregnancy",
    "detention",
    "mental",
)  # what cannot wait, and is asked first
AT_ONCE = frozenset(
    {"violence", "housing", "pregnancy", "sexual", "dv", "trafficking"}
)  # DOMAIN 3.7: 命・妊娠・暴力・路上
CHANNELS = ("phone", "messenger", "facebook", "zalo", "line", "walk_in", "referral_friend", "email")
LANGUAGES_OF_MOST = ("vi", "ja")
NOBODY = "_neither"  # mark of the form: it is none of the people offered
GROWN_UP = 15  # years: a day so long ago is a birthday
SLA = {code.value: f"sla_minutes_{code.value}" for code in Priority}


def answer_times(session: Session) -> Mapping[str, str]:
    """Return what each urgency means: how soon somebody answers."""
    found = {code: _within(minutes) for code, minutes in _minutes(session).items()}
    return found | {Priority.now.value: _("life, pregnancy, violence, the street")}


def _minutes(session: Session) -> Mapping[str, int]:
    found = get_settings(session, SLA.values())
    return {code: int(found[key]) for code, key in SLA.items()}


def _within(minutes: int) -> str:
    return _("within %(time)s", time=minutes_words(minutes, as_hours=True))


def intake(desk: Desk, typed: Typed) -> Hints:
    """Return the hints of the form of a new inquiry."""
    said = read_message(typed.get("summary", ""), _places())
    people = [] if typed.get(NOBODY) else likely_people(desk.session, typed, said.phones)
    certain = next((one for one in people if one.is_certain and str(one.id) != typed.get("person")), None)
    return Hints(
        _("received %(time)s (now)", time=format_datetime(in_tokyo(desk.now), "M/d HH:mm", rebase=False)),
        {"summary": _read_out(said, typed, desk.today), "categories": list(_danger(typed))},
        [*_people_box(people, typed), beds(desk), _first_answer(desk.session, typed)],
        _("Certainly known: %(name)s", name=certain.name) if certain else "",
        {NOBODY: typed.get(NOBODY, "")},
    )


def _places() -> Mapping[str, str]:
    words = [word for word in known_words(Prefecture) if not word.isdecimal()]
    return {word: meaning.code for word in words if (meaning := find_meaning(Prefecture, word))}


# -- what the words say ------------------------------------------------------------------------------------------------
def _read_out(said: Message, typed: Typed, today: date) -> list[Offer | str]:
    """Return what may be taken over, and days in words; nothing that stands in its control already."""
    offers: list[Offer | str] = []
    if not typed.get("channel_handle", "").strip():
        offers += [Offer("channel_handle", national(one), _phone_words(one)) for one in said.phones]
    if not typed.get("pref"):
        offers += [Offer("pref", code, label(Prefecture, code)) for code in said.prefectures]
    lead = [_("Read out of the text. Press what is right.")] if offers else []
    return [*(_day_words(day, today) for day in said.days), *lead, *offers]


def _phone_words(number: str) -> str:
    words = _("Phone %(number)s", number=national(number))
    return _("%(phone)s (Viet Nam)", phone=words) if number.startswith("+84") else words


def _day_words(day: date, today: date) -> str:
    years = age_on(day, today)
    words = f"{day.isoformat()} ・ {second_reading(day)}"
    return _("%(day)s ・ %(years)s years old", day=words, years=years) if years >= GROWN_UP else words


def _danger(typed: Typed) -> Iterator[Offer | str]:
    ticked = [code for code in typed.getlist("categories") if code in AT_ONCE]
    if not ticked:
        return
    if typed.get("urgency") == Priority.now:
        yield _("The urgency is “%(urgency)s”. Choose another above if that is not so.", urgency=_now())
        return
    yield label(CaseCategory, ticked[0])
    yield Offer(
        "urgency",
        Priority.now.value,
        _("Set the urgency to “%(urgency)s”", urgency=_now()),
        by_itself=not typed.get("urgency"),
    )


def _now() -> str:
    return label(Priority, Priority.now.value)


# -- boxes -------------------------------------------------------------------------------------------------------------
def _people_box(people: Sequence[Likely], typed: Typed) -> Iterator[Box]:
    if not people:
        return
    yield Box(
        _("Perhaps one of these"),
        [_line(one, is_linked=str(one.id) == typed.get("person")) for one in people],
        offer=None if typed.get("person") else Offer(NOBODY, "1", _("None of them")),
        id="people",
    )


def _line(one: Likely, *, is_linked: bool) -> Line:
    return Line(
        one.name,
        f"/people/{one.id}",
        one.about,
        measure=_("Linked") if is_linked else "",
        tone="ok",
        offer=None if is_linked else Offer("person", str(one.id), _("Link"), one.name),
    )


def beds(desk: Desk) -> Box:
    """Where somebody can sleep tonight: houses with a free bed, and whom they take."""
    free = Part("beds", (("view", "free"),))
    rows, count = free.first(desk.session, ("shelter", "label"), 200, "label")
    houses, _all = Part("shelters", (("active", "yes"),)).first(
        desk.session, ("code", "name", "gender_policy"), 50, "code"
    )
    return Box(
        _("Beds free tonight"),
        list(_houses(rows, houses)),
        links=all_of(free, count) or (Counted(_("Beds"), "/beds/"),),
        empty=_("No bed is free tonight."),
    )


def _houses(rows: Iterable[Mapping[str, Any]], houses: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    beds_of = [row.get("shelter.id") for row in rows]
    for house in houses:
        if count := beds_of.count(house["id"]):
            policy = house.get("gender_policy")
            yield Line(
                house.get("name") or house.get("code") or "—",
                sub=label(GenderPolicy, policy) if policy else "",
                measure=_("%(count)s free", count=count),
            )


def _first_answer(session: Session, typed: Typed) -> Passage:
    """Return words to send at once, in the language of whoever wrote."""
    spoken = typed.get("language") or "vi"
    spoken = spoken if spoken in LANGUAGES else "en"
    keys = {code: f"org_name_{code}" for code in LANGUAGES}
    names = get_settings(session, (*keys.values(), *SLA.values()))
    office = names[keys[spoken]] or names[SettingKey.org_name_ja.value]
    minutes = names.get(SLA.get(typed.get("urgency", ""), ""), "")
    title = _("First answer")
    with force_locale(spoken):
        return Passage(title, _answer(office, minutes), spoken)


def _answer(office: str, minutes: str) -> str:
    hello = _("Hello, this is %(office)s. We have your message. Are you in a safe place now?", office=office)
    if not minutes:
        return hello
    time = minutes_words(int(minutes), as_hours=True)
    return " ".join((hello, _("We will answer you within %(time)s.", time=time)))


INTAKE = Beside(intake, ("summary", "categories"))
