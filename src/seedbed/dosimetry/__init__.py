"""Models of dose: sources, TG-43, dose-volume histograms."""

from seedbed.dosimetry.dvh import Dvh, structure_dvh, structure_samples
from seedbed.dosimetry.sources import Source, load_source, source_names
from seedbed.dosimetry.tg43 import dose_rate, total_dose

__all__ = [
    "Dvh",
    "Source",
    "dose_rate",
    "load_source",
    "source_names",
    "structure_dvh",
    "structure_samples",
    "total_dose",
]
