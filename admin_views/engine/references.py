"""Finding the record that a cell names: by its number or label, among those that the viewer may choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from admin_views.engine.office import access
from admin_views.engine.rows import label_columns
from tomoiki.core.access import Viewer, scope_params
from tomoiki.core.fields import fields_of
from tomoiki.core.ledgers import squeezed
from tomoiki.core.merging import standing
from tomoiki.core.reading import BadInput, Read
from tomoiki.core.records import Record
from tomoiki.core.text import clean_line

SMALL = 2000  # a table of so many rows is compared by folded words, too


class References:
    """What the cells of one file name; each word is looked up once."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        """Look with this viewer's eyes."""
        self._session, self.viewer = session, viewer
        self._found: dict[tuple[type[Record], str, bool], Read[int]] = {}
        self._folded: dict[type[Record], Mapping[str, set[int]]] = {}
        self._records: dict[tuple[type[Record], int], Any] = {}

    def read(self, model: type[Record], text: str, *, loosely: bool = False) -> Read[int]:
        """Return the id of the one record that the text names; raise BadInput for none or several."""
        key = model, clean_line(text), loosely
        if key not in self._found:
            self._found[key] = self._read(*key)
        return self._found[key]

    def record(self, model: type[Record], record_id: int) -> Any:
        """Return the record itself."""
        key = model, record_id
        if key not in self._records:
            self._records[key] = self._session.get(model, record_id)
        return self._records[key]

    def _read(self, model: type[Record], text: str, loosely: bool) -> Read[int]:
        exact: set[int] = set(self._session.scalars(self._named(model, text), scope_params(self.viewer)))
        found = exact or self._by_word(model, text)
        if len(found) == 1:
            return Read(next(iter(found)))
        if found:
            raise BadInput(_("Several records are named so. Write the number instead."))
        if loosely and (one := self._by_first_word(model, text)):
            return one
        raise BadInput(_("There is no such record that you may choose. Check the spelling or the number."))

    def _named(self, model: type[Record], text: str) -> sa.Select[tuple[int]]:
        table = model.__table__
        names = [table.c[name] == text for name in self._names(model)]
        return sa.select(table.c.id).where(sa.or_(sa.false(), *names), *self._choosable(model)).limit(2)

    def _names(self, model: type[Record]) -> list[str]:
        """The fields by which a record is named: its number, its label, its keys; no hidden and no secret one."""
        labels = [name for name in label_columns(model, self.viewer) or () if name in model.__table__.c]
        if not access().may(self.viewer, "read", model):
            return labels
        numbering = [model.__numbering__.field] if model.__numbering__ else []
        known = fields_of(model)
        return [
            name
            for name in dict.fromkeys((*numbering, *labels, *model.__key__, *_unique(model)))
            if name in known
            and known[name].kind == "text"
            and not known[name].secret
            and access().sees(self.viewer, model, name)
        ]

    def _choosable(self, model: type[Record]) -> Iterator[ColumnElement[bool]]:
        table = model.__table__
        yield from standing(model)
        if "active" in table.c:
            yield table.c.active
        if access().may(self.viewer, "read", model):
            scope = access().scope(self.viewer, model)
            if scope is not None:
                yield scope
        elif model.__tablename__ not in access().labels_open:
            yield sa.false()

    def _by_word(self, model: type[Record], text: str) -> set[int]:
        return self._words(model).get(squeezed(text), set())

    def _by_first_word(self, model: type[Record], text: str) -> Read[int] | None:
        """見本 is 見本 花子 when nobody else is called so, and it is said."""
        word = squeezed(text)
        found = {
            record_id
            for label, record_id in self._labels(model)
            if word and squeezed(label.split(" ")[0]) == word
        }
        if len(found) != 1:
            return None
        (record_id,) = found
        whole = next(label for label, known in self._labels(model) if known == record_id)
        return Read(record_id, _("Read as %(name)s.", name=whole))

    def _words(self, model: type[Record]) -> Mapping[str, set[int]]:
        if model not in self._folded:
            words: dict[str, set[int]] = {}
            for label, record_id in self._labels(model):
                words.setdefault(squeezed(label), set()).add(record_id)
            self._folded[model] = words
        return self._folded[model]

    def _labels(self, model: type[Record]) -> list[tuple[str, int]]:
        columns = [model.__table__.c[name] for name in self._names(model)]
        if not columns:
            return []
        statement = sa.select(model.__table__.c.id, *columns).where(*self._choosable(model)).limit(SMALL + 1)
        rows = self._session.execute(statement, scope_params(self.viewer)).all()
        if len(rows) > SMALL:
            return []
        return [(clean_line(str(value)), row[0]) for row in rows for value in row[1:] if value]


def _unique(model: type[Record]) -> list[str]:
    return [column.name for column in model.__table__.c if column.unique]
