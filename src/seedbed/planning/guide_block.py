"""The block of a guide template: between skin and outer face, within an outline, less holes and notch.

Everything is in the template's coordinates u, v, w. A value below zero is solid; the surface is where it is
zero.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely import LineString, MultiPoint, Polygon

from seedbed.errors import NoPlanError
from seedbed.geometry import VoxelGrid
from seedbed.planning.guide_frame import Frame
from seedbed.planning.guide_rules import GuideRules
from seedbed.planning.guide_skin import Skin, skin_heights

FloatArray = NDArray[np.float64]
Outer = Literal["flat", "following"]

RASTER_MM = 0.8
"""Step of the raster of skin heights."""
STEEPEST = 3.0
"""The gap to a skin steeper than 70 degrees is not widened further along w."""
ARC_SEGMENTS = 16
REACH_MM = 60.0


@dataclass(frozen=True)
class Heights:
    """Heights w over a raster of u and v that starts at ``first_mm``, mm."""

    first_mm: tuple[float, float]
    values: FloatArray

    def at(self, places_mm: FloatArray) -> FloatArray:
        """Heights at places, shape (n, 2) -> (n,), linear between the raster's points."""
        index = (places_mm - self.first_mm) / RASTER_MM
        found: FloatArray = ndimage.map_coordinates(self.values, index.T, order=1, mode="nearest")
        return found

    def places(self) -> FloatArray:
        """Return u and v of all points of the raster, shape (n, 2), v fastest."""
        nu, nv = self.values.shape
        uu, vv = np.meshgrid(np.arange(nu), np.arange(nv), indexing="ij")
        places = np.stack([uu.ravel(), vv.ravel()], axis=1) * RASTER_MM + self.first_mm
        return np.asarray(places, dtype=float)


@dataclass(frozen=True)
class Block:
    """The solid without its holes.

    Attributes
    ----------
    outer : {"flat", "following"}
        What the outer face is: a plane, or one that follows the skin.
    outline : Polygon
        In u and v.
    notch_mm : (u, v)
        Centre of the notch, on the outline.
    notch_radius_mm : float
    under, over : Heights
        The face towards the skin, and the outer face.
    limits : ndarray, shape (6, 4)
        Half-spaces of what the CT shows: ``limits[:, :3] @ (u, v, w) <= limits[:, 3]``.
    """

    outer: Outer
    outline: Polygon
    notch_mm: tuple[float, float]
    notch_radius_mm: float
    under: Heights
    over: Heights
    limits: FloatArray

    def rim(self, places_mm: FloatArray) -> FloatArray:
        """How far outside the outline, or inside the notch, places lie, shape (n, 2) -> (n,)."""
        points = shapely.points(places_mm)
        far = shapely.distance(points, self.outline.exterior)
        side = np.where(shapely.contains_properly(self.outline, points), -far, far)
        notch = self.notch_radius_mm - np.linalg.norm(places_mm - self.notch_mm, axis=1)
        found: FloatArray = np.maximum(side, notch)
        return found

    def edge(self, points_mm: FloatArray) -> FloatArray:
        """How far points lie outside outline, notch and image, shape (n, 3) -> (n,)."""
        beyond = points_mm @ self.limits[:, :3].T - self.limits[:, 3]
        found: FloatArray = np.maximum(self.rim(points_mm[:, :2]), beyond.max(axis=1))
        return found

    def faces(self, points_mm: FloatArray) -> FloatArray:
        """How far points lie, along w, outside the two faces, shape (n, 3) -> (n,)."""
        places, w = points_mm[:, :2], points_mm[:, 2]
        found: FloatArray = np.maximum(self.under.at(places) - w, w - self.over.at(places))
        return found

    def field(self, u: FloatArray, v: FloatArray, w: FloatArray) -> NDArray[np.float32]:
        """Values over a grid, shape (len(u), len(v), len(w)): below zero in the solid."""
        uu, vv = np.meshgrid(u, v, indexing="ij")
        places = np.stack([uu.ravel(), vv.ravel()], axis=1)
        under, over, rim = (
            found.reshape(uu.shape)[..., None].astype(np.float32)
            for found in (self.under.at(places), self.over.at(places), self.rim(places))
        )
        height = w.astype(np.float32)
        solid = np.maximum(np.maximum(under - height, height - over), rim)
        for a, b, c, end in self.limits.astype(np.float32):
            np.maximum(solid, (a * uu + b * vv).astype(np.float32)[..., None] + (c * height - end), out=solid)
        found: NDArray[np.float32] = solid
        return found


