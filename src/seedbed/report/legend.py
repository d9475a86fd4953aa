"""Colours and names of the lines in pictures of the CT."""

from collections.abc import Sequence

from seedbed.report.figures import ISODOSES, ORGAN_COLOURS, TARGET_COLOUR


def picture_legend(
    target: str, organs: Sequence[str], *, prescription_gy: float | None
) -> list[tuple[str, str]]:
    """Return colour and name of each line: target, organs, isodose lines.

    Examples
    --------
    >>> picture_legend("GTV", ["Cord"], prescription_gy=120.0)[2]
    ('#4aa3ff', '50 % = 60 Gy')
    """
    lines = [(TARGET_COLOUR, target)]
    lines += [(ORGAN_COLOURS[n % len(ORGAN_COLOURS)], name) for n, name in enumerate(organs)]
    if prescription_gy is not None:
        lines += [(colour, isodose_text(percent, prescription_gy)) for percent, colour in ISODOSES]
    return lines


def isodose_text(percent: float, prescription_gy: float) -> str:
    """Write an isodose line in percent and Gy.

    Examples
    --------
    >>> isodose_text(150, 120.0)
    '150 % = 180 Gy'
    """
    return f"{percent} % = {percent / 100 * prescription_gy:g} Gy"
