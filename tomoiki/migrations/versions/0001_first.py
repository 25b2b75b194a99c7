"""First tables, the general fund, and a row for each setting."""

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.String(200)
CODE = sa.String(40)

SETTINGS = (
    "org_name_ja",
    "org_name_vi",
    "org_name_en",
    "org_address",
    "org_phone",
    "org_representative",
    "language",
    "fy_start_month",
    "number_format_person",
    "number_format_case",
    "number_format_donor",
    "number_format_donation",
    "number_format_event",
    "session_minutes",
)
GENERAL_FUND_IN_INDEX = {"id": (210910736 << 32) + 1, "body": "ogeneral o一般 o一 o般"}

TABLES = (
    "registration",
    "event_language",
    "event",
    "attendee",
    "fund_support_type",
    "donation",
    "fund",
    "donor",
    "activity_person",
    "case_staff",
    "case_outcome",
    "case_category",
    "activity",
    "case",
    "residence_status",
    "person_consent_scope",
    "person",
    "organisation_role",
    "organisation",
    "user_role",
    "invitation",
    "user",
    "setting",
    "login_failure",
    "sent_form",
    "counter",
    "change_log",
    "access_log",
    "search_index",
)  # each before those that it refers to


def upgrade() -> None:
    _create_search_index()
    _create_access_log()
    _create_change_log()
    _create_counter()
    _create_login_failure()
    _create_sent_form()
    _create_setting()
    _create_user()
    _create_invitation()
    _create_user_role()
    _create_organisation()
    _create_organisation_role()
    _create_person()
    _create_person_consent_scope()
    _create_residence_status()
    _create_case()
    _create_activity()
    _create_case_category()
    _create_case_outcome()
    _create_case_staff()
    _create_activity_person()
    _create_donor()
    _create_fund()
    _create_donation()
    _create_fund_support_type()
    _create_attendee()
    _create_event()
    _create_event_language()
    _create_registration()
    _seed()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


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


def _create_access_log() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("address", sa.String(60)),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("entity", CODE, nullable=False),
        sa.Column("record_id", sa.Integer()),
        sa.Column("detail", sa.String(300)),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
    )
    op.create_index("ix_access_log_at", "access_log", ["at"])
    op.create_index("ix_access_log_entity_record", "access_log", ["entity", "record_id"])
    op.create_index("ix_access_log_user_id", "access_log", ["user_id"])


def _create_change_log() -> None:
    op.create_table(
        "change_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("address", sa.String(60)),
        sa.Column("origin", CODE, nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("entity", CODE, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("diff", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_log"),
    )
    op.create_index("ix_change_log_at", "change_log", ["at"])
    op.create_index("ix_change_log_entity_record", "change_log", ["entity", "record_id", "id"])
    op.create_index("ix_change_log_user_id", "change_log", ["user_id"])


def _create_counter() -> None:
    op.create_table(
        "counter",
        sa.Column("series", CODE, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name="pk_counter"),
    )


def _create_login_failure() -> None:
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_failure"),
    )
    op.create_index("ix_login_failure_account", "login_failure", ["account", "at"])
    op.create_index("ix_login_failure_address", "login_failure", ["address", "at"])


def _create_setting() -> None:
    op.create_table(
        "setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", CODE, nullable=False),
        sa.Column("value", sa.Text()),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_setting"),
        sa.UniqueConstraint("key", name="uq_setting_key"),
    )


def _create_user() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", _choice("ck_user_interface", "ja", "vi", "en"), nullable=False),
        sa.Column("theme", _choice("ck_user_theme", "auto", "light", "dark"), nullable=False),
        sa.Column("password", sa.String(255)),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("tf_primary_method", sa.String(64)),
        sa.Column("tf_totp_secret", sa.String(255)),
        sa.Column("tf_last_counter", sa.Integer()),
        sa.Column("mf_recovery_codes", sa.JSON()),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("email", name="uq_user_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_user_fs_uniquifier"),
    )
    op.create_index("ix_user_name", "user", ["name"])


