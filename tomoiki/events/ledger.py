"""Lists of registrations: answers of a Google form (DOMAIN 7.5), and the paper list of a day."""

from collections.abc import Hashable, Iterable
from datetime import datetime, time

from flask_babel import lazy_gettext as _

from tomoiki.core.dates import TOKYO, in_tokyo
from tomoiki.core.fields import Field
from tomoiki.core.ledgers import Ledger, Row, Values, register, register_words, squeezed
from tomoiki.core.names import name_key
from tomoiki.core.text import clean_spaces
from tomoiki.events import words
from tomoiki.events.lists import AffiliationKind, Attendance, RegistrationSource, RegistrationStatus
from tomoiki.events.models import Attendee, Registration
from tomoiki.events.services import place_registrations

IMPORTABLE = (
    "registered_at", "event", "attendee.name", "attendee.name_kana", "attendee.email", "attendee.phone",
    "attendee.affil_kind", "attendee.school.name", "attendee.grade", "attendee.nationality", "attendee.age_band",
    "mode", "arrived", "consent", "attendee",
)  # fmt: skip

_OF_ATTENDEE: dict[str, tuple[str, ...]] = {
    "name": ("氏名", "お名前", "名前", "参加者名", "参加者", "Họ và tên", "Họ tên", "Name", "Full name", "~^お?名前"),
    "name_kana": ("フリガナ", "ふりがな", "よみ", "ヨミ", "カナ", "氏名カナ", "よみがな"),
    "email": (
        "メールアドレス", "メール", "Eメール", "E-mail", "Email Address", "Email", "ユーザー名", "Địa chỉ email", "Mail",
    ),
    "phone": ("電話", "電話番号", "携帯電話", "Số điện thoại", "Phone"),
    "affil_kind": ("所属区分", "参加者区分", "区分"),
    "school.name": (
        "学校名", "学校・所属", "所属", "学校", "所属先", "学校・会社名", "大学名", "Trường", "School", "~^(ご所属|所属)",
    ),
    "grade": ("学年", "Năm", "Năm học", "Grade"),
    "nationality": ("国籍", "Quốc tịch", "Nationality"),
    "age_band": ("年齢層", "年代", "年齢"),
}  # fmt: skip

HEADERS: dict[str, tuple[str, ...]] = {
    "registered_at": ("タイムスタンプ", "申込日時", "登録日時", "受付日時", "Dấu thời gian", "Timestamp"),
    "event": ("イベント", "イベント番号", "勉強会", "Event"),
    **{f"attendee.{name}": headers for name, headers in _OF_ATTENDEE.items()},
    "mode": ("参加方法", "参加形式", "参加形態", "Hình thức tham gia", "~^参加(方法|形式)"),
    "arrived": ("受付時刻", "来場時刻", "チェックイン", "到着時刻", "受付時間", "入室時刻"),
    "consent": (
        "同意", "個人情報", "Đồng ý", "~個人情報|privacy|thongtincanhan",
        "~^(?!.*(写真|撮影|photo|anh)).*(同意|dongy|agree)",
    ),
}  # fmt: skip


ATTENDEE_IMPORTABLE = (
    "name", "name_kana", "email", "phone", "affil_kind", "school.name", "school", "grade", "nationality",
    "age_band", "guardian_consent", "person",
)  # fmt: skip
ATTENDEE_HEADERS = _OF_ATTENDEE
EVENT_HEADERS: dict[str, tuple[str, ...]] = {
    "title_ja": ("タイトル", "件名", "イベント名", "名称", "テーマ", "会の名称"),
    "starts_at": ("日時", "開始日時", "開催日時"),
    "ends_at": ("終了日時",),
    "place": ("場所", "開催場所"),
    "capacity": ("人数", "定員数"),
    "kind": ("種別", "種類"),
}


def _name(values: Values, at: str) -> str:
    return name_key(values[f"{at}name"]).replace(" ", "") if values.get(f"{at}name") else ""


def _reached(values: Values, at: str = "") -> Iterable[Hashable]:
    """The e-mail names somebody, else name and phone together (DOMAIN 2.5)."""
    if values.get(f"{at}email"):
        yield squeezed(values[f"{at}email"])
    elif values.get(f"{at}name") and values.get(f"{at}phone"):
        yield _name(values, at), values[f"{at}phone"]


def _rough(values: Values) -> Iterable[Hashable]:
    if values.get("event"):
        yield values["event"]


def _certain(values: Values) -> Iterable[Hashable]:
    if values.get("status") is not RegistrationStatus.cancelled:
        yield from ((event, key) for event in _rough(values) for key in _reached(values, "attendee."))


def _probable(values: Values) -> Iterable[Hashable]:
    """The same name from the same school, whatever the department."""
    school = clean_spaces(values.get("attendee.school.name") or "").split(" ")[0]
    if school and values.get("attendee.name"):
        yield from ((event, _name(values, "attendee."), squeezed(school)) for event in _rough(values))


def _complete(row: Row, at: str) -> None:
    """Without consent nobody is registered; whoever came is present; a school is an organisation."""
    values = row.values
    if values.pop(f"{at}consent", None) is False:
        row.fault(f"{at}consent", _("Without consent to the use of personal data nobody is registered."))
    if email := values.get(f"{at}attendee.email"):
        values[f"{at}attendee.email"] = email.lower()
    if f"{at}attendee.school.name" in values:
        values.setdefault(f"{at}attendee.school.roles", ["school"])
    clock, event = values.pop(f"{at}arrived", None), row.record(f"{at}event")
    if clock and event is not None:
        day = in_tokyo(event.starts_at).date()
        values[f"{at}checked_in_at"] = datetime.combine(day, time.fromisoformat(clock), TOKYO)
        values[f"{at}status"] = RegistrationStatus.attended
        values.setdefault(f"{at}mode", Attendance.venue)
        row.unless_known(f"{at}source", RegistrationSource.walk_in)
        row.unless_known(f"{at}registered_at", values[f"{at}checked_in_at"])


def _attendee_rough(values: Values) -> Iterable[Hashable]:
    if values.get("email"):
        yield squeezed(values["email"])
    if values.get("name"):
        yield _name(values, "")


def _attendee_probable(values: Values) -> Iterable[Hashable]:
    if values.get("name") and values.get("phone"):
        yield _name(values, ""), values["phone"]


register_words(Attendance, words.MODE)
register_words(AffiliationKind, words.AFFILIATION)
register(
    Registration,
    Ledger(
        rough_fields=("event",),
        rough=_rough,
        key_paths=(
            "status",
            "attendee.email",
            "attendee.name",
            "attendee.phone",
            "attendee.school.name",
        ),
        certain=_certain,
        probable=_probable,
        why_certain=_("The same e-mail in this event."),
        why_probable=_("The same name and school."),
        fills={"source": RegistrationSource.imported},
        extras={
            "consent": Field(_("Consent"), kind="flag"),
            "arrived": Field(_("Arrived at"), kind="text", format=words.CLOCK),
        },
        vital=(("attendee.name", "attendee"),),
        note="answers",
        complete=_complete,
        later_wins=True,
        first_stays=("registered_at",),
        place=place_registrations,
    ),
)
register(
    Attendee,
    Ledger(
        rough_fields=("email", "name"),
        rough=_attendee_rough,
        key_paths=("phone",),
        certain=_reached,
        probable=_attendee_probable,
        why_certain=_("The same e-mail, or the same name and phone."),
        vital=(("name",),),
        note="",
    ),
)
