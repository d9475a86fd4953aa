"""Both CTs, PETs and contours on the same axial planes of the CT before: arrays, and where they lie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import ImageError
from seedbed.geometry import OrientedGrid, RigidTransform, VoxelGrid, axial_diameters
from seedbed.geometry.grid import FloatArray
from seedbed.journey.before_after.matching import Match
from seedbed.journey.before_after.oblique import section_through
from seedbed.journey.before_after.places import Place
from seedbed.journey.before_after.reading import Pair, PetImage, Side

PIXELS, FINEST_MM = 640, 0.2
"""Pixels of a picture's side, and the finest step; local rule: 300 dpi at half the width of two columns is
about 1000 pixels, and a CT has 512 for its whole field."""


@dataclass(frozen=True)
class PlaneView:
    """One side at a plane.

    Attributes
    ----------
    grid : OrientedGrid
        Of one slice; where the pixels lie in the CT of this side, LPS mm.
    hu : ndarray, shape (rows, columns)
        NaN where the CT shows nothing.
    pet : ndarray, shape (rows, columns), or None
        SUV or Bq/mL; NaN where the PET shows nothing.
    rings : tuple of ndarray, shape (n, 2)
        Outlines of the lesion of this side, x and y on the CT before, mm.
    diameter_mm : ndarray, shape (2, 2), or None
        Ends of its longest diameter in this plane, x and y on the CT before.
    """

    grid: OrientedGrid
    hu: FloatArray
    pet: FloatArray | None
    rings: tuple[FloatArray, ...]
    diameter_mm: FloatArray | None

    @property
    def affine(self) -> FloatArray:
        """From (column, row, slice, 1) to (x, y, z, 1) on the CT of this side, LPS mm, shape (4, 4)."""
        found: FloatArray = np.eye(4)
        found[:3, :3] = self.grid.steps_mm.T
        found[:3, 3] = self.grid.origin_mm
        return found

    @property
    def longest_mm(self) -> float | None:
        """Longest diameter of the lesion in this plane."""
        ends = self.diameter_mm
        return None if ends is None else float(np.linalg.norm(ends[1] - ends[0]))


@dataclass(frozen=True)
class MatchedPlane:
    """The same plane of the patient before and after.

    Attributes
    ----------
    place : Place
    box_mm : (left, right, top, bottom)
        Outer edges of the pictures, x and y on the CT before.
    before, after : PlaneView
        Pixel by pixel at the same place of the patient, as far as the match is right.
    """

    place: Place
    box_mm: tuple[float, float, float, float]
    before: PlaneView
    after: PlaneView


def matched_plane(pair: Pair, match: Match, place: Place, *, field_mm: float) -> MatchedPlane:
    """Cut both sides at a plane.

    Parameters
    ----------
    pair : Pair
    match : Match
    place : Place
    field_mm : float

    Raises
    ------
    ImageError
        The CT after, or a PET, shows nothing of this plane.
    """
    grid = plane_grid(place, field_mm)
    left, top = np.asarray(grid.origin_mm[:2]) - np.asarray(grid.spacing_mm[:2]) / 2
    box = (float(left), float(left) + field_mm, float(top), float(top) + field_mm)
    before = _view(pair.before, grid, place, RigidTransform.none(), "before")
    after = _view(pair.after, moved_grid(grid, match.rigid), place, match.rigid, "after")
    return MatchedPlane(place, box, before, after)


def plane_grid(place: Place, field_mm: float) -> OrientedGrid:
    """Return the pixels of a square picture about the middle of a place.

    Examples
    --------
    >>> grid = plane_grid(Place(-30.0, (10.0, 20.0), "place"), 160.0)
    >>> grid.shape, grid.points_mm().mean(axis=0).round(6).tolist()
    ((1, 640, 640), [10.0, 20.0, -30.0])
    """
    count = int(min(PIXELS, np.ceil(field_mm / FINEST_MM)))
    step = field_mm / count
    x, y = (middle - field_mm / 2 + step / 2 for middle in place.middle_mm)
    directions = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    return OrientedGrid((x, y, place.z_mm), (step, step, 1.0), (1, count, count), directions)


def moved_grid(grid: OrientedGrid, rigid: RigidTransform) -> OrientedGrid:
    """Return where a grid lies after a motion.

    Examples
    --------
    >>> up = RigidTransform(np.eye(3), np.array([0.0, 0.0, 5.0]))
    >>> moved_grid(plane_grid(Place(0.0, (0.0, 0.0), "place"), 64.0), up).origin_mm[2]
    5.0
    """
    x, y, z = rigid.apply(np.array([grid.origin_mm]))[0].tolist()
    a, b, c = (tuple(each) for each in rigid.turn(np.array(grid.directions)).tolist())
    return OrientedGrid((x, y, z), grid.spacing_mm, grid.shape, (a, b, c))


def sampled(grid: VoxelGrid, values: NDArray[np.float32], plane: OrientedGrid) -> FloatArray:
    """Resample a volume on a plane by SimpleITK, linear between voxels.

    Parameters
    ----------
    grid : VoxelGrid
        Of the volume.
    values : ndarray, shape (nz, ny, nx)
    plane : OrientedGrid
        Of one slice, in the same coordinates.

    Returns
    -------
    ndarray, shape (rows, columns)
        NaN outside the outer faces of the volume.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 2.0), (4, 9, 9))
    >>> heights = np.broadcast_to(grid.axis_mm(2)[:, None, None], grid.shape).astype(np.float32)
    >>> plane = plane_grid(Place(3.0, (4.0, 4.0), "place"), 20.0)
    >>> found = sampled(grid, heights, plane)
    >>> float(np.nanmin(found)), float(np.nanmax(found)), bool(np.isnan(found[0, 0]))
    (3.0, 3.0, True)
    """
    plain: FloatArray = sampled_volume(grid, values, plane)[0].astype(float)
    return plain


def sampled_volume(grid: VoxelGrid, values: NDArray[np.float32], other: OrientedGrid) -> NDArray[np.float32]:
    """Resample a volume on another grid by SimpleITK, linear between voxels.

    Parameters
    ----------
    grid : VoxelGrid
        Of the volume.
    values : ndarray, shape (nz, ny, nx)
    other : OrientedGrid
        In the same coordinates.

    Returns
    -------
    ndarray of float32, shape ``other.shape``
        NaN outside the outer faces of the volume.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 2.0), (4, 9, 9))
    >>> directions = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    >>> other = OrientedGrid((0.0, 0.0, 1.0), (1.0, 1.0, 4.0), (3, 9, 9), directions)
    >>> heights = np.broadcast_to(grid.axis_mm(2)[:, None, None], grid.shape).astype(np.float32)
    >>> sampled_volume(grid, heights, other)[:, 0, 0].tolist()
    [1.0, 5.0, nan]
    """
    import SimpleITK

    from seedbed.imaging.rigid_matching import image_of

    directions = np.array(other.directions).T.ravel().tolist()
    found = SimpleITK.Resample(
        image_of(values, grid), other.shape[::-1], SimpleITK.Transform(), SimpleITK.sitkLinear,
        other.origin_mm, other.spacing_mm, directions, float("nan"), SimpleITK.sitkFloat32,
    )  # fmt: skip
    plain: NDArray[np.float32] = SimpleITK.GetArrayFromImage(found)
    return plain


def _view(side: Side, grid: OrientedGrid, place: Place, rigid: RigidTransform, of: str) -> PlaneView:
    hu = sampled(side.ct.volume.grid, side.ct.volume.hu, grid)
    _refuse_empty(hu, f"the CT {of}", place)
    pet = None if side.pet is None else _pet(side.pet, grid, place, of)
    section = None if side.lesion is None else section_through(side.lesion, rigid, place.z_mm)
    rings = () if section is None else tuple(contour.points_mm for contour in section.contours)
    longest = None if section is None else axial_diameters(section).long_mm
    return PlaneView(grid, hu, pet, rings, longest)


def _pet(pet: PetImage, grid: OrientedGrid, place: Place, of: str) -> FloatArray:
    found = sampled(pet.grid, pet.values, grid)
    _refuse_empty(found, f"the PET {of}", place)
    return found


def _refuse_empty(image: FloatArray, what: str, place: Place) -> None:
    if np.isnan(image).all():
        raise ImageError(
            f"{what} shows nothing of the plane at z {place.z_mm:.1f} mm of the CT before",
            "a plane that both show",
            "choose another with --at, or another series",
        )
