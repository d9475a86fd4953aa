"""The records of the clinic, and every change that was made to them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RECORDS = {
    "patient": (
        "patient_id",
        "person sex born arm consent_on synthetic:truth note",
    ),
    "baseline": (
        "patient_id",
        (
            "on height_cm:double weight_kg:double kps:whole ecog:whole pathology surgery "
            "bilateral_tumours:truth extrathyroidal_extension:truth metastasis mutation "
            "i131_courses:whole cumulative_i131_gbq:double note"
        ),
    ),
    "screening": (
        "patient_id on",
        (
            "treatment_date no_lesion_takes_up_radioiodine:truth progressed_after_radioiodine:truth "
            "largest_diameter_mm:double expected_survival_months:double kps:double tgab_positive:truth "
            "tsh_mu_per_l:double clinical_data_complete:truth compliant:truth "
            "cooperates_with_implantation:truth prior_mki:truth fev1_pct_predicted:double "
            "lvef_pct:double platelets_1e9_per_l:double pt_ratio:double drug_tolerated:truth "
            "had_external_beam:truth last_external_beam_date cumulative_i131_gbq:double"
        ),
    ),
    "decision": (
        "patient_id on subject",
        "decided rules facts by",
    ),
    "lesion": (
        "patient_id lesion",
        "role organ is_lymph_node:truth previously_irradiated:truth implanted:truth location seen_on",
    ),
    "implantation": (
        "patient_id implant session:whole lesion",
        (
            "on intent prescription_gy:double seeds_planned:whole seeds_implanted:whole needles:whole "
            "source_model activity_mbq:double strength_u:double verified_on d90_gy:double "
            "v100_pct:double complications"
        ),
    ),
    "drug_course": (
        "patient_id course",
        "drug start end stop_reason",
    ),
    "drug_dose": (
        "patient_id course since",
        "until dose_mg:double reason note",
    ),
    "visit": (
        "patient_id on",
        "label weight_kg:double kps:whole ecog:whole drug_use symptoms adverse_events_asked:truth note",
    ),
    "laboratory_value": (
        "patient_id on analyte",
        "value:double comparator unit low:double high:double assay",
    ),
    "measurement": (
        "patient_id lesion on reader",
        (
            "longest_mm:double short_axis_mm:double ap_mm:double cc_mm:double transverse_mm:double "
            "state method slice_mm:double note"
        ),
    ),
    "pet_uptake": (
        "patient_id on lesion",
        (
            "tracer suv_max:double suv_bsa_max:double sul_peak:double lesion_glycolysis_ml:double "
            "liver_sul_mean:double liver_sul_sd:double injected_mbq:double uptake_min:double scanner"
        ),
    ),
    "pain": (
        "patient_id on site",
        "nrs:double opioid_mg_per_day:double",
    ),
    "adverse_event": (
        "patient_id term start",
        "grade:whole end attribution action serious:truth note",
    ),
    "progression": (
        "patient_id on",
        "where evidence",
    ),
    "contact": (
        "patient_id on",
        "how",
    ),
    "death": (
        "patient_id",
        "on cause cause_class",
    ),
}
"""Columns of each table: those of its key, then the others; texts where no type stands behind the colon."""
TYPES = {"": sa.Text, "double": sa.Double, "whole": sa.Integer, "truth": sa.Boolean}
REFERENCES = {
    "drug_dose": ("drug_course", ["patient_id", "course"]),
    "measurement": ("lesion", ["patient_id", "lesion"]),
    "pet_uptake": ("lesion", ["patient_id", "lesion"]),
}


def upgrade() -> None:
    """Add a table for each kind of records, and those of the changes."""
    for name, (key, others) in RECORDS.items():
        op.create_table(
            name,
            *(_column(each, key=True) for each in key.split()),
            *(_column(each, key=False) for each in others.split()),
            sa.Column("voided", sa.Boolean(), nullable=False, server_default=sa.false()),
            *_references(name),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "change_set",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("at", "who", "why")),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "change",
        sa.Column(
            "change_set",
            sa.Integer(),
            sa.ForeignKey("change_set.number"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "patient_id", "key", "action")),
        *(sa.Column(name, sa.Text()) for name in ("old", "new")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_change_patient_id", "change", ["patient_id"])


def _column(described: str, *, key: bool) -> sa.Column[Any]:
    name, _, kind = described.partition(":")
    return sa.Column(name, TYPES[kind](), primary_key=key, nullable=not key, autoincrement=False)


def _references(name: str) -> list[sa.ForeignKeyConstraint]:
    if name == "patient":
        return []
    keys = [("patient", ["patient_id"]), *([REFERENCES[name]] if name in REFERENCES else [])]
    return [sa.ForeignKeyConstraint(own, [f"{other}.{column}" for column in own]) for other, own in keys]
