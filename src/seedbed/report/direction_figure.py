"""From which sides needles can come, and what is in the way from the others."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any, Final

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from seedbed.planning.needles import DirectionReport
from seedbed.report.figures import INK, _png
from seedbed.report.plan_figures import as_written, colours_of

OPEN: Final = "#ffffff"
NO_ORGAN: Final = ("#6b7280", "#9a6b3f", "#3b4a5a", "#b08968", "#a3a3a3", "#4b3b2a")
HOLE = 1.0
"""Rings begin this far from the middle, in rings."""
FEW_PCT = 0.5
"""A direction with less in the way is open."""


def direction_figure(
    reports: Sequence[DirectionReport],
    chosen: tuple[float, float] | None = None,
    *,
    organs: Sequence[str] = (),
) -> str:
    """Draw the share of seed positions that each direction reaches, and what blocks most of the rest.

    Seen as an axial picture: the patient's left at the right, the back below. A field lies at the side from
    which the needle comes; rings are tilts, the innermost pushes most to the feet.

    Parameters
    ----------
    reports : sequence of DirectionReport
    chosen : (azimuth, tilt), optional
        Main direction of the plan, degrees; marked.
    organs : sequence of str
        Names of all organs, in the order of the other pictures, so that they have the same colours.

    Returns
    -------
    str
        PNG as a data address.
    """
    figure = Figure(figsize=(12.5, 5.6), facecolor="white")
    left, right = (figure.add_axes((x, 0.1, 0.33, 0.74), projection="polar") for x in (0.03, 0.48))
    tilts = sorted({report.tilt_deg for report in reports})
    shade = colormaps["RdYlGn"]
    _wheel(left, reports, tilts, [shade(report.reachable_pct / 100) for report in reports])
    left.set_title("Seed positions that can be reached", fontsize=11, color=INK, pad=22)
    colours = _colours(_blockers(reports), organs)
    _wheel(right, reports, tilts, [_blocker_colour(report, colours) for report in reports])
    right.set_title("What is most in the way", fontsize=11, color=INK, pad=22)
    if chosen is not None:
        for axes in (left, right):
            _star(axes, tilts, *chosen)
    _legends(left, right, colours)
    figure.text(0.01, 0.015, _reading(tilts), fontsize=8, color=INK)
    return _png(figure)


def _reading(tilts: Sequence[float]) -> str:
    rings = ", ".join(f"{tilt:+.0f}" for tilt in tilts)
    return (
        "A field lies where the needle comes from, as in an axial picture. Rings from the middle: tilt "
        f"{rings} degrees (+ towards the head). Star: the plan's direction."
    )


def _wheel(
    axes: Axes, reports: Sequence[DirectionReport], tilts: Sequence[float], colours: list[Any]
) -> None:
    width = 2 * np.pi / max(len({report.azimuth_deg for report in reports}), 1)
    from_side = [np.radians(report.azimuth_deg + 180.0) for report in reports]
    rings = [HOLE + tilts.index(report.tilt_deg) for report in reports]
    axes.bar(from_side, 1.0, width=width, bottom=rings, color=colours, edgecolor="white", linewidth=0.6)
    axes.set_theta_direction(-1)  # type: ignore[attr-defined]
    axes.set_xticks(np.radians([0, 90, 180, 270]), ["L", "P", "R", "A"], fontsize=12, color=INK)
    axes.set_yticks([])
    axes.set_ylim(0, HOLE + len(tilts))
    axes.grid(False)
    axes.spines["polar"].set_visible(False)


def _star(axes: Axes, tilts: Sequence[float], azimuth_deg: float, tilt_deg: float) -> None:
    ring = HOLE + 0.5 + float(np.interp(tilt_deg, tilts, range(len(tilts))))
    axes.plot([np.radians(azimuth_deg + 180.0)], [ring], marker="*", markersize=15, color="black")


def _main_blocker(report: DirectionReport) -> str | None:
    """Name of what blocks most, where anything does."""
    name, share = next(iter(report.blocked_pct.items()), ("", 0.0))
    return name if share >= FEW_PCT else None


def _blockers(reports: Sequence[DirectionReport]) -> list[str]:
    """Names of main blockers, that of most directions first."""
    found = [name for report in reports if (name := _main_blocker(report)) is not None]
    return sorted(dict.fromkeys(found), key=lambda name: -found.count(name))


def _colours(names: Sequence[str], organs: Sequence[str]) -> dict[str, str]:
    """Colour of each blocker: an organ's own, greys and browns for what is no organ."""
    own = colours_of(organs)
    rest = [name for name in names if name not in own]
    return {name: own.get(name) or NO_ORGAN[rest.index(name) % len(NO_ORGAN)] for name in names}


def _blocker_colour(report: DirectionReport, colours: dict[str, str]) -> Any:
    name = _main_blocker(report)
    if name is None:
        return OPEN
    hue = colours[name]
    strength = 0.25 + 0.75 * report.blocked_pct[name] / 100
    red, green, blue = (int(hue[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return tuple(1 - strength * (1 - part) for part in (red, green, blue))


def _legends(left: Axes, right: Axes, colours: dict[str, str]) -> None:
    shade = colormaps["RdYlGn"]
    shares = [Patch(color=shade(share / 100), label=f"{share} %") for share in (100, 75, 50, 25, 0)]
    left.legend(handles=shares, loc="center left", bbox_to_anchor=(1.1, 0.5), frameon=False, fontsize=9)
    things = [Patch(color=colour, label=fill(name, 20)) for name, colour in colours.items()]
    things.append(Patch(facecolor=OPEN, edgecolor="#8794a1", label="nothing"))
    legend = right.legend(
        handles=things, loc="center left", bbox_to_anchor=(1.1, 0.5), frameon=False, fontsize=9
    )
    as_written(legend.get_texts())
