"""Ledgers of cases (相談台帳): one row is a person, her status of residence, her employer, the case and what was done."""

from collections.abc import Hashable, Iterable
from datetime import datetime, time

from flask_babel import lazy_gettext as _

from tomoiki.cases import words
from tomoiki.cases.lists import (
    ActivityType,
    CaseCategory,
    CaseOrigin,
    CaseStatus,
    Outcome,
    Priority,
    StaffRole,
)
from tomoiki.cases.models import Activity, Case
from tomoiki.core.dates import TOKYO, today
from tomoiki.core.ledgers import Ledger, Row, Values, register, register_words, squeezed
from tomoiki.core.names import name_key
from tomoiki.organisations import ledger as organisations
from tomoiki.people import ledger as people
from tomoiki.people.lists import WORKER_TYPE_OF_STATUS, WorkerType

NOON = time(12, tzinfo=TOKYO)
_OF_PERSON = tuple(f"person.{path}" for path in people.IMPORTABLE)

IMPORTABLE = (
    "ledger_no", "opened_on", *_OF_PERSON, "worker_type", "employer.name", "employer.corporate_number",
    "org_supervising.name", "title", "story", "primary_category", "categories", "priority", "activity.note",
    "status", "closed_on", "owner", "next_action", "next_action_on", "outcomes", "outcome_note", "closed_although",
    "prevented_crime_flag", "confidential", "confidential_reason", "person", "employer", "org_supervising",
)  # fmt: skip

HEADERS: dict[str, tuple[str, ...]] = {
    "ledger_no": ("No", "№", "No.", "番号", "受付番号", "管理番号",
        "台帳番号", "整理番号", "通番", "連番", "ID番号", "STT"),
    "opened_on": (
        "受付日", "相談受付日", "受付年月日", "相談日", "初回相談日", "受理日", "日付", "年月日", "Ngày tiếp nhận",
    ),
    **{f"person.{path}": headers for path, headers in people.HEADERS.items()},
    "employer.name": organisations.NAMES,
    "employer.corporate_number": ("法人番号",),
    "org_supervising.name": ("監理団体", "登録支援機関", "監理団体名", "支援機関", "監理団体・登録支援機関"),
    "worker_type": ("相談者区分", "対象者区分"),
    "title": ("件名", "タイトル"),
    "story": ("相談内容", "相談の内容", "内容", "経緯", "概要", "相談概要", "Nội dung tư vấn", "Nội dung"),
    "categories": ("相談種別", "相談の種類", "相談区分", "カテゴリ", "カテゴリー", "分類", "種別", "相談分類"),
    "priority": ("緊急度", "優先度"),
    "activity.note": ("対応", "対応内容", "対応記録", "支援内容", "対応状況内容", "処理", "Cách xử lý", "Hỗ trợ"),
    "status": ("状況", "ステータス", "状態", "対応状況", "進捗", "進捗状況", "Trạng thái", "Status"),
    "closed_on": ("終結日", "完了日", "終了日", "解決日"),
    "owner": ("担当", "担当者", "相談員", "担当者名", "主担当", "Người phụ trách"),
    "next_action": ("次の対応", "今後の対応", "今後の方針"),
    "next_action_on": ("次回予定日", "次回予定"),
    "outcomes": ("結果", "支援結果"),
    "outcome_note": ("結果の詳細", "結果備考"),
}  # fmt: skip


def _who(values: Values) -> str:
    names = (values.get(f"person.{name}") for name in ("full_name_vi", "name_card", "name_used"))
    return next((name_key(name) for name in names if name), "")


def _rough(values: Values) -> Iterable[Hashable]:
    if values.get("opened_on"):
        yield values["opened_on"]


def _certain(values: Values) -> Iterable[Hashable]:
    """The ledger's own number counts anew each year: only with day and person it names a case."""
    if values.get("ledger_no") and values.get("opened_on"):
        yield values["ledger_no"], values["opened_on"], _who(values)


def _probable(values: Values) -> Iterable[Hashable]:
    if values.get("opened_on") and values.get("story"):
        yield values["opened_on"], _who(values), squeezed(values["story"].split("\n", 1)[0])


def _complete(row: Row, at: str) -> None:
    """Fill what a ledger leaves unsaid (DOMAIN 2): roles of companies, worker type, first activity, staff."""
    values = row.values
    for path, role in (("employer", "employer"), ("org_supervising", "supervising")):
        if f"{at}{path}.name" in values:
            values.setdefault(f"{at}{path}.roles", [role])
    status = values.get(f"{at}person.residence_status.status")
    if status:
        values.setdefault(f"{at}worker_type", WORKER_TYPE_OF_STATUS.get(status, WorkerType.unknown).value)
    day = values.get(f"{at}opened_on")
    if f"{at}activity.note" in values:
        values[f"{at}activity.at"] = datetime.combine(day or today(), NOON)
        values[f"{at}activity.persons"] = (f"{at}person",)
    if f"{at}owner" in values:
        values |= {
            f"{at}case_staff.user": values[f"{at}owner"],
            f"{at}case_staff.role": StaffRole.lead,
            f"{at}case_staff.from_on": day or today(),
        }
    if values.get(f"{at}status") is CaseStatus.closed:
        values.setdefault(f"{at}outcomes", [Outcome.X0.value])


for _choices, _known in (
    (CaseStatus, words.STATUS),
    (CaseCategory, words.CATEGORY),
    (Priority, words.PRIORITY),
    (WorkerType, words.WORKER_TYPE),
):
    register_words(_choices, _known)

register(
    Case,
    Ledger(
        rough_fields=("opened_on",),
        rough=_rough,
        key_paths=(
            "ledger_no",
            "story",
            *(f"person.{name}" for name in ("full_name_vi", "name_card", "name_used")),
        ),
        certain=_certain,
        probable=_probable,
        why_certain=_("The same number, day and person."),
        why_probable=_("The same day, person and matter."),
        fills={"origin": CaseOrigin.imported},
        vital=(tuple(f"person.{name}" for name in ("full_name_vi", "name_card", "name_used")),),
        note="story",
        to_note=("owner",),
        complete=_complete,
    ),
)
register(
    Activity,
    Ledger(
        rough_fields=("at",),
        rough=lambda values: (values[name] for name in ("at",) if values.get(name)),
        fills={"type": ActivityType.note.value, "counts_as_contact": False},
        note="note",
    ),
)
