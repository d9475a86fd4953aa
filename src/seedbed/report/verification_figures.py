"""The implant as it was found beside the plan: three projections of the CT with all seeds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from textwrap import fill
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from seedbed.errors import InputError
from seedbed.geometry import Structure
from seedbed.imaging import CtVolume
from seedbed.report.cuts import CUTS, Box, Cut, FloatArray, brightest_image, frame, show, window_words, words
from seedbed.report.figures import INK, TARGET_COLOUR, _png
from seedbed.report.plan_figures import as_written
from seedbed.report.seed_marks import DOUBTFUL, EXTRA, FOUND, MISSING, PLANNED, capsule_outline, write_numbers
from seedbed.report.structure_cuts import shadow_of
from seedbed.verification import Match

DPI: Final = 160
BRIGHT: Final = (-200.0, 2500.0)
"""Window of the projections, HU; local rule."""
MARGIN_MM, LEAST_MM, FAR_MM = 10.0, 40.0, 60.0
"""About the seeds; smallest picture; seeds further from the middle of the implant are named, not drawn."""
SIDE_INCH, GAP_INCH, NUMBER_SIZE = 2.36, 0.06, 5.0
MISSING_WORDS: Final = "#ffb08a"
FEW = 40
"""Of so many seeds all have numbers; of more those that need a look. Local rule."""


@dataclass(frozen=True)
class ImplantView:
    """Found seeds on their CT, and what was planned, in the coordinates of that CT.

    Attributes
    ----------
    ct : CtVolume
        After the implantation.
    found_mm : ndarray, shape (n, 3)
    found_axes : ndarray, shape (n, 3), or None
    planned_mm : ndarray, shape (m, 3)
        None planned: (0, 3).
    match : Match or None
        None without a plan.
    target : Structure or None
    doubtful : frozenset of int
        Found seeds, from 0, that a person should look at.
    numbers : sequence of int
        Number of each found seed in its list; 1, 2, 3, ... without them.
    """

    ct: CtVolume
    found_mm: FloatArray
    found_axes: FloatArray | None = None
    planned_mm: FloatArray = field(default_factory=lambda: np.empty((0, 3)))
    match: Match | None = None
    target: Structure | None = None
    doubtful: frozenset[int] = frozenset()
    numbers: Sequence[int] = ()

    def __post_init__(self) -> None:
        for name in ("found_mm", "planned_mm"):
            places = np.asarray(getattr(self, name), dtype=float).reshape(-1, 3)
            if not np.isfinite(places).all():
                raise InputError(f"{name} with numbers that are not finite", "mm, LPS", "correct the seeds")
            object.__setattr__(self, name, places)

    def number(self, index: int) -> int:
        """Return the number of a found seed by its place in the list, from 0."""
        return self.numbers[index] if len(self.numbers) else index + 1

    @property
    def missing(self) -> list[int]:
        """Planned places without a seed, from 0."""
        return [] if self.match is None else [int(each) for each in self.match.missing]

    @property
    def extra(self) -> list[int]:
        """Found seeds without a planned place, from 0."""
        return [] if self.match is None else [int(each) for each in self.match.extra]

    @property
    def middle_mm(self) -> FloatArray:
        """Middle of the target; without one, median of all seeds; without any, middle of the CT."""
        if self.target is not None:
            middle: FloatArray = np.add(*self.target.bounds_mm) / 2
        elif len(places := np.vstack([self.found_mm, self.planned_mm])):
            middle = np.median(places, axis=0)
        else:
            middle = (self.ct.grid.lower_mm() + self.ct.grid.upper_mm()) / 2
        return middle

    @property
    def far(self) -> list[int]:
        """Found seeds that lie too far away for a picture of the implant, from 0."""
        away = np.abs(self.found_mm - self.middle_mm).max(axis=1, initial=0.0)
        return np.flatnonzero(away > self._reach).tolist()

    @property
    def _reach(self) -> float:
        """How far the picture may reach: `FAR_MM`, or a large target; twice as far where there is none."""
        if self.target is None:
            return 2 * FAR_MM
        lower, upper = self.target.bounds_mm
        return max(FAR_MM, float((upper - lower).max()) / 2 + MARGIN_MM)

    @property
    def bounds_mm(self) -> tuple[FloatArray, float]:
        """Middle and half side of the cube that is drawn."""
        places = np.vstack([self.found_mm, self.planned_mm, self.middle_mm[None]])
        if self.target is not None:
            places = np.vstack([places, *self.target.bounds_mm])
        near = places[np.abs(places - self.middle_mm).max(axis=1) <= self._reach]
        lower, upper = near.min(axis=0), near.max(axis=0)
        half = max(float((upper - lower).max()) / 2 + MARGIN_MM, LEAST_MM / 2)
        return (lower + upper) / 2, half


def found_and_planned(view: ImplantView, *, title: str = "") -> str:
    """Draw an implant from below, from the front and from the left; return a PNG as a data address.

    Behind the seeds stands the brightest voxel of the CT along each line of sight. Lines join the found seeds
    to their planned places; seeds count from 1.

    Parameters
    ----------
    view : ImplantView
    title : str

    Examples
    --------
    >>> from seedbed.geometry import VoxelGrid
    >>> ct = CtVolume(VoxelGrid((0, 0, 0), (1, 1, 5), (2, 4, 4)), np.full((2, 4, 4), 40.0, dtype=np.float32))
    >>> found_and_planned(ImplantView(ct, np.ones((1, 3))))[:22]
    'data:image/png;base64,'
    """
    wide, high = 3 * SIDE_INCH + 4 * GAP_INCH, SIDE_INCH + 0.74
    figure = Figure(figsize=(wide, high), dpi=DPI, facecolor="white")
    unnumbered = 0
    for number, cut in enumerate(CUTS):
        left = GAP_INCH + number * (SIDE_INCH + GAP_INCH)
        place = (left / wide, (high - SIDE_INCH - 0.24) / high, SIDE_INCH / wide, SIDE_INCH / high)
        unnumbered = max(unnumbered, _draw(figure.add_axes(place), view, cut))
    if title:
        as_written([figure.text(0.008, 1 - 0.05 / high, title, fontsize=9, color=INK, va="top")])
    _explain(figure, view, unnumbered)
    return _png(figure)


def _draw(axes: Axes, view: ImplantView, cut: Cut) -> int:
    centre, half = view.bounds_mm
    box = cut.box(centre, half)
    image, place = brightest_image(view.ct, cut, lower_mm=centre - half, upper_mm=centre + half)
    show(axes, image, box=place, window=BRIGHT)
    frame(axes, cut, box, size=6.5)
    words(axes, (0.03, 0.97), cut.name, fontsize=6.5, ha="left", va="top")
    if view.target is not None:
        for ring in shadow_of(view.target, cut):
            closed = np.vstack([ring, ring[:1]])
            axes.plot(closed[:, 0], closed[:, 1], color=TARGET_COLOUR, linewidth=1.2, zorder=2)
    _draw_planned(axes, view, cut)
    _draw_found(axes, view, cut)
    return _number(axes, view, cut, box)


def _draw_planned(axes: Axes, view: ImplantView, cut: Cut) -> None:
    """Rings at planned places with a seed, lines to these seeds, crosses at places without one."""
    met = np.setdiff1d(np.arange(len(view.planned_mm)), view.missing)
    ring: dict[str, Any] = {"markersize": 4.2 if len(view.planned_mm) <= FEW else 3.0, "fillstyle": "none"}
    _points(axes, cut.flat(view.planned_mm[met]), "o", color=PLANNED, markeredgewidth=0.7, zorder=2.5, **ring)
    cross: dict[str, Any] = {"color": MISSING, "markeredgecolor": "white", "markeredgewidth": 0.5}
    _points(axes, cut.flat(view.planned_mm[view.missing]), "X", markersize=6, zorder=4, **cross)
    if view.match is not None:
        starts, ends = view.planned_mm[view.match.planned], view.found_mm[view.match.found]
        pairs = np.stack([cut.flat(starts), cut.flat(ends)], axis=1)
        axes.add_collection(LineCollection(list(pairs), colors="white", linewidths=0.7, zorder=2.4))


def _draw_found(axes: Axes, view: ImplantView, cut: Cut) -> None:
    colours = _colours(view)
    if view.found_axes is None:
        places = cut.flat(view.found_mm)
        axes.scatter(places[:, 0], places[:, 1], s=12, c=colours, zorder=3)
    else:
        pairs = zip(view.found_mm, view.found_axes, strict=True)
        outlines = [capsule_outline(place, axis, cut) for place, axis in pairs]
        axes.add_collection(
            PolyCollection(outlines, facecolors=colours, edgecolors="black", linewidths=0.4, zorder=3)
        )
    frame: dict[str, Any] = {"markersize": 7.5, "fillstyle": "none", "markeredgewidth": 0.9, "zorder": 3.5}
    doubtful = sorted(view.doubtful - set(view.extra))
    _points(axes, cut.flat(view.found_mm[view.extra]), "D", color=EXTRA, **frame)
    _points(axes, cut.flat(view.found_mm[doubtful]), "s", color=DOUBTFUL, **frame)


def _points(axes: Axes, places: FloatArray, shape: str, **style: Any) -> None:
    axes.plot(places[:, 0], places[:, 1], linestyle="none", marker=shape, **style)


def _colours(view: ImplantView) -> list[str]:
    """Colour of each found seed."""
    extra = set(view.extra)
    return [
        EXTRA if n in extra else DOUBTFUL if n in view.doubtful else FOUND for n in range(len(view.found_mm))
    ]


def _number(axes: Axes, view: ImplantView, cut: Cut, box: Box) -> int:
    """Write numbers, those that need a look first; return for how many there is no room."""
    first = [*view.extra, *sorted(view.doubtful - set(view.extra))]
    rest = [] if len(view.found_mm) > FEW else [n for n in range(len(view.found_mm)) if n not in set(first)]
    far = set(view.far)
    shown = [number for number in [*first, *rest] if number not in far]
    own = _colours(view)
    colours = [own[n] for n in shown]
    places, texts = cut.flat(view.found_mm[shown]), [str(view.number(n)) for n in shown]
    missed = view.missing
    places = np.vstack([cut.flat(view.planned_mm[missed]), places])
    texts, colours = [f"P{n + 1}" for n in missed] + texts, [MISSING_WORDS] * len(missed) + colours
    return write_numbers(axes, places, texts, box=box, colours=colours, size=NUMBER_SIZE)


def _explain(figure: Figure, view: ImplantView, unnumbered: int) -> None:
    """Name the marks, the window, and what is not drawn."""
    handles, names = _marks(view)
    legend = figure.legend(
        handles, names, loc="lower left", bbox_to_anchor=(0.0, 0.2 / figure.get_figheight()), ncols=7,
        fontsize=6.5, frameon=True, facecolor="#5b6875", labelcolor="white",
        handletextpad=0.5, columnspacing=1.2, borderpad=0.35,
    )  # fmt: skip
    as_written(legend.get_texts())
    _, half = view.bounds_mm
    parts = [f"Brightest voxel through {2 * half:.0f} mm, {window_words(BRIGHT)}."]
    if far := view.far:
        parts.append(f"Beyond these pictures: found {_listed([view.number(n) for n in far])}.")
    if len(view.found_mm) > FEW:
        parts.append("Numbers stand at seeds that are in doubt, extra or missing.")
    if unnumbered:
        parts.append(f"There is no room for {unnumbered} numbers.")
    text = fill(" ".join(parts), 150, max_lines=2, placeholder=" ...")
    figure.text(0.008, 0.012, text, fontsize=6.5, color=INK, va="bottom")


def _marks(view: ImplantView) -> tuple[list[Line2D | Patch], list[str]]:
    def mark(colour: str, **style: Any) -> Line2D:
        return Line2D([], [], color=colour, linestyle="none", markersize=6, **style)

    rows: list[tuple[Line2D | Patch, str, bool]] = [
        (Patch(facecolor=FOUND, edgecolor="black"), f"found {len(view.found_mm)}", True),
        (mark(DOUBTFUL, marker="s", fillstyle="none"), f"in doubt {len(view.doubtful)}", bool(view.doubtful)),
        (
            mark(PLANNED, marker="o", fillstyle="none"),
            f"planned {len(view.planned_mm)}",
            bool(len(view.planned_mm)),
        ),
        (Line2D([], [], color="white", linewidth=1), "pair", view.match is not None),
        (mark(MISSING, marker="X"), f"missing {len(view.missing)}", bool(view.missing)),
        (mark(EXTRA, marker="D", fillstyle="none"), f"extra {len(view.extra)}", bool(view.extra)),
        (
            Line2D([], [], color=TARGET_COLOUR),
            view.target.name if view.target else "",
            view.target is not None,
        ),
    ]
    return [mark for mark, _, there in rows if there], [name for _, name, there in rows if there]


def _listed(numbers: Sequence[int] | Iterable[int]) -> str:
    shown = [str(number) for number in numbers]
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")
