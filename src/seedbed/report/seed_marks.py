"""Seeds as they are drawn: the capsule in projection, and numbers that do not cover each other."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from seedbed.imaging import SeedLook
from seedbed.report.cuts import OUTLINED, Box, Cut, FloatArray, reserved_places

CAPSULE: Final = SeedLook()
FOUND, PLANNED, MISSING, EXTRA, DOUBTFUL, ADDED = (
    "#f0e442", "#56b4e9", "#d55e00", "#cc79a7", "#e69f00", "#009e73",
)  # fmt: skip
"""Colours that stay apart for colour-blind eyes (Okabe and Ito, 2008); shapes tell the same."""
ROUND = 12
"""Points on each round end of a capsule."""
RINGS = (1.0, 1.9, 3.0)
"""How far a number may stand from its seed, in heights of a letter; local rule."""
DIRECTIONS = 8
FAR = 1.6
"""Heights of a letter beyond which a line leads from the number to its seed; local rule."""
LINE_SPACING, POINTS_AN_INCH = 1.2, 72


def capsule_outline(centre_mm: FloatArray, axis: FloatArray, cut: Cut) -> FloatArray:
    """Outline of a capsule in projection, shape (n, 2), mm across and down.

    Parameters
    ----------
    centre_mm, axis : ndarray, shape (3,)
    cut : Cut

    Examples
    --------
    >>> from seedbed.report.cuts import AXIAL, SAGITTAL
    >>> ring = capsule_outline(np.zeros(3), np.array([1.0, 0.0, 0.0]), AXIAL)
    >>> np.ptp(ring, axis=0).round(2).tolist()
    [4.5, 0.8]
    >>> np.ptp(capsule_outline(np.zeros(3), np.array([1.0, 0.0, 0.0]), SAGITTAL), axis=0).round(2).tolist()
    [0.8, 0.8]
    """
    radius = CAPSULE.diameter_mm / 2
    centre, half = cut.flat(centre_mm)[0], cut.flat(axis)[0] * (CAPSULE.length_mm / 2 - radius)
    heading = float(np.arctan2(half[1], half[0]))
    turn = heading + np.linspace(-np.pi / 2, np.pi / 2, ROUND + 1)
    arc = radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ring: FloatArray = np.vstack([centre + half + arc, centre - half - arc])
    return ring


def draw_seed(axes: Axes, cut: Cut, centre_mm: FloatArray, axis: FloatArray | None, **style: Any) -> None:
    """Draw a seed as its capsule, or as a dot where its axis is not known."""
    if axis is None:
        u, v = cut.flat(centre_mm)[0].tolist()
        colour = style.get("facecolor") if style.get("facecolor") != "none" else style["edgecolor"]
        axes.plot([u], [v], marker="o", markersize=3.5, color=colour, zorder=style.get("zorder", 3))
        return
    axes.add_patch(Polygon(capsule_outline(centre_mm, axis, cut), closed=True, **style))


def number_places(
    places: FloatArray, texts: Sequence[str], *, height_mm: float, box: Box, reserved: Sequence[Box] = ()
) -> list[tuple[float, float] | None]:
    """Find room for numbers beside their seeds; the first ones choose first.

    Parameters
    ----------
    places : ndarray, shape (n, 2)
        Of the seeds in the picture.
    texts : sequence of str
    height_mm : float
        Of a line of text, in mm of the patient.
    box : (left, right, top, bottom)
        Numbers stay inside.
    reserved : sequence of (left, right, top, bottom)
        No number stands there.

    Returns
    -------
    list of (float, float) or None
        Middle of each number; None where there is no room.

    Examples
    --------
    >>> number_places(np.zeros((1, 2)), ["1"], height_mm=1.0, box=(-5, 5, -5, 5))[0] is None
    False
    >>> number_places(np.array([[9.0, 0.0]]), ["1"], height_mm=1.0, box=(-5, 5, -5, 5))
    [None]
    """
    taken = list(reserved)
    chosen: list[tuple[float, float] | None] = []
    for place, text in zip(places, texts, strict=True):
        sizes = 0.5 * height_mm * max(0.75 * len(text), 0.75), 0.5 * height_mm
        offers = [
            offer
            for middle in _offers(place, sizes, height_mm)
            if (offer := _rectangle(middle, sizes)) and _within(offer, box) and not _any_over(offer, taken)
        ]
        if not offers or not _within((place[0], place[0], place[1], place[1]), box):
            chosen.append(None)
            continue
        best = min(offers, key=lambda offer: _covered(offer, places))
        taken.append(best)
        chosen.append(((best[0] + best[1]) / 2, (best[2] + best[3]) / 2))
    return chosen


def write_numbers(
    axes: Axes, places: FloatArray, texts: Sequence[str], *, box: Box, colours: Sequence[str], size: float
) -> int:
    """Write numbers where there is room, with a line to their seeds; return how many had none.

    Parameters
    ----------
    axes : Axes
        Its place in the figure is settled; it shows ``box``.
    places : ndarray, shape (n, 2)
    texts, colours : sequence of str
    box : (left, right, top, bottom)
    size : float
        Of the letters, points.
    """
    height = _line_mm(axes, box, size)
    middles = number_places(places, texts, height_mm=height, box=box, reserved=reserved_places(box))
    for place, text, middle, colour in zip(places, texts, middles, colours, strict=True):
        if middle is None:
            continue
        if np.hypot(middle[0] - place[0], middle[1] - place[1]) > FAR * height:
            axes.plot([place[0], middle[0]], [place[1], middle[1]], color=colour, linewidth=0.5, zorder=4)
        axes.text(
            *middle, text, fontsize=size, color=colour, ha="center", va="center", zorder=5,
            path_effects=list(OUTLINED), parse_math=False,
        )  # fmt: skip
    return middles.count(None)


def _line_mm(axes: Axes, box: Box, size: float) -> float:
    """Height of a line of text, points, in mm of the patient."""
    figure = axes.get_figure(root=True)
    inches = axes.get_position().width * (figure.get_figwidth() if figure else 1.0)
    return LINE_SPACING * size / POINTS_AN_INCH * (box[1] - box[0]) / inches


def _offers(place: FloatArray, half: tuple[float, float], height: float) -> list[tuple[float, float]]:
    angles = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS - np.pi / 4
    wide = half[0] - half[1]
    return [
        (float(place[0] + np.cos(a) * (r * height + wide)), float(place[1] + np.sin(a) * r * height))
        for r in RINGS
        for a in angles
    ]


def _rectangle(middle: tuple[float, float], half: tuple[float, float]) -> Box:
    return middle[0] - half[0], middle[0] + half[0], middle[1] - half[1], middle[1] + half[1]


def _within(inner: Box, outer: Box) -> bool:
    return bool(
        outer[0] <= inner[0] and inner[1] <= outer[1] and outer[2] <= inner[2] and inner[3] <= outer[3]
    )


def _any_over(one: Box, others: Sequence[Box]) -> bool:
    return any(
        one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
        for other in others
    )


def _covered(rectangle: Box, places: FloatArray) -> int:
    left, right, top, bottom = rectangle
    u, v = places[:, 0], places[:, 1]
    return int(((u > left) & (u < right) & (v > top) & (v < bottom)).sum())
