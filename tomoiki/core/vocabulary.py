"""Choice lists: closed ones are enums that code branches on, open ones are codes the office may add to."""

import enum
import re
from datetime import date
from typing import Self

from flask_babel import LazyString


class Choice(enum.StrEnum):
    """A closed list: `active = "active", _("In progress"), "go"` (code, label, tone of its mark).

    Stored by code with a CHECK. The tone is one of the status marks of ui/UI.md: new, go, wait, done, off;
    or a tag's: urgent, warn, ok, info.
    """

    label: LazyString
    tone: str

    def __new__(cls, code: str, label: LazyString, tone: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label, member.tone = label, tone
        return member


class OpenChoice(enum.StrEnum):
    """An open list: these codes are the defaults; the stored column is plain text without a CHECK.

    `valid_from` and `valid_to` are first and last day on which a code may be newly chosen.
    """

    label: LazyString
    tone: str
    valid_from: date | None
    valid_to: date | None

    def __new__(
        cls,
        code: str,
        label: LazyString,
        tone: str = "",
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label, member.tone = label, tone
        member.valid_from, member.valid_to = valid_from, valid_to
        return member


AnyChoice = type[Choice] | type[OpenChoice]


def list_name(choices: AnyChoice) -> str:
    """Return the name by which the office's changes of a list are stored: `CaseCategory` is `case_category`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", choices.__name__).lower()


def choice_of(choices: AnyChoice, code: str) -> Choice | OpenChoice:
    """Return the member with this code; raise KeyError for an unknown one."""
    return choices._value2member_map_[code]  # type: ignore[return-value]  # the map holds this enum's members


def find_choice(choices: AnyChoice, code: str | None) -> Choice | OpenChoice | None:
    """Return the member with this code, or None for an unknown one."""
    return choices._value2member_map_.get(code)  # type: ignore[return-value]  # the map holds this enum's members


def as_stored(choices: AnyChoice, code: str) -> Choice | OpenChoice | str | None:
    """Return a code as a record holds it: a member of a closed list, the plain code of an open one."""
    return find_choice(choices, code) if issubclass(choices, Choice) else code
