"""Tables of the workbench: accounts, sessions, failed sign-ins, the access trail and jobs.

`migrations` builds them. Passwords and session tokens are kept as hashes alone.
"""

from sqlalchemy import Boolean, Column, Double, Index, Integer, String, Table, Text

from seedbed.registry.schema import HASH_LENGTH, Base

ACCOUNT = Table(
    "account",
    Base.metadata,
    Column("name", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("display_name", "roles", "password", "subject")),
    Column("disabled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("changed_at", "changed_by")),
)
"""Who may sign in: roles parted by '|', the hash of the password, or the subject of another system."""

WEB_SESSION = Table(
    "web_session",
    Base.metadata,
    Column("token_hash", String(HASH_LENGTH), primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("name", "kind", "origin")),
    *(Column(name, Double, nullable=False) for name in ("began_s", "seen_s")),
    Index("ix_web_session_name", "name"),
)
"""Who is signed in, and since when: seconds since 1970."""

FAILED_SIGN_IN = Table(
    "failed_sign_in",
    Base.metadata,
    Column("subject", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_s", Double, nullable=False),
)
"""How often signing in failed of late, by account and by address."""

ACCESS_ENTRY = Table(
    "access_entry",
    Base.metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Text, nullable=False) for name in ("at", "who", "what", "patient_id", "detail", "origin")),
    Column("hash", String(HASH_LENGTH), nullable=False),
    Index("ix_access_entry_patient_id", "patient_id"),
    Index("ix_access_entry_who", "who"),
)
"""Who saw or did what, of which patient, when (UTC) and from where; and the hash of it and all before."""

JOB = Table(
    "job",
    Base.metadata,
    Column("id", Text, primary_key=True),
    *(
        Column(name, Text, nullable=False)
        for name in ("place", "kind", "case_id", "arguments", "state", "step")
    ),
    *(Column(name, Integer, nullable=False) for name in ("done", "total")),
    *(Column(name, Text) for name in ("error", "result")),
    Column("asked", Text, nullable=False),
    *(Column(name, Text) for name in ("started", "ended")),
    Column("by", Text, nullable=False),
    Index("ix_job_asked", "asked"),
)
"""Long work: what was asked, how far it is and how it ended; ``place`` is the workplace that runs it."""
