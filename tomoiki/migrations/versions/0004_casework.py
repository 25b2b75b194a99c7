"""First contacts, legal days and their rules, partners, shelter: the rest of casework.

Which days are closed and which rules count is data that offices change; here they get what the program knows.
The rule that neither a bed nor a person has two stays on one night is a range on PostgreSQL, a trigger on SQLite.
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from tomoiki.core.text import tokens
from tomoiki.deadlines import deadline_rules, holidays

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.String(200)
CODE = sa.String(40)

TABLES = (
    "stay",
    "bed",
    "shelter",
    "referral_shared_item",
    "referral",
    "partner_language",
    "partner_pref",
    "partner",
    "consent",
    "deadline",
    "deadline_rule",
    "fact",
    "holiday",
    "case_person",
    "inquiry_category",
    "inquiry",
)  # each before those that it refers to
LIVE = "status IN ('reserved', 'in', 'out')"
INDEXED_OF_RULE = ("code", "label_ja", "label_vi", "label_en")
MOMENTS = ("created_at", "updated_at")


def upgrade() -> None:
    _create_partner()
    _create_partner_pref()
    _create_partner_language()
    _create_consent()
    _create_inquiry()
    _create_inquiry_category()
    _create_case_person()
    _create_fact()
    _create_deadline_rule()
    _create_deadline()
    _create_holiday()
    _create_referral()
    _create_referral_shared_item()
    _create_shelter()
    _create_bed()
    _create_stay()
    _keep_stays_apart()
    _tell_cases_and_activities_of_inquiries()
    _seed()


def downgrade() -> None:
    op.execute(
        "DELETE FROM activity_person WHERE activity_id IN (SELECT id FROM activity WHERE case_id IS NULL)"
    )
    op.execute("DELETE FROM activity WHERE case_id IS NULL")
    with op.batch_alter_table("activity") as activity:
        activity.drop_constraint(op.f("ck_activity_case_or_inquiry"), type_="check")
        activity.drop_constraint("fk_activity_inquiry_id", type_="foreignkey")
        activity.drop_index("ix_activity_inquiry_id")
        activity.drop_column("inquiry_id")
        activity.alter_column("case_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("case") as case:
        case.drop_constraint("fk_case_inquiry_id", type_="foreignkey")
        case.drop_index("ix_case_inquiry_id")
        case.drop_column("inquiry_id")
    for table in TABLES:
        op.drop_table(table)
    op.execute("DELETE FROM setting WHERE key = 'number_format_inquiry'")
    op.execute("DELETE FROM counter WHERE series = 'inquiry'")
    _empty_index(*TABLES)


def _tell_cases_and_activities_of_inquiries() -> None:
    with op.batch_alter_table("case") as case:
        case.add_column(sa.Column("inquiry_id", sa.Integer()))
        case.create_foreign_key("fk_case_inquiry_id", "inquiry", ["inquiry_id"], ["id"], ondelete="RESTRICT")
        case.create_index("ix_case_inquiry_id", ["inquiry_id"])
    with op.batch_alter_table("activity") as activity:
        activity.add_column(sa.Column("inquiry_id", sa.Integer()))
        activity.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
        activity.create_foreign_key(
            "fk_activity_inquiry_id", "inquiry", ["inquiry_id"], ["id"], ondelete="RESTRICT"
        )
        activity.create_index("ix_activity_inquiry_id", ["inquiry_id"])
        activity.create_check_constraint(
            op.f("ck_activity_case_or_inquiry"), "(case_id IS NULL) <> (inquiry_id IS NULL)"
        )


def _keep_stays_apart() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for key in ("bed", "person"):
            op.execute(
                f"ALTER TABLE stay ADD CONSTRAINT no_two_stays_{key} EXCLUDE USING gist "
                f"(int4range({key}_id, {key}_id, '[]') WITH &&, daterange(check_in, check_out) WITH &&) "
                f"WHERE ({LIVE})"
            )
        return
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"""CREATE TRIGGER no_two_stays_{verb.lower()} BEFORE {verb} ON stay WHEN NEW.{LIVE}
            AND (NEW.check_out IS NULL OR NEW.check_in < NEW.check_out) AND EXISTS (
              SELECT 1 FROM stay AS other WHERE other.id IS NOT NEW.id AND other.{LIVE}
              AND (other.bed_id = NEW.bed_id OR other.person_id = NEW.person_id)
              AND (other.check_out IS NULL OR other.check_in < other.check_out)
              AND (NEW.check_out IS NULL OR other.check_in < NEW.check_out)
              AND (other.check_out IS NULL OR NEW.check_in < other.check_out))
            BEGIN SELECT RAISE(ABORT, 'two stays on the same night'); END"""  # noqa: S608 - our own words
        )


def _ref(name: str, target: str, on_delete: str, *, nullable: bool = True) -> sa.Column:
    table, column = name.split(".")
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}", ondelete=on_delete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def _choice(constraint: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=op.f(constraint), native_enum=False, create_constraint=True, length=30)


def _housekeeping() -> Iterator[sa.Column]:
    yield sa.Column("created_at", MOMENT, nullable=False)
    yield sa.Column("created_by", sa.Integer())
    yield sa.Column("updated_at", MOMENT, nullable=False)
    yield sa.Column("updated_by", sa.Integer())
    yield sa.Column("version", sa.Integer(), nullable=False)


def _create_partner() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("phone", TEXT),
        sa.Column("email", TEXT),
        sa.Column("fee_note", TEXT),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_partner"),
    )
    op.create_index("ix_partner_name", "partner", ["name"])


def _create_partner_pref() -> None:
    op.create_table(
        "partner_pref",
        _ref("partner_pref.partner_id", "partner", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "code", name="pk_partner_pref"),
    )
    op.create_index("ix_partner_pref_code", "partner_pref", ["code", "partner_id"])


def _create_partner_language() -> None:
    op.create_table(
        "partner_language",
        _ref("partner_language.partner_id", "partner", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "code", name="pk_partner_language"),
    )
    op.create_index("ix_partner_language_code", "partner_language", ["code", "partner_id"])


def _create_shelter() -> None:
    op.create_table(
        "shelter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("pref", CODE),
        sa.Column(
            "gender_policy",
            _choice("ck_shelter_genderpolicy", "women", "men", "mixed", "family"),
            nullable=False,
        ),
        sa.Column("rules_ja", sa.Text()),
        sa.Column("rules_vi", sa.Text()),
        sa.Column("monthly_rent", sa.Integer()),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_housekeeping(),
        sa.CheckConstraint("monthly_rent >= 0", name=op.f("ck_shelter_monthly_rent")),
        sa.PrimaryKeyConstraint("id", name="pk_shelter"),
        sa.UniqueConstraint("code", name="uq_shelter_code"),
    )


def _create_bed() -> None:
    op.create_table(
        "bed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("kind", _choice("ck_bed_bedkind", "single", "shared", "baby"), nullable=False),
        sa.Column("active_from", sa.Date()),
        sa.Column("active_to", sa.Date()),
        _ref("bed.shelter_id", "shelter", "RESTRICT", nullable=False),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_bed"),
        sa.UniqueConstraint("shelter_id", "label", name="uq_bed_shelter_id_label"),
    )
    op.create_index("ix_bed_label", "bed", ["label"])


def _create_consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", CODE, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("method", CODE),
        sa.Column("withdrawn_at", MOMENT),
        _ref("consent.person_id", "person", "CASCADE", nullable=False),
        *_housekeeping(),
        sa.CheckConstraint("withdrawn_at >= given_at", name=op.f("ck_consent_withdrawn_after_given")),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"])


def _create_inquiry() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("channel_handle", TEXT),
        sa.Column("name_text", TEXT),
        sa.Column("language", CODE),
        sa.Column("pref", CODE),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("urgency", CODE, nullable=False),
        sa.Column("worker_type", CODE, nullable=False),
        sa.Column("company_text", TEXT),
        sa.Column("first_response_at", MOMENT),
        sa.Column(
            "status",
            _choice(
                "ck_inquiry_inquirystatus",
                "new",
                "responded",
                "linked",
                "info_only",
                "referred_out",
                "unreachable",
                "duplicate",
                "spam",
            ),
            nullable=False,
        ),
        sa.Column("closed_reason", CODE),
        _ref("inquiry.organisation_id", "organisation", "RESTRICT"),
        _ref("inquiry.first_response_by_id", "user", "RESTRICT"),
        _ref("inquiry.person_id", "person", "RESTRICT"),
        sa.Column(
            "case_id",
            sa.Integer(),
            sa.ForeignKey(
                "case.id",
                name="fk_inquiry_case_id",
                ondelete="RESTRICT",
                deferrable=True,
                initially="DEFERRED",
            ),
        ),
        _ref("inquiry.duplicate_of_id", "inquiry", "RESTRICT"),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        *_housekeeping(),
        sa.CheckConstraint("first_response_at >= received_at", name=op.f("ck_inquiry_answer_after_question")),
        sa.CheckConstraint(
            "first_response_at IS NOT NULL OR status IN ('new', 'duplicate', 'spam')",
            name=op.f("ck_inquiry_answered"),
        ),
        sa.CheckConstraint("duplicate_of_id <> id", name=op.f("ck_inquiry_of_another")),
        sa.PrimaryKeyConstraint("id", name="pk_inquiry"),
        sa.UniqueConstraint("number", name="uq_inquiry_number"),
    )
    op.create_index("ix_inquiry_case_id", "inquiry", ["case_id"])
    op.create_index("ix_inquiry_channel", "inquiry", ["channel"])
    op.create_index("ix_inquiry_duplicate_of_id", "inquiry", ["duplicate_of_id"])
    op.create_index("ix_inquiry_first_response_by_id", "inquiry", ["first_response_by_id"])
    op.create_index("ix_inquiry_organisation_id", "inquiry", ["organisation_id"])
    op.create_index("ix_inquiry_person_id", "inquiry", ["person_id"])
    op.create_index("ix_inquiry_received_at", "inquiry", ["received_at", "id", "case_id", "person_id"])
    op.create_index("ix_inquiry_status", "inquiry", ["status", "received_at", "id", "case_id", "person_id"])
    op.create_index("ix_inquiry_urgency", "inquiry", ["urgency"])


def _create_inquiry_category() -> None:
    op.create_table(
        "inquiry_category",
        _ref("inquiry_category.inquiry_id", "inquiry", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("inquiry_id", "code", name="pk_inquiry_category"),
    )
    op.create_index("ix_inquiry_category_code", "inquiry_category", ["code", "inquiry_id"])


def _create_case_person() -> None:
    op.create_table(
        "case_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            _choice("ck_case_person_casepersonrole", "self", "spouse", "child", "colleague"),
            nullable=False,
        ),
        _ref("case_person.case_id", "case", "CASCADE", nullable=False),
        _ref("case_person.person_id", "person", "RESTRICT", nullable=False),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_case_person"),
        sa.UniqueConstraint("case_id", "person_id", name="uq_case_person_case_id_person_id"),
    )
    op.create_index("ix_case_person_person_id", "case_person", ["person_id"])


def _create_fact() -> None:
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("amount", sa.Integer()),
        sa.Column("source", CODE),
        sa.Column("note", sa.Text()),
        _ref("fact.person_id", "person", "CASCADE", nullable=False),
        _ref("fact.case_id", "case", "CASCADE"),
        *_housekeeping(),
        sa.CheckConstraint('"until" >= "on"', name=op.f("ck_fact_until_after_on")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_fact_amount")),
        sa.PrimaryKeyConstraint("id", name="pk_fact"),
    )
    op.create_index("ix_fact_case_id", "fact", ["case_id"])
    op.create_index("ix_fact_on", "fact", ["on", "id", "case_id", "person_id"])
    op.create_index("ix_fact_person_id", "fact", ["person_id"])


def _create_deadline_rule() -> None:
    op.create_table(
        "deadline_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("label_ja", TEXT, nullable=False),
        sa.Column("label_vi", TEXT),
        sa.Column("label_en", TEXT),
        sa.Column("trigger_field", TEXT, nullable=False),
        sa.Column(
            "calc",
            _choice(
                "ck_deadline_rule_rulecalc",
                "date",
                "period",
                "stay_period",
                "early_period",
                "months_before",
                "days_before",
                "special_period",
                "ssw_total",
                "child_insurance",
                "wage",
                "benefit",
                "year_end",
                "leave_after",
                "appeal",
            ),
            nullable=False,
        ),
        sa.Column("unit", _choice("ck_deadline_rule_unit", "day", "month", "year"), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("second_length", sa.Integer()),
        sa.Column("count_first_day", sa.Boolean(), nullable=False),
        sa.Column(
            "holiday_rule",
            _choice("ck_deadline_rule_holidayrule", "none", "next_open", "warn_prev"),
            nullable=False,
        ),
        sa.Column("lead_days", TEXT),
        sa.Column("source", TEXT),
        sa.Column("caveat", sa.Text()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        *_housekeeping(),
        sa.CheckConstraint("length >= 0", name=op.f("ck_deadline_rule_length")),
        sa.PrimaryKeyConstraint("id", name="pk_deadline_rule"),
        sa.UniqueConstraint("code", name="uq_deadline_rule_code"),
    )


def _create_deadline() -> None:
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trigger_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("safe_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            _choice("ck_deadline_deadlinestatus", "open", "done", "waived", "missed", "void"),
            nullable=False,
        ),
        sa.Column("done_on", sa.Date()),
        sa.Column("waived_reason", sa.Text()),
        sa.Column("manual_due", sa.Boolean(), nullable=False),
        _ref("deadline.case_id", "case", "CASCADE"),
        _ref("deadline.person_id", "person", "CASCADE"),
        _ref("deadline.rule_id", "deadline_rule", "RESTRICT", nullable=False),
        _ref("deadline.done_by_id", "user", "RESTRICT"),
        *_housekeeping(),
        sa.CheckConstraint("(done_on IS NULL) = (status <> 'done')", name=op.f("ck_deadline_done_on_a_day")),
        sa.CheckConstraint(
            "case_id IS NOT NULL OR person_id IS NOT NULL", name=op.f("ck_deadline_of_somebody")
        ),
        sa.CheckConstraint(
            "status <> 'waived' OR waived_reason IS NOT NULL", name=op.f("ck_deadline_waived_for_a_reason")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deadline"),
        sa.UniqueConstraint(
            "case_id", "rule_id", "trigger_on", name="uq_deadline_case_id_rule_id_trigger_on"
        ),
    )
    op.create_index("ix_deadline_case_id", "deadline", ["case_id"])
    op.create_index("ix_deadline_done_by_id", "deadline", ["done_by_id"])
    op.create_index("ix_deadline_due_on", "deadline", ["due_on"])
    op.create_index("ix_deadline_person_id", "deadline", ["person_id"])
    op.create_index("ix_deadline_rule_id", "deadline", ["rule_id"])
    op.create_index("ix_deadline_safe_on", "deadline", ["safe_on", "id", "case_id", "person_id", "status"])
    op.create_index("ix_deadline_status", "deadline", ["status", "safe_on", "id", "case_id", "person_id"])
    op.create_index(
        "uq_deadline_person_id_rule_id_trigger_on",
        "deadline",
        ["person_id", "rule_id", "trigger_on"],
        unique=True,
        sqlite_where=sa.text("case_id IS NULL"),
        postgresql_where=sa.text("case_id IS NULL"),
    )


def _create_holiday() -> None:
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_holiday"),
        sa.UniqueConstraint("date", name="uq_holiday_date"),
    )


def _create_referral() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("purpose", TEXT),
        sa.Column("emergency_reason", sa.Text()),
        sa.Column("expected_on", sa.Date()),
        sa.Column(
            "status",
            _choice(
                "ck_referral_referralstatus", "draft", "asked", "accepted", "declined", "done", "withdrawn"
            ),
            nullable=False,
        ),
        sa.Column("result", sa.Text()),
        sa.Column("cost", sa.Integer()),
        _ref("referral.case_id", "case", "RESTRICT", nullable=False),
        _ref("referral.partner_id", "partner", "RESTRICT", nullable=False),
        _ref("referral.consent_id", "consent", "RESTRICT"),
        *_housekeeping(),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_referral_cost")),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
    )
    op.create_index("ix_referral_asked_on", "referral", ["asked_on", "id", "case_id"])
    op.create_index("ix_referral_case_id", "referral", ["case_id"])
    op.create_index("ix_referral_consent_id", "referral", ["consent_id"])
    op.create_index("ix_referral_partner_id", "referral", ["partner_id"])


def _create_referral_shared_item() -> None:
    op.create_table(
        "referral_shared_item",
        _ref("referral_shared_item.referral_id", "referral", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("referral_id", "code", name="pk_referral_shared_item"),
    )
    op.create_index("ix_referral_shared_item_code", "referral_shared_item", ["code", "referral_id"])


def _create_stay() -> None:
    op.create_table(
        "stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_in", sa.Date(), nullable=False),
        sa.Column("planned_out", sa.Date()),
        sa.Column("check_out", sa.Date()),
        sa.Column(
            "status",
            _choice("ck_stay_staystatus", "reserved", "in", "out", "cancelled", "no_show"),
            nullable=False,
        ),
        sa.Column("reason", CODE),
        sa.Column("exit_to", CODE),
        sa.Column("fee_per_night", sa.Integer(), nullable=False),
        sa.Column("rules_signed_on", sa.Date()),
        _ref("stay.bed_id", "bed", "RESTRICT", nullable=False),
        _ref("stay.person_id", "person", "RESTRICT", nullable=False),
        _ref("stay.case_id", "case", "RESTRICT", nullable=False),
        *_housekeeping(),
        sa.CheckConstraint("status <> 'out' OR check_out IS NOT NULL", name=op.f("ck_stay_left_on_a_day")),
        sa.CheckConstraint("check_out >= check_in", name=op.f("ck_stay_out_after_in")),
        sa.CheckConstraint("fee_per_night >= 0", name=op.f("ck_stay_fee_per_night")),
        sa.PrimaryKeyConstraint("id", name="pk_stay"),
    )
    op.create_index("ix_stay_bed_id", "stay", ["bed_id"])
    op.create_index("ix_stay_case_id", "stay", ["case_id"])
    op.create_index("ix_stay_check_in", "stay", ["check_in", "id", "case_id", "person_id"])
    op.create_index("ix_stay_person_id", "stay", ["person_id"])


def _seed() -> None:
    """Give the office the rules and closed days that the program knows, findable, and the number format's row."""
    now = datetime.now(UTC)
    fresh = {"created_at": now, "updated_at": now, "version": 1}
    op.bulk_insert(_table("setting", "key"), [{"key": "number_format_inquiry"} | fresh])
    _fill("deadline_rule", [row | fresh for row in deadline_rules.seed_rows()], INDEXED_OF_RULE)
    _fill("holiday", [row | fresh for row in holidays.seed_rows()], ("name",))


