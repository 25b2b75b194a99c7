"""Days, moments, Japanese eras and fiscal years: read from what people type, shown as offices write them."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple, Self

from flask_babel import LazyString, format_date
from flask_babel import lazy_gettext as _

from tomoiki.core.reading import BadInput, Read
from tomoiki.core.text import plain

TOKYO = timezone(timedelta(hours=9), "JST")  # Japan has no summer time; so no zone files, which Windows lacks

JANUARY, FEBRUARY, APRIL, DECEMBER = 1, 2, 4, 12
NOON = 12
_GREGORIAN_SINCE = date(1873, 1, 1)
_FIRST_YEAR = 1000  # below it a date picker was left half-way: 0026
_FIRST_BIRTH_YEAR = 1900
_HEISEI_PAPERS_UNTIL = date(2029, 12, 31)  # papers printed before 2019-05 with ten years to run: 平成41年


@dataclass(frozen=True)
class Era:
    """A Japanese era and the days that belong to it."""

    name: str
    letter: str
    first: date
    last: date

    def year(self, western: int) -> str:
        """The year of the era as it is written: 元 for the first."""
        return "元" if western == self.first.year else str(western - self.first.year + 1)


HEISEI = Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30))
ERAS = (
    Era("明治", "M", date(1868, 1, 25), date(1912, 7, 29)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    HEISEI,
    Era("令和", "R", date(2019, 5, 1), date.max),
)
_ERA_OF = {sign: era for era in ERAS for sign in (era.name, era.name[0], era.letter)}

_ERA_YEAR = f"(?P<era>{'|'.join(sorted(_ERA_OF, key=len, reverse=True))})\\.?(?P<y>元|[0-9]{{1,2}})"
_MONTH_DAY = r"(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
_MONTH_DAY_KANJI = "年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日?"
_YEAR_FIRST = (
    re.compile("(?P<y>[0-9]{4})" + _MONTH_DAY),
    re.compile("(?P<y>[0-9]{4})" + _MONTH_DAY_KANJI),
    re.compile("(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
)
_ERA_DAY = (re.compile(_ERA_YEAR + _MONTH_DAY), re.compile(_ERA_YEAR + _MONTH_DAY_KANJI))
_DAY_FIRST = (re.compile(r"(?P<d>[0-9]{1,2})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4})"),)
_SHORT_YEAR = re.compile("[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}")
_BIRTH_YEAR = re.compile(f"(?:{_ERA_YEAR}|(?P<western>[0-9]{{4}}))年?(?:生まれ|生)?(?:頃|ごろ|ころ)?")
_MOMENT = re.compile(
    r"(?P<day>.*[^ T]) ?[T ](?P<half>午前|午後)? ?(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)"
    r" ?(?P<half_after>午前|午後)?(?: ?GMT\+9)?"  # so Google Forms writes
)


class Birth(NamedTuple):
    """A known day of birth, or only the year; never both."""

    on: date | None
    year: int | None


@dataclass(frozen=True, order=True)
class FiscalYear:
    """The twelve months from the first of `start_month` in `start_year`."""

    start_year: int
    start_month: int = APRIL

    @classmethod
    def of(cls, day: date, start_month: int = APRIL) -> Self:
        """The fiscal year that the day belongs to."""
        return cls(day.year if day.month >= start_month else day.year - 1, start_month)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def first(self) -> date:
        return date(self.start_year, self.start_month, 1)

    @property
    def last(self) -> date:
        if self.start_month == JANUARY:
            return date(self.start_year, DECEMBER, 31)
        return date(self.start_year + 1, self.start_month, 1) - timedelta(days=1)

    @property
    def wareki(self) -> str:
        """令和8年度; a year in which the era changed bears the new name: so it was decided in 2019."""
        era = _find_era(date(self.start_year, DECEMBER, 31))
        return f"{era.name}{era.year(self.start_year)}年度" if era else f"{self.start_year}年度"


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Tokyo."""
    return in_tokyo(now()).date()


def in_tokyo(moment: datetime) -> datetime:
    """The same moment on a clock in Tokyo."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone could be any hour.")
    return moment.astimezone(TOKYO)


def read_day(text: str, *, day_first: bool = False) -> Read[date]:
    """A day in any spelling of DOMAIN 9.3; raise BadInput for what is none, or could be two."""
    typed = _without_spaces(text)
    if found := _match(_YEAR_FIRST, typed):
        return Read(_day(int(found["y"]), found))
    if found := _match(_ERA_DAY, typed):
        return _read_era_day(found)
    if found := _match(_DAY_FIRST, typed):
        return _read_day_first(found, is_allowed=day_first)
    if _SHORT_YEAR.fullmatch(typed):
        raise BadInput(_("Write the year with four digits (2026-04-03) or with its era (R8.4.3)."))
    raise BadInput(_("This is not a date. Write it like 2026-04-03 or R8.4.3."))


def read_birth(text: str, *, day_first: bool = False, today: date | None = None) -> Read[Birth]:
    """A day of birth, or just a year (1998, 1998年頃); raise BadInput if it lies after `today`."""
    read = _read_birth_year(text) or _read_birth_day(text, day_first=day_first)
    year = read.value.on.year if read.value.on else read.value.year or 0
    if year < _FIRST_BIRTH_YEAR:
        raise BadInput(_("The year of birth is before %(year)s. Check the date.", year=_FIRST_BIRTH_YEAR))
    if today and (year > today.year or (read.value.on or today) > today):
        raise BadInput(_("This day of birth is in the future. Check the date."))
    return read


def read_moment(text: str) -> Read[datetime]:
    """A day and a time on Tokyo's clock, as a moment in UTC; raise BadInput without a time."""
    typed = plain(text)
    found = _MOMENT.fullmatch(typed.upper())
    if not found:
        read_day(typed)  # tells first what is wrong with the day
        raise BadInput(_("Add the time to the day (e.g. 2026-11-23 13:00)."))
    day = read_day(found["day"])
    clock = _clock(found["clock"], found["half"] or found["half_after"])
    return Read(datetime.combine(day.value, clock, TOKYO).astimezone(UTC), day.remark)


