"""The figure of `seedbed before-after`, for a pair that was matched on the workbench."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from seedbed.errors import InputError
from seedbed.geometry import Structure
from seedbed.journey.before_after.making import MatchedPair, cut_pair, figure_of
from seedbed.journey.before_after.places import Place, through_lesion, through_places
from seedbed.journey.before_after.question import BeforeAfterQuestion, Point, Window, check_question
from seedbed.journey.before_after.reading import Pair, PetImage, Side
from seedbed.journey.workbench.case_folder import CaseRow
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.pairs.asked import AskedPair
from seedbed.journey.workbench.pairs.matching import KeptMatch
from seedbed.journey.workbench.pairs.pixels import check_one_tracer, find_pet, read_pet
from seedbed.journey.workbench.workplace import Workplace
from seedbed.report.analysis_report import ReportFigure


@dataclass(frozen=True, kw_only=True)
class PictureAsked:
    """How a figure is to look.

    Attributes
    ----------
    at_mm : tuple of (x, y, z)
        Places on the CT before; none: the planes of the lesion.
    window_hu : (low, high)
    field_mm : float or None
    pets : (str, str) or None
        Names of the PET series, before and after.
    pet_max : float or None
    dates : bool
        Print the days of the studies; otherwise days from the implantation or between the studies.
    implant_on : date or None
    """

    at_mm: tuple[Point, ...] = ()
    window_hu: Window
    field_mm: float | None = None
    pets: tuple[str, str] | None = None
    pet_max: float | None = None
    dates: bool = True
    implant_on: date | None = None


def draw_picture(
    workplace: Workplace, asked: AskedPair, kept: KeptMatch, look: PictureAsked
) -> tuple[ReportFigure, MatchedPair]:
    """Draw a pair at its planes, as `seedbed.journey.before_after.making.draw_before_after` does.

    Parameters
    ----------
    workplace : Workplace
    asked : AskedPair
    kept : KeptMatch
    look : PictureAsked

    Raises
    ------
    SeedbedError
        No place to show, a plane of which one side shows nothing, two tracers on one scale.
    """
    question = _question(look)
    check_question(question)
    pair = _pair(workplace, asked, kept, look)
    places = _places(question.at_mm, pair)
    matched = cut_pair(question, pair, kept.match, places)
    return figure_of(matched, question), matched


def _question(look: PictureAsked) -> BeforeAfterQuestion:
    """Ask as the command does; the folders stand for series of the store."""
    nowhere = Path()
    pet = nowhere if look.pets else None
    return BeforeAfterQuestion(
        before_folder=nowhere, after_folder=nowhere, out=nowhere, at_mm=look.at_mm, pet_before_folder=pet,
        pet_after_folder=pet, pet_max=look.pet_max, window_hu=look.window_hu, field_mm=look.field_mm,
        dates=look.dates, implant_on=look.implant_on,
    )  # fmt: skip


def _pair(workplace: Workplace, asked: AskedPair, kept: KeptMatch, look: PictureAsked) -> Pair:
    rooms = workplace.rooms
    before, after = (
        Side(rooms.case(row.case).ct, _lesion(rooms.structures(rooms.case(row.case)), kept.around))
        for row in (asked.before, asked.after)
    )
    if look.pets:
        check_one_tracer(workplace, asked, *look.pets)
        pets = [
            _pet(workplace, row, name)
            for row, name in zip((asked.before, asked.after), look.pets, strict=True)
        ]
        before, after = replace(before, pet=pets[0]), replace(after, pet=pets[1])
    return Pair(before, after, kept.notes)


def _pet(workplace: Workplace, row: CaseRow, name: str) -> PetImage:
    return read_pet(workplace, row, find_pet(workplace.rooms, row, name))


def _lesion(structures: Sequence[Drawn], name: str) -> Structure | None:
    return next((each.structure for each in structures if name and each.structure.name == name), None)


def _places(at_mm: tuple[Point, ...], pair: Pair) -> tuple[Place, ...]:
    grid = pair.before.ct.volume.grid
    if at_mm:
        return through_places(at_mm, grid)
    if pair.before.lesion is None:
        raise InputError(
            "no place to show, and no lesion on the CT before", "a place, or a lesion", "choose this plane"
        )
    return through_lesion(pair.before.lesion, grid)
