"""The verification sheet: seeds found, dose given, cold regions, decision, as one printable document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

from markupsafe import Markup

from seedbed.report.legend import picture_legend
from seedbed.report.sheet import SheetHead, render_sheet
from seedbed.report.verification_facts import (
    ColdPlace,
    ContoursFrom,
    FoundSeeds,
    MigratedSeed,
    NeedleMoved,
    Place,
    SignedDecision,
    TopUp,
    TopUpNeedle,
    VolumeChange,
    WholeMoved,
)
from seedbed.report.words import Language, Say
from seedbed.verification.place import DIRECTIONS

MARK: Final = 'content="seedbed verification sheet"'
"""What tells a sheet of ours from other files."""
METRICS: Final = (
    ("D90", "Gy", "d90_gy"), ("D100", "Gy", "d100_gy"), ("V100", "%", "v100_pct"), ("V150", "%", "v150_pct"),
    ("V200", "%", "v200_pct"),
)  # fmt: skip
PICTURES: Final = ("planned_picture", "given_picture", "dvh_is")
"""Keys of the pictures of a demonstration, in their order."""
FIGURES: Final = ("overview_is", "displacement_is", "before_after_is", "cold_slices_is", "checker_is")
"""Keys of the pictures of a verification, in their order."""
NOTHING: Final = "–"


@dataclass(frozen=True)
class VerificationSheet:
    """What the sheet prints.

    Attributes
    ----------
    head : SheetHead
        Of the plan that was implanted.
    target, source : str
        Empty: there was no target, and no dose.
    prescription_gy : float or None
    seeds : FoundSeeds
    planned, given : mapping of str to float, or None
        Of the target: ``d90_gy``, ``d100_gy``, ``v100_pct``, ``v150_pct``, ``v200_pct``; None without a plan,
        or without a target.
    organs : sequence of (str, float or None, float)
        Name, D2cc planned and given, Gy.
    cold : sequence of ColdPlace
        Below the prescription, the largest first.
    least_cold_cc : float
        Smallest region that is listed.
    top_up : TopUp or None
    pictures : mapping of str to str
        Of `PICTURES` and `FIGURES`: data addresses, or SVG marked as safe.
    notes : sequence of str
        English.
    after : mapping of str to float, or None
        As ``given``, with the top-up.
    organs_after : mapping of str to float
        D2cc with the top-up by name, Gy.
    d90_gy : (low, high), optional
        5 and 95 % of D90 given.
    cold_90 : sequence of ColdPlace, or None
        Below 90 % of the prescription; None where nobody looked.
    migrated : sequence of MigratedSeed, or None
        None where nobody looked.
    whole : WholeMoved or None
    needles : sequence of NeedleMoved
    contours : ContoursFrom or None
    volume : VolumeChange or None
    no_top_up : str
        Why there is no top-up, in English.
    doubtful_pictures : sequence of str
        Data addresses of pages of seeds in doubt.
    signed : SignedDecision or None
        Empty lines stand where nobody has signed.
    """

    head: SheetHead
    target: str
    source: str
    prescription_gy: float | None
    seeds: FoundSeeds
    planned: Mapping[str, float] | None
    given: Mapping[str, float] | None
    organs: Sequence[tuple[str, float | None, float | None]]
    cold: Sequence[ColdPlace]
    least_cold_cc: float
    top_up: TopUp | None = None
    pictures: Mapping[str, str | Markup] = field(default_factory=dict)
    notes: Sequence[str] = ()
    after: Mapping[str, float] | None = None
    organs_after: Mapping[str, float] = field(default_factory=dict)
    d90_gy: tuple[float, float] | None = None
    cold_90: Sequence[ColdPlace] | None = None
    migrated: Sequence[MigratedSeed] | None = None
    whole: WholeMoved | None = None
    needles: Sequence[NeedleMoved] = ()
    contours: ContoursFrom | None = None
    volume: VolumeChange | None = None
    no_top_up: str = ""
    doubtful_pictures: Sequence[str] = ()
    signed: SignedDecision | None = None

    @property
    def tips_known(self) -> bool:
        """Whether the tip of every needle is known, so that deeper and shallower are told apart."""
        return all(each.tip_known for each in self.needles)

    @property
    def has_plan(self) -> bool:
        """Whether seeds or dose are compared with a plan."""
        return self.planned is not None or self.seeds.matched is not None


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
    return render_sheet(
        "verification.html",
        sheet.head,
        {
            "sheet": sheet,
            "found": sheet.seeds,
            "metrics": _metrics(sheet),
            "lists": _cold_lists(sheet),
            "legend": _legend(sheet),
            "place": place_words,
            "number": number,
            "difference": difference,
            "english": language == "en",
        },
        language=language,
    )


Row = tuple[str, str, float | None, float | None, float | None]


def _metrics(sheet: VerificationSheet) -> list[Row]:
    """Name, unit, and the value planned, given and with the top-up."""
    planned, given, after = (state or {} for state in (sheet.planned, sheet.given, sheet.after))
    rows = [(name, unit, planned.get(key), given.get(key), after.get(key)) for name, unit, key in METRICS]
    return [row for row in rows if any(value is not None for value in row[2:])]


def _cold_lists(sheet: VerificationSheet) -> list[tuple[str, float, Sequence[ColdPlace]]]:
    """Share of the prescription, dose and regions of each list of cold regions."""
    if sheet.given is None or sheet.prescription_gy is None:
        return []
    lists = [("100", sheet.prescription_gy, sheet.cold)]
    if sheet.cold_90 is not None:
        lists.append(("90", 0.9 * sheet.prescription_gy, sheet.cold_90))
    return lists


def _legend(sheet: VerificationSheet) -> list[tuple[str, str]]:
    """Lines of the pictures that have no legend of their own."""
    if not any(key in sheet.pictures for key in PICTURES):
        return []
    organs = [name for name, _, _ in sheet.organs]
    return picture_legend(sheet.target, organs, prescription_gy=sheet.prescription_gy)


def place_words(offset_mm: Place, say: Say, *, digits: int = 0) -> str:
    """Say in words how far a place lies from another, for a patient's right, front and feet.

    Parameters
    ----------
    offset_mm : (x, y, z)
        LPS.
    say : callable
        As from `seedbed.report.words.say_in`.
    digits : int
        Behind the point; smaller steps are left out.

    Returns
    -------
    str
        Empty where all steps are too small.

    Examples
    --------
    >>> from seedbed.report.words import say_in
    >>> place_words((-6.2, 8.4, 0.3), say_in("en")), place_words((-6.2, 8.4, 0.3), say_in("zh"))
    ('6 mm right and 8 mm posterior', '右侧 6 mm、背侧 8 mm')
    """
    parts = [
        say(f"verify.step.{names[int(step > 0)]}", mm=f"{abs(step):.{digits}f}")
        for step, names in zip(offset_mm, DIRECTIONS, strict=True)
        if abs(step) >= 10.0**-digits
    ]
    return say("plan.and").join(parts)


def number(value: float | None, digits: int = 1) -> str:
    """Write a number, or a dash where there is none.

    Examples
    --------
    >>> number(3.14159), number(None), number(float("nan")), number(-0.01)
    ('3.1', '–', '–', '0.0')
    """
    if value is None or not isfinite(value):
        return NOTHING
    return f"{round(value, digits) + 0.0:.{digits}f}"


def difference(before: float | None, after: float | None) -> str:
    """Write what was added, with its sign.

    Examples
    --------
    >>> difference(131.7, 120.3), difference(1.0, None)
    ('-11.4', '–')
    """
    if before is None or after is None or not isfinite(after - before):
        return NOTHING
    return f"{round(after - before, 1) + 0.0:+.1f}"


__all__ = [
    "FIGURES", "MARK", "PICTURES", "ColdPlace", "ContoursFrom", "FoundSeeds", "MigratedSeed", "NeedleMoved",
    "SignedDecision", "TopUp", "TopUpNeedle", "VerificationSheet", "VolumeChange", "WholeMoved", "difference",
    "number", "place_words", "verification_page",
]  # fmt: skip
