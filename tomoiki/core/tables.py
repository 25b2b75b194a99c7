"""What a table read from a file is, what it may not pass, and how a whole file is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

MOST_BYTES = 50 * 2**20
MOST_ROWS = 50_000
MOST_COLUMNS = 500
MOST_CELL = 32_767  # what one cell of Excel holds


class Refused(ValueError):  # noqa: N818 - named after the fact, as STYLE section 3 wants
    """The whole file cannot be taken; `message` says why and what to do, in the reader's language."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class SheetRow:
    """One row of cells as text, with the number by which a person finds it in the file."""

    number: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """One table: its name (empty in a CSV file), the row that names the columns, and the rows below it."""

    name: str
    header_row: int
    header: tuple[str, ...]
    rows: Sequence[SheetRow] = field(repr=False)


def check_width(count: int) -> None:
    """Raise Refused for more columns than any list of an office has."""
    if count > MOST_COLUMNS:
        raise Refused(_("The file has too many columns. It may have %(most)s.", most=MOST_COLUMNS))


def check_length(count: int) -> None:
    """Raise Refused for more rows than one import takes."""
    if count > MOST_ROWS:
        raise Refused(_("The file has too many rows. Import at most %(most)s at a time.", most=MOST_ROWS))


def check_cell(text: str, row: int) -> None:
    """Raise Refused for a cell that no spreadsheet could have held."""
    if len(text) > MOST_CELL:
        raise Refused(
            _("A cell in row %(row)s is too long. It may have %(most)s signs.", row=row, most=MOST_CELL)
        )
