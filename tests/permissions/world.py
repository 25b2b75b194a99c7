"""A small office with one record of each kind that permission tells apart, each marked by a word of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.databases import PASSWORD_HASH
from tests.factories import a_donation, an_expense, an_organisation
from tomoiki.accounts.models import OfficeChoice, User
from tomoiki.accounts.settings import SettingKey
from tomoiki.cases.models import Activity, Case, CaseStaff, Inquiry
from tomoiki.core.attachments import Attachment, attach, make_ready
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import now, today
from tomoiki.core.history import AccessLog, ChangeLog
from tomoiki.core.records import Record
from tomoiki.deadlines.models import Deadline, DeadlineRule, Fact, Holiday
from tomoiki.events.models import Attendee, Commitment, Event, FollowUp, Registration
from tomoiki.money.bank import BankLine
from tomoiki.money.expenses import Expense
from tomoiki.money.models import Donor, Fund, Pledge
from tomoiki.money.receipts import Receipt, ReceiptLine
from tomoiki.people.models import Person, ResidenceStatus
from tomoiki.referrals.models import Partner, Referral
from tomoiki.shelter.models import Bed, Shelter, Stay

ADMIN, CASEWORKER, TREASURER, ORGANISER, INTERPRETER, AUDITOR, COLLEAGUE = range(1, 8)
ROLES = ("admin", "caseworker", "treasurer", "organiser", "interpreter", "auditor")
SCOPED = ("caseworker", "interpreter")  # who see some rows of a table and not others: each database decides
WHERE_AND_WHO = (*(("sqlite", role) for role in ROLES), *(("postgresql", role) for role in SCOPED))

# kind of case -> level, owner: all but `hers` are a colleague's; `assigned` has the interpreter, `ended` had her.
CASES = {
    "normal": ("normal", COLLEAGUE),
    "restricted": ("restricted", COLLEAGUE),
    "secret": ("secret", COLLEAGUE),
    "hers": ("restricted", CASEWORKER),
    "assigned": ("normal", COLLEAGUE),
    "ended": ("normal", COLLEAGUE),
}
WORDS = {  # each case's own word, which stands in no label of the program
    "normal": "Zumbado",
    "restricted": "Quirvax",
    "secret": "Wexoldi",
    "hers": "Jolpetka",
    "assigned": "Fandrugo",
    "ended": "Blomqist",
    "alone": "Hyxandra",
}
PHONES = {kind: f"+81801112000{at}" for at, kind in enumerate(WORDS)}
CARD, PASSPORT, SAFE = "UA12345678EA", "C1234567", "Ausschliesslich Brieftaube"
SHELTER = "Verborgene Gasse 9"
STATUS_CARD, APPLICATION = "UB87654321EA", "APPL-998877"


@dataclass
class World:
    """The ids of its records: `world.ids["cases"]["secret"]`."""

    ids: dict[str, dict[str, int]] = field(default_factory=dict)

    def case(self, kind: str) -> int:
        return self.ids["cases"][kind]

    def person(self, kind: str) -> int:
        return self.ids["people"][kind]


Made = dict[str, dict[str, Record]]


def build(app: Flask) -> World:
    """Fill the template's database."""
    with app.app_context():
        begin_write()
        db.session.add(_colleague())
        db.session.flush()
        made = _casework() | _office()
        made |= _more_casework(made)
        made |= _books(made)
        for record in _in_order(made):
            db.session.add(record)
            db.session.flush()
        _make_own(made["expenses"])
        _make_old(made["activities"]["own_old"])
        made["attachments"] = _files(made)
        db.session.commit()
        world = World(
            {slug: {kind: record.id for kind, record in found.items()} for slug, found in made.items()}
        )
        world.ids["users"] = {"any": CASEWORKER}
        world.ids["settings"] = {"any": len(SettingKey)}  # look-ups hold the newest twenty
        for slug, model in (("deadline-rules", DeadlineRule), ("holidays", Holiday)):
            newest = db.session.scalar(sa.select(sa.func.max(model.id)))  # a search box offers the newest
            world.ids[slug] = {"any": newest or 0}
        world.ids |= _logs()
    return world


