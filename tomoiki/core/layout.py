"""What the rows of a sheet are: titles, the header, data, sections, totals. Found by itself, and changeable."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tomoiki.core.dates import ERAS
from tomoiki.core.tables import Grid, LeftOut, Merge, Sheet, SheetRow, SheetYear
from tomoiki.core.text import clean_spaces, fold

_SEARCHED = 30  # rows from the top in which a header may stand
_NARROW = 2
_TOTAL = re.compile(
    "(?:[0-9]{1,4}[年月度分]*|総|小|中|月|年|累|支援|寄付金|寄附金)*[合総小]?計(?:金額|件数|人数|額)?"
    "|(?:grand|sub)? ?totals?|sum|tong ?(?:cong)?"
)
_AMOUNTS_AROUND = re.compile("[(（][^()（）]*[)）]|[:： ]+|[0-9,]+(?:件|名|人|円)")
_AMOUNTS = re.compile("[0-9,.\\s円¥￥件人名回()（）:：-]*")
_SECTION = re.compile("[■□◆◇●▼▽▲△★☆※＊*【《〈<＜#＃~〜―注].*", re.DOTALL)
_PERIOD = re.compile(
    "(?:(?:令和|平成|昭和|[rhs])?(?:元|[0-9]{1,4})年度?)?[ ]?(?:[0-9]{1,2}月(?:分|度)?)?(?:第?[1-4]四半期)?"
)
_DITTO = frozenset({"〃", "々", "同上", "″", "”", "''"})

_ERA = "|".join(
    sorted((sign for era in ERAS for sign in (era.name, era.letter.lower())), key=len, reverse=True)
)
_FISCAL = re.compile(
    f"(?:(?P<era>{_ERA})\\.? ?(?P<of_era>元|[0-9]{{1,2}})|(?P<western>[12][0-9]{{3}}))"
    f" ?(?:(?P<kind>年度)|年(?P<plain>(?!度)))|fy ?(?P<fy>[12][0-9]{{3}})"
)


@dataclass(frozen=True)
class Choice:
    """What a person said of a sheet; None leaves it to be found."""

    header_row: int | None = None
    year: SheetYear | None = None
    is_left_out: bool | None = None


def lay_out(grid: Grid, knows: Callable[[str], bool], choice: Choice = Choice(), filename: str = "") -> Sheet:
    """Find header and data of a sheet; `knows` tells whether a cell is a word for some column."""
    top = _header_top(grid, _header_index(grid, knows, choice))
    bottom = _header_end(grid, top)
    first = grid.rows[top]
    header = _joined(grid, top, bottom)
    titles = grid.rows[:top]
    heading = "\n".join(value.strip() for row in titles for value in row.values if value.strip())
    left_out = [LeftOut(row.number, _words(row), _("title")) for row in titles]
    data: list[SheetRow] = []
    for row in grid.rows[bottom + 1 :]:
        reason = _no_data(row, header, grid.merges)
        if reason is None:
            data.append(row)
        else:
            left_out.append(LeftOut(row.number, _words(row), reason))
    year = choice.year or next(filter(None, map(find_year, (grid.name, heading, filename))), None)
    rows = list(_repeated(_filled(data, grid.merges, bottom, grid)))
    return Sheet(
        grid.name, first.number, header, rows, tuple(left_out), year, heading, is_workbook=grid.is_workbook
    )


def find_year(text: str) -> SheetYear | None:
    """Return the year that a name or title speaks of: 2021年度, 令和3年度, R3年度, FY2021; 2021年 is no 年度."""
    found = list(_FISCAL.finditer(fold(text)))
    best = next((one for one in found if one["kind"] or one["fy"]), found[0] if found else None)
    if best is None:
        return None
    if best["fy"] or best["western"]:
        year = int(best["fy"] or best["western"])
    else:
        era = next(era for era in ERAS if best["era"] in (fold(era.name), era.letter.lower()))
        year = era.first.year + (1 if best["of_era"] == "元" else int(best["of_era"])) - 1
    return SheetYear(year, is_fiscal=bool(best["fy"] or best["kind"]))


def _header_index(grid: Grid, knows: Callable[[str], bool], choice: Choice) -> int:
    """The row of which the most cells are words for columns; without one, the first that fills some cells."""
    if choice.header_row is not None:
        for index, row in enumerate(grid.rows):
            if row.number >= choice.header_row:
                return index
    searched = grid.rows[:_SEARCHED]
    scores = [
        len({clean_spaces(value) for value in row.values if value.strip() and knows(value)})
        for row in searched
    ]
    best = max(scores)
    if best:
        return scores.index(best)
    widths = [_width(row) for row in searched]
    return next((index for index, width in enumerate(widths) if width >= min(_NARROW, max(widths))), 0)


def _header_top(grid: Grid, best: int) -> int:
    """The upper row of a header of two: its cells reach down into the one that names the most columns."""
    number = grid.rows[best].number
    reaches = any(merge.first_row == number - 1 and merge.last_row >= number for merge in grid.merges)
    return best - 1 if reaches and best and grid.rows[best - 1].number == number - 1 else best


def _header_end(grid: Grid, top: int) -> int:
    """A header may take two rows: then some of its cells are merged downwards."""
    number = grid.rows[top].number
    last = max((merge.last_row for merge in grid.merges if merge.first_row == number), default=number)
    end = top
    while end + 1 < len(grid.rows) and grid.rows[end + 1].number <= min(last, number + 1):
        end += 1
    return end


def _joined(grid: Grid, top: int, bottom: int) -> tuple[str, ...]:
    rows = grid.rows[top : bottom + 1]
    width = max(len(row.values) for row in rows)
    header = [""] * width
    for row in rows:
        for column, value in enumerate(row.values):
            header[column] = value.strip() or header[column]
    return tuple(header)


def _no_data(row: SheetRow, header: Sequence[str], merges: Sequence[Merge]) -> LazyString | None:
    """Say why a row below the header is none of the list, or None for data."""
    filled = [clean_spaces(value) for value in row.values if value.strip()]
    if (
        len(filled) > 1
        and [value.strip() for value in row.values if value.strip()]
        == [name for name in header if name][: len(filled)]
    ):
        return _("the header again")
    columns = sum(1 for name in header if name)
    if _is_total(filled, columns):
        return _("total")
    if len(filled) == 1 and columns > _NARROW and _is_section(row, filled[0], merges, columns):
        return _("section or note")
    return None


def _is_total(filled: Sequence[str], columns: int) -> bool:
    """A total names itself in its first cells; the others hold numbers only."""
    names = [value for value in filled if not _AMOUNTS.fullmatch(value)]
    is_named = len(names) == 1 and names[0] in filled[:2]
    return (
        is_named and columns > 1 and bool(_TOTAL.fullmatch(_AMOUNTS_AROUND.sub("", fold(names[0])).strip()))
    )


def _is_section(row: SheetRow, text: str, merges: Sequence[Merge], columns: int) -> bool:
    is_wide = any(
        merge.first_row <= row.number <= merge.last_row and merge.width * 2 > columns for merge in merges
    )
    period = fold(text).replace("　", " ").strip()
    return is_wide or bool(_SECTION.fullmatch(text)) or bool(period and _PERIOD.fullmatch(period))


def _filled(rows: Sequence[SheetRow], merges: Sequence[Merge], bottom: int, grid: Grid) -> Iterator[SheetRow]:
    """Let the value of cells merged downwards count for every row that they reach."""
    tall = [merge for merge in merges if merge.last_row > merge.first_row > grid.rows[bottom].number]
    values: dict[int, dict[int, str]] = {}
    numbered = {row.number: row for row in grid.rows} if tall else {}
    for merge in tall:
        first = numbered.get(merge.first_row)
        text = first.values[merge.first_column] if first and merge.first_column < len(first.values) else ""
        for number in range(merge.first_row + 1, merge.last_row + 1):
            values.setdefault(number, {})[merge.first_column] = text
    for row in rows:
        above = values.get(row.number)
        yield SheetRow(row.number, _with(row.values, above)) if above else row


def _with(values: Sequence[str], above: dict[int, str]) -> tuple[str, ...]:
    width = max(len(values), max(above) + 1)
    return tuple((values[at] if at < len(values) else "") or above.get(at, "") for at in range(width))


def _repeated(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    """Let 〃 and 同上 stand for the cell above."""
    above: tuple[str, ...] = ()
    for row in rows:
        if any(value.strip() in _DITTO for value in row.values):
            row = SheetRow(  # noqa: PLW2901 - the row as it is meant
                row.number,
                tuple(
                    above[at] if value.strip() in _DITTO and at < len(above) else value
                    for at, value in enumerate(row.values)
                ),
            )
        above = row.values
        yield row


def _width(row: SheetRow) -> int:
    return sum(1 for value in row.values if value.strip())


def _words(row: SheetRow) -> str:
    return " ".join(value.strip() for value in row.values if value.strip())[:80]
