"""One picture for each needle: the CT in a plane that holds it, the skin above and the tip below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from seedbed.errors import InputError, NoPlanError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant
from seedbed.report.figures import (
    DOSE_STEP_MM,
    INK,
    ISODOSES,
    NEEDLE_COLOUR,
    ORGAN_COLOURS,
    SEED_COLOUR,
    SEED_HALF_LENGTH_MM,
    TARGET_COLOUR,
    WINDOW_CENTRE_HU,
    WINDOW_WIDTH_HU,
    _png,
)
from seedbed.report.needle_planes import ABOVE_SKIN_MM, WIDEST_MM, Plane, needle_plane, side_letters

FloatArray = NDArray[np.float64]

PIXEL_MM = 0.5
LONGER_SIDE_INCH, LEFT_INCH, EDGE_INCH = 5.0, 0.6, 0.22
NEAR_PLANE_MM = 2.5
"""Seeds of other needles are shown this near to the plane; local rule."""
SKIN_COLOUR = "#ffd23f"
LABEL_BOX: Final = {"facecolor": "black", "edgecolor": "none", "alpha": 0.6, "pad": 1.5}


@dataclass(frozen=True)
class NeedleView:
    """What the pictures of needles show.

    Attributes
    ----------
    ct : CtVolume
    implant : SeedImplant
        With needles.
    target : Structure
    organs : tuple of Structure
    dose_at : callable, optional
        Dose in Gy at points of shape (n, 3); without it no isodose line is drawn.
    prescription_gy : float, optional
        100 % of the isodose lines.
    skin_unseen : frozenset of str
        Needles whose entry is the edge of the image.
    """

    ct: CtVolume
    implant: SeedImplant
    target: Structure
    organs: tuple[Structure, ...] = ()
    dose_at: Callable[[FloatArray], FloatArray] | None = None
    prescription_gy: float | None = None
    skin_unseen: frozenset[str] = frozenset()

    @cached_property
    def corners_mm(self) -> FloatArray:
        """Points of the target's outlines, shape (n, 3)."""
        rings = [
            np.column_stack([ring.points_mm, np.full(len(ring.points_mm), ring.z_mm)])
            for ring in self.target.contours
        ]
        return np.concatenate(rings)

    @cached_property
    def centre_mm(self) -> FloatArray:
        """Centroid of the target, LPS, shape (3,)."""
        parts = [(self.target.regions[z], z, top - bottom) for z, bottom, top in self.target.slabs]
        weight = np.array([region.area * depth for region, _, depth in parts])
        places = np.array([[region.centroid.x, region.centroid.y, z] for region, z, _ in parts])
        return np.asarray(weight @ places / weight.sum())

    @cached_property
    def shares(self) -> tuple[VoxelGrid, tuple[FloatArray, ...]]:
        """Share of each voxel in the target and the organs, on the part of the CT that pictures can show."""
        ends = np.array([end for needle in self.implant.needles for end in (needle.entry_mm, needle.tip_mm)])
        points = np.vstack([ends, self.corners_mm])
        grid = _part(self.ct.grid, points.min(axis=0) - WIDEST_MM, points.max(axis=0) + WIDEST_MM)
        return grid, tuple(structure.coverage(grid) for structure in (self.target, *self.organs))


def needle_figure(view: NeedleView, number: int) -> str:
    """Draw one needle in the CT; return a PNG as a data address.

    The plane holds the needle and, as near as may be, the target's centroid. The scale at the left is the
    depth from the skin along the needle.

    Parameters
    ----------
    view : NeedleView
    number : int
        Of the needle in the implant, from 0.

    Raises
    ------
    NoPlanError
        An implant without needles.
    InputError
        There is no needle of this number, it has no length, or there is a dose without a prescription.
    """
    needle = _needle(view, number)
    plane = needle_plane(needle, view.centre_mm, view.corners_mm)
    left, right, top, bottom = plane.box_mm
    wide, high = right - left, bottom - top
    scale = LONGER_SIDE_INCH / max(wide, high)
    size = np.array([wide * scale + LEFT_INCH + 0.15, high * scale + 2 * EDGE_INCH])
    figure = Figure(figsize=(float(size[0]), float(size[1])), facecolor="white")
    place = (LEFT_INCH / size[0], EDGE_INCH / size[1], wide * scale / size[0], high * scale / size[1])
    axes = figure.add_axes(place)
    _draw_ct(axes, view.ct, plane)
    _draw_dose(axes, view, plane)
    _draw_structures(axes, view, plane)
    entry = "edge of the image 0" if needle.name in view.skin_unseen else "skin 0"
    _draw_needle(axes, needle, entry, roomier=1 if right >= -left else -1)
    _draw_seeds(axes, view.implant, number, plane)
    _frame(axes, plane)
    return _png(figure)


def needle_figures(view: NeedleView) -> dict[str, str]:
    """Draw every needle; return the pictures by the needles' names."""
    return {
        needle.name or f"N{number + 1}": needle_figure(view, number)
        for number, needle in enumerate(view.implant.needles)
    }


def _needle(view: NeedleView, number: int) -> Needle:
    count = len(view.implant.needles)
    if not count:
        raise NoPlanError("an implant without needles", "at least one needle to draw", "plan needles first")
    if not 0 <= number < count:
        raise InputError(f"needle number {number}", f"0 to {count - 1}", "count the needles from 0")
    if not view.implant.needles[number].length_mm > 0:
        raise InputError(f"needle number {number} has no length", "an entry apart from the tip", "correct it")
    if view.dose_at is not None and not (view.prescription_gy or 0) > 0:
        raise InputError("a dose without a prescription", "Gy that are 100 %", "state the prescription")
    return view.implant.needles[number]


