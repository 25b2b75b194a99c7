"""Loads the benchmark's common data (shared/bench/make_data.py) into a database of ours; ids are kept.

    python bench/load.py COMMON_DB OUR_DB      # with TOMOIKI_INSTANCE set; OUR_DB must not exist yet

Rows are copied within SQLite and bypass the change log: a hundred thousand cases in seconds. Activities
(`support_log`) come along as rows, but not in the search index: no peer searches them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EMAIL, PASSWORD = "bench@example.org", "correct horse battery staple"
USERS = 9  # make_data.py hands cases to users 1 to 8; the first of ours logs in

STATUS = {
    "open": "open",
    "in_progress": "active",
    "waiting": "waiting",
    "referred": "resolved",
    "closed": "closed",
}
CATEGORY = {
    "visa": "visa", "work": "wage_unpaid", "housing": "housing", "medical": "illness", "education": "school",
    "family": "marriage", "legal": "criminal", "language": "job_search", "other": "other",
}  # fmt: skip
TITLE = {  # free of the words that the benchmark searches for: they stand in summaries only
    "visa": "ビザの更新相談", "work": "給料の未払い相談", "housing": "住まいの相談", "medical": "通院と治療の相談", "education": "学校の相談",
    "family": "結婚・離婚の相談", "legal": "刑事手続きの相談", "language": "仕事探しの相談", "other": "その他の相談",
}  # fmt: skip
PRIORITY = {1: "normal", 2: "today", 3: "now"}
ACTIVITY = {"電話": "call", "面談": "meet", "同行": "accompany", "メール": "chat", "LINE": "chat"}
FUND = {"一般": 1, "奨学金": 2, "緊急支援": 3}
METHOD = {"bank": "bank", "card": "card", "cash": "cash", "post": "yucho_furikae"}


def log_in(http: Any) -> None:
    """Log a client of the benchmark in through the real form."""
    path, fields = http.scrape("/login", "password")
    mine = {"email": EMAIL, "password": PASSWORD}
    http.request("POST", path, [(name, mine.get(name, value)) for name, value in fields])


def main(source: str, target: str) -> None:
    """Make the schema, copy the rows, index them."""
    os.environ["DATABASE_URL"] = f"sqlite:///{target}"
    sys.path.insert(0, str(ROOT))
    from app import create_app  # noqa: PLC0415
    from tomoiki.core.schema import upgrade  # noqa: PLC0415 - the address of the database comes first

    with create_app().app_context():
        upgrade()
        _fill(source)


def _fill(source: str) -> None:
    from tomoiki.core.database import db  # noqa: PLC0415

    with db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")  # ATTACH wants no transaction
        connection.exec_driver_sql("ATTACH ? AS src", (source,))
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        _copy_all(connection)
        _index(connection)
        connection.exec_driver_sql("ANALYZE main")
        connection.commit()


def _copy_all(connection: Any) -> None:
    from tomoiki.cases.models import Activity, Case  # noqa: PLC0415
    from tomoiki.money.models import Donation, Donor  # noqa: PLC0415
    from tomoiki.organisations.models import Organisation  # noqa: PLC0415
    from tomoiki.people.models import Person  # noqa: PLC0415

    _add_users(connection)
    _add_funds(connection)
    _copy(connection, Organisation, "company", {"name": "name", "pref": _prefecture()})
    _copy(connection, Person, "person", PERSON | {"pref": _prefecture()})
    _copy(connection, Case, "support_case", CASE)
    connection.exec_driver_sql(
        f"INSERT INTO case_category (case_id, code) SELECT id, {_map('category', CATEGORY)} FROM src.support_case"
    )
    _copy(connection, Activity, "support_log", LOG)
    _copy(
        connection,
        Donor,
        "donor",
        {"code": "printf('N-%05d', id)", "name": "name", "name_kana": "kana", "email": "email"},
    )
    _copy(connection, Donation, "donation", DONATION)


def _map(column: str, words: Mapping[Any, Any]) -> str:
    """Return the SQL that turns their codes into ours."""
    return (
        f"CASE {column} "
        + " ".join(f"WHEN {_quote(key)} THEN {_quote(value)}" for key, value in words.items())
        + " END"
    )


def _quote(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(int(value)) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def _number(letter: str, day: str) -> str:
    return f"printf('{letter}%s-%06d', substr({day}, 1, 4), id)"


PERSON = {
    "code": "printf('P-%06d', id)",
    "full_name_vi": "name",
    "name_kana": "kana",
    "birth_date": "birth_date",
    "phone_jp": "'+81' || replace(substr(phone, 2), '-', '')",
}
CASE = {
    "number": _number("T", "opened_on"),
    "person_id": "person_id",
    "employer_id": "company_id",
    "opened_on": "opened_on",
    "closed_on": "closed_on",
    "status": _map("status", STATUS),
    "priority": _map("priority", PRIORITY),
    "primary_category": _map("category", CATEGORY),
    "title": _map("category", TITLE),
    "story": "summary",
    "owner_id": "assigned_user_id",
}
LOG = {
    "case_id": "case_id",
    "at": "done_on || ' 03:00:00.000000'",
    "type": _map("kind", ACTIVITY),
    "minutes": "minutes",
    "note": "body",
    "counts_as_contact": "1",
}
DONATION = {
    "number": _number("D", "received_on"),
    "donor_id": "donor_id",
    "received_on": "received_on",
    "amount": "amount",
    "fund_id": _map("fund", FUND),
    "method": _map("method", METHOD),
}


def _prefecture() -> str:
    sys.path.insert(0, os.environ.get("BENCH_HOME") or "/work/shared/bench")
    from make_data import PREFS  # type: ignore[import-not-found]  # noqa: PLC0415 - the common data's own

    return _map("prefecture", {name: f"{at:02d}" for at, name in enumerate(PREFS, start=1)})


def _copy(connection: Any, model: Any, source: str, given: Mapping[str, str]) -> None:
    """Copy a table; what is not given gets the model's default."""
    known = {
        "id": "id",
        "created_at": "'2026-01-01 00:00:00.000000'",
        "updated_at": "'2026-01-01 00:00:00.000000'",
        **given,
    }
    columns = {
        column.name: known.get(column.name) or _default(column)
        for column in model.__table__.c
        if not column.computed
    }
    names = ", ".join(f'"{name}"' for name in columns)
    connection.exec_driver_sql(
        f'INSERT INTO main."{model.__tablename__}" ({names}) SELECT {", ".join(columns.values())} FROM src.{source}'
    )


