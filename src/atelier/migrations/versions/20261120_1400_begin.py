"""Begin: roles, the helpers that every later migration calls, and the tables of the machinery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261120_1400"
down_revision = None
branch_labels = None
depends_on = None

HELPERS = [
    """
    CREATE FUNCTION atelier_touch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.updated_at := clock_timestamp();
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION atelier_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    # Who is asking; NULL for nobody (after a commit the setting reads '' rather than NULL).
    """
    CREATE FUNCTION atelier_user() RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('app.user_id', true), '')::uuid $$
    """,
    # Keeps updated_at, where there is one.
    """
    CREATE PROCEDURE atelier_keep_updated(target regclass) LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = target AND attname = 'updated_at' AND NOT attisdropped)
        THEN
            EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION atelier_touch()', target);
        END IF;
    END $$
    """,
    # A table whose rows belong to a person: row security enabled and forced, one policy a role.
    """
    CREATE PROCEDURE atelier_own(target regclass, owner_column text DEFAULT 'user_id', app_may text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
    LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
        EXECUTE format('CREATE POLICY app ON %s TO atelier_app USING (%I = atelier_user()) WITH CHECK (%I = atelier_user())',
                       target, owner_column, owner_column);
        EXECUTE format('CREATE POLICY system ON %s TO atelier_system USING (true) WITH CHECK (true)', target);
        EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', target);
        IF app_may IS NOT NULL THEN
            EXECUTE format('GRANT %s ON %s TO atelier_app', app_may, target);
        END IF;
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO atelier_system', target);
        CALL atelier_keep_updated(target);
    END $$
    """,
    # Rows that are written once: not even the machinery may change or remove them.
    """
    CREATE PROCEDURE atelier_append_only(target regclass) LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM atelier_system', target);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION atelier_refuse_change()', target);
    END $$
    """,
    # A table without an owner: the back office and the machinery write it, people may be allowed to read it.
    """
    CREATE PROCEDURE atelier_share(target regclass, app_may text DEFAULT NULL) LANGUAGE plpgsql AS $$
    BEGIN
        IF app_may IS NOT NULL THEN
            EXECUTE format('GRANT %s ON %s TO atelier_app', app_may, target);
        END IF;
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO atelier_system', target);
        CALL atelier_keep_updated(target);
    END $$
    """,
]


def upgrade() -> None:
    for helper in HELPERS:
        op.execute(helper)
    op.execute("GRANT USAGE ON SCHEMA public TO atelier_app, atelier_system")
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.BigInteger()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("headers", JSONB()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "scope", "key", name="pk_idempotency_keys"),
        sa.CheckConstraint("char_length(key) BETWEEN 1 AND 255", name="key_length"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.execute("CALL atelier_own('idempotency_keys')")
    op.create_table(
        "rate_limits",
        sa.Column("bucket", sa.Text(), primary_key=True),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute("CALL atelier_share('rate_limits', 'SELECT, INSERT, UPDATE')")
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column(
            "transaction", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index("ix_events_transaction_id", "events", ["transaction", "id"])
    op.execute("CALL atelier_share('events', 'INSERT')")
    op.create_table(
        "event_cursors",
        sa.Column("subscriber", sa.Text(), primary_key=True),
        sa.Column("transaction", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("event_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("retry_at", sa.DateTime(timezone=True)),
    )
    op.execute("CALL atelier_share('event_cursors')")


def downgrade() -> None:
    for table in ("event_cursors", "events", "rate_limits", "idempotency_keys"):
        op.drop_table(table)
    for procedure in (
        "atelier_append_only(regclass)",
        "atelier_share(regclass, text)",
        "atelier_own(regclass, text, text)",
        "atelier_keep_updated(regclass)",
    ):
        op.execute(f"DROP PROCEDURE {procedure}")
    for function in ("atelier_user", "atelier_refuse_change", "atelier_touch"):
        op.execute(f"DROP FUNCTION {function}()")
