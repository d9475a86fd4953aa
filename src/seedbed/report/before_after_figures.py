"""Dose-volume histograms of the plan, of what was given, and with a top-up, in one picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from seedbed.dosimetry import Dvh
from seedbed.errors import InputError
from seedbed.report.cuts import short_name
from seedbed.report.figures import FAINT, INK, ORGAN_COLOURS, TARGET_COLOUR, _png
from seedbed.report.plan_figures import as_written

DPI: Final = 160
STATES: Final[tuple[tuple[str, Literal["-", "--", ":"], float, str], ...]] = (
    ("planned", "-", 1.3, "white"), ("given", "--", 1.9, TARGET_COLOUR), ("with top-up", ":", 1.9, "#ffd23f"),
)  # fmt: skip
"""Lines, as on the other pictures: the plan is solid, what was given dashed; and the colour of the marks."""
SHAPES: Final = "osD^v<>Ph"
"""One fewer than colours of organs, so that a colour comes back with another shape."""
MARKERS, ROW_INCH, NAME_LETTERS = 9, 0.165, 30


@dataclass(frozen=True)
class BeforeAfter:
    """Curves of one structure; None where there is none."""

    name: str
    given: Dvh | None
    planned: Dvh | None = None
    after: Dvh | None = None

    @property
    def curves(self) -> tuple[Dvh | None, Dvh | None, Dvh | None]:
        """In the order of `STATES`."""
        return self.planned, self.given, self.after


def dvh_before_after(
    target: BeforeAfter | None,
    organs: Sequence[BeforeAfter],
    *,
    prescription_gy: float,
    d90_gy: tuple[float, float] | None = None,
    title: str = "",
) -> str:
    """Draw all curves in one pair of axes, D90 and V100 of the target marked; return a PNG as a data address.

    Structures differ by colour and by the shape of their marks; the plan is solid, what was given dashed,
    with a top-up dotted.

    Parameters
    ----------
    target : BeforeAfter or None
    organs : sequence of BeforeAfter
    prescription_gy : float
    d90_gy : (low, high), optional
        Between which D90 given lies with 90 % probability; a band.
    title : str

    Raises
    ------
    InputError
        No curve at all, a prescription that is not positive, or a band whose ends are not in order.

    Examples
    --------
    >>> gtv = Dvh.of("GTV", np.linspace(60, 300, 50), np.ones(50))
    >>> dvh_before_after(BeforeAfter("GTV", gtv), [], prescription_gy=120.0)[:22]
    'data:image/png;base64,'
    """
    rows = [*([target] if target else []), *organs]
    _check(rows, prescription_gy, d90_gy)
    wide, high = 7.25, max(3.5, ROW_INCH * (len(rows) + 8))
    figure = Figure(figsize=(wide, high), dpi=DPI, facecolor="white")
    axes = figure.add_axes((0.55 / wide, 0.45 / high, 4.35 / wide, (high - 0.75) / high))
    if d90_gy is not None:
        axes.axvspan(*d90_gy, color=TARGET_COLOUR, alpha=0.13, linewidth=0, label="_band")
    axes.axvline(prescription_gy, color=FAINT, linewidth=1.0)
    axes.axhline(90, color=FAINT, linewidth=0.7, linestyle=(0, (1, 2)))
    for number, row in enumerate(rows):
        colour = (
            TARGET_COLOUR if row is target else ORGAN_COLOURS[(number - bool(target)) % len(ORGAN_COLOURS)]
        )
        _curves(axes, row, {"color": colour, "marker": SHAPES[number % len(SHAPES)], "markersize": 4})
    if target is not None:
        _mark_target(axes, target, prescription_gy)
    _finish(axes, prescription_gy, d90_gy)
    _legends(axes, rows, target, rx=prescription_gy, band=d90_gy)
    if title:
        as_written([axes.set_title(title, fontsize=9, color=INK, loc="left")])
    return _png(figure)


def _check(rows: Sequence[BeforeAfter], rx: float, band: tuple[float, float] | None) -> None:
    if not any(curve for row in rows for curve in row.curves):
        raise InputError("no dose-volume histogram", "one at least", "calculate the dose first")
    if not (np.isfinite(rx) and rx > 0):
        raise InputError(f"a prescription of {rx} Gy", "a positive dose", "state the prescription")
    if band is not None and not (np.isfinite(band).all() and band[0] <= band[1]):
        raise InputError(f"D90 between {band[0]} and {band[1]} Gy", "the lower first", "order the two")


def _curves(axes: Axes, row: BeforeAfter, style: dict[str, Any]) -> None:
    for (_, line, width, _), dvh in zip(STATES, row.curves, strict=True):
        if dvh is None:
            continue
        dose, volume = dvh.curve()
        every = max(1, len(dose) // MARKERS)
        axes.plot(
            np.r_[0, dose], np.r_[100, volume], linestyle=line, linewidth=width,
            markevery=every if line == "--" else [], **style,
        )  # fmt: skip


def _mark_target(axes: Axes, target: BeforeAfter, rx: float) -> None:
    """Mark D90 on the line of 90 % and V100 on the line of the prescription."""
    for (_, _, _, face), dvh in zip(STATES, target.curves, strict=True):
        if dvh is None:
            continue
        style: dict[str, Any] = {
            "markersize": 7,
            "markerfacecolor": face,
            "markeredgecolor": INK,
            "zorder": 6,
            "linestyle": "none",
        }
        axes.plot([dvh.dose_to_pct(90)], [90], marker="d", **style)
        axes.plot([rx], [dvh.volume_pct(rx)], marker="s", **{**style, "markersize": 5.5})


def _finish(axes: Axes, rx: float, band: tuple[float, float] | None) -> None:
    reach = max(2.5 * rx, 1.1 * (band[1] if band else 0.0))
    axes.set(xlim=(0, reach), ylim=(0, 104))
    axes.set_xlabel("Dose to complete decay (Gy)", fontsize=8)
    axes.set_ylabel("Volume (%)", fontsize=8)
    axes.tick_params(labelsize=7.5)
    axes.grid(color="#e3e8ee", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.text(rx, 3, f" {rx:g} Gy", fontsize=7, color="#4d5965", va="bottom")


def _legends(
    axes: Axes, rows: Sequence[BeforeAfter], target: BeforeAfter | None, *, rx: float,
    band: tuple[float, float] | None,
) -> None:  # fmt: skip
    """Name structures by colour and mark, states by line; say D90 and V100 in numbers."""
    handles = []
    names = []
    for number, row in enumerate(rows):
        colour = (
            TARGET_COLOUR if row is target else ORGAN_COLOURS[(number - bool(target)) % len(ORGAN_COLOURS)]
        )
        handles.append(Line2D([], [], color=colour, marker=SHAPES[number % len(SHAPES)], markersize=4))
        names.append(short_name(row.name, NAME_LETTERS))
    for number, (state, line, width, _) in enumerate(STATES):
        if any(row.curves[number] for row in rows):
            handles.append(Line2D([], [], color=INK, linestyle=line, linewidth=width))
            names.append(state)
    marks: dict[str, Any] = {"color": INK, "linestyle": "none", "markerfacecolor": "none"}
    if target is not None:
        handles += [Line2D([], [], marker="d", **marks), Line2D([], [], marker="s", **marks)]
        names += [f"D90: {_all(target, 'D90', rx)} Gy", f"V100: {_all(target, 'V100', rx)} %"]
    if band is not None:
        handles.append(Line2D([], [], color=TARGET_COLOUR, alpha=0.25, linewidth=7))
        names.append(f"D90 given, 5 to 95 %: {band[0]:.0f} to {band[1]:.0f} Gy")
    legend = axes.legend(
        handles, names, fontsize=7, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.02),
        handlelength=4.2, labelspacing=0.35,
    )  # fmt: skip
    as_written(legend.get_texts())


def _all(target: BeforeAfter, metric: str, rx: float) -> str:
    """Write a metric of the target in all its states."""
    there = [dvh for dvh in target.curves if dvh is not None]
    values = [dvh.dose_to_pct(90) if metric == "D90" else dvh.volume_pct(rx) for dvh in there]
    return " → ".join(f"{value:.1f}" for value in values)
