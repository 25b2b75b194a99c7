"""The demo's partners, and the cases passed on to them."""

from datetime import date, timedelta
from typing import Any

from tomoiki.cases.models import Case
from tomoiki.demo import names
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Row, Rows
from tomoiki.people.models import Consent
from tomoiki.referrals.lists import ReferralStatus, scope_of
from tomoiki.referrals.models import Partner, Referral

Facts = dict[str, Any]
PARTNERS = (  # kind, name, languages, prefectures, fees
    ("lawyer", "ひなた見本法律事務所", ("ja", "vi"), ("13", "14"), "法テラス利用可"),
    ("lawyer", "架空坂法律事務所", ("ja", "en"), ("13", "11", "12"), "初回60分無料"),
    ("gyosei", "例示行政書士事務所", ("ja", "vi"), ("13",), "1件30,000円から"),
    ("sharoshi", "見本社会保険労務士事務所", ("ja",), ("13", "14"), None),
    ("hospital", "医療法人例示会 みほん病院", ("ja", "vi", "en"), ("13",), "無料低額診療あり"),
    ("midwife", "たとえ助産院", ("ja",), ("13", "11"), None),
    ("labour_union", "かりそめユニオン", ("ja", "vi"), ("13", "23"), None),
    ("temple", "仮想山 例善寺", ("vi", "ja"), ("11",), None),
    ("city", "見本市 外国人相談窓口", ("ja", "vi"), ("14",), None),
    ("embassy", "駐日大使館 労働管理部（見本）", ("vi", "ja"), ("13",), None),
    ("ngo", "NPO法人たとえばネット", ("ja", "en"), ("27", "23"), None),
    ("sending", "Trung tâm Hỗ trợ Lao động Mẫu", ("vi",), (), None),
)
KINDS = {  # category of a case -> what it is passed on to, and to which kind of partner
    "dismissal": (("lawyer", "lawyer"), ("labour_union", "labour_union")),
    "wage_unpaid": (("lawyer", "lawyer"), ("sharoshi", "sharoshi")),
    "visa": (("gyosei", "gyosei"), ("lawyer", "lawyer")),
    "overstay": (("lawyer", "lawyer"),),
    "illness": (("hospital", "hospital"),),
    "industrial_accident": (("sharoshi", "sharoshi"), ("hospital", "hospital")),
    "pregnancy": (("midwife", "midwife"), ("hospital", "hospital"), ("city", "city")),
    "dv": (("women_center", "city"),),
    "housing": (("temple", "temple"), ("ngo", "ngo")),
    "return_home": (("embassy", "embassy"),),
}
SHARE = 0.45
PURPOSES = ("見通しと費用を聞く", "受診と支払いの相談", "書類の確認", "交渉の依頼", "手続の代理の相談")
RESULTS = (
    "受任し、交渉を始めた。",
    "受診できた。次回は2週間後。",
    "必要な書類の一覧をもらった。",
    "手続が終わった。",
)
EMERGENCY = "本人の体調が悪く、同意を待てば生命・身体に危険がある。"


def add_partners(chance: Chance, rows: Rows) -> dict[str, list[int]]:
    """Add the partners and return their ids by kind."""
    found: dict[str, list[int]] = {}
    since = moment(chance.first_day, 10)
    for at, (kind, name, languages, prefs, fees) in enumerate(PARTNERS):
        partner = rows.add(
            Partner, since, name=name, kind=kind, languages=list(languages), pref_covered=list(prefs),
            phone=names.landline(200 + at), email=f"partner{at:02d}@example.com", fee_note=fees,
        )  # fmt: skip
        found.setdefault(kind, []).append(partner)
    return found


def add_referrals(chance: Chance, rows: Rows, partners: dict[str, list[int]]) -> None:
    """Pass on about half of the cases that an expert can help with."""
    consents = {(row["person_id"], row["scope"]): row["id"] for row in rows.all(Consent)}
    for case in rows.all(Case):
        kinds = KINDS.get(case["primary_category"])
        if kinds and chance.happens(SHARE):
            kind, partner = chance.rng.choice(kinds)
            consent = consents.get((case["person_id"], scope_of(kind)))
            _refer(chance, rows, case, _basis(kind, partners[partner], consent, chance))


def _basis(kind: str, partners: list[int], consent: int | None, chance: Chance) -> Facts:
    reason = None if consent else EMERGENCY
    return {
        "kind": kind, "partner_id": chance.rng.choice(partners), "consent_id": consent, "emergency_reason": reason,
    }  # fmt: skip


def _refer(chance: Chance, rows: Rows, case: Row, basis: Facts) -> None:
    last = case["closed_on"] or chance.last_day
    asked_on = chance.day(case["opened_on"], min(case["opened_on"] + timedelta(days=30), last))
    status = _status(chance, case, asked_on)
    facts: Facts = {"expected_on": asked_on + timedelta(days=chance.rng.randint(5, 20))}
    if status is ReferralStatus.done:
        facts |= {"result": chance.rng.choice(RESULTS), "cost": chance.rng.choice((None, 5500, 11000, 33000))}
    elif status is ReferralStatus.declined:
        facts["result"] = "担当者が多忙のため断られた。"
    elif status is ReferralStatus.draft:
        basis = basis | {"consent_id": None, "emergency_reason": None}
    shared = [
        "name",
        "contact",
        "status",
        *(["health"] if basis["kind"] in ("hospital", "midwife") else ["story"]),
    ]
    rows.add(
        Referral, moment(asked_on, 15), case_id=case["id"], asked_on=asked_on, status=status,
        purpose=chance.rng.choice(PURPOSES), shared_items=[] if status is ReferralStatus.draft else shared,
        **basis, **facts,
    )  # fmt: skip


def _status(chance: Chance, case: Row, asked_on: date) -> ReferralStatus:
    if case["closed_on"]:
        return chance.rng.choices(
            (ReferralStatus.done, ReferralStatus.declined, ReferralStatus.withdrawn), (8, 1, 1)
        )[0]
    if (chance.today - asked_on).days < 10:  # noqa: PLR2004 - hardly anybody answers sooner
        return chance.rng.choice((ReferralStatus.draft, ReferralStatus.asked))
    return chance.rng.choices(
        (ReferralStatus.asked, ReferralStatus.accepted, ReferralStatus.done), (2, 4, 4)
    )[0]
