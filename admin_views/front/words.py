"""How the front page says days, how long somebody waits, and counts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from admin_views.engine.boxes import Counted
from admin_views.engine.parts import Part
from admin_views.engine.values import label, tone
from tomoiki.core.languages import language
from tomoiki.core.vocabulary import AnyChoice

URGENT_DAYS, SOON_DAYS = 3, 14
HOUR, HOURS, DAY = 60, 120, 1440
DOT = " ・ "


def dotted(*parts: Any) -> str:
    """Return what is known of these, with dots between."""
    return DOT.join(str(part) for part in parts if part)


def day_words(day: date) -> str:
    """Return a day as people say it: 11/26（木）; no line ends inside it."""
    patterns = {"ja": "M/d（E）", "vi": "EEE d/M"}
    return str(format_date(day, patterns.get(language(), "EEE d MMM"))).replace(" ", "\N{NO-BREAK SPACE}")


def minutes_words(minutes: float) -> str:
    """Return a length of time: minutes below two hours, then hours and minutes, days from two on."""
    whole = int(minutes)
    if whole < HOURS:
        return _("%(count)s min", count=whole)
    if whole < 2 * DAY:
        hours, rest = divmod(whole, HOUR)
        return (
            _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
            if rest
            else _("%(count)s h", count=hours)
        )
    return _("%(count)s days", count=f"{whole // DAY:,}")


def span_words(span: timedelta) -> str:
    """Return a length of time in words."""
    return minutes_words(span.total_seconds() / 60)


def chip(day: date, today: date) -> Markup:
    """Return the mark of a deadline: days left, then the day."""
    left = (day - today).days
    if left < 0:
        kind, words = "over", _("%(days)s days over", days=-left)
    elif left == 0:
        kind, words = "d3", _("Today")
    else:
        kind = "d3" if left <= URGENT_DAYS else "d7" if left <= SOON_DAYS else ""
        words = _("%(days)s days left", days=left)
    return Markup('<span class="dl {}"><b>{}</b> {}</span>').format(kind, words, day_words(day))


def tag(choices: AnyChoice, code: str) -> Markup:
    """Return a code as a tag."""
    return Markup('<span class="tag {}">{}</span>').format(tone(choices, code), label(choices, code))


def number(value: int) -> str:
    """Return a count with its thousands apart."""
    return f"{value:,}"


def all_of(part: Part, count: int) -> Sequence[Counted]:
    """Return the link to a list that a box shows the first rows of."""
    return (Counted(_("All %(count)s", count=number(count)), part.address, count),) if count else ()
