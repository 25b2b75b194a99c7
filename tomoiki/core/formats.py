"""How a text field is read and shown: one object per kind of text, named by the models."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask_babel import lazy_gettext as _

from tomoiki.core import identifiers, names, phones
from tomoiki.core.reading import BadInput, Read
from tomoiki.core.text import plain


def _as_it_is(stored: str) -> str:
    return stored


def _read_numbers(text: str) -> Read[str]:
    """Read whole numbers with commas or spaces between them: 30, 14, 7."""
    numbers = plain(text).replace("、", ",").replace(",", " ").split()
    if not all(number.isdecimal() and number.isascii() for number in numbers):
        raise BadInput(_("Write whole numbers with commas between them: 30, 14, 7."))
    return Read(", ".join(str(int(number)) for number in numbers))


@dataclass(frozen=True)
class Format:
    """A kind of text: `read` normalises what was typed or raises BadInput, `show` prints what is stored."""

    read: Callable[[str], Read[str]]
    show: Callable[[str], str] = _as_it_is
    link: str = ""  # scheme of the link a page makes of it
    input_type: str = "text"
    autocomplete: str = "off"

    @property
    def is_plain(self) -> bool:
        """Tell whether a value is shown as it is stored, without a link."""
        return self.show is _as_it_is and not self.link


NAME = Format(names.read_name)
PHONE = Format(phones.read_phone, phones.national, "tel:", "tel")
PHONE_JP = Format(partial(phones.read_phone, country="JP"), phones.national, "tel:", "tel")
PHONE_VN = Format(partial(phones.read_phone, country="VN"), phones.national, "tel:", "tel")
EMAIL = Format(identifiers.read_email, link="mailto:", input_type="email")
POSTAL_CODE = Format(identifiers.read_postal_code, identifiers.format_postal_code, input_type="numeric")
CORPORATE_NUMBER = Format(identifiers.read_corporate_number, input_type="numeric")
RESIDENCE_CARD = Format(identifiers.read_residence_card)
PASSPORT = Format(identifiers.read_passport)
URL = Format(identifiers.read_url, link="", input_type="url")
NUMBERS = Format(_read_numbers)
FACEBOOK = Format(identifiers.read_facebook)
