"""What a user asks of the planner."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import get_args

from seedbed.errors import InputError, one_of
from seedbed.journey.contoured_ct import Sphere
from seedbed.planning.goals import goal_sites
from seedbed.planning.request import Mode
from seedbed.protocol.models import LARGEST_DOSE_GY
from seedbed.report.words import Language

MODES = get_args(Mode)
LONGEST_BOUND_S = 3600.0


@dataclass(frozen=True)
class PlanQuestion:
    """What the user asks of a CT and its structures.

    Attributes
    ----------
    ct_folder, structures_file : Path
    out : Path
        Folder for the results.
    rx_gy : float
        Prescription.
    target : str or None
        May be left out where there is only one structure.
    organs : tuple of str
        Names; empty for all structures that are organs.
    sphere : (x, y, z, radius) or None
        Plan only the part of the target inside, LPS mm.
    series : str or None
        Which CT series, where the folder holds several: UID, number, or a part of its description.
    correct_tilt : bool
        Whether a tilted or oblique CT is resampled; it is refused otherwise.
    activities_mci, strengths_u : tuple of float
        Seeds in stock at the time of implantation; without any, the seed that the protocol asks for at the
        site.
    source : str or None
        Seed model, a listed name or a file; None for that of ``given_file``, or 6711.
    site : str
        See `seedbed.planning.goals.goal_sites`.
    goals : tuple of str
        Changes of the default goals, see `seedbed.planning.goals.with_goals`.
    mode : {"parallel", "fan", "fixed"}
    needles : tuple of str
        ``NAME:x,y,z:x,y,z``: needles that are kept, entry first, LPS mm.
    needles_file : Path or None
        More of them: JSON, or an RTPLAN by Seedbed.
    given_file : Path or None
        RTPLAN of seeds that lie in the patient already.
    axes_from_needles : bool
        Take missing directions of those seeds from their straight needles.
    needle_cost : float or None
        In units of a seed; None for the default.
    bound_seconds : float
        Time for the bound; zero for none.
    alternatives, robust, guide, pictures : bool
        Whether to look for further plans, to try displaced implants, to shape a guide template, and to draw.
    reserve : bool
        Whether to plan so much D90 that displaced implants still give the prescription.
    errors : str
        See `seedbed.dosimetry.placement_errors.error_names`.
    breathing : str or None
        See `seedbed.dosimetry.placement_errors.breathing_sites`.
    implant_on : date or None
        Day to which the strengths refer; None for that of the CT's study.
    random_seed : int
    languages : tuple of {"en", "zh"}
        Of the sheets.
    pdf : bool
        Whether each sheet is written as PDF too.
    """

    ct_folder: Path
    structures_file: Path
    out: Path
    rx_gy: float
    target: str | None = None
    organs: tuple[str, ...] = ()
    sphere: Sphere | None = None
    series: str | None = None
    correct_tilt: bool = False
    activities_mci: tuple[float, ...] = ()
    strengths_u: tuple[float, ...] = ()
    source: str | None = None
    site: str = "other"
    goals: tuple[str, ...] = ()
    mode: str = "parallel"
    needles: tuple[str, ...] = ()
    needles_file: Path | None = None
    given_file: Path | None = None
    axes_from_needles: bool = False
    needle_cost: float | None = None
    bound_seconds: float = 5.0
    alternatives: bool = True
    robust: bool = True
    guide: bool = True
    pictures: bool = True
    reserve: bool = False
    errors: str = "thoracic template"
    breathing: str | None = None
    implant_on: date | None = None
    random_seed: int = 0
    languages: tuple[Language, ...] = ("en",)
    pdf: bool = True

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that are read beside the CT."""
        return tuple(
            path for path in (self.structures_file, self.needles_file, self.given_file) if path is not None
        )


def check_question(question: PlanQuestion) -> None:
    """Refuse what can be refused before anything is read.

    Raises
    ------
    InputError
        A mode or site that is none, a number without meaning, a place for results among the inputs.
    """
    if question.mode not in MODES:
        raise InputError(f"mode '{question.mode}'", one_of(MODES, question.mode), "choose a listed mode")
    if question.site not in goal_sites():
        raise InputError(f"site '{question.site}'", one_of(goal_sites(), question.site), "choose one of them")
    if not 0 < question.rx_gy <= LARGEST_DOSE_GY:
        raise InputError(
            f"the prescription is {question.rx_gy:g} Gy",
            f"more than 0 and at most {LARGEST_DOSE_GY:g} Gy (local rule; more is a slip or in cGy)",
            "correct it",
        )
    if not (isfinite(question.bound_seconds) and 0 <= question.bound_seconds <= LONGEST_BOUND_S):
        raise InputError(
            f"{question.bound_seconds} s for the bound", f"0 to {LONGEST_BOUND_S:g} s", "correct the time"
        )
    _check_places(question)


def _check_places(question: PlanQuestion) -> None:
    out = question.out.resolve()
    if not question.ct_folder.is_dir():
        raise InputError(f"'{question.ct_folder}' is no folder", "the folder of the CT", "correct its name")
    if out.is_relative_to(question.ct_folder.resolve()):
        raise InputError(
            f"the results would go to '{question.out}', inside the folder of the CT",
            "a folder outside it",
            "choose another with --out",
        )
    for path in question.files:
        if path.resolve().is_relative_to(out):
            raise InputError(
                f"'{path}' is read and lies in '{question.out}', which is written",
                "another folder for the results",
                "choose another with --out",
            )
