"""Pictures of single seeds for the eye of a person: three cuts through each seed in doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seedbed.errors import InputError
from seedbed.imaging import CtVolume
from seedbed.report.cuts import CUTS, METAL, Box, Cut, FloatArray, cut_image, frame, show, window_words, words
from seedbed.report.figures import INK, _png
from seedbed.report.plan_figures import as_written
from seedbed.report.seed_marks import DOUBTFUL, FOUND, draw_seed, write_numbers

DPI: Final = 160
HALF_MM, STEP_MM = 12.0, 0.2
NEAR_MM = 4.0
"""Other seeds are drawn this near to a cut; local rule."""
SIDE_INCH, GAP_INCH, LETTERS = 2.35, 0.06, 120
SMALL_INCH, COLUMNS, PER_PAGE, SMALL_LETTERS, CELL_INCH = 1.15, 2, 8, 84, (3.62, 1.68)
"""A page of pictures is as wide as a printed sheet: 184 mm."""


@dataclass(frozen=True)
class SeedInDoubt:
    """A found or refused seed that a person should look at.

    Attributes
    ----------
    label : str
        Its number, as in the table of seeds; of a refused one what it is called.
    position_mm : ndarray, shape (3,)
        LPS.
    axis : ndarray, shape (3,), or None
        Unit vector along the fitted capsule.
    confidence : float or None
        0 to 1.
    doubt : str
        One sentence.
    """

    label: str
    position_mm: FloatArray
    axis: FloatArray | None = None
    confidence: float | None = None
    doubt: str = ""

    def __post_init__(self) -> None:
        place = np.asarray(self.position_mm, dtype=float)
        if place.shape != (3,) or not np.isfinite(place).all():
            raise InputError(f"seed {self.label} at {place.tolist()}", "x, y and z in mm", "correct the seed")
        object.__setattr__(self, "position_mm", place)

    @property
    def caption(self) -> str:
        """Number, place and confidence in one line.

        Examples
        --------
        >>> SeedInDoubt("7", np.array([1.0, -2.25, 30.0]), confidence=0.4).caption
        'Seed 7: x 1.0, y -2.2, z 30.0 mm, confidence 0.40'
        """
        x, y, z = (self.position_mm.round(1) + 0.0).tolist()
        sure = "" if self.confidence is None else f", confidence {self.confidence:.2f}"
        return f"Seed {self.label}: x {x:.1f}, y {y:.1f}, z {z:.1f} mm{sure}"


@dataclass(frozen=True)
class _Looks:
    """How large a picture of one seed is drawn."""

    side_inch: float
    size: float
    letters: int
    others_mm: Mapping[str, FloatArray] = field(default_factory=dict)


def doubtful_seed(
    ct: CtVolume, seed: SeedInDoubt, *, others_mm: Mapping[str, FloatArray] | None = None, title: str = ""
) -> str:
    """Draw an axial, a coronal and a sagittal cut of 24 mm through a seed; return a PNG as a data address.

    Parameters
    ----------
    ct : CtVolume
        After the implantation.
    seed : SeedInDoubt
        The outline of its fitted capsule is drawn.
    others_mm : mapping of str to ndarray, shape (3,)
        Other seeds by their numbers; the seed itself, by its own number, is left out.
    title : str

    Examples
    --------
    >>> from seedbed.geometry import VoxelGrid
    >>> ct = CtVolume(VoxelGrid((0, 0, 0), (1, 1, 5), (2, 4, 4)), np.full((2, 4, 4), 40.0, dtype=np.float32))
    >>> doubtful_seed(ct, SeedInDoubt("1", np.ones(3)))[:22]
    'data:image/png;base64,'
    """
    wide = 3 * SIDE_INCH + 4 * GAP_INCH
    high = SIDE_INCH + 0.86
    figure = Figure(figsize=(wide, high), dpi=DPI, facecolor="white")
    if title:
        as_written([figure.text(0.008, 1 - 0.06 / high, title, fontsize=10, color=INK, va="top")])
    looks = _Looks(SIDE_INCH, 8.0, LETTERS, _without(others_mm, seed))
    _strip(figure, ct, seed, looks=looks, corner=(GAP_INCH, high - 0.28))
    _say_window(figure)
    return _png(figure)


def doubtful_sheet(
    ct: CtVolume,
    seeds: Sequence[SeedInDoubt],
    *,
    others_mm: Mapping[str, FloatArray] | None = None,
    title: str = "",
) -> list[str]:
    """Draw many seeds, eight on a page; return PNGs as data addresses, none for no seed.

    Parameters
    ----------
    ct : CtVolume
    seeds : sequence of SeedInDoubt
    others_mm, title
        As for `doubtful_seed`.
    """
    pages = [seeds[at : at + PER_PAGE] for at in range(0, len(seeds), PER_PAGE)]
    return [_png(_page(ct, page, others_mm, title)) for page in pages]


def _page(
    ct: CtVolume, seeds: Sequence[SeedInDoubt], others_mm: Mapping[str, FloatArray] | None, title: str
) -> Figure:
    rows = -(-len(seeds) // COLUMNS)
    wide, high = COLUMNS * CELL_INCH[0], rows * CELL_INCH[1] + (0.3 if title else 0.13)
    figure = Figure(figsize=(wide, high), dpi=DPI, facecolor="white")
    if title:
        as_written([figure.text(0.008, 1 - 0.04 / high, title, fontsize=9, color=INK, va="top")])
    for number, seed in enumerate(seeds):
        corner = (
            number % COLUMNS * CELL_INCH[0] + GAP_INCH,
            (rows - number // COLUMNS) * CELL_INCH[1] + 0.08,
        )
        looks = _Looks(SMALL_INCH, 6.0, SMALL_LETTERS, _without(others_mm, seed))
        _strip(figure, ct, seed, looks=looks, corner=corner)
    _say_window(figure)
    return figure


def _say_window(figure: Figure) -> None:
    wide, high = figure.get_size_inches()
    said = f"cuts of {2 * HALF_MM:.0f} mm, {window_words(METAL)}"
    figure.text(1 - GAP_INCH / wide, 0.03 / high, said, fontsize=6, color=INK, ha="right", va="bottom")


def _without(others: Mapping[str, FloatArray] | None, seed: SeedInDoubt) -> dict[str, FloatArray]:
    return {label: place for label, place in (others or {}).items() if label != seed.label}


def _strip(
    figure: Figure, ct: CtVolume, seed: SeedInDoubt, *, looks: _Looks, corner: tuple[float, float]
) -> None:
    """Draw the three cuts of one seed below a corner, left and top, inches; its words stand below them."""
    wide, high = figure.get_size_inches()
    for number, cut in enumerate(CUTS):
        left = corner[0] + number * (looks.side_inch + GAP_INCH)
        place = (
            left / wide,
            (corner[1] - looks.side_inch) / high,
            looks.side_inch / wide,
            looks.side_inch / high,
        )
        _draw_cut(figure.add_axes(place), ct, seed, cut=cut, looks=looks)
    line = looks.size * 1.35 / 72
    below = corner[1] - looks.side_inch - 0.05
    rows = wrap(seed.doubt, looks.letters, max_lines=2, placeholder=" ...")
    lines = [
        figure.text(corner[0] / wide, below / high, seed.caption, fontsize=looks.size, color=INK, va="top")
    ]
    lines[0].set_fontweight("bold")
    for number, row in enumerate(rows, start=1):
        y = (below - number * line) / high
        lines.append(figure.text(corner[0] / wide, y, row, fontsize=looks.size, color=INK, va="top"))
    as_written(lines)


def _draw_cut(axes: Axes, ct: CtVolume, seed: SeedInDoubt, *, cut: Cut, looks: _Looks) -> None:
    box = cut.box(seed.position_mm, HALF_MM)
    show(
        axes, cut_image(ct, cut, through_mm=seed.position_mm, box=box, step_mm=STEP_MM), box=box, window=METAL
    )
    frame(axes, cut, box, size=looks.size)
    _draw_others(axes, seed, cut, box, looks)
    draw_seed(
        axes, cut, seed.position_mm, seed.axis,
        facecolor="none", edgecolor=DOUBTFUL, linewidth=1.3, zorder=3,
    )  # fmt: skip
    words(axes, (0.03, 0.97), cut.name, fontsize=looks.size, ha="left", va="top")
    if not ct.grid.contains(seed.position_mm[None])[0]:
        words(axes, (0.5, 0.25), "outside the CT", fontsize=looks.size, ha="center", va="center")


def _draw_others(axes: Axes, seed: SeedInDoubt, cut: Cut, box: Box, looks: _Looks) -> None:
    """Mark the other seeds near the cut with their numbers."""
    near = {
        label: cut.flat(np.asarray(place))[0]
        for label, place in looks.others_mm.items()
        if abs(float(np.asarray(place)[cut.normal] - seed.position_mm[cut.normal])) <= NEAR_MM
    }
    inside = {
        label: place
        for label, place in near.items()
        if box[0] < place[0] < box[1] and box[2] < place[1] < box[3]
    }
    if not inside:
        return
    places = np.array(list(inside.values()))
    axes.plot(places[:, 0], places[:, 1], linestyle="none", marker="+", markersize=4, color=FOUND, zorder=3)
    colours = [FOUND] * len(inside)
    write_numbers(axes, places, list(inside), box=box, colours=colours, size=looks.size - 0.5)
