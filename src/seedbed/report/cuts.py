"""Cuts and projections of a CT along the patient's axes, each with its sides, a scale bar and its window.

A picture is drawn in mm: ``across`` to its right and ``down``. An axial cut is seen from the feet, a coronal
one from the front, a sagittal one from the patient's left; the head is up.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.report.needle_planes import side_letters

FloatArray = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, right, top and bottom of a picture: mm across and mm down."""

TISSUE: Final = (-160.0, 240.0)
"""Window of soft tissue, HU: that of the other pictures of the CT."""
METAL: Final = (-200.0, 3000.0)
"""Window in which a seed is not all white, HU; local rule."""
OUTSIDE: Final = "#44566b"
"""Where there is no CT."""
BARS_MM: Final = (50, 20, 10, 5, 2, 1)
BAR_SHARE = 0.35
"""Of the width of a picture that a scale bar takes at most; local rule."""
OUTLINED: Final = (withStroke(linewidth=1.6, foreground="black"),)


@dataclass(frozen=True)
class Cut:
    """A way to look at the patient: unit vectors, LPS, to the right of the picture and down."""

    name: str
    across: tuple[float, float, float]
    down: tuple[float, float, float]

    @property
    def normal(self) -> int:
        """Axis that points out of the picture: x (0), y (1) or z (2)."""
        return 3 - int(np.argmax(np.abs(self.across))) - int(np.argmax(np.abs(self.down)))

    def flat(self, points_mm: FloatArray) -> FloatArray:
        """Places of points in the picture, (n, 3) -> (n, 2), mm across and down.

        Examples
        --------
        >>> CORONAL.flat(np.array([[10.0, 20.0, 30.0]])).tolist()
        [[10.0, -30.0]]
        """
        turn = np.array([self.across, self.down])
        places: FloatArray = np.asarray(points_mm, dtype=float).reshape(-1, 3) @ turn.T
        return places

    def box(self, centre_mm: FloatArray, half_mm: float) -> Box:
        """Square about a point."""
        u, v = (float(value) for value in self.flat(np.asarray(centre_mm))[0])
        return u - half_mm, u + half_mm, v - half_mm, v + half_mm


