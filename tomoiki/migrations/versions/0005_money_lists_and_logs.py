"""The office books what it spends, certifies gifts, keeps what employers promise, and words its own lists."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT, CODE, MOMENT = sa.String(200), sa.String(40), sa.DateTime(timezone=True)
SETTINGS = (
    "number_format_receipt", "number_format_expense", "org_corporate_number", "founded", "approver_is_another",
    "certified", "certified_no", "certified_on", "certified_until", "authority", "receipt_deductible_text",
    "receipt_min_amount", "sla_minutes_now", "sla_minutes_today", "sla_minutes_normal", "sla_minutes_info",
    "new_student_goal", "small_cell_min", "retention_case_years", "retention_inquiry_years",
    "retention_attendee_years", "retention_accounting_years", "access_log_years", "emergency_contacts",
)  # fmt: skip
NEW = (
    "receipt_line", "expense", "receipt", "pledge", "bank_line", "import_batch", "bank_account",
    "follow_up", "commitment", "choice",
)  # fmt: skip


def upgrade() -> None:
    _create_choice()
    _create_bank_account()
    _create_import_batch()
    _create_bank_line()
    _create_pledge()
    _create_receipt()
    _complete_donation()
    _create_receipt_line()
    _create_expense()
    _create_commitment()
    _create_follow_up()
    _widen_logs()
    _add_settings()


def downgrade() -> None:
    keys = sa.bindparam("keys", list(SETTINGS), expanding=True)
    op.get_bind().execute(sa.text("DELETE FROM setting WHERE key IN :keys").bindparams(keys))
    _narrow_logs()
    op.drop_table("receipt_line")
    op.drop_table("expense")
    _strip_donation()
    for table in NEW[2:]:
        op.drop_table(table)


def _housekeeping() -> list[sa.Column]:
    return [
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _create(name: str, *parts: sa.schema.SchemaItem) -> None:
    key = sa.PrimaryKeyConstraint("id", name=f"pk_{name}")
    op.create_table(name, sa.Column("id", sa.Integer(), nullable=False), *parts, *_housekeeping(), key)


def _ref(table: str, name: str, target: str, on_delete: str = "RESTRICT", **options: bool) -> sa.Column:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}_id", ondelete=on_delete)
    return sa.Column(f"{name}_id", sa.Integer(), key, **options)


def _choice(table: str, name: str, *codes: str) -> sa.Enum:
    return sa.Enum(
        *codes, name=op.f(f"ck_{table}_{name}"), native_enum=False, create_constraint=True, length=30
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _create_choice() -> None:
    _create(
        "choice",
        sa.Column("list", CODE, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("ja", TEXT),
        sa.Column("vi", TEXT),
        sa.Column("en", TEXT),
        sa.Column("sort", sa.Integer()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.UniqueConstraint("list", "code", name="uq_choice_list_code"),
    )


def _create_bank_account() -> None:
    kind = _choice("bank_account", "bankaccounttype", "ordinary", "current", "postal")
    _create(
        "bank_account",
        sa.Column("label", TEXT, nullable=False),
        sa.Column("bank_code", TEXT),
        sa.Column("branch", TEXT),
        sa.Column("type", kind, nullable=False),
        sa.Column("number", sa.Text()),
        sa.UniqueConstraint("label", name="uq_bank_account_label"),
    )


def _create_import_batch() -> None:
    _create(
        "import_batch",
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("profile", TEXT),
        sa.Column("encoding", TEXT),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "new", "dup", "error")),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        _ref("import_batch", "account", "bank_account", nullable=False),
        _ref("import_batch", "by", "user"),
        sa.UniqueConstraint("account_id", "sha256", name="uq_import_batch_account_id_sha256"),
    )
    _indexes("import_batch", "account_id", "by_id")


def _create_bank_line() -> None:
    states = ("unmatched", "candidate", "matched", "ignored", "split")
    _create(
        "bank_line",
        sa.Column("line_no", sa.Integer()),
        sa.Column("tx_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date()),
        sa.Column("amount_in", sa.Integer(), nullable=False),
        sa.Column("amount_out", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer()),
        *(sa.Column(name, TEXT) for name in ("payer_raw", "payer_folded", "memo", "bank_ref", "fingerprint")),
        sa.Column("match_status", _choice("bank_line", "banklinestatus", *states), nullable=False),
        _ref("bank_line", "batch", "import_batch"),
        _ref("bank_line", "account", "bank_account"),
        _check("bank_line", "amount_in", "amount_in >= 0"),
        _check("bank_line", "amount_out", "amount_out >= 0"),
        _check("bank_line", "one_way", "(amount_in = 0) <> (amount_out = 0)"),
        sa.UniqueConstraint("account_id", "fingerprint", name="uq_bank_line_account_id_fingerprint"),
    )
    _indexes("bank_line", "account_id", "batch_id", "payer_folded")
    op.create_index("ix_bank_line_tx_on", "bank_line", ["tx_on", "id"])


def _create_pledge() -> None:
    _create(
        "pledge",
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("cycle", _choice("pledge", "pledgecycle", "monthly", "yearly"), nullable=False),
        sa.Column("day", sa.Integer()),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date()),
        sa.Column("gateway", TEXT),
        sa.Column(
            "status",
            _choice("pledge", "pledgestatus", "active", "paused", "failed", "ended"),
            nullable=False,
        ),
        _ref("pledge", "donor", "donor", nullable=False),
        _check("pledge", "amount", "amount > 0"),
        _check("pledge", "day", "day BETWEEN 1 AND 31"),
    )
    _indexes("pledge", "donor_id")
    op.create_index("ix_pledge_start_on", "pledge", ["start_on", "id"])


def _create_receipt() -> None:
    _create(
        "receipt",
        sa.Column("number", TEXT, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("kind", _choice("receipt", "receiptkind", "each", "yearly"), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("name_printed", TEXT),
        sa.Column("address_printed", TEXT),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("deductible", sa.Boolean(), nullable=False),
        sa.Column(
            "status", _choice("receipt", "receiptstatus", "issued", "reissued", "cancelled"), nullable=False
        ),
        sa.Column("reissue_no", sa.Integer(), nullable=False),
        _ref("receipt", "donor", "donor", nullable=False),
        _check("receipt", "total", "total >= 0"),
        sa.UniqueConstraint("number", name="uq_receipt_number"),
    )
    _indexes("receipt", "donor_id")
    op.create_index("ix_receipt_issued_on", "receipt", ["issued_on", "id"])


def _complete_donation() -> None:
    with op.batch_alter_table("donation") as donation:
        donation.add_column(
            sa.Column("net", sa.Integer(), sa.Computed("amount - fee", persisted=True), nullable=False)
        )
        for name in ("pledge", "bank_line", "receipt"):
            donation.add_column(sa.Column(f"{name}_id", sa.Integer()))
            donation.create_foreign_key(
                f"fk_donation_{name}_id", name, [f"{name}_id"], ["id"], ondelete="RESTRICT"
            )
    _indexes("donation", "pledge_id", "bank_line_id", "receipt_id")


def _strip_donation() -> None:
    for name in ("pledge", "bank_line", "receipt"):
        op.drop_index(f"ix_donation_{name}_id", "donation")
    with op.batch_alter_table("donation") as donation:
        for name in ("pledge", "bank_line", "receipt"):
            donation.drop_constraint(f"fk_donation_{name}_id", type_="foreignkey")
            donation.drop_column(f"{name}_id")
        donation.drop_column("net")


def _create_receipt_line() -> None:
    _create(
        "receipt_line",
        sa.Column("amount", sa.Integer(), nullable=False),
        _ref("receipt_line", "receipt", "receipt", "CASCADE", nullable=False),
        _ref("receipt_line", "donation", "donation", nullable=False),
        sa.UniqueConstraint("receipt_id", "donation_id", name="uq_receipt_line_receipt_id_donation_id"),
    )
    _indexes("receipt_line", "receipt_id", "donation_id")


def _create_expense() -> None:
    states = ("draft", "submitted", "approved", "paid", "rejected", "void")
    _create(
        "expense",
        sa.Column("number", TEXT, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("support_type", CODE, nullable=False),
        sa.Column("account", CODE),
        sa.Column("payee", TEXT),
        sa.Column("method", CODE, nullable=False),
        sa.Column("loan", sa.Boolean(), nullable=False),
        sa.Column("status", _choice("expense", "expensestatus", *states), nullable=False),
        sa.Column("approved_at", MOMENT),
        _ref("expense", "fund", "fund", nullable=False),
        _ref("expense", "case", "case"),
        _ref("expense", "event", "event"),
        _ref("expense", "refund_of", "expense"),
        _ref("expense", "bank_line", "bank_line"),
        _ref("expense", "submitted_by", "user"),
        _ref("expense", "approved_by", "user"),
        _check("expense", "amount", "amount <> 0"),
        _check("expense", "refund", "amount > 0 OR refund_of_id IS NOT NULL"),
        sa.UniqueConstraint("number", name="uq_expense_number"),
    )
    _indexes(
        "expense", "case_id", "event_id", "refund_of_id", "bank_line_id", "submitted_by_id", "approved_by_id"
    )
    op.create_index("ix_expense_paid_on", "expense", ["paid_on", "id", "amount"])
    op.create_index("ix_expense_fund_id", "expense", ["fund_id", "paid_on", "status", "amount"])


def _create_commitment() -> None:
    answers = ("done", "promised", "undecided", "refused")
    _create(
        "commitment",
        sa.Column("item", CODE, nullable=False),
        sa.Column("answer", _choice("commitment", "commitmentanswer", *answers), nullable=False),
        sa.Column("due_on", sa.Date()),
        _ref("commitment", "event", "event", nullable=False),
        _ref("commitment", "organisation", "organisation", nullable=False),
        sa.UniqueConstraint(
            "event_id", "organisation_id", "item", name="uq_commitment_event_id_organisation_id_item"
        ),
    )
    _indexes("commitment", "organisation_id", "due_on")


def _create_follow_up() -> None:
    _create(
        "follow_up",
        sa.Column("due_kind", _choice("follow_up", "followupkind", "3m", "6m", "12m"), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("visited_on", sa.Date()),
        sa.Column("findings", sa.Text()),
        sa.Column("score", sa.Integer()),
        sa.Column(
            "status", _choice("follow_up", "followupstatus", "planned", "visited", "skipped"), nullable=False
        ),
        _ref("follow_up", "organisation", "organisation", nullable=False),
        _ref("follow_up", "event", "event"),
        _ref("follow_up", "by", "user"),
        _check("follow_up", "score", "score BETWEEN 0 AND 5"),
    )
    _indexes("follow_up", "organisation_id", "event_id", "by_id")
    op.create_index("ix_follow_up_due_on", "follow_up", ["due_on", "id"])


LOGS = {  # table -> column -> narrow, wide, is nullable
    "change_log": {
        "address": (sa.String(60), TEXT, True),
        "action": (sa.String(10), CODE, False),
    },
    "access_log": {
        "address": (sa.String(60), TEXT, True),
        "action": (sa.String(20), CODE, False),
        "detail": (sa.String(300), sa.Text(), True),
    },
}


def _widen_logs() -> None:
    for table, columns in LOGS.items():
        with op.batch_alter_table(table) as log:
            for name, (narrow, wide, is_open) in columns.items():
                log.alter_column(name, existing_type=narrow, type_=wide, existing_nullable=is_open)


def _narrow_logs() -> None:
    for table, columns in LOGS.items():
        with op.batch_alter_table(table) as log:
            for name, (narrow, wide, is_open) in columns.items():
                log.alter_column(name, existing_type=wide, type_=narrow, existing_nullable=is_open)


def _add_settings() -> None:
    """Give each setting its row, unless another revision of the same time gave it one."""
    bind, now = op.get_bind(), datetime.now(UTC)
    known = set(bind.execute(sa.text("SELECT key FROM setting")).scalars())
    moments = (sa.column("created_at", MOMENT), sa.column("updated_at", MOMENT))
    setting = sa.table("setting", sa.column("key"), sa.column("version"), *moments)
    rows = [
        {"key": key, "version": 1, "created_at": now, "updated_at": now}
        for key in SETTINGS
        if key not in known
    ]
    op.bulk_insert(setting, rows)
