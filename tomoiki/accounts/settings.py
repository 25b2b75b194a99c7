"""The office's settings: what there is, of which kind, defaults, and how a value is checked (DOMAIN 11)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import sqlalchemy as sa
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from tomoiki.core import identifiers
from tomoiki.core.dates import read_day
from tomoiki.core.fields import Field
from tomoiki.core.formats import Format
from tomoiki.core.money import read_yen
from tomoiki.core.reading import BadInput, Read
from tomoiki.core.text import clean_line, clean_text
from tomoiki.core.vocabulary import AnyChoice, Choice, OpenChoice, choice_of
from tomoiki.core.wordings import label_of


class SettingKey(OpenChoice):
    """Every setting by key, with the words that the settings screen shows."""

    org_name_ja = "org_name_ja", _("Name of the organisation (Japanese)")
    org_name_vi = "org_name_vi", _("Name of the organisation (Vietnamese)")
    org_name_en = "org_name_en", _("Name of the organisation (English)")
    org_address = "org_address", _("Address of the organisation")
    org_phone = "org_phone", _("Phone of the organisation")
    org_representative = "org_representative", _("Representative")
    language = "language", _("Language before log-in (ja, vi, en)")
    fy_start_month = "fy_start_month", _("First month of the fiscal year (1 to 12)")
    number_format_person = "number_format_person", _("Format of person numbers")
    number_format_case = "number_format_case", _("Format of case numbers")
    number_format_donor = "number_format_donor", _("Format of donor numbers")
    number_format_donation = "number_format_donation", _("Format of donation numbers")
    number_format_event = "number_format_event", _("Format of event numbers")
    number_format_inquiry = "number_format_inquiry", _("Format of inquiry numbers")
    import_max_mb = "import_max_mb", _("Largest file that can be imported (MB)")
    import_max_rows = "import_max_rows", _("Most rows that can be imported at a time")
    session_minutes = "session_minutes", _("Minutes without use after which one is logged out")
    backup_time = "backup_time", _("Time of the nightly backup (Tokyo)")
    backup_days = "backup_days", _("Daily backups that are kept")
    backup_months = "backup_months", _("Monthly backups that are kept")

    # -- money, the office itself, and what the law asks to keep ------------------------------------------------
    number_format_receipt = "number_format_receipt", _("Format of receipt numbers")
    number_format_expense = "number_format_expense", _("Format of expense numbers")
    org_corporate_number = "org_corporate_number", _("Corporate number of the organisation")
    founded = "founded", _("Founded on")
    approver_is_another = "approver_is_another", _("Expenses are approved by somebody else")
    certified = "certified", _("Certified NPO (gifts give a tax deduction)")
    certified_no = "certified_no", _("Number of the certification")
    certified_on = "certified_on", _("Certified from")
    certified_until = "certified_until", _("Certified until")
    authority = "authority", _("Authority in charge")
    receipt_deductible_text = "receipt_deductible_text", _("Sentence about the deduction on receipts")
    receipt_min_amount = "receipt_min_amount", _("Least amount of a receipt")
    sla_minutes_now = "sla_minutes_now", _("First answer: at once")
    sla_minutes_today = "sla_minutes_today", _("First answer: today")
    sla_minutes_normal = "sla_minutes_normal", _("First answer: normal")
    sla_minutes_info = "sla_minutes_info", _("First answer: information only")
    nobe_includes_nights = "nobe_includes_nights", _("Person-contacts include nights in the shelter")
    new_student_goal = "new_student_goal", _("New students in a year: the goal")
    small_cell_min = "small_cell_min", _("Smallest number that reports show")
    retention_case_years = "retention_case_years", _("Closed cases are kept")
    retention_inquiry_years = "retention_inquiry_years", _("Inquiries without a case are kept")
    retention_attendee_years = "retention_attendee_years", _("Attendees are kept after their last event")
    retention_accounting_years = "retention_accounting_years", _("Accounting papers are kept")
    access_log_years = "access_log_years", _("The access log is kept")
    emergency_contacts = "emergency_contacts", _("Emergency contacts")
    file_max_mb = "file_max_mb", _("Largest file that can be kept with a record (MB)")


class YesNo(Choice):
    """The two values of a switch."""

    yes = "yes", _("On")
    no = "no", _("Off")


class ScreenLanguage(Choice):
    """The languages that the pages before log-in may speak."""

    ja = "ja", _("日本語")
    vi = "vi", _("Tiếng Việt")
    en = "en", _("English")


def _number(text: str, low: int, high: int, message: LazyString) -> Read[str]:
    number = read_yen(text).value
    if not low <= number <= high:
        raise BadInput(message)
    return Read(str(number))


def _clock(text: str) -> Read[str]:
    typed = clean_line(text)
    if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", typed):
        raise BadInput(_("Give a time like 03:00."))
    return Read(typed)


def _number_format(text: str) -> Read[str]:
    typed = clean_line(text)
    try:
        is_counting = typed.format(FY=2026, seq=1) != typed.format(FY=2026, seq=2)
    except (KeyError, ValueError, IndexError, AttributeError):
        is_counting = False
    if not is_counting:
        raise BadInput(_("Write the running number as {seq:05d}, and the fiscal year as {FY}."))
    return Read(typed)


def _code(text: str, choices: AnyChoice) -> Read[str]:
    if text not in choices._value2member_map_:
        raise BadInput(_("Choose one of the list."))
    return Read(text)


@dataclass(frozen=True)
class Kind:
    """How a setting is asked, checked and shown: `field` is what its form has; an empty value means the default."""

    field: Field
    default: str = ""


_LABEL = _("Value")


def _text(
    default: str = "", *, note: LazyString | None = None, read: Callable[[str], Read[str]] | None = None
) -> Kind:
    return Kind(Field(_LABEL, note, format=Format(read or (lambda text: Read(clean_line(text))))), default)


def _long(default: str = "", *, note: LazyString | None = None) -> Kind:
    form = Format(lambda text: Read(clean_text(text)))
    return Kind(Field(_LABEL, note, long=True, format=form, kind="long"), default)


def _integer(
    default: int,
    low: int,
    high: int,
    unit: LazyString | None = None,
    *,
    note: LazyString | None = None,
) -> Kind:
    message = _("Give a number from %(low)s to %(high)s.", low=low, high=high)
    form = Format(partial(_number, low=low, high=high, message=message), input_type="numeric")
    return Kind(Field(_LABEL, note, unit, format=form), str(default))


def _choice(choices: AnyChoice, default: str, *, note: LazyString | None = None) -> Kind:
    return Kind(
        Field(_LABEL, note, choices=choices, format=Format(partial(_code, choices=choices)), kind="choice"),
        default,
    )


def _flag(*, note: LazyString | None = None, default: str = "no") -> Kind:
    return _choice(YesNo, default, note=note)


def _day(default: str = "", *, note: LazyString | None = None) -> Kind:
    return _text(default, note=note, read=lambda text: Read(read_day(text).value.isoformat()))


_COUNTED = _("The running number as {seq:05d} (five digits), the fiscal year as {FY}. Old numbers stay.")
_YEARS, _MINUTES, _PEOPLE = _("years"), _("min"), _("people")
_SLA = _("Within this time an SOS of this urgency gets its first answer.")
_KEPT = _("Afterwards it may be made anonymous; a person confirms it.")
CONTACTS = """警察 110
救急・消防 119
よりそいホットライン 0120-279-338
外国人在留総合インフォメーションセンター 0570-013904
FRESC 0120-76-2029"""

KINDS: Mapping[str, Kind] = {
    "org_name_ja": _text(
        "特定非営利活動法人日越ともいき支援会", note=_("Stands on receipts and certificates.")
    ),
    "org_address": _text("東京都港区芝公園2-11-1-203"),
    "org_corporate_number": _text(note=_("13 digits."), read=identifiers.read_corporate_number),
    "founded": _day("2013-12-25"),
    "language": _choice(ScreenLanguage, "ja"),
    "fy_start_month": _integer(
        4, 1, 12, note=_("Numbers given from now on follow it; numbers given before stay.")
    ),
    "number_format_person": _text("P-{seq:06d}", note=_COUNTED, read=_number_format),
    "number_format_case": _text("T{FY}-{seq:04d}", note=_COUNTED, read=_number_format),
    "number_format_donor": _text("N-{seq:05d}", note=_COUNTED, read=_number_format),
    "number_format_donation": _text("D{FY}-{seq:05d}", note=_COUNTED, read=_number_format),
    "number_format_event": _text("EV{FY}-{seq:03d}", note=_COUNTED, read=_number_format),
    "number_format_receipt": _text("{FY}-{seq:05d}", note=_COUNTED, read=_number_format),
    "number_format_expense": _text("E{FY}-{seq:05d}", note=_COUNTED, read=_number_format),
    "number_format_inquiry": _text("S{FY}-{seq:05d}", note=_COUNTED, read=_number_format),
    "import_max_mb": _integer(50, 1, 1000, _("MB")),
    "import_max_rows": _integer(50_000, 1, 1_000_000, _("rows")),
    "session_minutes": _integer(30, 5, 1440, _MINUTES),
    "backup_time": _text("03:00", read=_clock),
    "backup_days": _integer(14, 1, 999),
    "backup_months": _integer(12, 1, 999),
    "approver_is_another": _flag(
        default="yes", note=_("On: whoever submitted an expense cannot approve it.")
    ),
    "certified": _flag(
        note=_("Off: receipts say nothing of a deduction. Ask the authority before switching it on.")
    ),
    "certified_on": _day(note=_("A receipt gives a deduction only for gifts between both days.")),
    "certified_until": _day(),
    "authority": _text("東京都"),
    "receipt_deductible_text": _long(
        "当該寄附金は、租税特別措置法第66条の11の3第2項に規定する特定非営利活動に係る事業に関連する寄附金です。",
        note=_("Printed only while certified. The article moves with the law: ask before you change it."),
    ),
    "receipt_min_amount": _integer(0, 0, 1_000_000, _("yen"), note=_("0: every gift may have one.")),
    "sla_minutes_now": _integer(30, 1, 100_000, _MINUTES, note=_SLA),
    "sla_minutes_today": _integer(240, 1, 100_000, _MINUTES, note=_SLA),
    "sla_minutes_normal": _integer(1440, 1, 100_000, _MINUTES, note=_SLA),
    "sla_minutes_info": _integer(4320, 1, 100_000, _MINUTES, note=_SLA),
    "nobe_includes_nights": _flag(
        default="yes", note=_("On: each night in the shelter counts like a contact (延べ人数).")
    ),
    "new_student_goal": _integer(100, 0, 100_000, _PEOPLE),
    "small_cell_min": _integer(
        5,
        2,
        100,
        note=_("Smaller numbers are hidden in what leaves the office, so that nobody is recognised."),
    ),
    "retention_case_years": _integer(5, 1, 50, _YEARS, note=_KEPT),
    "retention_inquiry_years": _integer(1, 1, 50, _YEARS, note=_KEPT),
    "retention_attendee_years": _integer(3, 1, 50, _YEARS, note=_KEPT),
    "retention_accounting_years": _integer(7, 7, 50, _YEARS, note=_("The law asks for at least 7 years.")),
    "access_log_years": _integer(3, 3, 50, _YEARS, note=_("At least 3 years.")),
    "file_max_mb": _integer(20, 1, 50, _("MB")),
    "emergency_contacts": _long(
        CONTACTS, note=_("One a line. Try each number before you show it to anybody.")
    ),
}
_EMPTY = _text()


def kind_of(key: str) -> Kind:
    """Return how this setting is asked; without a declaration it is a line of text."""
    return KINDS.get(key, _EMPTY)


def field_of(key: str) -> Field:
    """Return the field that the form of this setting has."""
    kind = kind_of(key)
    words = LazyString(_help, kind) if kind.default else kind.field.help
    return replace(kind.field, name="value", label=choice_of(SettingKey, key).label, help=words)


def _help(kind: Kind) -> str:
    field, default = kind.field, kind.default
    text = str(label_of(field.choices, default)) if field.choices else default
    return " ".join(filter(None, (str(field.help or ""), gettext("Left empty: %(default)s", default=text))))


def fault_of(key: str, value: str | None) -> LazyString | None:
    """Say what is wrong with a value for this setting, or return None; an empty value means the default."""
    form = kind_of(key).field.format
    if not value or form is None:
        return None
    try:
        form.read(value)
    except BadInput as fault:
        return fault.message
    return None


def get_setting(session: Session, key: str) -> str:
    """Return the office's value of a setting, or its default."""
    with session.no_autoflush:
        statement = sa.text("SELECT value FROM setting WHERE key = :key")
        found = session.execute(statement, {"key": str(key)}).scalar()
    return found or kind_of(key).default


def get_settings(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """Return several of the office's values by key, in one query."""
    asked = [str(key) for key in keys]
    setting = sa.table("setting", sa.column("key"), sa.column("value"))
    with session.no_autoflush:
        found = {
            row.key: row.value for row in session.execute(sa.select(setting).where(setting.c.key.in_(asked)))
        }
    return {key: found.get(key) or kind_of(key).default for key in asked}


def get_flag(session: Session, key: str) -> bool:
    """Tell whether a switch is on."""
    return get_setting(session, key) == YesNo.yes


def get_day(session: Session, key: str) -> date | None:
    """Return a setting that is a day."""
    found = get_setting(session, key)
    return date.fromisoformat(found) if found else None


def certified_days(session: Session) -> tuple[date | None, date | None]:
    """Return the first and last day on which gifts give a deduction; none while not certified."""
    if not get_flag(session, SettingKey.certified):
        return None, None
    return get_day(session, SettingKey.certified_on), get_day(session, SettingKey.certified_until) or date.max
