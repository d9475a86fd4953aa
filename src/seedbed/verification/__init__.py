"""What was really implanted, what dose it gave, and where it is cold."""

from seedbed.verification.cold import ColdRegion, ColdReport, cold_regions, cold_report
from seedbed.verification.drift import SystematicDrift, systematic_drift
from seedbed.verification.drifted_matching import DriftedMatch, match_with_drift
from seedbed.verification.given_dose import ComparedMetric, dose_comparison, given_implant
from seedbed.verification.leftovers import UnpairedSeed, extra_seeds, missing_seeds
from seedbed.verification.localisation import LocalisationSpread, localisation_spread
from seedbed.verification.matching import Match, match_seeds
from seedbed.verification.migration import Migrated, migrated_seeds
from seedbed.verification.needle_displacement import NeedleDisplacement, by_needle
from seedbed.verification.plane_numbers import PlaneNumbers
from seedbed.verification.volume_change import CloudScale, VolumeChange, seed_cloud_scale, volume_change

__all__ = [
    "CloudScale",
    "ColdRegion",
    "ColdReport",
    "ComparedMetric",
    "DriftedMatch",
    "LocalisationSpread",
    "Match",
    "Migrated",
    "NeedleDisplacement",
    "PlaneNumbers",
    "SystematicDrift",
    "UnpairedSeed",
    "VolumeChange",
    "by_needle",
    "cold_regions",
    "cold_report",
    "dose_comparison",
    "extra_seeds",
    "given_implant",
    "localisation_spread",
    "match_seeds",
    "match_with_drift",
    "migrated_seeds",
    "missing_seeds",
    "seed_cloud_scale",
    "systematic_drift",
    "volume_change",
]
