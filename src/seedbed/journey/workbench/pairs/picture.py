"""The figure of `seedbed before-after`, for a pair that was matched on the workbench."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from seedbed.errors import InputError
from seedbed.geometry import Structure
from seedbed.journey.before_after.making import MatchedPair, cut_pair, figure_of
from seedbed.journey.before_after.places import Place, through_lesion, through_places
from seedbed.journey.before_after.question import BeforeAfterQuestion, Point, Window, check_question
from seedbed.journey.before_after.reading import Pair, PetImage, Side
from seedbed.journey.before_after.words import day_of_study, heads
from seedbed.journey.workbench.case_folder import CaseRow
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.pairs.asked import AskedPair, opened_as_asked
from seedbed.journey.workbench.pairs.matching import KeptMatch
from seedbed.journey.workbench.pairs.pixels import check_one_tracer, find_pet, read_pet
from seedbed.journey.workbench.pairs.series import KnownImplants, implant_meant
from seedbed.journey.workbench.workplace import Workplace
from seedbed.report.analysis_report import ReportFigure

UNKNOWN: Final = KnownImplants(())


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
    implants : KnownImplants
        From which days are counted, as the list of series counts them.
    """

    at_mm: tuple[Point, ...] = ()
    window_hu: Window
    field_mm: float | None = None
    pets: tuple[str, str] | None = None
    pet_max: float | None = None
    dates: bool = True
    implants: KnownImplants = UNKNOWN


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
    if not look.dates:
        days = (day_of_study(pair.before.ct), day_of_study(pair.after.ct))
        matched = replace(matched, heads=day_heads(days[0], days[1], look.implants))
    return figure_of(matched, question), matched


def _question(look: PictureAsked) -> BeforeAfterQuestion:
    """Ask as the command does; the folders stand for series of the store."""
    nowhere = Path()
    pet = nowhere if look.pets else None
    return BeforeAfterQuestion(
        before_folder=nowhere, after_folder=nowhere, out=nowhere, at_mm=look.at_mm, pet_before_folder=pet,
        pet_after_folder=pet, pet_max=look.pet_max, window_hu=look.window_hu, field_mm=look.field_mm,
        dates=look.dates,
    )  # fmt: skip


def day_heads(before: date | None, after: date | None, implants: KnownImplants) -> tuple[str, str]:
    """Say when each side was scanned in days, each from the implantation that the list of series counts from.

    Where there are several implantations, or one whose day is not known, each side says which is meant.

    Examples
    --------
    >>> days = date(2026, 1, 5), date(2026, 7, 6)
    >>> day_heads(*days, KnownImplants((date(2026, 1, 8),)))
    ('Before: 3 days before the implant', 'After: day 179 after the implant')
    >>> day_heads(*days, KnownImplants((date(2026, 1, 8), date(2026, 6, 1))))
    ('Before: 3 days before implant 1 of 2', 'After: day 35 after implant 2 of 2')
    >>> day_heads(*days, KnownImplants((date(2026, 1, 8),), ("2026-06",)))[1]
    'After: day 179 after implant 1 of 1 known to the day'
    >>> day_heads(*days, KnownImplants((), ("2026-06",)))
    ('Before', 'After: 182 days later')
    """
    found = []
    for side, day in enumerate((before, after)):
        meant = implant_meant(day, implants.days)
        head = heads(before, after, dates=False, implant_on=meant or next(iter(implants.days), None))[side]
        found.append(head if meant is None else head.replace("the implant", _named(meant, implants)))
    return found[0], found[1]


def _named(meant: date, implants: KnownImplants) -> str:
    if len(implants.days) == 1 and not implants.unsure:
        return "the implant"
    known = " known to the day" if implants.unsure else ""
    return f"implant {implants.days.index(meant) + 1} of {len(implants.days)}{known}"


def _pair(workplace: Workplace, asked: AskedPair, kept: KeptMatch, look: PictureAsked) -> Pair:
    rooms = workplace.rooms
    opened = [opened_as_asked(rooms, row) for row in (asked.before, asked.after)]
    before, after = (Side(each.ct, _lesion(rooms.structures(each), kept.around)) for each in opened)
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