def _create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        _ref("invitation.user_id", "user", "CASCADE", nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_index("ix_invitation_user_id", "invitation", ["user_id"])


def _create_user_role() -> None:
    op.create_table(
        "user_role",
        _ref("user_role.user_id", "user", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "code", name="pk_user_role"),
    )
    op.create_index("ix_user_role_code", "user_role", ["code", "user_id"])


def _create_organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_kana", TEXT),
        sa.Column("corporate_number", TEXT),
        sa.Column("license_no", TEXT),
        sa.Column("industry", CODE),
        sa.Column("pref", CODE),
        sa.Column("postal_code", TEXT),
        sa.Column("address", TEXT),
        sa.Column("phone", TEXT),
        sa.Column("contact_name", TEXT),
        sa.Column("contact_email", TEXT),
        sa.Column("note", sa.Text()),
        _ref("organisation.merged_into_id", "organisation", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("corporate_number", name="uq_organisation_corporate_number"),
    )
    op.create_index("ix_organisation_merged_into_id", "organisation", ["merged_into_id"])
    op.create_index("ix_organisation_name", "organisation", ["name"])


def _create_organisation_role() -> None:
    op.create_table(
        "organisation_role",
        _ref("organisation_role.organisation_id", "organisation", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "code", name="pk_organisation_role"),
    )
    op.create_index("ix_organisation_role_code", "organisation_role", ["code", "organisation_id"])


def _create_person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("full_name_vi", TEXT),
        sa.Column("name_card", TEXT),
        sa.Column("name_kana", TEXT),
        sa.Column("name_used", TEXT),
        sa.Column("family_name", TEXT),
        sa.Column("middle_name", TEXT),
        sa.Column("given_name", TEXT),
        sa.Column("birth_date", sa.Date()),
        sa.Column("birth_year", sa.Integer()),
        sa.Column("gender", CODE),
        sa.Column("nationality", CODE, nullable=False),
        sa.Column("hometown_province", TEXT),
        sa.Column("phone_jp", TEXT),
        sa.Column("phone_vn", TEXT),
        sa.Column("facebook", TEXT),
        sa.Column("zalo", TEXT),
        sa.Column("line_id", TEXT),
        sa.Column("email", TEXT),
        sa.Column("pref", CODE),
        sa.Column("city", TEXT),
        sa.Column("address", TEXT),
        sa.Column("postal_code", TEXT),
        sa.Column("preferred_lang", CODE, nullable=False),
        sa.Column("japanese_level", CODE),
        sa.Column("residence_card_no", sa.Text()),
        sa.Column("passport_no", sa.Text()),
        sa.Column("emergency_contact", sa.Text()),
        sa.Column("safe_contact", sa.Text()),
        sa.Column("consent_at", MOMENT),
        sa.Column(
            "consent_exception", _choice("ck_person_consentexception", "life", "child", "law", "legacy")
        ),
        _ref("person.merged_into_id", "person", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.CheckConstraint(
            "full_name_vi IS NOT NULL OR name_card IS NOT NULL OR name_used IS NOT NULL",
            name=op.f("ck_person_a_name"),
        ),
        sa.UniqueConstraint("code", name="uq_person_code"),
    )
    op.create_index("ix_person_created_at", "person", ["created_at", "id"])
    op.create_index("ix_person_merged_into_id", "person", ["merged_into_id"])


def _create_person_consent_scope() -> None:
    op.create_table(
        "person_consent_scope",
        _ref("person_consent_scope.person_id", "person", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "code", name="pk_person_consent_scope"),
    )
    op.create_index("ix_person_consent_scope_code", "person_consent_scope", ["code", "person_id"])


def _create_residence_status() -> None:
    op.create_table(
        "residence_status",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", CODE, nullable=False),
        sa.Column("sub_type", TEXT),
        sa.Column("ssw_field", CODE),
        sa.Column("granted_on", sa.Date()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("card_no", sa.Text()),
        sa.Column("situation", CODE),
        sa.Column("applied_on", sa.Date()),
        sa.Column("application_type", CODE),
        sa.Column("application_no", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decision", CODE),
        sa.Column("source", CODE),
        _ref("residence_status.person_id", "person", "CASCADE", nullable=False),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_residence_status"),
    )
    op.create_index("ix_residence_status_expires_on", "residence_status", ["expires_on", "id", "person_id"])
    op.create_index("ix_residence_status_person_id", "residence_status", ["person_id"])


def _create_case() -> None:
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            _choice("ck_case_casestatus", "open", "active", "waiting", "resolved", "closed", "reopened"),
            nullable=False,
        ),
        sa.Column("priority", CODE),
        sa.Column("primary_category", CODE),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("story", sa.Text()),
        sa.Column("worker_type", CODE, nullable=False),
        sa.Column(
            "confidential",
            _choice("ck_case_confidentiality", "normal", "restricted", "secret"),
            nullable=False,
        ),
        sa.Column("confidential_reason", CODE),
        sa.Column("resolved_at", MOMENT),
        sa.Column("closed_on", sa.Date()),
        sa.Column("outcome_note", sa.Text()),
        sa.Column("prevented_crime_flag", _choice("ck_case_crimeprevention", "yes", "no", "unknown")),
        sa.Column("origin", _choice("ck_case_caseorigin", "office", "import", "public"), nullable=False),
        sa.Column("next_action", TEXT),
        sa.Column("next_action_on", sa.Date()),
        sa.Column("ledger_no", TEXT),
        _ref("case.person_id", "person", "RESTRICT", nullable=False),
        _ref("case.employer_id", "organisation", "RESTRICT"),
        _ref("case.org_supervising_id", "organisation", "RESTRICT"),
        _ref("case.owner_id", "user", "RESTRICT"),
        _ref("case.reopened_from_id", "case", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        sa.UniqueConstraint("number", name="uq_case_number"),
    )
    op.create_index("ix_case_employer_id", "case", ["employer_id"])
    op.create_index("ix_case_opened_on", "case", ["opened_on", "id", "confidential", "owner_id"])
    op.create_index("ix_case_org_supervising_id", "case", ["org_supervising_id"])
    op.create_index("ix_case_owner_id", "case", ["owner_id"])
    op.create_index("ix_case_person_id", "case", ["person_id"])
    op.create_index("ix_case_reopened_from_id", "case", ["reopened_from_id"])
    op.create_index("ix_case_status", "case", ["status", "opened_on", "id", "confidential", "owner_id"])


def _create_activity() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("minutes", sa.Integer()),
        sa.Column("place", TEXT),
        sa.Column("note", sa.Text()),
        sa.Column("note_lang", CODE),
        sa.Column("counts_as_contact", sa.Boolean()),
        _ref("activity.case_id", "case", "RESTRICT", nullable=False),
        _ref("activity.by_id", "user", "RESTRICT"),
        _ref("activity.interpreter_id", "user", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
        sa.CheckConstraint("minutes BETWEEN 0 AND 1440", name=op.f("ck_activity_minutes")),
    )
    op.create_index("ix_activity_at", "activity", ["at", "id", "case_id", "by_id"])
    op.create_index("ix_activity_by_id", "activity", ["by_id"])
    op.create_index("ix_activity_case_id", "activity", ["case_id"])
    op.create_index("ix_activity_interpreter_id", "activity", ["interpreter_id"])


def _create_case_category() -> None:
    op.create_table(
        "case_category",
        _ref("case_category.case_id", "case", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "code", name="pk_case_category"),
    )
    op.create_index("ix_case_category_code", "case_category", ["code", "case_id"])


def _create_case_outcome() -> None:
    op.create_table(
        "case_outcome",
        _ref("case_outcome.case_id", "case", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "code", name="pk_case_outcome"),
    )
    op.create_index("ix_case_outcome_code", "case_outcome", ["code", "case_id"])


def _create_case_staff() -> None:
    op.create_table(
        "case_staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "role", _choice("ck_case_staff_staffrole", "lead", "support", "interpreter"), nullable=False
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date()),
        sa.Column(
            "answer",
            _choice("ck_case_staff_answer", "requested", "accepted", "declined", "done"),
            nullable=False,
        ),
        sa.Column("may_contact", sa.Boolean(), nullable=False),
        sa.Column("share_story", sa.Boolean(), nullable=False),
        sa.Column("share_health", sa.Boolean(), nullable=False),
        sa.Column("may_see_secret", sa.Boolean(), nullable=False),
        _ref("case_staff.case_id", "case", "CASCADE", nullable=False),
        _ref("case_staff.user_id", "user", "RESTRICT", nullable=False),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_case_staff"),
    )
    op.create_index("ix_case_staff_case_id", "case_staff", ["case_id"])
    op.create_index(
        "ix_case_staff_user_id", "case_staff", ["user_id", "case_id", "from_on", "to_on", "answer"]
    )


def _create_activity_person() -> None:
    op.create_table(
        "activity_person",
        _ref("activity_person.activity_id", "activity", "CASCADE", nullable=False),
        _ref("activity_person.person_id", "person", "RESTRICT", nullable=False),
        sa.PrimaryKeyConstraint("activity_id", "person_id", name="pk_activity_person"),
    )
    op.create_index("ix_activity_person_person_id", "activity_person", ["person_id"])


def _create_donor() -> None:
    op.create_table(
        "donor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column(
            "kind",
            _choice("ck_donor_donorkind", "individual", "company", "group", "anonymous"),
            nullable=False,
        ),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_kana", TEXT),
        sa.Column("corporate_number", TEXT),
        sa.Column("postal_code", TEXT),
        sa.Column("address", TEXT),
        sa.Column("email", TEXT),
        sa.Column("phone", TEXT),
        sa.Column("household_key", TEXT),
        sa.Column("is_officer", sa.Boolean(), nullable=False),
        sa.Column("officer_relation", sa.Boolean(), nullable=False),
        sa.Column(
            "receipt_pref", _choice("ck_donor_receiptpreference", "each", "yearly", "none"), nullable=False
        ),
        sa.Column("publish_name", _choice("ck_donor_publishname", "yes", "no", "initials")),
        sa.Column("deceased", sa.Boolean(), nullable=False),
        _ref("donor.merged_into_id", "donor", "RESTRICT"),
        _ref("donor.organisation_id", "organisation", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_donor"),
        sa.UniqueConstraint("code", name="uq_donor_code"),
    )
    op.create_index("ix_donor_merged_into_id", "donor", ["merged_into_id"])
    op.create_index("ix_donor_name", "donor", ["name"])
    op.create_index("ix_donor_organisation_id", "donor", ["organisation_id"])


def _create_fund() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column(
            "kind", _choice("ck_fund_fundkind", "general", "restricted", "grant", "subsidy"), nullable=False
        ),
        sa.Column("purpose", sa.Text()),
        sa.Column("start_on", sa.Date()),
        sa.Column("end_on", sa.Date()),
        sa.Column("budget", sa.Integer()),
        sa.Column("return_unused", sa.Boolean(), nullable=False),
        sa.Column("opening_balance", sa.Integer(), nullable=False),
        sa.Column("opening_on", sa.Date()),
        _ref("fund.grantor_id", "organisation", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_fund"),
        sa.UniqueConstraint("code", name="uq_fund_code"),
    )
    op.create_index("ix_fund_grantor_id", "fund", ["grantor_id"])
    op.create_index("ix_fund_name", "fund", ["name"])


def _create_donation() -> None:
    op.create_table(
        "donation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("method", CODE, nullable=False),
        sa.Column(
            "kind",
            _choice("ck_donation_donationkind", "donation", "membership", "grant", "in_kind", "bequest"),
            nullable=False,
        ),
        sa.Column("in_kind_desc", TEXT),
        sa.Column("in_kind_value", sa.Integer()),
        sa.Column("currency", CODE, nullable=False),
        sa.Column("campaign", TEXT),
        sa.Column("gateway", TEXT),
        sa.Column("gateway_txn", TEXT),
        sa.Column(
            "status",
            _choice("ck_donation_donationstatus", "draft", "confirmed", "receipted", "refunded", "void"),
            nullable=False,
        ),
        sa.Column("memo", sa.Text()),
        sa.Column("is_consideration", sa.Boolean(), nullable=False),
        sa.Column("ledger_no", TEXT),
        _ref("donation.donor_id", "donor", "RESTRICT"),
        _ref("donation.fund_id", "fund", "RESTRICT", nullable=False),
        _ref("donation.refund_of_id", "donation", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_donation"),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_donation_amount")),
        sa.UniqueConstraint("gateway", "gateway_txn", name="uq_donation_gateway_gateway_txn"),
        sa.UniqueConstraint("number", name="uq_donation_number"),
    )
    op.create_index("ix_donation_donor_id", "donation", ["donor_id"])
    op.create_index("ix_donation_fund_id", "donation", ["fund_id"])
    op.create_index("ix_donation_received_on", "donation", ["received_on", "id", "amount"])
    op.create_index("ix_donation_refund_of_id", "donation", ["refund_of_id"])


