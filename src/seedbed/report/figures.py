"""Figures for reports, drawn without a display and returned as text that HTML can hold."""

import base64
import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import matplotlib.dates as mdates
import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from seedbed.dosimetry import Dvh
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]

WINDOW_CENTRE_HU, WINDOW_WIDTH_HU = 40.0, 400.0
MARGIN_MM = 35.0
DOSE_STEP_MM = 1.0
ISODOSES = ((50, "#4aa3ff"), (100, "#ffd23f"), (150, "#ff8c2e"), (200, "#e352ff"))
TARGET_COLOUR = "#ff3344"
ORGAN_COLOURS = (
    "#2fbf8f", "#9b6bd3", "#35b6e6", "#ef8fa5", "#8ecb54",
    "#c9a227", "#5f8dd3", "#e07b39", "#7aa5a0", "#b5739d",
)  # fmt: skip
SEED_HALF_LENGTH_MM = 2.25
SEED_COLOUR, NEEDLE_COLOUR, NEEDLE_POINTS = "#7CFC00", "#f4f7fa", 200
INK, FAINT = "#1f2933", "#8794a1"


@dataclass(frozen=True)
class SliceView:
    """What one row of axial pictures shows."""

    title: str
    ct: CtVolume
    implant: SeedImplant
    dose_at: Callable[[FloatArray], FloatArray]


def slice_figure(
    view: SliceView,
    target: Structure,
    organs: Sequence[Structure],
    *,
    prescription_gy: float,
    z_mm: Sequence[float],
) -> str:
    """Draw axial CT slices under isodose lines, contours and seeds; return a PNG as a data address.

    Parameters
    ----------
    view : SliceView
    target : Structure
    organs : sequence of Structure
    prescription_gy : float
        100 % of the isodose lines.
    z_mm : sequence of float
        Planes, one picture each.
    """
    figure = Figure(figsize=(4.1 * len(z_mm), 4.5), facecolor="white")
    for number, z in enumerate(z_mm):
        axes = figure.add_subplot(1, len(z_mm), number + 1)
        _draw_slice(axes, view, target, organs, prescription_gy, float(z))
    figure.suptitle(view.title, fontsize=12, color=INK, x=0.01, ha="left")
    figure.subplots_adjust(left=0.005, right=0.995, bottom=0.005, top=0.9, wspace=0.02)
    return _png(figure)


def _draw_slice(
    axes: Axes, view: SliceView, target: Structure, organs: Sequence[Structure], rx: float, z: float
) -> None:
    grid = view.ct.grid
    index = int(np.clip(np.rint((z - grid.origin_mm[2]) / grid.spacing_mm[2]), 0, grid.shape[0] - 1))
    plane = float(grid.axis_mm(2)[index])
    lower, upper = grid.lower_mm(), grid.upper_mm()
    low, high = WINDOW_CENTRE_HU - WINDOW_WIDTH_HU / 2, WINDOW_CENTRE_HU + WINDOW_WIDTH_HU / 2
    axes.imshow(
        view.ct.hu[index], cmap="gray", vmin=low, vmax=high, extent=(lower[0], upper[0], upper[1], lower[1]),
        interpolation="bilinear",
    )  # fmt: skip
    box = _window(target, grid)
    _draw_isodoses(axes, view, rx, plane, box)
    _draw_structure(axes, target, plane, TARGET_COLOUR, 1.8)
    for number, organ in enumerate(organs):
        _draw_structure(axes, organ, plane, ORGAN_COLOURS[number % len(ORGAN_COLOURS)], 0.9)
    _draw_needles(axes, view.implant, plane, grid.spacing_mm[2])
    _draw_seeds(axes, view.implant, plane, grid.spacing_mm[2])
    axes.set_xlim(box[0], box[1])
    axes.set_ylim(box[3], box[2])
    axes.set_aspect("equal")
    axes.set_axis_off()
    _letters(axes, plane)


