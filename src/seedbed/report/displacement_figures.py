"""How far the seeds lie from the plan: by needle, and all of them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from seedbed.errors import InputError
from seedbed.report.cuts import FloatArray, short_name
from seedbed.report.figures import FAINT, INK, _png
from seedbed.report.plan_figures import as_written
from seedbed.report.verification_facts import NeedleMoved

DPI: Final = 160
ALONG, ACROSS = "#0072b2", "#e69f00"
WIDE_INCH, ROW_INCH, MOST_ROWS = 7.25, 0.2, 24
SHOWN_NAME, BELOW_INCH = 16, 0.72
WORDS = ("along (+ towards the tip)", "across")
UNSIGNED_WORDS = ("along (tip not known: without sign)", "across")


def displacement_figure(needles: Sequence[NeedleMoved], distances_mm: FloatArray, *, title: str = "") -> str:
    """Draw displacement by needle as bars and of all seeds as a histogram; return a PNG as a data address.

    Parameters
    ----------
    needles : sequence of NeedleMoved
        Of more than 24 those are drawn that lack seeds or moved most. None: the histogram alone.
    distances_mm : ndarray, shape (k,)
        Of the matched seeds from their planned places.
    title : str

    Raises
    ------
    InputError
        Distances that are negative or not finite.

    Examples
    --------
    >>> displacement_figure([NeedleMoved("N1", 4, 3, 1, 2.0, -1.5, 1.3)], np.array([1.0, 2, 3]))[:22]
    'data:image/png;base64,'
    """
    distances = np.asarray(distances_mm, dtype=float).ravel()
    if not (np.isfinite(distances) & (distances >= 0)).all():
        raise InputError(
            "distances that are negative or no numbers", "mm, zero or more", "match the seeds again"
        )
    shown = _shown(needles)
    above = 0.55 if title else 0.3
    high = above + max(1.4, ROW_INCH * len(shown)) + BELOW_INCH
    figure = Figure(figsize=(WIDE_INCH, high), dpi=DPI, facecolor="white")
    bottom, tall = BELOW_INCH / high, (high - above - BELOW_INCH) / high
    if shown:
        left = figure.add_axes((1.05 / WIDE_INCH, bottom, 2.6 / WIDE_INCH, tall))
        _bars(left, shown, len(needles))
        labels = WORDS if all(each.tip_known for each in shown) else UNSIGNED_WORDS
        figure.legend(
            handles=left.patches[:: len(shown)], labels=labels, fontsize=6.5, frameon=False, ncols=2,
            loc="lower center", bbox_to_anchor=(2.35 / WIDE_INCH, 0.0),
        )  # fmt: skip
    start = 5.15 if shown else 0.55
    _histogram(
        figure.add_axes((start / WIDE_INCH, bottom, (WIDE_INCH - start - 0.15) / WIDE_INCH, tall)), distances
    )
    if title:
        as_written([figure.text(0.008, 1 - 0.05 / high, title, fontsize=9, color=INK, va="top")])
    return _png(figure)


def _shown(needles: Sequence[NeedleMoved]) -> list[NeedleMoved]:
    """Return the needles to draw, in their order."""
    if len(needles) <= MOST_ROWS:
        return list(needles)
    worst = sorted(range(len(needles)), key=lambda n: (-needles[n].missing, -(needles[n].mean_mm or 0.0)))[
        :MOST_ROWS
    ]
    return [needles[n] for n in sorted(worst)]


def _bars(axes: Axes, needles: Sequence[NeedleMoved], count: int) -> None:
    rows = np.arange(len(needles))
    along = np.array([each.along_mm or 0.0 for each in needles])
    across = np.array([each.across_mm or 0.0 for each in needles])
    axes.barh(
        rows - 0.2,
        along,
        height=0.36,
        color=ALONG,
    )
    axes.barh(rows + 0.2, across, height=0.36, color=ACROSS, hatch="///", edgecolor="white")
    reach = max(2.0, float(np.abs([along, across]).max()))
    low = min(0.0, 1.15 * float(along.min()))
    axes.set_xlim(low, 1.1 * reach)
    names = axes.set_yticks(rows, [short_name(each.needle, SHOWN_NAME) for each in needles], fontsize=7)
    as_written(tick.label1 for tick in names)
    for row, each in enumerate(needles):
        words = _beside(each)
        colour = "#a03c00" if each.missing else INK
        axes.text(
            1.02, row, words, fontsize=6.5, color=colour, va="center", transform=axes.get_yaxis_transform()
        )
    axes.text(
        1.02, -0.85, "found", fontsize=6.5, color=INK, va="center", transform=axes.get_yaxis_transform()
    )
    axes.set_ylim(len(needles) - 0.4, -0.6)
    axes.axvline(0, color=INK, linewidth=0.8)
    title = "by needle" if count == len(needles) else f"of {len(needles)} of {count} needles"
    _plain(axes, f"Mean displacement {title}", "mm")


def _beside(needle: NeedleMoved) -> str:
    found = f"{needle.found} of {needle.seeds}"
    return f"{found}, {needle.missing} missing" if needle.missing else found


def _histogram(axes: Axes, distances: FloatArray) -> None:
    axes.set_ylabel("seeds", fontsize=7.5, color=INK)
    if not distances.size:
        _plain(axes, "All matched seeds", "distance from the plan, mm")
        axes.set(xticks=[], yticks=[])
        axes.text(
            0.5, 0.5, "no seed was matched", ha="center", fontsize=9, color=INK, transform=axes.transAxes
        )
        return
    last = max(4, int(np.ceil(distances.max() + 1e-9)))
    width = 1 if last <= 25 else int(np.ceil(last / 25))
    axes.hist(
        distances, bins=np.arange(0, last + width + 1, width).tolist(), color="#9dbfd8", edgecolor="white"
    )
    mean = float(distances.mean())
    axes.axvline(mean, color=ALONG, linewidth=1.6)
    axes.axvline(float(distances.max()), color=FAINT, linewidth=1.2, linestyle="--")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    seeds = "1 seed" if len(distances) == 1 else f"{len(distances)} seeds"
    said = f"{seeds}: mean {mean:.1f}, largest {distances.max():.1f} mm"
    _plain(axes, said, "distance from the plan, mm")


def _plain(axes: Axes, title: str, across: str) -> None:
    axes.set_title(title, fontsize=8, color=INK, loc="left")
    axes.set_xlabel(across, fontsize=7.5, color=INK)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
