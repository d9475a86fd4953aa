"""Models of dose: sources, TG-43, grids, dose-volume histograms, metrics, bioeffect, uncertainty."""

from seedbed.dosimetry.bioeffect import BioEffect, bio_effect
from seedbed.dosimetry.conformity import (
    conformation_number,
    external_volume_index,
    homogeneity_index,
    matched_peripheral_dose,
    minimum_peripheral_dose,
)
from seedbed.dosimetry.dvh import Dvh, grid_dvh, mask_dvh, sampled_dvh, structure_dvh
from seedbed.dosimetry.grids import GridDose, add_seed, grid_dose, move_seed, remove_seed
from seedbed.dosimetry.isodoses import isodose_volume_cc
from seedbed.dosimetry.metrics import Metric, parse_metric
from seedbed.dosimetry.placement_errors import PlacementErrors, load_errors
from seedbed.dosimetry.quality import DoseQuality, dose_quality
from seedbed.dosimetry.samples import DoseSamples, contour_samples, mask_samples, structure_samples
from seedbed.dosimetry.sources import Source, find_source, load_source, source_names
from seedbed.dosimetry.tg43 import dose_function, dose_rate, total_dose
from seedbed.dosimetry.uncertainty import Uncertainty, simulate_uncertainty

__all__ = [
    "BioEffect",
    "DoseQuality",
    "DoseSamples",
    "Dvh",
    "GridDose",
    "Metric",
    "PlacementErrors",
    "Source",
    "Uncertainty",
    "add_seed",
    "bio_effect",
    "conformation_number",
    "contour_samples",
    "dose_function",
    "dose_quality",
    "dose_rate",
    "external_volume_index",
    "find_source",
    "grid_dose",
    "grid_dvh",
    "homogeneity_index",
    "isodose_volume_cc",
    "load_errors",
    "load_source",
    "mask_dvh",
    "mask_samples",
    "matched_peripheral_dose",
    "minimum_peripheral_dose",
    "move_seed",
    "parse_metric",
    "remove_seed",
    "sampled_dvh",
    "simulate_uncertainty",
    "source_names",
    "structure_dvh",
    "structure_samples",
    "total_dose",
]
