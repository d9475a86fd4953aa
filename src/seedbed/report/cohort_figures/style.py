"""One look for all figures of a cohort: widths of journals, colours that the colour-blind tell apart.

Groups differ by colour, by dash and by mark, so that a figure also reads in grey.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from seedbed.report.analysis_report import ReportFigure
from seedbed.report.plan_figures import families

SINGLE_MM: Final = 89.0
"""One column of a journal (Nature, Lancet and Frontiers lie within 4 mm of it)."""
DOUBLE_MM: Final = 183.0
"""Two columns."""
TALLEST_MM: Final = 230.0
"""A page without its caption."""
INCH_MM: Final = 25.4
PNG_DPI: Final = 300

COLOURS: Final = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#7F7F7F",
)  # fmt: skip
"""Okabe and Ito 2008, in an order that keeps neighbours apart; the last is a grey of our own. One a group."""
DASHES: Final = (
    "-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.2, 1.2, 1.2)), (0, (3, 1)), (0, (8, 2)), "-", "-",
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


@contextmanager
def journal_look() -> Iterator[None]:
    """Draw in the look of all figures, whatever was set before."""
    look: Any = {**LOOK, "font.family": families()}
    with rc_context(look), warnings.catch_warnings():
        # Where this computer lacks a font with Chinese letters, the reader's browser has one.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def new_figure(width_mm: float, height_mm: float) -> Figure:
    """Return an empty figure of a size on paper; call and draw it within `journal_look`."""
    return Figure(figsize=(width_mm / INCH_MM, height_mm / INCH_MM), layout="constrained")


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
    with journal_look():
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        picture = io.BytesIO()
        figure.set_dpi(PNG_DPI)
        FigureCanvasAgg(figure).print_png(picture, metadata={"Software": None})
    svg = text.getvalue()
    return ReportFigure(
        id=id, title=title, svg=svg[svg.index("<svg") :], png=picture.getvalue(), caption=caption
    )
