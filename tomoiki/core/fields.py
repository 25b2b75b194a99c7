"""What a field is, said once: `col()`, `ref()`, `refs()` and `codes()` in a model, `fields_of()` for all who read it."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Literal, get_args

import sqlalchemy as sa
from flask_babel import LazyString
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tomoiki.core.database import Base, EncryptedText, Moment, choice_type
from tomoiki.core.vocabulary import AnyChoice, Choice

if typing.TYPE_CHECKING:
    from tomoiki.core.formats import Format

Kind = Literal[
    "text", "long", "day", "moment", "yen", "integer", "flag", "choice", "codes", "ref", "refs", "json"
]
Visibility = Literal["open", "names", "narrative"]
TEXT_LENGTH, CODE_LENGTH = 200, 40


@dataclass(frozen=True)
class Field:
    """All that is known of one field; `name` and `kind` are filled in when its model is built."""

    label: LazyString
    help: LazyString | None = None
    unit: LazyString | Literal["JPY"] | None = None
    personal: bool = False
    narrative: bool = False
    secret: bool = False
    long: bool = False
    search: Visibility | None = None
    choices: AnyChoice | None = None
    format: Format | None = None
    read_only: bool = False
    exported: bool = True  # False: stays in the office, whoever exports (DOMAIN 10.1)
    name: str = ""
    kind: Kind = "text"
    required: bool = False  # somebody must fill it in
    optional: bool = True  # it may stay empty
    target: str = ""  # class name that a ref points at
    low: int | None = None
    high: int | None = None
    due: bool = False  # something is to be done by this day

    @property
    def is_plural(self) -> bool:
        """Tell whether the field holds several values."""
        return self.kind in ("codes", "refs")


@dataclass(frozen=True)
class _Column:
    field: Field
    options: dict[str, Any]
    check: str | None


@dataclass(frozen=True)
class _Reference:
    field: Field
    on_delete: str | None
    index: bool
    late: bool
    filled: bool


@dataclass(frozen=True)
class _Codes:
    field: Field
    table: str


@dataclass(frozen=True)
class _References:
    field: Field
    table: str


def col(  # noqa: PLR0913 - one option a fact; all by name
    *,
    label: LazyString,
    help: LazyString | None = None,  # noqa: A002 - the word that WTForms and people use
    unit: LazyString | Literal["JPY"] | None = None,
    personal: bool = False,
    narrative: bool = False,
    secret: bool = False,
    long: bool = False,
    search: Visibility | None = None,
    choices: AnyChoice | None = None,
    format: Format | None = None,  # noqa: A002
    read_only: bool = False,
    exported: bool = True,
    low: int | None = None,
    high: int | None = None,
    due: bool = False,
    check: str | None = None,
    **options: Any,
) -> Any:
    """Declare a column; its type comes from the annotation, `options` go to SQLAlchemy (default, unique, index).

    `computed="amount - fee"` lets the database reckon it from other columns of the row.
    """
    field = Field(
        label,
        help,
        unit,
        personal,
        narrative,
        secret,
        long,
        search,
        choices,
        format,
        read_only,
        exported,
        low=low,
        high=high,
        due=due,
    )
    return _Column(field, options, check)


def ref(  # noqa: PLR0913
    *,
    label: LazyString,
    help: LazyString | None = None,  # noqa: A002
    on_delete: str | None = "restrict",
    search: Visibility | None = None,
    index: bool = True,
    read_only: bool = False,
    late: bool = False,
    filled: bool = False,
) -> Any:
    """Declare a reference: the annotation `Mapped[Donor | None]` gives column `donor_id` and attribute `donor`.

    `search` puts what the target is found by under this record's index too. `on_delete=None` keeps the number
    of a record that is gone: a log outlives what it names. Of two tables that refer to each other, `late` marks the
    reference that is made last: the database checks it at the commit. `filled` says that the record fills it in by
    itself where nobody does.
    """
    field = Field(label, help, search=search, kind="ref", read_only=read_only)
    return _Reference(field, on_delete, index, late, filled)


def codes(choices: AnyChoice, *, label: LazyString, table: str, help: LazyString | None = None) -> Any:  # noqa: A002
    """Declare a field of several codes in a link table of its own (owner, code)."""
    return _Codes(Field(label, help, choices=choices, kind="codes"), table)


def refs(*, label: LazyString, table: str, help: LazyString | None = None) -> Any:  # noqa: A002
    """Declare references to several records (`Mapped[list["Person"]]`) in a link table of its own."""
    return _References(Field(label, help, kind="refs"), table)


class Described(Base):
    """Turns the declarations above into columns and relationships before SQLAlchemy maps the class."""

    __abstract__ = True
    __fields__: ClassVar[Mapping[str, Field]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Build the declared fields, inherited ones included, in the order of declaration."""
        fields = dict(cls.__fields__)
        for name, declared in list(vars(cls).items()):
            build = _BUILDERS.get(type(declared))
            if build is not None:
                fields[name] = build(cls, name, declared)
        cls.__fields__ = fields
        if not vars(cls).get("__abstract__") and "__tablename__" not in vars(cls):
            cls.__tablename__ = table_name(cls.__name__)
        super().__init_subclass__(**options)


