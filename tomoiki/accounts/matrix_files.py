"""The permission matrix of files (DOMAIN 4, "attachment"): each follows the record that it hangs on."""

from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tomoiki.core.access import VIEWER, Grant, Matrix
from tomoiki.core.database import Base
from tomoiki.core.fields import model_named

OF_CASEWORK = frozenset({
    "inquiry", "person", "residence_status", "case", "case_staff", "activity", "fact", "consent", "deadline",
    "referral", "partner", "shelter", "bed", "stay", "organisation", "commitment", "follow_up",
})  # fmt: skip
OF_BOOKS = frozenset({
    "donor", "donation", "pledge", "fund", "expense", "receipt", "receipt_line", "bank_account", "bank_line",
})  # fmt: skip
OF_EVENTS = frozenset({"event", "attendee", "registration", "commitment", "follow_up"})
OF_INTERPRETER = frozenset({"case", "activity", "expense"})
OF_ALL = OF_CASEWORK | OF_BOOKS | OF_EVENTS
OF_CLAIMS = frozenset({"expense"})


def _columns() -> Any:
    return model_named("Attachment").__table__.c


def _any_files() -> ColumnElement[bool]:
    return sa.true()


def _receipts() -> ColumnElement[bool]:
    found: ColumnElement[bool] = _columns().kind == "receipt"
    return found


def _own_uploads() -> ColumnElement[bool]:
    found: ColumnElement[bool] = _columns().created_by == VIEWER
    return found


def _receipts_and_own_uploads() -> ColumnElement[bool]:
    return sa.or_(_receipts(), _own_uploads())


def _files(matrix: Matrix, may: str, role: str, of: frozenset[str], which: Any = _any_files) -> Grant:
    """Files of those records of these tables that the role may read."""
    return Grant(may, partial(_on_readable, matrix, role, of, which), of=of)


def _on_readable(matrix: Matrix, role: str, of: frozenset[str], which: Any) -> ColumnElement[bool]:
    file = model_named("Attachment").__table__
    on_each = [
        sa.and_(file.c.entity == name, _readable(name, rows).correlate(file).exists())
        for name in sorted(of)
        if (rows := _rows_read(matrix, role, name)) is not None
    ]
    return sa.and_(which(), sa.or_(*on_each))


def _rows_read(matrix: Matrix, role: str, name: str) -> list[ColumnElement[bool]] | None:
    """Return the conditions of a table's rows that the role may read, none for all of them; None if it may not."""
    grants = [grant for grant in matrix.get(name, {}).get(role, ()) if "read" in grant.verbs]
    if not grants:
        return None
    narrow = [grant.rows() for grant in grants if grant.rows]
    return narrow if len(narrow) == len(grants) else []


def _readable(name: str, rows: list[ColumnElement[bool]]) -> sa.Select[tuple[int]]:
    far, file = Base.metadata.tables[name], _columns()
    return sa.select(far.c.id).where(far.c.id == file.record_id, *([sa.or_(*rows)] if rows else []))


def files_of(matrix: Matrix) -> Matrix:
    """Return the rows of the matrix about files, which follow what the roles may read by the rest of it."""
    files = partial(_files, matrix)
    return {
        "attachment": {
            "admin": (files("CRUD", "admin", OF_ALL),),
            "caseworker": (
                files("CRU", "caseworker", OF_CASEWORK),
                files("CR", "caseworker", OF_CLAIMS, _receipts_and_own_uploads),
            ),
            "treasurer": (files("CRU", "treasurer", OF_BOOKS, _receipts_and_own_uploads),),
            "organiser": (
                files("CRU", "organiser", OF_EVENTS),
                files("CR", "organiser", OF_CLAIMS, _own_uploads),
            ),
            "interpreter": (files("CR", "interpreter", OF_INTERPRETER, _own_uploads),),
            "auditor": (files("R", "auditor", OF_BOOKS, _receipts),),
        },
    }
