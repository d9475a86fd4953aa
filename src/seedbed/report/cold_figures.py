"""Cold regions of the target on axial slices of the CT."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.interpolate import RegularGridInterpolator

from seedbed.errors import InputError
from seedbed.geometry import Structure
from seedbed.imaging import CtVolume
from seedbed.report.cuts import (
    AXIAL,
    TISSUE,
    Box,
    FloatArray,
    cut_image,
    cut_points,
    frame,
    pixel_centres,
    show,
    window_words,
    words,
)
from seedbed.report.figures import DOSE_STEP_MM, INK, TARGET_COLOUR, _png
from seedbed.report.plan_figures import as_written
from seedbed.report.seed_marks import ADDED, FOUND, draw_seed
from seedbed.report.structure_cuts import outlines_in
from seedbed.report.verification_facts import ColdPlace

DPI: Final = 160
FULL, LESS = "#ffd23f", "#7ef2ff"
COLD, COLDER = "#3b8cff", "#c8e6ff"
LESS_PCT = 90
MARGIN_MM, LEAST_HALF_MM, STEP_MM, FINE_MM = 12.0, 20.0, 0.4, 0.25
MOST_PLANES, IN_A_ROW, SIDE_INCH, GAP_INCH = 6, 3, 2.36, 0.06


@dataclass(frozen=True)
class ColdView:
    """What pictures of cold regions show.

    Attributes
    ----------
    ct : CtVolume
    target : Structure
    dose_at : callable
        Dose that was given, Gy, at points of shape (n, 3).
    prescription_gy : float
    found_mm : ndarray, shape (n, 3)
    found_axes : ndarray, shape (n, 3), or None
    added_mm : ndarray, shape (m, 3)
        Seeds of a top-up that is proposed; they give no dose here.
    slice_numbers : sequence of int
        Number of each slice of the CT, from the feet; 1, 2, 3, ... without them.
    """

    ct: CtVolume
    target: Structure
    dose_at: Callable[[FloatArray], FloatArray]
    prescription_gy: float
    found_mm: FloatArray = field(default_factory=lambda: np.empty((0, 3)))
    found_axes: FloatArray | None = None
    added_mm: FloatArray = field(default_factory=lambda: np.empty((0, 3)))
    slice_numbers: Sequence[int] = ()

    def __post_init__(self) -> None:
        if not (np.isfinite(self.prescription_gy) and self.prescription_gy > 0):
            raise InputError(
                f"a prescription of {self.prescription_gy} Gy", "a positive dose", "state the prescription"
            )

    def slice_number(self, index: int) -> int:
        """Return the number of a slice by its place from the feet, from 0."""
        return self.slice_numbers[index] if self.slice_numbers else index + 1

    @property
    def box(self) -> Box:
        """Square about the target."""
        lower, upper = self.target.bounds_mm
        half = max(float((upper - lower)[:2].max()) / 2 + MARGIN_MM, LEAST_HALF_MM)
        return AXIAL.box((lower + upper) / 2, half)


def cold_planes(view: ColdView, regions: Sequence[ColdPlace]) -> list[tuple[int, str]]:
    """Choose the slices that show cold regions: six at most, from the head to the feet.

    First the coldest slice of each region, the largest region first, then its first and its last one.

    Parameters
    ----------
    view : ColdView
    regions : sequence of ColdPlace
        The largest first.

    Returns
    -------
    list of (int, str)
        Slice of the CT, from 0, and what it shows of which region.
    """
    asked = [(region.coldest_mm[2], n, "coldest") for n, region in enumerate(regions, start=1)]
    for n, region in enumerate(regions, start=1):
        asked += [(region.z_mm[1], n, "last"), (region.z_mm[0], n, "first")]
    chosen: dict[int, dict[int, list[str]]] = {}
    for z, n, what in asked:
        index = _slice_of(view.ct, z)
        if index in chosen or len(chosen) < MOST_PLANES:
            chosen.setdefault(index, {}).setdefault(n, []).append(what)
    return [(index, _what(chosen[index])) for index in sorted(chosen, reverse=True)]


def _what(shown: dict[int, list[str]]) -> str:
    """Say what a slice shows of which region; of many the first two."""
    parts = [f"region {n}: {', '.join(shown[n])}" for n in sorted(shown)]
    return "; ".join(parts[:2]) + (f"; and {len(parts) - 2} more" if len(parts) > 2 else "")


def _slice_of(ct: CtVolume, z: float) -> int:
    place = round((z - ct.grid.origin_mm[2]) / ct.grid.spacing_mm[2])
    return min(max(place, 0), ct.grid.shape[0] - 1)


def cold_figure(view: ColdView, regions: Sequence[ColdPlace], *, title: str = "") -> str:
    """Draw the slices through cold regions; return a PNG as a data address.

    Slices have the numbers of the view. Parts of the target under the prescription are hatched, those under
    90 % of it twice.

    Parameters
    ----------
    view : ColdView
    regions : sequence of ColdPlace
        The largest first; without any, the middle of the target is drawn.
    title : str
    """
    lower, upper = view.target.bounds_mm
    planes = cold_planes(view, regions) or [
        (_slice_of(view.ct, float(lower[2] + upper[2]) / 2), "no cold region")
    ]
    columns = min(IN_A_ROW, len(planes))
    rows = -(-len(planes) // IN_A_ROW)
    wide = IN_A_ROW * SIDE_INCH + (IN_A_ROW + 1) * GAP_INCH
    high = rows * (SIDE_INCH + GAP_INCH) + 0.78
    with rc_context({"hatch.linewidth": 0.8}):
        figure = Figure(figsize=(wide, high), dpi=DPI, facecolor="white")
        for number, (index, what) in enumerate(planes):
            left = GAP_INCH + number % columns * (SIDE_INCH + GAP_INCH)
            bottom = high - 0.24 - (number // columns + 1) * (SIDE_INCH + GAP_INCH) + GAP_INCH
            place = (left / wide, bottom / high, SIDE_INCH / wide, SIDE_INCH / high)
            _draw_slice(figure.add_axes(place), view, regions, index=index, what=what)
        if title:
            as_written([figure.text(0.008, 1 - 0.05 / high, title, fontsize=9, color=INK, va="top")])
        _explain(figure, view)
        return _png(figure)


def _draw_slice(axes: Axes, view: ColdView, regions: Sequence[ColdPlace], *, index: int, what: str) -> None:
    box, z = view.box, float(view.ct.grid.axis_mm(2)[index])
    through = np.array([0.0, 0.0, z])
    show(
        axes, cut_image(view.ct, AXIAL, through_mm=through, box=box, step_mm=STEP_MM), box=box, window=TISSUE
    )
    _draw_dose(axes, view, through)
    for ring in outlines_in(view.target, AXIAL, through_mm=through):
        closed = np.vstack([ring, ring[:1]])
        axes.plot(closed[:, 0], closed[:, 1], color=TARGET_COLOUR, linewidth=1.5, zorder=2.2)
    half = max(view.ct.grid.spacing_mm[2] / 2, 1.25)
    for number in np.flatnonzero(np.abs(view.found_mm[:, 2] - z) <= half):
        axis = None if view.found_axes is None else view.found_axes[number]
        draw_seed(
            axes,
            AXIAL,
            view.found_mm[number],
            axis,
            facecolor=FOUND,
            edgecolor="black",
            linewidth=0.5,
            zorder=3,
        )
    for place in view.added_mm[np.abs(view.added_mm[:, 2] - z) <= half]:
        axes.plot(
            *place[:2],
            "P",
            markersize=7,
            color=ADDED,
            markeredgecolor="white",
            markeredgewidth=0.7,
            zorder=3.5,
        )
    for region in regions:
        if _slice_of(view.ct, region.coldest_mm[2]) == index:
            axes.plot(
                *region.coldest_mm[:2], "x", markersize=6, color="white", markeredgewidth=1.6, zorder=3.6
            )
    frame(axes, AXIAL, box)
    words(
        axes,
        (0.03, 0.975),
        f"slice {view.slice_number(index)}, z {z + 0.0:.1f} mm",
        fontsize=7,
        ha="left",
        va="top",
    )
    words(axes, (0.03, 0.915), what, fontsize=6.5, ha="left", va="top")


def _draw_dose(axes: Axes, view: ColdView, through: FloatArray) -> None:
    """Isodose lines of 100 and 90 %, and what of the target lies below."""
    box = view.box
    u, v, dose = _dose_on(view, through)
    levels = {LESS_PCT: LESS_PCT / 100 * view.prescription_gy, 100: view.prescription_gy}
    for percent, colour, line in ((100, FULL, "solid"), (LESS_PCT, LESS, "dashed")):
        if dose.min() < levels[percent] < dose.max():
            axes.contour(
                u, v, dose, levels=[levels[percent]], colors=[colour], linestyles=[line], linewidths=1.2
            )
    points, shape = cut_points(AXIAL, through_mm=through, box=box, step_mm=FINE_MM)
    inside = view.target.contains(points).reshape(shape)
    fine = pixel_centres(box, FINE_MM)
    lacking = np.where(inside, dose_between(dose, (v, u), points[:, 1::-1]).reshape(shape), np.inf)
    for level, colour, hatch, alpha in (
        (levels[100], COLD, "////", 0.35),
        (levels[LESS_PCT], COLDER, "\\\\\\\\", 0.25),
    ):
        cold = (lacking < level).astype(float)
        if cold.any():
            axes.contourf(*fine, cold, levels=[0.5, 1.5], colors=[colour], alpha=alpha, zorder=1.8)
            drawn = axes.contourf(*fine, cold, levels=[0.5, 1.5], colors="none", hatches=[hatch], zorder=1.9)
            drawn.set(edgecolor=colour, linewidth=0.0)


def _dose_on(view: ColdView, through: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Dose on a coarse grid that reaches beyond the picture; nothing above four times the prescription."""
    left, right, top, bottom = view.box
    wider = (left - DOSE_STEP_MM, right + DOSE_STEP_MM, top - DOSE_STEP_MM, bottom + DOSE_STEP_MM)
    points, shape = cut_points(AXIAL, through_mm=through, box=wider, step_mm=DOSE_STEP_MM)
    dose = np.nan_to_num(view.dose_at(points), nan=0.0, posinf=np.inf).reshape(shape)
    return *pixel_centres(wider, DOSE_STEP_MM), np.minimum(dose, 4 * view.prescription_gy)


