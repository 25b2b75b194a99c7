"""What is remembered of a file: its fingerprint, the shape of its headers, and what was chosen for that shape."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_views.engine.importing import Wishes
from admin_views.engine.storing import Source
from tomoiki.core.imports import ImportRun
from tomoiki.core.layout import Choice, find_year
from tomoiki.core.ledgers import squeezed
from tomoiki.core.sheets import Spelling
from tomoiki.core.tables import Grid

_TOP = 10  # the header stands in one of so many rows


def shape_of(grids: Sequence[Grid]) -> str:
    """Return the same fingerprint for files whose first rows hold the same words, whatever the data below."""
    words = sorted({squeezed(value) for grid in grids for value in _widest(grid)})
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _widest(grid: Grid) -> Sequence[str]:
    """The first of the top rows that fills the most cells: where a header stands."""
    return max(grid.rows[:_TOP], key=lambda row: sum(1 for value in row.values if value.strip())).values


def source_of(name: str, data: bytes, shape: str, wishes: Mapping[str, Any]) -> Source:
    """Return what an import's record keeps of its file."""
    return Source(name, hashlib.sha256(data).hexdigest(), shape, dict(wishes))


def wishes_as_json(wishes: Wishes, spelling: Spelling) -> dict[str, Any]:
    """Return what was chosen, as far as the next file of this shape is read the same way."""
    return {
        "columns": dict(wishes.given.columns or {}),
        "encoding": spelling.encoding,
        "delimiter": spelling.delimiter,
    }


def remembered(session: Session, screen: str, shape: str) -> Mapping[str, Any]:
    """Return what was chosen for the last file of this shape on this screen."""
    found = session.scalar(
        sa.select(ImportRun.wishes)
        .where(ImportRun.screen == screen, ImportRun.shape == shape)
        .order_by(ImportRun.id.desc())
        .limit(1)
    )
    return found or {}


def sheet_choice(said: Mapping[str, Any]) -> Choice:
    """Return what was said of a sheet: header_row, year (2021年度), ignore."""
    row = str(said.get("header_row") or "")
    return Choice(
        int(row) if row.isdecimal() else None,
        find_year(str(said.get("year") or "")),
        bool(said["ignore"]) if "ignore" in said else None,
    )
