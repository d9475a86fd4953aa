"""Texts that fit: how wide a text is on paper, lines that a box holds, names of groups in figures."""

import re
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final, Literal

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from seedbed.cohort.frame import AnalysisSet
from seedbed.report.analysis_report import shown_text
from seedbed.report.cohort_figures.style import INCH_MM, font_families, missing_letters_allowed

Weight = Literal["normal", "bold"]
DOTS: Final = "\u2026"
LINE_MM_PER_PT: Final = 0.47
"""From one line of text to the next, for each point of its size (local rule)."""
_PIECES: Final = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\s+"
)
_DPI: Final = 720


@lru_cache(maxsize=4096)
def width_mm(text: str, size_pt: float, weight: Weight = "normal") -> float:
    """Return how wide a text is on paper, in the fonts of all figures.

    Examples
    --------
    >>> width_mm("", 7.0), width_mm("ii", 7.0) < width_mm("MM", 7.0)
    (0.0, True)
    """
    if not text:
        return 0.0
    with missing_letters_allowed():
        wide, _, _ = _renderer().get_text_width_height_descent(text, _font(size_pt, weight), ismath=False)
    return float(wide) / _DPI * INCH_MM


@cache
def _font(size_pt: float, weight: Weight) -> FontProperties:
    return FontProperties(family=font_families(), size=size_pt, weight=weight)


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(_DPI, _DPI, _DPI)


def wrapped(
    text: str, most_mm: float, size_pt: float, *, weight: Weight = "normal", lines: int = 99
) -> list[str]:
    """Break a text into lines that are no wider than a width; between words, Chinese anywhere.

    Parameters
    ----------
    text : str
    most_mm : float
    size_pt : float
    weight : {"normal", "bold"}
    lines : int
        What is beyond is left out, and three dots say so.

    Examples
    --------
    >>> wrapped("seeds and a drug", 14.0, 7.0)
    ['seeds and', 'a drug']
    """
    found = [""]
    for piece in _pieces(text, most_mm, size_pt, weight):
        longer = found[-1] + piece
        if width_mm(longer.strip(), size_pt, weight) <= most_mm or not found[-1].strip():
            found[-1] = longer
        else:
            found.append(piece)
    kept = [line.strip() for line in found if line.strip()] or [""]
    if len(kept) > lines:
        kept = [*kept[: lines - 1], shortened(" ".join(kept[lines - 1 :]), most_mm, size_pt, weight=weight)]
    return kept


def _pieces(text: str, most_mm: float, size_pt: float, weight: Weight) -> list[str]:
    """Return words, spaces and Chinese letters; a word that is too wide for a line comes in letters."""
    found: list[str] = []
    for piece in _PIECES.findall(shown_text(text)):
        found += [piece] if width_mm(piece.strip(), size_pt, weight) <= most_mm else list(piece)
    return found


def shortened(text: str, most_mm: float, size_pt: float, *, weight: Weight = "normal") -> str:
    """Return a text, or its beginning and three dots where it is too wide.

    Examples
    --------
    >>> shortened("Group A", 20.0, 7.0), shortened("Group A", 6.0, 7.0)
    ('Group A', 'Gr\u2026')
    """
    text = shown_text(text)
    if width_mm(text, size_pt, weight) <= most_mm:
        return text
    starts = [each.rstrip() + DOTS for each in accumulate(text)]
    return next((each for each in reversed(starts) if width_mm(each, size_pt, weight) <= most_mm), DOTS)


def group_names(data: AnalysisSet) -> tuple[str, ...]:
    """Name the groups as tables do, without their sizes."""
    word = "Group " if data.group_by == "arm" else ""
    return tuple(shown_text(f"{word}{name}") for name in data.groups)


def counted(number: int, one: str, more: str = "") -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "patient"), counted(12000, "patient"), counted(2, "death")
    ('1 patient', '12,000 patients', '2 deaths')
    """
    return f"{number:,} {one if number == 1 else more or one + 's'}"