def _default(column: Any) -> str:
    default = column.default
    return _quote(default.arg if default is not None and default.is_scalar else None)


def _add_users(connection: Any) -> None:
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from tomoiki.accounts.services import add_user  # noqa: PLC0415

    with Session(connection) as session:
        add_user(session, EMAIL, "Bench", ["admin"], PASSWORD)
        for at in range(2, USERS + 1):
            add_user(session, f"user{at}@example.org", f"相談員 {at}", ["caseworker"])
        session.flush()


def _add_funds(connection: Any) -> None:
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from tomoiki.money.lists import FundKind  # noqa: PLC0415
    from tomoiki.money.models import Fund  # noqa: PLC0415

    with Session(connection) as session:  # the first migration made fund 1
        for name, key in list(FUND.items())[1:]:
            session.add(Fund(id=key, code=f"F{key}", name=name, kind=FundKind.restricted))
            session.flush()


def _index(connection: Any) -> None:
    from tomoiki.cases.models import Case  # noqa: PLC0415
    from tomoiki.core.search import index_records  # noqa: PLC0415
    from tomoiki.money.models import Donation, Donor  # noqa: PLC0415
    from tomoiki.people.models import Person  # noqa: PLC0415

    for model in (Case, Person, Donor, Donation):
        index_records(connection, model)


if __name__ == "__main__":
    main(*sys.argv[1:])
