"""How people write ways of attending, affiliations and times of arrival in lists of their own."""

import re

from flask_babel import lazy_gettext as _

from tomoiki.core.formats import Format
from tomoiki.core.reading import BadInput, Read
from tomoiki.core.text import plain

MODE = {
    "会場": "venue", "対面": "venue", "会場参加": "venue", "現地": "venue", "来場": "venue", "Trực tiếp": "venue",
    "オンライン": "online", "オンライン参加": "online", "Zoom": "online", "ZOOM参加": "online", "ウェブ": "online",
    "Trực tuyến": "online", "Online": "online",
}  # fmt: skip

AFFILIATION = {
    "高校": "high_school", "高校生": "high_school", "大学": "university", "大学生": "university", "大学院": "university",
    "専門": "vocational", "専門学校": "vocational", "日本語学校": "language_school",
    "企業": "company", "会社員": "company",
    "社会人": "company", "一般": "public", "その他": "public",
}  # fmt: skip

_CLOCK = re.compile("(?:[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2} )?([0-9]{1,2})[:時]([0-9]{2})分?(?::[0-9]{2})?")
_HOURS, _MINUTES = 24, 60


def _read_clock(text: str) -> Read[str]:
    found = _CLOCK.fullmatch(plain(text))
    if not found or int(found[1]) >= _HOURS or int(found[2]) >= _MINUTES:
        raise BadInput(_("This is not a time. Write it like 13:05."))
    return Read(f"{int(found[1]):02d}:{found[2]}")


CLOCK = Format(_read_clock)
