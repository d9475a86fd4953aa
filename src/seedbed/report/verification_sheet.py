"""The verification sheet: seeds found, dose given, cold regions, as one printable page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from seedbed.report.legend import picture_legend
from seedbed.report.sheet import SheetHead, render_sheet
from seedbed.report.words import Language

MARK: Final = 'content="seedbed verification sheet"'
"""What tells a sheet of ours from other files."""
METRICS: Final = (
    ("D90", "Gy", "d90_gy"), ("D100", "Gy", "d100_gy"), ("V100", "%", "v100_pct"), ("V150", "%", "v150_pct"),
    ("V200", "%", "v200_pct"),
)  # fmt: skip
PICTURES: Final = ("planned_picture", "given_picture", "dvh_is")
"""Keys of the pictures, in their order."""


@dataclass(frozen=True)
class FoundSeeds:
    """Seeds on the CT after implantation.

    Attributes
    ----------
    implanted, found : int
    matched : int
        Found near a planned place.
    missing, extra : int
        Planned places without a seed, and seeds away from every planned place.
    mean_mm, most_mm : float or None
        Distance of matched seeds from their places; None where none is matched.
    """

    implanted: int
    found: int
    matched: int
    missing: int
    extra: int
    mean_mm: float | None = None
    most_mm: float | None = None

    @property
    def adds_up(self) -> bool:
        """Whether each seed implanted was found, near its own place.

        Examples
        --------
        >>> FoundSeeds(19, 19, 19, 0, 0).adds_up, FoundSeeds(19, 18, 18, 1, 0).adds_up
        (True, False)
        """
        return self.implanted == self.found and not self.missing and not self.extra


@dataclass(frozen=True)
class ColdPlace:
    """A connected part of the target below the prescription dose; mm in LPS."""

    volume_cc: float
    least_gy: float
    coldest_mm: tuple[float, float, float]
    z_mm: tuple[float, float]


@dataclass(frozen=True)
class TopUp:
    """Further seeds that were proposed, and what all seeds give with them."""

    seeds: int
    needles: int
    d90_gy: float
    v100_pct: float
    short_hash: str


@dataclass(frozen=True)
class VerificationSheet:
    """What the sheet prints.

    Attributes
    ----------
    head : SheetHead
        Of the plan that was implanted.
    target, source : str
    prescription_gy : float
    seeds : FoundSeeds
    planned, given : mapping of str to float
        Of the target: ``d90_gy``, ``d100_gy``, ``v100_pct``, ``v150_pct``, ``v200_pct``.
    organs : sequence of (str, float, float)
        Name, D2cc planned and given, Gy.
    cold : sequence of ColdPlace
    least_cold_cc : float
        Smallest region that is listed.
    top_up : TopUp or None
    pictures : mapping of str to str
        Of `PICTURES`: data addresses, or SVG marked as safe.
    notes : sequence of str
    """

    head: SheetHead
    target: str
    source: str
    prescription_gy: float
    seeds: FoundSeeds
    planned: Mapping[str, float]
    given: Mapping[str, float]
    organs: Sequence[tuple[str, float, float]]
    cold: Sequence[ColdPlace]
    least_cold_cc: float
    top_up: TopUp | None = None
    pictures: Mapping[str, str | Markup] = field(default_factory=dict)
    notes: Sequence[str] = ()


def verification_page(sheet: VerificationSheet, *, language: Language = "en") -> str:
    """Write the sheet as one HTML page (A4) that needs nothing else.

    Parameters
    ----------
    sheet : VerificationSheet
    language : {"en", "zh"}

    Returns
    -------
    str
        HTML.
    """
    organs = [name for name, _, _ in sheet.organs]
    return render_sheet(
        "verification.html",
        sheet.head,
        {
            "sheet": sheet,
            "found": sheet.seeds,
            "metrics": [(name, unit, sheet.planned[key], sheet.given[key]) for name, unit, key in METRICS],
            "legend": picture_legend(sheet.target, organs, prescription_gy=sheet.prescription_gy),
            "english": language == "en",
        },
        language=language,
    )
