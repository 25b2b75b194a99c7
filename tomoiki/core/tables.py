"""What a table read from a file is, what it may not pass, and how a whole file is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

MEGABYTE = 2**20
MOST_COLUMNS = 500
MOST_CELL = 32_767  # what one cell of Excel holds
ABOVE_AND_BELOW = 200  # titles, sections, totals and notes that a list may have beside its rows


@dataclass(frozen=True)
class Limits:
    """How much one import takes; the office may change both (settings `import_max_…`)."""

    megabytes: int = 50
    rows: int = 50_000

    @property
    def bytes(self) -> int:
        """Return the largest size of a file."""
        return self.megabytes * MEGABYTE


USUAL = Limits()


class Refused(ValueError):  # noqa: N818 - named after the fact, as STYLE section 3 wants
    """The whole file cannot be taken; `message` says why and what to do, in the reader's language."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of cells as text, with the number by which a person finds it in the file."""

    number: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class Merge:
    """Cells drawn as one: rows as people count them, columns from 0; the first cell holds the value."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @property
    def width(self) -> int:
        """Return over how many columns it reaches."""
        return self.last_column - self.first_column + 1


@dataclass(frozen=True)
class Grid:
    """A sheet as it lies in the file: every row that holds something, titles and totals included."""

    name: str
    rows: Sequence[SheetRow] = field(repr=False)
    merges: Sequence[Merge] = ()
    is_workbook: bool = False


@dataclass(frozen=True)
class SheetYear:
    """The year that a sheet is about, for days written without one: fiscal (年度), or a calendar year."""

    year: int
    is_fiscal: bool = True


@dataclass(frozen=True)
class LeftOut:
    """A row that is no data: a title, a section, a total, a note."""

    row: int
    text: str
    reason: LazyString


@dataclass(frozen=True)
class Sheet:
    """One table: its name (empty in a CSV file), the row that names the columns, and the rows below it."""

    name: str
    header_row: int
    header: tuple[str, ...]
    rows: Sequence[SheetRow] = field(repr=False)
    left_out: Sequence[LeftOut] = ()
    year: SheetYear | None = None
    heading: str = ""
    is_workbook: bool = False


def check_width(count: int) -> None:
    """Raise Refused for more columns than any list of an office has."""
    if count > MOST_COLUMNS:
        raise Refused(_("The file has too many columns. It may have %(most)s.", most=MOST_COLUMNS))


def check_length(count: int, most: int) -> None:
    """Raise Refused for more rows than one import takes."""
    if count > most:
        raise Refused(_("The file has too many rows. Import at most %(most)s at a time.", most=most))


def check_cell(text: str, row: int) -> None:
    """Raise Refused for a cell that no spreadsheet could have held."""
    if len(text) > MOST_CELL:
        raise Refused(
            _("A cell in row %(row)s is too long. It may have %(most)s signs.", row=row, most=MOST_CELL)
        )


class Once:
    """The words of a list, each kept once: 50,000 rows say 「ベトナム」 50,000 times."""

    MOST = 20_000

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """Return an equal text, the same object for equal ones."""
        if len(self._known) < self.MOST:
            return self._known.setdefault(text, text)
        return self._known.get(text, text)
