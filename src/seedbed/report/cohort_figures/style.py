"""One look for all figures of a cohort: widths of journals, colours that the colour-blind tell apart.

Groups differ by colour, by dash and by mark, so that a figure also reads in grey.
"""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from seedbed.report.analysis_report import FIGURE_WIDTHS_MM, ReportFigure
from seedbed.report.plan_figures import families

SINGLE_MM: Final = FIGURE_WIDTHS_MM["single"]
DOUBLE_MM: Final = FIGURE_WIDTHS_MM["double"]
TALLEST_MM: Final = 230.0
"""A page without its caption."""
INCH_MM: Final = 25.4
PNG_DPI: Final = 300
PNG_LEVEL: Final = 4
"""How hard a PNG is packed: a third of the time of 6, a tenth larger (local rule)."""

COLOURS: Final = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#7F7F7F", "#56B4E9", "#E69F00",
)  # fmt: skip
"""Okabe and Ito 2008, and a grey of our own. One a group; the two that are pale on white come last."""
DASHES: Final = (
    "-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.2, 1.2, 1.2)), (0, (3, 1)), (0, (8, 2)),
    (0, (4, 1, 1, 1, 1, 1)), (0, (1, 2)),
)  # fmt: skip
MARKS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")
RESPONSE_COLOURS: Final = {"CR": "#009E73", "PR": "#56B4E9", "SD": "#E69F00", "PD": "#D55E00", "": "#BBBBBB"}
"""Of the classes of response; empty for what was not assessed. Also written beside, never by colour alone."""
INK, FAINT, RULE = "#1f2933", "#6b7280", "#d1d5db"

LOOK: Final[dict[str, Any]] = {
    "font.size": 7.0,
    "axes.titlesize": 8.0,
    "axes.labelsize": 7.0,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.2,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.parse_math": False,  # names of groups are shown as they are written
    "svg.fonttype": "none",  # letters stay letters, which journals and search ask for
    "svg.hashsalt": "seedbed",
    "figure.facecolor": "white",
}


def font_families() -> list[str]:
    """Fonts of all figures."""
    return families()[:2]


@contextmanager
def missing_letters_allowed() -> Iterator[None]:
    """Keep quiet where this computer lacks a font with Chinese letters: the reader's browser has one."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


@contextmanager
def journal_look() -> Iterator[None]:
    """Draw in the look of all figures, whatever was set before."""
    look: Any = {**LOOK, "font.family": font_families()}
    with rc_context(look), missing_letters_allowed():
        yield


def new_figure(width_mm: float, height_mm: float, *, arranged: bool = True) -> Figure:
    """Return an empty figure of a size on paper; call and draw it within `journal_look`.

    Parameters
    ----------
    width_mm, height_mm : float
    arranged : bool
        Whether matplotlib finds the places of the axes; without it the caller sets them.
    """
    layout: Any = "constrained" if arranged else None
    return Figure(figsize=(width_mm / INCH_MM, height_mm / INCH_MM), layout=layout)


def settle(figure: Figure) -> Figure:
    """Find the places of the axes once, for all kinds of files; call within `journal_look`."""
    figure.set_dpi(PNG_DPI)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine(None)  # "none" would have matplotlib draw once more before it saves
    return figure


def finished(figure: Figure, *, id: str, title: str, caption: str = "") -> ReportFigure:
    """Return a figure as SVG and PNG; the same figure gives the same bytes.

    Parameters
    ----------
    figure : Figure
    id : str
        Also the name of its files.
    title : str
        What it shows; stands above it in documents and is read out to who cannot see it.
    caption : str
        All that a reader needs to understand it without the text.
    """
    with journal_look(), rc_context({"svg.hashsalt": id}):
        settle(figure)
        text = io.StringIO()
        named: Any = {"Date": None, "Creator": None, "Type": None, "Format": None}
        figure.savefig(text, format="svg", dpi=PNG_DPI, metadata=named)
        picture = io.BytesIO()
        figure.set_dpi(PNG_DPI)
        FigureCanvasAgg(figure).print_png(
            picture, metadata={"Software": None}, pil_kwargs={"compress_level": PNG_LEVEL}
        )
    svg = text.getvalue()
    return ReportFigure(
        id=id,
        title=title,
        svg=_in_a_page(svg[svg.index("<svg") :], id, title),
        png=picture.getvalue(),
        caption=caption,
    )


def _in_a_page(svg: str, id: str, title: str) -> str:
    """Begin every id with that of the figure, keep its style to itself, and say what it shows.

    Several figures stand in one page, where an id must be there once.
    """
    reference = re.compile(r'(?<= id=")|(?<=href="#)|(?<=url\(#)')
    svg = re.sub(r"<[^>]+>", lambda tag: reference.sub(f"{id}.", tag[0]), svg)
    svg = svg.replace('<style type="text/css">*{', f'<style type="text/css">[id="{id}.svg"] *{{', 1)
    return svg.replace("<svg ", f'<svg id="{id}.svg" role="img" aria-label={quoteattr(title)} ', 1)