def _colleague() -> User:
    user = User(
        email="colleague@example.org", name="Colleague", password=PASSWORD_HASH, fs_uniquifier="7" * 32
    )
    user.roles.append("caseworker")
    return user


def _in_order(made: Made) -> Iterable[Record]:
    return (record for found in made.values() for record in found.values())


def _casework() -> Made:
    people = {kind: _person(kind, at) for at, kind in enumerate(WORDS)}
    cases = {kind: _case(kind, people[kind], at) for at, kind in enumerate(CASES)}
    activities = {kind: _activity(case, kind) for kind, case in cases.items()}
    return {
        "people": people,
        "residence-statuses": {kind: _status(person) for kind, person in people.items()},
        "cases": cases,
        "case-staff": {kind: _staff(case, kind) for kind, case in cases.items()},
        "activities": activities
        | {
            "own_new": _activity(cases["normal"], "normal", CASEWORKER),
            "own_old": _activity(cases["normal"], "normal", CASEWORKER),
            "interpreted": _activity(cases["assigned"], "assigned", INTERPRETER),
        },
    }


def _person(kind: str, at: int) -> Person:
    word = WORDS[kind]
    return Person(
        code=f"P-{at + 1:06}",
        full_name_vi=f"Nguyễn {word} Ngân",
        name_used=f"Ng{kind}",
        phone_jp=PHONES[kind],
        address=f"{word}-Strasse 5",
        city=f"{kind.title()}stadt",
        residence_card_no=CARD,
        passport_no=PASSPORT,
        safe_contact=SAFE,
    )


def _case(kind: str, person: Person, at: int) -> Case:
    level, owner = CASES[kind]
    case = Case(
        number=f"T2026-{at + 101:04}",
        person=person,
        title=f"Titel {WORDS[kind]}",
        story=f"Geschichte {WORDS[kind]}",
        next_action=f"Schritt {WORDS[kind]}",
        next_action_on=date(2027, 1, 7),
        opened_on=date(2026, 4, at + 1),
        worker_type="ssw",
        confidential=level,
        owner_id=owner,
        ledger_no=f"Buch {WORDS[kind]}",
    )
    case.categories.append("refugee")
    return case


def _activity(case: Case, kind: str, by: int = COLLEAGUE) -> Activity:
    note = f"Notiz {WORDS[kind]}"
    return Activity(case=case, type="call", by_id=by, minutes=10, note=note, persons=[case.person])


def _make_old(activity: Record) -> None:
    then = datetime.now(UTC) - timedelta(days=8)
    table = Activity.__table__
    db.session.execute(sa.update(table).where(table.c.id == activity.id).values(created_at=then))


def _status(person: Person) -> ResidenceStatus:
    return ResidenceStatus(
        person=person,
        status="ssw1",
        expires_on=date(2027, 3, 31),
        card_no=STATUS_CARD,
        application_no=APPLICATION,
    )


def _staff(case: Case, kind: str) -> CaseStaff:
    if kind not in ("assigned", "ended"):
        return CaseStaff(case=case, user_id=case.owner_id, role="lead", from_on=date(2026, 4, 1))
    until = today() - timedelta(days=1) if kind == "ended" else today()
    return CaseStaff(
        case=case, user_id=INTERPRETER, role="interpreter", from_on=date(2026, 4, 1), to_on=until
    )


