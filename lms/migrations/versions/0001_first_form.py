"""The first form of every table."""

import sqlalchemy as sa
from alembic import op

from lms import db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


GROWING = (
    "casework_events",
    "casework_notes",
    "chain_entries",
    "chain_subjects",
    "courses_absent_marks",
    "courses_acts",
    "courses_agreements",
    "courses_amendments",
    "courses_anomaly_decisions",
    "courses_authorisations",
    "courses_closings",
    "courses_duplicates",
    "courses_enclosures",
    "courses_expected",
    "courses_head_counts",
    "courses_lines",
    "courses_papers",
    "courses_question_versions",
    "courses_reopenings",
    "courses_retries",
    "courses_scans",
    "courses_sheet_answers",
    "courses_sheets",
    "courses_stamps",
    "courses_trace_imports",
    "courses_trace_spans",
    "courses_visits",
    "frozen_documents",
    "mentoring_answers",
)


def upgrade() -> None:
    op.create_table(
        "chains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "register",
                "audit",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chains")),
        sa.UniqueConstraint("kind", "owner_id", name=op.f("uq_chains_kind_owner_id")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("made_at", db.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("organiser", sa.String(length=120), nullable=False),
        sa.Column("project_code", sa.String(length=40), nullable=False),
        sa.Column("privacy_name", sa.String(length=120), nullable=False),
        sa.Column("privacy_mail", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", name=op.f("uq_programmes_code")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", db.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tries")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_sign_in_tries_kind_subject")),
    )
    op.create_table(
        "casework_bodies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "social_services",
                "health_services",
                "third_sector",
                "school",
                "work_services",
                "training_agency",
                "employer",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "to_be_checked",
                "closed",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_bodies_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_bodies")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_casework_bodies_id_programme_id")),
        sa.UniqueConstraint(
            "programme_id", "name", name=op.f("uq_casework_bodies_programme_id_name")
        ),
    )
    op.create_table(
        "chain_entries",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("segment", sa.String(length=7), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("row_table", sa.String(length=60), nullable=True),
        sa.Column("row_id", sa.Uuid(), nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"],
            ["chains.id"],
            name=op.f("fk_chain_entries_chain_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("chain_id", "sequence", name=op.f("pk_chain_entries")),
        sa.UniqueConstraint(
            "chain_id", "previous", name=op.f("uq_chain_entries_chain_id_previous")
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("chain_entries", schema=None) as batch_op:
        batch_op.create_index("ix_chain_entries_actor", ["actor_id", "at"], unique=False)
        batch_op.create_index("ix_chain_entries_row", ["row_id"], unique=False)

    op.create_table(
        "chain_subjects",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"],
            ["chains.id"],
            name=op.f("fk_chain_subjects_chain_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint(
            "chain_id", "sequence", "subject_id", name=op.f("pk_chain_subjects")
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("chain_subjects", schema=None) as batch_op:
        batch_op.create_index("ix_chain_subjects_subject", ["subject_id"], unique=False)

    op.create_table(
        "counters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_counters_last_not_negative")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_counters_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counters")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_counters_id_programme_id")),
        sa.UniqueConstraint("owner_id", "series", name=op.f("uq_counters_owner_id_series")),
    )
    op.create_table(
        "courses_delivering_bodies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("accreditation", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_courses_delivering_bodies_has_a_name")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_delivering_bodies_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_delivering_bodies")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_delivering_bodies_id_programme_id")
        ),
        sa.UniqueConstraint(
            "programme_id", "name", name=op.f("uq_courses_delivering_bodies_programme_id_name")
        ),
    )
    op.create_table(
        "courses_question_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "single",
                "multiple",
                "true_false",
                "short",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("text_it", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("feedback_it", sa.Text(), nullable=False),
        sa.Column("feedback_en", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", db.UtcTime(), nullable=False),
        sa.CheckConstraint(
            "number > 0", name=op.f("ck_courses_question_versions_numbered_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_question_versions_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_question_versions")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_question_versions_id_programme_id")
        ),
        sa.UniqueConstraint(
            "programme_id",
            "name",
            "number",
            name=op.f("uq_courses_question_versions_programme_id_name_number"),
        ),
        info={"append_only": True},
    )
    op.create_table(
        "courses_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_it", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "retired",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", db.UtcTime(), nullable=False),
        sa.Column("published_at", db.UtcTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)",
            name=op.f("ck_courses_versions_draft_is_unpublished"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_versions_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_versions")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_versions_id_programme_id")),
        sa.UniqueConstraint(
            "programme_id", "number", name=op.f("uq_courses_versions_programme_id_number")
        ),
    )
    with op.batch_alter_table("courses_versions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_courses_versions_one_published",
            ["programme_id"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "hubs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("territory", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(letter) = 1", name=op.f("ck_hubs_letter_is_one")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_hubs_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hubs")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_hubs_id_programme_id")),
        sa.UniqueConstraint("programme_id", "letter", name=op.f("uq_hubs_programme_id_letter")),
    )
    op.create_table(
        "subject_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "referral",
                "beneficiary",
                "case",
                "edition",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("master", sa.String(length=40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", db.UtcTime(), nullable=False),
        sa.Column("destroyed_at", db.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_subject_keys_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_keys")),
    )
    with op.batch_alter_table("subject_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subject_keys_programme_id"), ["programme_id"], unique=False
        )

    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", db.UtcTime(), nullable=False),
        sa.Column("expires_at", db.UtcTime(), nullable=False),
        sa.Column("used_at", db.UtcTime(), nullable=True),
        sa.Column("revoked_at", db.UtcTime(), nullable=True),
        sa.CheckConstraint("expires_at > issued_at", name=op.f("ck_tokens_expires_after_issue")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_tokens_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tokens_subject_id_purpose", ["subject_id", "purpose"], unique=False
        )

    op.create_table(
        "casework_beneficiaries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", db.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_beneficiaries_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_beneficiaries_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_beneficiaries")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_casework_beneficiaries_id_programme_id")
        ),
    )
    op.create_table(
        "courses_editions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "running",
                "closed",
                "archived",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("total_percent", sa.Integer(), nullable=False),
        sa.Column("module_percent", sa.Integer(), nullable=False),
        sa.Column(
            "rounding",
            sa.Enum(
                "exact",
                "tolerance",
                "blocks",
                name="rounding_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("rounding_minutes", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(length=120), nullable=False),
        sa.Column("least_percent", sa.Integer(), nullable=False),
        sa.Column("live_percent", sa.Integer(), nullable=True),
        sa.Column("ticks", sa.String(length=120), nullable=False),
        sa.Column("contest_days", sa.Integer(), nullable=False),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column(
            "original",
            sa.Enum(
                "electronic",
                "stamped",
                "both",
                name="original_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("practice_number", sa.String(length=60), nullable=False),
        sa.Column("operator_code", sa.String(length=60), nullable=False),
        sa.Column("course_code", sa.String(length=60), nullable=False),
        sa.Column("project_code", sa.String(length=60), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "contest_days BETWEEN 1 AND 365",
            name=op.f("ck_courses_editions_contest_days_of_a_year"),
        ),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_courses_editions_ends_after_start")
        ),
        sa.CheckConstraint(
            "late_days BETWEEN 0 AND 60", name=op.f("ck_courses_editions_late_days_of_two_months")
        ),
        sa.CheckConstraint(
            "least_percent BETWEEN 1 AND total_percent",
            name=op.f("ck_courses_editions_least_below_total"),
        ),
        sa.CheckConstraint(
            "live_percent BETWEEN 0 AND 100",
            name=op.f("ck_courses_editions_live_percent_of_hundred"),
        ),
        sa.CheckConstraint(
            "module_percent BETWEEN 0 AND 100",
            name=op.f("ck_courses_editions_module_percent_of_hundred"),
        ),
        sa.CheckConstraint(
            "rounding_minutes >= 0", name=op.f("ck_courses_editions_rounding_not_negative")
        ),
        sa.CheckConstraint(
            "total_percent BETWEEN 1 AND 100",
            name=op.f("ck_courses_editions_total_percent_of_hundred"),
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_editions_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_editions_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "programme_id"],
            ["courses_versions.id", "courses_versions.programme_id"],
            name=op.f("fk_courses_editions_version_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_editions")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_editions_id_programme_id")),
        sa.UniqueConstraint(
            "programme_id", "code", name=op.f("uq_courses_editions_programme_id_code")
        ),
    )
    op.create_table(
        "courses_modules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_it", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_courses_modules_minutes_are_some")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_modules_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "programme_id"],
            ["courses_versions.id", "courses_versions.programme_id"],
            name=op.f("fk_courses_modules_version_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_modules")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_modules_id_programme_id")),
        sa.UniqueConstraint(
            "version_id", "number", name=op.f("uq_courses_modules_version_id_number")
        ),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mail", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sort_name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "active",
                "disabled",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("tax_code", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date", sa.LargeBinary(), nullable=True),
        sa.Column("birth_place", sa.LargeBinary(), nullable=True),
        sa.Column("factor_secret", sa.LargeBinary(), nullable=True),
        sa.Column("factor_step", sa.Integer(), nullable=False),
        sa.Column("is_invented", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.UtcTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'active' OR password IS NOT NULL", name=op.f("ck_persons_active_has_password")
        ),
        sa.CheckConstraint("mail = lower(mail)", name=op.f("ck_persons_mail_is_lower")),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_persons_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("mail", name=op.f("uq_persons_mail")),
    )
    op.create_table(
        "casework_identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.LargeBinary(), nullable=False),
        sa.Column("family_name", sa.LargeBinary(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date", sa.LargeBinary(), nullable=True),
        sa.Column("languages", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["beneficiary_id", "programme_id"],
            ["casework_beneficiaries.id", "casework_beneficiaries.programme_id"],
            name=op.f("fk_casework_identities_beneficiary_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_identities_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_identities_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_identities")),
        sa.UniqueConstraint("beneficiary_id", name=op.f("uq_casework_identities_beneficiary_id")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_casework_identities_id_programme_id")
        ),
    )
    op.create_table(
        "casework_operators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id", "programme_id"],
            ["casework_bodies.id", "casework_bodies.programme_id"],
            name=op.f("fk_casework_operators_body_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_casework_operators_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_operators_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_operators")),
        sa.UniqueConstraint(
            "body_id", "person_id", name=op.f("uq_casework_operators_body_id_person_id")
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_casework_operators_id_programme_id")
        ),
    )
    with op.batch_alter_table("casework_operators", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_casework_operators_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "casework_referrals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column(
            "urgency",
            sa.Enum(
                "ordinary",
                "soon",
                "urgent",
                name="urgency_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("is_informed", sa.Boolean(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("surname", sa.LargeBinary(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("needs", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "waiting",
                "accepted",
                "declined",
                "expired",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("received_at", db.UtcTime(), nullable=False),
        sa.Column("answered_at", db.UtcTime(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (beneficiary_id IS NOT NULL)",
            name=op.f("ck_casework_referrals_accepted_has_person"),
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'declined', 'expired')) = (answered_at IS NOT NULL)",
            name=op.f("ck_casework_referrals_answered_has_time"),
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR answer IS NOT NULL",
            name=op.f("ck_casework_referrals_declined_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["persons.id"],
            name=op.f("fk_casework_referrals_answered_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id", "programme_id"],
            ["casework_beneficiaries.id", "casework_beneficiaries.programme_id"],
            name=op.f("fk_casework_referrals_beneficiary_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["body_id", "programme_id"],
            ["casework_bodies.id", "casework_bodies.programme_id"],
            name=op.f("fk_casework_referrals_body_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["hub_id", "programme_id"],
            ["hubs.id", "hubs.programme_id"],
            name=op.f("fk_casework_referrals_hub_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_referrals_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_referrals_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"],
            ["persons.id"],
            name=op.f("fk_casework_referrals_sent_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_referrals")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_casework_referrals_id_programme_id")
        ),
        sa.UniqueConstraint(
            "programme_id", "code", name=op.f("uq_casework_referrals_programme_id_code")
        ),
    )
    with op.batch_alter_table("casework_referrals", schema=None) as batch_op:
        batch_op.create_index(
            "ix_casework_referrals_programme_id_state",
            ["programme_id", "state", "received_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_casework_referrals_sent_by_id"), ["sent_by_id"], unique=False
        )

    op.create_table(
        "casework_social",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("household", sa.LargeBinary(), nullable=True),
        sa.Column("home", sa.LargeBinary(), nullable=True),
        sa.Column("work", sa.LargeBinary(), nullable=True),
        sa.Column("people", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["beneficiary_id", "programme_id"],
            ["casework_beneficiaries.id", "casework_beneficiaries.programme_id"],
            name=op.f("fk_casework_social_beneficiary_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_social_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_social_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_social")),
        sa.UniqueConstraint("beneficiary_id", name=op.f("uq_casework_social_beneficiary_id")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_casework_social_id_programme_id")),
    )
    op.create_table(
        "casework_special",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("health", sa.LargeBinary(), nullable=True),
        sa.Column("measures", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["beneficiary_id", "programme_id"],
            ["casework_beneficiaries.id", "casework_beneficiaries.programme_id"],
            name=op.f("fk_casework_special_beneficiary_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_special_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_special_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_special")),
        sa.UniqueConstraint("beneficiary_id", name=op.f("uq_casework_special_beneficiary_id")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_casework_special_id_programme_id")),
    )
    op.create_table(
        "courses_bundles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "making",
                "ready",
                "failed",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("ready_at", db.UtcTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ready') = (ready_at IS NOT NULL)",
            name=op.f("ck_courses_bundles_ready_has_time"),
        ),
        sa.CheckConstraint("done <= pieces", name=op.f("ck_courses_bundles_done_of_pieces")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_bundles_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_bundles_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_bundles_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_bundles_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_bundles")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_bundles_id_programme_id")),
    )
    with op.batch_alter_table("courses_bundles", schema=None) as batch_op:
        batch_op.create_index("ix_courses_bundles_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_edition_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "trainer",
                "coordinator",
                "inspector",
                name="role_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(role = 'inspector') = (expires_on IS NOT NULL)",
            name=op.f("ck_courses_edition_grants_inspector_until"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_edition_grants_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_courses_edition_grants_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_edition_grants_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_edition_grants")),
        sa.UniqueConstraint(
            "edition_id",
            "person_id",
            "role",
            name=op.f("uq_courses_edition_grants_edition_id_person_id_role"),
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_edition_grants_id_programme_id")
        ),
    )
    with op.batch_alter_table("courses_edition_grants", schema=None) as batch_op:
        batch_op.create_index(
            "ix_courses_edition_grants_person_id_role", ["person_id", "role"], unique=False
        )

    op.create_table(
        "courses_enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("left_reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(left_on IS NULL) = (left_reason IS NULL)",
            name=op.f("ck_courses_enrolments_left_has_reason"),
        ),
        sa.CheckConstraint(
            "left_on IS NULL OR left_on >= entered_on",
            name=op.f("ck_courses_enrolments_leaves_after_entry"),
        ),
        sa.CheckConstraint(
            "left_reason IS NULL OR key_id IS NOT NULL",
            name=op.f("ck_courses_enrolments_reason_has_key"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_enrolments_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_enrolments_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_courses_enrolments_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_enrolments_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_enrolments")),
        sa.UniqueConstraint(
            "edition_id", "person_id", name=op.f("uq_courses_enrolments_edition_id_person_id")
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_enrolments_id_programme_id")
        ),
    )
    with op.batch_alter_table("courses_enrolments", schema=None) as batch_op:
        batch_op.create_index("ix_courses_enrolments_person_id", ["person_id"], unique=False)

    op.create_table(
        "courses_pins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hashed", sa.String(length=200), nullable=False),
        sa.Column("chosen_at", db.UtcTime(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("locked_at", db.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "(wrong >= 5) = (locked_at IS NOT NULL)", name=op.f("ck_courses_pins_locked_after_five")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_courses_pins_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_pins_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_pins")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_pins_id_programme_id")),
        sa.UniqueConstraint(
            "programme_id", "person_id", name=op.f("uq_courses_pins_programme_id_person_id")
        ),
    )
    op.create_table(
        "courses_reopenings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_courses_reopenings_says_why")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_reopenings_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_reopenings_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_reopenings_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_reopenings")),
        sa.UniqueConstraint(
            "edition_id", "number", name=op.f("uq_courses_reopenings_edition_id_number")
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_reopenings_id_programme_id")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "courses_stamped_books",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "first_number > 0", name=op.f("ck_courses_stamped_books_numbers_from_one")
        ),
        sa.CheckConstraint(
            "last_number >= first_number", name=op.f("ck_courses_stamped_books_last_after_first")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_stamped_books_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_stamped_books_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_stamped_books")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_stamped_books_id_programme_id")
        ),
    )
    with op.batch_alter_table("courses_stamped_books", schema=None) as batch_op:
        batch_op.create_index("ix_courses_stamped_books_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_it", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "classroom",
                "workshop",
                "project_work",
                "live_online",
                "self_paced",
                name="mode_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("outcomes_it", sa.Text(), nullable=False),
        sa.Column("outcomes_en", sa.Text(), nullable=False),
        sa.Column("body_it", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("assessment_it", sa.Text(), nullable=False),
        sa.Column("assessment_en", sa.Text(), nullable=False),
        sa.Column("gate", sa.String(length=40), nullable=True),
        sa.Column("pass_percent", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(pass_percent IS NULL) = (attempts IS NULL)",
            name=op.f("ck_courses_units_quiz_has_both_figures"),
        ),
        sa.CheckConstraint("attempts > 0", name=op.f("ck_courses_units_attempts_are_some")),
        sa.CheckConstraint(
            "gate IS NULL OR pass_percent IS NOT NULL", name=op.f("ck_courses_units_gate_has_quiz")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_courses_units_minutes_are_some")),
        sa.CheckConstraint(
            "pass_percent BETWEEN 1 AND 100", name=op.f("ck_courses_units_percent_is_one")
        ),
        sa.ForeignKeyConstraint(
            ["module_id", "programme_id"],
            ["courses_modules.id", "courses_modules.programme_id"],
            name=op.f("fk_courses_units_module_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_units_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "programme_id"],
            ["courses_versions.id", "courses_versions.programme_id"],
            name=op.f("fk_courses_units_version_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_units")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_units_id_programme_id")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_courses_units_version_id_code")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("began_from", sa.Integer(), nullable=True),
        sa.Column("saved_at", db.UtcTime(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_drafts_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_drafts_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_drafts_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("person_id", "form", name=op.f("uq_drafts_person_id_form")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_files_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_files_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_files_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_files_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_files_id_programme_id")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_files_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "frozen_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_frozen_documents_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_frozen_documents_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_frozen_documents_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_documents")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_frozen_documents_id_programme_id")),
        sa.UniqueConstraint(
            "kind", "subject_id", "number", name=op.f("uq_frozen_documents_kind_subject_id_number")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "trainee",
                "trainer",
                "coordinator",
                "senior",
                "manager",
                "activator",
                "partner",
                "inspector",
                "administrator",
                name="role_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", db.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_grants_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_grants_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "person_id", "programme_id", "role", name=op.f("uq_grants_person_id_programme_id_role")
        ),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index("ix_grants_programme_id_role", ["programme_id", "role"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("asker_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "running",
                "done",
                "dead",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("run_at", db.UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", db.UtcTime(), nullable=True),
        sa.Column("worker", sa.String(length=120), nullable=True),
        sa.Column("error", sa.String(length=400), nullable=True),
        sa.Column("created_at", db.UtcTime(), nullable=False),
        sa.Column("ended_at", db.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asker_id"],
            ["persons.id"],
            name=op.f("fk_jobs_asker_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_jobs_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("queued_at", db.UtcTime(), nullable=False),
        sa.Column("sent_at", db.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_mails_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_mails_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["tokens.id"],
            name=op.f("fk_mails_token_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mails_person_id_queued_at", ["person_id", "queued_at"], unique=False
        )

    op.create_table(
        "mentoring_assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("senior_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "ended",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'active' OR ends_on IS NOT NULL",
            name=op.f("ck_mentoring_assignments_ended_has_a_day"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_mentoring_assignments_ends_after_it_starts"),
        ),
        sa.CheckConstraint(
            "senior_id <> person_id", name=op.f("ck_mentoring_assignments_nobody_follows_herself")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_mentoring_assignments_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_mentoring_assignments_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["senior_id"],
            ["persons.id"],
            name=op.f("fk_mentoring_assignments_senior_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_assignments")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_mentoring_assignments_id_programme_id")
        ),
    )
    with op.batch_alter_table("mentoring_assignments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mentoring_assignments_senior", ["programme_id", "senior_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_mentoring_assignments_active",
            ["programme_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "once",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("target", sa.String(length=400), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_once_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_once")),
        sa.UniqueConstraint(
            "person_id", "address", "key", name=op.f("uq_once_person_id_address_key")
        ),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", db.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_recovery_codes_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index("ix_recovery_codes_person_id", ["person_id"], unique=False)

    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", db.UtcTime(), nullable=False),
        sa.Column("seen_at", db.UtcTime(), nullable=False),
        sa.Column("proved_at", db.UtcTime(), nullable=False),
        sa.Column("factor_at", db.UtcTime(), nullable=True),
        sa.Column("ended_at", db.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_sign_ins_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_sign_ins_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_ins_digest")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_person_id"), ["person_id"], unique=False)

    op.create_table(
        "casework_activators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "training",
                "supervised",
                "autonomous",
                name="stage_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("made_at", db.UtcTime(), nullable=False),
        sa.Column("authorised_on", sa.Date(), nullable=True),
        sa.Column("authorisation_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", db.UtcTime(), nullable=True),
        sa.Column("supervised_at", db.UtcTime(), nullable=True),
        sa.Column("supervised_by_id", sa.Uuid(), nullable=True),
        sa.Column("autonomous_at", db.UtcTime(), nullable=True),
        sa.Column("autonomous_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(stage = 'autonomous') = (autonomous_at IS NOT NULL AND autonomous_by_id IS NOT NULL)",
            name=op.f("ck_casework_activators_autonomous_says_who_and_when"),
        ),
        sa.CheckConstraint(
            "stage = 'training' OR (supervised_at IS NOT NULL AND supervised_by_id IS NOT NULL)",
            name=op.f("ck_casework_activators_supervised_says_who_and_when"),
        ),
        sa.CheckConstraint(
            "stage = 'training' OR accepted_at IS NOT NULL",
            name=op.f("ck_casework_activators_supervised_has_accepted"),
        ),
        sa.CheckConstraint(
            "(authorisation_id IS NULL) = (authorised_on IS NULL)",
            name=op.f("ck_casework_activators_authorised_has_text"),
        ),
        sa.CheckConstraint(
            "accepted_at IS NULL OR authorisation_id IS NOT NULL",
            name=op.f("ck_casework_activators_accepted_has_authorisation"),
        ),
        sa.CheckConstraint(
            "autonomous_by_id IS NULL OR autonomous_by_id <> person_id",
            name=op.f("ck_casework_activators_not_released_by_herself"),
        ),
        sa.CheckConstraint(
            "supervised_by_id IS NULL OR supervised_by_id <> person_id",
            name=op.f("ck_casework_activators_not_by_herself"),
        ),
        sa.ForeignKeyConstraint(
            ["authorisation_id", "programme_id"],
            ["frozen_documents.id", "frozen_documents.programme_id"],
            name=op.f("fk_casework_activators_authorisation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["autonomous_by_id"],
            ["persons.id"],
            name=op.f("fk_casework_activators_autonomous_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files.id"],
            name=op.f("fk_casework_activators_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["hub_id", "programme_id"],
            ["hubs.id", "hubs.programme_id"],
            name=op.f("fk_casework_activators_hub_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_casework_activators_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_activators_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["supervised_by_id"],
            ["persons.id"],
            name=op.f("fk_casework_activators_supervised_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_activators")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_casework_activators_id_programme_id")
        ),
        sa.UniqueConstraint(
            "programme_id", "person_id", name=op.f("uq_casework_activators_programme_id_person_id")
        ),
    )
    with op.batch_alter_table("casework_activators", schema=None) as batch_op:
        batch_op.create_index(
            "ix_casework_activators_person_id", ["person_id", "stage"], unique=False
        )

    op.create_table(
        "casework_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("activator_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "contact",
                "assessment",
                "planning",
                "under_way",
                "follow_up",
                "closed",
                "reopened",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", db.UtcTime(), nullable=False),
        sa.Column("contact_by", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(code) >= 11", name=op.f("ck_casework_cases_code_is_whole")),
        sa.ForeignKeyConstraint(
            ["activator_id"],
            ["persons.id"],
            name=op.f("fk_casework_cases_activator_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id", "programme_id"],
            ["casework_beneficiaries.id", "casework_beneficiaries.programme_id"],
            name=op.f("fk_casework_cases_beneficiary_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["hub_id", "programme_id"],
            ["hubs.id", "hubs.programme_id"],
            name=op.f("fk_casework_cases_hub_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_cases_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_cases_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["referral_id", "programme_id"],
            ["casework_referrals.id", "casework_referrals.programme_id"],
            name=op.f("fk_casework_cases_referral_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_cases")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_casework_cases_id_programme_id")),
        sa.UniqueConstraint(
            "programme_id", "code", name=op.f("uq_casework_cases_programme_id_code")
        ),
        sa.UniqueConstraint("referral_id", name=op.f("uq_casework_cases_referral_id")),
    )
    with op.batch_alter_table("casework_cases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_casework_cases_activator_id",
            ["programme_id", "activator_id", "state"],
            unique=False,
        )
        batch_op.create_index("ix_casework_cases_beneficiary_id", ["beneficiary_id"], unique=False)
        batch_op.create_index(
            "ix_casework_cases_opened_at", ["programme_id", "opened_at"], unique=False
        )

    op.create_table(
        "casework_referral_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", db.UtcTime(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", db.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "(told IS NULL) = (told_at IS NULL)",
            name=op.f("ck_casework_referral_questions_told_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["persons.id"],
            name=op.f("fk_casework_referral_questions_asked_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_referral_questions_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_referral_questions_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["referral_id", "programme_id"],
            ["casework_referrals.id", "casework_referrals.programme_id"],
            name=op.f("fk_casework_referral_questions_referral_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_referral_questions")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_casework_referral_questions_id_programme_id")
        ),
    )
    with op.batch_alter_table("casework_referral_questions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_casework_referral_questions_referral_id", ["referral_id", "asked_at"], unique=False
        )

    op.create_table(
        "courses_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "in_progress",
                "submitted",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("started_at", db.UtcTime(), nullable=False),
        sa.Column("submitted_at", db.UtcTime(), nullable=True),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("out_of", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL AND mark IS NOT NULL AND passed IS NOT NULL)",
            name=op.f("ck_courses_attempts_submitted_is_marked"),
        ),
        sa.CheckConstraint(
            "mark IS NULL OR mark BETWEEN 0 AND out_of", name=op.f("ck_courses_attempts_mark_fits")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_courses_attempts_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_attempts_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "programme_id"],
            ["courses_units.id", "courses_units.programme_id"],
            name=op.f("fk_courses_attempts_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_attempts")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_attempts_id_programme_id")),
        sa.UniqueConstraint(
            "person_id",
            "unit_id",
            "number",
            name=op.f("uq_courses_attempts_person_id_unit_id_number"),
        ),
    )
    with op.batch_alter_table("courses_attempts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_courses_attempts_one_under_way",
            ["person_id", "unit_id"],
            unique=True,
            sqlite_where=sa.text("state = 'in_progress'"),
            postgresql_where=sa.text("state = 'in_progress'"),
        )

    op.create_table(
        "courses_authorisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "reference <> ''", name=op.f("ck_courses_authorisations_says_its_reference")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_authorisations_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_authorisations_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files.id"],
            name=op.f("fk_courses_authorisations_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_authorisations_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_authorisations")),
        sa.UniqueConstraint(
            "edition_id", "number", name=op.f("uq_courses_authorisations_edition_id_number")
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_authorisations_id_programme_id")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "courses_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "certifying",
                "packing",
                "done",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("packed", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", db.UtcTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (ended_at IS NOT NULL)",
            name=op.f("ck_courses_batches_done_has_time"),
        ),
        sa.CheckConstraint("packed >= 0", name=op.f("ck_courses_batches_packed_not_negative")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_batches_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_batches_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id", "programme_id"],
            ["files.id", "files.programme_id"],
            name=op.f("fk_courses_batches_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_batches_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_batches")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_batches_id_programme_id")),
    )
    with op.batch_alter_table("courses_batches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_courses_batches_edition_id"), ["edition_id"], unique=False
        )

    op.create_table(
        "courses_bundle_pieces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bundle_id", "programme_id"],
            ["courses_bundles.id", "courses_bundles.programme_id"],
            name=op.f("fk_courses_bundle_pieces_bundle_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id", "programme_id"],
            ["files.id", "files.programme_id"],
            name=op.f("fk_courses_bundle_pieces_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_bundle_pieces_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_bundle_pieces")),
        sa.UniqueConstraint(
            "bundle_id",
            "attempt",
            "name",
            name=op.f("uq_courses_bundle_pieces_bundle_id_attempt_name"),
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_bundle_pieces_id_programme_id")
        ),
    )
    op.create_table(
        "courses_certifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "certified",
                "with_exception",
                "deferred",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", db.UtcTime(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("deferred_until", sa.Date(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'deferred' OR (reason IS NOT NULL AND deferred_until IS NOT NULL)",
            name=op.f("ck_courses_certifications_deferred_has_reason"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('certified', 'with_exception') OR (dossier_id IS NOT NULL AND decided_by_id IS NOT NULL AND decided_at IS NOT NULL)",
            name=op.f("ck_courses_certifications_certified_has_dossier"),
        ),
        sa.CheckConstraint(
            "minutes >= 0", name=op.f("ck_courses_certifications_minutes_not_negative")
        ),
        sa.CheckConstraint(
            "reason IS NULL OR key_id IS NOT NULL",
            name=op.f("ck_courses_certifications_reason_has_key"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_certifications_decided_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id", "programme_id"],
            ["frozen_documents.id", "frozen_documents.programme_id"],
            name=op.f("fk_courses_certifications_dossier_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_certifications_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_certifications_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_certifications_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_certifications")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_courses_certifications_enrolment_id")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_certifications_id_programme_id")
        ),
    )
    op.create_table(
        "courses_closings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_courses_closings_number_from_one")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_closings_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_closings_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_closings_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id", "programme_id"],
            ["frozen_documents.id", "frozen_documents.programme_id"],
            name=op.f("fk_courses_closings_sheet_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_closings")),
        sa.UniqueConstraint(
            "edition_id",
            "month",
            "number",
            name=op.f("uq_courses_closings_edition_id_month_number"),
        ),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_closings_id_programme_id")),
        info={"append_only": True},
    )
    op.create_table(
        "courses_credits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("module", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("record_number", sa.String(length=60), nullable=False),
        sa.Column("record_on", sa.Date(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "declined",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("recorded_at", db.UtcTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", db.UtcTime(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_courses_credits_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "minutes <> 0 AND (minutes < 0) = (reverses_id IS NOT NULL)",
            name=op.f("ck_courses_credits_less_only_in_reverse"),
        ),
        sa.CheckConstraint("module > 0", name=op.f("ck_courses_credits_module_is_known")),
        sa.CheckConstraint(
            "recorded_by_id <> decided_by_id", name=op.f("ck_courses_credits_another_confirms")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_credits_decided_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_credits_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_credits_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_credits_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_credits_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_credits_recorded_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id", "programme_id"],
            ["courses_credits.id", "courses_credits.programme_id"],
            name=op.f("fk_courses_credits_reverses_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_credits")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_credits_id_programme_id")),
    )
    with op.batch_alter_table("courses_credits", schema=None) as batch_op:
        batch_op.create_index("ix_courses_credits_edition", ["edition_id", "state"], unique=False)
        batch_op.create_index("ix_courses_credits_enrolment", ["enrolment_id"], unique=False)
        batch_op.create_index(
            "uq_courses_credits_reverses_id",
            ["reverses_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'declined'"),
            postgresql_where=sa.text("state <> 'declined'"),
        )

    op.create_table(
        "courses_enclosures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "appointment",
                "agreement",
                "calendar",
                "other",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('appointment', 'agreement')) = (person_id IS NOT NULL)",
            name=op.f("ck_courses_enclosures_about_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_enclosures_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_enclosures_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id", "programme_id"],
            ["files.id", "files.programme_id"],
            name=op.f("fk_courses_enclosures_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_courses_enclosures_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_enclosures_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_enclosures")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_enclosures_id_programme_id")
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_enclosures", schema=None) as batch_op:
        batch_op.create_index("ix_courses_enclosures_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_exceptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "signed",
                "refused",
                "withdrawn",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("lacks", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("proposed_at", db.UtcTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", db.UtcTime(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_courses_exceptions_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR answer IS NOT NULL",
            name=op.f("ck_courses_exceptions_refused_has_reason"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('signed', 'refused') OR answered_by_id <> proposed_by_id",
            name=op.f("ck_courses_exceptions_two_people"),
        ),
        sa.CheckConstraint(
            "minutes >= least", name=op.f("ck_courses_exceptions_never_below_the_least")
        ),
        sa.CheckConstraint(
            "person_id <> proposed_by_id AND person_id <> answered_by_id",
            name=op.f("ck_courses_exceptions_never_the_trainee"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_exceptions_answered_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_exceptions_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_exceptions_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_courses_exceptions_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_exceptions_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_exceptions_proposed_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_exceptions")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_exceptions_id_programme_id")
        ),
    )
    with op.batch_alter_table("courses_exceptions", schema=None) as batch_op:
        batch_op.create_index("ix_courses_exceptions_enrolment", ["enrolment_id"], unique=False)
        batch_op.create_index(
            "ix_courses_exceptions_one_proposed",
            ["enrolment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "courses_logos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_courses_logos_says_whose")),
        sa.CheckConstraint("position > 0", name=op.f("ck_courses_logos_position_from_one")),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_logos_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files.id"],
            name=op.f("fk_courses_logos_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_logos_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_logos")),
        sa.UniqueConstraint(
            "edition_id", "position", name=op.f("uq_courses_logos_edition_id_position")
        ),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_logos_id_programme_id")),
    )
    with op.batch_alter_table("courses_logos", schema=None) as batch_op:
        batch_op.create_index("ix_courses_logos_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_platform_names",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("written", sa.LargeBinary(length=12), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_platform_names_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_platform_names_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_platform_names_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_platform_names_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_platform_names")),
        sa.UniqueConstraint(
            "edition_id", "written", name=op.f("uq_courses_platform_names_edition_id_written")
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_platform_names_id_programme_id")
        ),
    )
    op.create_table(
        "courses_retries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_courses_retries_allowed_has_reason")),
        sa.CheckConstraint("by_id <> person_id", name=op.f("ck_courses_retries_not_by_herself")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_retries_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_courses_retries_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_retries_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "programme_id"],
            ["courses_units.id", "courses_units.programme_id"],
            name=op.f("fk_courses_retries_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_retries")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_retries_id_programme_id")),
        sa.UniqueConstraint(
            "person_id",
            "unit_id",
            "number",
            name=op.f("uq_courses_retries_person_id_unit_id_number"),
        ),
        info={"append_only": True},
    )
    op.create_table(
        "courses_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", db.UtcTime(), nullable=False),
        sa.Column("ends_at", db.UtcTime(), nullable=False),
        sa.Column("room", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lesson",
                "make_up",
                "project_work",
                "field_visit",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "classroom",
                "live",
                "mixed",
                name="mode_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("makes_up_id", sa.Uuid(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("trainer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "open",
                "signed",
                "countersigned",
                "certified",
                "cancelled",
                "not_held",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("opened_at", db.UtcTime(), nullable=True),
        sa.Column(
            "original",
            sa.Enum(
                "electronic",
                "stamped",
                "both",
                name="original_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.Column("signed_at", db.UtcTime(), nullable=True),
        sa.Column("signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("countersigned_at", db.UtcTime(), nullable=True),
        sa.Column("countersigned_by_id", sa.Uuid(), nullable=True),
        sa.Column("certified_at", db.UtcTime(), nullable=True),
        sa.Column("certified_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'make_up') = (makes_up_id IS NOT NULL)",
            name=op.f("ck_courses_sessions_make_up_says_of_what"),
        ),
        sa.CheckConstraint(
            "(state = 'certified') = (certified_by_id IS NOT NULL)",
            name=op.f("ck_courses_sessions_certified_has_signer"),
        ),
        sa.CheckConstraint(
            "mode <> 'classroom' OR link = ''",
            name=op.f("ck_courses_sessions_classroom_has_no_link"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('countersigned', 'certified') OR countersigned_by_id IS NOT NULL",
            name=op.f("ck_courses_sessions_countersigned_has_signer"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('open', 'signed', 'countersigned', 'certified') OR page IS NOT NULL",
            name=op.f("ck_courses_sessions_opened_has_page"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('signed', 'countersigned', 'certified') OR (signed_at IS NOT NULL AND signed_by_id IS NOT NULL AND topic IS NOT NULL)",
            name=op.f("ck_courses_sessions_signed_has_signer_and_topic"),
        ),
        sa.CheckConstraint(
            "(page IS NULL) = (opened_at IS NULL)",
            name=op.f("ck_courses_sessions_page_has_opening"),
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_courses_sessions_ends_after_start")
        ),
        sa.CheckConstraint(
            "original IS NULL OR page IS NOT NULL",
            name=op.f("ck_courses_sessions_original_of_a_page"),
        ),
        sa.CheckConstraint(
            "signed_by_id <> countersigned_by_id",
            name=op.f("ck_courses_sessions_two_pairs_of_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id", "programme_id"],
            ["courses_delivering_bodies.id", "courses_delivering_bodies.programme_id"],
            name=op.f("fk_courses_sessions_body_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["certified_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_sessions_certified_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["countersigned_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_sessions_countersigned_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_sessions_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["makes_up_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_sessions_makes_up_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_sessions_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_sessions_signed_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"],
            ["persons.id"],
            name=op.f("fk_courses_sessions_trainer_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "programme_id"],
            ["courses_units.id", "courses_units.programme_id"],
            name=op.f("fk_courses_sessions_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_sessions")),
        sa.UniqueConstraint("edition_id", "page", name=op.f("uq_courses_sessions_edition_id_page")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_sessions_id_programme_id")),
    )
    with op.batch_alter_table("courses_sessions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_courses_sessions_edition_id_starts_at", ["edition_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_courses_sessions_trainer_id_starts_at", ["trainer_id", "starts_at"], unique=False
        )

    op.create_table(
        "courses_unit_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_unit_questions_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "programme_id"],
            ["courses_question_versions.id", "courses_question_versions.programme_id"],
            name=op.f("fk_courses_unit_questions_question_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "programme_id"],
            ["courses_units.id", "courses_units.programme_id"],
            name=op.f("fk_courses_unit_questions_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_unit_questions")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_unit_questions_id_programme_id")
        ),
        sa.UniqueConstraint(
            "unit_id", "question_id", name=op.f("uq_courses_unit_questions_unit_id_question_id")
        ),
    )
    op.create_table(
        "mentoring_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", db.UtcTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "in_review",
                "returned",
                "approved",
                "withdrawn",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("verdict", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", db.UtcTime(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('returned', 'approved')) = (decided_at IS NOT NULL)",
            name=op.f("ck_mentoring_reviews_decided_has_a_moment"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_mentoring_reviews_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "asked_by_id <> reviewer_id", name=op.f("ck_mentoring_reviews_nobody_reviews_herself")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_mentoring_reviews_nobody_decides_her_own"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["persons.id"],
            name=op.f("fk_mentoring_reviews_asked_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["persons.id"],
            name=op.f("fk_mentoring_reviews_decided_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["frozen_id", "programme_id"],
            ["frozen_documents.id", "frozen_documents.programme_id"],
            name=op.f("fk_mentoring_reviews_frozen_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_mentoring_reviews_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_mentoring_reviews_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["persons.id"],
            name=op.f("fk_mentoring_reviews_reviewer_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_reviews")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_mentoring_reviews_id_programme_id")
        ),
        sa.UniqueConstraint(
            "kind", "subject_id", "number", name=op.f("uq_mentoring_reviews_kind_subject_id_number")
        ),
    )
    with op.batch_alter_table("mentoring_reviews", schema=None) as batch_op:
        batch_op.create_index("ix_mentoring_reviews_subject", ["subject_id"], unique=False)
        batch_op.create_index(
            "ix_mentoring_reviews_waiting",
            ["programme_id", "kind", "state", "due_on"],
            unique=False,
        )

    op.create_table(
        "casework_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "referred",
                "accepted",
                "assigned",
                "contact",
                "moved",
                "plan_begun",
                "plan_submitted",
                "plan_returned",
                "plan_approved",
                "plan_signed",
                "plan_in_force",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("detail", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_casework_events_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "programme_id"],
            ["casework_cases.id", "casework_cases.programme_id"],
            name=op.f("fk_casework_events_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_events_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_events")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_casework_events_id_programme_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("casework_events", schema=None) as batch_op:
        batch_op.create_index("ix_casework_events_case_id", ["case_id", "at"], unique=False)

    op.create_table(
        "casework_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "reached",
                "no_answer",
                "postponed",
                name="outcome_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("next_step", sa.LargeBinary(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "next_on IS NULL OR next_step IS NOT NULL", name=op.f("ck_casework_notes_day_has_step")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_casework_notes_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "programme_id"],
            ["casework_cases.id", "casework_cases.programme_id"],
            name=op.f("fk_casework_notes_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_notes_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_notes_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_notes")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_casework_notes_id_programme_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("casework_notes", schema=None) as batch_op:
        batch_op.create_index("ix_casework_notes_case_id", ["case_id", "at"], unique=False)

    op.create_table(
        "casework_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "approved",
                "signed",
                "in_force",
                "concluded",
                "interrupted",
                "replaced",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begun_at", db.UtcTime(), nullable=False),
        sa.Column("approved_at", db.UtcTime(), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('draft', 'submitted', 'returned')) = (approved_at IS NULL)",
            name=op.f("ck_casework_plans_approved_has_a_moment"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR number > 0", name=op.f("ck_casework_plans_handed_in_has_a_version")
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)",
            name=op.f("ck_casework_plans_approved_by_somebody"),
        ),
        sa.CheckConstraint("number >= 0", name=op.f("ck_casework_plans_number_counts_up")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["persons.id"],
            name=op.f("fk_casework_plans_approved_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "programme_id"],
            ["casework_cases.id", "casework_cases.programme_id"],
            name=op.f("fk_casework_plans_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_plans_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_plans_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_plans")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_casework_plans_id_programme_id")),
    )
    with op.batch_alter_table("casework_plans", schema=None) as batch_op:
        batch_op.create_index("ix_casework_plans_state", ["programme_id", "state"], unique=False)
        batch_op.create_index(
            "uq_casework_plans_case",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('concluded', 'interrupted', 'replaced')"),
            postgresql_where=sa.text("state NOT IN ('concluded', 'interrupted', 'replaced')"),
        )

    op.create_table(
        "courses_absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "announced",
                "withdrawn",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("announced_at", db.UtcTime(), nullable=False),
        sa.Column("withdrawn_at", db.UtcTime(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'announced') = (category IS NOT NULL AND reason IS NOT NULL)",
            name=op.f("ck_courses_absences_announced_says_why"),
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_courses_absences_withdrawn_has_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_absences_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_absences_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files.id"],
            name=op.f("fk_courses_absences_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_absences_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_absences_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_absences_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_absences")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_absences_id_programme_id")),
    )
    with op.batch_alter_table("courses_absences", schema=None) as batch_op:
        batch_op.create_index("ix_courses_absences_edition", ["edition_id"], unique=False)
        batch_op.create_index("ix_courses_absences_enrolment", ["enrolment_id"], unique=False)
        batch_op.create_index(
            "ix_courses_absences_one_standing",
            ["session_id", "enrolment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'announced'"),
            postgresql_where=sa.text("state = 'announced'"),
        )

    op.create_table(
        "courses_absent_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("noted_at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "noted_at >= at", name=op.f("ck_courses_absent_marks_noted_after_seeing")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_absent_marks_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_absent_marks_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_absent_marks_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_absent_marks_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_absent_marks_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_absent_marks")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_absent_marks_id_programme_id")
        ),
        sa.UniqueConstraint(
            "session_id",
            "enrolment_id",
            name=op.f("uq_courses_absent_marks_session_id_enrolment_id"),
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_absent_marks", schema=None) as batch_op:
        batch_op.create_index("ix_courses_absent_marks_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "copied",
                "signed",
                "countersigned",
                "certified",
                "barred",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=2000), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.Column("inside", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'signed') = (head_count IS NOT NULL AND topic <> '')",
            name=op.f("ck_courses_acts_signed_says_topic_and_heads"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_acts_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_acts_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_acts_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_acts_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_acts")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_acts_id_programme_id")),
        sa.UniqueConstraint("session_id", "kind", name=op.f("uq_courses_acts_session_id_kind")),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_acts", schema=None) as batch_op:
        batch_op.create_index("ix_courses_acts_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_amendments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("came", db.UtcTime(), nullable=True),
        sa.Column("went", db.UtcTime(), nullable=True),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(came IS NULL) = (went IS NULL)", name=op.f("ck_courses_amendments_both_or_neither")
        ),
        sa.CheckConstraint("went > came", name=op.f("ck_courses_amendments_out_after_in")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_amendments_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_amendments_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_amendments_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_amendments_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_amendments_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_amendments")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_amendments_id_programme_id")
        ),
        sa.UniqueConstraint(
            "session_id",
            "enrolment_id",
            "number",
            name=op.f("uq_courses_amendments_session_id_enrolment_id_number"),
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_amendments", schema=None) as batch_op:
        batch_op.create_index("ix_courses_amendments_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_anomaly_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "heads",
                "missing_exit",
                "attested_exit",
                "same_device",
                "trace",
                "signed_late",
                "other_trainer",
                "overlap",
                "long_day",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "solved",
                "accepted",
                name="verdict_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_anomaly_decisions_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_anomaly_decisions_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_anomaly_decisions_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_anomaly_decisions_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_anomaly_decisions")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_anomaly_decisions_id_programme_id")
        ),
        sa.UniqueConstraint(
            "session_id",
            "kind",
            "about",
            "number",
            name=op.f("uq_courses_anomaly_decisions_session_id_kind_about_number"),
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_anomaly_decisions", schema=None) as batch_op:
        batch_op.create_index("ix_courses_anomaly_decisions_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(length=200), nullable=False),
        sa.Column("chosen", sa.String(length=200), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("saved_at", db.UtcTime(), nullable=True),
        sa.CheckConstraint("mark BETWEEN 0 AND 100", name=op.f("ck_courses_answers_mark_is_one")),
        sa.ForeignKeyConstraint(
            ["attempt_id", "programme_id"],
            ["courses_attempts.id", "courses_attempts.programme_id"],
            name=op.f("fk_courses_answers_attempt_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_answers_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "programme_id"],
            ["courses_question_versions.id", "courses_question_versions.programme_id"],
            name=op.f("fk_courses_answers_question_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_answers")),
        sa.UniqueConstraint(
            "attempt_id", "position", name=op.f("uq_courses_answers_attempt_id_position")
        ),
        sa.UniqueConstraint(
            "attempt_id", "question_id", name=op.f("uq_courses_answers_attempt_id_question_id")
        ),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_answers_id_programme_id")),
    )
    op.create_table(
        "courses_certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("initials", sa.String(length=4), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "valid",
                "replaced",
                "revoked",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", db.UtcTime(), nullable=False),
        sa.Column("ended_at", db.UtcTime(), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'replaced') = (replaced_by_id IS NOT NULL)",
            name=op.f("ck_courses_certificates_replaced_by"),
        ),
        sa.CheckConstraint(
            "(state = 'valid') = (ended_at IS NULL)",
            name=op.f("ck_courses_certificates_ended_has_time"),
        ),
        sa.CheckConstraint(
            "state = 'valid' OR (reason IS NOT NULL AND key_id IS NOT NULL)",
            name=op.f("ck_courses_certificates_ended_has_reason"),
        ),
        sa.CheckConstraint(
            "replaced_by_id <> id", name=op.f("ck_courses_certificates_replaced_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["certification_id", "programme_id"],
            ["courses_certifications.id", "courses_certifications.programme_id"],
            name=op.f("fk_courses_certificates_certification_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id", "programme_id"],
            ["frozen_documents.id", "frozen_documents.programme_id"],
            name=op.f("fk_courses_certificates_dossier_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_certificates_ended_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_certificates_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_certificates_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_certificates_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id", "programme_id"],
            ["courses_certificates.id", "courses_certificates.programme_id"],
            name=op.f("fk_courses_certificates_replaced_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_certificates")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_certificates_id_programme_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_courses_certificates_number")),
    )
    with op.batch_alter_table("courses_certificates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_courses_certificates_enrolment_id"), ["enrolment_id"], unique=False
        )
        batch_op.create_index(
            "ix_courses_certificates_one_valid",
            ["enrolment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'valid'"),
            postgresql_where=sa.text("state = 'valid'"),
        )

    op.create_table(
        "courses_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "material_error",
                "forgotten_signature",
                "technical_fault",
                "supporting_document",
                name="reason_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("before_came", db.UtcTime(), nullable=True),
        sa.Column("before_went", db.UtcTime(), nullable=True),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("came", db.UtcTime(), nullable=True),
        sa.Column("went", db.UtcTime(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "approved",
                "refused",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", db.UtcTime(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", db.UtcTime(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'approved') = (minutes IS NOT NULL)",
            name=op.f("ck_courses_corrections_approved_has_minutes"),
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_courses_corrections_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR answer IS NOT NULL",
            name=op.f("ck_courses_corrections_refused_says_why"),
        ),
        sa.CheckConstraint(
            "(came IS NULL) = (went IS NULL)", name=op.f("ck_courses_corrections_both_or_neither")
        ),
        sa.CheckConstraint(
            "asked_by_id <> decided_by_id", name=op.f("ck_courses_corrections_another_decides")
        ),
        sa.CheckConstraint("went > came", name=op.f("ck_courses_corrections_out_after_in")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_corrections_asked_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_corrections_decided_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_corrections_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_corrections_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_corrections_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_corrections_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_corrections_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_corrections")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_corrections_id_programme_id")
        ),
    )
    with op.batch_alter_table("courses_corrections", schema=None) as batch_op:
        batch_op.create_index(
            "ix_courses_corrections_edition", ["edition_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_courses_corrections_waiting",
            ["session_id", "enrolment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "courses_expected",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_expected_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_expected_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_expected_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_expected")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_expected_id_programme_id")),
        sa.UniqueConstraint(
            "session_id", "enrolment_id", name=op.f("uq_courses_expected_session_id_enrolment_id")
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_expected", schema=None) as batch_op:
        batch_op.create_index("ix_courses_expected_enrolment", ["enrolment_id"], unique=False)

    op.create_table(
        "courses_head_counts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("inside", sa.Integer(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("noted_at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "counted >= 0", name=op.f("ck_courses_head_counts_counted_not_negative")
        ),
        sa.CheckConstraint(
            "noted_at >= at", name=op.f("ck_courses_head_counts_noted_after_counting")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_head_counts_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_head_counts_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_head_counts_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_head_counts_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_head_counts")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_head_counts_id_programme_id")
        ),
        sa.UniqueConstraint(
            "session_id", "number", name=op.f("uq_courses_head_counts_session_id_number")
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_head_counts", schema=None) as batch_op:
        batch_op.create_index("ix_courses_head_counts_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("module", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "presence",
                "trace",
                "self_paced",
                "correction",
                "made up",
                name="source_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "source NOT IN ('presence', 'trace', 'made up') OR (session_id IS NOT NULL AND reverses_id IS NULL)",
            name=op.f("ck_courses_lines_presence_has_page"),
        ),
        sa.CheckConstraint(
            "minutes >= 0 OR reverses_id IS NOT NULL",
            name=op.f("ck_courses_lines_less_only_in_reverse"),
        ),
        sa.CheckConstraint("module > 0", name=op.f("ck_courses_lines_module_is_known")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_lines_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_lines_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_lines_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_lines_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id", "programme_id"],
            ["courses_lines.id", "courses_lines.programme_id"],
            name=op.f("fk_courses_lines_reverses_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_lines_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "programme_id"],
            ["courses_units.id", "courses_units.programme_id"],
            name=op.f("fk_courses_lines_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_lines")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_lines_id_programme_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_lines", schema=None) as batch_op:
        batch_op.create_index("ix_courses_lines_edition", ["edition_id"], unique=False)
        batch_op.create_index("ix_courses_lines_enrolment", ["enrolment_id"], unique=False)
        batch_op.create_index(
            "ix_courses_lines_one_presence",
            ["session_id", "enrolment_id"],
            unique=True,
            sqlite_where=sa.text("source IN ('presence', 'trace', 'made up')"),
            postgresql_where=sa.text("source IN ('presence', 'trace', 'made up')"),
        )

    op.create_table(
        "courses_papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "serial = 1 OR why <> ''", name=op.f("ck_courses_papers_another_says_why")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_courses_papers_number_from_one")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_papers_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_papers_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_papers_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_papers_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_papers")),
        sa.UniqueConstraint(
            "edition_id", "number", name=op.f("uq_courses_papers_edition_id_number")
        ),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_papers_id_programme_id")),
        sa.UniqueConstraint(
            "session_id", "serial", name=op.f("uq_courses_papers_session_id_serial")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "courses_scans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_courses_scans_number_from_one")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_scans_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_scans_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files.id"],
            name=op.f("fk_courses_scans_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_scans_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_scans_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_scans")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_scans_id_programme_id")),
        sa.UniqueConstraint(
            "session_id", "number", name=op.f("uq_courses_scans_session_id_number")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "courses_sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("came", db.UtcTime(), nullable=False),
        sa.Column("went", db.UtcTime(), nullable=False),
        sa.Column("done", sa.String(length=2000), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("done <> ''", name=op.f("ck_courses_sheets_says_what_was_done")),
        sa.CheckConstraint("went > came", name=op.f("ck_courses_sheets_out_after_in")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_sheets_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_sheets_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_sheets_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_sheets_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_sheets_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_sheets")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_sheets_id_programme_id")),
        sa.UniqueConstraint(
            "session_id",
            "enrolment_id",
            "number",
            name=op.f("uq_courses_sheets_session_id_enrolment_id_number"),
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_sheets", schema=None) as batch_op:
        batch_op.create_index("ix_courses_sheets_edition", ["edition_id"], unique=False)
        batch_op.create_index("ix_courses_sheets_enrolment", ["enrolment_id"], unique=False)

    op.create_table(
        "courses_stamps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "in", "out", name="kind_known", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "code",
                "attested",
                "pin",
                "paper",
                "sheet",
                name="source_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("noted_at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.LargeBinary(length=8), nullable=True),
        sa.CheckConstraint(
            "source <> 'attested' OR kind = 'out'",
            name=op.f("ck_courses_stamps_only_exits_are_attested"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_stamps_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_stamps_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_stamps_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_stamps_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_stamps_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_stamps")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_stamps_id_programme_id")),
        sa.UniqueConstraint(
            "session_id",
            "enrolment_id",
            "kind",
            name=op.f("uq_courses_stamps_session_id_enrolment_id_kind"),
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_stamps", schema=None) as batch_op:
        batch_op.create_index("ix_courses_stamps_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_trace_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "layout",
            sa.Enum(
                "zoom",
                "teams",
                "actions",
                "chosen",
                name="layout_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("columns", sa.String(length=300), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(layout = 'chosen') = (columns <> '')",
            name=op.f("ck_courses_trace_imports_chosen_says_columns"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_courses_trace_imports_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_trace_imports_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_trace_imports_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["file_id", "programme_id"],
            ["files.id", "files.programme_id"],
            name=op.f("fk_courses_trace_imports_file_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_trace_imports_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_trace_imports_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_trace_imports")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_trace_imports_id_programme_id")
        ),
        sa.UniqueConstraint(
            "session_id", "number", name=op.f("uq_courses_trace_imports_session_id_number")
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_trace_imports", schema=None) as batch_op:
        batch_op.create_index("ix_courses_trace_imports_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_trace_spans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began", db.UtcTime(), nullable=False),
        sa.Column("ended", db.UtcTime(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ended > began", name=op.f("ck_courses_trace_spans_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_trace_spans_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_trace_spans_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_trace_spans_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_trace_spans_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_trace_spans_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_trace_spans")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_trace_spans_id_programme_id")
        ),
        sa.UniqueConstraint(
            "session_id",
            "enrolment_id",
            "number",
            "began",
            name=op.f("uq_courses_trace_spans_session_id_enrolment_id_number_began"),
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_trace_spans", schema=None) as batch_op:
        batch_op.create_index("ix_courses_trace_spans_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("inside", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_courses_visits_says_something")),
        sa.CheckConstraint(
            "(session_id IS NULL) = (inside IS NULL)",
            name=op.f("ck_courses_visits_page_has_inside"),
        ),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_courses_visits_counted_not_negative")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_visits_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_visits_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_visits_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_visits_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_visits")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_visits_id_programme_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_visits", schema=None) as batch_op:
        batch_op.create_index("ix_courses_visits_edition", ["edition_id"], unique=False)

    op.create_table(
        "mentoring_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("quote", sa.LargeBinary(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "must_change",
                "suggestion",
                "well_done",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "settled",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'well_done' OR state = 'settled'",
            name=op.f("ck_mentoring_comments_praise_asks_nothing"),
        ),
        sa.CheckConstraint(
            '(quote IS NULL) = ("offset" IS NULL)',
            name=op.f("ck_mentoring_comments_quote_has_a_place"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_mentoring_comments_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_mentoring_comments_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_mentoring_comments_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["review_id", "programme_id"],
            ["mentoring_reviews.id", "mentoring_reviews.programme_id"],
            name=op.f("fk_mentoring_comments_review_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_comments")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_mentoring_comments_id_programme_id")
        ),
        sa.UniqueConstraint(
            "subject_id", "number", name=op.f("uq_mentoring_comments_subject_id_number")
        ),
    )
    with op.batch_alter_table("mentoring_comments", schema=None) as batch_op:
        batch_op.create_index("ix_mentoring_comments_review", ["review_id"], unique=False)

    op.create_table(
        "casework_plan_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "situation",
                "strengths",
                "goal",
                "action",
                "undertaking",
                "support",
                "risk",
                "check",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("saved_at", db.UtcTime(), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("much_less", sa.LargeBinary(), nullable=True),
        sa.Column("less", sa.LargeBinary(), nullable=True),
        sa.Column("expected", sa.LargeBinary(), nullable=True),
        sa.Column("more", sa.LargeBinary(), nullable=True),
        sa.Column("much_more", sa.LargeBinary(), nullable=True),
        sa.Column("what", sa.LargeBinary(), nullable=True),
        sa.Column("who", sa.LargeBinary(), nullable=True),
        sa.Column("party", sa.LargeBinary(), nullable=True),
        sa.Column("giver", sa.LargeBinary(), nullable=True),
        sa.Column("rhythm", sa.LargeBinary(), nullable=True),
        sa.Column("response", sa.LargeBinary(), nullable=True),
        sa.Column("company", sa.LargeBinary(), nullable=True),
        sa.Column("look_at", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('situation', 'strengths', 'undertaking', 'support', 'risk') OR due_on IS NOT NULL",
            name=op.f("ck_casework_plan_rows_what_is_dated_has_a_day"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('situation', 'strengths') OR NOT is_removed",
            name=op.f("ck_casework_plan_rows_fixed_stays"),
        ),
        sa.CheckConstraint("place > 0", name=op.f("ck_casework_plan_rows_place_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["case_id", "programme_id"],
            ["casework_cases.id", "casework_cases.programme_id"],
            name=op.f("fk_casework_plan_rows_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_casework_plan_rows_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "programme_id"],
            ["casework_plans.id", "casework_plans.programme_id"],
            name=op.f("fk_casework_plan_rows_plan_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_casework_plan_rows_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"],
            ["persons.id"],
            name=op.f("fk_casework_plan_rows_saved_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casework_plan_rows")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_casework_plan_rows_id_programme_id")
        ),
        sa.UniqueConstraint(
            "plan_id", "kind", "place", name=op.f("uq_casework_plan_rows_plan_id_kind_place")
        ),
    )
    op.create_table(
        "courses_agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_agreements_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_agreements_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_agreements_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["scan_id", "programme_id"],
            ["courses_scans.id", "courses_scans.programme_id"],
            name=op.f("fk_courses_agreements_scan_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_agreements_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_agreements")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_agreements_id_programme_id")
        ),
        sa.UniqueConstraint("scan_id", "number", name=op.f("uq_courses_agreements_scan_id_number")),
        info={"append_only": True},
    )
    op.create_table(
        "courses_batch_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "certified",
                "refused",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("why_it", sa.Text(), nullable=True),
        sa.Column("why_en", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'certified') = (certificate_id IS NOT NULL)",
            name=op.f("ck_courses_batch_items_certified_has_certificate"),
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (why_it IS NOT NULL AND why_en IS NOT NULL)",
            name=op.f("ck_courses_batch_items_refused_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id", "programme_id"],
            ["courses_batches.id", "courses_batches.programme_id"],
            name=op.f("fk_courses_batch_items_batch_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id", "programme_id"],
            ["courses_certificates.id", "courses_certificates.programme_id"],
            name=op.f("fk_courses_batch_items_certificate_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_batch_items_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_batch_items_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_batch_items")),
        sa.UniqueConstraint(
            "batch_id", "enrolment_id", name=op.f("uq_courses_batch_items_batch_id_enrolment_id")
        ),
        sa.UniqueConstraint(
            "batch_id", "position", name=op.f("uq_courses_batch_items_batch_id_position")
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_batch_items_id_programme_id")
        ),
    )
    op.create_table(
        "courses_contests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "rejected",
                "accepted",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", db.UtcTime(), nullable=False),
        sa.Column("answered_at", db.UtcTime(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("correction_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (correction_id IS NOT NULL)",
            name=op.f("ck_courses_contests_accepted_asks_correction"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (answered_by_id IS NULL) AND (answered_by_id IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_courses_contests_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR answer IS NOT NULL",
            name=op.f("ck_courses_contests_rejected_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_contests_answered_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["correction_id", "programme_id"],
            ["courses_corrections.id", "courses_corrections.programme_id"],
            name=op.f("fk_courses_contests_correction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_contests_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_contests_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_courses_contests_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["line_id", "programme_id"],
            ["courses_lines.id", "courses_lines.programme_id"],
            name=op.f("fk_courses_contests_line_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_contests_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_contests_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_contests")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_courses_contests_id_programme_id")),
        sa.UniqueConstraint("line_id", name=op.f("uq_courses_contests_line_id")),
    )
    with op.batch_alter_table("courses_contests", schema=None) as batch_op:
        batch_op.create_index("ix_courses_contests_edition", ["edition_id", "state"], unique=False)
        batch_op.create_index("ix_courses_contests_enrolment", ["enrolment_id"], unique=False)

    op.create_table(
        "courses_duplicates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_courses_duplicates_number_from_one")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_duplicates_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id", "programme_id"],
            ["courses_certificates.id", "courses_certificates.programme_id"],
            name=op.f("fk_courses_duplicates_certificate_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_duplicates_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_duplicates")),
        sa.UniqueConstraint(
            "certificate_id", "number", name=op.f("uq_courses_duplicates_certificate_id_number")
        ),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_duplicates_id_programme_id")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "courses_sheet_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "is_confirmed = (reason = '')", name=op.f("ck_courses_sheet_answers_refused_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_courses_sheet_answers_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "programme_id"],
            ["courses_editions.id", "courses_editions.programme_id"],
            name=op.f("fk_courses_sheet_answers_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_sheet_answers_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_sheet_answers_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id", "programme_id"],
            ["courses_sheets.id", "courses_sheets.programme_id"],
            name=op.f("fk_courses_sheet_answers_sheet_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_sheet_answers")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_sheet_answers_id_programme_id")
        ),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_courses_sheet_answers_sheet_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("courses_sheet_answers", schema=None) as batch_op:
        batch_op.create_index("ix_courses_sheet_answers_edition", ["edition_id"], unique=False)

    op.create_table(
        "courses_transcripts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "waiting",
                "confirmed",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("scan_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("typed_at", db.UtcTime(), nullable=False),
        sa.Column("typed_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", db.UtcTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL AND confirmed_at IS NOT NULL)",
            name=op.f("ck_courses_transcripts_confirmed_says_who_and_when"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR scan_id IS NOT NULL",
            name=op.f("ck_courses_transcripts_handed_over_with_its_scan"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id <> typed_by_id",
            name=op.f("ck_courses_transcripts_confirmed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_transcripts_confirmed_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_transcripts_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["scan_id", "programme_id"],
            ["courses_scans.id", "courses_scans.programme_id"],
            name=op.f("fk_courses_transcripts_scan_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "programme_id"],
            ["courses_sessions.id", "courses_sessions.programme_id"],
            name=op.f("fk_courses_transcripts_session_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["typed_by_id"],
            ["persons.id"],
            name=op.f("fk_courses_transcripts_typed_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_transcripts")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_transcripts_id_programme_id")
        ),
        sa.UniqueConstraint("session_id", name=op.f("uq_courses_transcripts_session_id")),
    )
    op.create_table(
        "mentoring_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", db.UtcTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["persons.id"],
            name=op.f("fk_mentoring_answers_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["comment_id", "programme_id"],
            ["mentoring_comments.id", "mentoring_comments.programme_id"],
            name=op.f("fk_mentoring_answers_comment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["subject_keys.id"],
            name=op.f("fk_mentoring_answers_key_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_mentoring_answers_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_answers")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_mentoring_answers_id_programme_id")
        ),
        info={"append_only": True},
    )
    with op.batch_alter_table("mentoring_answers", schema=None) as batch_op:
        batch_op.create_index("ix_mentoring_answers_comment", ["comment_id"], unique=False)

    op.create_table(
        "courses_paper_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("came", db.UtcTime(), nullable=True),
        sa.Column("went", db.UtcTime(), nullable=True),
        sa.CheckConstraint("went > came", name=op.f("ck_courses_paper_times_out_after_in")),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "programme_id"],
            ["courses_enrolments.id", "courses_enrolments.programme_id"],
            name=op.f("fk_courses_paper_times_enrolment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_courses_paper_times_programme_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id", "programme_id"],
            ["courses_transcripts.id", "courses_transcripts.programme_id"],
            name=op.f("fk_courses_paper_times_transcript_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_paper_times")),
        sa.UniqueConstraint(
            "id", "programme_id", name=op.f("uq_courses_paper_times_id_programme_id")
        ),
        sa.UniqueConstraint(
            "transcript_id",
            "enrolment_id",
            name=op.f("uq_courses_paper_times_transcript_id_enrolment_id"),
        ),
    )

    dialect = op.get_bind().dialect.name
    for table in GROWING:
        for statement in db.triggers(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("courses_paper_times")
    with op.batch_alter_table("mentoring_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_mentoring_answers_comment")

    op.drop_table("mentoring_answers")
    op.drop_table("courses_transcripts")
    with op.batch_alter_table("courses_sheet_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_sheet_answers_edition")

    op.drop_table("courses_sheet_answers")
    op.drop_table("courses_duplicates")
    with op.batch_alter_table("courses_contests", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_contests_enrolment")
        batch_op.drop_index("ix_courses_contests_edition")

    op.drop_table("courses_contests")
    op.drop_table("courses_batch_items")
    op.drop_table("courses_agreements")
    op.drop_table("casework_plan_rows")
    with op.batch_alter_table("mentoring_comments", schema=None) as batch_op:
        batch_op.drop_index("ix_mentoring_comments_review")

    op.drop_table("mentoring_comments")
    with op.batch_alter_table("courses_visits", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_visits_edition")

    op.drop_table("courses_visits")
    with op.batch_alter_table("courses_trace_spans", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_trace_spans_edition")

    op.drop_table("courses_trace_spans")
    with op.batch_alter_table("courses_trace_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_trace_imports_edition")

    op.drop_table("courses_trace_imports")
    with op.batch_alter_table("courses_stamps", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_stamps_edition")

    op.drop_table("courses_stamps")
    with op.batch_alter_table("courses_sheets", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_sheets_enrolment")
        batch_op.drop_index("ix_courses_sheets_edition")

    op.drop_table("courses_sheets")
    op.drop_table("courses_scans")
    op.drop_table("courses_papers")
    with op.batch_alter_table("courses_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_courses_lines_one_presence",
            sqlite_where=sa.text("source IN ('presence', 'trace', 'made up')"),
            postgresql_where=sa.text("source IN ('presence', 'trace', 'made up')"),
        )
        batch_op.drop_index("ix_courses_lines_enrolment")
        batch_op.drop_index("ix_courses_lines_edition")

    op.drop_table("courses_lines")
    with op.batch_alter_table("courses_head_counts", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_head_counts_edition")

    op.drop_table("courses_head_counts")
    with op.batch_alter_table("courses_expected", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_expected_enrolment")

    op.drop_table("courses_expected")
    with op.batch_alter_table("courses_corrections", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_courses_corrections_waiting",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.drop_index("ix_courses_corrections_edition")

    op.drop_table("courses_corrections")
    with op.batch_alter_table("courses_certificates", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_courses_certificates_one_valid",
            sqlite_where=sa.text("state = 'valid'"),
            postgresql_where=sa.text("state = 'valid'"),
        )
        batch_op.drop_index(batch_op.f("ix_courses_certificates_enrolment_id"))

    op.drop_table("courses_certificates")
    op.drop_table("courses_answers")
    with op.batch_alter_table("courses_anomaly_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_anomaly_decisions_edition")

    op.drop_table("courses_anomaly_decisions")
    with op.batch_alter_table("courses_amendments", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_amendments_edition")

    op.drop_table("courses_amendments")
    with op.batch_alter_table("courses_acts", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_acts_edition")

    op.drop_table("courses_acts")
    with op.batch_alter_table("courses_absent_marks", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_absent_marks_edition")

    op.drop_table("courses_absent_marks")
    with op.batch_alter_table("courses_absences", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_courses_absences_one_standing",
            sqlite_where=sa.text("state = 'announced'"),
            postgresql_where=sa.text("state = 'announced'"),
        )
        batch_op.drop_index("ix_courses_absences_enrolment")
        batch_op.drop_index("ix_courses_absences_edition")

    op.drop_table("courses_absences")
    with op.batch_alter_table("casework_plans", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_casework_plans_case",
            sqlite_where=sa.text("state NOT IN ('concluded', 'interrupted', 'replaced')"),
            postgresql_where=sa.text("state NOT IN ('concluded', 'interrupted', 'replaced')"),
        )
        batch_op.drop_index("ix_casework_plans_state")

    op.drop_table("casework_plans")
    with op.batch_alter_table("casework_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_casework_notes_case_id")

    op.drop_table("casework_notes")
    with op.batch_alter_table("casework_events", schema=None) as batch_op:
        batch_op.drop_index("ix_casework_events_case_id")

    op.drop_table("casework_events")
    with op.batch_alter_table("mentoring_reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_mentoring_reviews_waiting")
        batch_op.drop_index("ix_mentoring_reviews_subject")

    op.drop_table("mentoring_reviews")
    op.drop_table("courses_unit_questions")
    with op.batch_alter_table("courses_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_sessions_trainer_id_starts_at")
        batch_op.drop_index("ix_courses_sessions_edition_id_starts_at")

    op.drop_table("courses_sessions")
    op.drop_table("courses_retries")
    op.drop_table("courses_platform_names")
    with op.batch_alter_table("courses_logos", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_logos_edition")

    op.drop_table("courses_logos")
    with op.batch_alter_table("courses_exceptions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_courses_exceptions_one_proposed",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index("ix_courses_exceptions_enrolment")

    op.drop_table("courses_exceptions")
    with op.batch_alter_table("courses_enclosures", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_enclosures_edition")

    op.drop_table("courses_enclosures")
    with op.batch_alter_table("courses_credits", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_courses_credits_reverses_id",
            sqlite_where=sa.text("state <> 'declined'"),
            postgresql_where=sa.text("state <> 'declined'"),
        )
        batch_op.drop_index("ix_courses_credits_enrolment")
        batch_op.drop_index("ix_courses_credits_edition")

    op.drop_table("courses_credits")
    op.drop_table("courses_closings")
    op.drop_table("courses_certifications")
    op.drop_table("courses_bundle_pieces")
    with op.batch_alter_table("courses_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_courses_batches_edition_id"))

    op.drop_table("courses_batches")
    op.drop_table("courses_authorisations")
    with op.batch_alter_table("courses_attempts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_courses_attempts_one_under_way",
            sqlite_where=sa.text("state = 'in_progress'"),
            postgresql_where=sa.text("state = 'in_progress'"),
        )

    op.drop_table("courses_attempts")
    with op.batch_alter_table("casework_referral_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_casework_referral_questions_referral_id")

    op.drop_table("casework_referral_questions")
    with op.batch_alter_table("casework_cases", schema=None) as batch_op:
        batch_op.drop_index("ix_casework_cases_opened_at")
        batch_op.drop_index("ix_casework_cases_beneficiary_id")
        batch_op.drop_index("ix_casework_cases_activator_id")

    op.drop_table("casework_cases")
    with op.batch_alter_table("casework_activators", schema=None) as batch_op:
        batch_op.drop_index("ix_casework_activators_person_id")

    op.drop_table("casework_activators")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_person_id"))

    op.drop_table("sign_ins")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_recovery_codes_person_id")

    op.drop_table("recovery_codes")
    op.drop_table("once")
    with op.batch_alter_table("mentoring_assignments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_mentoring_assignments_active",
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )
        batch_op.drop_index("ix_mentoring_assignments_senior")

    op.drop_table("mentoring_assignments")
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_index("ix_mails_person_id_queued_at")

    op.drop_table("mails")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_state_run_at")

    op.drop_table("jobs")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index("ix_grants_programme_id_role")

    op.drop_table("grants")
    op.drop_table("frozen_documents")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_files_owner_id"))

    op.drop_table("files")
    op.drop_table("drafts")
    op.drop_table("courses_units")
    with op.batch_alter_table("courses_stamped_books", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_stamped_books_edition")

    op.drop_table("courses_stamped_books")
    op.drop_table("courses_reopenings")
    op.drop_table("courses_pins")
    with op.batch_alter_table("courses_enrolments", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_enrolments_person_id")

    op.drop_table("courses_enrolments")
    with op.batch_alter_table("courses_edition_grants", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_edition_grants_person_id_role")

    op.drop_table("courses_edition_grants")
    with op.batch_alter_table("courses_bundles", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_bundles_edition")

    op.drop_table("courses_bundles")
    op.drop_table("casework_special")
    op.drop_table("casework_social")
    with op.batch_alter_table("casework_referrals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_casework_referrals_sent_by_id"))
        batch_op.drop_index("ix_casework_referrals_programme_id_state")

    op.drop_table("casework_referrals")
    with op.batch_alter_table("casework_operators", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_casework_operators_person_id"))

    op.drop_table("casework_operators")
    op.drop_table("casework_identities")
    op.drop_table("persons")
    op.drop_table("courses_modules")
    op.drop_table("courses_editions")
    op.drop_table("casework_beneficiaries")
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_index("ix_tokens_subject_id_purpose")

    op.drop_table("tokens")
    with op.batch_alter_table("subject_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subject_keys_programme_id"))

    op.drop_table("subject_keys")
    op.drop_table("hubs")
    with op.batch_alter_table("courses_versions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_courses_versions_one_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.drop_table("courses_versions")
    op.drop_table("courses_question_versions")
    op.drop_table("courses_delivering_bodies")
    op.drop_table("counters")
    with op.batch_alter_table("chain_subjects", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_subjects_subject")

    op.drop_table("chain_subjects")
    with op.batch_alter_table("chain_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_entries_row")
        batch_op.drop_index("ix_chain_entries_actor")

    op.drop_table("chain_entries")
    op.drop_table("casework_bodies")
    op.drop_table("sign_in_tries")
    op.drop_table("programmes")
    op.drop_table("installation")
    op.drop_table("chains")
