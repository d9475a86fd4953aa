"""Texts, lines and axes put on paper in mm from the upper left corner, where matplotlib's own order fails."""

from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Rectangle

from seedbed.report.cohort_figures.style import COLOURS, DASHES, INK, MARKS, RULE, new_figure

SIZE_PT: Final = 6.5
KEY_MM: Final = 8.0
"""What the piece of line of a group takes before its name."""


class Sheet:
    """An empty figure of a size on paper; to be used within `journal_look`.

    Parameters
    ----------
    width_mm, height_mm : float

    Attributes
    ----------
    figure : Figure
    """

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self.width, self.height = width_mm, height_mm
        self.figure = new_figure(width_mm, height_mm, arranged=False)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return x / self.width, 1 - y / self.height

    def text(self, x: float, y: float, said: str, **look: Any) -> None:
        """Write a text whose middle line lies at a height."""
        self.figure.text(
            *self._place(x, y), said, **{"va": "center", "fontsize": SIZE_PT, "color": INK, **look}
        )

    def key(self, x: float, y: float, place: int) -> None:
        """Draw a piece of a group's line with its mark, `KEY_MM` long with the room after it."""
        ends = [self._place(each, y) for each in (x, x + KEY_MM - 1.5)]
        colour = COLOURS[place]
        line = Line2D(*zip(*ends, strict=True), color=colour, linestyle=DASHES[place])
        middle = self._place(x + (KEY_MM - 1.5) / 2, y)
        mark = Line2D(*zip(middle, strict=True), color=colour, marker=MARKS[place], markersize=3.2)
        for each in (line, mark):
            self.figure.add_artist(each)

    def rule(self, y: float, *, edge: float) -> None:
        """Draw a line across, so far from both edges."""
        ends = [self._place(each, y) for each in (edge, self.width - edge)]
        self.figure.add_artist(Line2D(*zip(*ends, strict=True), color=RULE, linewidth=0.6))

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return axes in a rectangle."""
        x, y = self._place(left, top + height)
        return self.figure.add_axes((x, y, width / self.width, height / self.height))

    def box(self, left: float, top: float, width: float, height: float, **look: Any) -> None:
        """Draw a rectangle."""
        made = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.6, **look}
        corner = self._place(left, top + height)
        self.figure.add_artist(Rectangle(corner, width / self.width, height / self.height, **made))

    def path(self, *points: tuple[float, float], arrow: bool = True) -> None:
        """Draw a line from point to point, the last piece with a head."""
        places = [self._place(*each) for each in points]
        if len(places) > 2 or not arrow:
            until = places[:-1] if arrow else places
            self.figure.add_artist(Line2D(*zip(*until, strict=True), color=INK, linewidth=0.6))
        if arrow:
            head = FancyArrowPatch(
                places[-2], places[-1], arrowstyle="-|>,head_length=0.35,head_width=0.14", mutation_scale=8,
                color=INK, linewidth=0.6, shrinkA=0, shrinkB=0, transform=self.figure.transFigure,
            )  # fmt: skip
            self.figure.add_artist(head)
