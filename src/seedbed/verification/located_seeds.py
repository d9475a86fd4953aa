"""Seeds as a CT shows them, how well each is known, and where they may then be."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from seedbed.dosimetry import PlacementErrors
from seedbed.dosimetry.displacement import strengths_of
from seedbed.dosimetry.trials import Trial, outlines_of
from seedbed.errors import DoseError
from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]
COUNTED = 0.5
"""A seed at least as likely there as not counts without errors; local rule."""
NO_MORE = PlacementErrors("strengths and contours as stated")


@dataclass(frozen=True)
class Localisation:
    """Seeds as seen, and how well.

    Attributes
    ----------
    implant : SeedImplant
        All seeds, doubtful ones included.
    position_sd_mm : ndarray, shape (n, 3)
        SD of each centre along x, y and z.
    axis_sd_deg : ndarray, shape (n,)
        SD of each axis in each of two planes through it; means nothing where the axis is not known.
    presence : ndarray, shape (n,)
        Probability that the seed is there.
    common_sd_mm : float
        SD along each axis of a shift of all seeds against the contours.
    errors : PlacementErrors
        Of strengths and contours.

    Raises
    ------
    DoseError
        A negative SD, a probability beyond 0 to 1, errors that displace needles or seeds: seeds that were
        seen have none of these.

    Examples
    --------
    >>> one = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> doubtful = Localisation(one, np.full((1, 3), 0.5), np.zeros(1), np.array([0.3]))
    >>> doubtful.counted.count, doubtful.draw(1, np.random.default_rng(1)).implant.count
    (0, 0)
    """

    implant: SeedImplant
    position_sd_mm: FloatArray
    axis_sd_deg: FloatArray
    presence: FloatArray
    common_sd_mm: float = 0.0
    errors: PlacementErrors = NO_MORE

    def __post_init__(self) -> None:
        for what, values in (
            ("position_sd_mm", self.position_sd_mm),
            ("axis_sd_deg", self.axis_sd_deg[self.implant.axis_known]),
            ("common_sd_mm", np.array([self.common_sd_mm])),
        ):
            if not (np.isfinite(values) & (values >= 0)).all():
                raise DoseError(f"{what} with a value below zero or no number", "0 or more", "correct it")
        if not ((self.presence >= 0) & (self.presence <= 1)).all():
            raise DoseError("a presence that is no probability", "0 (not there) to 1 (sure)", "correct it")
        moved = (self.errors.needle_tip_sd_mm, self.errors.needle_tilt_sd_deg, self.errors.seed_sd_mm)
        if any(moved):
            raise DoseError(
                f"errors '{self.errors.name}' that displace needles or seeds",
                "errors of strengths and contours only, since the seeds were seen",
                "leave out what is said of needles and seeds",
            )

    @property
    def counted(self) -> SeedImplant:
        """Seeds at least as likely there as not, where they were seen."""
        return self.implant.only(np.flatnonzero(self.presence >= COUNTED).tolist())

    @property
    def places_vary(self) -> bool:
        """Whether a place or an axis has an error."""
        return bool(self.position_sd_mm.any() or self.axis_sd_deg[self.implant.axis_known].any())

    @property
    def places_only(self) -> "Localisation":
        """Only the errors of places and axes, of the seeds that count."""
        return Localisation(
            self.implant, self.position_sd_mm, self.axis_sd_deg, (self.presence >= COUNTED).astype(float)
        )

    def draw(self, structures: int, rng: np.random.Generator) -> Trial:
        """Draw where the seeds may be, which are there, how strong they are, and outlines of structures."""
        seen = self.implant
        shift = self.common_sd_mm * rng.standard_normal(3)
        positions = seen.positions_mm + shift + self.position_sd_mm * rng.standard_normal((seen.count, 3))
        axes = _turned(seen.directions, self.axis_sd_deg, rng.standard_normal((seen.count, 2)))
        there = np.flatnonzero(rng.random(seen.count) < self.presence)
        strengths = strengths_of(seen, self.errors, rng)
        drawn = replace(seen, positions_mm=positions, axes=axes, strengths_u=strengths)
        return outlines_of(drawn.only(there.tolist()), self.errors, structures=structures, rng=rng)


def _turned(axes: FloatArray, sd_deg: FloatArray, drawn: FloatArray) -> FloatArray:
    """Turn unit vectors in two planes through each; zeros, and those without an error, stay."""
    turned = (np.linalg.norm(axes, axis=1) > 0) & (sd_deg > 0)
    result, along = axes.copy(), axes[turned] / np.linalg.norm(axes[turned], axis=1, keepdims=True)
    across = np.cross(along, np.eye(3)[np.abs(along).argmin(axis=1)])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    angle = np.radians(sd_deg[turned])[:, None] * drawn[turned]
    vector = angle[:, :1] * across + angle[:, 1:] * np.cross(along, across)
    result[turned] = Rotation.from_rotvec(vector).apply(along) if turned.any() else along
    return result
