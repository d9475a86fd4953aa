"""What a user asks of a CT after implantation."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from seedbed.errors import InputError, one_of
from seedbed.journey.contoured_ct import Sphere
from seedbed.planning.goals import goal_sites
from seedbed.protocol.models import LARGEST_DOSE_GY
from seedbed.report.words import Language

MOST_SEEDS = 1000
DRAWN_ON = ("ct", "plan-ct")
TOP_UP_MODES = ("parallel", "fan")


@dataclass(frozen=True)
class VerifyQuestion:
    """What the user asks.

    Attributes
    ----------
    ct_folder : Path
        CT after implantation.
    out : Path
        Folder for the results.
    structures_file : Path or None
    target : str or None
        May be left out where there is only one structure.
    organs : tuple of str
        Names; empty for all structures that are organs.
    sphere : (x, y, z, radius) or None
        Judge only the part of the target inside; LPS mm of the CT on which it was drawn.
    plan_file : Path or None
        RTPLAN of what was planned.
    plan_ct_folder : Path or None
        CT on which it was planned: the two are then registered.
    plan_structures_file : Path or None
        RTSTRUCT with the target as it was drawn on the planning CT, beside one drawn on ``ct_folder``: both
        tell how the target swelled or shrank.
    drawn_on : {"ct", "plan-ct"} or None
        Which CT the structures were drawn on; None to tell by the frame of reference.
    deformable : bool
        Whether the registration may bend.
    series, plan_series : str or None
        Which series, where a folder holds several: UID, number, or a part of its description.
    correct_tilt : bool
        Whether tilted or oblique CTs are resampled; they are refused otherwise.
    permanent : bool
        Take the plan's seeds to stay for good although it does not say so.
    axes_from_needles : bool
        Take missing directions of planned seeds from their straight needles.
    count : int or None
        Seeds implanted.
    seeds_file : Path or None
        An edited ``seeds.csv`` in place of the seeds found.
    rx_gy : float or None
        Prescription; None for that of the plan.
    strength_u, activity_mci : float or None
        Of each seed at implantation; None for that of the plan, or of the protocol.
    source : str or None
        Seed model, a listed name or a file; None for that of the plan, or 6711.
    implant_on : date or None
        Day of implantation, to which the plan's strengths are brought; None to take them as written.
    site : str
        See `seedbed.planning.goals.goal_sites`.
    goals : tuple of str
        Changes of the default goals of a top-up.
    stock_u, stock_mci : tuple of float
        Seeds in stock for a top-up; without any, that of the seeds implanted.
    mode : {"parallel", "fan"}
        Needles of a top-up.
    top_up : bool
        Whether further seeds are planned where the target is cold.
    pictures, pdf : bool
    follows : Path or None
        Folder of a signed verification that this one amends.
    random_seed : int
    languages : tuple of {"en", "zh"}
    """

    ct_folder: Path
    out: Path
    structures_file: Path | None = None
    target: str | None = None
    organs: tuple[str, ...] = ()
    sphere: Sphere | None = None
    plan_file: Path | None = None
    plan_ct_folder: Path | None = None
    plan_structures_file: Path | None = None
    drawn_on: str | None = None
    deformable: bool = False
    series: str | None = None
    plan_series: str | None = None
    correct_tilt: bool = False
    permanent: bool = False
    axes_from_needles: bool = False
    count: int | None = None
    seeds_file: Path | None = None
    rx_gy: float | None = None
    strength_u: float | None = None
    activity_mci: float | None = None
    source: str | None = None
    implant_on: date | None = None
    site: str = "other"
    goals: tuple[str, ...] = ()
    stock_u: tuple[float, ...] = ()
    stock_mci: tuple[float, ...] = ()
    mode: str = "parallel"
    top_up: bool = True
    pictures: bool = True
    pdf: bool = True
    follows: Path | None = None
    random_seed: int = 0
    languages: tuple[Language, ...] = ("en",)

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that are read beside the CTs."""
        listed = (self.structures_file, self.plan_structures_file, self.plan_file, self.seeds_file)
        return tuple(path for path in listed if path is not None)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of the CTs."""
        return tuple(path for path in (self.ct_folder, self.plan_ct_folder) if path is not None)


def check_question(question: VerifyQuestion) -> None:
    """Refuse what can be refused before anything is read.

    Raises
    ------
    InputError
        A word that is none of the choices, a number without meaning, options that do not go together, a
        place for results among the inputs.
    """
    for text, known, option in (
        (question.site, goal_sites(), "--site"),
        (question.mode, TOP_UP_MODES, "--mode"),
        (question.drawn_on or "ct", DRAWN_ON, "--drawn-on"),
    ):
        if text not in known:
            raise InputError(f"'{text}' after {option}", one_of(known, text), "choose one of them")
    if question.rx_gy is not None and not 0 < question.rx_gy <= LARGEST_DOSE_GY:
        raise InputError(
            f"the prescription is {question.rx_gy:g} Gy",
            f"more than 0 and at most {LARGEST_DOSE_GY:g} Gy (local rule; more is a slip or in cGy)",
            "correct it",
        )
    if question.count is not None and not 0 <= question.count <= MOST_SEEDS:
        raise InputError(f"{question.count} seeds implanted", f"0 to {MOST_SEEDS}", "correct --count")
    _check_together(question)
    _check_places(question)


def _check_together(question: VerifyQuestion) -> None:
    """Refuse options that say nothing without another, or that say a thing twice."""
    lone = {
        "--target": question.structures_file is None and question.target is not None,
        "--organ": question.structures_file is None and bool(question.organs),
        "--sphere": question.structures_file is None and question.sphere is not None,
        "--drawn-on": question.structures_file is None and question.drawn_on is not None,
        "--plan-structures": question.structures_file is None and question.plan_structures_file is not None,
    }
    needless = next((option for option, wrong in lone.items() if wrong), None)
    if needless is not None:
        raise InputError(f"{needless} without a structure set", "--structures beside it", "give the file")
    needs_plan_ct = {
        "--deformable": question.deformable,
        "--drawn-on plan-ct": question.drawn_on == "plan-ct",
        "--plan-structures": question.plan_structures_file is not None,
    }
    option = next((option for option, said in needs_plan_ct.items() if said), None)
    if question.plan_ct_folder is None and option is not None:
        raise InputError(f"{option} without the planning CT", "--plan-ct beside it", "give its folder")
    if question.plan_ct_folder is not None and question.structures_file is None and not question.plan_file:
        raise InputError(
            "a planning CT without plan or structures",
            "something to carry over",
            "give --plan or --structures",
        )
    if question.sphere is not None and question.plan_structures_file is not None:
        raise InputError(
            "--sphere beside two structure sets", "the target whole on both CTs", "leave one of them out"
        )
    if question.strength_u is not None and question.activity_mci is not None:
        raise InputError("strength and activity of a seed", "one of the two", "leave one out")


def _check_places(question: VerifyQuestion) -> None:
    out = question.out.resolve()
    for folder in question.folders:
        if not folder.is_dir():
            raise InputError(f"'{folder}' is no folder", "the folder of a CT", "correct its name")
        if out.is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(out):
            raise InputError(
                f"the results would go to '{question.out}', which holds or lies in the CT '{folder}'",
                "a folder outside it",
                "choose another with --out",
            )
    for path in question.files:
        if path.resolve().is_relative_to(out) and path != question.seeds_file:
            raise InputError(
                f"'{path}' is read and lies in '{question.out}', which is written",
                "another folder for the results",
                "choose another with --out",
            )
