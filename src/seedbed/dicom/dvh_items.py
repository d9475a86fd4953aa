"""Dose-volume histograms in an RTDOSE (PS3.3 C.8.8.4): written, and read from any system."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.uid import RTDoseStorage

from seedbed.dicom.files import (
    FloatArray,
    decimal,
    items,
    number,
    numbers,
    read_dataset,
    reading,
    require,
    text,
)
from seedbed.dosimetry import Dvh
from seedbed.errors import DoseError, InputError

STEP_GY, FINE_TO_GY, GROWTH = 0.1, 300.0, 1.01
"""Bins of 0.1 Gy up to 300 Gy, then of 1 percent of their dose, in whole steps (local rule)."""
STEP_DECIMALS = 1
CUMULATIVE, DIFFERENTIAL = "CUMULATIVE", "DIFFERENTIAL"
GRAY, CUBIC_CM, PERCENT = "GY", "CM3", "PERCENT"
KNOWN = {
    "DVHType": (CUMULATIVE, DIFFERENTIAL),
    "DoseUnits": (GRAY, "RELATIVE"),
    "DVHVolumeUnits": (CUBIC_CM, PERCENT),
}
STATED_TOLERANCE = 0.05
"""A stated dose that is further from that of the curve is in another unit (local rule)."""
VOLUME_ROUNDING = 1e-6
"""Negative volumes up to this share of the structure are rounding, as at the end of a curve (local rule)."""
INCLUDED, EXCLUDED = "INCLUDED", "EXCLUDED"


@dataclass(frozen=True)
class DvhSet:
    """Histograms to be stored with a dose.

    Attributes
    ----------
    structure_set_uid : str
        SOP instance UID of the RTSTRUCT.
    dvhs : mapping of int to Dvh
        By the ROI number in that RTSTRUCT.

    Raises
    ------
    DoseError
        No histogram, or one of a structure that lies partly outside the dose: its volume is not the
        structure's.
    """

    structure_set_uid: str
    dvhs: Mapping[int, Dvh]

    def __post_init__(self) -> None:
        if not self.dvhs or not self.structure_set_uid:
            raise DoseError("no histogram, or none of a structure set", "both", "leave it out, or state both")
        for dvh in self.dvhs.values():
            if dvh.outside_cc > 0:
                raise DoseError(
                    f"'{dvh.name}' has {dvh.outside_cc:.3g} cc outside the dose",
                    "a histogram of the whole structure",
                    "calculate the dose on a larger grid, or leave the structure out",
                )

    def items(self) -> list[Dataset]:
        """Return the items of the DVH Sequence."""
        return [_item(number, dvh) for number, dvh in self.dvhs.items()]


@dataclass(frozen=True)
class StoredDvh:
    """A histogram as it stands in an RTDOSE.

    Attributes
    ----------
    roi_numbers : tuple of int
        ROIs that it is of.
    dose : ndarray, shape (k + 1,)
        Edges of the bins, rising from zero, in ``dose_units``.
    volume : ndarray, shape (k,)
        Volume in each bin, in ``volume_units``.
    kind : str
        ``"CUMULATIVE"`` or ``"DIFFERENTIAL"``, as it was written.
    dose_units, volume_units : str
        ``"GY"`` or ``"RELATIVE"``; ``"CM3"`` or ``"PERCENT"``.
    least, mean, highest : float or None
        As stated, in ``dose_units``; None where nothing is stated, or something in another unit.
    notes : tuple of str
    """

    roi_numbers: tuple[int, ...]
    dose: FloatArray
    volume: FloatArray
    kind: str
    dose_units: str
    volume_units: str
    least: float | None = None
    mean: float | None = None
    highest: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def curve_mean(self) -> float:
        """Mean dose of the curve, each bin at its middle, in ``dose_units``."""
        return float(np.average((self.dose[1:] + self.dose[:-1]) / 2, weights=self.volume))

    def as_dvh(self, name: str, *, total_cc: float | None = None, unit_gy: float | None = None) -> Dvh:
        """Return the histogram as ours, each bin at its middle.

        Parameters
        ----------
        name : str
        total_cc : float, optional
            Volume of the structure; needed where volumes are in percent.
        unit_gy : float, optional
            Dose of one unit, Gy; needed where the dose is relative: the reference dose, or a hundredth of it
            where the curve is in percent.

        Raises
        ------
        DoseError
            A volume or a dose that is needed and missing.

        Examples
        --------
        >>> stored = StoredDvh((1,), np.array([0.0, 10.0, 20.0]), np.array([25.0, 75.0]), "CUMULATIVE", "GY",
        ...                    "PERCENT")
        >>> stored.as_dvh("GTV", total_cc=8.0).dose_to_pct(75)
        15.0
        """
        relative, percent = self.dose_units != GRAY, self.volume_units == PERCENT
        if (relative and unit_gy is None) or (percent and total_cc is None):
            raise DoseError(
                f"the histogram of '{name}' is in {self.dose_units} and {self.volume_units}",
                "the dose of one unit where it is relative, and the volume where it is in percent",
                "state both",
            )
        scale_gy = unit_gy if relative and unit_gy is not None else 1.0
        scale_cc = total_cc / 100.0 if percent and total_cc is not None else 1.0
        middle = (self.dose[1:] + self.dose[:-1]) / 2
        return Dvh.of(name, middle * scale_gy, self.volume * scale_cc)


def read_dvhs(path: Path) -> tuple[StoredDvh, ...]:
    """Read the histograms that an RTDOSE holds; none where it has no DVH Sequence.

    Raises
    ------
    InputError
        Not an RTDOSE; a natural histogram, or one in units that are not known; bins that are incomplete, of
        negative width, or a cumulative volume that rises with dose.
    """
    with reading(path):
        dose = read_dataset(path)
        if dose.get("SOPClassUID") != RTDoseStorage:
            raise InputError(f"file '{path.name}' is not an RTDOSE (SOPClassUID)", "a dose", "choose it")
        if "DVHSequence" not in dose:
            return ()
        listed = items(dose, "DVHSequence", name=path.name)
        return tuple(_read(item, f"histogram {n} of '{path.name}'") for n, item in enumerate(listed, start=1))


def _read(item: Dataset, name: str) -> StoredDvh:
    for keyword, accepted in KNOWN.items():
        found = require(item, keyword, name=name)
        if found not in accepted:
            raise InputError(f"{name} has {keyword} {found}", " or ".join(accepted), "export it again")
    edges, volume = _bins(item, name)
    mean, least, highest = (_stated(item, f"DVH{which}Dose") for which in ("Mean", "Minimum", "Maximum"))
    stored = StoredDvh(
        _roi_numbers(item, name), edges, volume, item.DVHType, item.DoseUnits, item.DVHVolumeUnits
    )
    return _with_stated(stored, mean, least, highest)


def _bins(item: Dataset, name: str) -> tuple[FloatArray, FloatArray]:
    """Return the edges of the bins and the volume in each."""
    count = int(number(item, "DVHNumberOfBins", name=name))
    width, volume = numbers(item, "DVHData", count=2 * count, name=name).reshape(-1, 2).T
    edges = np.concatenate([[0.0], np.cumsum(width)]) * number(item, "DVHDoseScaling", name=name)
    if item.DVHType == CUMULATIVE:
        volume = -np.diff(volume, append=0.0)
    volume = np.where(np.abs(volume) <= VOLUME_ROUNDING * volume.sum(), np.maximum(volume, 0.0), volume)
    if not (np.diff(edges) >= 0).all() or edges[-1] <= 0 or not (volume >= 0).all() or volume.sum() <= 0:
        raise InputError(
            f"{name} has bins of negative width or volume, or none at all (DVHData, DVHDoseScaling)",
            "doses that rise, and volumes that fall with them where they are cumulative",
            "export it again",
        )
    return edges, volume


def _roi_numbers(item: Dataset, name: str) -> tuple[int, ...]:
    rois = items(item, "DVHReferencedROISequence", name=name)
    if any(text(roi, "DVHROIContributionType") == EXCLUDED for roi in rois):
        raise InputError(f"{name} leaves a ROI out of another", "histograms of whole ROIs", "export it again")
    return tuple(int(number(roi, "ReferencedROINumber", name=name)) for roi in rois)


def _stated(item: Dataset, keyword: str) -> float | None:
    value = item.get(keyword)
    return None if value in (None, "") else float(value)


def _with_stated(dvh: StoredDvh, mean: float | None, least: float | None, highest: float | None) -> StoredDvh:
    """Add what is stated of a histogram where mean and highest dose can be those of the curve."""
    half_bin = float(np.average(np.diff(dvh.dose), weights=dvh.volume)) / 2
    off = mean is not None and abs(mean - dvh.curve_mean) > STATED_TOLERANCE * dvh.curve_mean + half_bin
    if off or (highest is not None and highest > dvh.dose[-1] * (1 + STATED_TOLERANCE)):
        note = (
            f"The stated mean and highest dose, {mean} and {highest}, are not those of the curve, with a "
            f"mean of {dvh.curve_mean:.4g} and bins up to {dvh.dose[-1]:.4g} {dvh.dose_units}; they may be "
            "in percent and were not taken."
        )
        return replace(dvh, notes=(note,))
    return replace(dvh, mean=mean, least=least, highest=highest)


def _item(roi: int, dvh: Dvh) -> Dataset:
    item, referenced = Dataset(), Dataset()
    referenced.ReferencedROINumber, referenced.DVHROIContributionType = roi, INCLUDED
    item.DVHReferencedROISequence = [referenced]
    item.DVHType, item.DoseUnits, item.DoseType = CUMULATIVE, GRAY, "PHYSICAL"
    item.DVHDoseScaling, item.DVHVolumeUnits = "1", CUBIC_CM
    edges = bin_edges(dvh.max_gy)
    count = np.searchsorted(-dvh.dose_gy, -edges[:-1], side="right")
    volume = dvh.volume_cc[count - 1]
    item.DVHNumberOfBins = len(volume)
    pairs = zip(np.diff(edges), volume, strict=True)
    item.DVHData = [said for width, cc in pairs for said in (f"{width:.{STEP_DECIMALS}f}", f"{cc:.6g}")]
    item.DVHMinimumDose, item.DVHMeanDose = decimal(dvh.min_gy), decimal(dvh.mean_gy)
    item.DVHMaximumDose = decimal(dvh.max_gy)
    return item


def bin_edges(highest_gy: float) -> FloatArray:
    """Edges of the bins, Gy, shape (k + 1,), all whole tenths; the last bin holds the highest dose.

    DVH Data is one text of at most 65534 bytes where the value representation is explicit (PS3.5 7.1.2), so
    that bins cannot all be of 0.1 Gy where seeds are near.

    Examples
    --------
    >>> bin_edges(0.25).tolist()
    [0.0, 0.1, 0.2, 0.3]
    >>> len(bin_edges(30000.0))
    3464
    """
    beyond = highest_gy + STEP_GY
    fine = np.arange(0.0, min(beyond, FINE_TO_GY) + STEP_GY / 2, STEP_GY)
    growing = int(np.ceil(np.log(max(beyond / FINE_TO_GY, 1.0)) / np.log(GROWTH)))
    coarse = FINE_TO_GY * GROWTH ** np.arange(1, growing + 1)
    edges: FloatArray = np.round(np.concatenate([fine, coarse]), STEP_DECIMALS)
    return edges[: int(np.searchsorted(edges, highest_gy, side="right")) + 1]
