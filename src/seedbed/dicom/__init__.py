"""DICOM files to and from plain nouns."""

from seedbed.dicom.ct import CtSeries, read_ct_series
from seedbed.dicom.ct_writing import write_ct_series
from seedbed.dicom.dose import read_dose, write_dose
from seedbed.dicom.identity import Identity, content_uid
from seedbed.dicom.plan import PlanFile, read_plan
from seedbed.dicom.plan_writing import write_plan
from seedbed.dicom.structure_writing import write_structures
from seedbed.dicom.structures import check_inside, choose, read_structures

__all__ = [
    "CtSeries",
    "Identity",
    "PlanFile",
    "check_inside",
    "choose",
    "content_uid",
    "read_ct_series",
    "read_dose",
    "read_plan",
    "read_structures",
    "write_ct_series",
    "write_dose",
    "write_plan",
    "write_structures",
]
