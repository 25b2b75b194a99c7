"""How a stored value reads on a page: one formatter a field, chosen once, fast enough for a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from html import escape as plain  # of text that is never safe already: twice as fast
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from tomoiki.core.dates import in_tokyo
from tomoiki.core.fields import Field
from tomoiki.core.languages import language
from tomoiki.core.money import format_yen
from tomoiki.core.vocabulary import AnyChoice, find_choice
from tomoiki.core.wordings import entries, wording

Show = Callable[[Any], str]
NOTHING = ""
EXCERPT = 60
TAG_TONES = frozenset({"urgent", "warn", "ok", "info"})


def labels(choices: AnyChoice) -> Mapping[str, str]:
    """Return the labels of a list by code in the language being spoken."""
    found: Mapping[str, str] = wording().keep(
        (choices, language()), lambda: {code: str(entry.label) for code, entry in entries(choices).items()}
    )
    return found


def label(choices: AnyChoice, code: str) -> str:
    """Return the label of a code; an unknown one stands as it is."""
    return labels(choices).get(code, code)


def plain_text(field: Field, value: Any) -> str:
    """Return the value as plain words: for history, titles and files."""
    if value is None or value == "":
        return NOTHING
    return _PLAIN.get(field.kind, _plain_string)(field, value)


def _plain_string(field: Field, value: Any) -> str:
    return field.format.show(value) if field.format else str(value)


def _plain_moment(field: Field, value: Any) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return in_tokyo(moment).strftime("%Y-%m-%d %H:%M")


def _plain_day(field: Field, value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain_choice(field: Field, value: Any) -> str:
    return label(field.choices, value) if field.choices else str(value)


def _plain_codes(field: Field, value: Any) -> str:
    return separator().join(label(field.choices, code) for code in value) if field.choices else ""


def _plain_number(field: Field, value: Any) -> str:
    if not field.unit:
        return str(value)
    return f"{value}{field.unit}" if language() == "ja" else f"{value} {field.unit}"


def _plain_flag(field: Field, value: Any) -> str:
    return _("Yes") if value else _("No")


_PLAIN: Mapping[str, Callable[[Field, Any], str]] = {
    "yen": lambda field, value: yen(value),
    "integer": _plain_number,
    "moment": _plain_moment,
    "day": _plain_day,
    "choice": _plain_choice,
    "codes": _plain_codes,
    "flag": _plain_flag,
}


def separator() -> str:
    """Return what stands between the items of an enumeration."""
    return "、" if language() == "ja" else ", "


def yen(amount: int) -> str:
    """Return an amount with its unit, as the language writes it."""
    digits = format_yen(amount)
    return _("%(amount)s yen", amount=digits.replace(",", ".") if language() == "vi" else digits)


def shower(field: Field, *, is_status: bool = False) -> Show:
    """Return the function that turns stored values of this field into safe HTML."""
    if field.kind == "choice" and field.choices is not None:
        return _status_shower(field) if is_status else _choice_shower(field)
    if field.kind in ("text", "long"):
        return _text_shower(field)
    return lambda value: NOTHING if value is None else str(escape(plain_text(field, value)))


def _status_shower(field: Field) -> Show:
    choices = field.choices
    if choices is None:
        return str
    words = labels(choices)
    marks = {
        code: f'<span class="st {tone(choices, code)}">{escape(word)}</span>' for code, word in words.items()
    }
    return lambda value: marks.get(value) or str(escape(value or NOTHING))


def tone(choices: AnyChoice, code: str) -> str:
    """Return the tone of a code's mark; none for an unknown one."""
    member = find_choice(choices, code)
    return member.tone if member else ""


def _choice_shower(field: Field) -> Show:
    choices = field.choices
    if choices is None:
        return str
    words = {code: _tag(choices, code, word) for code, word in labels(choices).items()}
    return lambda value: words.get(value) or str(escape(value or NOTHING))


def _tag(choices: AnyChoice, code: str, word: str) -> str:
    mark = tone(choices, code)
    return f'<span class="tag {mark}">{escape(word)}</span>' if mark in TAG_TONES else str(escape(word))


def _text_shower(field: Field) -> Show:
    form = field.format
    if form is not None and form.link:
        return lambda value: (
            f'<a href="{form.link}{escape(value)}">{escape(form.show(value))}</a>' if value else NOTHING
        )
    if form is not None and not form.is_plain:
        return lambda value: str(escape(form.show(value))) if value else NOTHING
    return lambda value: plain(value) if value else NOTHING


def excerpt(text: str) -> str:
    """Return the first 60 characters: what a list shows of a narrative."""
    return text if len(text) <= EXCERPT else text[:EXCERPT].rstrip() + "…"


def paragraphs(text: str) -> Markup:
    """Return a longer text with its line ends, safe."""
    return Markup("<br>").join(text.split("\n"))