def lay_block(
    frame: Frame, skin: Skin, entries: FloatArray, outward: FloatArray, *, rules: GuideRules, outer: Outer
) -> Block:
    """Lay the block over needle entries.

    Parameters
    ----------
    frame : Frame
    skin : Skin
    entries, outward : ndarray, shape (n, 3)
        Where the needles meet the skin, and unit vectors out of it, in u, v, w.
    rules : GuideRules
    outer : {"flat", "following"}
        A plane across w, or a face that follows the skin.

    Raises
    ------
    NoPlanError
        The body rises too far under the block.
    """
    outline = _outline(entries, outward, rules.skin_gap_mm + rules.thickness_mm, rules)
    over = _over(_under(frame, skin, entries, outline, rules), outline, rules, outer)
    rise = over.at(entries[:, :2]) - entries[:, 2]
    outline = _outline(entries, outward, rise / outward[:, 2], rules)
    under = _under(frame, skin, entries, outline, rules)
    over = _over(under, outline, rules, outer)
    return Block(
        outer, outline, _notch(outline), rules.notch_radius_mm, under, over, _limits(frame, skin.image)
    )


def thickest_mm(block: Block) -> float:
    """Return the largest thickness along w."""
    places = block.under.places()
    inside = block.rim(places) <= 0
    return float((block.over.at(places) - block.under.at(places))[inside].max())


def _outline(
    entries: FloatArray, outward: FloatArray, length: FloatArray | float, rules: GuideRules
) -> Polygon:
    """Outline about all needles from the skin to the outer face, with the margin."""
    ends = entries + np.atleast_1d(length)[:, None] * outward
    hull = MultiPoint(np.concatenate([entries, ends])[:, :2]).convex_hull
    found: Polygon = hull.buffer(rules.margin_mm, quad_segs=ARC_SEGMENTS)
    return found


def _notch(outline: Polygon) -> tuple[float, float]:
    """Place on the outline at the middle of the side to which v points."""
    left, bottom, right, top = outline.bounds
    middle = (left + right) / 2
    cut = outline.intersection(LineString([(middle, bottom - 1), (middle, top + 1)]))
    return middle, float(cut.bounds[3])


def _under(frame: Frame, skin: Skin, entries: FloatArray, outline: Polygon, rules: GuideRules) -> Heights:
    """Return the face towards the skin: a gap off it, and not below the skirt."""
    left, bottom, right, top = outline.buffer(2 * RASTER_MM).bounds
    u, v = np.arange(left, right + RASTER_MM, RASTER_MM), np.arange(bottom, top + RASTER_MM, RASTER_MM)
    low, high = entries[:, 2].min() - rules.skirt_mm, entries[:, 2].max() + rules.most_rise_mm
    skin_w = skin_heights(skin, frame, u, v, low=low, high=high)
    base = Heights((float(u[0]), float(v[0])), np.maximum(skin_w, low))
    inside = shapely.contains_xy(outline, base.places()).reshape(skin_w.shape)
    if base.values[inside].max() >= high:
        raise NoPlanError(
            f"the body rises more than {rules.most_rise_mm:g} mm above the needle entries under the template",
            "a place that a block can lie on",
            "enter further from the fold, or make a template for fewer needles",
        )
    slopes = np.gradient(base.values, RASTER_MM)
    steep = np.minimum(np.sqrt(1 + slopes[0] ** 2 + slopes[1] ** 2), STEEPEST)
    return Heights(base.first_mm, base.values + rules.skin_gap_mm * steep)


def _over(under: Heights, outline: Polygon, rules: GuideRules, outer: Outer) -> Heights:
    """Return the outer face: a plane above the highest place, or a face equally far from every place."""
    if outer == "flat":
        inside = shapely.contains_xy(outline, under.places()).reshape(under.values.shape)
        top = float(under.values[inside].max()) + rules.thickness_mm
        return Heights(under.first_mm, np.full(under.values.shape, top))
    reach = int(rules.thickness_mm / RASTER_MM)
    steps = np.arange(-reach, reach + 1) * RASTER_MM
    squared = rules.thickness_mm**2 - steps[:, None] ** 2 - steps[None] ** 2
    ball = np.sqrt(np.maximum(squared, 0.0))
    values = ndimage.grey_dilation(under.values, footprint=squared >= 0, structure=ball, mode="nearest")
    return Heights(under.first_mm, np.asarray(values, dtype=float))


def _limits(frame: Frame, image: VoxelGrid) -> FloatArray:
    """Half-spaces of the image's box in the template's coordinates."""
    normals = frame.axes.T  # LPS x, y, z, one a row, in u, v, w
    high, low = image.upper_mm() - frame.origin_mm, image.lower_mm() - frame.origin_mm
    return np.vstack([np.column_stack([normals, high]), np.column_stack([-normals, -low])])
