"""The demo's study sessions and seminars, and who came to them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tomoiki.demo import names, texts
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.organisations import Organisations
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team
from tomoiki.events.lists import Attendance, EventKind, EventStatus, RegistrationSource, RegistrationStatus
from tomoiki.events.models import TOKEN_BYTES, Attendee, Event, Registration
from tomoiki.people.models import Person

Facts = dict[str, Any]
AHEAD = (14, 26, 40)  # days until the events to come: a full one, one with places left, a draft
SATURDAY, WEDNESDAY = 5, 2
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
TOKEN_LENGTH = TOKEN_BYTES * 8 // 6
STUDENTS = ("university", "language_school", "vocational", "high_school", "public")
SLUGS = {EventKind.study: "study", EventKind.seminar: "seminar"}
HEARD_OF_IT = ("SNS", "友人の紹介", "学校の掲示", "会社からの案内")
REMARKS = ("とても役に立った", "もう少し時間がほしかった", "Rất bổ ích", "質問の時間がよかった")


def add_events(chance: Chance, rows: Rows, team: Team, count: int) -> None:
    """Add that many events: about one in four a seminar, the last three still to come."""
    span = (chance.last_day - chance.first_day) / (count - len(AHEAD))
    days = [chance.first_day + span * (at + 1) for at in range(count - len(AHEAD))]
    kinds = [EventKind.seminar if at % 4 == 1 else EventKind.study for at in range(len(days))]
    days += [chance.today + timedelta(days=ahead) for ahead in AHEAD]
    kinds += [EventKind.study, EventKind.seminar, EventKind.study]
    counts = dict.fromkeys(SLUGS, 0)
    for at, (day, kind) in enumerate(sorted(map(_on_its_weekday, days, kinds))):
        counts[kind] += 1
        status = EventStatus.held if day < chance.today else EventStatus.published
        if at == count - 1:
            status = EventStatus.draft
        elif at == count // 2:
            status = EventStatus.cancelled
        _add_event(chance, rows, team, (day, kind, counts[kind]), status)


def _on_its_weekday(day: date, kind: EventKind) -> tuple[date, EventKind]:
    """Return the last Saturday up to that day (for a seminar: Wednesday)."""
    wanted = WEDNESDAY if kind is EventKind.seminar else SATURDAY
    return day - timedelta(days=(day.weekday() - wanted) % 7), kind


def _add_event(
    chance: Chance, rows: Rows, team: Team, which: tuple[date, EventKind, int], status: EventStatus
) -> None:
    day, kind, at = which
    starts_at = moment(day, 14 if kind is EventKind.study else 10)
    opens_at = starts_at - timedelta(days=32 if status is not EventStatus.draft else 20)
    made_at = min(opens_at - timedelta(days=5), moment(chance.last_day, 17))
    is_hybrid = chance.happens(0.4)
    rows.add(
        Event, made_at, kind=kind, status=status, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
        reg_open_at=opens_at, reg_close_at=starts_at - timedelta(days=1),
        capacity=chance.rng.choice((20, 24, 30, 40)), waitlist_max=10, public_slug=f"{SLUGS[kind]}-{at}",
        place=chance.rng.choice(texts.VENUES), organiser_id=team.organiser,
        fee=0 if kind is EventKind.study else 3000, certificate=kind is EventKind.study,
        online_url=f"https://meet.example.com/{SLUGS[kind]}-{at}" if is_hybrid else None,
        language=["vi", "ja"] if kind is EventKind.study else ["ja"], **_titles(kind, at),
    )  # fmt: skip


def _titles(kind: EventKind, at: int) -> dict[str, str]:
    if kind is EventKind.study:
        topic = texts.STUDY_TOPICS[at % len(texts.STUDY_TOPICS)]
        ja, vi, en = f"ともいき勉強会 第{at}回", f"Buổi học Tomoiki lần {at}", f"Tomoiki study session {at}"
    else:
        topic = texts.SEMINAR_TOPICS[at % len(texts.SEMINAR_TOPICS)]
        ja, vi, en = f"企業向けセミナー 第{at}回", f"Hội thảo doanh nghiệp lần {at}", f"Employer seminar {at}"
    return {"title_ja": f"{ja} {topic.ja}", "title_vi": f"{vi}: {topic.vi}", "title_en": f"{en}: {topic.en}"}


def add_registrations(
    chance: Chance, rows: Rows, team: Team, bodies: Organisations, size: tuple[int, int]
) -> None:
    """Fill the events in the order of their days with about so many attendees and registrations."""
    attendee_count, registration_count = size
    public = _Public(chance, rows, bodies, attendee_count / registration_count)
    events = [row for row in rows.all(Event) if row["status"] is not EventStatus.draft]
    for at, event in enumerate(events):
        wanted = round(chance.rng.uniform(0.6, 1.4) * registration_count / len(events))
        if at == len(events) - len(AHEAD) + 1:  # the next one is full, with a waitlist
            event["capacity"] = max(5, round(wanted * 0.7))
        _Entrance(chance, rows, team, event).fill(public, wanted)


@dataclass(frozen=True)
class _Public:
    """Those who came before, by kind of event; now and then somebody new."""

    chance: Chance
    rows: Rows
    bodies: Organisations
    share_of_new: float
    known: dict[EventKind, list[int]] = field(default_factory=lambda: {kind: [] for kind in SLUGS})

    def guests(self, kind: EventKind, moments: list[datetime]) -> list[int]:
        """Return one attendee for each moment of registering, nobody twice."""
        known = self.known[kind]
        again = self.chance.rng.sample(known, len(known))
        guests = []
        for registered_at in moments:
            is_new = not again or self.chance.happens(self.share_of_new)
            guests.append(self._newcomer(kind, registered_at) if is_new else again.pop())
        return guests

    def _newcomer(self, kind: EventKind, registered_at: datetime) -> int:
        at = len(self.rows.all(Attendee)) + 1
        facts = _employee(self.chance) if kind is EventKind.seminar else self._student(at)
        roles = ("employer", "supervising") if kind is EventKind.seminar else ("school",)
        if facts["affil_kind"] != "public":
            facts["school_id"] = self.bodies.one(self.chance.rng, *roles)
        phone = names.mobile(10_000 + at) if self.chance.happens(0.7) else None
        found = self.rows.add(
            Attendee, registered_at, email=f"sanka{at:05d}@example.com", phone=phone, **facts
        )
        self.known[kind].append(found)
        return found

    def _student(self, at: int) -> Facts:
        kind = self.chance.rng.choices(STUDENTS, (35, 30, 15, 8, 12))[0]
        name = names.vietnamese_name(self.chance.rng, self.chance.rng.choice(("female", "male")))
        is_young = kind == "high_school"
        facts: Facts = {"name": name.full, "name_kana": name.kana, "affil_kind": kind, "nationality": "VNM"}
        facts |= {"age_band": "under18" if is_young else "18-29", "guardian_consent": is_young}
        facts["grade"] = f"{self.chance.rng.randint(1, 3)}年" if kind != "public" else None
        return facts | (self._supported(at) if kind == "public" else {})

    def _supported(self, at: int) -> Facts:
        """Return the link to a supported person who also learns here; staff makes it now and then."""
        people = [row for row in self.rows.all(Person) if row["full_name_vi"]]
        if not people or at % 3:
            return {}
        person = people[at % len(people)]
        return {"person_id": person["id"], "name": person["full_name_vi"], "name_kana": person["name_kana"]}


def _employee(chance: Chance) -> Facts:
    name, kana = names.japanese_name(chance.rng)
    age = chance.rng.choice(("18-29", "30-49", "50-64"))
    return {"name": name, "name_kana": kana, "affil_kind": "company", "nationality": "JPN", "age_band": age}


@dataclass
class _Entrance:
    """One event being filled: places at the venue, then the waitlist."""

    chance: Chance
    rows: Rows
    team: Team
    event: Row
    seated: int = 0
    waiting: int = 0

    def fill(self, public: _Public, wanted: int) -> None:
        """Register that many, in the order in which they ask; past the waitlist nobody is taken."""
        wanted = min(wanted, self.event["capacity"] + self.event["waitlist_max"])
        moments = self._moments(wanted)
        for guest, registered_at in zip(public.guests(self.event["kind"], moments), moments, strict=True):
            is_online = bool(self.event["online_url"]) and self.chance.happens(0.25)
            mode = Attendance.online if is_online else Attendance.venue
            facts: Facts = {"mode": mode, "registered_at": registered_at} | self._place(mode, registered_at)
            source = self.chance.rng.choices((RegistrationSource.form, RegistrationSource.staff), (5, 1))[0]
            facts = {"source": source, "answers": {"きっかけ": self.chance.rng.choice(HEARD_OF_IT)}} | facts
            token = "".join(self.chance.rng.choices(SIGNS, k=TOKEN_LENGTH))
            self.rows.add(
                Registration,
                registered_at,
                event_id=self.event["id"],
                attendee_id=guest,
                token=token,
                **facts,
            )

    def _moments(self, count: int) -> list[datetime]:
        """Return when they ask, the last ones perhaps at the door."""
        first = self.event["reg_open_at"]
        last = min(self.event["reg_close_at"], moment(self.chance.last_day, 20))
        minutes = int((last - first).total_seconds() // 60)
        return sorted(first + timedelta(minutes=self.chance.rng.randint(0, minutes)) for _ in range(count))

    def _place(self, mode: Attendance, registered_at: datetime) -> Facts:
        if self.event["status"] is EventStatus.cancelled:
            called_off_at = self.event["reg_close_at"]
            return {"status": RegistrationStatus.cancelled, "cancelled_at": called_off_at}
        if self.chance.happens(0.07):
            latest = min(self.event["starts_at"], moment(self.chance.last_day, 21))
            return {
                "status": RegistrationStatus.cancelled,
                "cancelled_at": min(registered_at + timedelta(days=self.chance.rng.randint(1, 9)), latest),
            }
        if mode is Attendance.venue and self.seated >= self.event["capacity"]:
            self.waiting += 1
            return {"status": RegistrationStatus.waitlisted, "waitlist_no": self.waiting}
        self.seated += mode is Attendance.venue
        return self._came() if self.event["status"] is EventStatus.held else self._will_come()

    def _will_come(self) -> Facts:
        is_pending = self.chance.happens(0.1)
        return {"status": RegistrationStatus.pending if is_pending else RegistrationStatus.confirmed}

    def _came(self) -> Facts:
        if self.chance.happens(0.15):
            return {"status": RegistrationStatus.no_show}
        checked_in_at = self.event["starts_at"] + timedelta(minutes=self.chance.rng.randint(-25, 10))
        facts: Facts = {"status": RegistrationStatus.attended, "checked_in_at": checked_in_at}
        facts["checked_in_by_id"] = self.team.organiser
        if self.event["certificate"]:
            facts["certificate_no"] = f"C{self.event['id']:04d}-{len(self.rows.all(Registration)):05d}"
        if self.chance.happens(0.5):
            score = self.chance.rng.choices((3, 4, 5), (1, 4, 6))[0]
            facts["survey"] = {"満足度": score, "感想": self.chance.rng.choice(REMARKS)}
        return facts
