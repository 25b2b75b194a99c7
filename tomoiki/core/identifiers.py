"""Numbers and addresses that others gave out: cards, companies, post, mail, web (DOMAIN 9.4 to 9.6)."""

import re
import unicodedata
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask_babel import lazy_gettext as _

from tomoiki.core.reading import BadInput, Read
from tomoiki.core.text import clean_line, plain

CORPORATE_NUMBER_LENGTH = 13
CARD_LENGTH = 12
MAIL_LENGTH = 254
URL_LENGTH = 2000

_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]+)?E\+?[0-9]+")
_CARD = re.compile("[A-Z]{2}[0-9]{8}[A-Z]{2}")
_VIETNAMESE_PASSPORT = re.compile("[A-Z][0-9]{7,8}")
_PASSPORT = re.compile("[A-Z0-9]{3,20}")
_TWELVE_DIGITS = re.compile(r"(?<![0-9A-Z+.,])[0-9]{12}(?![0-9A-Z]|[.,][0-9])")
_THREE_GROUPS = re.compile(
    "(?<![0-9A-Z+.,])(?<![0-9][- ])[0-9]{4}([- ])[0-9]{4}\\1[0-9]{4}(?![- ]?[0-9]|[A-Z])"
)
_MY_NUMBER_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_POSTAL_CODE = re.compile("〒? ?([0-9]{3})[- ]?([0-9]{4})")
_POSTAL_CODE_WITHOUT_ZERO = re.compile("[0-9]{6}")  # Hokkaido's, after Excel
_MAIL = re.compile(
    r"(?P<box>[A-Z0-9.!#$%&'*+/=?^_`{|}~-]+)@"
    r"(?P<domain>(?:[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?\.)+[A-Z][A-Z0-9-]*[A-Z0-9])",
    re.IGNORECASE,
)
_FACEBOOK_HOST = re.compile(r"(?:.+\.)?(?:facebook\.com|fb\.com|fb\.me|m\.me|messenger\.com)")
_FACEBOOK_PATH = re.compile(r"[\w.%-]+(?:/[\w.%-]+)*")
_FACEBOOK_LENGTH = 200
_HAS_SCHEME = re.compile("[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def read_corporate_number(text: str) -> Read[str]:
    """法人番号: 13 digits, the first of which checks the others (法人番号省令)."""
    typed = plain(text).upper()
    if _SCIENTIFIC.fullmatch(typed):
        raise BadInput(
            _("Excel has cut this number and its last digits are lost. Type it anew from the paper.")
        )
    number = re.sub("[- ]", "", typed)
    digits = number.removeprefix("T")
    if not re.fullmatch("[0-9]+", digits):
        raise BadInput(_("A corporate number has only digits. Check it for letters such as O."))
    if len(digits) != CORPORATE_NUMBER_LENGTH:
        raise BadInput(_("A corporate number has 13 digits; this one has %(count)s.", count=len(digits)))
    if digits[0] != corporate_check_digit(digits[1:]):
        raise BadInput(_("The check digit does not fit. Compare the number digit by digit with the paper."))
    return Read(digits, _("The T of the invoice number was taken off.") if number != digits else None)


def corporate_check_digit(base: str) -> str:
    """The digit that stands before the twelve of the 基礎番号."""
    return str(9 - sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(base))) % 9)


def read_residence_card(text: str) -> Read[str]:
    """在留カード番号; it has no public check digit, so only its form is checked."""
    number = re.sub("[- ]", "", plain(text).upper())
    if len(number) != CARD_LENGTH:
        raise BadInput(_("A card number has 12 characters; this one has %(count)s.", count=len(number)))
    if not _CARD.fullmatch(number):
        raise BadInput(_("A card number is two letters, eight digits, two letters (AB12345678CD)."))
    return Read(number)


def read_passport(text: str) -> Read[str]:
    """A passport number of any country; one that no Vietnamese passport has bears a remark."""
    number = re.sub("[- ]", "", plain(text).upper())
    if not _PASSPORT.fullmatch(number):
        raise BadInput(_("A passport number has only the letters A to Z and digits (B1234567)."))
    if not _VIETNAMESE_PASSPORT.fullmatch(number):
        return Read(number, _("Vietnamese passports have one letter and 7 or 8 digits. Check the number."))
    return Read(number)


def holds_my_number(text: str) -> bool:
    """Does a 個人番号 stand in the text? It must not be stored (番号法20条)."""
    line = unicodedata.normalize("NFKC", text).upper()
    candidates = (found[0] for form in (_TWELVE_DIGITS, _THREE_GROUPS) for found in form.finditer(line))
    return any(_is_my_number(re.sub("[- ]", "", candidate)) for candidate in candidates)


def read_postal_code(text: str) -> Read[str]:
    """〒: seven digits without the hyphen."""
    typed = plain(text)
    found = _POSTAL_CODE.fullmatch(typed)
    if not found or found[1] + found[2] == "0000000":
        raise BadInput(
            _("A postal code has seven digits (e.g. 105-0011)."),
            format_postal_code(f"0{typed}") if _POSTAL_CODE_WITHOUT_ZERO.fullmatch(typed) else None,
        )
    return Read(found[1] + found[2])


def format_postal_code(code: str) -> str:
    """1050011 -> 105-0011."""
    return f"{code[:3]}-{code[3:]}"


def read_email(text: str) -> Read[str]:
    """An address with its domain in small letters; whether somebody reads it, only a mail can tell."""
    typed = clean_line(unicodedata.normalize("NFKC", clean_line(text)))
    found = _MAIL.fullmatch(typed[: MAIL_LENGTH + 1])
    if not found or len(typed) > MAIL_LENGTH:
        raise BadInput(_("This is not a mail address. Write it like name@example.jp, without spaces."))
    return Read(f"{found['box']}@{found['domain'].lower()}")


def read_url(text: str) -> Read[str]:
    """A web address that is safe to be a link: http or https, a host, no password."""
    url = clean_line(text)
    if not _HAS_SCHEME.match(url) and _is_web_address(f"https://{url}") and "." in url:
        raise BadInput(_("A web address begins with https:// or http://."), f"https://{url}")
    if not _is_web_address(url):
        raise BadInput(_("This is not a web address. Write it like https://example.jp/page."))
    return Read(url)


def read_facebook(text: str) -> Read[str]:
    """An address of Facebook or Messenger, a name or a number there; only the path is kept."""
    typed = clean_line(text).removeprefix("@")
    path = _facebook_path(_split(typed if "://" in typed else f"https://{typed}"), typed)
    if not _FACEBOOK_PATH.fullmatch(path) or len(path) > _FACEBOOK_LENGTH:
        raise BadInput(_("Paste the address of the Facebook page (e.g. https://www.facebook.com/name)."))
    return Read(path)


def _is_my_number(number: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_MY_NUMBER_WEIGHTS, number, strict=False))
    return int(number[-1]) == -total % 11 % 10


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:  # for example https://[
        return None


def _is_web_address(url: str) -> bool:
    parts = _split(url)
    if not parts or " " in url or len(url) > URL_LENGTH:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def _facebook_path(url: SplitResult | None, typed: str) -> str:
    if not url or not _FACEBOOK_HOST.fullmatch(url.hostname or ""):
        return typed
    if url.path == "/profile.php":
        return parse_qs(url.query).get("id", [""])[0]
    return unquote(url.path).strip("/").removeprefix("t/")