def _create_fund_support_type() -> None:
    op.create_table(
        "fund_support_type",
        _ref("fund_support_type.fund_id", "fund", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("fund_id", "code", name="pk_fund_support_type"),
    )
    op.create_index("ix_fund_support_type_code", "fund_support_type", ["code", "fund_id"])


def _create_attendee() -> None:
    op.create_table(
        "attendee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_kana", TEXT),
        sa.Column("email", TEXT),
        sa.Column("phone", TEXT),
        sa.Column("affil_kind", CODE),
        sa.Column("grade", TEXT),
        sa.Column("nationality", CODE),
        sa.Column("age_band", CODE),
        sa.Column("guardian_consent", sa.Boolean(), nullable=False),
        _ref("attendee.school_id", "organisation", "RESTRICT"),
        _ref("attendee.person_id", "person", "RESTRICT"),
        _ref("attendee.merged_into_id", "attendee", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_attendee"),
    )
    op.create_index("ix_attendee_email", "attendee", ["email"])
    op.create_index("ix_attendee_merged_into_id", "attendee", ["merged_into_id"])
    op.create_index("ix_attendee_name", "attendee", ["name"])
    op.create_index("ix_attendee_person_id", "attendee", ["person_id"])
    op.create_index("ix_attendee_school_id", "attendee", ["school_id"])


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column(
            "kind",
            _choice(
                "ck_event_eventkind",
                "study",
                "japanese",
                "consult",
                "seminar",
                "exchange",
                "fundraiser",
                "maternity_class",
                "volunteer_training",
                "press",
            ),
            nullable=False,
        ),
        sa.Column("title_ja", TEXT, nullable=False),
        sa.Column("title_vi", TEXT),
        sa.Column("title_en", TEXT),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.Column("place", TEXT),
        sa.Column("online_url", TEXT),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("waitlist_max", sa.Integer()),
        sa.Column("reg_open_at", MOMENT),
        sa.Column("reg_close_at", MOMENT),
        sa.Column("public_slug", TEXT),
        sa.Column(
            "status",
            _choice("ck_event_eventstatus", "draft", "published", "closed", "held", "cancelled"),
            nullable=False,
        ),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("form_fields", sa.JSON()),
        sa.Column("survey_url", TEXT),
        sa.Column("certificate", sa.Boolean(), nullable=False),
        _ref("event.fund_id", "fund", "RESTRICT"),
        _ref("event.organiser_id", "user", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("number", name="uq_event_number"),
        sa.UniqueConstraint("public_slug", name="uq_event_public_slug"),
    )
    op.create_index("ix_event_fund_id", "event", ["fund_id"])
    op.create_index("ix_event_organiser_id", "event", ["organiser_id"])
    op.create_index("ix_event_starts_at", "event", ["starts_at", "id", "kind"])


def _create_event_language() -> None:
    op.create_table(
        "event_language",
        _ref("event_language.event_id", "event", "CASCADE", nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "code", name="pk_event_language"),
    )
    op.create_index("ix_event_language_code", "event_language", ["code", "event_id"])


def _create_registration() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            _choice(
                "ck_registration_registrationstatus",
                "pending",
                "confirmed",
                "waitlisted",
                "cancelled",
                "attended",
                "no_show",
                "declined_offer",
            ),
            nullable=False,
        ),
        sa.Column("mode", _choice("ck_registration_attendance", "venue", "online"), nullable=False),
        sa.Column(
            "source",
            _choice("ck_registration_registrationsource", "form", "staff", "walk_in", "import"),
            nullable=False,
        ),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("waitlist_no", sa.Integer()),
        sa.Column("token", TEXT, nullable=False),
        sa.Column("checked_in_at", MOMENT),
        sa.Column("cancelled_at", MOMENT),
        sa.Column("answers", sa.JSON()),
        sa.Column("survey", sa.JSON()),
        sa.Column("certificate_no", TEXT),
        _ref("registration.event_id", "event", "RESTRICT", nullable=False),
        _ref("registration.attendee_id", "attendee", "RESTRICT", nullable=False),
        _ref("registration.checked_in_by_id", "user", "RESTRICT"),
        *_housekeeping(),
        sa.PrimaryKeyConstraint("id", name="pk_registration"),
        sa.UniqueConstraint("certificate_no", name="uq_registration_certificate_no"),
        sa.UniqueConstraint("token", name="uq_registration_token"),
    )
    op.create_index("ix_registration_attendee_id", "registration", ["attendee_id"])
    op.create_index("ix_registration_checked_in_by_id", "registration", ["checked_in_by_id"])
    op.create_index("ix_registration_event_id", "registration", ["event_id"])
    op.create_index("ix_registration_registered_at", "registration", ["registered_at", "id"])
    op.create_index(
        "uq_registration_event_id_attendee_id",
        "registration",
        ["event_id", "attendee_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'cancelled'"),
        postgresql_where=sa.text("status <> 'cancelled'"),
    )


