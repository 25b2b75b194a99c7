"""Telephone numbers of Japan and Vietnam, stored as E.164, shown as written at home (DOMAIN 9.2)."""

import re
from typing import Literal

from flask_babel import lazy_gettext as _

from tomoiki.core.reading import BadInput, Read
from tomoiki.core.text import plain

Country = Literal["JP", "VN"]

_CODE_OF = {"JP": "+81", "VN": "+84"}

# Lengths and prefixes only, no table of exchanges: offices note numbers that are not given out yet, too.
_JAPANESE = re.compile(
    "0[5-9]0[0-9]{8}"  # mobile, IP telephone, and 0800
    "|0(?:120|570|180|990)[0-9]{6}"
    "|0(?:1[1-9]|[346][0-9]|[25789][2-9])[0-9]{7}"  # there is no 021, 051, 071, 081, 091
)
_VIETNAMESE = re.compile("0[35789][0-9]{8}|02[0-9]{9}")
_VIETNAMESE_UNTIL_2018 = re.compile("(?P<prefix>01[0-9]{2})(?P<rest>[0-9]{7})")
_NEW_PREFIX = {f"016{last}": f"03{last}" for last in range(2, 10)} | {
    "0120": "070",
    "0121": "079",
    "0122": "077",
    "0126": "076",
    "0128": "078",
    "0123": "083",
    "0124": "084",
    "0125": "085",
    "0127": "081",
    "0129": "082",
    "0186": "056",
    "0188": "058",
    "0199": "059",
}
# what length or a short area code settles; other groups stand in the library's table
_MOBILE_GROUPS = re.compile("(?!0800)([0-9]{3})([0-9]{4})([0-9]{4})")
_BIG_CITY_GROUPS = re.compile("(0[36])([0-9]{4})([0-9]{4})")
_SERVICE = re.compile("[#*]?[0-9]{2,4}")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_DIALLED_ABROAD = re.compile(r"(?:00|010)(?=8[14])|00(?=[1-9])")
_CODE_WITHOUT_PLUS = re.compile("81[5-9]0[0-9]{8}|84[35789][0-9]{8}")
_JAPANESE_WITHOUT_ZERO = re.compile("[5-9]0[0-9]{8}")  # Excel takes the first 0 off


def read_phone(text: str, country: Country | None = None) -> Read[str]:
    """A number as E.164; without a country raise BadInput for what both countries could mean."""
    number = _dialled(text)
    if number.startswith("+"):
        return _read_international(number, country)
    if country == "VN":
        return Read(_vietnamese(number))
    if _JAPANESE_WITHOUT_ZERO.fullmatch(number):
        return Read(_japanese(f"0{number}"), _("The first 0 was missing and has been put back."))
    return Read(_japanese(number) if country == "JP" else _of_unknown_country(number))


def national(e164: str) -> str:
    """The number as it is written in its own country; other countries' with + and code."""
    if e164.startswith("+81") and (grouped := _grouped_japanese(f"0{e164[3:]}")):
        return grouped
    import phonenumbers  # noqa: PLC0415 - 40 ms at start that most pages do without

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    is_at_home = e164.startswith(tuple(_CODE_OF.values()))
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if is_at_home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)


def _dialled(text: str) -> str:
    """Only the digits, with + in front of a country code."""
    typed = re.sub("[-() ./]", "", plain(text).replace("(0)", ""))
    if _SERVICE.fullmatch(typed):
        raise BadInput(_("This is the number of a service, not of a person. Type the whole number."))
    if not re.fullmatch(r"\+?[0-9]+", typed):
        raise BadInput(
            _("A telephone number has only digits (e.g. 090-1234-5678). Take the other signs out.")
        )
    if _CODE_WITHOUT_PLUS.fullmatch(typed):
        return f"+{typed}"
    return _DIALLED_ABROAD.sub("+", typed, count=1) if _DIALLED_ABROAD.match(typed) else typed


def _read_international(number: str, country: Country | None) -> Read[str]:
    e164 = _checked_international(number)
    if country and not e164.startswith(_CODE_OF[country]):
        return Read(e164, _("This is a number of another country. Check that it stands in the right field."))
    return Read(e164)


def _checked_international(number: str) -> str:
    if number.startswith("+81"):
        return _japanese("0" + number[3:].lstrip("0"))
    if number.startswith("+84"):
        return _vietnamese("0" + number[3:].lstrip("0"))
    if _INTERNATIONAL.fullmatch(number) and _is_possible(number):
        return number
    raise BadInput(_("There is no such number. Check the country code and the length."))


def _is_possible(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - as in national()

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _japanese(number: str) -> str:
    if _JAPANESE.fullmatch(number):
        return f"+81{number[1:]}"
    raise BadInput(
        _("A Japanese number has 10 digits with its area code, or 11 after 050, 060, 070, 080 and 090."),
        f"+84{number[1:]}" if _VIETNAMESE.fullmatch(number) else None,
    )


def _vietnamese(number: str) -> str:
    _refuse_old_vietnamese(number)
    if _VIETNAMESE.fullmatch(number):
        return f"+84{number[1:]}"
    raise BadInput(
        _("A Vietnamese number has 10 digits after 03, 05, 07, 08 and 09, or 11 after 02."),
        f"+81{number[1:]}" if _JAPANESE.fullmatch(number) else None,
    )


def _of_unknown_country(number: str) -> str:
    _refuse_old_vietnamese(number)
    is_japanese = bool(_JAPANESE.fullmatch(number))
    # 03 is Tokyo's, though Vietnam has such mobile numbers too: the office calls Tokyo every day
    if _VIETNAMESE.fullmatch(number) and not number.startswith("03"):
        raise BadInput(
            _("Is this number Japanese or Vietnamese? Choose the country, or begin with +81 or +84."),
            None if is_japanese else f"+84{number[1:]}",
        )
    if is_japanese:
        return f"+81{number[1:]}"
    raise BadInput(
        _("This is not a number of Japan or Vietnam. Check the digits; other countries begin with +.")
    )


def _refuse_old_vietnamese(number: str) -> None:
    old = _VIETNAMESE_UNTIL_2018.fullmatch(number)
    if old and old["prefix"] in _NEW_PREFIX:
        new = f"+84{_NEW_PREFIX[old['prefix']][1:]}{old['rest']}"
        raise BadInput(
            _("Vietnam shortened such numbers in 2018. It should be %(new)s now.", new=national(new)), new
        )


def _grouped_japanese(number: str) -> str | None:
    groups = _MOBILE_GROUPS.fullmatch(number) or _BIG_CITY_GROUPS.fullmatch(number)
    return "-".join(groups.groups()) if groups else None