def _window(target: Structure, grid: VoxelGrid) -> tuple[float, float, float, float]:
    """Box (x0, x1, y0, y1) about the target, square, inside the image."""
    lower, upper = target.bounds_mm
    middle = (lower + upper) / 2
    half = float(max(upper[:2] - lower[:2])) / 2 + MARGIN_MM
    image_low, image_high = grid.lower_mm(), grid.upper_mm()
    x0, y0 = np.maximum(middle[:2] - half, image_low[:2])
    x1, y1 = np.minimum(middle[:2] + half, image_high[:2])
    return float(x0), float(x1), float(y0), float(y1)


def _draw_isodoses(
    axes: Axes, view: SliceView, rx: float, plane: float, box: tuple[float, float, float, float]
) -> None:
    x = np.arange(box[0], box[1], DOSE_STEP_MM)
    y = np.arange(box[2], box[3], DOSE_STEP_MM)
    xx, yy = np.meshgrid(x, y)
    points = np.stack([xx.ravel(), yy.ravel(), np.full(xx.size, plane)], axis=1)
    dose = view.dose_at(points).reshape(xx.shape)
    levels = [percent / 100 * rx for percent, _ in ISODOSES]
    colours = [colour for _, colour in ISODOSES]
    axes.contour(x, y, dose, levels=levels, colors=colours, linewidths=1.3)


def _draw_structure(axes: Axes, structure: Structure, plane: float, colour: str, width: float) -> None:
    for z, bottom, top in structure.slabs:
        if bottom <= plane < top:
            for polygon in structure.polygons_at(z):
                closed = np.vstack([polygon, polygon[:1]])
                axes.plot(closed[:, 0], closed[:, 1], color=colour, linewidth=width)


def _draw_needles(axes: Axes, implant: SeedImplant, plane: float, thickness: float) -> None:
    """Draw the part of each needle that lies near the plane."""
    half = max(thickness / 2, 1.25)
    for needle in implant.needles:
        ends = np.array([needle.entry_mm, needle.tip_mm], dtype=float)
        along = ends[0] + np.linspace(0, 1, NEEDLE_POINTS)[:, None] * (ends[1] - ends[0])
        near = along[np.abs(along[:, 2] - plane) <= half]
        axes.plot(near[:, 0], near[:, 1], color=NEEDLE_COLOUR, linewidth=0.8)


def _draw_seeds(axes: Axes, implant: SeedImplant, plane: float, thickness: float) -> None:
    near = np.abs(implant.positions_mm[:, 2] - plane) <= max(thickness / 2, 1.25)
    for number in np.flatnonzero(near):
        centre = implant.positions_mm[number, :2]
        if not implant.axis_known[number]:
            axes.plot(*centre, marker="o", markersize=3, color=SEED_COLOUR)
            continue
        half = implant.directions[number, :2] * SEED_HALF_LENGTH_MM
        ends = np.stack([centre - half, centre + half])
        axes.plot(ends[:, 0], ends[:, 1], color=SEED_COLOUR, linewidth=2.6, solid_capstyle="butt")


def _letters(axes: Axes, plane: float) -> None:
    style: dict[str, Any] = {
        "color": "white",
        "fontsize": 10,
        "ha": "center",
        "va": "center",
        "transform": axes.transAxes,
    }
    for x, y, letter in ((0.5, 0.97, "A"), (0.5, 0.03, "P"), (0.03, 0.5, "R"), (0.97, 0.5, "L")):
        axes.text(x, y, letter, **style)
    box = {"facecolor": "black", "edgecolor": "none", "alpha": 0.6, "pad": 2}
    axes.text(0.02, 0.96, f"z {plane:.1f} mm", **{**style, "ha": "left", "bbox": box})


