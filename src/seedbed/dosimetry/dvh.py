"""Dose-volume histograms: every sample keeps its own dose and volume, nothing is binned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.sources import Source
from seedbed.dosimetry.tg43 import Progress, total_dose
from seedbed.errors import DoseError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.units import CC_PER_MM3

FloatArray = NDArray[np.float64]
SAMPLES_PER_STRUCTURE = 60_000
"""Aim for the number of dose samples in a structure; the spacing follows from it, between the two below."""
FINEST_MM, COARSEST_MM = 0.5, 2.0


@dataclass(frozen=True)
class Dvh:
    """Cumulative dose-volume histogram of one structure.

    Attributes
    ----------
    name : str
    dose_gy : ndarray, shape (k,)
        Dose of each sample, falling.
    volume_cc : ndarray, shape (k,)
        Volume that gets at least that dose, rising to the volume of the structure.

    Examples
    --------
    >>> dvh = Dvh.of("cube", np.array([10.0, 30.0]), np.array([1.0, 1.0]))
    >>> dvh.volume_pct(20.0), dvh.dose_to_pct(50.0)
    (50.0, 30.0)
    """

    name: str
    dose_gy: FloatArray
    volume_cc: FloatArray

    @classmethod
    def of(cls, name: str, dose_gy: FloatArray, volume_cc: FloatArray) -> "Dvh":
        """Build the histogram from samples: dose (k,) Gy and the volume (k,) cc each stands for."""
        sound = np.isfinite(dose_gy).all() and np.isfinite(volume_cc).all() and np.all(volume_cc >= 0)
        if len(dose_gy) != len(volume_cc) or not (sound and np.sum(volume_cc) > 0):
            raise DoseError(
                f"structure '{name}' has {len(dose_gy)} doses for {len(volume_cc)} volumes, not all usable",
                "a finite dose for each volume, and volumes that are not negative nor all zero",
                "check that the structure is not empty",
            )
        order = np.argsort(-dose_gy, kind="stable")
        return cls(name, dose_gy[order], np.cumsum(volume_cc[order]))

    @property
    def total_cc(self) -> float:
        """Volume of the structure."""
        return float(self.volume_cc[-1])

    @property
    def mean_gy(self) -> float:
        """Mean dose."""
        shares = np.diff(self.volume_cc, prepend=0.0)
        return float(np.sum(self.dose_gy * shares) / self.total_cc)

    def volume_cc_at(self, dose_gy: float) -> float:
        """Volume (cc) that gets at least ``dose_gy``."""
        if not np.isfinite(dose_gy):
            raise DoseError(f"a dose of {dose_gy} Gy", "a finite dose", "state the prescription")
        count = int(np.searchsorted(-self.dose_gy, -dose_gy, side="right"))
        return float(self.volume_cc[count - 1]) if count else 0.0

    def volume_pct(self, dose_gy: float) -> float:
        """Volume (percent of the structure) that gets at least ``dose_gy``; V100 is at the prescription."""
        return 100.0 * self.volume_cc_at(dose_gy) / self.total_cc

    def dose_to_cc(self, volume_cc: float) -> float:
        """Least dose to the hottest ``volume_cc``; for a smaller structure its least dose at all."""
        if not 0 < volume_cc < np.inf:
            raise DoseError(f"a volume of {volume_cc} cc", "a positive volume", "ask for D2cc, for example")
        wanted = volume_cc * (1 - 1e-9)  # sums of many small volumes must not miss a sample by rounding
        return float(self.dose_gy[min(int(np.searchsorted(self.volume_cc, wanted)), len(self.dose_gy) - 1)])

    def dose_to_pct(self, volume_pct: float) -> float:
        """Least dose to the hottest ``volume_pct`` percent; D90 is 90."""
        if not 0 < volume_pct <= 100:
            raise DoseError(f"a volume of {volume_pct} %", "more than 0 and at most 100", "ask for D90, say")
        return self.dose_to_cc(self.total_cc * volume_pct / 100.0)

    def curve(self, points: int = 400) -> tuple[FloatArray, FloatArray]:
        """Return doses (Gy) and volumes (percent) of a curve of at most ``points`` points, for drawing."""
        pick = np.unique(np.linspace(0, len(self.dose_gy) - 1, points).astype(int))
        return self.dose_gy[pick][::-1], 100.0 * self.volume_cc[pick][::-1] / self.total_cc


def structure_samples(
    structure: Structure, *, count: int = SAMPLES_PER_STRUCTURE
) -> tuple[FloatArray, FloatArray]:
    """Sample a structure evenly.

    The spacing follows from the volume of the structure alone, so that its DVH does not depend on any dose
    grid. Voxels that the surface cuts count with the share inside.

    Parameters
    ----------
    structure : Structure
    count : int
        Aim for the number of samples; the spacing stays between `FINEST_MM` and `COARSEST_MM`, or wider where
        fewer than `SAMPLES_PER_STRUCTURE` are asked for.

    Returns
    -------
    points_mm : ndarray, shape (k, 3)
    volume_cc : ndarray, shape (k,)
    """
    wanted = float(np.cbrt(structure.volume_mm3 / count))
    coarsest = COARSEST_MM * max(1.0, float(np.cbrt(SAMPLES_PER_STRUCTURE / count)))
    grid = VoxelGrid.around(*structure.bounds_mm, min(max(wanted, FINEST_MM), coarsest))
    _, points, share = structure.samples(grid)
    return points, share * grid.voxel_volume_mm3 * CC_PER_MM3


def structure_dvh(
    source: Source, implant: SeedImplant, structure: Structure, *, progress: Progress | None = None
) -> Dvh:
    """DVH of a structure for an implant, to complete decay, calculated at the structure's own samples."""
    points, volumes = structure_samples(structure)
    dose = total_dose(
        source, implant.positions_mm, implant.axes, implant.strengths_u, points, progress=progress
    )
    return Dvh.of(structure.name, dose, volumes)
