"""Closed contours on parallel axial planes, and the share of each voxel that they cover.

A contour stands for a slab: it reaches half-way to the neighbouring planes, and the first and the last
contour reach half of the usual plane distance outwards (the end caps), unless a structure states another
length, as planning systems differ. One plane left out is bridged.
Several contours on one plane are joined by the even-odd rule, so that a contour inside another is a hole
and a keyhole is harmless.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from shapely import Point, Polygon, contains_xy, make_valid, prepare
from shapely.geometry.base import BaseGeometry

from seedbed.errors import StructureError
from seedbed.geometry.coverage import plane_coverage, window_of
from seedbed.geometry.grid import FloatArray, Vector, VoxelGrid

PARTS_PER_EDGE = 4
"""A voxel that the surface cuts is looked at in 4 x 4 x 4 points to find the middle of its part inside."""
WHOLE_VOXEL = 1 - 1e-9
SEPARATE_PARTS = 2.5
"""Planes further apart than this many plane distances belong to separate parts, each with its own caps."""
QUARTER_CIRCLE_SEGMENTS = 32
MIN_RING = 3
"""A ring of three coordinates encloses nothing: the last repeats the first."""


@dataclass(frozen=True)
class PlanarContour:
    """One closed polygon on the plane ``z_mm``; ``points_mm`` has shape (n, 2), n >= 3, columns x, y."""

    z_mm: float
    points_mm: FloatArray


@dataclass(frozen=True)
class Structure:
    """A named volume given by contours on axial planes.

    Attributes
    ----------
    name : str
        As in the structure set.
    contours : tuple of PlanarContour
        At least one; any order.
    plane_distance_mm : float
        Usual distance between planes, for the end caps and for single-plane structures.
    kind : str
        What it is, in DICOM's words: ``"GTV"``, ``"ORGAN"``, ``"EXTERNAL"``; empty where nobody said.
    end_cap_mm : float, optional
        How far the first and the last contour of each part reach outwards; half the plane distance where not
        stated. Some planning systems have shorter end caps, or none: 0.
    joined_mm : float, optional
        Planes further apart belong to separate parts; `SEPARATE_PARTS` plane distances where not stated. A
        mask says on which planes there is nothing: its parts are joined over none.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> box = Structure("box", (PlanarContour(0.0, square), PlanarContour(2.0, square)), 2.0)
    >>> box.volume_mm3
    400.0
    """

    name: str
    contours: tuple[PlanarContour, ...]
    plane_distance_mm: float
    kind: str = ""
    end_cap_mm: float | None = None
    joined_mm: float | None = None

    def __post_init__(self) -> None:
        if self.end_cap_mm is not None and not 0 <= self.end_cap_mm < math.inf:
            raise StructureError(
                f"end caps of {self.end_cap_mm} mm for '{self.name}'", "zero or a length", "state it in mm"
            )
        if not self.contours:
            raise StructureError(
                f"structure '{self.name}' has no contour",
                "at least one closed contour",
                "draw it or choose another",
            )

    @cached_property
    def slabs(self) -> list[tuple[float, float, float]]:
        """Planes as ``(z, lower, upper)`` in mm, sorted from feet to head."""
        z = np.unique([contour.z_mm for contour in self.contours])
        middle = (z[1:] + z[:-1]) / 2
        half = self.plane_distance_mm / 2 if self.end_cap_mm is None else self.end_cap_mm
        gap = np.diff(z) > self.widest_step_mm
        lower = np.concatenate([[z[0] - half], np.where(gap, z[1:] - half, middle)])
        upper = np.concatenate([np.where(gap, z[:-1] + half, middle), [z[-1] + half]])
        return [(float(a), float(b), float(c)) for a, b, c in zip(z, lower, upper, strict=True)]

    @property
    def widest_step_mm(self) -> float:
        """Widest distance of neighbouring planes that are joined."""
        return SEPARATE_PARTS * self.plane_distance_mm if self.joined_mm is None else self.joined_mm

    @cached_property
    def regions(self) -> dict[float, BaseGeometry]:
        """The region of each plane by its z: outlines joined, holes left out."""
        return {z: plane_region(self.polygons_at(z)) for z, _, _ in self.slabs}

    @property
    def volume_mm3(self) -> float:
        """Volume enclosed by the slabs."""
        return float(sum(self.regions[z].area * (top - bottom) for z, bottom, top in self.slabs))

    @cached_property
    def bounds_mm(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper corner ``(x, y, z)`` of the smallest box that holds the structure."""
        flat = np.concatenate([contour.points_mm for contour in self.contours])
        lower = np.array([*flat.min(axis=0), min(slab[1] for slab in self.slabs)])
        upper = np.array([*flat.max(axis=0), max(slab[2] for slab in self.slabs)])
        return lower, upper

    def polygons_at(self, z_mm: float) -> list[FloatArray]:
        """Return the polygons of one plane, each of shape (n, 2)."""
        return [contour.points_mm for contour in self.contours if contour.z_mm == z_mm]

    def coverage(self, grid: VoxelGrid) -> FloatArray:
        """Share of each voxel inside the structure.

        Parameters
        ----------
        grid : VoxelGrid
            Any grid; parts of the structure outside it are not counted.

        Returns
        -------
        ndarray, shape ``grid.shape``
            Between 0 and 1. Exact along x and z; along y by eight scan lines a voxel.
        """
        share = np.zeros(grid.shape)
        z = grid.axis_mm(2)
        half = grid.spacing_mm[2] / 2
        for plane, bottom, top in self.slabs:
            depth = np.minimum(z + half, top) - np.maximum(z - half, bottom)
            touched = np.flatnonzero(depth > 0)
            if touched.size:
                polygons = self.polygons_at(plane)
                rows, columns, part = window_of(polygons, grid)
                flat = plane_coverage(polygons, part)
                box = share[touched[0] : touched[-1] + 1, rows, columns]
                box += flat * (depth[touched] / (2 * half))[:, None, None]
                np.clip(box, 0.0, 1.0, out=box)
        return share

    def samples(self, grid: VoxelGrid) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
        """Return the voxels of a grid that the structure touches, and a point of it in each.

        Returns
        -------
        index : ndarray of int, shape (k,)
            Place of each voxel in the flattened grid.
        points_mm : ndarray, shape (k, 3)
            Centre of the voxel; of a voxel that the surface cuts, the middle of the part inside.
        share : ndarray, shape (k,)
            Share of the voxel inside. A part too small to hold one of the points that look for its middle
            is given to the others, so that the sum is the volume.
        """
        share = self.coverage(grid).ravel()
        index = np.flatnonzero(share > 0)
        points, share = grid.points_mm()[index], share[index]
        cut = np.flatnonzero(share < WHOLE_VOXEL)
        points[cut] = self._middles(points[cut], np.asarray(grid.spacing_mm))
        seen = np.isfinite(points).all(axis=1)
        if not seen.any():
            return index, grid.points_mm()[index], share
        return index[seen], points[seen], share[seen] * (share.sum() / share[seen].sum())

    def _middles(self, centres_mm: FloatArray, size_mm: FloatArray) -> FloatArray:
        """Middle of what lies inside of each voxel, by cubed points; NaN where none of them does."""
        steps = (np.arange(PARTS_PER_EDGE) + 0.5) / PARTS_PER_EDGE - 0.5
        within = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3) * size_mm
        fine = centres_mm[:, None, :] + within
        inside = self.contains(fine.reshape(-1, 3)).reshape(fine.shape[:2])[..., None]
        count = inside.sum(axis=1)
        middle: FloatArray = np.where(inside, fine, 0.0).sum(axis=1) / np.maximum(count, 1)
        return np.where(count > 0, middle, np.nan)

    def contains(self, points_mm: FloatArray) -> NDArray[np.bool_]:
        """Whether points lie inside, shape (n, 3) -> (n,)."""
        points = np.asarray(points_mm, dtype=float)
        inside = np.zeros(len(points), dtype=bool)
        for plane, bottom, top in self.slabs:
            here = np.flatnonzero((points[:, 2] >= bottom) & (points[:, 2] < top))
            if here.size:
                inside[here] = contains_xy(self.regions[plane], points[here, :2])
        return inside

    def within_sphere(self, centre_mm: Vector, radius_mm: float) -> "Structure":
        """Return the part of the structure inside a sphere.

        Parameters
        ----------
        centre_mm : (x, y, z)
        radius_mm : float
            Positive.

        Raises
        ------
        StructureError
            The sphere misses the structure, or has no radius.
        """
        sound = all(math.isfinite(value) for value in (*centre_mm, radius_mm))
        kept = [
            PlanarContour(plane, polygon)
            for plane, _, _ in self.slabs
            if sound
            for polygon in _clip_to_disc(self.regions[plane], plane, centre_mm, radius_mm)
        ]
        if not kept:
            low, high = self.bounds_mm
            raise StructureError(
                f"a sphere of {radius_mm:g} mm about {tuple(centre_mm)} holds nothing of '{self.name}'",
                f"a positive radius and a centre near the box from {low.round(1).tolist()} to "
                f"{high.round(1).tolist()} mm",
                "choose another centre or radius",
            )
        return replace(self, name=f"{self.name} in sphere", contours=tuple(kept), kind="")

    def shell(self, depth_mm: float) -> "Structure":
        """Return the part of the structure within ``depth_mm`` of its outline in each plane, as skin lies.

        Raises
        ------
        StructureError
            A depth that is not positive.
        """
        if not depth_mm > 0:
            raise StructureError(f"a shell of {depth_mm} mm", "a positive depth", "choose 3 mm, for example")
        rings = [
            PlanarContour(plane, ring)
            for plane, region in self.regions.items()
            for ring in region_polygons(region.difference(region.buffer(-depth_mm)))
        ]
        name = f"{self.name} {depth_mm:g} mm shell"
        return replace(self, name=name, contours=tuple(rings), kind="")


