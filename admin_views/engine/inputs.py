"""The form controls: one WTForms field a kind, reading what was typed by the same rules as every import."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms.fields import Field as WTField

from admin_views.engine.arguments import parse_id
from admin_views.engine.lookup import Found, find_records, named, stands
from admin_views.engine.readings import DAY, POSTAL_CODE, second_reading
from admin_views.engine.rows import record_named
from admin_views.engine.values import labels
from tomoiki.core.dates import in_tokyo, read_day, read_moment, today
from tomoiki.core.fields import TEXT_LENGTH, Field, fields_of
from tomoiki.core.formats import POSTAL_CODE as POSTAL
from tomoiki.core.languages import language
from tomoiki.core.money import format_yen, read_yen
from tomoiki.core.reading import BadInput
from tomoiki.core.records import Record
from tomoiki.core.text import clean_line, clean_text
from tomoiki.core.vocabulary import Choice, choice_of
from tomoiki.core.wordings import chooseable, entries

FEW = 8  # so many choices stand as buttons side by side, more in a list
MANY = 12  # so many check boxes stand open, the rest can be unfolded


class Input(WTField):
    """A control for one declared field; `shape` names its macro in the form template."""

    shape = "line"
    begins = False  # the cursor stands in it when the form opens
    asks = ""  # address that tells the second reading of what is being typed
    taps: Sequence[str] = ()  # of many choices those that stand open, the others unfold
    notes: Mapping[str, str] = {}  # words under a choice, by code

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        field: Field,
        **options: Any,
    ) -> None:
        """Keep the declaration: label, help and unit stand there."""
        super().__init__(label or field.label, validators or (), **options)
        self.field = field

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; a control that the page did not send leaves the value alone."""
        if not valuelist:
            return
        text = valuelist[0]
        if not text.strip():
            self.data = None
            if self.field.required:
                raise ValueError(fill_in(self.field))
            return
        try:
            self.data = self.read(text)
        except BadInput as fault:
            raise ValueError(str(fault.message)) from fault

    def read(self, text: str) -> Any:
        """Return the value of typed text or raise BadInput."""
        return text

    def show(self, value: Any) -> str:
        """Return the text that stands in the control for a stored value."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)

    def mark_missing(self) -> None:
        """Say so when nothing was given for a required field."""
        if self.field.required and not self.errors:
            self.errors = (fill_in(self.field),)

    @property
    def reading(self) -> str:
        """Return the second reading of the value, shown under the control."""
        return ""


def fill_in(field: Field) -> str:
    """Return the message for an empty required control."""
    return _("Fill in %(field)s.", field=field.label)


class TextInput(Input):
    """A line or a longer text, cleaned or read by its format."""

    @property
    def shape(self) -> str:  # type: ignore[override]
        """A longer text has a box of its own."""
        return "area" if self.field.long else "line"

    @property
    def asks(self) -> str:  # type: ignore[override]
        """A postal code tells its town."""
        return POSTAL_CODE if self.field.format is POSTAL else ""

    def read(self, text: str) -> str:
        """Read by the field's format; otherwise clean it, and refuse what does not fit."""
        if self.field.format:
            return self.field.format.read(text).value
        if self.field.long:
            return clean_text(text)
        line = clean_line(text)
        if len(line) > TEXT_LENGTH:
            raise BadInput(lazy_gettext("Use at most %(most)s characters.", most=TEXT_LENGTH))
        return line

    def show(self, value: Any) -> str:
        """Show as people write it."""
        return self.field.format.show(value) if self.field.format else str(value)


class DayInput(Input):
    """A day in any spelling of DOMAIN 9.3."""

    asks = DAY

    def read(self, text: str) -> date:
        """Read a day; in Vietnamese the day may come first."""
        return read_day(text, day_first=language() == "vi").value

    def show(self, value: date) -> str:
        """Show the ISO day."""
        return value.isoformat()

    @property
    def reading(self) -> str:
        """The day by the Japanese calendar, and how far it is; none for what could not be read."""
        if self.errors or not isinstance(self.data, date):
            return ""
        return second_reading(self.data)


class MomentInput(Input):
    """A moment, in Tokyo time."""

    def read(self, text: str) -> datetime:
        """Read day and time; unchanged to the minute, the stored moment keeps its seconds."""
        moment, stored = read_moment(text).value, self.object_data
        is_same = isinstance(stored, datetime) and stored.replace(second=0, microsecond=0) == moment
        return stored if is_same else moment

    def show(self, value: datetime) -> str:
        """Show day and time in Tokyo."""
        return in_tokyo(value).strftime("%Y-%m-%d %H:%M")


class YenInput(Input):
    """An amount in whole yen."""

    shape = "number"

    def read(self, text: str) -> int:
        """Read an amount and hold it to its bounds."""
        return _bounded(self.field, read_yen(text).value)

    def show(self, value: int) -> str:
        """Show with thousands separators."""
        return format_yen(value)


class NumberInput(Input):
    """A whole number between its bounds."""

    shape = "number"

    def read(self, text: str) -> int:
        """Read digits, in any width."""
        return _bounded(self.field, read_yen(text).value)