def _fill(name: str, rows: list[dict[str, object]], indexed: tuple[str, ...]) -> None:
    op.bulk_insert(_table(name, *(column for column in rows[0] if column not in MOMENTS)), rows)
    key = "rowid" if op.get_bind().dialect.name == "sqlite" else "id"
    body = ":body" if key == "rowid" else "array_to_tsvector(string_to_array(:body, ' '))"
    insert = sa.text(f"INSERT INTO search_index ({key}, body) VALUES (:id, {body})")  # noqa: S608 - our own words
    found = [
        {
            "id": (_entity(name) << 32) + at,
            "body": " ".join(
                dict.fromkeys("o" + token for field in indexed for token in tokens(str(row[field])))
            ),
        }
        for at, row in enumerate(rows, start=1)
    ]
    op.get_bind().execute(insert, found)


def _empty_index(*names: str) -> None:
    """Take the rows of these tables out of the search index."""
    key = "rowid" if op.get_bind().dialect.name == "sqlite" else "id"
    gone = sa.text(f"DELETE FROM search_index WHERE {key} BETWEEN :low AND :high")  # noqa: S608 - our own words
    for name in names:
        low = _entity(name) << 32
        op.get_bind().execute(gone, {"low": low, "high": low + (1 << 32) - 1})


def _entity(name: str) -> int:
    """Return the table's place in the search index: 28 bits of its name's checksum."""
    return zlib.crc32(name.encode()) & 0xFFFFFFF


def _table(name: str, *columns: str) -> sa.TableClause:
    """Return the table by its columns of today, whatever it holds tomorrow."""
    days = {"date": sa.column("date", sa.Date())}
    moments = (sa.column(column, MOMENT) for column in MOMENTS)
    return sa.table(
        name, *moments, sa.column("version"), *(days.get(c, sa.column(c)) for c in columns if c != "version")
    )
