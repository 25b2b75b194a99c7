"""The office's settings: what there is, defaults, and how a value is checked (DOMAIN 11)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from tomoiki.core.vocabulary import OpenChoice


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


def _month(text: str) -> LazyString | None:
    return None if text.isdecimal() and 1 <= int(text) <= 12 else _("Give a month from 1 to 12.")  # noqa: PLR2004


def _count(text: str) -> LazyString | None:
    return None if text.isdecimal() and 1 <= int(text) <= 1_000_000 else _("Give a whole number from 1.")  # noqa: PLR2004


def _minutes(text: str) -> LazyString | None:
    return None if text.isdecimal() and 5 <= int(text) <= 1440 else _("Give minutes from 5 to 1440.")  # noqa: PLR2004


def _clock(text: str) -> LazyString | None:
    return None if re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", text) else _("Give a time like 03:00.")


def _kept(text: str) -> LazyString | None:
    return None if re.fullmatch("[1-9][0-9]{0,2}", text) else _("Give a number from 1 to 999.")


def _language(text: str) -> LazyString | None:
    return None if text in ("ja", "vi", "en") else _("Give ja, vi or en.")


def _number_format(text: str) -> LazyString | None:
    try:
        is_counting = text.format(FY=2026, seq=1) != text.format(FY=2026, seq=2)
    except (KeyError, ValueError, IndexError):
        is_counting = False
    return None if is_counting else _("Write the running number as {seq:05d}, and the fiscal year as {FY}.")


def _required(text: str) -> LazyString | None:
    return None if text.strip() else _("This must not be empty.")


@dataclass(frozen=True)
class _Kind:
    default: str = ""
    check: Callable[[str], LazyString | None] = lambda text: None


KINDS: Mapping[str, _Kind] = {
    "org_name_ja": _Kind("特定非営利活動法人日越ともいき支援会", _required),
    "org_address": _Kind("東京都港区芝公園2-11-1-203"),
    "language": _Kind("ja", _language),
    "fy_start_month": _Kind("4", _month),
    "number_format_person": _Kind("P-{seq:06d}", _number_format),
    "number_format_case": _Kind("T{FY}-{seq:04d}", _number_format),
    "number_format_donor": _Kind("N-{seq:05d}", _number_format),
    "number_format_donation": _Kind("D{FY}-{seq:05d}", _number_format),
    "number_format_event": _Kind("EV{FY}-{seq:03d}", _number_format),
    "number_format_inquiry": _Kind("S{FY}-{seq:05d}", _number_format),
    "import_max_mb": _Kind("50", _count),
    "import_max_rows": _Kind("50000", _count),
    "session_minutes": _Kind("30", _minutes),
    "backup_time": _Kind("03:00", _clock),
    "backup_days": _Kind("14", _kept),
    "backup_months": _Kind("12", _kept),
}
_EMPTY = _Kind()


def fault_of(key: str, value: str | None) -> LazyString | None:
    """Say what is wrong with a value for this setting, or return None; an empty value means the default."""
    return KINDS.get(key, _EMPTY).check(value) if value else None


def get_setting(session: Session, key: str) -> str:
    """Return the office's value of a setting, or its default."""
    found = session.execute(sa.text("SELECT value FROM setting WHERE key = :key"), {"key": str(key)}).scalar()
    return found or KINDS.get(key, _EMPTY).default
