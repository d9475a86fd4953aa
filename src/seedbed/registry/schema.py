"""Tables of the register, as this version of the program uses them; `migrations` builds them."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from seedbed.imaging.instance import InstanceFacts

REVISION = "0003"
"""The newest migration: what `schema` describes."""
FACTS = tuple(field.name for field in fields(InstanceFacts))
HASH_LENGTH = 64


class Base(DeclarativeBase):
    """All tables of the register."""


class DicomInstance(Base):
    """One DICOM object that the store holds: the hash of its file, and the facts of its header."""

    __tablename__ = "dicom_instance"

    sha256: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    size_bytes: Mapped[int]
    kept_at: Mapped[datetime]
    instance_uid: Mapped[str] = mapped_column(Text, unique=True)
    class_uid: Mapped[str] = mapped_column(Text)
    series_uid: Mapped[str] = mapped_column(Text, index=True)
    study_uid: Mapped[str] = mapped_column(Text, index=True)
    frame_uid: Mapped[str] = mapped_column(Text)
    referenced_uid: Mapped[str] = mapped_column(Text)
    patient_id: Mapped[str] = mapped_column(Text, index=True)
    issuer_of_patient_id: Mapped[str] = mapped_column(Text)
    patient_name: Mapped[str] = mapped_column(Text)
    patient_birth_date: Mapped[str] = mapped_column(Text)
    patient_sex: Mapped[str] = mapped_column(Text)
    study_date: Mapped[str] = mapped_column(Text)
    study_description: Mapped[str] = mapped_column(Text)
    accession_number: Mapped[str] = mapped_column(Text)
    modality: Mapped[str] = mapped_column(Text)
    series_number: Mapped[str] = mapped_column(Text)
    series_description: Mapped[str] = mapped_column(Text)
    instance_number: Mapped[str] = mapped_column(Text)
    image_type: Mapped[str] = mapped_column(Text)
    position_mm: Mapped[str] = mapped_column(Text)
    orientation: Mapped[str] = mapped_column(Text)
    transfer_syntax_uid: Mapped[str] = mapped_column(Text)
    remark: Mapped[str] = mapped_column(Text)


class DicomSource(Base):
    """Where an object came from, and when it first came from there; UTC."""

    __tablename__ = "dicom_source"

    sha256: Mapped[str] = mapped_column(ForeignKey("dicom_instance.sha256"), primary_key=True)
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    first_at: Mapped[datetime]
