"""Names of people and companies: how they are stored, filed, printed on cards and compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from flask_babel import lazy_gettext as _

from tomoiki.core.reading import BadInput, Read
from tomoiki.core.text import clean_line, fold

NAME_LENGTH = 80

_OTHER_WIDTH = re.compile("[Ａ-Ｚａ-ｚ０-９\uff65-\uff9f]+")  # full-width Latin, half-width kana
_TO_KATAKANA = {kana: kana + 0x60 for kana in range(0x3041, 0x3097)}
_TO_LARGE_KANA = str.maketrans("ァィゥェォッャュョヮヵヶヲヰヱ", "アイウエオツヤユヨワカケオイエ")

# the word of the register -> how people shorten it (after NFKC, which turns ㈱ and （株） into (株))
_COMPANY_MARKS = {
    "株式会社": ("(株)",),
    "有限会社": ("(有)",),
    "合同会社": ("(同)", "(合)"),
    "合名会社": ("(名)",),
    "合資会社": ("(資)",),
    "相互会社": ("(相)",),
    "社団法人": ("(社)",),
    "一般社団法人": ("(一社)",),
    "公益社団法人": ("(公社)",),
    "財団法人": ("(財)",),
    "一般財団法人": ("(一財)",),
    "公益財団法人": ("(公財)",),
    "医療法人": ("(医)",),
    "医療法人社団": ("(医社)",),
    "医療法人財団": ("(医財)",),
    "学校法人": ("(学)",),
    "宗教法人": ("(宗)",),
    "社会福祉法人": ("(福)", "(社福)"),
    "特定非営利活動法人": ("(特非)", "(NPO)", "NPO法人"),
    "認定特定非営利活動法人": ("認定NPO法人",),
    "更生保護法人": (),
    "独立行政法人": ("(独)",),
    "地方独立行政法人": ("(地独)",),
    "国立大学法人": ("(大)",),
    "公立大学法人": (),
    "弁護士法人": ("(弁)",),
    "税理士法人": ("(税)",),
    "司法書士法人": (),
    "行政書士法人": (),
    "社会保険労務士法人": (),
    "監査法人": (),
    "管理組合法人": (),
    "農事組合法人": ("(農)",),
    "協同組合": ("(協)",),
    "事業協同組合": (),
}
_FULL_WORD = {spelling: word for word, short in _COMPANY_MARKS.items() for spelling in (word, *short)}
_ANY_MARK = "|".join(re.escape(spelling) for spelling in sorted(_FULL_WORD, key=len, reverse=True))
_MARK_BEFORE = re.compile(f"(?P<mark>{_ANY_MARK}) ?(?P<core>.+)")
_MARK_AFTER = re.compile(f"(?P<core>.+?) ?(?P<mark>{_ANY_MARK})")


class NameParts(NamedTuple):
    """A full name in Vietnamese order: họ, tên đệm, tên."""

    family: str
    middle: str
    given: str


@dataclass(frozen=True)
class CompanyName:
    """`mark`: 株式会社 and the like, or nothing; `core`: the rest, for comparing and not for showing."""

    mark: str
    core: str


def read_name(text: str) -> Read[str]:
    """A person's name as it is stored; raise BadInput for what cannot be one."""
    line = _OTHER_WIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), clean_line(text))
    name = clean_line(line)
    if not name:
        raise BadInput(_("The name is empty. Type at least one word of it."))
    if len(name) > NAME_LENGTH:
        raise BadInput(_("The name is too long. It may have %(most)s characters.", most=NAME_LENGTH))
    if not any(_is_part_of_a_name(sign) for sign in name):
        raise BadInput(_("A name needs letters, not only digits or signs."))
    return Read(name)


def split_name(full: str) -> NameParts:
    """A suggestion to be shown before it is used: first word family, last word given, the rest between."""
    words = clean_line(full).split(" ")
    if len(words) == 1:
        return NameParts("", "", words[0])
    return NameParts(words[0], " ".join(words[1:-1]), words[-1])


def name_card(full_vi: str) -> str:
    """The name as residence cards and passports print it: A to Z in capitals, no marks."""
    letters = re.sub("['‘`]", "", fold(full_vi).upper())
    return re.sub("[^A-Z]+", " ", letters).strip()


@lru_cache(maxsize=4096)  # an import asks for each name several times
def name_key(text: str) -> str:
    """Equal for spellings of a name that differ in marks, case, width, kana size or spaces (DOMAIN 9.1)."""
    kana = fold(text).translate(_TO_KATAKANA).translate(_TO_LARGE_KANA).upper()
    words = ("".join(sign for sign in word if sign.isalnum() and sign != "ー") for word in kana.split())
    return " ".join(word for word in words if word)


def company_core(name: str) -> CompanyName:
    """Part the kind of company from the name, wherever and however it was written."""
    whole = clean_line(unicodedata.normalize("NFKC", clean_line(name)))
    parts = _MARK_BEFORE.fullmatch(whole) or _MARK_AFTER.fullmatch(whole)
    if not parts:
        return CompanyName("", whole)
    return CompanyName(_FULL_WORD[parts["mark"]], parts["core"].strip())


def _is_part_of_a_name(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LS"  # a letter, or a placeholder such as ○
