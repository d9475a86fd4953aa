"""A plan that is being made: what it was started with, its seeds and needles, and who changed it last."""

import json
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from seedbed.dosimetry import Source, load_source
from seedbed.errors import InputError, one_of
from seedbed.geometry import Structure
from seedbed.implant import Needle, SeedImplant
from seedbed.journey.single_file import placed
from seedbed.journey.structure_roles import chosen_organs
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.planning.goals import PlanGoals, default_goals, goal_sites, with_goals
from seedbed.protocol.models import LARGEST_DOSE_GY

FILE, STRUCTURES = "draft.json", "structures.json"
NAME = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class PlanStart:
    """What a plan is asked for.

    Attributes
    ----------
    prescription_gy : float
    target : str
        Name of a structure.
    organs : tuple of str
        Names; all that are organs where empty.
    site : str
        See `seedbed.planning.goals.goal_sites`.
    source : str
        Name of a seed model.
    strengths_u : tuple of float
        In stock at implantation, U.
    goals : tuple of str
        Changes of the usual goals, see `seedbed.planning.goals.with_goals`.
    """

    prescription_gy: float
    target: str
    organs: tuple[str, ...] = ()
    site: str = "other"
    source: str = "6711"
    strengths_u: tuple[float, ...]
    goals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.prescription_gy <= LARGEST_DOSE_GY:
            raise InputError(
                f"a prescription of {self.prescription_gy:g} Gy",
                f"more than 0 and at most {LARGEST_DOSE_GY:g} Gy (local rule)",
                "correct it",
            )
        if self.site not in goal_sites():
            raise InputError(f"site '{self.site}'", one_of(goal_sites(), self.site), "choose one of them")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A plan as it is kept.

    Attributes
    ----------
    plan, case : str
        Names, 16 hexadecimal digits each.
    version : int
        Counts changes from 1.
    start : PlanStart
    implant : SeedImplant
    made, made_by, at, by : str
        When it was begun and changed last (UTC, ISO 8601), and by whom.
    signatures : tuple of dict
        See `seedbed.journey.workbench.plan_approval`; a plan with an approval is locked.
    """

    plan: str
    case: str
    version: int
    start: PlanStart
    implant: SeedImplant
    made: str
    made_by: str
    at: str
    by: str
    signatures: tuple[dict[str, Any], ...] = field(default=())

    @property
    def approved(self) -> bool:
        """Whether the plan is locked."""
        return any(each["meaning"] == "approved" for each in self.signatures)

    def changed(self, implant: SeedImplant, by: str) -> "Draft":
        """Return the next version; what was signed is no longer this plan."""
        return replace(self, implant=implant, version=self.version + 1, by=by, at=now(), signatures=())


def now() -> str:
    """Return the time as it is kept: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def begin(case: str, start: PlanStart, *, by: str) -> Draft:
    """Begin a plan without seeds."""
    empty = SeedImplant(start.source, np.empty((0, 3)), np.empty((0, 3)), np.empty(0))
    at = now()
    return Draft(
        plan=uuid4().hex[:16],
        case=case,
        version=1,
        start=start,
        implant=empty,
        made=at,
        made_by=by,
        at=at,
        by=by,
    )


def implant_to_copy(of: Draft, into: Draft) -> SeedImplant:
    """Return the seeds of a plan for another of the same case.

    Raises
    ------
    InputError
        It is a plan on other images, or with another seed.
    """
    if of.case != into.case:
        raise InputError(
            "a copy of a plan of another case", "one on the same images", "choose one of the case"
        )
    if of.start.source != into.start.source:
        raise InputError(
            f"a copy with {into.start.source} of a plan with {of.start.source}",
            "the same seed model",
            "choose that model, and plan anew for another",
        )
    return of.implant


@dataclass(frozen=True)
class PlanParts:
    """What the editor and the planner need beside the seeds."""

    source: Source
    target: Structure
    organs: tuple[Structure, ...]
    goals: PlanGoals


def parts_of(start: PlanStart, drawn: list[Drawn]) -> PlanParts:
    """Find target and organs among the structures, and the goals.

    Raises
    ------
    SeedbedError
        No such structure, seed model or goal.
    """
    structures = {each.structure.name: each.structure for each in drawn}
    if start.target not in structures:
        raise InputError(
            f"the target '{start.target}'", one_of(structures, start.target), "draw it, or choose another"
        )
    others = {name: each for name, each in structures.items() if name != start.target}
    organs, _ = chosen_organs(others, start.organs, target=start.target)
    goals = default_goals(
        start.prescription_gy,
        strengths_u=start.strengths_u,
        organs=[organ.name for organ in organs],
        site=start.site,
    )
    return PlanParts(
        load_source(start.source), structures[start.target], organs, with_goals(goals, start.goals)
    )


def implant_dict(implant: SeedImplant) -> dict[str, Any]:
    """Write seeds and needles for the file and the browser; numbers count from 0."""
    index = implant.needle_index.tolist()
    known = implant.axis_known.tolist()
    seeds = [
        {
            "index": at,
            "position_mm": implant.positions_mm[at].tolist(),
            "axis": implant.directions[at].tolist() if known[at] else None,
            "strength_u": float(implant.strengths_u[at]),
            "needle": index[at] if index[at] >= 0 else None,
        }
        for at in range(implant.count)
    ]
    needles = [
        {
            "index": at,
            "name": needle.name,
            "entry_mm": list(needle.entry_mm),
            "tip_mm": list(needle.tip_mm),
            "seeds": [seed for seed, of in enumerate(index) if of == at],
        }
        for at, needle in enumerate(implant.needles)
    ]
    return {"seeds": seeds, "needles": needles}


def implant_of(source: str, values: dict[str, Any]) -> SeedImplant:
    """Read seeds and needles as `implant_dict` writes them."""
    seeds = values["seeds"]
    needles = tuple(
        Needle(each["name"], tuple(each["entry_mm"]), tuple(each["tip_mm"])) for each in values["needles"]
    )
    return SeedImplant(
        source,
        np.array([seed["position_mm"] for seed in seeds], dtype=float).reshape(-1, 3),
        np.array([seed["axis"] or [0.0, 0.0, 0.0] for seed in seeds], dtype=float).reshape(-1, 3),
        np.array([seed["strength_u"] for seed in seeds], dtype=float),
        needles,
        np.array([-1 if seed["needle"] is None else seed["needle"] for seed in seeds], dtype=np.int64),
    )


def write_draft(folder: Path, draft: Draft) -> None:
    """Write a draft into the folder of the plan, whole or not at all."""
    kept = {name: value for name, value in vars(draft).items() if name not in ("implant", "start")}
    values = kept | {"start": asdict(draft.start)} | implant_dict(draft.implant)
    text = json.dumps(values, ensure_ascii=False, allow_nan=False)
    with placed(folder / FILE, [], kind="a plan", replaces=Path.is_file) as stage:
        stage.write_text(text, encoding="utf-8")


def read_draft(folder: Path) -> Draft:
    """Read a draft.

    Raises
    ------
    NotFoundError
        There is none.
    """
    path = folder / FILE
    if not path.is_file():
        raise NotFoundError("no such plan", "a plan of this case", "choose one of the list")
    values = json.loads(path.read_text(encoding="utf-8"))
    start = PlanStart(**{name: _tuple(value) for name, value in values["start"].items()})
    kept = {name: values[name] for name in ("plan", "case", "version", "made", "made_by", "at", "by")}
    return Draft(
        **kept,
        start=start,
        implant=implant_of(start.source, values),
        signatures=tuple(values["signatures"]),
    )


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
