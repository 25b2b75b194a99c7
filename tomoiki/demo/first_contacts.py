"""The demo's inquiries: most cases began with one, and many end with an answer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tomoiki.cases.lists import InquiryStatus
from tomoiki.cases.models import Activity, Case, Inquiry
from tomoiki.core.dates import TOKYO
from tomoiki.demo import names
from tomoiki.demo.chance import Chance
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team
from tomoiki.people.models import Person

Facts = dict[str, Any]
FROM_INQUIRY = 0.75  # so many cases began with an inquiry; the others came by phone to somebody they knew
CHANNELS = {
    "messenger": 34, "facebook": 12, "phone": 14, "zalo": 8, "line": 6, "web_form": 8, "walk_in": 4,
    "referral_friend": 6, "referral_partner": 4, "referral_gov": 2, "temple_church": 2,
}  # fmt: skip
WITH_HANDLE = ("messenger", "facebook", "zalo", "line")
WAITS = {
    "now": (3, 40),
    "today": (10, 260),
    "normal": (30, 1500),
    "info": (120, 3000),
}  # minutes to the answer
SUMMARIES: dict[str, tuple[str, ...]] = {
    "dismissal": (
        "Em bị công ty cho nghỉ việc đột ngột, chưa nhận được giấy tờ gì.",
        "明日から来なくていいと言われた。",
    ),
    "wage_unpaid": ("Công ty nợ lương em 2 tháng rồi, em hỏi thì không trả lời.", "給料が2か月出ていない。"),
    "housing": (
        "Em phải ra khỏi ký túc xá cuối tuần này, chưa có chỗ ở.",
        "今週末に寮を出ろと言われている。",
    ),
    "illness": ("Em bị đau lưng không đi làm được, không biết nói với bệnh viện thế nào.",),
    "visa": (
        "Visa của em sắp hết hạn mà công ty chưa làm giấy tờ.",
        "在留期限が近いが会社が書類をくれない。",
    ),
    "pregnancy": ("Em có thai, em sợ nói với công ty.", "妊娠したが、会社に言えない。"),
    "violence": ("Người quản lý đánh và chửi em ở chỗ làm.",),
    "living": ("Em hết tiền, không còn gì ăn.", "食べる物がない。"),
}
OTHER_SUMMARIES = (
    "Em muốn hỏi về thủ tục chuyển việc.",
    "Cho em hỏi cách lấy lại tiền nenkin khi về nước.",
    "転職と在留資格について聞きたい。",
    "Em cần người phiên dịch khi đi bệnh viện.",
    "友人のことで相談したい。",
)
ENDINGS = (  # without a case: state, weight, reasons
    (InquiryStatus.info_only, 42, ("answered",)),
    (InquiryStatus.referred_out, 22, ("other_body",)),
    (InquiryStatus.unreachable, 18, ("no_answer",)),
    (InquiryStatus.duplicate, 8, (None,)),
    (InquiryStatus.spam, 10, ("not_ours",)),
)
UNANSWERED = frozenset({InquiryStatus.new, InquiryStatus.duplicate, InquiryStatus.spam})


@dataclass(frozen=True)
class _Plan:
    """An inquiry to come, and the case it became."""

    facts: Facts
    case: Row | None = None


def add_inquiries(chance: Chance, rows: Rows, team: Team, others: int) -> None:
    """Add the inquiry with which a case began, and so many others; in the order of time."""
    plans = [_of_case(chance, rows, case) for case in rows.all(Case) if chance.happens(FROM_INQUIRY)]
    plans += [_Plan(_other(chance)) for _ in range(others)] + [_Plan(facts) for facts in _waiting(chance)]
    for plan in sorted(plans, key=lambda plan: plan.facts["received_at"]):
        _add(chance, rows, team, plan)


def _of_case(chance: Chance, rows: Rows, case: Row) -> _Plan:
    """Return how the case began: in the evening before it was opened, or early that morning."""
    is_evening = chance.happens(0.6)
    day = case["opened_on"] - timedelta(days=is_evening)
    received = chance.moment(day, 17, 23) if is_evening else chance.moment(day, 6, 8)
    name = rows.get(Person, case["person_id"])["name_used"] if chance.happens(0.7) else None
    about = {
        "status": InquiryStatus.linked, "person_id": case["person_id"], "case_id": case["id"],
        "worker_type": case["worker_type"], "categories": [case["primary_category"]],
        "summary": _summary(chance, case["primary_category"]), "name_text": name,
    }  # fmt: skip
    return _Plan(_contact(chance, received, case["priority"]) | about, case)


def _other(chance: Chance) -> Facts:
    received = chance.moment(chance.day(last=chance.last_day - timedelta(days=4)), 7, 23)
    status, _, reasons = chance.rng.choices(ENDINGS, [weight for _, weight, _ in ENDINGS])[0]
    return _stranger(chance, received) | {"status": status, "closed_reason": chance.rng.choice(reasons)}


def _waiting(chance: Chance) -> list[Facts]:
    """Return what came in the last days: two wait for an answer, two have one."""
    states = (InquiryStatus.responded, InquiryStatus.responded, InquiryStatus.new, InquiryStatus.new)
    days = (2, 1, 1, 0)
    return [
        _stranger(chance, chance.moment(chance.last_day - timedelta(days=back), 9, 20)) | {"status": status}
        for status, back in zip(states, days, strict=True)
    ]


def _stranger(chance: Chance, received: datetime) -> Facts:
    category = chance.rng.choice(tuple(SUMMARIES)) if chance.happens(0.6) else "other"
    urgency = chance.rng.choices(("now", "today", "normal", "info"), (5, 12, 58, 25))[0]
    name = names.vietnamese_name(chance.rng, chance.rng.choice(("female", "male"))).given
    about = {"summary": _summary(chance, category), "categories": [category]}
    return _contact(chance, received, urgency) | about | {"name_text": name if chance.happens(0.5) else None}


def _contact(chance: Chance, received: datetime, urgency: str) -> Facts:
    channel = chance.rng.choices(tuple(CHANNELS), tuple(CHANNELS.values()))[0]
    handle = f"demo.sos.{chance.rng.randint(1000, 9999)}" if channel in WITH_HANDLE else None
    language = chance.rng.choices(("vi", "ja", None), (80, 12, 8))[0]
    pref = (
        chance.rng.choice(("13", "14", "11", "12", "23", "27", "10", "08")) if chance.happens(0.7) else None
    )
    return {
        "received_at": received, "channel": channel, "channel_handle": handle, "urgency": urgency,
        "language": language, "pref": pref,
    }  # fmt: skip


def _summary(chance: Chance, category: str) -> str:
    return chance.rng.choice(SUMMARIES.get(category, OTHER_SUMMARIES))


def _add(chance: Chance, rows: Rows, team: Team, plan: _Plan) -> None:
    facts, received = dict(plan.facts), plan.facts["received_at"]
    by = chance.rng.choice(team.caseworkers)
    if facts["status"] not in UNANSWERED:
        wait = chance.rng.randint(*WAITS[facts["urgency"]])
        facts["first_response_at"] = min(received + timedelta(minutes=wait), _end_of(chance.last_day))
        facts["first_response_by_id"] = by
    if facts["status"] is InquiryStatus.duplicate:
        earlier = rows.all(Inquiry)
        facts["duplicate_of_id"] = chance.rng.choice(earlier)["id"] if earlier else None
    made_at = (
        received
        if facts["channel"] == "web_form"
        else min(received + timedelta(minutes=2), _end_of(chance.last_day))
    )
    inquiry = rows.add(Inquiry, made_at, **facts)
    if plan.case is not None:
        plan.case["inquiry_id"] = inquiry
    elif "first_response_at" in facts:
        _note_answer(rows, inquiry, facts, by)


def _note_answer(rows: Rows, inquiry: int, facts: Facts, by: int) -> None:
    """Keep the first answer as an activity of the inquiry."""
    kind = "call" if facts["channel"] == "phone" else "chat"
    rows.add(
        Activity, facts["first_response_at"], inquiry_id=inquiry, at=facts["first_response_at"], type=kind,
        minutes=10, by_id=by, counts_as_contact=True, note_lang="ja",
        note="初回対応。状況を聞き、次の連絡方法を確認した。",
    )  # fmt: skip


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 55), TOKYO).astimezone(UTC)
