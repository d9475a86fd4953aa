"""Pictures of a plan: axial planes, dose-volume curves with their goals, and plans to choose from."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.lines import Line2D
from matplotlib.text import Text

from seedbed.dosimetry import Dvh
from seedbed.geometry import Structure
from seedbed.implant import SeedImplant
from seedbed.planning.goals import TARGET, GoalResult
from seedbed.report.figures import (
    FAINT,
    INK,
    ISODOSES,
    NEEDLE_COLOUR,
    ORGAN_COLOURS,
    SEED_COLOUR,
    TARGET_COLOUR,
    SliceView,
    _draw_dvh,
    _draw_slice,
    _png,
)

PLANES, IN_A_ROW, PLANE_INCH = 6, 3, 4.1
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Serif CJK SC", "Noto Serif CJK JP",
    "Noto Sans SC", "Microsoft YaHei", "SimHei", "PingFang SC", "WenQuanYi Zen Hei",
)  # fmt: skip
"""Of a collection of fonts matplotlib knows the first face alone, which has Chinese letters too."""
MISSED: Final = "#e00000"


def telling_planes(target: Structure, implant: SeedImplant, count: int = 3) -> list[float]:
    """Return planes for pictures, z in mm: the one with most seeds in each layer of the target."""
    lower, upper = target.bounds_mm
    faces = np.linspace(lower[2], upper[2], count + 1)
    z = implant.positions_mm[:, 2].round(1)
    planes = []
    for bottom, top in pairwise(faces):
        here, seeds = np.unique(z[(z >= bottom) & (z < top)], return_counts=True)
        planes.append(float(here[seeds.argmax()]) if here.size else float(bottom + top) / 2)
    return planes


@cache
def families() -> list[str]:
    """Fonts for names that users gave: matplotlib's own, then those of this computer with Chinese letters."""
    there = set(get_font_names())
    return ["DejaVu Sans", *(name for name in CHINESE_FONTS if name in there)]


def as_written(texts: Iterable[Text]) -> None:
    """Show names as they are written: none is read as mathematics, Chinese ones have their letters."""
    for text in texts:
        text.set_parse_math(False)
        text.set_fontfamily(families())


def colours_of(organs: Sequence[str]) -> dict[str, str]:
    """Colour of each organ by its name, in the order of all pictures."""
    return {name: ORGAN_COLOURS[n % len(ORGAN_COLOURS)] for n, name in enumerate(organs)}


def planes_figure(
    view: SliceView, target: Structure, organs: Sequence[Structure], *, prescription_gy: float
) -> str:
    """Draw telling axial planes with isodose lines, contours, needles and seeds; a PNG as a data address.

    Parameters
    ----------
    view : SliceView
    target : Structure
    organs : sequence of Structure
    prescription_gy : float
        100 % of the isodose lines.
    """
    shown = telling_planes(target, view.implant, PLANES)
    rows = len(shown) // IN_A_ROW
    figure = Figure(figsize=(PLANE_INCH * IN_A_ROW, PLANE_INCH * rows + 1.1), facecolor="white")
    for number, z in enumerate(sorted(shown, reverse=True)):
        axes = figure.add_subplot(rows, IN_A_ROW, number + 1)
        _draw_slice(axes, view, target, organs, prescription_gy, z)
    as_written([figure.suptitle(view.title, fontsize=12, color=INK, x=0.01, ha="left")])
    figure.subplots_adjust(left=0.005, right=0.995, bottom=0.08, top=0.95, wspace=0.02, hspace=0.03)
    _name_lines(figure, target.name, [organ.name for organ in organs], prescription_gy)
    return _png(figure)


def _name_lines(figure: Figure, target: str, organs: Sequence[str], rx: float) -> None:
    lines = [(TARGET_COLOUR, target), *((colour, name) for name, colour in colours_of(organs).items())]
    lines += [(colour, f"{percent} % = {percent / 100 * rx:g} Gy") for percent, colour in ISODOSES]
    lines += [(SEED_COLOUR, "seeds"), (NEEDLE_COLOUR, "needles")]
    handles = [Line2D([], [], color=colour, linewidth=2.5) for colour, _ in lines]
    legend = figure.legend(
        handles, [name for _, name in lines], loc="lower center", ncols=7, fontsize=8, frameon=True,
        facecolor="#5b6875", labelcolor="white",
    )  # fmt: skip
    as_written(legend.get_texts())


