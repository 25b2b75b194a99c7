"""Yen: whole numbers, read from what people type and banks write, shown with commas."""

import re
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tomoiki.core.reading import BadInput, Read
from tomoiki.core.text import plain

MOST_YEN = 2**31 - 1

_AMOUNT = re.compile(
    r"(?P<minus>[-△▲+]?)[¥\\]?(?P<minus_after>[-△▲]?)(?P<opening>\(?)"
    r"[¥\\]?(?P<number>[0-9, ]*[0-9])円?(?P<closing>\)?)円?"
)
_GROUPED = re.compile(r"[0-9]+|[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,3}( [0-9]{3})+")
_MAN = re.compile(r"(?P<number>[0-9]{1,6}(?:\.[0-9]{1,4})?)万円?")
_DECIMAL = re.compile(r"[-△▲+(¥\\]*[0-9, ]+\.[0-9]+円?\)?")
_MOST_DIGITS = 15


def read_yen(text: str) -> Read[int]:
    """An amount of yen; raise BadInput for decimals, 万 and anything that is not clearly a number."""
    typed = plain(text)
    amount = _AMOUNT.fullmatch(re.sub(" *([-△▲+¥\\\\()円]) *", r"\1", typed))
    if not amount or not _is_balanced(amount) or not _GROUPED.fullmatch(amount["number"]):
        raise BadInput(_what_is_wrong(typed), _in_digits(typed))
    digits = re.sub("[, ]", "", amount["number"]).lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS or int(digits) > MOST_YEN:
        raise BadInput(_("The amount is too large. It may be %(most)s yen.", most=format_yen(MOST_YEN)))
    return Read(-int(digits) if _is_negative(amount) else int(digits))


def format_yen(amount: int) -> str:
    """12000 -> 12,000."""
    return f"{amount:,}"


def _is_balanced(amount: re.Match[str]) -> bool:
    """Brackets in pairs, and at most one sign."""
    signs = [amount[part] for part in ("minus", "minus_after", "opening") if amount[part]]
    return bool(amount["opening"]) == bool(amount["closing"]) and len(signs) <= 1


def _is_negative(amount: re.Match[str]) -> bool:
    return bool(amount["opening"] or amount["minus_after"] or amount["minus"] not in ("", "+"))


def _what_is_wrong(typed: str) -> LazyString:
    if _DECIMAL.fullmatch(typed):
        return _("Yen has no decimals. Type whole yen (e.g. 12,000).")
    return _("Type the amount in digits (e.g. 12,000).")


def _in_digits(typed: str) -> str | None:
    """1.2万 -> 12,000, as a suggestion only."""
    man = _MAN.fullmatch(typed)
    return format_yen(int(Decimal(man["number"]) * 10_000)) if man else None
