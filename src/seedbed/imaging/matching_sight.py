"""What the matching of two CTs looks at: tissue in a window, without metal or empty corners."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.geometry.grid import FloatArray
from seedbed.imaging.volume import CtVolume

BoolArray = NDArray[np.bool_]
Box = tuple[FloatArray, FloatArray]

WINDOW_HU = (-300.0, 700.0)
"""Air is as dark as fat allows and cortical bone is white (local rule): between them lies what CTs share."""
METAL_HU = 1500.0
"""Above lies metal, or the hardest bone, which matching can spare (local rule)."""
METAL_MARGIN_MM = 4.0
"""Blur and the worst of the streaks reach this far around metal (local rule)."""
SOFTENING = 0.6
"""Standard deviation, in voxels, of a blur (local rule). Without it a position between two voxels, where
interpolation smooths noise, would be rewarded, and the CTs pulled half a slice apart."""
BODY_HU = -200.0
"""Half-way between fat and the air of the window: the body is denser (local rule)."""
BODY_STEP_MM = 4.0
"""The body is told from the table on a coarse image: what is thinner than two steps is no body."""
LEAST_BODY_VOXELS = 200
"""Fewer voxels of the coarse image, 13 cc, hold nothing to match (local rule)."""
RIM_MM = 8.0
"""The body is matched with so much air around it: its outline guides as well (local rule)."""
FLAT_HU = 10.0
"""A body whose Hounsfield units differ less shows nothing to match (local rule)."""


@dataclass(frozen=True)
class Sight:
    """A CT as matching sees it.

    Attributes
    ----------
    ct : CtVolume
        Hounsfield units within `WINDOW_HU`.
    body : ndarray of bool, shape ``ct.grid.shape``
        The patient without the table.
    clear : ndarray of bool, same shape
        Neither metal nor its surroundings nor outside the round field of view.
    """

    ct: CtVolume
    body: BoolArray
    clear: BoolArray

    @property
    def grid(self) -> VoxelGrid:
        """Where the voxels are."""
        return self.ct.grid


def see(ct: CtVolume, *, step_mm: float, slice_mm: float, which: str) -> Sight:
    """Return a CT as matching sees it.

    Parameters
    ----------
    ct : CtVolume
    step_mm : float
        Voxels are joined to about this size.
    slice_mm : float
        Slices are blurred to look this thick, as those of the other CT.
    which : str
        Names the CT in an error, such as ``"planning"``.

    Raises
    ------
    ImageError
        Fewer than three slices, no body, or a flat image.

    Examples
    --------
    >>> hu = np.full((12, 40, 40), -1000.0, dtype=np.float32)
    >>> hu[:, 8:32, 8:32] = np.random.default_rng(1).normal(40.0, 30.0, (12, 24, 24))
    >>> ct = CtVolume(VoxelGrid((0, 0, 0), (2, 2, 3), hu.shape), hu)
    >>> sight = see(ct, step_mm=4, slice_mm=3, which="planning")
    >>> sight.grid.spacing_mm, bool(sight.body[6, 10, 10]), bool(sight.body[0, 0, 0])
    ((4.0, 4.0, 3.0), True, False)
    """
    if min(ct.grid.shape) < 3:
        raise ImageError(
            f"the {which} CT has {ct.grid.shape} slices, rows and columns",
            "at least three of each",
            "use the whole series",
        )
    factors = _factors(ct.grid, step_mm)
    joined = _joined(np.clip(ct.hu, *WINDOW_HU), factors)
    coarse = _softened(CtVolume(_joined_grid(ct.grid, factors), joined), ct.grid.spacing_mm[2], slice_mm)
    clear = ~_near_metal(ct, factors, coarse.grid) & _in_round_view(ct, factors)
    sight = Sight(coarse, body_of(coarse), clear)
    _refuse_empty(sight, which)
    return sight


def coarser(sight: Sight, step_mm: float) -> Sight:
    """Return the same on larger voxels; one counts as body or clear where most of it does."""
    factors = _factors(sight.grid, step_mm)
    ct = CtVolume(_joined_grid(sight.grid, factors), _joined(sight.ct.hu, factors))
    return Sight(ct, _joined(sight.body, factors) > 0.5, _joined(sight.clear, factors) > 0.5)


def body_of(ct: CtVolume) -> BoolArray:
    """Return the largest piece of tissue of a CT, with all that it encloses in each slice."""
    factors = _factors(ct.grid, BODY_STEP_MM)
    coarse = _joined(ct.hu, factors) > BODY_HU
    opened = ndimage.binary_opening(np.pad(coarse, 1, mode="edge"))[1:-1, 1:-1, 1:-1]
    pieces, count = ndimage.label(opened)
    if not count:
        return np.zeros(ct.grid.shape, dtype=bool)
    largest = pieces == 1 + np.argmax(np.bincount(pieces.ravel())[1:])
    filled = np.stack([ndimage.binary_fill_holes(plane) for plane in largest])
    return filled[np.ix_(*_coarse_index(ct.grid.shape, filled.shape, factors))]


def _coarse_index(
    shape: tuple[int, ...], coarse: tuple[int, ...], factors: tuple[int, ...]
) -> list[NDArray[np.int64]]:
    """Voxel of the coarse image that holds each voxel, along z, y, x."""
    return [
        np.minimum(np.arange(n) // factor, most - 1)
        for n, most, factor in zip(shape, coarse, factors, strict=True)
    ]


def _factors(grid: VoxelGrid, step_mm: float) -> tuple[int, ...]:
    """How many voxels along z, y and x are joined into one; at least three remain."""
    wanted = [max(1, round(step_mm / spacing)) for spacing in grid.spacing_mm[::-1]]
    return tuple(min(factor, max(1, n // 3)) for factor, n in zip(wanted, grid.shape, strict=True))


def _joined(values: NDArray[np.generic], factors: tuple[int, ...]) -> NDArray[np.float32]:
    """Means of blocks of voxels; a rest at the far faces is left out."""
    counts = [n // factor for n, factor in zip(values.shape, factors, strict=True)]
    part = values[tuple(slice(0, n * factor) for n, factor in zip(counts, factors, strict=True))]
    blocks = [number for pair in zip(counts, factors, strict=True) for number in pair]
    means: NDArray[np.float32] = part.reshape(blocks).mean(axis=(1, 3, 5), dtype=np.float32)
    return means


def _joined_grid(grid: VoxelGrid, factors: tuple[int, ...]) -> VoxelGrid:
    along = np.array(factors[::-1])
    origin = grid.lower_mm() + along * grid.spacing_mm / 2
    x, y, z = (float(step) for step in along * grid.spacing_mm)
    nz, ny, nx = (n // factor for n, factor in zip(grid.shape, factors, strict=True))
    return VoxelGrid((float(origin[0]), float(origin[1]), float(origin[2])), (x, y, z), (nz, ny, nx))


def _softened(ct: CtVolume, own_mm: float, slice_mm: float) -> CtVolume:
    """Blur by `SOFTENING` voxels, and across slices so that both CTs show the same profile."""
    steps = np.asarray(ct.grid.spacing_mm)
    sigma_mm = SOFTENING * steps
    sigma_mm[2] = np.sqrt((SOFTENING * slice_mm) ** 2 + max(0.0, slice_mm**2 - own_mm**2) / 12)
    return CtVolume(
        ct.grid, ndimage.gaussian_filter(ct.hu, (sigma_mm / steps)[::-1], mode="nearest", truncate=3.0)
    )


def _near_metal(ct: CtVolume, factors: tuple[int, ...], coarse: VoxelGrid) -> BoolArray:
    metal = _joined(ct.hu > METAL_HU, factors) > 0
    if not metal.any():
        return metal
    away = ndimage.distance_transform_edt(~metal, sampling=coarse.spacing_mm[::-1])
    near: BoolArray = away <= max(METAL_MARGIN_MM, coarse.spacing_mm[2])
    return near


def _in_round_view(ct: CtVolume, factors: tuple[int, ...]) -> BoolArray:
    """Leave out the corners beyond the inscribed circle where a scanner filled them with one number."""
    nz, ny, nx = ct.grid.shape
    y, x = np.ogrid[-1 : 1 : ny * 1j, -1 : 1 : nx * 1j]
    corner = np.hypot(x, y) > 1.0
    outside = ct.hu[:, corner]
    filled = corner if outside.size and outside.min() == outside.max() else np.zeros((ny, nx), dtype=bool)
    plane: BoolArray = _joined(~filled[None], (1, *factors[1:])) > 0.5
    return np.broadcast_to(plane, (nz // factors[0], *plane.shape[1:]))


def _refuse_empty(sight: Sight, which: str) -> None:
    voxels = int(sight.body.sum())
    needed = LEAST_BODY_VOXELS * BODY_STEP_MM**3 / sight.grid.voxel_volume_mm3
    spread = float(sight.ct.hu[sight.body].std()) if voxels else 0.0
    if voxels < needed or spread < FLAT_HU:
        raise ImageError(
            f"the {which} CT shows {voxels * sight.grid.voxel_volume_mm3 / 1000:.0f} cc of body "
            f"with a spread of {spread:.0f} HU",
            f"at least {LEAST_BODY_VOXELS * BODY_STEP_MM**3 / 1000:.0f} cc with tissues that differ",
            "choose the series that shows the patient",
        )


def points_in(sight: Sight, mask: BoolArray) -> FloatArray:
    """Return the voxel centres in a mask, shape (n, 3), mm."""
    index = np.argwhere(mask)[:, ::-1]
    points: FloatArray = np.asarray(sight.grid.origin_mm) + index * np.asarray(sight.grid.spacing_mm)
    return points


def matched_part(sight: Sight, box_mm: Box | None) -> BoolArray:
    """Return the voxels that guide: clear, in the body or just outside, and in the box."""
    away = ndimage.distance_transform_edt(~sight.body, sampling=sight.grid.spacing_mm[::-1])
    part: BoolArray = (away <= RIM_MM) & sight.clear
    return part if box_mm is None else part & in_box(sight.grid, box_mm)


def in_box(grid: VoxelGrid, box_mm: Box) -> BoolArray:
    """Whether voxel centres lie in a box, shape ``grid.shape``."""
    z, y, x = ((grid.axis_mm(k) >= box_mm[0][k]) & (grid.axis_mm(k) <= box_mm[1][k]) for k in (2, 1, 0))
    inside: BoolArray = z[:, None, None] & y[:, None] & x
    return inside


def seen_at(sight: Sight, points_mm: FloatArray) -> BoolArray:
    """Whether points lie between voxel centres of a CT and nearest to a clear one, shape (n, 3) -> (n,)."""
    places = sight.grid.indices(points_mm)
    inside = ((places >= 0) & (places <= np.array(sight.grid.shape) - 1)).all(axis=1)
    seen = np.zeros(len(places), dtype=bool)
    seen[inside] = sight.clear[tuple(np.rint(places[inside]).astype(int).T)]
    return seen


def pearson(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Pearson correlation; 0 where one of them is constant."""
    one, other = one - one.mean(dtype=float), other - other.mean(dtype=float)
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size > 0 else 0.0