def _office() -> Made:
    fund = Fund(code="SHELTER", name="Herberge")
    donor = Donor(code="S-0001", name="Geberin Xaverl")
    study = Event(
        number="E2026-001",
        kind="study",
        title_ja="Lernabend",
        starts_at=_moment(),
        fund=fund,
        organiser_id=ORGANISER,
    )
    seminar = Event(number="E2026-002", kind="seminar", title_ja="Firmenabend", starts_at=_moment())
    attendee = Attendee(name="Besucher Yorick", person_id=1)
    return {
        "organisations": {"any": an_organisation(name="Firma Uhlenhorst")},
        "funds": {"any": fund},
        "donors": {"any": donor},
        "donations": {"any": a_donation(number="D2026-00001", donor=donor)},
        "study-sessions": {"any": study},
        "seminars": {"any": seminar},
        "events": {"any": study},
        "attendees": {"any": attendee},
        "registrations": {"any": Registration(event=study, attendee=attendee)},
    }


def _more_casework(made: Made) -> Made:
    """Inquiries, legal days, referrals and stays: one of each case, and those of people or of nobody."""
    cases, people = made["cases"], made["people"]
    partner, shelter = Partner(name="Kanzlei Ulrike", kind="lawyer"), _shelter()
    beds = {kind: Bed(shelter=shelter, label=f"Bett {at}") for at, kind in enumerate(CASES)}
    alone = {
        "of_alone": people["alone"],
        "of_hidden": people["restricted"],
    }  # without the case that hides her
    return {
        "inquiries": {kind: _inquiry(kind, at, case=cases[kind]) for at, kind in enumerate(CASES)}
        | {kind: _inquiry(kind, at, person=person) for at, (kind, person) in enumerate(alone.items(), 20)}
        | {"free": _inquiry("free", 30)},
        "facts": {kind: _fact(cases[kind].person, cases[kind]) for kind in CASES}
        | {kind: _fact(person) for kind, person in alone.items()},
        "deadlines": {kind: _deadline(case=cases[kind], person=cases[kind].person) for kind in CASES}
        | {kind: _deadline(person=person) for kind, person in alone.items()},
        "partners": {"any": partner},
        "referrals": {kind: _referral(cases[kind], partner, cost=5500) for kind in CASES}
        | {"free": _referral(cases["normal"], partner)},
        "shelters": {"any": shelter},
        "beds": {"any": beds["normal"]},
        "stays": {kind: _stay(cases[kind], beds[kind]) for kind in CASES},
    }


def _shelter() -> Shelter:
    return Shelter(code="HQ", name="Haus Wendeltreppe", address=SHELTER, monthly_rent=118000)


def _inquiry(kind: str, at: int, **about: Any) -> Inquiry:
    word = WORDS.get(kind, kind)
    return Inquiry(
        number=f"S2026-{at + 201:05}",
        channel="messenger",
        channel_handle=f"konto.{word}",
        name_text=f"Anruf {word}",
        summary=f"Nachricht {word}",
        urgency="today",
        received_at=_moment(),
        **about,
    )


def _fact(person: Any, case: Any = None) -> Fact:
    return Fact(person=person, case=case, kind="left_on", on=date(2026, 5, 2), note="Tatsache")


def _deadline(**about: Any) -> Deadline:
    days = {"trigger_on": date(2026, 5, 2), "due_on": date(2027, 5, 18), "safe_on": date(2027, 5, 14)}
    return Deadline(rule_id=5, **days, **about)


def _referral(case: Any, partner: Partner, **values: Any) -> Referral:
    day = date(2026, 5, 3)
    return Referral(case=case, partner=partner, kind="lawyer", asked_on=day, purpose="Zweck", **values)


def _stay(case: Any, bed: Bed) -> Stay:
    return Stay(case=case, person=case.person, bed=bed, check_in=date(2026, 5, 4), fee_per_night=500)


# -- money, promises of employers, lists and logs ----------------------------------------------------------------
CLAIMED_BY = {"hers": CASEWORKER, "event": ORGANISER, "travel": INTERPRETER}


