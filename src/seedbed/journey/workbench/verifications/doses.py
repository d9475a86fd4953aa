"""The dose of a verification in the planes that the page shows: as planned, as given, with the top-up."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any, Final

import numpy as np

from seedbed.dosimetry import load_source
from seedbed.errors import InputError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.journey.verification.making import RECORD
from seedbed.journey.workbench.drawn import drawn_of
from seedbed.journey.workbench.plans.planes import PlaneDoses, ShownPlane, shown_plane
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs
from seedbed.journey.workbench.verifications.latest import current_run

PLANNED, GIVEN, TOP_UP = STATES = ("planned", "given", "top_up")
KEPT: Final = 4


class RunDoses:
    """Doses of one calculation, which never changes; for any number of threads.

    Parameters
    ----------
    run : KeptRun

    Raises
    ------
    InputError
        It has no dose.
    """

    def __init__(self, run: KeptRun) -> None:
        record, shown = run.record(), run.shown()
        if record["dose"] is None:
            raise InputError(
                "a verification without a dose", "one with a target and seeds", "look at its notes"
            )
        self._lock = RLock()
        self.implants = implants_of(record, shown)
        drawn = {each["name"]: each for each in run.structures()}
        self.target: Structure = drawn_of(drawn[record["target"]]).structure
        source = load_source(record["source"]["name"])
        self._doses = {state: PlaneDoses(source) for state in self.implants}

    def dose(self, state: str, planes: Sequence[ShownPlane], *, given: SeedImplant | None = None) -> bytes:
        """Return the dose in planes, Gy, float32.

        Parameters
        ----------
        state : {"planned", "given", "top_up"}
        planes : sequence of ShownPlane
        given : SeedImplant, optional
            Seeds that count in place of those of the calculation.

        Raises
        ------
        InputError
            No such dose.
        """
        if state not in self.implants:
            raise InputError(
                f"the dose '{state[:20]}'", f"one of {', '.join(self.implants)}", "ask for one of them"
            )
        shown = given if given is not None and state == GIVEN else self.implants[state]
        with self._lock:
            return self._doses[state].dose(shown, planes)

    def plane(self, axis: str, position_mm: float, *, spacing_mm: float, grid: VoxelGrid) -> ShownPlane:
        """Lay a plane around the target."""
        return shown_plane(axis, position_mm, spacing_mm=spacing_mm, target=self.target, grid=grid)


def implants_of(record: dict[str, Any], shown: dict[str, Any]) -> Mapping[str, SeedImplant]:
    """Return the seeds planned, found, and with the top-up, on the CT after implantation."""
    source = record["source"]["name"]
    seeds = [each | {"axis": each["axis"] if each["axis_used"] else None} for each in record["seeds"]]
    found = {GIVEN: _implant(source, seeds)}
    if shown["planned"]:
        found[PLANNED] = _implant(source, shown["planned"])
    further = record["dose"]["top_up"]
    if further is not None and further["needles"]:
        found[TOP_UP] = _implant(source, [*seeds, *top_up_seeds(further["needles"])])
    return found


def top_up_seeds(needles: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the seeds of a top-up, each along its straight needle.

    Examples
    --------
    >>> one = {"position_mm": [0.0, 0.0, 5.0], "strength_u": 0.6}
    >>> needle = {"name": "1", "entry_mm": [0, 0, 50], "tip_mm": [0, 0, 0], "seeds": [one]}
    >>> top_up_seeds([needle])[0]["axis"]
    [0.0, 0.0, -1.0]
    """
    found = []
    for needle in needles:
        way = np.subtract(needle["tip_mm"], needle["entry_mm"]).astype(float)
        axis = (way / np.linalg.norm(way) + 0.0).tolist()
        found += [dict(seed) | {"axis": axis, "needle": needle["name"]} for seed in needle["seeds"]]
    return found


def _implant(source: str, seeds: Sequence[Mapping[str, Any]]) -> SeedImplant:
    return SeedImplant(
        source,
        np.array([each["position_mm"] for each in seeds], dtype=float).reshape(-1, 3),
        np.array([each["axis"] or [0.0, 0.0, 0.0] for each in seeds], dtype=float).reshape(-1, 3),
        np.array([each["strength_u"] for each in seeds], dtype=float),
    )


def doses_of(folder: Path) -> RunDoses:
    """Return the doses of the calculation that counts.

    Raises
    ------
    InputError
        There is none yet, or none with a dose.
    """
    latest = current_run(folder)
    if latest is None:
        raise InputError("a verification without a result", "one that was calculated", "wait for the job")
    return _opened(latest.folder, (latest.folder / RECORD).stat().st_mtime_ns)


@lru_cache(maxsize=KEPT)
def _opened(folder: Path, _written: int) -> RunDoses:
    run = next(each for each in kept_runs(folder.parent.parent) if each.folder == folder)
    return RunDoses(run)
