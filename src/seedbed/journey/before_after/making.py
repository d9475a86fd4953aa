"""Match a pair of CTs, and write its figure."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from seedbed.geometry import RigidTransform
from seedbed.geometry.grid import FloatArray
from seedbed.journey.before_after.matching import Match, match_pair
from seedbed.journey.before_after.oblique import corners_of
from seedbed.journey.before_after.places import (
    Place,
    certain_seeds,
    check_enough,
    field_of,
    through_lesion,
    through_places,
    through_seeds,
)
from seedbed.journey.before_after.planes import MatchedPlane, PlaneView, matched_plane
from seedbed.journey.before_after.question import BeforeAfterQuestion, check_question
from seedbed.journey.before_after.reading import Pair, read_pair
from seedbed.journey.before_after.words import (
    UNITS,
    caption,
    day_of_study,
    heads,
    is_good,
    longest_mm,
    match_words,
)
from seedbed.journey.places import check_place, staged
from seedbed.journey.progress import Progress, silent
from seedbed.journey.single_file import sha256
from seedbed.report import NOTICE
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.pair_figure import PairLook, PairPanel, PairRow, pair_figure
from seedbed.report.cohort_figures.style import DOUBLE_MM, SINGLE_MM

RECORD, NAME = "before_after.json", "before_after"
STEPS: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Ends of a colour scale, times a power of ten."""
ONE_COLUMN_LINE, TWO_COLUMN_LINE = 72, 150
"""Letters in a line under the pictures."""


@dataclass(frozen=True)
class MatchedPair:
    """A pair at matched planes: all that a picture, of whatever kind, needs.

    Attributes
    ----------
    pair : Pair
        What was read.
    match : Match
        How the two lie on each other, with its quality.
    planes : tuple of MatchedPlane
        Arrays and affine matrices.
    heads : (str, str)
        When each was scanned.
    pet_max : float or None
        Upper end of the colour scale.
    caption : str
    notes : tuple of str
        For the user, not for the figure: they may name files.
    """

    pair: Pair
    match: Match
    planes: tuple[MatchedPlane, ...]
    heads: tuple[str, str]
    pet_max: float | None
    caption: str
    notes: tuple[str, ...]


def match_planes(question: BeforeAfterQuestion, progress: Progress = silent) -> MatchedPair:
    """Read a pair, lay one CT on the other, and cut both at the same planes; nothing is written.

    Parameters
    ----------
    question : BeforeAfterQuestion
        Its folder ``out`` is not used.
    progress : callable
        Called with the step in words, what is done and what there is in all.

    Raises
    ------
    SeedbedError
        Any input that cannot be used, two patients, CTs that do not match.
    """
    check_question(question)
    pair = read_pair(question, progress)
    seeds = _place_known(question, pair, progress)
    match = match_pair(pair, question.at_mm, question.match_by, progress)
    return cut_pair(question, pair, match, _places(question, pair, match, seeds), progress)


def cut_pair(
    question: BeforeAfterQuestion,
    pair: Pair,
    match: Match,
    places: tuple[Place, ...],
    progress: Progress = silent,
) -> MatchedPair:
    """Cut a pair that was read and matched at planes, and say what is seen.

    Parameters
    ----------
    question : BeforeAfterQuestion
        Its folders are not read.
    pair : Pair
    match : Match
    places : tuple of Place
        At least one.
    progress : callable

    Raises
    ------
    ImageError
        A plane of which one side shows nothing.
    """
    notes: list[str] = []
    field = question.field_mm or field_of(_lesions_mm(pair, match))
    planes = []
    for number, place in enumerate(places):
        progress("Cutting planes", number, len(places))
        planes.append(matched_plane(pair, match, place, field_mm=field))
    shown = tuple(planes)
    pet_max = _pet_max(question, shown)
    days = (day_of_study(pair.before.ct), day_of_study(pair.after.ct))
    over = heads(*days, dates=question.dates, implant_on=question.implant_on)
    said = caption(question, pair, match, shown, pet_max=pet_max)
    if not is_good(match):
        notes.append(f"Look closely before you use this figure. {match_words(match)}.")
    if pair.after.lesion is not None and not any(plane.after.rings for plane in shown):
        notes.append("The lesion on the CT after lies in none of the planes shown.")
    if shown[0].place.why == "seeds":
        notes.append("No place was given: the planes lie where seeds were found on the CT after.")
    return MatchedPair(pair, match, shown, over, pet_max, said, (*notes, *pair.notes))


def draw_before_after(question: BeforeAfterQuestion, progress: Progress = silent) -> dict[str, Any]:
    """Draw a pair at matched planes; write figure and record, or nothing.

    Parameters
    ----------
    question : BeforeAfterQuestion
    progress : callable

    Returns
    -------
    dict
        What ``before_after.json`` holds, and the notes for the user.

    Raises
    ------
    SeedbedError
        As `match_planes`; a folder that holds something else.
    """
    check_question(question)
    check_place(question.out, RECORD)
    with staged(question.out, holds=RECORD) as stage:
        matched = match_planes(question, progress)
        progress("Drawing", 0, 1)
        figure = figure_of(matched, question)
        document = _written(stage, figure, matched, question)
    return {**document, "notes": list(matched.notes)}


