"""How near a day is: as people say the day, in words, and as the mark of a deadline."""

from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from tomoiki.core.languages import language

URGENT_DAYS, SOON_DAYS = 3, 14
NEAR_DAYS = 300  # farther away the year belongs to the day


def day_words(day: date) -> str:
    """Return a day as people say it: 11/26（木）; no line ends inside it."""
    patterns = {"ja": "M/d（E）", "vi": "EEE d/M"}
    return str(format_date(day, patterns.get(language(), "EEE d MMM"))).replace(" ", "\N{NO-BREAK SPACE}")


def left_words(day: date, today: date) -> str:
    """Return how many days are left until a day, or how many it is over."""
    left = (day - today).days
    if left < 0:
        return _("%(days)s days over", days=-left)
    return _("%(days)s days left", days=left) if left else _("Today")


def chip(day: date, today: date) -> Markup:
    """Return the mark of a deadline: days left, then the day."""
    left = (day - today).days
    kind = "over" if left < 0 else "d3" if left <= URGENT_DAYS else "d7" if left <= SOON_DAYS else ""
    words = day_words(day) if abs(left) < NEAR_DAYS else day.isoformat()
    return Markup('<span class="dl {}"><b>{}</b> {}</span>').format(kind, left_words(day, today), words)