def dvh_figure(pairs: Sequence[tuple[Dvh, Dvh, str]], *, prescription_gy: float) -> str:
    """Draw cumulative dose-volume curves, planned solid and given dashed; return SVG.

    Parameters
    ----------
    pairs : sequence of (planned, given, colour)
    prescription_gy : float
    """
    figure = Figure(figsize=(8.2, 4.3), layout="tight")
    axes = figure.add_subplot()
    for planned, given, colour in pairs:
        _draw_dvh(axes, planned, color=colour, linestyle="-")
        _draw_dvh(axes, given, color=colour, linestyle="--")
    axes.axvline(prescription_gy, color=FAINT, linewidth=1, linestyle=":")
    axes.annotate(
        f"prescription {prescription_gy:g} Gy", (prescription_gy, 101), fontsize=8, color=FAINT, ha="center"
    )
    axes.set_xlim(0, 3 * prescription_gy)
    axes.set_ylim(0, 104)
    axes.set_xlabel("Dose to complete decay (Gy)")
    axes.set_ylabel("Volume (%)")
    axes.grid(color="#e3e8ee", linewidth=0.7)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    _legend(axes, [planned.name for planned, _, _ in pairs])
    return _svg(figure)


def _draw_dvh(axes: Axes, dvh: Dvh, **style: Any) -> None:
    dose, volume = dvh.curve()
    axes.plot(np.r_[0, dose], np.r_[100, volume], linewidth=1.7, **style)


def _legend(axes: Axes, names: Sequence[str]) -> None:
    """Name every second line, as it is written: no name is hidden or read as mathematics."""
    legend = axes.legend(
        axes.get_lines()[: 2 * len(names) : 2], names, frameon=False, fontsize=8, loc="upper right"
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def timeline_figure(
    implanted: date,
    cycles: Sequence[tuple[date, date, str]],
    visits: Sequence[tuple[date, str, str]],
) -> str:
    """Draw the treatment in time: the implantation, drug cycles, visits and responses; return SVG.

    Parameters
    ----------
    implanted : date
    cycles : sequence of (first dose, last dose, label)
    visits : sequence of (date, label, response or "")
    """
    figure = Figure(figsize=(8.2, 2.5), layout="tight")
    axes = figure.add_subplot()
    for number, (first, last, _) in enumerate(cycles):
        axes.barh(1, (last - first).days + 1, left=mdates.date2num(first), height=0.34, color="#7c6fd6")
        if number == 0:
            axes.text(mdates.date2num(first), 1.27, cycles[0][2], fontsize=8, color="#5a4fb0", va="bottom")
    axes.plot([mdates.date2num(implanted)], [2], marker="D", markersize=8, color=TARGET_COLOUR)
    axes.text(
        mdates.date2num(implanted + timedelta(days=6)),
        2,
        "seeds implanted",
        fontsize=8,
        va="center",
        color=INK,
    )
    for on, label, response in visits:
        axes.plot([mdates.date2num(on)], [0], marker="o", markersize=8, color="#1d7fc4")
        text = f"{label}\n{on:%Y-%m-%d}" + (f"\n{response}" if response else "")
        axes.text(mdates.date2num(on), -0.3, text, fontsize=8, ha="center", va="top", color=INK)
    axes.set_yticks([2, 1, 0], ["seeds", "drug", "visits"], fontsize=9)
    axes.set_ylim(-1.5, 2.5)
    last_day = max([on for on, *_ in visits] + [implanted + timedelta(days=90)])
    axes.set_xlim(
        mdates.date2num(implanted - timedelta(days=12)), mdates.date2num(last_day + timedelta(days=25))
    )
    axes.xaxis.set_major_locator(mdates.MonthLocator())
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%b"))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    return _svg(figure)


def _png(figure: Figure) -> str:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        FigureCanvasAgg(figure).print_png(buffer)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _svg(figure: Figure) -> str:
    """Return a figure as an SVG element without the lines before it and without a date."""
    buffer = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "seedbed"}), warnings.catch_warnings():
        # The browser has the letters that matplotlib's own font lacks, Chinese among them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
