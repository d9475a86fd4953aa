"""Two CTs of one patient side by side at matched planes, with contours, diameters and PET.

Pictures are pixels; letters, scale bars, contours and lines are vectors. Nothing in it names a patient.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from seedbed.errors import InputError
from seedbed.geometry.grid import FloatArray
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.style import (
    DOUBLE_MM,
    FAINT,
    INCH_MM,
    INK,
    PNG_DPI,
    TALLEST_MM,
    finished,
    journal_look,
)
from seedbed.report.cuts import AXIAL, Box, frame, show, window_words, words

CONTOUR, DIAMETER = "#56B4E9", "#F0E442"
"""Of Okabe and Ito, both light: they stand out on grey and on the colours of PET."""
DASHED: Final = (0, (2.5, 1.5))
PET_COLOURS: Final = "inferno"
"""Even in lightness and told apart by the colour-blind; its dark end is left clear."""
CLEAR_TO, FULL_FROM, COVER = 0.1, 0.4, 0.75
"""Clear up to the first share of the PET scale, a cover of 0.75 from the second; local rule."""
GAP_MM, SIDE_MM, LINE_MM, BAR_MM = 1.2, 1.0, 3.6, 9.0
LONG_LINE = 0.35
"""Of the side of a picture: the length of a longer line stands over it, else at its end; local rule."""
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIZE, TICKS = 6.0, 5
BESIDE = 2
"""Columns of a side where PET stands beside the CT."""


@dataclass(frozen=True)
class PairPanel:
    """One side at one plane.

    Attributes
    ----------
    hu : ndarray, shape (rows, columns)
        NaN where there is no CT.
    pet : ndarray, shape (rows, columns), or None
        NaN where there is no PET.
    solid, dashed : tuple of ndarray, shape (n, 2)
        Outlines of the lesion of this side, and of the other side; mm.
    diameter_mm : ndarray, shape (2, 2), or None
        Ends of the longest diameter.
    """

    hu: FloatArray
    pet: FloatArray | None = None
    solid: tuple[FloatArray, ...] = ()
    dashed: tuple[FloatArray, ...] = ()
    diameter_mm: FloatArray | None = None


@dataclass(frozen=True)
class PairRow:
    """One plane before and after; ``box`` is (left, right, top, bottom) in mm, ``name`` says which plane."""

    name: str
    box: Box
    before: PairPanel
    after: PairPanel


@dataclass(frozen=True, kw_only=True)
class PairLook:
    """What is alike in all panels.

    Attributes
    ----------
    window_hu : (low, high)
    heads : (str, str)
        When each side was scanned: what stands before a colon is bold, the rest below it.
    width_mm : float
    pet_max : float or None
        Upper end of the colour scale; None without PET.
    pet_unit : str
        As it is printed.
    footer : tuple of str
        Lines under the pictures.
    """

    window_hu: tuple[float, float]
    heads: tuple[str, str]
    width_mm: float = DOUBLE_MM
    pet_max: float | None = None
    pet_unit: str = ""
    footer: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sheet:
    """How panels lie on paper, mm: columns of (after, with PET), and for each row what plane and with PET."""

    columns: tuple[tuple[bool, bool], ...]
    rows: int
    side_mm: float
    width_mm: float
    height_mm: float
    head_mm: float
    foot_mm: float


def pair_figure(rows: Sequence[PairRow], look: PairLook, *, caption: str = "") -> ReportFigure:
    """Draw planes as rows, before and after as columns.

    With PET each plane stands twice, without and with the overlay: beside each other on two columns of a
    journal, one below the other on one.

    Parameters
    ----------
    rows : sequence of PairRow
    look : PairLook
    caption : str

    Raises
    ------
    InputError
        No row, or more panels than letters.

    Examples
    --------
    >>> panel = PairPanel(np.zeros((8, 8)))
    >>> rows = [PairRow("z 0.0 mm", (0.0, 80.0, 0.0, 80.0), panel, panel)]
    >>> figure = pair_figure(rows, PairLook(window_hu=(-160, 240), heads=("Before", "After"), width_mm=89.0))
    >>> figure.id, figure.png[1:4], "Before" in figure.svg
    ('before_after', b'PNG', True)
    """
    panels = 2 * len(rows) * (2 if look.pet_max is not None else 1)
    if not 0 < panels <= len(LETTERS):
        raise InputError(f"{panels} panels", f"1 to {len(LETTERS)}", "choose fewer planes")
    with journal_look():
        sheet = _laid_out(len(rows), look)
        size = (sheet.width_mm / INCH_MM, sheet.height_mm / INCH_MM)
        figure = Figure(figsize=size, dpi=PNG_DPI, facecolor="white")
        for number, (at, row, column, with_pet) in enumerate(_panels(rows, sheet)):
            axes = _axes(figure, sheet, at)
            panel = row.after if sheet.columns[column][0] else row.before
            _draw(axes, panel, row, look=look, pet=with_pet)
            words(axes, (0.02, 0.98), LETTERS[number], fontsize=SIZE + 2, fontweight="bold", va="top")
            if column == 0:
                words(axes, (0.98, 0.02), row.name, fontsize=SIZE, ha="right", va="bottom")
        _heads(figure, sheet, look)
        _foot(figure, sheet, look, rows)
    return finished(
        figure, id="before_after", title="CT before and after, at matched planes", caption=caption
    )


def _laid_out(planes: int, look: PairLook) -> _Sheet:
    pet = look.pet_max is not None
    beside = pet and look.width_mm >= DOUBLE_MM
    columns = ((False, False), (False, True), (True, False), (True, True)) if beside else (
        (False, False), (True, False),
    )  # fmt: skip
    count = planes * (2 if pet and not beside else 1)
    head = 12.0 if beside else 9.0
    foot = LINE_MM * (len(look.footer) + 2) + 1.0 + (BAR_MM if pet else 0.0)
    wide = (look.width_mm - 2 * SIDE_MM - GAP_MM * (len(columns) - 1)) / len(columns)
    high = (TALLEST_MM - head - foot - GAP_MM * (count - 1)) / count
    side = min(wide, high)
    height = head + foot + count * side + GAP_MM * (count - 1)
    return _Sheet(columns, count, side, look.width_mm, height, head, foot)


def _panels(rows: Sequence[PairRow], sheet: _Sheet) -> Iterator[tuple[tuple[int, int], PairRow, int, bool]]:
    """Give place on the sheet, plane, column and whether PET is shown, in the order of letters."""
    twice = sheet.rows // len(rows)
    for line in range(sheet.rows):
        for column, (_, beside) in enumerate(sheet.columns):
            yield (line, column), rows[line // twice], column, beside or (twice == 2 and line % 2 == 1)


def _axes(figure: Figure, sheet: _Sheet, at: tuple[int, int]) -> Axes:
    line, column = at
    step = sheet.side_mm + GAP_MM
    left = _left(sheet) + column * step
    bottom = sheet.height_mm - sheet.head_mm - sheet.side_mm - line * step
    wide, high = sheet.width_mm, sheet.height_mm
    return figure.add_axes((left / wide, bottom / high, sheet.side_mm / wide, sheet.side_mm / high))


def _left(sheet: _Sheet) -> float:
    count = len(sheet.columns)
    return (sheet.width_mm - count * sheet.side_mm - (count - 1) * GAP_MM) / 2


def _draw(axes: Axes, panel: PairPanel, row: PairRow, *, look: PairLook, pet: bool) -> None:
    show(axes, panel.hu, box=row.box, window=look.window_hu)
    if pet and panel.pet is not None and look.pet_max is not None:
        left, right, top, bottom = row.box
        axes.imshow(
            overlay(panel.pet, look.pet_max), extent=(left, right, bottom, top), interpolation="bilinear"
        )
    for rings, dash in ((panel.dashed, DASHED), (panel.solid, "-")):
        for ring in rings:
            _line(axes, np.vstack([ring, ring[:1]]), CONTOUR, dash)
    if panel.diameter_mm is not None and not pet:
        _diameter(axes, panel.diameter_mm, row.box)
    frame(axes, AXIAL, row.box, size=SIZE)


def overlay(pet: FloatArray, pet_max: float) -> FloatArray:
    """Return the colours of a PET, shape (rows, columns, 4): clear where it is low or absent.

    Examples
    --------
    >>> overlay(np.array([[0.0, 5.0, np.nan]]), 5.0)[0, :, 3].tolist()
    [0.0, 0.75, 0.0]
    """
    share = np.nan_to_num(pet, nan=0.0) / pet_max
    colours: FloatArray = np.array(colormaps[PET_COLOURS](np.clip(share, 0, 1)))
    colours[..., 3] = COVER * np.clip((share - CLEAR_TO) / (FULL_FROM - CLEAR_TO), 0, 1)
    return colours


def _line(axes: Axes, points: FloatArray, colour: str, dash: Any) -> None:
    axes.plot(
        *points.T, color=colour, linewidth=0.8, linestyle=dash, scalex=False, scaley=False,
        solid_joinstyle="round", path_effects=[withStroke(linewidth=1.5, foreground="black", alpha=0.55)],
    )  # fmt: skip


def _diameter(axes: Axes, ends: FloatArray, box: Box) -> None:
    """Draw a diameter and write its length: over a long line, else beside the end nearer to the middle."""
    _line(axes, ends, DIAMETER, "-")
    length = float(np.linalg.norm(ends[1] - ends[0]))
    left, edge, _, _ = box
    style: dict[str, Any] = {"transform": axes.transData, "color": DIAMETER, "fontsize": SIZE}
    if length > LONG_LINE * (edge - left):
        x, y = ends.mean(axis=0).tolist()
        words(axes, (x, y - 0.02 * (edge - left)), f"{length:.1f} mm", ha="center", va="bottom", **style)
        return
    to_left = ends[:, 0].mean() > (left + edge) / 2 + 0.15 * (edge - left)
    x, y = ends[ends[:, 0].argmin() if to_left else ends[:, 0].argmax()].tolist()
    aside = 0.01 * (edge - left) * (-1 if to_left else 1)
    words(axes, (x + aside, y), f"{length:.1f} mm", ha="right" if to_left else "left", va="center", **style)


def _heads(figure: Figure, sheet: _Sheet, look: PairLook) -> None:
    step = sheet.side_mm + GAP_MM
    each = len(sheet.columns) // 2
    style: dict[str, Any] = {"ha": "center", "va": "center"}

    def write(middle_mm: float, down_mm: float, text: str, **more: Any) -> None:
        x, y = middle_mm / sheet.width_mm, 1 - down_mm / sheet.height_mm
        figure.text(x, y, text, **style, **more)

    for number, head in enumerate(look.heads):
        middle = _left(sheet) + (number + 0.5) * each * step - GAP_MM / 2
        name, _, when = head.partition(": ")
        write(middle, 2.8, name, fontsize=8, fontweight="bold")
        write(middle, 6.4, when)
    for column, (_, pet) in enumerate(sheet.columns if each == BESIDE else ()):
        write(
            _left(sheet) + column * step + sheet.side_mm / 2, 9.8, "PET on CT" if pet else "CT", color=FAINT
        )


def _foot(figure: Figure, sheet: _Sheet, look: PairLook, rows: Sequence[PairRow]) -> None:
    """Name the lines, write window and match under the pictures, and draw the colour scale."""
    left, y = _left(sheet) / sheet.width_mm, sheet.foot_mm - 2.6
    handles = _handles(rows)
    if handles:
        figure.legend(
            handles=handles, loc="center left", bbox_to_anchor=(left, y / sheet.height_mm), borderpad=0,
            borderaxespad=0, ncols=len(handles), fontsize=SIZE, handlelength=2.0, columnspacing=1.2,
        )  # fmt: skip
    for number, line in enumerate((f"CT {window_words(look.window_hu)}", *look.footer), int(bool(handles))):
        place = (y - number * LINE_MM) / sheet.height_mm
        figure.text(left, place, line, ha="left", va="center", fontsize=SIZE)
    if look.pet_max is not None:
        _colour_bar(figure, sheet, look)


def _handles(rows: Sequence[PairRow]) -> list[Line2D]:
    """Name the lines that are drawn, each in its own colour, darkened by a rim as on the pictures."""
    panels = [panel for row in rows for panel in (row.before, row.after)]
    drawn: tuple[tuple[bool, str, str, Any], ...] = (
        (any(panel.solid for panel in panels), "lesion", CONTOUR, "-"),
        (any(panel.dashed for panel in panels), "as before", CONTOUR, DASHED),
        (any(panel.diameter_mm is not None for panel in panels), "longest diameter", DIAMETER, "-"),
    )
    rim = [withStroke(linewidth=2.0, foreground="black", alpha=0.55)]
    return [
        Line2D([], [], color=colour, linestyle=dash, linewidth=1.2, label=name, path_effects=rim)
        for there, name, colour, dash in drawn
        if there
    ]


def _colour_bar(figure: Figure, sheet: _Sheet, look: PairLook) -> None:
    wide = min(60.0, sheet.width_mm - 2 * _left(sheet))
    place = ((sheet.width_mm - wide) / 2, 5.6, wide, 2.0)
    box = (
        place[0] / sheet.width_mm, place[1] / sheet.height_mm, wide / sheet.width_mm, 2.0 / sheet.height_mm
    )  # fmt: skip
    scale = ScalarMappable(Normalize(0, look.pet_max), PET_COLOURS)
    bar = figure.colorbar(scale, cax=figure.add_axes(box), orientation="horizontal", ticks=MaxNLocator(TICKS))
    bar.ax.tick_params(labelsize=SIZE, length=1.5, width=0.5, pad=1.0, colors=INK)
    bar.outline.set_linewidth(0.5)
    bar.ax.set_xlabel(f"PET, {look.pet_unit}", fontsize=SIZE, labelpad=1.0)