def plane_region(polygons: list[FloatArray]) -> BaseGeometry:
    """Join the polygons of one plane by the even-odd rule into one region, mm."""
    region: BaseGeometry = Polygon()
    for polygon in polygons:
        part = Polygon(polygon)
        region = region.symmetric_difference(part if part.is_valid else make_valid(part))
    prepare(region)
    return region


def region_polygons(region: BaseGeometry) -> list[FloatArray]:
    """Return the outlines and holes of a region, each of shape (n, 2), to be read by the even-odd rule."""
    parts = getattr(region, "geoms", [region])
    rings = [ring for part in parts if isinstance(part, Polygon) for ring in (part.exterior, *part.interiors)]
    return [np.asarray(ring.coords, dtype=float)[:-1] for ring in rings if len(ring.coords) > MIN_RING]


def _clip_to_disc(
    region: BaseGeometry, plane_mm: float, centre_mm: Vector, radius_mm: float
) -> list[FloatArray]:
    squared = radius_mm**2 - (plane_mm - centre_mm[2]) ** 2
    if radius_mm <= 0 or squared <= 0:
        return []
    disc = Point(centre_mm[0], centre_mm[1]).buffer(math.sqrt(squared), quad_segs=QUARTER_CIRCLE_SEGMENTS)
    return region_polygons(region.intersection(disc))
