"""DICOM files to and from plain nouns."""

from seedbed.dicom.ct import CtSeries, read_ct_series
from seedbed.dicom.ct_writing import write_ct_series
from seedbed.dicom.dose import DoseFile, is_own_dose, read_dose, read_dose_file, read_dose_files, write_dose
from seedbed.dicom.dvh_items import DvhSet, StoredDvh, read_dvhs
from seedbed.dicom.identity import Identity, content_uid, identity_of
from seedbed.dicom.pet import PetSeries, read_pet_series
from seedbed.dicom.plan import PlanFile, PlanReading, read_plan, read_plan_file
from seedbed.dicom.plan_dates import iso
from seedbed.dicom.plan_writing import write_plan
from seedbed.dicom.segmentations import read_segmentation, read_segmentation_file
from seedbed.dicom.structure_paths import StructurePaths, read_structure_paths
from seedbed.dicom.structure_writing import write_structures
from seedbed.dicom.structures import (
    StructureReading,
    StructureSetHeader,
    check_inside,
    choose,
    read_structure_file,
    read_structure_set_header,
    read_structures,
    read_structures_of,
)

__all__ = [
    "CtSeries",
    "DoseFile",
    "DvhSet",
    "Identity",
    "PetSeries",
    "PlanFile",
    "PlanReading",
    "StoredDvh",
    "StructurePaths",
    "StructureReading",
    "StructureSetHeader",
    "check_inside",
    "choose",
    "content_uid",
    "identity_of",
    "is_own_dose",
    "iso",
    "read_ct_series",
    "read_dose",
    "read_dose_file",
    "read_dose_files",
    "read_dvhs",
    "read_pet_series",
    "read_plan",
    "read_plan_file",
    "read_segmentation",
    "read_segmentation_file",
    "read_structure_file",
    "read_structure_paths",
    "read_structure_set_header",
    "read_structures",
    "read_structures_of",
    "write_ct_series",
    "write_dose",
    "write_plan",
    "write_structures",
]