def dose_between(dose: FloatArray, axes_mm: tuple[FloatArray, FloatArray], points: FloatArray) -> FloatArray:
    """Dose between the points of a plane, linear; shape (n, 2) -> (n,).

    Examples
    --------
    >>> at = np.array([0.0, 1.0])
    >>> dose_between(np.array([[0.0, 10.0], [20.0, 30.0]]), (at, at), np.array([[0.5, 0.5]])).tolist()
    [15.0]
    """
    found: FloatArray = RegularGridInterpolator(axes_mm, dose, bounds_error=False, fill_value=None)(points)
    return found


def _explain(figure: Figure, view: ColdView) -> None:
    rx = view.prescription_gy
    low = LESS_PCT / 100 * rx
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=TARGET_COLOUR, linewidth=2), Line2D([], [], color=FULL, linewidth=2),
        Line2D([], [], color=LESS, linewidth=2, linestyle="--"),
        Patch(facecolor=COLD, hatch="////", edgecolor="white"),
        Patch(facecolor=COLDER, hatch="xxxx", edgecolor=COLD),
        Line2D([], [], color="white", marker="x", linestyle="none", markeredgewidth=1.6),
        Patch(facecolor=FOUND, edgecolor="black"),
    ]  # fmt: skip
    names = [view.target.name, f"100 % = {rx:g} Gy", f"{LESS_PCT} % = {low:g} Gy", f"under {rx:g} Gy",
             f"under {low:g} Gy", "coldest point", "found seeds"]  # fmt: skip
    if len(view.added_mm):
        handles.append(
            Line2D([], [], color=ADDED, marker="P", linestyle="none", markeredgecolor="white", markersize=7)
        )
        names.append("top-up")
    legend = figure.legend(
        handles, names, loc="lower left", bbox_to_anchor=(0.0, 0.2 / figure.get_figheight()), ncols=8,
        fontsize=6.3, frameon=True, facecolor="#5b6875", labelcolor="white", handlelength=1.5,
        columnspacing=1.0, handletextpad=0.5, borderpad=0.35,
    )  # fmt: skip
    as_written(legend.get_texts())
    said = f"Axial slices; {window_words(TISSUE)}."
    figure.text(0.008, 0.03 / figure.get_figheight(), said, fontsize=6.5, color=INK, va="bottom")
