"""The loading of a needle as a drawing: tip, spacers and seeds in their order, to scale."""

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from seedbed.planning.needle_table import NeedleRow

TIP_MM, HIGH_MM, LABEL_MM, WIDE_MM, LABELLED_MM = 4.0, 4.0, 2.8, 60.0, 4.5
"""Tip, tube, letters, least width of the drawing, shortest spacer with its length in it; mm of the needle."""
INK: Final = "#1f2933"
LINE: Final = f'stroke="{INK}" stroke-width="0.15"'


def loading_figure(row: NeedleRow, letters: Mapping[str, str], *, longest_mm: float) -> Markup:
    """Draw what lies on one needle, the tip at the left; return SVG.

    Parameters
    ----------
    row : NeedleRow
    letters : mapping of str to str
        Letter of each strength, in U to three decimals; empty where all seeds are as strong.
    longest_mm : float
        Length of the longest loading, so that all needles have one scale.
    """
    parts = [
        f'<polygon points="0,{HIGH_MM / 2:g} {TIP_MM:g},0 {TIP_MM:g},{HIGH_MM:g}" fill="#ffffff" {LINE}/>'
    ]
    at, seed = TIP_MM, 0
    for part in row.loading:
        if part.kind == "seed":
            letter = letters.get(f"{row.strengths_u[seed]:.3f}", "")
            parts.append(_seed(at, part.length_mm, str(row.seeds[seed]), letter))
            seed += 1
        else:
            parts.append(_spacer(at, part.length_mm))
        at += part.length_mm
    size = f"{TIP_MM + max(longest_mm, WIDE_MM) + 0.6:.1f} {HIGH_MM + LABEL_MM + 0.9:.1f}"
    return Markup(  # noqa: S704 - numbers, and letters of ours
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-0.3 -0.3 {size}">{"".join(parts)}</svg>'
    )


def _seed(at: float, length: float, number: str, letter: str) -> str:
    """Draw a filled seed, its letter in it and its number below."""
    inside = _text(at + length / 2, HIGH_MM * 0.72, letter, "#ffffff") if letter else ""
    return f"{_box(at, length, INK)}{inside}{_text(at + length / 2, HIGH_MM + LABEL_MM, number, INK)}"


def _spacer(at: float, length: float) -> str:
    """Draw an empty spacer with its length in it, where there is room."""
    label = f"{length:.1f}" if length >= LABELLED_MM else ""
    return _box(at, length, "#ffffff") + (_text(at + length / 2, HIGH_MM * 0.72, label, INK) if label else "")


def _box(at: float, length: float, colour: str) -> str:
    return f'<rect x="{at:.2f}" y="0" width="{length:.2f}" height="{HIGH_MM:g}" fill="{colour}" {LINE}/>'


def _text(at: float, down: float, text: str, colour: str) -> str:
    return (
        f'<text x="{at:.2f}" y="{down:.2f}" font-size="{LABEL_MM:g}" font-family="sans-serif" '
        f'text-anchor="middle" fill="{colour}">{text}</text>'
    )