def table_name(class_name: str) -> str:
    """Return the table of a class: `CaseStaff` lies in `case_staff`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", class_name).lower()


def _annotation(cls: type, name: str) -> tuple[Any, bool]:
    """Return what stands inside `Mapped[...]` and whether None is allowed."""
    inner = get_args(cls.__annotations__[name])[0]
    if isinstance(inner, typing.ForwardRef | str):
        text = inner if isinstance(inner, str) else inner.__forward_arg__
        parts = [part.strip() for part in text.split("|")]
        return next(part for part in parts if part != "None"), "None" in parts
    if typing.get_origin(inner) in (list, dict) or not get_args(inner):
        return inner, False
    options = [option for option in get_args(inner) if option is not type(None)]
    first = options[0]
    return (first.__forward_arg__ if isinstance(first, typing.ForwardRef) else first), type(None) in get_args(
        inner
    )


def _build_column(cls: type[Described], name: str, declared: _Column) -> Field:
    python_type, optional = _annotation(cls, name)
    field = replace(declared.field, name=name, kind=_kind(declared.field, python_type))
    if isinstance(python_type, type) and issubclass(python_type, Choice):
        field = replace(field, choices=python_type)
    options = dict(declared.options)
    computed = options.pop("computed", None)
    has_default = {"default", "server_default"} & options.keys() or computed
    is_required = not optional and not has_default and field.kind != "flag"
    field = replace(field, required=is_required, optional=optional)
    constraints: list[Any] = [sa.CheckConstraint(declared.check, name=name)] if declared.check else []
    constraints += [sa.Computed(computed, persisted=True)] if computed else []
    column = mapped_column(
        _column_type(field, python_type),
        *constraints,
        nullable=optional,
        info={"field": field},
        active_history=True,
        **options,
    )
    setattr(cls, name, column)
    return field


_KINDS: dict[type, Kind] = {date: "day", datetime: "moment", bool: "flag", dict: "json", list: "json"}


def _kind(field: Field, python_type: Any) -> Kind:
    if field.choices or (isinstance(python_type, type) and issubclass(python_type, Choice)):
        return "choice"
    if python_type is int:
        return "yen" if field.unit == "JPY" else "integer"
    if python_type is str:
        return "long" if field.long else "text"
    return _KINDS[typing.get_origin(python_type) or python_type]


_TYPES: dict[Kind, Callable[[], Any]] = {
    "long": sa.Text,
    "day": sa.Date,
    "yen": sa.Integer,
    "integer": sa.Integer,
    "flag": sa.Boolean,
    "json": sa.JSON,
}


def _column_type(field: Field, python_type: Any) -> Any:
    if field.secret:
        return EncryptedText()
    if field.kind == "choice":
        is_closed = isinstance(python_type, type) and issubclass(python_type, Choice)
        return choice_type(python_type) if is_closed else sa.String(CODE_LENGTH)
    if field.kind == "moment":
        return Moment()
    make = _TYPES.get(field.kind)
    return make() if make else sa.String(TEXT_LENGTH)


def _build_reference(cls: type[Described], name: str, declared: _Reference) -> Field:
    target, optional = _annotation(cls, name)
    class_name = target if isinstance(target, str) else target.__name__
    is_asked = not (optional or declared.filled)
    field = replace(declared.field, name=name, required=is_asked, optional=optional, target=class_name)
    if declared.on_delete is None:
        return _build_number(cls, field, optional=optional, index=declared.index)
    at_commit: dict[str, Any] = (
        {"use_alter": True, "deferrable": True, "initially": "DEFERRED"} if declared.late else {}
    )
    key = sa.ForeignKey(f"{table_name(class_name)}.id", ondelete=declared.on_delete.upper(), **at_commit)
    column = mapped_column(sa.Integer, key, nullable=optional, index=declared.index, active_history=True)
    setattr(cls, f"{name}_id", column)
    is_self = class_name == cls.__name__
    far_side: dict[str, Any] = {"remote_side": lambda: cls.id} if is_self else {}  # type: ignore[attr-defined]  # a Record has it
    setattr(
        cls,
        name,
        relationship(class_name, foreign_keys=column, info={"field": field}, active_history=True, **far_side),
    )
    return field


def _build_number(cls: type[Described], field: Field, *, optional: bool, index: bool) -> Field:
    """Build a reference that the database does not hold to."""
    key = f"{field.name}_id"
    setattr(cls, key, mapped_column(sa.Integer, nullable=optional, index=index))
    join = f"foreign({cls.__name__}.{key}) == {field.target}.id"
    setattr(cls, field.name, relationship(field.target, primaryjoin=join, viewonly=True))
    return field


def _build_codes(cls: type[Described], name: str, declared: _Codes) -> Field:
    owner = table_name(cls.__name__)
    owner_key = sa.ForeignKey(f"{owner}.id", ondelete="CASCADE")
    link: Any = type(
        f"{cls.__name__}{name.title().replace('_', '')}Link",
        (Base,),
        {
            "__tablename__": declared.table,
            "__table_args__": (sa.Index(f"ix_{declared.table}_code", "code", f"{owner}_id"),),
            f"{owner}_id": mapped_column(sa.Integer, owner_key, primary_key=True),
            "code": mapped_column(sa.String(CODE_LENGTH), primary_key=True),
            "__init__": _init_link,
        },
    )
    links = f"{name}_links"
    setattr(
        cls, links, relationship(link, cascade="all, delete-orphan", order_by=link.code, passive_deletes=True)
    )
    setattr(cls, name, association_proxy(links, "code", creator=link))
    return replace(declared.field, name=name)


def _init_link(self: Any, code: str) -> None:
    self.code = code


def _build_references(cls: type[Described], name: str, declared: _References) -> Field:
    (target,) = get_args(_annotation(cls, name)[0])
    class_name = (
        target if isinstance(target, str) else getattr(target, "__forward_arg__", None) or target.__name__
    )
    owner, far = table_name(cls.__name__), table_name(class_name)
    table = sa.Table(
        declared.table,
        Base.metadata,
        sa.Column(f"{owner}_id", sa.ForeignKey(f"{owner}.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(f"{far}_id", sa.ForeignKey(f"{far}.id", ondelete="RESTRICT"), primary_key=True, index=True),
    )
    field = replace(declared.field, name=name, target=class_name)
    setattr(cls, name, relationship(class_name, secondary=table, info={"field": field}))
    return field


_BUILDERS: dict[type, Callable[..., Field]] = {
    _Column: _build_column,
    _Reference: _build_reference,
    _Codes: _build_codes,
    _References: _build_references,
}

__all__ = ["Described", "Field", "Kind", "Mapped", "codes", "col", "fields_of", "ref", "refs", "table_name"]


def fields_of(model: type[Described]) -> Mapping[str, Field]:
    """Return the declared fields of a model by name, in order of declaration."""
    return model.__fields__


def field_behind(model: type[Described], column: str) -> Field | None:
    """Return the field that a column (or a key of the change log) stands for: that of a reference ends in _id."""
    known = model.__fields__
    return known.get(column) or known.get(column.removesuffix("_id"))


@cache
def model_named(class_name: str) -> type[Described]:
    """Return the mapped class of that name."""
    found = Base.registry._class_registry[class_name]  # noqa: SLF001 - SQLAlchemy has no public look-up by name
    return typing.cast("type[Described]", found)