def _bounded(field: Field, number: int) -> int:
    if field.low is not None and number < field.low:
        raise BadInput(lazy_gettext("Give %(low)s or more.", low=field.low))
    if field.high is not None and number > field.high:
        raise BadInput(lazy_gettext("Give %(high)s or less.", high=field.high))
    return number


class ChoiceInput(Input):
    """One code of a list; few stand as buttons, more in a list."""

    @property
    def shape(self) -> str:  # type: ignore[override]
        """Few choices are buttons, and of many those that are chosen most."""
        return "buttons" if self.taps or len(self.options) <= FEW else "select"

    def read(self, text: str) -> Any:
        """Take a code that may be chosen, or the one that stands there already."""
        for code, _label, _chosen in self.options:
            if code == text:
                return _member(self.field, text)
        raise BadInput(lazy_gettext("Choose one of the list."))

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Return code, label and whether chosen; a retired code stays where it is in use."""
        words, current = labels(self.field.choices), self.data or (self.object_data or None)  # type: ignore[arg-type]
        codes = [member.value for member in chooseable(self.field.choices, today())]  # type: ignore[arg-type]
        if current and str(current) not in codes:
            codes.append(str(current))
        typed = self.raw_data[0] if self.raw_data else None
        chosen = typed if typed is not None else self.data
        return [(code, words.get(code, code), code == chosen) for code in codes]

    @property
    def first(self) -> list[tuple[str, str, bool]]:
        """Return the buttons that stand open."""
        return _tapped(self.options, self.taps) if self.taps else self.options

    @property
    def rest(self) -> list[tuple[str, str, bool]]:
        """Return the buttons that unfold."""
        return _untapped(self.options, self.taps) if self.taps else []


def _tapped(options: Sequence[tuple[str, str, bool]], taps: Sequence[str]) -> list[tuple[str, str, bool]]:
    """Return the options of these codes, in the order of the codes."""
    known = {one[0]: one for one in options}
    return [known[code] for code in taps if code in known]


def _untapped(options: Sequence[tuple[str, str, bool]], taps: Sequence[str]) -> list[tuple[str, str, bool]]:
    """Return all other options."""
    return [one for one in options if one[0] not in taps]


def _member(field: Field, code: str) -> Any:
    return choice_of(field.choices, code) if field.choices and issubclass(field.choices, Choice) else code


class FlagInput(Input):
    """A check box; a hidden mark tells an empty box from a control that was not sent."""

    shape = "flag"

    def process(
        self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None
    ) -> None:
        """Read yes or no."""
        super().process(formdata, data if data is not None else self.default, extra_filters)
        if formdata is not None and (self.name in formdata or f"{self.name}-shown" in formdata):
            self.data = formdata.get(self.name) not in (None, "", "no", "0", "false")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read in `process`."""


