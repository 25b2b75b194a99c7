"""Builds the whole demo office: three fiscal years up to the day before `today`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.accounts.settings import SettingKey, get_setting
from tomoiki.cases.models import Case
from tomoiki.core.records import Record
from tomoiki.demo.bank import add_bank
from tomoiki.demo.casework import add_cases
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.claims import add_claims, add_told_facts
from tomoiki.demo.contacts import add_activities
from tomoiki.demo.first_contacts import add_inquiries
from tomoiki.demo.gatherings import add_events, add_registrations
from tomoiki.demo.giving import add_donations, add_donors, add_funds
from tomoiki.demo.housing import add_shelters, add_stays
from tomoiki.demo.legal_days import add_legal_days
from tomoiki.demo.organisations import add_organisations
from tomoiki.demo.outside import add_partners, add_referrals
from tomoiki.demo.papers import add_papers, write_papers
from tomoiki.demo.promises import add_promises
from tomoiki.demo.receipts import add_pledges, add_receipts
from tomoiki.demo.rows import Rows
from tomoiki.demo.spending import add_expenses, open_general_fund
from tomoiki.demo.system import add_system, tell_whom_to_call
from tomoiki.demo.team import add_team
from tomoiki.events.models import Attendee, Event
from tomoiki.money.models import GENERAL, Donor, Fund
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person

SUBJECTS: tuple[type[Record], ...] = (Person, Case, Organisation, Donor, Event, Attendee)
FEWEST_EVENTS = 8  # past ones of both kinds, a cancelled one, three to come


class OfficeInUse(Exception):  # noqa: N818 - named after the fact, as STYLE section 3 wants
    """The database holds records already; made-up ones must not get among them."""


@dataclass(frozen=True)
class Size:
    """How much of everything, at about the size of the office in a quiet year times `scale`."""

    scale: float

    def of(self, count: int, fewest: int = 3) -> int:
        """Return the count at this scale."""
        return max(fewest, round(count * self.scale))


@dataclass(frozen=True)
class MadeOffice:
    """How many rows each table got, and the passwords of the new users, which stand nowhere else."""

    counts: Mapping[str, int]
    passwords: Mapping[str, str] = field(repr=False)


def build_office(
    session: Session, today: date, hash_password: Callable[[str], str], scale: float = 1
) -> MadeOffice:
    """Fill an empty database; the same day and scale give the same rows. Raise OfficeInUse if not empty."""
    if has_records(session):
        raise OfficeInUse
    start_month = int(get_setting(session, SettingKey.fy_start_month))
    size, rows = Size(scale), Rows(session)

    def chance(subject: str) -> Chance:
        return Chance(subject, today, start_month)

    since = moment(chance("team").first_day, 9)
    team = add_team(session, rows, since, hash_password)
    bodies = add_organisations(chance("organisations"), rows, size.of(40))
    add_cases(chance("cases"), rows, team, bodies, (size.of(130), size.of(200, fewest=12)))
    add_activities(chance("activities"), rows, team, size.of(3400))
    add_inquiries(chance("inquiries"), rows, team, size.of(120, fewest=12))
    add_legal_days(session, chance("deadlines"), rows, team)
    add_told_facts(rows, team)
    add_referrals(chance("referrals"), rows, add_partners(chance("partners"), rows))
    add_stays(chance("stays"), rows, add_shelters(chance("shelters"), rows, size.of(10, fewest=6)))
    funds = add_funds(session, chance("funds"), rows, bodies)
    givers = add_donors(chance("donors"), rows, bodies, size.of(60))
    add_donations(chance("donations"), rows, funds, givers, size.of(400, fewest=12))
    add_events(chance("events"), rows, team, size.of(24, FEWEST_EVENTS))
    add_registrations(chance("registrations"), rows, team, bodies, (size.of(250, 20), size.of(600, 60)))
    # -- what the money did, what employers promised, what the administrator worded -----------------------------
    add_pledges(chance("pledges"), rows)
    add_expenses(chance("expenses"), rows, team, funds, size.of(420, fewest=40))
    add_claims(chance("claims"), rows, team, funds[GENERAL])
    add_receipts(chance("receipts"), rows)
    add_bank(chance("bank"), rows, team)
    add_promises(chance("promises"), rows, team, bodies)
    add_system(chance("system"), rows, team)
    papers = add_papers(chance("papers"), rows, team)
    counts = rows.write()
    write_papers(session, papers)
    open_general_fund(session, funds[GENERAL], chance("funds").first_day)
    tell_whom_to_call(session)
    return MadeOffice(counts, team.passwords)


def has_records(session: Session) -> bool:
    """Tell whether there is any record of a subject; users, settings and the general fund do not count."""
    questions = [sa.exists().where(model.id.is_not(None)) for model in SUBJECTS]
    return bool(session.scalar(sa.select(sa.or_(*questions, sa.exists().where(Fund.code != GENERAL)))))
