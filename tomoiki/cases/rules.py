"""What can be read out of a message: numbers to call, prefectures, days. Pure; a person says whether it is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from tomoiki.core.dates import read_day
from tomoiki.core.phones import read_phone
from tomoiki.core.reading import BadInput
from tomoiki.core.text import fold

T = TypeVar("T")
MOST = 3  # of each kind
MOST_TEXT = 4000  # characters that are looked at
_COUNTRIES: tuple[Literal["JP", "VN"], ...] = ("JP", "VN")
_NUMBER = re.compile(r"(?<![A-Za-z\d+./-])\+?\(?\d[\d()\-.\s\uff0d\u30fc\u2010-\u2015]{7,18}\d(?![A-Za-z\d])")
_DAY = re.compile(
    r"(?<![A-Za-z\d./-])(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?|\d{1,2}/\d{1,2}/\d{4}"
    r"|(?:[RHS]|令和|平成|昭和)\s?(?:\d{1,2}|元)[./年]\s?\d{1,2}[./月]\s?\d{1,2}日?)(?![A-Za-z\d/-])"
)
_LATIN = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Message:
    """What was read out of a text."""

    phones: tuple[str, ...] = ()  # E.164; of a number that both countries could mean each of the two
    prefectures: tuple[str, ...] = ()
    days: tuple[date, ...] = ()


def read_message(text: str, places: Mapping[str, str]) -> Message:
    """Return what a text seems to say; `places` are the codes of prefectures by their folded names."""
    text = text[:MOST_TEXT]
    return Message(_first(_phones(text)), _first(_prefectures(fold(text), places)), _first(_days(text)))


def _first(found: Iterator[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))[:MOST]


def _phones(text: str) -> Iterator[str]:
    for found in _NUMBER.finditer(text):
        if not _DAY.fullmatch(found[0]):
            yield from phones_of(found[0])


def phones_of(typed: str) -> Iterator[str]:
    """Yield what a number may be: one, or one of each country; none where it is no number."""
    try:
        yield read_phone(typed).value
    except BadInput:
        for country in _COUNTRIES:
            try:
                yield read_phone(typed, country).value
            except BadInput:
                continue


def _prefectures(folded: str, places: Mapping[str, str]) -> Iterator[str]:
    """Yield prefectures as they stand in the text; 東京都 is no 京都."""
    yield from (places[word] for word in _LATIN.findall(folded) if word in places)
    signs = {word: code for word, code in places.items() if not word.isascii()}
    signs |= {word[:-1]: code for word, code in signs.items() if word[-1] in "都府県"}
    for word in sorted(signs, key=len, reverse=True):
        if word in folded:
            folded = folded.replace(word, " ")
            yield signs[word]


def _days(text: str) -> Iterator[date]:
    for found in _DAY.finditer(text):
        try:
            yield read_day(found[0], day_first=True).value
        except BadInput:
            continue
