"""The spine: catalogue, audit, mails, accounts, files, ledger, engines, jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261120_1410"
down_revision = "20261120_1400"
branch_labels = None
depends_on = None

# What a person's own role may do with the person's rows; NULL is nothing. The ledger is written by the system only.
OWNED = {
    "users": ("id", "SELECT, UPDATE (name, locale, avatar_url, avatar_file_id)"),
    "identities": ("user_id", "SELECT"),
    "passwords": ("user_id", None),
    "sessions": ("user_id", "SELECT, UPDATE (revoked_at)"),
    "one_time_tokens": ("user_id", None),
    "api_keys": ("user_id", "SELECT, INSERT, UPDATE"),
    "audit_entries": ("user_id", "SELECT"),
    "mails": ("user_id", "SELECT"),
    "files": ("user_id", "SELECT, INSERT, UPDATE (deleted_at)"),
    "images": ("user_id", "SELECT, INSERT, UPDATE (name, description, alt_text, deleted_at)"),
    "image_derivatives": ("user_id", "SELECT, INSERT"),
    "ledger_accounts": ("user_id", "SELECT"),
    "ledger_transfers": ("user_id", "SELECT"),
    "ledger_entries": ("user_id", "SELECT"),
    "credit_buckets": ("user_id", "SELECT"),
    "credit_holds": ("user_id", "SELECT"),
    "credit_hold_parts": ("user_id", "SELECT"),
    "engine_calls": ("user_id", "SELECT"),
    "jobs": (
        "user_id",
        "SELECT, INSERT, UPDATE (status, revision, lease_until, worker_id, finished_at, hold_id)",
    ),
    "job_details": ("user_id", "SELECT, INSERT"),
    "job_inputs": ("user_id", "SELECT, INSERT"),
    "job_stages": ("user_id", "SELECT"),
    "job_outputs": ("user_id", "SELECT, UPDATE (is_chosen)"),
}
SHARED = {
    "catalogues": "SELECT",
    "products": "SELECT",
    "product_prices": "SELECT",
    "retention_rules": None,
    "audit_heads": None,
    "error_groups": None,
    "error_events": None,
    "mail_suppressions": None,
    "ledger_folds": None,
    "engines": "SELECT",
}
APPEND_ONLY = ("audit_entries", "ledger_transfers", "ledger_entries")


def protect() -> None:
    for table, (column, may) in OWNED.items():
        op.execute(sa.text("CALL atelier_own(cast(:t AS regclass), :c, :m)").bindparams(t=table, c=column, m=may))
    for table, may in SHARED.items():
        op.execute(sa.text("CALL atelier_share(cast(:t AS regclass), :m)").bindparams(t=table, m=may))
    for table in APPEND_ONLY:
        op.execute(sa.text("CALL atelier_append_only(cast(:t AS regclass))").bindparams(t=table))


def upgrade() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "access",
                "admin_login",
                "api_key_create",
                "api_key_revoke",
                "catalogue_apply",
                "email_change",
                "email_verify",
                "password_change",
                "password_reset",
                "password_reset_request",
                "profile_change",
                "role_change",
                "session_revoke",
                "sign_in",
                "sign_in_link",
                "sign_in_refused",
                "sign_out",
                "sign_up",
                "setup",
                "token_adjustment",
                "user_activate",
                "user_create",
                "user_delete",
                "user_suspend",
                "voucher_create",
                "voucher_delete",
                "voucher_update",
                name="auditaction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("target_type", sa.Text(), nullable=True),
        sa.Column("target_id", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_entries_number")),
    )
    op.create_index("ix_audit_entries_action_created_at", "audit_entries", ["action", "created_at"], unique=False)
    op.create_index("ix_audit_entries_target_id", "audit_entries", ["target_id"], unique=False)
    op.create_index("ix_audit_entries_user_id_id", "audit_entries", ["user_id", "id"], unique=False)
    op.create_table(
        "catalogues",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_current", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("applied_by", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogues")),
    )
    op.create_index(
        "uq_catalogues_current", "catalogues", ["is_current"], unique=True, postgresql_where=sa.text("is_current")
    )
    op.create_table(
        "engines",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=True),
        sa.Column("concurrency", sa.BigInteger(), server_default=sa.text("4"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("concurrency > 0", name=op.f("ck_engines_concurrency_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engines")),
        sa.UniqueConstraint("name", name=op.f("uq_engines_name")),
    )
    op.create_table(
        "error_groups",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("error_type", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "resolved", "ignored", name="errorstate", native_enum=False, create_constraint=True, length=40
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_groups")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_error_groups_fingerprint")),
    )
    op.create_table(
        "mail_suppressions",
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_suppressions")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_mail_suppressions_address_hash")),
    )
    op.create_table(
        "mails",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "sent",
                "delivered",
                "opened",
                "clicked",
                "bounced",
                "failed",
                name="mailstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clicked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_mails_provider_id")),
    )
    op.create_index("ix_mails_status_created_at", "mails", ["status", "created_at"], unique=False)
    op.create_index("ix_mails_user_id_id", "mails", ["user_id", "id"], unique=False)
    op.create_table(
        "products",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("code", name=op.f("uq_products_code")),
    )
    op.create_table(
        "retention_rules",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("keep_days", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_count", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("keep_days > 0", name=op.f("ck_retention_rules_keep_days_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
        sa.UniqueConstraint("subject", name=op.f("uq_retention_rules_subject")),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column("avatar_file_id", sa.Uuid(), nullable=True),
        sa.Column(
            "role",
            sa.Enum("user", "admin", "super_admin", name="role", native_enum=False, create_constraint=True, length=40),
            server_default="user",
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "suspended",
                "erased",
                name="accountstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="active",
            nullable=False,
        ),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(email) <= 255", name=op.f("ck_users_email_length")),
        sa.CheckConstraint("char_length(name) <= 255", name=op.f("ck_users_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index(
        "uq_users_email",
        "users",
        [sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("email IS NOT NULL"),
    )
    op.create_table(
        "api_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_prefix", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column(
            "mode",
            sa.Enum("live", "test", name="keymode", native_enum=False, create_constraint=True, length=40),
            server_default="live",
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 50", name=op.f("ck_api_keys_name_length")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_keys_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index(op.f("ix_api_keys_user_id"), "api_keys", ["user_id"], unique=False)
    op.create_table(
        "engine_calls",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("cost_micro", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("succeeded", "failed", name="calloutcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cost_micro >= 0", name=op.f("ck_engine_calls_cost")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_engine_calls_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_calls")),
        sa.UniqueConstraint("reference", "attempt", name=op.f("uq_engine_calls_reference_attempt")),
    )
    op.create_index(op.f("ix_engine_calls_user_id"), "engine_calls", ["user_id"], unique=False)
    op.create_table(
        "error_events",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("stack", sa.Text(), nullable=True),
        sa.Column("source_file", sa.Text(), nullable=True),
        sa.Column("source_line", sa.BigInteger(), nullable=True),
        sa.Column("source_column", sa.BigInteger(), nullable=True),
        sa.Column("caller_name", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column(
            "environment",
            sa.Enum(
                "frontend", "backend", name="errorenvironment", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("error_type", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("release", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["error_groups.id"], name=op.f("fk_error_events_group_id_error_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_events")),
    )
    op.create_index(op.f("ix_error_events_group_id"), "error_events", ["group_id"], unique=False)
    op.create_index("ix_error_events_timestamp", "error_events", ["timestamp"], unique=False)
    op.create_table(
        "files",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column(
            "backend",
            sa.Enum("local", "s3", "opfs", name="backend", native_enum=False, create_constraint=True, length=40),
            server_default="local",
            nullable=False,
        ),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_files_size_not_negative")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_files_user_id_users"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("user_id", "sha256", name=op.f("uq_files_user_id_sha256")),
    )
    op.create_index("ix_files_storage_key", "files", ["storage_key"], unique=False)
    op.create_table(
        "identities",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("id_token", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_type", sa.Text(), nullable=True),
        sa.Column("session_state", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("provider", "subject", name=op.f("uq_identities_provider_subject")),
    )
    op.create_index(op.f("ix_identities_user_id"), "identities", ["user_id"], unique=False)
    op.create_table(
        "ledger_accounts",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "wallet",
                "owed",
                "house_issued",
                "house_revenue",
                "house_expired",
                "house_adjusted",
                name="accountkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("posted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("last_entry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("floor IS NULL OR posted - held >= floor", name=op.f("ck_ledger_accounts_never_overdrawn")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_ledger_accounts_held_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_ledger_accounts_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint(
            "user_id",
            "kind",
            "unit",
            name=op.f("uq_ledger_accounts_user_id_kind_unit"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "one_time_tokens",
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "verify",
                "activate",
                "magic",
                "reset",
                "change",
                "setup",
                name="tokenpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_one_time_tokens_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_tokens_token_hash")),
    )
    op.create_index("ix_one_time_tokens_identifier_purpose", "one_time_tokens", ["identifier", "purpose"], unique=False)
    op.create_index(op.f("ix_one_time_tokens_user_id"), "one_time_tokens", ["user_id"], unique=False)
    op.create_table(
        "passwords",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passwords_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passwords")),
        sa.UniqueConstraint("user_id", name=op.f("uq_passwords_user_id")),
    )
    op.create_table(
        "product_prices",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("units >= 0", name=op.f("ck_product_prices_units_not_negative")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_prices_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_prices")),
        sa.UniqueConstraint("product_id", "choice", "rank", name=op.f("uq_product_prices_product_id_choice_rank")),
    )
    op.create_table(
        "sessions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stepped_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "credit_buckets",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "trial",
                "allowance",
                "regenerating",
                "plan",
                "bonus",
                "purchased",
                "overage",
                "grace",
                name="bucketkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("refilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("price_paid_minor", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cap IS NULL OR remaining <= cap", name=op.f("ck_credit_buckets_cap_holds")),
        sa.CheckConstraint("held >= 0 AND remaining >= held", name=op.f("ck_credit_buckets_held_fits")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_credit_buckets_account_id_ledger_accounts"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_credit_buckets_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_buckets")),
    )
    op.create_index(
        "ix_credit_buckets_account_id_expires_at", "credit_buckets", ["account_id", "expires_at"], unique=False
    )
    op.create_index(op.f("ix_credit_buckets_user_id"), "credit_buckets", ["user_id"], unique=False)
    op.create_index(
        "uq_credit_buckets_well",
        "credit_buckets",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'regenerating'"),
    )
    op.create_table(
        "credit_holds",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "placed",
                "captured",
                "released",
                "expired",
                name="holdstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="placed",
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'placed') = (resolved_at IS NULL)", name=op.f("ck_credit_holds_resolved_when_ended")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_holds_amount_positive")),
        sa.CheckConstraint("captured BETWEEN 0 AND amount", name=op.f("ck_credit_holds_captured_fits")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_credit_holds_account_id_ledger_accounts"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_credit_holds_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_holds")),
        sa.UniqueConstraint("user_id", "reference", name=op.f("uq_credit_holds_user_id_reference")),
    )
    op.create_index(op.f("ix_credit_holds_account_id"), "credit_holds", ["account_id"], unique=False)
    op.create_index(
        "ix_credit_holds_expiring",
        "credit_holds",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'placed'"),
    )
    op.create_table(
        "images",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("alt_text", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("view_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "upload",
                "drive",
                "job",
                "anonymous",
                name="imagesource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(name) <= 255", name=op.f("ck_images_name_length")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_images_file_id_files"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_images_user_id_users"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
    )
    op.create_index(op.f("ix_images_file_id"), "images", ["file_id"], unique=False)
    op.create_index(
        "ix_images_public",
        "images",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("is_public AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_images_user_id_id",
        "images",
        ["user_id", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "ledger_folds",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("up_to_entry", sa.Uuid(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_folds_account_id_ledger_accounts"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_folds")),
        sa.UniqueConstraint("account_id", name=op.f("uq_ledger_folds_account_id")),
    )
    op.create_table(
        "credit_hold_parts",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("bucket_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["credit_buckets.id"],
            name=op.f("fk_credit_hold_parts_bucket_id_credit_buckets"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["credit_holds.id"], name=op.f("fk_credit_hold_parts_hold_id_credit_holds"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_credit_hold_parts_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("hold_id", "bucket_id", name=op.f("pk_credit_hold_parts")),
    )
    op.create_index(op.f("ix_credit_hold_parts_bucket_id"), "credit_hold_parts", ["bucket_id"], unique=False)
    op.create_index(op.f("ix_credit_hold_parts_user_id"), "credit_hold_parts", ["user_id"], unique=False)
    op.create_table(
        "image_derivatives",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_image_derivatives_file_id_files"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_image_derivatives_image_id_images"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_image_derivatives_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_derivatives")),
        sa.UniqueConstraint("image_id", "kind", name=op.f("uq_image_derivatives_image_id_kind")),
    )
    op.create_index(op.f("ix_image_derivatives_file_id"), "image_derivatives", ["file_id"], unique=False)
    op.create_index(op.f("ix_image_derivatives_user_id"), "image_derivatives", ["user_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column(
            "tier",
            sa.Enum("free", "1k", "2k", "4k", name="tier", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "succeeded",
                "failed",
                "canceled",
                name="jobstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="queued",
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "analyzing",
                "cropping",
                "prompting",
                "generating",
                "checking",
                "delivering",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("progress", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_attempts", sa.BigInteger(), server_default=sa.text("3"), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("worker_deaths", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("cost_held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("cost_captured", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("submission_key", sa.Text(), nullable=True),
        sa.Column(
            "error_class",
            sa.Enum(
                "user",
                "transient",
                "quota",
                "content",
                "bug",
                "worker_death",
                "deadline",
                "needs_input",
                name="errorclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_jobs_leased_while_running")
        ),
        sa.CheckConstraint(
            "(status IN ('queued', 'running')) = (finished_at IS NULL)", name=op.f("ck_jobs_finished_when_final")
        ),
        sa.CheckConstraint("cost_captured BETWEEN 0 AND cost_held", name=op.f("ck_jobs_never_more_than_held")),
        sa.CheckConstraint("progress BETWEEN 0 AND 1000", name=op.f("ck_jobs_progress_in_permille")),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["credit_holds.id"], name=op.f("fk_jobs_hold_id_credit_holds"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_jobs_user_id_users"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_jobs_hold_id")),
        sa.UniqueConstraint("user_id", "submission_key", name=op.f("uq_jobs_user_id_submission_key")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_jobs_deadline",
        "jobs",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.create_index(
        "ix_jobs_ready", "jobs", ["turn", "id"], unique=False, postgresql_where=sa.text("status = 'queued'")
    )
    op.create_index(
        "ix_jobs_running", "jobs", ["lease_until"], unique=False, postgresql_where=sa.text("status = 'running'")
    )
    op.create_index("ix_jobs_user_id_id", "jobs", ["user_id", "id"], unique=False)
    op.create_index("ix_jobs_user_id_updated_at", "jobs", ["user_id", "updated_at"], unique=False)
    op.create_table(
        "ledger_transfers",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "signup_bonus",
                "purchase",
                "usage",
                "refund",
                "regeneration",
                "bonus",
                "voucher",
                "referral",
                "rollover",
                "expiry",
                "adjustment_add",
                "adjustment_remove",
                "trial",
                "overage",
                "author_share",
                "revocation",
                "owed",
                name="transferkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("external_order_id", sa.Text(), nullable=True),
        sa.Column("external_product_id", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["credit_holds.id"], name=op.f("fk_ledger_transfers_hold_id_credit_holds"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["ledger_transfers.id"],
            name=op.f("fk_ledger_transfers_reverses_id_ledger_transfers"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_ledger_transfers_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfers")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_ledger_transfers_hold_id")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_ledger_transfers_scope_key")),
    )
    op.create_index(op.f("ix_ledger_transfers_reverses_id"), "ledger_transfers", ["reverses_id"], unique=False)
    op.create_index("ix_ledger_transfers_source", "ledger_transfers", ["source", "source_id"], unique=False)
    op.create_index(op.f("ix_ledger_transfers_user_id"), "ledger_transfers", ["user_id"], unique=False)
    op.create_table(
        "job_details",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("temperature", sa.Text(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "web",
                "api",
                "mcp",
                "drive",
                "anonymous",
                "demo",
                name="jobsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("retry_of", sa.Uuid(), nullable=True),
        sa.Column("output_count", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("workflow_run_id", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(prompt) <= 4000", name=op.f("ck_job_details_prompt_length")),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_job_details_api_key_id_api_keys"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_details_job_id_jobs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["retry_of"], ["jobs.id"], name=op.f("fk_job_details_retry_of_jobs"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_job_details_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_details")),
    )
    op.create_index(op.f("ix_job_details_api_key_id"), "job_details", ["api_key_id"], unique=False)
    op.create_index(op.f("ix_job_details_retry_of"), "job_details", ["retry_of"], unique=False)
    op.create_index(op.f("ix_job_details_user_id"), "job_details", ["user_id"], unique=False)
    op.create_table(
        "job_inputs",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "source",
                "blend",
                "reference",
                "mask",
                name="inputrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_job_inputs_file_id_files"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_job_inputs_image_id_images"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_inputs_job_id_jobs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_job_inputs_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_inputs")),
        sa.UniqueConstraint("job_id", "role", name=op.f("uq_job_inputs_job_id_role")),
    )
    op.create_index(op.f("ix_job_inputs_file_id"), "job_inputs", ["file_id"], unique=False)
    op.create_index(op.f("ix_job_inputs_image_id"), "job_inputs", ["image_id"], unique=False)
    op.create_index(op.f("ix_job_inputs_user_id"), "job_inputs", ["user_id"], unique=False)
    op.create_table(
        "job_outputs",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("passed", "rejected", name="verdict", native_enum=False, create_constraint=True, length=40),
            server_default="passed",
            nullable=False,
        ),
        sa.Column("captured_units", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_job_outputs_file_id_files"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_job_outputs_image_id_images"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_outputs_job_id_jobs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_job_outputs_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_outputs")),
        sa.UniqueConstraint("job_id", "number", name=op.f("uq_job_outputs_job_id_number")),
    )
    op.create_index(op.f("ix_job_outputs_file_id"), "job_outputs", ["file_id"], unique=False)
    op.create_index(op.f("ix_job_outputs_image_id"), "job_outputs", ["image_id"], unique=False)
    op.create_index(op.f("ix_job_outputs_user_id"), "job_outputs", ["user_id"], unique=False)
    op.create_table(
        "job_stages",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "analyzing",
                "cropping",
                "prompting",
                "generating",
                "checking",
                "delivering",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("output", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("warning", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_stages_job_id_jobs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_job_stages_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_stages")),
        sa.UniqueConstraint("job_id", "stage", name=op.f("uq_job_stages_job_id_stage")),
    )
    op.create_index(op.f("ix_job_stages_user_id"), "job_stages", ["user_id"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entries_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_entries_account_id_ledger_accounts"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["ledger_transfers.id"],
            name=op.f("fk_ledger_entries_transfer_id_ledger_transfers"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_ledger_entries_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("account_id", "version", name=op.f("uq_ledger_entries_account_id_version")),
        sa.UniqueConstraint("transfer_id", "account_id", name=op.f("uq_ledger_entries_transfer_id_account_id")),
    )
    op.create_index("ix_ledger_entries_user_id_id", "ledger_entries", ["user_id", "id"], unique=False)
    protect()


def downgrade() -> None:
    op.drop_index("ix_ledger_entries_user_id_id", table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_index(op.f("ix_job_stages_user_id"), table_name="job_stages")
    op.drop_table("job_stages")
    op.drop_index(op.f("ix_job_outputs_user_id"), table_name="job_outputs")
    op.drop_index(op.f("ix_job_outputs_image_id"), table_name="job_outputs")
    op.drop_index(op.f("ix_job_outputs_file_id"), table_name="job_outputs")
    op.drop_table("job_outputs")
    op.drop_index(op.f("ix_job_inputs_user_id"), table_name="job_inputs")
    op.drop_index(op.f("ix_job_inputs_image_id"), table_name="job_inputs")
    op.drop_index(op.f("ix_job_inputs_file_id"), table_name="job_inputs")
    op.drop_table("job_inputs")
    op.drop_index(op.f("ix_job_details_user_id"), table_name="job_details")
    op.drop_index(op.f("ix_job_details_retry_of"), table_name="job_details")
    op.drop_index(op.f("ix_job_details_api_key_id"), table_name="job_details")
    op.drop_table("job_details")
    op.drop_index(op.f("ix_ledger_transfers_user_id"), table_name="ledger_transfers")
    op.drop_index("ix_ledger_transfers_source", table_name="ledger_transfers")
    op.drop_index(op.f("ix_ledger_transfers_reverses_id"), table_name="ledger_transfers")
    op.drop_table("ledger_transfers")
    op.drop_index("ix_jobs_user_id_updated_at", table_name="jobs")
    op.drop_index("ix_jobs_user_id_id", table_name="jobs")
    op.drop_index("ix_jobs_running", table_name="jobs", postgresql_where=sa.text("status = 'running'"))
    op.drop_index("ix_jobs_ready", table_name="jobs", postgresql_where=sa.text("status = 'queued'"))
    op.drop_index("ix_jobs_deadline", table_name="jobs", postgresql_where=sa.text("status IN ('queued', 'running')"))
    op.drop_table("jobs")
    op.drop_index(op.f("ix_image_derivatives_user_id"), table_name="image_derivatives")
    op.drop_index(op.f("ix_image_derivatives_file_id"), table_name="image_derivatives")
    op.drop_table("image_derivatives")
    op.drop_index(op.f("ix_credit_hold_parts_user_id"), table_name="credit_hold_parts")
    op.drop_index(op.f("ix_credit_hold_parts_bucket_id"), table_name="credit_hold_parts")
    op.drop_table("credit_hold_parts")
    op.drop_table("ledger_folds")
    op.drop_index("ix_images_user_id_id", table_name="images", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_images_public", table_name="images", postgresql_where=sa.text("is_public AND deleted_at IS NULL"))
    op.drop_index(op.f("ix_images_file_id"), table_name="images")
    op.drop_table("images")
    op.drop_index("ix_credit_holds_expiring", table_name="credit_holds", postgresql_where=sa.text("state = 'placed'"))
    op.drop_index(op.f("ix_credit_holds_account_id"), table_name="credit_holds")
    op.drop_table("credit_holds")
    op.drop_index(
        "uq_credit_buckets_well", table_name="credit_buckets", postgresql_where=sa.text("kind = 'regenerating'")
    )
    op.drop_index(op.f("ix_credit_buckets_user_id"), table_name="credit_buckets")
    op.drop_index("ix_credit_buckets_account_id_expires_at", table_name="credit_buckets")
    op.drop_table("credit_buckets")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("product_prices")
    op.drop_table("passwords")
    op.drop_index(op.f("ix_one_time_tokens_user_id"), table_name="one_time_tokens")
    op.drop_index("ix_one_time_tokens_identifier_purpose", table_name="one_time_tokens")
    op.drop_table("one_time_tokens")
    op.drop_table("ledger_accounts")
    op.drop_index(op.f("ix_identities_user_id"), table_name="identities")
    op.drop_table("identities")
    op.drop_index("ix_files_storage_key", table_name="files")
    op.drop_table("files")
    op.drop_index("ix_error_events_timestamp", table_name="error_events")
    op.drop_index(op.f("ix_error_events_group_id"), table_name="error_events")
    op.drop_table("error_events")
    op.drop_index(op.f("ix_engine_calls_user_id"), table_name="engine_calls")
    op.drop_table("engine_calls")
    op.drop_index(op.f("ix_api_keys_user_id"), table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_index("uq_users_email", table_name="users", postgresql_where=sa.text("email IS NOT NULL"))
    op.drop_table("users")
    op.drop_table("retention_rules")
    op.drop_table("products")
    op.drop_index("ix_mails_user_id_id", table_name="mails")
    op.drop_index("ix_mails_status_created_at", table_name="mails")
    op.drop_table("mails")
    op.drop_table("mail_suppressions")
    op.drop_table("error_groups")
    op.drop_table("engines")
    op.drop_index("uq_catalogues_current", table_name="catalogues", postgresql_where=sa.text("is_current"))
    op.drop_table("catalogues")
    op.drop_index("ix_audit_entries_user_id_id", table_name="audit_entries")
    op.drop_index("ix_audit_entries_target_id", table_name="audit_entries")
    op.drop_index("ix_audit_entries_action_created_at", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("audit_heads")