def wareki(day: date) -> str:
    """令和8年11月25日; before Japan took the western calendar the ISO date."""
    era = _find_era(day)
    return f"{era.name}{era.year(day.year)}年{day.month}月{day.day}日" if era else day.isoformat()


def age_on(birth: date, on: date) -> int:
    """Full years by the ordinary birthday; 29 February counts from 1 March where there is none."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def legal_age_on(birth: date, on: date) -> int:
    """Full years at the end of the day: by 年齢計算ニ関スル法律 the eve of the birthday adds one."""
    return age_on(birth, on + timedelta(days=1))


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of that day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def months_later(day: date, months: int) -> date:
    """The same day that many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _without_spaces(text: str) -> str:
    return plain(text).replace(" ", "").upper()


def _match(forms: tuple[re.Pattern[str], ...], typed: str) -> re.Match[str] | None:
    return next((found for form in forms if (found := form.fullmatch(typed))), None)


def _day(year: int, found: re.Match[str]) -> date:
    month, day = int(found["m"]), int(found["d"])
    if year < _FIRST_YEAR:
        raise BadInput(_("Write the year with four digits (2026-04-03)."))
    if not JANUARY <= month <= DECEMBER:
        raise BadInput(_("Months run from 1 to 12. Check the date."))
    if day < 1:
        raise BadInput(_("Days are counted from 1. Check the date."))
    if day > monthrange(year, month)[1]:
        raise BadInput(_month_is_too_short(year, month))
    return date(year, month, day)


def _month_is_too_short(year: int, month: int) -> LazyString:
    days = monthrange(year, month)[1]
    if month == FEBRUARY:
        return _("February %(year)s has only %(days)s days. Check the date.", year=year, days=days)
    name = LazyString(format_date, date(year, month, 1), "LLLL")
    return _("%(month)s has only %(days)s days. Check the date.", month=name, days=days)


def _read_era_day(found: re.Match[str]) -> Read[date]:
    era = _ERA_OF[found["era"]]
    day = _day(_western_year(era, found["y"]), found)
    if day < _GREGORIAN_SINCE:
        raise BadInput(
            _("Japan had another calendar before 1873. Write the western date, with the year first.")
        )
    if era.first <= day <= era.last:
        return Read(day)
    if era is HEISEI and era.last < day <= _HEISEI_PAPERS_UNTIL:
        return Read(day, _("Heisei ended on 30 April 2019. Read as %(right)s.", right=wareki(day)))
    raise BadInput(
        _("This day is %(right)s. Check the era and the year.", right=wareki(day)), day.isoformat()
    )


def _western_year(era: Era, year: str) -> int:
    number = 1 if year == "元" else int(year)
    if number == 0:
        raise BadInput(_("An era begins with year 1 (元年). Check the year."))
    return era.first.year + number - 1


def _read_day_first(found: re.Match[str], *, is_allowed: bool) -> Read[date]:
    day = _day(int(found["y"]), found)
    if not is_allowed:
        raise BadInput(_("Write the year first (e.g. %(day)s).", day=day.isoformat()), day.isoformat())
    return Read(day, _("Read as %(day)s.", day=LazyString(format_date, day, "long")))


def _read_birth_year(text: str) -> Read[Birth] | None:
    found = _BIRTH_YEAR.fullmatch(_without_spaces(text))
    if not found:
        return None
    if found["western"]:
        return Read(Birth(None, int(found["western"])))
    era = _ERA_OF[found["era"]]
    year = _western_year(era, found["y"])
    if year > era.last.year:
        raise BadInput(_("%(era)s has no such year. Check the year.", era=era.name), str(year))
    return Read(Birth(None, year))


def _read_birth_day(text: str, *, day_first: bool) -> Read[Birth]:
    day = read_day(text, day_first=day_first)
    return Read(Birth(day.value, None), day.remark)


def _clock(typed: str, half: str | None) -> time:
    hour, minute, second = (*map(int, typed.split(":")), 0)[:3]
    if half:
        hour = _hour_of_24(hour, half)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise BadInput(_("Hours run from 0:00 to 23:59. Check the time.")) from None


def _hour_of_24(hour: int, half: str) -> int:
    if hour > NOON:
        return 24  # 午後13:00: no such hour
    return hour % NOON + (NOON if half == "午後" else 0)


def _find_era(day: date) -> Era | None:
    if day < _GREGORIAN_SINCE:
        return None
    return next(era for era in ERAS if day <= era.last)