def goals_figure(
    dvhs: Mapping[str, Dvh], results: Sequence[GoalResult], *, target: str, prescription_gy: float
) -> str:
    """Draw dose-volume curves, and goals as marks on them; a PNG as a data address.

    A mark has the colour of its structure and points to where the curve should lie; its edge is red where the
    goal is missed.

    Parameters
    ----------
    dvhs : mapping of str to Dvh
        The target's under ``"target"``.
    results : sequence of GoalResult
    target : str
        The target's own name.
    prescription_gy : float
    """
    figure = Figure(figsize=(8.6, 5.0), layout="tight", facecolor="white")
    axes = figure.add_subplot()
    colours = {TARGET: TARGET_COLOUR, **colours_of([name for name in dvhs if name != TARGET])}
    for name, dvh in dvhs.items():
        _draw_dvh(axes, dvh, color=colours[name], label=target if name == TARGET else name)
    for result in results:
        style: dict[str, Any] = {"markerfacecolor": colours[result.goal.structure], "markeredgecolor": INK}
        if not result.met:
            style = {**style, "markeredgecolor": MISSED, "markeredgewidth": 2.5, "markersize": 10}
        _mark(axes, result, dvhs[result.goal.structure].total_cc, prescription_gy, style)
    axes.axvline(prescription_gy, color=FAINT, linewidth=1, linestyle=":")
    axes.set(xlim=(0, 3 * prescription_gy), ylim=(0, 104))
    axes.set(xlabel="Dose to complete decay (Gy)", ylabel="Volume (%)")
    axes.grid(color="#e3e8ee", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.plot([], [], "<", markerfacecolor="white", markeredgecolor=INK, label="goal, met")
    axes.plot(
        [], [], "<", markerfacecolor="white", markeredgecolor=MISSED, markeredgewidth=2, label="goal, missed"
    )
    legend = axes.legend(frameon=False, fontsize=8, loc="upper right")
    as_written(legend.get_texts())
    return _png(figure)


def _mark(axes: Axes, result: GoalResult, total_cc: float, rx: float, style: dict[str, Any]) -> None:
    """Mark one goal at its dose and volume; goals on the mean dose have no place on the curve."""
    metric, limit = result.goal.reading, result.goal.limit
    if metric.what in ("mean", "min", "max"):
        place = (limit * (rx / 100 if metric.unit == "%" else 1.0), 0.0) if metric.what == "max" else None
    elif metric.letter == "V":
        level = float(metric.what) * (rx / 100 if metric.what_unit == "%" else 1.0)
        place = (level, limit if metric.unit == "%" else 100 * limit / total_cc)
    else:
        volume = float(metric.what) * (1.0 if metric.what_unit == "%" else 100 / total_cc)
        place = (limit * (rx / 100 if metric.unit == "%" else 1.0), volume)
    if place is None or place[1] > 100:
        return
    up = result.goal.sense == "at least"
    marker = ("^" if up else "v") if metric.letter == "V" else (">" if up else "<")
    axes.plot(*place, marker, **{"markersize": 7, "clip_on": False, "zorder": 5, **style})


def alternatives_figure(rows: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """Draw the plans to choose from side by side; a PNG as a data address.

    Parameters
    ----------
    rows : sequence of (name, numbers)
        The chosen plan first; every plan has the same numbers, by the words that are printed.
    """
    what = list(rows[0][1])
    figure = Figure(
        figsize=(2.3 * len(what) + 1.2, 0.55 * len(rows) + 1.2), layout="tight", facecolor="white"
    )
    panels = figure.subplots(1, len(what), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, what, strict=True):
        _bars(axes, name, [numbers[name] for _, numbers in rows])
    panels[0].set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=9)
    panels[0].invert_yaxis()
    return _png(figure)


def _bars(axes: Axes, name: str, values: Sequence[float]) -> None:
    style: dict[str, Any] = {"va": "center", "fontsize": 9, "color": INK}
    axes.barh(range(len(values)), values, height=0.6, color=["#1d7fc4", *["#9dbfd8"] * (len(values) - 1)])
    for place, value in enumerate(values):
        axes.text(value, place, f" {value:.4g}" if value == int(value) else f" {value:.1f}", **style)
    axes.set_xlim(0, 1.3 * max(*values, 1e-9))
    axes.set_xticks([])
    axes.set_title(name, fontsize=9, color=INK)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


__all__ = ["alternatives_figure", "colours_of", "goals_figure", "planes_figure", "telling_planes"]
