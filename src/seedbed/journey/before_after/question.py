"""What is asked of a pair of CTs, as it came from a user."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np

from seedbed.errors import InputError, one_of

Point = tuple[float, float, float]
Window = tuple[float, float]
MatchBy = Literal["registration", "frame"]
PetUnit = Literal["suv", "bqml"]
Width = Literal["single", "double"]

WINDOWS: Final[dict[str, Window]] = {
    "soft": (-160.0, 240.0),
    "lung": (-1350.0, 150.0),
    "bone": (-500.0, 1300.0),
}
"""Lowest and highest HU; the first is that of the other pictures of a CT. Local rule."""
MOST_PLACES = 4
"""More rows do not stand on one page; local rule."""
FIELD_MM: Final = (20.0, 700.0)


@dataclass(frozen=True, kw_only=True)
class BeforeAfterQuestion:
    """A pair of CTs, and how they are to be shown.

    Attributes
    ----------
    before_folder, after_folder : Path
    out : Path
        Folder for the figure; new, empty, or of an earlier figure.
    at_mm : tuple of (x, y, z)
        Places to show, LPS mm on the CT before.
    structures_file, structures_after_file : Path or None
        Structure sets of the two CTs.
    target, target_after : str or None
        Name of the structure; the second is the first where it is None.
    pet_before_folder, pet_after_folder : Path or None
    pet_unit : {"suv", "bqml"}
        SUV by body weight, or Bq/mL.
    pet_max : float or None
        Upper end of the colour scale; None for the largest value shown.
    window_hu : (low, high)
    field_mm : float or None
        Side of each picture; None for 160 mm, or more where the lesion is larger.
    width : {"single", "double"}
        Columns of a journal.
    match_by : {"registration", "frame"}
        How the two are laid on each other.
    dates : bool
        Print the days of the studies; otherwise only days between them.
    implant_on : date or None
        Day from which days are counted.
    same_patient : bool
        The user's word that both are of one patient although their identifiers differ.
    series_before, series_after : str or None
        Which CT series of a folder.
    correct_tilt : bool
    """

    before_folder: Path
    after_folder: Path
    out: Path
    at_mm: tuple[Point, ...] = ()
    structures_file: Path | None = None
    structures_after_file: Path | None = None
    target: str | None = None
    target_after: str | None = None
    pet_before_folder: Path | None = None
    pet_after_folder: Path | None = None
    pet_unit: PetUnit = "suv"
    pet_max: float | None = None
    window_hu: Window = WINDOWS["soft"]
    field_mm: float | None = None
    width: Width = "double"
    match_by: MatchBy = "registration"
    dates: bool = True
    implant_on: date | None = None
    same_patient: bool = False
    series_before: str | None = None
    series_after: str | None = None
    correct_tilt: bool = False

    @property
    def has_pet(self) -> bool:
        """Whether PET is shown."""
        return self.pet_before_folder is not None


def check_question(question: BeforeAfterQuestion) -> None:
    """Refuse what contradicts itself, before any file is read.

    Raises
    ------
    InputError
    """
    _check_choices(question)
    _check_numbers(question)
    if (question.pet_before_folder is None) != (question.pet_after_folder is None):
        raise InputError(
            "one PET series",
            "one before and one after, on one scale",
            "give both --pet-before and --pet-after, or neither",
        )
    if question.structures_after_file is not None and question.structures_file is None:
        raise InputError(
            "structures of the CT after without those of the CT before",
            "both, or those of the CT before",
            "give --structures too",
        )
    if question.at_mm and question.structures_file is None and question.target is not None:
        raise InputError(
            f"the target '{question.target}' without structures", "a structure set", "give --structures"
        )


def _check_choices(question: BeforeAfterQuestion) -> None:
    choices = {
        "--match": (question.match_by, get_args(MatchBy)),
        "--pet-unit": (question.pet_unit, get_args(PetUnit)),
        "--width": (question.width, get_args(Width)),
    }
    for option, (given, known) in choices.items():
        if given not in known:
            raise InputError(f"{option} {given!r}", one_of(known, given), "choose one")


def _check_numbers(question: BeforeAfterQuestion) -> None:
    if len(question.at_mm) > MOST_PLACES:
        raise InputError(f"{len(question.at_mm)} places", f"{MOST_PLACES} at most", "make two figures")
    low, high = question.window_hu
    if not (np.isfinite(question.window_hu).all() and low < high):
        raise InputError(f"the window {low:g} to {high:g} HU", "the lower end first", "correct --window")
    field, limits = question.field_mm, FIELD_MM
    if field is not None and not limits[0] <= field <= limits[1]:
        raise InputError(
            f"a field of {field:g} mm", f"{limits[0]:g} to {limits[1]:g} mm", "correct --field-mm"
        )
    if question.pet_max is not None and not 0 < question.pet_max < np.inf:
        raise InputError(f"a PET scale up to {question.pet_max:g}", "a number above 0", "correct --pet-max")


def read_point(text: str) -> Point:
    """Read ``x,y,z``.

    Raises
    ------
    InputError

    Examples
    --------
    >>> read_point("12.5,-30,140")
    (12.5, -30.0, 140.0)
    """
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        x = y = z = float("nan")
    if not np.isfinite([x, y, z]).all():
        raise InputError(
            f"the place '{text}'", "three numbers x,y,z in mm, LPS", "write it like 12.5,-30,140"
        )
    return x, y, z


def read_window(text: str) -> Window:
    """Read the name of a window, or its ends.

    Raises
    ------
    InputError

    Examples
    --------
    >>> read_window("lung"), read_window("-200,300")
    ((-1350.0, 150.0), (-200.0, 300.0))
    """
    if text in WINDOWS:
        return WINDOWS[text]
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"the window '{text}'",
            f"{one_of(WINDOWS, text)}, or lowest and highest HU",
            "write it like soft or -160,240",
        ) from None
    return low, high