def _create_sent_form() -> None:
    op.create_table(
        "sent_form",
        sa.Column("token", CODE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("entity", CODE, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_sent_form"),
    )
    op.create_index("ix_sent_form_at", "sent_form", ["at"])


def _create_search_index() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_index "
            "USING fts5(body, tokenize='unicode61 remove_diacritics 0', detail='none')"
        )
    else:
        op.execute("CREATE TABLE search_index (id BIGINT PRIMARY KEY, body TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_search_index_body ON search_index USING GIN (body)")


def _seed() -> None:
    """Give the office what it cannot work without: a fund for gifts without one, and a row per setting."""
    now = datetime.now(UTC)
    fresh = {"created_at": now, "updated_at": now, "version": 1}
    fund = {
        "code": "GENERAL",
        "name": "一般",
        "kind": "general",
        "return_unused": False,
        "opening_balance": 0,
    }
    op.bulk_insert(_table("fund", *fund), [fund | fresh])
    op.bulk_insert(_table("setting", "key"), [{"key": key} | fresh for key in SETTINGS])
    key = "rowid" if op.get_bind().dialect.name == "sqlite" else "id"
    body = ":body" if key == "rowid" else "array_to_tsvector(string_to_array(:body, ' '))"
    insert = sa.text(f"INSERT INTO search_index ({key}, body) VALUES (:id, {body})")  # noqa: S608 - our own words
    op.get_bind().execute(insert, GENERAL_FUND_IN_INDEX)


def _table(name: str, *columns: str) -> sa.TableClause:
    moments = (sa.column("created_at", MOMENT), sa.column("updated_at", MOMENT))
    return sa.table(name, *moments, sa.column("version"), *(sa.column(column) for column in columns))