def figure_of(matched: MatchedPair, question: BeforeAfterQuestion) -> ReportFigure:
    """Draw a matched pair."""
    single = question.width == "single"
    footer = _broken(match_words(matched.match), ONE_COLUMN_LINE if single else TWO_COLUMN_LINE)
    look = PairLook(
        window_hu=question.window_hu, heads=matched.heads, width_mm=SINGLE_MM if single else DOUBLE_MM,
        pet_max=matched.pet_max, pet_unit=UNITS[question.pet_unit], footer=footer,
    )  # fmt: skip
    return pair_figure([_row(plane) for plane in matched.planes], look, caption=matched.caption)


def _lesions_mm(pair: Pair, match: Match) -> list[FloatArray]:
    """Return the corners of the boxes about the lesions, on the CT before."""
    motions = ((pair.before, RigidTransform.none()), (pair.after, match.rigid.inverse()))
    return [corners_of(side.lesion, motion) for side, motion in motions if side.lesion is not None]


def _place_known(question: BeforeAfterQuestion, pair: Pair, progress: Progress) -> FloatArray:
    """Refuse a pair without a place to show, before anything takes long; return seeds where they decide.

    Returns
    -------
    ndarray, shape (n, 3)
        Certain seeds on the CT after; none where a place or a lesion was given.
    """
    if question.at_mm:
        through_places(question.at_mm, pair.before.ct.volume.grid)
    if question.at_mm or pair.before.lesion is not None:
        return np.empty((0, 3))
    seeds = certain_seeds(pair.after.ct.volume, progress)
    check_enough(len(seeds))
    return seeds


def _places(
    question: BeforeAfterQuestion, pair: Pair, match: Match, seeds_mm: FloatArray
) -> tuple[Place, ...]:
    grid = pair.before.ct.volume.grid
    if question.at_mm:
        return through_places(question.at_mm, grid)
    if pair.before.lesion is not None:
        return through_lesion(pair.before.lesion, grid)
    return through_seeds(match.rigid.inverse().apply(seeds_mm), grid)


def _pet_max(question: BeforeAfterQuestion, planes: tuple[MatchedPlane, ...]) -> float | None:
    """Return the end of the colour scale: what was asked for, or the largest value shown, rounded up."""
    if not question.has_pet:
        return None
    if question.pet_max is not None:
        return question.pet_max
    shown = [view.pet for plane in planes for view in (plane.before, plane.after) if view.pet is not None]
    return round_end(max(float(np.nanmax(each)) for each in shown))


def round_end(value: float) -> float:
    """Return the next round number at or above a value; 1 for none.

    Examples
    --------
    >>> round_end(7.3), round_end(21000.0), round_end(0.0)
    (8.0, 25000.0, 1.0)
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in STEPS if step * power >= value * (1 - 1e-9)))


def _row(plane: MatchedPlane) -> PairRow:
    before, after = plane.before, plane.after
    return PairRow(
        f"z {plane.place.z_mm:.1f} mm",
        plane.box_mm,
        PairPanel(before.hu, before.pet, before.rings, (), before.diameter_mm),
        PairPanel(after.hu, after.pet, after.rings, before.rings, after.diameter_mm),
    )


def _broken(line: str, letters: int) -> tuple[str, ...]:
    from textwrap import wrap

    return tuple(wrap(line, letters))


def _written(
    stage: Path, figure: ReportFigure, matched: MatchedPair, question: BeforeAfterQuestion
) -> dict[str, Any]:
    """Write picture, caption and record; none of them names a patient, a file or a series."""
    (stage / f"{NAME}.svg").write_text(figure.svg, encoding="utf-8")
    (stage / f"{NAME}.png").write_bytes(figure.png)
    (stage / f"{NAME}.txt").write_text(matched.caption + "\n", encoding="utf-8")
    document = _document(matched, question)
    document["sha256"] = {path.name: sha256(path) for path in sorted(stage.iterdir())}
    document["files"] = sorted([RECORD, *document["sha256"]])
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    (stage / RECORD).write_text(text + "\n", encoding="utf-8")
    return document


def _document(matched: MatchedPair, question: BeforeAfterQuestion) -> dict[str, Any]:
    match, quality = matched.match, matched.match.quality
    lesions = {"before": matched.pair.before.lesion, "after": matched.pair.after.lesion}
    return {
        "seedbed": {"version": version("seedbed"), "notice": NOTICE},
        "heads": list(matched.heads),
        "caption": matched.caption,
        "match": {
            "by": match.by,
            "grade": match.grade,
            "error_mm": match.error_mm,
            "correlation": quality.correlation_after,
            "bone_overlap": quality.bone_overlap_after,
            "shared_part": quality.shared_part,
            "shift_mm": np.asarray(quality.shift_mm).tolist(),
            "turn_deg": match.rigid.turn_deg.tolist(),
            "rotation": match.rigid.rotation.tolist(),
            "translation_mm": match.rigid.shift_mm.tolist(),
        },
        "longest_diameter_mm": {of: None if one is None else longest_mm(one) for of, one in lesions.items()},
        "window_hu": list(question.window_hu),
        "pet": None if matched.pet_max is None else {"unit": question.pet_unit, "max": matched.pet_max},
        "planes": [_plane(plane) for plane in matched.planes],
    }


def _plane(plane: MatchedPlane) -> dict[str, Any]:
    return {
        "z_mm": plane.place.z_mm,
        "why": plane.place.why,
        "box_mm": list(plane.box_mm),
        "before": _view(plane.before),
        "after": _view(plane.after),
    }


def _view(view: PlaneView) -> dict[str, Any]:
    return {"affine": view.affine.tolist(), "longest_diameter_mm": view.longest_mm}
