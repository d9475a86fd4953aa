"""Small pictures of single seeds for a row on the screen: three cuts, side by side, without words below."""

from io import BytesIO
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from seedbed.imaging import CtVolume
from seedbed.report.cuts import CUTS, METAL, FloatArray, cut_image, frame, show, words
from seedbed.report.seed_marks import DOUBTFUL, draw_seed

HALF_MM, STEP_MM = 9.0, 0.2
SIDE_INCH, GAP_INCH, DPI, LETTERS = 1.2, 0.02, 120, 6.0
"""432 by 144 pixels: sharp where a screen shows it at half the size (local rule)."""
OUTLINE: Final = {"facecolor": "none", "edgecolor": DOUBTFUL, "linewidth": 1.0, "zorder": 3}


def seed_thumb(ct: CtVolume, position_mm: FloatArray, axis: FloatArray | None) -> bytes:
    """Draw an axial, a coronal and a sagittal cut of 18 mm through a seed.

    Parameters
    ----------
    ct : CtVolume
        After the implantation.
    position_mm : ndarray, shape (3,)
        Centre of the seed, LPS.
    axis : ndarray, shape (3,), or None
        Unit vector along it; a dot marks a seed without one.

    Returns
    -------
    bytes
        A PNG.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.geometry import VoxelGrid
    >>> ct = CtVolume(VoxelGrid((0, 0, 0), (1, 1, 5), (2, 4, 4)), np.full((2, 4, 4), 40.0, dtype=np.float32))
    >>> seed_thumb(ct, np.ones(3), None)[1:4]
    b'PNG'
    """
    wide = len(CUTS) * SIDE_INCH + (len(CUTS) - 1) * GAP_INCH
    figure = Figure(figsize=(wide, SIDE_INCH), dpi=DPI, facecolor="black")
    canvas = FigureCanvasAgg(figure)
    for number, cut in enumerate(CUTS):
        left = number * (SIDE_INCH + GAP_INCH) / wide
        axes = figure.add_axes((left, 0.0, SIDE_INCH / wide, 1.0))
        box = cut.box(position_mm, HALF_MM)
        show(
            axes, cut_image(ct, cut, through_mm=position_mm, box=box, step_mm=STEP_MM), box=box, window=METAL
        )
        frame(axes, cut, box, size=LETTERS)
        draw_seed(axes, cut, position_mm, axis, **OUTLINE)
        words(axes, (0.03, 0.97), cut.name, fontsize=LETTERS, ha="left", va="top")
    octets = BytesIO()
    canvas.print_png(octets)
    return octets.getvalue()
