"""Two CTs in one picture: a checker-board of both, in three cuts through a point."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seedbed.errors import ImageError, InputError
from seedbed.geometry import Structure
from seedbed.imaging import CtVolume
from seedbed.report.cuts import (
    CUTS,
    OUTSIDE,
    TISSUE,
    Box,
    Cut,
    FloatArray,
    cut_image,
    frame,
    pixel_centres,
    window_words,
    words,
)
from seedbed.report.figures import INK, TARGET_COLOUR, _png
from seedbed.report.plan_figures import as_written
from seedbed.report.structure_cuts import outlines_in

DPI: Final = 160
TILE_MM: Final = 15.0
HALF_MM, STEP_MM = 60.0, 0.4
SIDE_INCH, GAP_INCH = 2.36, 0.06
AMBER: Final = np.array([1.0, 0.86, 0.62])
"""Tint of the tiles of the second CT, so that one sees which is which; local rule."""
GREY: Final = np.array([0.86, 0.94, 1.0])


def checker_figure(
    planning: CtVolume,
    after: CtVolume,
    *,
    point_mm: FloatArray,
    target: Structure | None = None,
    tile_mm: float = TILE_MM,
    title: str = "",
) -> str:
    """Draw two registered CTs as a checker-board in three cuts; return a PNG as a data address.

    Edges that run on from tile to tile show that the registration fits there.

    Parameters
    ----------
    planning, after : CtVolume
        On the same grid: the CT after implantation as it was resampled.
    point_mm : ndarray, shape (3,)
        A point of all cuts, usually the middle of the target.
    target : Structure, optional
        As carried over.
    tile_mm : float
    title : str

    Raises
    ------
    ImageError
        Two grids.
    InputError
        A tile without size, or a point that is none.
    """
    if planning.grid != after.grid:
        raise ImageError(
            f"CTs of {planning.grid.shape} and {after.grid.shape} voxels on two grids", "one grid for both",
            "resample the CT after implantation to the planning CT",
        )  # fmt: skip
    point = np.asarray(point_mm, dtype=float)
    if not (np.isfinite(tile_mm) and tile_mm > 0) or point.shape != (3,) or not np.isfinite(point).all():
        raise InputError(
            f"tiles of {tile_mm} mm about {point.tolist()}", "a size and x, y, z", "state both in mm"
        )
    wide, high = 3 * SIDE_INCH + 4 * GAP_INCH, SIDE_INCH + 0.5
    figure = Figure(figsize=(wide, high), dpi=DPI, facecolor="white")
    for number, cut in enumerate(CUTS):
        left = GAP_INCH + number * (SIDE_INCH + GAP_INCH)
        axes = figure.add_axes((left / wide, 0.22 / high, SIDE_INCH / wide, SIDE_INCH / high))
        _draw(axes, (planning, after), cut, point=point, target=target, tile_mm=tile_mm)
    if title:
        as_written([figure.text(0.008, 1 - 0.05 / high, title, fontsize=9, color=INK, va="top")])
    said = f"Bluish: planning CT. Amber: CT after implantation. Tiles {tile_mm:g} mm, {window_words(TISSUE)}."
    figure.text(0.008, 0.03 / high, said, fontsize=6.5, color=INK, va="bottom")
    return _png(figure)


def checker_tiles(cut: Cut, *, point_mm: FloatArray, box: Box, step_mm: float, tile_mm: float) -> FloatArray:
    """Return which pixels belong to the second image: True on every other tile; the point lies in a corner.

    Examples
    --------
    >>> from seedbed.report.cuts import AXIAL
    >>> checker_tiles(AXIAL, point_mm=np.zeros(3), box=(-2, 2, -2, 2), step_mm=2.0, tile_mm=2.0).tolist()
    [[False, True], [True, False]]
    """
    u, v = pixel_centres(box, step_mm)
    place = cut.flat(np.asarray(point_mm))[0]
    column, row = np.floor((u - place[0]) / tile_mm), np.floor((v - place[1]) / tile_mm)
    second: FloatArray = (column[None, :] + row[:, None]) % 2 == 1
    return second


def _draw(
    axes: Axes, both: tuple[CtVolume, CtVolume], cut: Cut, *, point: FloatArray, target: Structure | None,
    tile_mm: float,
) -> None:  # fmt: skip
    box = cut.box(point, HALF_MM)
    first, second = (cut_image(ct, cut, through_mm=point, box=box, step_mm=STEP_MM) for ct in both)
    tiles = checker_tiles(cut, point_mm=point, box=box, step_mm=STEP_MM, tile_mm=tile_mm)
    axes.set_facecolor(OUTSIDE)
    left, right, top, bottom = box
    axes.imshow(_coloured(first, second, tiles), extent=(left, right, bottom, top), interpolation="nearest")
    if target is not None:
        for ring in outlines_in(target, cut, through_mm=point):
            closed = np.vstack([ring, ring[:1]])
            axes.plot(closed[:, 0], closed[:, 1], color=TARGET_COLOUR, linewidth=1.4)
    frame(axes, cut, box)
    words(axes, (0.03, 0.975), cut.name, fontsize=7, ha="left", va="top")


def _coloured(first: FloatArray, second: FloatArray, tiles: FloatArray) -> FloatArray:
    """Red, green, blue and cover of each pixel, 0 to 1."""
    low, high = TISSUE
    hu = np.where(tiles, second, first)
    grey = np.clip((np.nan_to_num(hu, nan=low) - low) / (high - low), 0, 1)
    tinted = grey[..., None] * np.where(tiles[..., None], AMBER, GREY)
    picture: FloatArray = np.concatenate([tinted, np.isfinite(hu)[..., None].astype(float)], axis=-1)
    return picture