AXIAL: Final = Cut("axial", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
CORONAL: Final = Cut("coronal", (1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
SAGITTAL: Final = Cut("sagittal", (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
CUTS: Final = (AXIAL, CORONAL, SAGITTAL)


def cut_image(
    ct: CtVolume, cut: Cut, *, through_mm: FloatArray, box: Box, step_mm: float
) -> NDArray[np.float64]:
    """Sample a CT in a cut, between slices by linear interpolation.

    Parameters
    ----------
    ct : CtVolume
    cut : Cut
    through_mm : ndarray, shape (3,)
        A point of the cut.
    box : (left, right, top, bottom)
    step_mm : float
        Size of a pixel, about: the box holds whole pixels.

    Returns
    -------
    ndarray, shape (rows, columns)
        HU; NaN outside the outer faces of the CT.

    Examples
    --------
    >>> ct = CtVolume(VoxelGrid((0, 0, 0), (1, 1, 5), (2, 4, 4)), np.full((2, 4, 4), 40.0, dtype=np.float32))
    >>> cut_image(ct, CORONAL, through_mm=np.ones(3), box=(0, 3, -5, 1), step_mm=1.0).shape
    (6, 3)
    """
    points, shape = cut_points(cut, through_mm=through_mm, box=box, step_mm=step_mm)
    place = np.clip(ct.grid.indices(points), 0, np.array(ct.grid.shape) - 1)
    hu = map_coordinates(ct.hu, place.T, order=1, mode="nearest", output=np.float64)
    image: NDArray[np.float64] = np.where(ct.grid.contains(points), hu, np.nan).reshape(shape)
    return image


def cut_points(
    cut: Cut, *, through_mm: FloatArray, box: Box, step_mm: float
) -> tuple[FloatArray, tuple[int, int]]:
    """Return the centres of the pixels of a picture, shape (rows * columns, 3), and rows and columns."""
    u, v = pixel_centres(box, step_mm)
    uu, vv = np.meshgrid(u, v)
    turn = np.array([cut.across, cut.down])
    points = np.stack([uu.ravel(), vv.ravel()], axis=1) @ turn
    points[:, cut.normal] = np.asarray(through_mm, dtype=float)[cut.normal]
    return points, (len(v), len(u))


def pixel_centres(box: Box, step_mm: float) -> tuple[FloatArray, FloatArray]:
    """Return the centres of columns and rows of a picture, mm across and down."""
    left, right, top, bottom = box
    columns, rows = (max(1, round((high - low) / step_mm)) for low, high in ((left, right), (top, bottom)))
    u = left + (np.arange(columns) + 0.5) * (right - left) / columns
    v = top + (np.arange(rows) + 0.5) * (bottom - top) / rows
    return u, v


def brightest_image(
    ct: CtVolume, cut: Cut, *, lower_mm: FloatArray, upper_mm: FloatArray
) -> tuple[FloatArray, Box]:
    """Return the brightest voxel along the line of sight, within a box of the patient, and where it lies.

    An array without rows where the box lies outside the CT.

    Examples
    --------
    >>> ct = CtVolume(VoxelGrid((0, 0, 0), (1, 1, 5), (2, 4, 4)), np.full((2, 4, 4), 40.0, dtype=np.float32))
    >>> image, box = brightest_image(ct, CORONAL, lower_mm=np.zeros(3), upper_mm=np.full(3, 9.0))
    >>> image.shape, box
    ((2, 4), (-0.5, 3.5, -7.5, 2.5))
    """
    part, hu = _part(ct, np.asarray(lower_mm), np.asarray(upper_mm))
    if not hu.size:
        return np.empty((0, 0)), (0.0, 0.0, 0.0, 0.0)
    image: FloatArray = hu.max(axis=2 - cut.normal).astype(float)
    corners = cut.flat(np.stack([part.lower_mm(), part.upper_mm()]))
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return image[::-1] if cut.down[2] < 0 else image, (left, right, top, bottom)


def _part(ct: CtVolume, lower: FloatArray, upper: FloatArray) -> tuple[VoxelGrid, NDArray[np.float32]]:
    """Return the voxels of a CT whose centres lie in a box."""
    ends = ct.grid.indices(np.stack([lower, upper]))
    first = np.maximum(np.ceil(ends[0]), 0).astype(int)
    last = np.minimum(np.floor(ends[1]) + 1, ct.grid.shape).astype(int)
    if (first >= last).any():
        return ct.grid, ct.hu[:0]
    hu = ct.hu[first[0] : last[0], first[1] : last[1], first[2] : last[2]]
    x, y, z = (np.asarray(ct.grid.origin_mm) + first[::-1] * np.asarray(ct.grid.spacing_mm)).tolist()
    return VoxelGrid((x, y, z), ct.grid.spacing_mm, hu.shape), hu


def show(axes: Axes, image: FloatArray, *, box: Box, window: tuple[float, float]) -> None:
    """Draw an image in a grey window; where there is no CT stands another colour."""
    axes.set_facecolor(OUTSIDE)
    if not image.size:
        return
    low, high = window
    left, right, top, bottom = box
    axes.imshow(
        np.ma.masked_invalid(image), cmap="gray", vmin=low, vmax=high, extent=(left, right, bottom, top),
        interpolation="bilinear",
    )  # fmt: skip


def frame(axes: Axes, cut: Cut, box: Box, *, size: float = 7.0) -> None:
    """Set the limits and mark sides and scale.

    Parameters
    ----------
    axes : Axes
    cut : Cut
    box : (left, right, top, bottom)
    size : float
        Of the letters, points.
    """
    left, right, top, bottom = box
    axes.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    across, down = np.array(cut.across), np.array(cut.down)
    sides, ends = {0.02: "left", 0.98: "right"}, {0.02: "bottom", 0.98: "top"}
    for x, y, direction in ((0.02, 0.5, -across), (0.98, 0.5, across), (0.5, 0.98, -down), (0.5, 0.02, down)):
        words(
            axes, (x, y), side_letters(direction), fontsize=size + 1, fontweight="bold",
            ha=sides.get(x, "center"), va=ends.get(y, "center"),
        )  # fmt: skip
    _scale_bar(axes, box, size)


def _scale_bar(axes: Axes, box: Box, size: float) -> None:
    left, right, top, bottom = box
    wide, high = right - left, bottom - top
    length = next((bar for bar in BARS_MM if bar <= BAR_SHARE * wide), BARS_MM[-1])
    x, y = left + 0.05 * wide, bottom - 0.05 * high
    style: dict[str, Any] = {"solid_capstyle": "butt", "clip_on": True}
    axes.plot([x, x + length], [y, y], color="black", linewidth=4.0, **style)
    axes.plot([x, x + length], [y, y], color="white", linewidth=2.0, label="scale", **style)
    words(axes, (0.05, 0.07), f"{length} mm", fontsize=size, va="bottom", ha="left")


def reserved_places(box: Box) -> list[Box]:
    """Where letters, the scale bar and the name of a picture stand: left, right, top, bottom.

    Examples
    --------
    >>> len(reserved_places((0, 10, 0, 10)))
    6
    """
    left, right, top, bottom = box
    wide, high = right - left, bottom - top
    shares = ((0, 0.07, 0.46, 0.54), (0.93, 1, 0.46, 0.54), (0.46, 0.54, 0, 0.08), (0.46, 0.54, 0.92, 1))
    names = ((0.0, 0.3, 0.0, 0.08), (0.0, 0.4, 0.86, 1.0))
    return [
        (left + a * wide, left + b * wide, top + c * high, top + d * high) for a, b, c, d in shares + names
    ]


def words(axes: Axes, place: tuple[float, float], text: str, **style: Any) -> None:
    """Write on a picture, white on a black rim, at a place in shares of the axes."""
    own: dict[str, Any] = {"color": "white", "transform": axes.transAxes, "path_effects": list(OUTLINED)}
    axes.text(*place, text, parse_math=False, **{**own, **style})


def short_name(name: str, letters: int) -> str:
    """Leave out the middle of a long name.

    Examples
    --------
    >>> short_name("needle number 12", 16), short_name("needle number 123", 16)
    ('needle number 12', 'needle n...r 123')
    """
    head = letters // 2
    return name if len(name) <= letters else f"{name[:head]}...{name[head + 3 - letters :]}"


def window_words(window: tuple[float, float]) -> str:
    """Say a window in words.

    Examples
    --------
    >>> window_words((-200.0, 3000.0))
    'window -200 to 3000 HU'
    """
    return f"window {window[0]:.0f} to {window[1]:.0f} HU"
