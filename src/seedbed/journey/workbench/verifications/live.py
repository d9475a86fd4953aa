"""The dose of seeds as people have put them, at once: histograms, goals, cold regions; not yet of record."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom import CtSeries
from seedbed.dosimetry import load_source
from seedbed.errors import InputError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.journey.dose_numbers import goal_numbers, structure_numbers
from seedbed.journey.structure_roles import chosen_organs
from seedbed.journey.verification.numbers import cold_numbers
from seedbed.journey.workbench.drawn import drawn_of
from seedbed.journey.workbench.kept_open import KeptOpen
from seedbed.journey.workbench.plans.desk import curve
from seedbed.journey.workbench.verifications.folder import KeptRun
from seedbed.journey.workbench.verifications.judgement import Judgement
from seedbed.journey.workbench.verifications.seeds import Seen, settled
from seedbed.planning.goals import TARGET, PlanGoals, default_goals, judge_goals, with_goals
from seedbed.planning.needle_doses import NeedleDoses
from seedbed.planning.sample_doses import SAMPLES, SampleDoses
from seedbed.verification import PlaneNumbers, cold_report, given_implant

FloatArray = NDArray[np.float64]
Samples = tuple[NDArray[np.int64], FloatArray, FloatArray]
KEPT: Final = 3
"""Verifications whose samples are kept, and doses of each (local rule)."""
KEPT_BYTES: Final = 32_000_000
"""Doses of seeds kept at most, of samples and of voxels each, beyond those of the seeds as they are (local
rule)."""


@dataclass(frozen=True)
class _SampledOnce(Structure):
    """A structure that is laid on the same grid again and again."""

    @cached_property
    def _laid(self) -> dict[VoxelGrid, Samples]:
        return {}

    def samples(self, grid: VoxelGrid) -> Samples:
        """Return the voxels that it touches, as every structure does."""
        if grid not in self._laid:
            self._laid[grid] = super().samples(grid)
        return self._laid[grid]


class LiveDose:
    """What a calculation holds that does not depend on the seeds; for any number of threads.

    Parameters
    ----------
    run : KeptRun
        With a dose.
    ct : CtSeries
        After implantation.
    earlier : sequence of KeptRun
        Calculations that are asked for the strengths of seeds that ``run`` did not count, the first first.

    Raises
    ------
    InputError
        It has no dose.
    """

    def __init__(self, run: KeptRun, ct: CtSeries, earlier: Sequence[KeptRun] = ()) -> None:
        record = run.record()
        if record["dose"] is None:
            raise InputError(
                "a verification without a dose", "one with a target and seeds", "look at its notes"
            )
        self._lock = RLock()
        self._source = load_source(record["source"]["name"])
        self._usual_u = float(record["strength_u"])
        self._strengths_u: dict[int, float] = {}
        for one in (record, *(each.record() for each in earlier)):
            self._strengths_u = _strengths_u(one) | self._strengths_u
        self._planes = PlaneNumbers(ct.volume.grid.axis_mm(2), ct.number_of_plane)
        self.grid, self._numbers = ct.volume.grid, ct.number_of_plane
        self._target, organs = _structures(run, record)
        self._goals = _goals(record, [each.name for each in organs], self._usual_u)
        self._samples = SampleDoses(self._source, self._target, organs, SAMPLES, kept_bytes=KEPT_BYTES)
        self._voxels: NeedleDoses | None = None
        self._told: OrderedDict[bytes, dict[str, Any]] = OrderedDict()

    def lies_on(self, ct: CtSeries) -> bool:
        """Say whether its planes are those of a CT; one that has got images since has others."""
        return self.grid == ct.volume.grid and self._numbers == ct.number_of_plane

    def implant(self, seen: Seen, judgement: Judgement) -> SeedImplant:
        """Return the seeds that count, with their strengths at implantation.

        A seed that neither the calculation nor an earlier one counted has the usual strength.

        Raises
        ------
        InputError
            Seeds that cannot lie so.
        """
        table = settled(seen, judgement, self.grid)
        strengths = [self._strengths_u.get(number, self._usual_u) for number in table.numbers.tolist()]
        return given_implant(
            self._source, table.positions_mm, table.axes, table.axis_sd_deg, np.array(strengths)
        )

    def numbers(self, implant: SeedImplant) -> dict[str, Any]:
        """Return histograms, goals, metrics and cold regions of seeds; of no seed without cold regions."""
        parts = (implant.positions_mm, implant.directions, implant.strengths_u)
        key = b"".join(each.tobytes() for each in parts)
        with self._lock:
            if key not in self._told:
                self._told[key] = self._judged(implant)
            self._told.move_to_end(key)
            while len(self._told) > KEPT:
                self._told.popitem(last=False)
            return self._told[key]

    def _judged(self, implant: SeedImplant) -> dict[str, Any]:
        rx = self._goals.prescription_gy
        dvhs = self._samples.dvhs(implant)
        results = judge_goals(self._goals, dvhs)
        cold = cold_report(
            self._target, lambda points: self._dose_at(points, implant), rx, plane_numbers=self._planes
        )
        return {
            "dvhs": [curve(name, dvh) for name, dvh in dvhs.items()],
            "goals": [{"goal": str(each.goal), **goal_numbers(each)} for each in results],
            "metrics": {name: structure_numbers(dvh, rx) for name, dvh in dvhs.items()},
            "cold": cold_numbers(cold),
        }

    def _dose_at(self, points_mm: FloatArray, implant: SeedImplant) -> FloatArray:
        """Return the dose in the voxels of the target, which are always the same."""
        if self._voxels is None:
            self._voxels = NeedleDoses(self._source, points_mm, kept_bytes=KEPT_BYTES)
        return self._voxels.dose(implant)


def _strengths_u(record: Mapping[str, Any]) -> dict[int, float]:
    """Return the strength of each seed that a calculation counted, by its number."""
    return {
        int(each["number"]): float(each["strength_u"])
        for each in record["seeds"]
        if each.get("strength_u") is not None
    }


def _structures(run: KeptRun, record: Mapping[str, Any]) -> tuple[_SampledOnce, tuple[Structure, ...]]:
    """Return target and organs as the calculation judged them, on the CT after implantation."""
    drawn = {each["name"]: drawn_of(each).structure for each in run.structures()}
    target = drawn.pop(record["target"])
    organs, _ = chosen_organs(drawn, tuple(record["asked"]["organs"]), target=record["target"])
    return _SampledOnce(**parts_of(target)), organs


def parts_of(structure: Structure) -> dict[str, Any]:
    """Return what a structure was made of.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> sorted(parts_of(Structure("box", (PlanarContour(0.0, np.eye(3, 2)),), 2.0)))[:3]
    ['contours', 'end_cap_mm', 'joined_mm']
    """
    return {name: getattr(structure, name) for name in Structure.__dataclass_fields__}


def _goals(record: Mapping[str, Any], organs: list[str], strength_u: float) -> PlanGoals:
    """Return the goals by which the calculation judged."""
    asked = record["asked"]
    goals = default_goals(
        record["prescription_gy"], strengths_u=(strength_u,), organs=organs, site=asked["site"]
    )
    return with_goals(goals, tuple(asked["goals"]), organs=[TARGET, *organs])


_open: KeptOpen[LiveDose] = KeptOpen(KEPT)


def live_of(run: KeptRun, ct: CtSeries, search: KeptRun | None = None) -> LiveDose:
    """Return the live dose of a calculation; what was used last stays open while its CT has the same planes.

    Others wait only for the one that they ask for themselves.

    Parameters
    ----------
    run : KeptRun
        The calculation that counts.
    ct : CtSeries
        After implantation.
    search : KeptRun, optional
        The first calculation, which has a strength for each seed that was found.

    Raises
    ------
    InputError
        It has no dose.
    """
    earlier = () if search is None or search.folder == run.folder else (search,)
    return _open.opened(
        str(run.folder), lambda _: LiveDose(run, ct, earlier), holds=lambda live: live.lies_on(ct)
    )
