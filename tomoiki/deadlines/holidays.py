"""Days on which offices are closed, 2025 to 2028 (国民の祝日に関する法律; 12/29 to 1/3), as the office starts with them.

The equinox days are fixed by the gazette of the year before: the table is editable.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

YEARS = range(2025, 2029)
SUBSTITUTE, BETWEEN, YEAR_END = "振替休日", "国民の休日", "年末年始"
FIXED = {
    (1, 1): "元日",
    (2, 11): "建国記念の日",
    (2, 23): "天皇誕生日",
    (4, 29): "昭和の日",
    (5, 3): "憲法記念日",
    (5, 4): "みどりの日",
    (5, 5): "こどもの日",
    (8, 11): "山の日",
    (11, 3): "文化の日",
    (11, 23): "勤労感謝の日",
}
OTHERS = {  # coming-of-age, spring, sea, aged, autumn, sport: then those that follow from others
    2025: ("01-13", "03-20", "07-21", "09-15", "09-23", "10-13",
           {"02-24": SUBSTITUTE, "05-06": SUBSTITUTE, "11-24": SUBSTITUTE}),
    2026: ("01-12", "03-20", "07-20", "09-21", "09-23", "10-12", {"05-06": SUBSTITUTE, "09-22": BETWEEN}),
    2027: ("01-11", "03-21", "07-19", "09-20", "09-23", "10-11", {"03-22": SUBSTITUTE}),
    2028: ("01-10", "03-20", "07-17", "09-18", "09-22", "10-09", {}),
}  # fmt: skip
NAMES = ("成人の日", "春分の日", "海の日", "敬老の日", "秋分の日", "スポーツの日")
YEAR_ENDS = ((1, 2), (1, 3), (12, 29), (12, 30), (12, 31))


def seed_rows() -> Iterator[dict[str, Any]]:
    """Yield every closed day as a row, in order."""
    for day, name in sorted(_days()):
        yield {"date": day, "name": name}


def _days() -> Iterator[tuple[date, str]]:
    for year in YEARS:
        *moving, following = OTHERS[year]
        yield from ((date(year, *day), name) for day, name in FIXED.items())
        yield from ((date(year, *day), YEAR_END) for day in YEAR_ENDS)
        for text, name in (*zip(moving, NAMES, strict=True), *following.items()):
            yield date.fromisoformat(f"{year}-{text}"), name