def _part(grid: VoxelGrid, low: FloatArray, high: FloatArray) -> VoxelGrid:
    """Return the voxels of a grid within a box."""
    ends = np.rint(grid.indices(np.stack([low, high]))).astype(int)
    first, last = np.clip(ends, 0, np.array(grid.shape) - 1)
    x, y, z = (float(value) for value in np.add(grid.origin_mm, first[::-1] * np.asarray(grid.spacing_mm)))
    nz, ny, nx = (int(count) for count in last - first + 1)
    return VoxelGrid((x, y, z), grid.spacing_mm, (nz, ny, nx))


def _draw_ct(axes: Axes, ct: CtVolume, plane: Plane) -> None:
    x, y, points = plane.points(PIXEL_MM)
    half = PIXEL_MM / 2
    axes.imshow(
        ct.sample(points).reshape(len(y), len(x)),
        cmap="gray",
        vmin=WINDOW_CENTRE_HU - WINDOW_WIDTH_HU / 2,
        vmax=WINDOW_CENTRE_HU + WINDOW_WIDTH_HU / 2,
        extent=(x[0] - half, x[-1] + half, y[-1] + half, y[0] - half),
        interpolation="bilinear",
    )


def _draw_dose(axes: Axes, view: NeedleView, plane: Plane) -> None:
    if view.dose_at is None or view.prescription_gy is None:
        return
    x, y, points = plane.points(DOSE_STEP_MM)
    dose = view.dose_at(points).reshape(len(y), len(x))
    shown = [(percent / 100 * view.prescription_gy, colour) for percent, colour in ISODOSES]
    crossed = [(gray, colour) for gray, colour in shown if dose.min() < gray < dose.max()]
    if crossed:
        levels, colours = zip(*crossed, strict=True)
        axes.contour(x, y, dose, levels=levels, colors=colours, linewidths=1.2)


def _draw_structures(axes: Axes, view: NeedleView, plane: Plane) -> None:
    grid, shares = view.shares
    x, y, points = plane.points(PIXEL_MM)
    index = grid.indices(points).T
    colours = [TARGET_COLOUR, *(ORGAN_COLOURS[n % len(ORGAN_COLOURS)] for n in range(len(view.organs)))]
    for number, (share, colour) in enumerate(zip(shares, colours, strict=True)):
        flat = map_coordinates(share, index, order=1, cval=0.0).reshape(len(y), len(x))
        if flat.min() < 0.5 < flat.max():
            axes.contour(x, y, flat, levels=[0.5], colors=[colour], linewidths=1.1 if number else 2.0)


def _draw_needle(axes: Axes, needle: Needle, entry: str, *, roomier: int) -> None:
    """Draw the needle; its labels stand on the side with more room, 1 for the right and -1 for the left."""
    depth = needle.length_mm
    beside: dict[str, Any] = {"fontsize": 8, "bbox": LABEL_BOX, "ha": "left" if roomier > 0 else "right"}
    axes.plot([0, 0], [0, depth], color=NEEDLE_COLOUR, linewidth=1.4)
    axes.plot([0, 0], [-ABOVE_SKIN_MM, 0], color=NEEDLE_COLOUR, linewidth=1.0, linestyle=(0, (3, 2)))
    axes.plot([0], [0], marker="_", markersize=16, markeredgewidth=2.2, color=SKIN_COLOUR)
    axes.plot([0], [depth], marker="v", markersize=5, color=NEEDLE_COLOUR)
    axes.text(2.5 * roomier, -1.5, entry, color=SKIN_COLOUR, va="bottom", **beside)
    axes.text(2.5 * roomier, depth + 1.5, f"tip {depth:.1f} mm", color=NEEDLE_COLOUR, va="top", **beside)


def _draw_seeds(axes: Axes, implant: SeedImplant, number: int, plane: Plane) -> None:
    """Seeds of this needle are filled; others, where they lie near the plane, are open."""
    places = plane.place(implant.positions_mm)
    own = implant.needle_index == number
    for seed in np.flatnonzero(own | (np.abs(places[:, 2]) <= NEAR_PLANE_MM)):
        axis = implant.directions[seed] if implant.axis_known[seed] else plane.down
        half = SEED_HALF_LENGTH_MM * (plane.place(plane.entry_mm + axis[None])[0, :2])
        ends = np.stack([places[seed, :2] - half, places[seed, :2] + half])
        if own[seed]:
            axes.plot(ends[:, 0], ends[:, 1], color=SEED_COLOUR, linewidth=4.2, solid_capstyle="butt")
        else:
            axes.plot(*places[seed, :2], marker="o", markersize=4, color=SEED_COLOUR, fillstyle="none")


def _frame(axes: Axes, plane: Plane) -> None:
    left, right, top, bottom = plane.box_mm
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks(np.arange(0, bottom, 10.0))
    axes.tick_params(axis="y", labelsize=8, colors=INK)
    axes.set_ylabel("depth from the entry along the needle (mm)", fontsize=8, color=INK)
    ends: Sequence[tuple[float, float, FloatArray]] = (
        (0.035, 0.5, -plane.across), (0.965, 0.5, plane.across), (0.5, 0.035, plane.down),
        (0.06, 0.965, -plane.down),
    )  # fmt: skip
    for x, y, direction in ends:
        axes.text(
            x, y, side_letters(direction), color="white", fontsize=9, ha="center", va="center",
            transform=axes.transAxes, bbox=LABEL_BOX,
        )  # fmt: skip
