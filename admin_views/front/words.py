"""How the front page says days, how long somebody waits, and counts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from admin_views.engine.boxes import Counted
from admin_views.engine.parts import Part
from admin_views.engine.values import label, tone
from tomoiki.core.vocabulary import AnyChoice

HOUR, HOURS, DAY = 60, 120, 1440
DOT = " ・ "


def dotted(*parts: Any) -> str:
    """Return what is known of these, with dots between."""
    return DOT.join(str(part) for part in parts if part)


def minutes_words(minutes: float, *, as_hours: bool = False) -> str:
    """Return a length of time: minutes below two hours, then hours and minutes, days from two on (`as_hours`: never)."""
    whole = int(minutes)
    if whole < HOURS:
        return _("%(count)s min", count=whole)
    if whole < 2 * DAY or as_hours:
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


def tag(choices: AnyChoice, code: str) -> Markup:
    """Return a code as a tag."""
    return Markup('<span class="tag {}">{}</span>').format(tone(choices, code), label(choices, code))


def number(value: int) -> str:
    """Return a count with its thousands apart."""
    return f"{value:,}"


def all_of(part: Part, count: int) -> Sequence[Counted]:
    """Return the link to a list that a box shows the first rows of."""
    return (Counted(_("All %(count)s", count=number(count)), part.address, count),) if count else ()