class OptionalFlagInput(ChoiceInput):
    """Yes, no, or left open."""

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Return the two answers."""
        chosen = {True: "yes", False: "no"}.get(self.data) if not self.raw_data else self.raw_data[0]
        return [("yes", _("Yes"), chosen == "yes"), ("no", _("No"), chosen == "no")]

    def read(self, text: str) -> bool:
        """Read yes or no."""
        if text not in ("yes", "no"):
            raise BadInput(lazy_gettext("Choose one of the list."))
        return text == "yes"


class CodesInput(Input):
    """Several codes as check boxes."""

    shape = "checks"

    def process(
        self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None
    ) -> None:
        """Read the boxes that are ticked; a mark tells none ticked from not sent."""
        super().process(
            formdata,
            list(data or []) if isinstance(data, Sequence) or data is not None else [],
            extra_filters,
        )
        if formdata is None or not (self.name in formdata or f"{self.name}-shown" in formdata):
            return
        self.data = list(dict.fromkeys(code for code in formdata.getlist(self.name) if code))
        known = set(entries(self.field.choices)) if self.field.choices else set()
        if unknown := set(self.data) - known - set(self.object_data or []):
            message = _("“%(code)s” is not in the list.", code=min(unknown)[:40])
            self.process_errors = (*self.process_errors, message)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read in `process`."""

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Return code, label and whether ticked."""
        words, chosen = labels(self.field.choices), self.data or []  # type: ignore[arg-type]
        codes = [member.value for member in chooseable(self.field.choices, today())]  # type: ignore[arg-type]
        codes += [code for code in chosen if code not in codes]
        return [(code, words.get(code, code), code in chosen) for code in codes]

    @property
    def first(self) -> list[tuple[str, str, bool]]:
        """Return the boxes that stand open."""
        return _tapped(self.options, self.taps) if self.taps else self.options[:MANY]

    @property
    def rest(self) -> list[tuple[str, str, bool]]:
        """Return the boxes that can be unfolded."""
        return _untapped(self.options, self.taps) if self.taps else self.options[MANY:]


class ReferenceInput(Input):
    """A reference by search box: the control takes the record's id, typed words come as `<name>-text`.

    Without JavaScript the id stays behind when its words are overtyped: `<name>-was` tells which id and words it had.
    """

    shape = "combo"
    typed = ""
    candidates: Sequence[Found] = ()

    def __init__(self, *arguments: Any, known: Mapping[int, str] | None = None, **options: Any) -> None:
        """Take labels that are known already: rows of one form share them."""
        self.known = known or {}
        super().__init__(*arguments, **options)

    def process(
        self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None
    ) -> None:
        """Take the id; without one look the words up: one match is it, several are offered, none is said."""
        super().process(formdata, data, extra_filters)
        if formdata is None:
            return
        self.typed = formdata.get(f"{self.name}-text", "").strip()
        if self._is_overtyped(formdata):
            self.data = None
        if self.typed and self.data is None and not self.process_errors:
            self._look_up()

    def _is_overtyped(self, formdata: MultiDict[str, str]) -> bool:
        if self.data is None or f"{self.name}-text" not in formdata:
            return False
        was, _colon, words = formdata.get(f"{self.name}-was", "").partition(":")
        return formdata.getlist(self.name) == [was] and self.typed != words.strip()

    @property
    def text(self) -> str:
        """Return the words in the box: the chosen record's, else what was typed."""
        return self._label(self.data) if self.data else self.typed

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take an id of a record that this viewer may point at; what it points at already may stay."""
        if not valuelist:
            return
        text = next((value for value in valuelist if value.strip()), "")
        self.data = parse_id(text)
        if self.data is not None and self.data == self.object_data:
            return
        target = record_named(self.field.target)
        if text and (self.data is None or not self._label(self.data) or not stands(target, self.data)):
            self.data = None
            raise ValueError(_("This record was not found. Search for it again."))

    def _look_up(self) -> None:
        found = find_records(record_named(self.field.target), self.typed, exact_label=True)
        if len(found) == 1:
            self.data = found[0].id
            return
        self.candidates = found
        message = (
            _("“%(text)s” fits %(count)s records. Choose one of them.", text=self.typed, count=len(found))
            if found
            else _("Nothing was found for “%(text)s”. Try fewer letters.", text=self.typed)
        )
        self.process_errors = (*self.process_errors, message)

    def _label(self, key: int) -> str:
        if key in self.known:
            return self.known[key]
        found = named(record_named(self.field.target), [key])
        return found[0].text if found else ""

    def populate_obj(self, obj: Any, name: str) -> None:
        """Set the key, not the object: nothing has to be loaded."""
        setattr(obj, f"{name}_id", self.data)

    @property
    def slug(self) -> str:
        """Return where the target is looked up."""
        from admin_views.engine.office import office  # noqa: PLC0415

        screen = office().screen_of(record_named(self.field.target))
        return screen.slug if screen else ""


class ReferencesInput(Input):
    """Several references, one check box a record that is chosen or offered."""

    shape = "refs"

    def process(
        self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None
    ) -> None:
        """Take ids."""
        kept = [record.id for record in data] if data else []
        super().process(formdata, kept, extra_filters)
        if formdata is not None and (self.name in formdata or f"{self.name}-shown" in formdata):
            asked = [key for text in formdata.getlist(self.name) if (key := parse_id(text))]
            seen = {found.id for found in named(record_named(self.field.target), asked)}
            self.data = [key for key in asked if key in seen or key in kept]
            self.data += [key for key in self._unseen(kept) if key not in asked]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read in `process`."""

    def _unseen(self, kept: list[int]) -> list[int]:
        """Return those of the stored records that the page did not show her: they stay."""
        shown = {found.id for found in named(record_named(self.field.target), kept)}
        return [key for key in kept if key not in shown]

    @property
    def chosen(self) -> Sequence[Found]:
        """Return the records chosen, by label."""
        return named(record_named(self.field.target), self.data or ())

    def populate_obj(self, obj: Any, name: str) -> None:
        """Load the chosen records."""
        from tomoiki.core.database import db  # noqa: PLC0415

        target = record_named(self.field.target)
        with db.session.no_autoflush:
            rows = db.session.scalars(
                sa.select(target).where(target.id.in_(self.data or [])).order_by(target.id)
            )
            setattr(obj, name, list(rows))


INPUTS: Mapping[str, type[Input]] = {
    "text": TextInput,
    "long": TextInput,
    "day": DayInput,
    "moment": MomentInput,
    "yen": YenInput,
    "integer": NumberInput,
    "flag": FlagInput,
    "choice": ChoiceInput,
    "codes": CodesInput,
    "ref": ReferenceInput,
    "refs": ReferencesInput,
}


class Stored:
    """A record as a form reads it: a reference is its id, so nothing has to be loaded for it."""

    def __init__(self, record: Record) -> None:
        """Look at this record."""
        self._record = record

    def __getattr__(self, name: str) -> Any:
        """Return the stored value of a field."""
        known = fields_of(type(self._record)).get(name)
        return getattr(self._record, f"{name}_id" if known is not None and known.kind == "ref" else name)


def input_for(field: Field, default: Any = None, **options: Any) -> Any:
    """Return the unbound control for a declared field."""
    kind: Callable[..., Any] = (
        OptionalFlagInput if field.kind == "flag" and field.optional else INPUTS[field.kind]
    )
    return kind(field=field, default=default, **options)
