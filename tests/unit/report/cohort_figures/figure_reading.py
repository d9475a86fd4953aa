"""Figures read again: texts that overlap or leave the paper, ids and references of an SVG."""

import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.style import journal_look

DOTS = 300


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text that is seen, with the rectangle that it fills, in dots of 300 dpi."""
    with journal_look():
        figure.set_dpi(DOTS)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        found = [each for each in figure.findobj(Text) if each.get_visible() and each.get_text().strip()]
        return [(each.get_text(), each.get_window_extent(renderer)) for each in found]


def clashes(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that overlap by more than a dot, and texts beyond the paper."""
    placed = boxes(figure)
    width, height = figure.get_size_inches() * DOTS
    outside = [
        (text, "paper")
        for text, box in placed
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    return outside + [(one[0], two[0]) for one, two in combinations(placed, 2) if _overlap(one[1], two[1])]


def _overlap(one: Bbox, two: Bbox) -> bool:
    across = min(one.x1, two.x1) - max(one.x0, two.x0)
    down = min(one.y1, two.y1) - max(one.y0, two.y0)
    return across > 1 and down > 2


def texts(found: ReportFigure) -> list[str]:
    """Texts of an SVG in the order in which they are drawn."""
    return ["".join(each.itertext()) for each in _tree(found).iter("{http://www.w3.org/2000/svg}text")]


def ids(found: ReportFigure) -> list[str]:
    return [value for each in _tree(found).iter() for name, value in each.attrib.items() if name == "id"]


def references(found: ReportFigure) -> Iterator[str]:
    """What an SVG points to, within or beyond itself."""
    for each in _tree(found).iter():
        for name, value in each.attrib.items():
            if name.endswith(("href", "src")):
                yield value
            if name != "aria-label":
                yield from re.findall(r"url\(([^)]*)\)", value)


def _tree(found: ReportFigure) -> ElementTree.Element:
    return ElementTree.fromstring(found.svg)  # noqa: S314 - drawn by this program