def _books(made: Made) -> Made:
    donation, donor = made["donations"]["any"], made["donors"]["any"]
    seminar, firm = made["seminars"]["any"], made["organisations"]["any"]
    receipt = Receipt(number="2026-00001", donor=donor, name_printed="Geberin Xaverl", total=5000, year=2026)
    return {
        "receipts": {"any": receipt},
        "receipt-lines": {"any": ReceiptLine(receipt=receipt, donation=donation, amount=5000)},
        "pledges": {"any": Pledge(donor=donor, amount=3000)},
        "bank-lines": {"any": BankLine(amount_in=5000, payer_raw="XAVERL")},
        "commitments": {"any": Commitment(event=seminar, organisation=firm, item="dorm")},
        "follow-ups": {"any": FollowUp(organisation=firm, event=seminar, due_on=date(2026, 9, 1))},
        "choices": {"any": OfficeChoice(list="case_category", code="night_shift", ja="夜勤")},
        "expenses": {
            "plain": an_expense(),
            "hers": an_expense(),
            "her_case": an_expense(case=made["cases"]["hers"]),
            "event": an_expense(event=made["study-sessions"]["any"]),
            "travel": an_expense(support_type="travel"),
        },
    }


def _files(made: Made) -> dict[str, Record]:
    """A file on each case, two of the interpreter, one on an event, and papers of the books."""
    cases, expenses = made["cases"], made["expenses"]
    where = {kind: (cases[kind], "other") for kind in CASES}
    where |= {"interpreted": (cases["assigned"], "other"), "was_interpreted": (cases["ended"], "other")}
    where |= {"event": (made["study-sessions"]["any"], "other")}
    where |= {"claim_receipt": (expenses["hers"], "receipt")}
    where |= {f"paper_{kind}": (expenses["plain"], kind) for kind in ("receipt", "medical")}
    found: dict[str, Record] = {}
    for at, (name, (record, kind)) in enumerate(where.items()):
        ready = make_ready(f"{WORDS.get(name, name)}.txt", b"Papier %d" % at, 20)
        found[name] = attach(db.session(), ready, record.__tablename__, record.id, kind)
        by = INTERPRETER if name.endswith("interpreted") else COLLEAGUE
        owned = sa.update(Attachment).where(Attachment.id == found[name].id).values(created_by=by)
        db.session.execute(owned.execution_options(synchronize_session=False))
    return found


def _make_own(expenses: Mapping[str, Record]) -> None:
    table = Expense.__table__
    for kind, record in expenses.items():
        by = CLAIMED_BY.get(kind, COLLEAGUE)
        db.session.execute(sa.update(table).where(table.c.id == record.id).values(created_by=by))


def _logs() -> dict[str, dict[str, int]]:
    db.session.add(AccessLog(at=now(), action="view", entity="case", record_id=1, user_id=CASEWORKER))
    db.session.commit()
    newest = {"change-log": ChangeLog, "access-log": AccessLog}
    return {slug: {"any": db.session.scalar(sa.select(sa.func.max(log.id)))} for slug, log in newest.items()}


def _moment() -> datetime:
    return datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def assign(app: Flask, world: World, kind: str, **ticks: Any) -> None:
    """Put the interpreter on a case, with what the assignment allows."""
    with app.app_context():
        begin_write()
        staff = CaseStaff(case_id=world.case(kind), user_id=INTERPRETER, role="interpreter", **ticks)
        db.session.add(staff)
        db.session.commit()


def give_roles(app: Flask, role: str, *more: str) -> None:
    """Let the template's user of one role hold others too."""
    with app.app_context():
        begin_write()
        user = db.session.scalars(sa.select(User).where(User.email == f"{role}@example.org")).one()
        user.roles.extend(more)
        db.session.commit()


def change_record(app: Flask, model: type[Record], key: int, values: Mapping[str, Any]) -> None:
    """Change a record as a colleague would, so that its history tells it."""
    with app.app_context():
        begin_write()
        record = db.session.get_one(model, key)
        for name, value in values.items():
            setattr(record, name, value)
        db.session.commit()
