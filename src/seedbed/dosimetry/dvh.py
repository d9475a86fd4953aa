"""Dose-volume histograms: every sample keeps its own dose and volume, nothing is binned."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.interpolation import interpolate_dose
from seedbed.dosimetry.samples import DoseSamples, contour_samples, mask_samples
from seedbed.dosimetry.sources import Source
from seedbed.dosimetry.tg43 import Progress, dose_function
from seedbed.errors import DoseError, StructureError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]
DoseAt = Callable[[FloatArray], FloatArray]
"""Dose (Gy) at points, shape (n, 3) -> (n,)."""
VOLUME_ROUNDING = 1e-9
"""Sums of many small volumes must not miss a sample by rounding."""


@dataclass(frozen=True)
class Dvh:
    """Cumulative dose-volume histogram of one structure.

    Attributes
    ----------
    name : str
    dose_gy : ndarray, shape (k,)
        Dose of each sample, falling. The first and the last may lie on the surface, where samples have no
        volume.
    volume_cc : ndarray, shape (k,)
        Volume that gets at least that dose, rising to the volume of the structure.
    outside_cc : float
        Volume of the structure for which there is no dose, because it lies outside the dose grid. It is part
        of no other number here: `total_cc` and every percentage are of the part with a dose.

    Examples
    --------
    >>> dvh = Dvh.of("cube", np.array([10.0, 30.0]), np.array([1.0, 1.0]))
    >>> dvh.volume_pct(20.0), dvh.dose_to_pct(50.0)
    (50.0, 30.0)
    """

    name: str
    dose_gy: FloatArray
    volume_cc: FloatArray
    outside_cc: float = 0.0

    @classmethod
    def of(cls, name: str, dose_gy: FloatArray, volume_cc: FloatArray, *, outside_cc: float = 0.0) -> "Dvh":
        """Build the histogram from samples: dose (k,) Gy and the volume (k,) cc each stands for."""
        sound = np.isfinite(dose_gy).all() and np.isfinite(volume_cc).all() and np.all(volume_cc >= 0)
        if len(dose_gy) != len(volume_cc) or not (sound and np.sum(volume_cc) > 0):
            raise DoseError(
                f"structure '{name}' has {len(dose_gy)} doses for {len(volume_cc)} volumes, not all usable",
                "a finite dose for each volume, and volumes that are not negative nor all zero",
                "check that the structure is not empty",
            )
        order = np.argsort(-dose_gy, kind="stable")
        return cls(name, dose_gy[order], np.cumsum(volume_cc[order]), outside_cc)

    @property
    def total_cc(self) -> float:
        """Volume of the structure, as far as it has a dose."""
        return float(self.volume_cc[-1])

    @property
    def mean_gy(self) -> float:
        """Mean dose."""
        shares = np.diff(self.volume_cc, prepend=0.0)
        return float(np.sum(self.dose_gy * shares) / self.total_cc)

    @property
    def max_gy(self) -> float:
        """Highest dose of all samples; the closer to a seed, the more it depends on where they lie."""
        return float(self.dose_gy[0])

    @property
    def min_gy(self) -> float:
        """Least dose of all samples, those on the surface included; D100."""
        return float(self.dose_gy[-1])

    def volume_cc_at(self, dose_gy: float) -> float:
        """Volume (cc) that gets at least ``dose_gy``."""
        if not np.isfinite(dose_gy):
            raise DoseError(f"a dose of {dose_gy} Gy", "a finite dose", "state the prescription")
        count = int(np.searchsorted(-self.dose_gy, -dose_gy, side="right"))
        return float(self.volume_cc[count - 1]) if count else 0.0

    def volume_pct(self, dose_gy: float) -> float:
        """Volume (percent of the structure) that gets at least ``dose_gy``; V100 is at the prescription."""
        return 100.0 * (self.volume_cc_at(dose_gy) / self.total_cc)

    def dose_to_cc(self, volume_cc: float) -> float:
        """Least dose to the hottest ``volume_cc``; for a smaller structure its least dose at all."""
        if not 0 < volume_cc < np.inf:
            raise DoseError(f"a volume of {volume_cc} cc", "a positive volume", "ask for D2cc, for example")
        wanted = volume_cc * (1 - VOLUME_ROUNDING)
        if wanted >= self.total_cc * (1 - 2 * VOLUME_ROUNDING):
            return self.min_gy
        return float(self.dose_gy[int(np.searchsorted(self.volume_cc, wanted))])

    def dose_to_pct(self, volume_pct: float) -> float:
        """Least dose to the hottest ``volume_pct`` percent; D90 is 90."""
        if not 0 < volume_pct <= 100:
            raise DoseError(f"a volume of {volume_pct} %", "more than 0 and at most 100", "ask for D90, say")
        return self.dose_to_cc(self.total_cc * volume_pct / 100.0)

    def curve(self, points: int = 400) -> tuple[FloatArray, FloatArray]:
        """Return doses (Gy) and volumes (percent) of a curve of at most ``points`` points, for drawing."""
        pick = np.unique(np.linspace(0, len(self.dose_gy) - 1, points).astype(int))
        return self.dose_gy[pick][::-1], 100.0 * self.volume_cc[pick][::-1] / self.total_cc


def sampled_dvh(samples: DoseSamples, dose_at: DoseAt) -> Dvh:
    """DVH of samples under any dose.

    Parameters
    ----------
    samples : DoseSamples
        See `contour_samples` and `mask_samples`.
    dose_at : callable
        Dose (Gy) at points, shape (n, 3) -> (n,); NaN where there is none. Such samples count as outside.

    Raises
    ------
    StructureError
        No dose anywhere in the structure.
    DoseError
        A structure without volume.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> box = contour_samples(Structure("box", (PlanarContour(0.0, square),), 5.0))
    >>> dvh = sampled_dvh(box, lambda points_mm: 10 * points_mm[:, 0])
    >>> round(dvh.dose_to_pct(90), 1), dvh.min_gy, dvh.max_gy
    (10.0, 0.0, 100.0)
    """
    dose = np.asarray(dose_at(samples.points_mm), dtype=float)
    known = ~np.isnan(dose)
    inside, outside = float(samples.volume_cc[known].sum()), float(samples.volume_cc[~known].sum())
    if outside > 0 and inside == 0:
        raise StructureError(
            f"structure '{samples.name}' lies outside the dose grid",
            "a structure of which at least a part has a dose",
            "choose the dose that was calculated for it, or a larger grid",
        )
    return Dvh.of(samples.name, dose[known], samples.volume_cc[known], outside_cc=outside)


def structure_dvh(
    source: Source, implant: SeedImplant, structure: Structure, *, progress: Progress | None = None
) -> Dvh:
    """DVH of a structure for an implant, to complete decay, calculated at the structure's own samples.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
    structure : Structure
    progress : callable, optional
        As for `total_dose`.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[5.0, -5.0], [15.0, -5.0], [15.0, 5.0], [5.0, 5.0]])
    >>> box = Structure("box", (PlanarContour(0.0, square),), 5.0)
    >>> seed = SeedImplant("6711", np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.array([1.0]))
    >>> dvh = structure_dvh(load_source("6711"), seed, box)
    >>> round(dvh.total_cc, 6), 6 < dvh.min_gy < dvh.dose_to_pct(90) < dvh.mean_gy < dvh.max_gy < 100
    (0.5, True)
    """
    return sampled_dvh(contour_samples(structure), dose_function(source, implant, progress=progress))


def mask_dvh(share: FloatArray, grid: VoxelGrid, *, name: str, dose_at: DoseAt) -> Dvh:
    """DVH of a structure given as the share of each voxel inside it, under any dose.

    Parameters
    ----------
    share : ndarray, shape ``grid.shape``
        From 0 to 1.
    grid : VoxelGrid
        Of the mask; the dose has its own.
    name : str
    dose_at : callable
        Dose (Gy) at points, shape (n, 3) -> (n,).

    Examples
    --------
    >>> grid = VoxelGrid((0, 0, 0), (1, 1, 1), (1, 1, 2))
    >>> dvh = mask_dvh(np.ones((1, 1, 2)), grid, name="box", dose_at=lambda p: 10 * (p[:, 0] + 0.5))
    >>> round(dvh.mean_gy, 1), round(dvh.total_cc, 6)
    (10.0, 0.002)
    """
    return sampled_dvh(mask_samples(share, grid, name=name), dose_at)


def grid_dvh(dose_gy: FloatArray, grid: VoxelGrid, structure: Structure | DoseSamples) -> Dvh:
    """DVH of a structure on a dose grid, by trilinear interpolation at the structure's own samples.

    The volume never depends on the dose grid. What lies beyond the outer faces of the grid has no dose; it
    is stated as ``outside_cc`` and counts neither as zero dose nor in any percentage.

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
    grid : VoxelGrid
        Of the dose.
    structure : Structure or DoseSamples

    Raises
    ------
    StructureError
        A structure wholly outside the grid.
    DoseError
        A dose of another shape, negative or no number; a structure without volume.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> box = Structure("box", (PlanarContour(0.0, square),), 5.0)
    >>> grid = VoxelGrid((-1, -1, -3), (2, 2, 2), (4, 7, 4))
    >>> dvh = grid_dvh(np.full(grid.shape, 50.0), grid, box)
    >>> dvh.mean_gy, round(dvh.total_cc, 2), round(dvh.outside_cc, 2)
    (50.0, 0.3, 0.2)
    """
    samples = contour_samples(structure) if isinstance(structure, Structure) else structure
    return sampled_dvh(samples, lambda points_mm: interpolate_dose(dose_gy, grid, points_mm))
