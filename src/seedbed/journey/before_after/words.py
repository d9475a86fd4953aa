"""What stands over, under and in the caption of a pair: when, where, how matched, how well. No names."""

from datetime import date, datetime
from typing import Final

import numpy as np

from seedbed.dicom import CtSeries
from seedbed.geometry import Structure, axial_diameters
from seedbed.imaging.registration_quality import GOOD
from seedbed.journey.before_after.matching import Match
from seedbed.journey.before_after.planes import MatchedPlane
from seedbed.journey.before_after.question import BeforeAfterQuestion
from seedbed.journey.before_after.reading import Pair
from seedbed.report.cuts import window_words

UNITS: Final = {"suv": "SUV by body weight (g/mL)", "bqml": "activity (Bq/mL)"}
TURNED_DEG = 0.05
"""A smaller turn is not told; local rule."""
WHY: Final = {
    "lesion": (
        "The planes go through the largest section of the contour on the CT before and halfway from it "
        "to its ends."
    ),
    "place": "The planes go through places that the author chose.",
    "seeds": "The program chose the planes: at quarters of the heights of the seeds found on the CT after.",
}


def day_of_study(ct: CtSeries) -> date | None:
    """Return the day of the study; None where the files state none that can be read.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> day_of_study(SimpleNamespace(identity=SimpleNamespace(study_date="20260302")))
    datetime.date(2026, 3, 2)
    """
    try:
        return datetime.strptime(ct.identity.study_date.replace(".", ""), "%Y%m%d").date()
    except ValueError:
        return None


def heads(
    before: date | None, after: date | None, *, dates: bool, implant_on: date | None
) -> tuple[str, str]:
    """Say when each side was scanned: by its day, by days from the implantation, or by days between.

    Examples
    --------
    >>> days = date(2026, 3, 2), date(2026, 5, 1)
    >>> heads(*days, dates=True, implant_on=None)
    ('Before: 2026-03-02', 'After: 2026-05-01')
    >>> heads(*days, dates=False, implant_on=date(2026, 3, 5))
    ('Before: 3 days before the implant', 'After: day 57 after the implant')
    >>> heads(*days, dates=False, implant_on=None)
    ('Before', 'After: 60 days later')
    """
    if dates:
        first, second = ("not dated" if day is None else day.isoformat() for day in (before, after))
        return f"Before: {first}", f"After: {second}"
    if implant_on is not None:
        first, second = (_from_implant(day, implant_on) for day in (before, after))
        return f"Before: {first}", f"After: {second}"
    if before is None or after is None:
        return "Before", "After"
    return "Before", f"After: {_days((after - before).days)} later"


def _from_implant(day: date | None, implant_on: date) -> str:
    if day is None:
        return "not dated"
    days = (day - implant_on).days
    if days < 0:
        return f"{_days(-days)} before the implant"
    return f"day {days} after the implant" if days else "day of the implant"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def match_words(match: Match) -> str:
    """Say in one line how the two were matched and how well.

    The line stands on the figure itself, so that it goes where the figure goes.
    """
    how = "rigid registration" if match.by == "registration" else "shared frame of reference"
    error = "error there and back" if match.by == "registration" else "a registration differs by"
    return f"Matched by {how}: {error} {match.error_mm:.1f} mm, {match.grade}"


def caption(
    question: BeforeAfterQuestion,
    pair: Pair,
    match: Match,
    planes: tuple[MatchedPlane, ...],
    *,
    pet_max: float | None,
) -> str:
    """All that a reader needs to understand the figure without the text."""
    said = [
        _first(planes),
        WHY[planes[0].place.why],
        _matched(match),
        _resampled(pair, match),
        f"All panels: CT {window_words(question.window_hu)}, field {_side(planes[0]):.0f} mm.",
        "Seen from the feet; R and L, A and P: the patient's right and left, front and back.",
        *_lines(pair, planes),
    ]
    if pet_max is not None:
        said.append(_pet_words(question, pet_max))
    return " ".join(said)


def _first(planes: tuple[MatchedPlane, ...]) -> str:
    heights = ", ".join(
        f"{plane.place.z_mm:.1f} mm" + (" (largest section)" if plane.place.main else "") for plane in planes
    )
    word = "plane" if len(planes) == 1 else "planes"
    return (
        f"CT before (left) and after (right) at the same {word} of the patient, z {heights} on the CT before."
    )


def _matched(match: Match) -> str:
    quality = match.quality
    agree = [f"correlation of soft tissue {quality.correlation_after:.2f}"]
    if quality.bone_overlap_after is not None:
        agree.append(f"overlap of bone {quality.bone_overlap_after:.2f}")
    agreed = " and ".join(agree)
    if match.by == "frame":
        return (
            "The two were matched by the frame of reference that they share, without moving either; a rigid "
            f"registration would move the place by {match.error_mm:.1f} mm ({agreed}; {match.grade})."
        )
    return (
        "The CT after was laid on the CT before by rigid registration (mutual information): shift "
        f"{np.linalg.norm(quality.shift_mm):.1f} mm, turn {match.rigid.angle_deg:.1f} degrees, residual "
        f"error (there and back) {match.error_mm:.1f} mm ({agreed}; {match.grade}). What bends or swells is "
        "not matched."
    )


def _resampled(pair: Pair, match: Match) -> str:
    thick = [side.ct.volume.grid.spacing_mm[2] for side in (pair.before, pair.after)]
    tilt = match.tilt_deg
    oblique = f", {tilt:.1f} degrees oblique to its slices" if tilt >= TURNED_DEG else ""
    return (
        f"Slices lie {thick[0]:.1f} mm apart before and {thick[1]:.1f} mm after; the CT after is resampled "
        f"in the planes of the CT before{oblique}."
    )


def _side(plane: MatchedPlane) -> float:
    left, right, _, _ = plane.box_mm
    return right - left


def _lines(pair: Pair, planes: tuple[MatchedPlane, ...]) -> list[str]:
    before, after = pair.before.lesion, pair.after.lesion
    if before is None:
        return []
    said = ["Blue line: contour of the lesion on each CT; dashed after: the contour as it was before."]
    if after is None:
        said = ["Blue line: contour of the lesion before; dashed after: the same contour, carried over."]
    if any(plane.before.diameter_mm is not None for plane in planes):
        said.append("Yellow line: longest diameter of the contour in the plane shown.")
    lengths = [longest_mm(each) for each in (before, after) if each is not None]
    told = f"The longest diameter in any axial plane of its own CT is {lengths[0]:.1f} mm before"
    if len(lengths) > 1:
        told += f" and {lengths[1]:.1f} mm after ({100 * (lengths[1] / lengths[0] - 1):+.0f} %)"
    return [*said, f"{told}."]


def longest_mm(lesion: Structure) -> float:
    """Longest diameter in any axial plane, as RECIST 1.1 measures."""
    return axial_diameters(lesion).longest_mm


def _pet_words(question: BeforeAfterQuestion, pet_max: float) -> str:
    said = (
        f"PET: {UNITS[question.pet_unit]} on one scale from 0 to {pet_max:g}, clear up to a tenth of "
        "it, laid on the CT of the same examination by their frame of reference."
    )
    if question.pet_unit == "bqml":
        said += (
            " Bq/mL depend on the activity injected and the time since: do not compare the two in numbers."
        )
    return said


def is_good(match: Match) -> bool:
    """Whether nothing about the match needs a second look."""
    return match.grade == GOOD
