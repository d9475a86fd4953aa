"""The guide template drawn in true size, seen from outside with its notch up."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon
from shapely import Point
from shapely import Polygon as Area

from seedbed.planning.guide import Guide
from seedbed.report.figures import FAINT, INK, _svg

MM_PER_INCH = 25.4
AROUND_MM = 9.0
BELOW_MM = 16.0
RULER_MM = 50.0
BLOCK_COLOUR = "#eef2f5"


def guide_figure(guide: Guide) -> str:
    """Draw outline, notch and holes at a scale of 1 to 1; return SVG.

    Printed at 100 % the ruler is 50 mm long and the drawing covers the template. Holes that lean have a line
    to where they come out at the skin.

    Parameters
    ----------
    guide : Guide
    """
    wide, high = guide.outline_mm.max(axis=0)
    left, right = -AROUND_MM, max(float(wide), RULER_MM) + AROUND_MM
    bottom, top = -BELOW_MM, float(high) + AROUND_MM
    figure = Figure(figsize=((right - left) / MM_PER_INCH, (top - bottom) / MM_PER_INCH), facecolor="white")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_axis_off()
    _draw_outline(axes, guide)
    _draw_holes(axes, guide)
    _draw_axes(axes, float(wide), float(high))
    return _svg(figure)


def _draw_outline(axes: Axes, guide: Guide) -> None:
    u, v = guide.notch_mm
    solid = Area(guide.outline_mm).difference(Point(u, v).buffer(guide.notch_radius_mm))
    corners = np.asarray(solid.exterior.coords, dtype=float)
    axes.add_patch(Polygon(corners, closed=True, facecolor=BLOCK_COLOUR, edgecolor=INK, linewidth=1.0))
    axes.text(u, v + 1.5, guide.frame.up, fontsize=8, color=INK, ha="center", va="bottom")


def _draw_holes(axes: Axes, guide: Guide) -> None:
    for hole in guide.holes:
        place = np.array([hole.u_mm, hole.v_mm])
        inner = place + hole.length_mm * hole.inwards[:2]
        axes.plot([place[0], inner[0]], [place[1], inner[1]], color=FAINT, linewidth=0.8)
        ring = Circle((hole.u_mm, hole.v_mm), guide.hole_diameter_mm / 2, facecolor="white", edgecolor=INK)
        ring.set_linewidth(0.7)
        axes.add_patch(ring)
        name = axes.text(hole.u_mm + 1.1, hole.v_mm + 0.9, hole.needle, fontsize=5.5, color=INK)
        name.set_parse_math(False)


def _draw_axes(axes: Axes, wide: float, high: float) -> None:
    axes.plot([0, 0, wide], [high, 0, 0], color=FAINT, linewidth=0.6, linestyle=(0, (4, 2)))
    axes.plot([0], [0], marker="+", markersize=9, color=INK)
    axes.text(-1.2, -1.2, "0", fontsize=7, color=INK, ha="right", va="top")
    axes.text(wide + 1.5, 0, "u", fontsize=8, color=INK, va="center")
    axes.text(0, high + 1.5, "v", fontsize=8, color=INK, ha="center")
    axes.plot([0, RULER_MM], [-9, -9], color=INK, linewidth=1.0)
    for tick in np.arange(0, RULER_MM + 1, 10):
        axes.plot([tick, tick], [-9.0, -7.5], color=INK, linewidth=0.8)
    axes.text(
        RULER_MM / 2,
        -10.2,
        f"{RULER_MM:g} mm when printed at 100 %",
        fontsize=7,
        color=INK,
        ha="center",
        va="top",
    )
