"""Cleaning typed text, and folding it to the words that the search index holds."""

import re
import unicodedata
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from tomoiki.core.reading import BadInput

QUERY_LENGTH = 200
QUERY_TERMS = 8
LONG_LENGTH = 100_000  # two hundred pages; PostgreSQL indexes 1 MB of a record

_VOICING_MARKS = "\u3099\u309a"  # dakuten and handakuten: か and が are different letters, e and é are not
_FIRST_MARK, _LAST_MARK = 0x300, 0x1E94A  # of all signs that combine
_FOLDED: dict[int, int | None] = {
    **{sign: None for sign in range(_FIRST_MARK, _LAST_MARK + 1) if unicodedata.combining(chr(sign))},
    **{ord(mark): ord(mark) for mark in _VOICING_MARKS},
    **str.maketrans("đðɖøłʼ’髙﨑", "dddol''高崎"),  # what Unicode does not decompose
    **{kana: kana - 0x60 for kana in (*range(0x30A1, 0x30F7), 0x30FD)},  # to hiragana
}

# 々〆〇, hiragana, katakana without ・ and ゠ (they part words), ideographs
_CJK = (
    "\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_CJK += "\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_CHAIN = re.compile(f"[{_CJK}]+(?:[ ・]+[{_CJK}]+)*|[^\\W_{_CJK}]+")
_STARTS_CJK = re.compile(f"[{_CJK}]")
_GAP = re.compile("[ ・]+")

_SPACES = re.compile("[\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_NEWLINES = re.compile("\r\n|[\v\f\r\x85\u2028\u2029]")
_DASHES = re.compile("[\u2010-\u2015\u2043\u2212\u2500\u30fc\uff0d\ufe58\ufe63]")
# zero-width spaces, soft hyphens and writing-direction marks come along unseen with pasted text
_INVISIBLE = dict.fromkeys(
    (0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
)


@dataclass(frozen=True)
class Term:
    """One run of a query: a record matches if it has all tokens, the last one perhaps only as a beginning."""

    tokens: tuple[str, ...]
    is_prefix: bool


def fold(text: str) -> str:
    """The form in which texts are compared: no case, no width, no Latin diacritics, one kana."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", parts.translate(_FOLDED))


def tokens(text: str) -> list[str]:
    """The words of a text for the index; of Japanese, each sign and each pair of signs.

    A pair also spans the space in 見本 花子, so that 見本花子 finds it.
    """
    found: list[str] = []
    for run in _CHAIN.findall(fold(text)):
        if _STARTS_CJK.match(run):
            signs = _GAP.sub("", run)
            found += [*_pairs(signs), *signs]
        else:
            found.append(run)
    return found


def terms(query: str) -> list[Term]:
    """What a record must have to be found; a last Latin word may be only begun.

    Nothing for a blank query, and nothing for one without a single letter or digit: the first is no search
    (`is_blank`), the second finds nothing.
    """
    runs = _RUN.findall(fold(query[:QUERY_LENGTH])[:QUERY_LENGTH])
    return [_term(run, is_last=run_no == len(runs)) for run_no, run in enumerate(runs, start=1)][:QUERY_TERMS]


def is_blank(query: str) -> bool:
    """Nothing but spaces: no search at all."""
    return not clean_spaces(query)


def clean_spaces(text: str) -> str:
    """NFC without unseen signs, every run of spaces and line ends one ASCII space, none at the ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text.translate(_INVISIBLE))).strip(" ")


def clean_line(text: str) -> str:
    """One line as it is stored; raise BadInput for control characters."""
    line = clean_spaces(text)
    _refuse_control_characters(line)
    return line


def clean_text(text: str) -> str:
    """A longer text as it is stored: NFC, one kind of line end, nothing trailing; raise as `clean_line`; not too long."""
    if len(text) > LONG_LENGTH:
        raise BadInput(_("Use at most %(most)s characters.", most=f"{LONG_LENGTH:,}"))
    whole = unicodedata.normalize("NFC", _NEWLINES.sub("\n", text))
    _refuse_control_characters(whole.replace("\n", "").replace("\t", ""))
    return whole.rstrip()


def plain(text: str) -> str:
    """A typed number, date or code: half width, every dash a hyphen; raise BadInput if there is nothing."""
    typed = _DASHES.sub("-", unicodedata.normalize("NFKC", clean_line(text)))
    typed = clean_spaces(typed)
    if not typed:
        raise BadInput(_("There is nothing here yet. Type a value."))
    return typed


def _pairs(signs: str) -> list[str]:
    return [signs[at : at + 2] for at in range(len(signs) - 1)]


def _term(run: str, *, is_last: bool) -> Term:
    if _STARTS_CJK.match(run):
        return Term(tuple(_pairs(run)) or (run,), is_prefix=False)
    return Term((run,), is_prefix=is_last)


def _refuse_control_characters(text: str) -> None:
    # Cs: half of a surrogate pair, which no database can store
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise BadInput(_("The text holds an invisible control character. Delete it or type the text anew."))
