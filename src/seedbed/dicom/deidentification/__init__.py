"""De-identification by DICOM PS3.15, Annex E: from a dataset to one that no longer says who it is of."""

from seedbed.dicom.deidentification.dataset import Deidentified, deidentify
from seedbed.dicom.deidentification.objects import why_left_out
from seedbed.dicom.deidentification.pseudonym import Options, Pseudonym, new_pseudonym
from seedbed.dicom.deidentification.traces import Traces, traces_of

__all__ = [
    "Deidentified",
    "Options",
    "Pseudonym",
    "Traces",
    "deidentify",
    "new_pseudonym",
    "traces_of",
    "why_left_out",
]
