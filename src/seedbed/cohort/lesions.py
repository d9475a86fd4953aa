"""What became of each implanted lesion: dose, volume and local control, in arrays beside the analysis set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.cohort.courses import rows_anew

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
VRR_MONTHS = (6, 12)


def _no_rows() -> IntArray:
    return np.zeros(0, dtype=np.int64)


def _no_values() -> FloatArray:
    return np.zeros(0, dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class Lesions:
    """The implanted lesions of an analysis set; NaN is "not known".

    Attributes
    ----------
    patients : ndarray of int, shape (lesions,)
        Row of the patient in the analysis set.
    names : tuple of str
        Name of each lesion within its patient.
    implant_days : ndarray of int, shape (lesions,)
        First session, since the first day of the patient's treatment.
    prescription_gy, seeds, d90_gy, volume_cc : ndarray of float, shape (lesions,)
        The lowest D90 that was verified; the volume before the implant.
    vrr_6_pct, vrr_12_pct : ndarray of float, shape (lesions,)
        Volume reduction rate so many months after the implant; negative where the lesion grew.
    control_months : ndarray of float, shape (lesions,)
        From the implant to growth of the lesion, or to its last measurement.
    grown : ndarray of bool, shape (lesions,)
        Whether that time ends with growth; without a meaning where the time is not known.
    sources : sequence of tuple of str
        Names of the records that the values of each lesion came from.
    notes : tuple of str
        What a reader of any number of them must know.

    Examples
    --------
    >>> two = Lesions(patients=np.array([0, 3]), names=("T1", "T1"), implant_days=np.array([0, 0]),
    ...               prescription_gy=np.array([120.0, 100.0]), seeds=np.array([30.0, 22.0]),
    ...               d90_gy=np.array([131.0, np.nan]), volume_cc=np.array([8.0, 4.0]),
    ...               vrr_6_pct=np.array([60.0, 10.0]), vrr_12_pct=np.array([75.0, np.nan]),
    ...               control_months=np.array([14.0, 5.5]), grown=np.array([False, True]),
    ...               sources=[("implantation S-1, 1, 1, T1",), ("implantation S-9, 1, 1, T1",)])
    >>> two.of_rows([3]).grown.tolist(), two.of_rows([3]).patients.tolist(), two.plain()["d90_gy"]
    ([True], [0], [131.0, None])
    """

    patients: IntArray = field(default_factory=_no_rows)
    names: tuple[str, ...] = ()
    implant_days: IntArray = field(default_factory=_no_rows)
    prescription_gy: FloatArray = field(default_factory=_no_values)
    seeds: FloatArray = field(default_factory=_no_values)
    d90_gy: FloatArray = field(default_factory=_no_values)
    volume_cc: FloatArray = field(default_factory=_no_values)
    vrr_6_pct: FloatArray = field(default_factory=_no_values)
    vrr_12_pct: FloatArray = field(default_factory=_no_values)
    control_months: FloatArray = field(default_factory=_no_values)
    grown: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    sources: Sequence[tuple[str, ...]] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many lesions there are."""
        return len(self.names)

    @property
    def verified(self) -> BoolArray:
        """Where a D90 was verified."""
        return ~np.isnan(self.d90_gy)

    def patients_with(self, which: BoolArray) -> int:
        """Count the patients of some lesions."""
        return int(np.count_nonzero(np.bincount(self.patients[which])))

    def vrr_pct(self, month: int) -> FloatArray:
        """Volume reduction rate 6 or 12 months after the implant."""
        return {6: self.vrr_6_pct, 12: self.vrr_12_pct}[month]

    def of_rows(self, rows: Sequence[int] | IntArray) -> "Lesions":
        """Return the lesions of some patients, whose rows are then counted anew in the order given."""
        new = rows_anew(self.patients, np.asarray(rows, dtype=np.int64))
        there = new >= 0
        cut = {name: value[there] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        cut["patients"] = new[there]
        at = np.flatnonzero(there).tolist()
        return Lesions(
            **cut,
            names=tuple(self.names[each] for each in at),
            sources=[self.sources[each] for each in at],
            notes=self.notes,
        )

    def plain(self) -> dict[str, Any]:
        """Return the values for machines, a list for each attribute; None is "not known"."""
        found: dict[str, Any] = {"names": list(self.names)}
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                found[name] = [None if each != each else each for each in value.tolist()]
        unknown = np.isnan(self.control_months).tolist()
        found["grown"] = [None if a else b for a, b in zip(unknown, self.grown.tolist(), strict=True)]
        return {**found, "sources": list(self.sources), "notes": list(self.notes)}
