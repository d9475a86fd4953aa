"""Accounts, their sessions, failed sign-ins, the access trail, and jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HASH = sa.String(64)


def upgrade() -> None:
    """Add the five tables."""
    op.create_table(
        "account",
        sa.Column("name", sa.Text(), primary_key=True),
        *_texts("display_name roles password subject"),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_texts("changed_at changed_by"),
    )
    op.create_table(
        "web_session",
        sa.Column("token_hash", HASH, primary_key=True),
        *_texts("name kind origin"),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("began_s", "seen_s")),
    )
    op.create_index("ix_web_session_name", "web_session", ["name"])
    op.create_table(
        "failed_sign_in",
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_s", sa.Double(), nullable=False),
    )
    op.create_table(
        "access_entry",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        *_texts("at who what patient_id detail origin"),
        sa.Column("hash", HASH, nullable=False),
    )
    for column in ("patient_id", "who"):
        op.create_index(f"ix_access_entry_{column}", "access_entry", [column])
    op.create_table(
        "job",
        sa.Column("id", sa.Text(), primary_key=True),
        *_texts("place kind case_id arguments state step"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("done", "total")),
        *_texts("error result", nullable=True),
        *_texts("asked"),
        *_texts("started ended", nullable=True),
        *_texts("by"),
    )
    op.create_index("ix_job_asked", "job", ["asked"])


def _texts(names: str, *, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names.split()]
