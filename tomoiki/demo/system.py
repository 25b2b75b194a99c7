"""What the demo's administrator did: words of the lists, and a few lines in both logs."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.accounts.models import OfficeChoice, Setting
from tomoiki.accounts.settings import SettingKey
from tomoiki.cases.models import Case
from tomoiki.core.history import AccessLog, ChangeLog
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Rows
from tomoiki.demo.team import Team

WORDS: tuple[dict[str, Any], ...] = (
    {
        "list": "case_category",
        "code": "sns_fraud",
        "ja": "SNS詐欺",
        "vi": "Lừa đảo qua mạng",
        "en": "Online fraud",
    },
    {"list": "support_type", "code": "bedding", "ja": "寝具", "vi": "Chăn đệm", "en": "Bedding"},
    {"list": "payment_method", "code": "giveone", "ja": "GiveOne（終了）", "active": False},
    {"list": "activity_type", "code": "visit", "ja": "訪問・面談"},
)
LOOKS = 20
EMERGENCY = (
    "警察 ・ Cảnh sát 110\n救急・消防 ・ Cấp cứu, cứu hỏa 119"  # the two that everybody knows to be right
)


def tell_whom_to_call(session: Session) -> None:
    """Write the emergency numbers that an interpreter finds on her first page."""
    setting = Setting.__table__.c
    asked = sa.update(Setting).where(
        setting.key == SettingKey.emergency_contacts.value, setting.value.is_(None)
    )
    session.execute(asked.values(value=EMERGENCY))


def add_system(chance: Chance, rows: Rows, team: Team) -> None:
    """Add the office's own words, and who changed and looked at the newest cases."""
    first = moment(chance.first_day, 10)
    for words in WORDS:
        rows.add(OfficeChoice, first, **words)
    newest = [case for case in rows.all(Case) if case["next_action_on"]][-LOOKS:]
    for at, case in enumerate(newest):
        day = chance.last_day - timedelta(days=len(newest) - at)
        by = case["owner_id"] or team.caseworkers[at % 2]
        seen = moment(max(day, case["opened_on"]), 10 + at % 6)
        rows.add(AccessLog, seen, at=seen, user_id=by, action="view", entity="case", record_id=case["id"])
        case |= {"version": 2, "updated_at": seen, "updated_by": by}
        rows.add(
            ChangeLog, seen, at=seen, user_id=by, origin="page", action="change", entity="case", version=2,
            record_id=case["id"], diff={"next_action_on": [None, case["next_action_on"].isoformat()]},
        )  # fmt: skip
