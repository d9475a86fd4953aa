"""DICOM objects that were received or imported, and where they came from."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXTS = (
    "class_uid", "series_uid", "study_uid", "frame_uid", "referenced_uid", "patient_id",
    "issuer_of_patient_id", "patient_name", "patient_birth_date", "patient_sex", "study_date",
    "study_description", "accession_number", "modality", "series_number", "series_description",
    "instance_number", "image_type", "position_mm", "orientation", "transfer_syntax_uid", "remark",
)  # fmt: skip
INDEXED = ("series_uid", "study_uid", "patient_id")


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "dicom_instance",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.Column("instance_uid", sa.Text(), nullable=False, unique=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
    )
    for column in INDEXED:
        op.create_index(f"ix_dicom_instance_{column}", "dicom_instance", [column])
    op.create_table(
        "dicom_source",
        sa.Column("sha256", sa.String(64), sa.ForeignKey("dicom_instance.sha256"), primary_key=True),
        sa.Column("origin", sa.Text(), primary_key=True),
        sa.Column("first_at", sa.DateTime(), nullable=False),
    )
