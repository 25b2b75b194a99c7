"""The demo's shelters and beds, and who stayed in them: one bed and one person have one stay at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tomoiki.cases.models import Case
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Row, Rows
from tomoiki.people.models import Person
from tomoiki.shelter.lists import BedKind, GenderPolicy, StayStatus
from tomoiki.shelter.models import Bed, Shelter, Stay

Facts = dict[str, Any]
HOUSES = (  # code, name, address, prefecture, for whom, rent, share of the beds
    ("A", "みほん寮 さくら", "東京都見本区架空町1-2-3 さくら荘", "13", GenderPolicy.women, 118_000, 4),
    ("B", "みほん寮 けやき", "埼玉県例示市仮町4-5 けやきハイツ", "11", GenderPolicy.men, 96_000, 4),
    ("C", "みほん寮 あおい", "神奈川県見本市例町6-7", "14", GenderPolicy.family, 105_000, 2),
)
RULES_JA = "22時以降は静かに。来客は事務所に相談する。火の始末を確かめる。住所を人に教えない。"
RULES_VI = "Sau 22 giờ giữ yên lặng. Có khách thì báo văn phòng. Kiểm tra bếp trước khi ngủ. Không cho ai biết địa chỉ."
NEEDS = {
    "housing": 0.8,
    "dismissal": 0.35,
    "dv": 0.9,
    "pregnancy": 0.4,
    "violence": 0.35,
    "runaway": 0.5,
    "living": 0.2,
}
REASONS = {
    "housing": "housing",
    "dismissal": "dispute",
    "dv": "violence",
    "violence": "violence",
    "pregnancy": "pregnancy",
}
EXITS = (("job_housing", 40), ("own_apartment", 15), ("friend", 15), ("home_country", 15), ("other_shelter", 5),
         ("hospital", 3), ("unknown", 7))  # fmt: skip
LATELY = 100  # days
FREE_SINCE = date(1970, 1, 1)


@dataclass
class _Board:
    """Which bed and which person is taken until when, as far as stays were booked in the order of their days."""

    beds: dict[GenderPolicy, list[int]]
    bed_until: dict[int, date] = field(default_factory=dict)
    person_until: dict[int, date] = field(default_factory=dict)

    def find(self, policies: Sequence[GenderPolicy], on: date) -> int | None:
        """Return a bed that is free from that day on."""
        found = (bed for policy in policies for bed in self.beds.get(policy, ()))
        return next((bed for bed in found if self.bed_until.get(bed, FREE_SINCE) <= on), None)

    def take(self, bed: int, person: int, until: date) -> None:
        self.bed_until[bed] = self.person_until[person] = until


def add_shelters(chance: Chance, rows: Rows, beds: int) -> dict[GenderPolicy, list[int]]:
    """Add the houses with about that many beds, and return the beds by whom they are for."""
    since, found = moment(chance.first_day, 10), dict[GenderPolicy, list[int]]()
    whole = sum(house[-1] for house in HOUSES)
    for code, name, address, pref, policy, rent, share in HOUSES:
        house = rows.add(
            Shelter, since, code=code, name=name, address=address, pref=pref, gender_policy=policy,
            monthly_rent=rent, rules_ja=RULES_JA, rules_vi=RULES_VI,
        )  # fmt: skip
        for at in range(1, max(2, round(beds * share / whole)) + 1):
            kind = (
                BedKind.baby
                if policy is GenderPolicy.family
                else BedKind.shared
                if at > 1
                else BedKind.single
            )
            bed = rows.add(
                Bed, since, shelter_id=house, label=f"{code}-{at}", kind=kind, active_from=chance.first_day
            )
            found.setdefault(policy, []).append(bed)
    return found


def add_stays(chance: Chance, rows: Rows, beds: dict[GenderPolicy, list[int]]) -> None:
    """Give a bed to those who needed one, as long as one was free; two more are booked for the days to come."""
    board = _Board(beds)
    for case in rows.all(Case):
        if chance.happens(NEEDS.get(case["primary_category"], 0.03)):
            _stay(chance, rows, board, case)
    under_way = [case for case in rows.all(Case) if not case["closed_on"] and not case["resolved_at"]]
    ahead = [2, 5]
    for case in reversed(under_way):
        if ahead and _reserve(rows, board, case, chance.today + timedelta(days=ahead[0])):
            ahead.pop(0)


def _policies(rows: Rows, case: Row) -> tuple[GenderPolicy, ...]:
    if case["primary_category"] in ("pregnancy", "childcare"):
        return (GenderPolicy.family, GenderPolicy.women)
    is_woman = rows.get(Person, case["person_id"])["gender"] == "female"
    return (GenderPolicy.women,) if is_woman else (GenderPolicy.men,)


def _stay(chance: Chance, rows: Rows, board: _Board, case: Row) -> None:
    check_in, person = case["opened_on"], case["person_id"]
    bed = board.find(_policies(rows, case), check_in)
    if bed is None or board.person_until.get(person, FREE_SINCE) > check_in:
        return
    last = case["closed_on"] or (case["resolved_at"].date() if case["resolved_at"] else None)
    planned = check_in + timedelta(days=_nights(chance, check_in, is_under_way=last is None))
    out = max(check_in, min(planned, last)) if last else planned
    is_over = out <= chance.last_day
    facts: Facts = {"status": StayStatus.out if is_over else StayStatus.inside, "planned_out": planned}
    if is_over:
        facts |= {"check_out": out, "exit_to": chance.rng.choices(*zip(*EXITS, strict=True))[0]}
    elif planned < chance.today + timedelta(days=3) and chance.happens(0.5):
        facts["planned_out"] = chance.last_day  # past the planned day
    _add(rows, case, bed, check_in, facts)
    board.take(bed, person, out if is_over else date.max)


def _nights(chance: Chance, check_in: date, *, is_under_way: bool) -> int:
    """Return for how many nights a bed is planned; who came lately mostly is still there."""
    so_far: int = (chance.today - check_in).days
    if is_under_way and so_far < LATELY and chance.happens(0.8):
        return so_far + chance.rng.randint(1, 21)
    return 0 if chance.happens(0.04) else chance.rng.randint(2, 74)


def _reserve(rows: Rows, board: _Board, case: Row, check_in: date) -> bool:
    """Book a bed for the case, if there is one and she needs it; tell whether it was done."""
    bed = board.find(_policies(rows, case), check_in)
    if bed is None or board.person_until.get(case["person_id"], FREE_SINCE) > check_in:
        return False
    facts = {
        "status": StayStatus.reserved,
        "planned_out": check_in + timedelta(days=14),
        "rules_signed_on": None,
    }
    _add(rows, case, bed, check_in, facts)
    board.take(bed, case["person_id"], date.max)
    return True


def _add(rows: Rows, case: Row, bed: int, check_in: date, facts: Facts) -> None:
    made_at = moment(min(check_in, case["opened_on"]), 16)
    usual = {
        "fee_per_night": 0 if case["id"] % 3 else 500, "rules_signed_on": check_in,
        "reason": REASONS.get(case["primary_category"], "other"),
    }  # fmt: skip
    rows.add(
        Stay,
        made_at,
        case_id=case["id"],
        person_id=case["person_id"],
        bed_id=bed,
        check_in=check_in,
        **usual | facts,
    )
