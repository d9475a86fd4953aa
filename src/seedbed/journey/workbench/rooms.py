"""What is open on the workbench: the store, the CTs that were looked at last, and plans on the desk."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import numpy as np

from seedbed.dicom import CtSeries
from seedbed.journey.filing import Filing, filing
from seedbed.journey.workbench.case_folder import (
    CaseRow,
    case_folder,
    find_case,
    list_cases,
    read_case_ct,
    structure_files,
)
from seedbed.journey.workbench.drawn import FILE as DRAWN_FILE
from seedbed.journey.workbench.drawn import Drawn, keep_drawn, read_drawn
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.plans.draft import FILE, NAME
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.registry.store import Store

CASES_OPEN, PLANS_OPEN = 3, 8
"""A CT of 512 x 512 x 100 takes 160 MB; local rule."""
Opened = TypeVar("Opened")
State = tuple[int | str, ...]


@dataclass(frozen=True)
class OpenCase:
    """A case that is looked at.

    Attributes
    ----------
    row : CaseRow
    folder : Path
    ct : CtSeries
    hu : ndarray of int16, shape of the CT
        Rounded to whole HU.
    """

    row: CaseRow
    folder: Path
    ct: CtSeries
    hu: np.ndarray[tuple[int, ...], np.dtype[np.int16]]

    @property
    def plans(self) -> Path:
        """Folder of its plans."""
        return self.folder / "plans"

    @property
    def verifications(self) -> Path:
        """Folder of its verifications."""
        return self.folder / "verifications"


class Rooms:
    """Everything that is open, for any number of threads; what was not used for long is closed.

    Parameters
    ----------
    store, cases : Path
        Folders.
    """

    def __init__(self, store: Path, cases: Path) -> None:
        self._store_folder, self._cases_folder = store, cases
        self._stack = ExitStack()
        self._filing: Filing | None = None
        self._cases: OrderedDict[str, OpenCase] = OrderedDict()
        self._plans: OrderedDict[str, PlanDesk] = OrderedDict()
        self._drawn: OrderedDict[str, tuple[State, list[Drawn]]] = OrderedDict()
        self._locks: dict[str, RLock] = {}
        self._lock = RLock()

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._stack.close()
            self._filing = None

    @property
    def files(self) -> Filing:
        """The store, opened when it is first asked for."""
        with self._lock:
            if self._filing is None:
                self._filing = self._stack.enter_context(filing(self._store_folder, origin="workbench"))
            return self._filing

    @property
    def store(self) -> Store:
        """The store."""
        return self.files.store

    def listed(self, patient_id: str | None = None) -> list[CaseRow]:
        """Return the cases, all or those of a patient."""
        return list_cases(self.store, patient_id=patient_id)

    def case(self, case: str) -> OpenCase:
        """Open a case.

        Raises
        ------
        NotFoundError
            There is none.
        ImageError, OutputError
            Its CT cannot be read, or its folder not be filled.
        """
        return self._opened(self._cases, case, self._open_case, CASES_OPEN)

    def structures(self, case: OpenCase) -> list[Drawn]:
        """Return the structures of a case as they are now; read again where its files have changed."""
        name = case.row.case
        with self.alone(name):
            files = structure_files(self.store, case.row)
            state = _state_of(case.folder / DRAWN_FILE, files)
            kept = self._drawn.get(name)
            if kept is None or kept[0] != state:
                kept = (state, read_drawn(case.folder, case.ct, files)[0])
            with self._lock:
                self._drawn[name] = kept
                self._drawn.move_to_end(name)
                while len(self._drawn) > CASES_OPEN:
                    self._drawn.popitem(last=False)
            return list(kept[1])

    def keep_structures(self, case: OpenCase, structures: list[Drawn]) -> None:
        """Keep the structures of a case; hold `alone` from reading to keeping."""
        keep_drawn(case.folder, structures)

    def alone(self, name: str) -> RLock:
        """Return the lock of a case: who holds it is alone with its files."""
        with self._lock:
            return self._locks.setdefault(name, RLock())

    def plan(self, plan: str) -> PlanDesk:
        """Open a plan.

        Raises
        ------
        NotFoundError
            There is none.
        """
        return self._opened(self._plans, plan, self._open_plan, PLANS_OPEN)

    def case_of_plan(self, plan: str) -> str:
        """Name the case of a plan.

        Raises
        ------
        NotFoundError
            There is no such plan.
        """
        return self._plan_folder(plan).parent.parent.name

    def _open_case(self, case: str) -> OpenCase:
        row = find_case(self.store, case)
        folder = case_folder(self._cases_folder, self.store, row)
        ct = read_case_ct(folder)
        hu = np.clip(np.rint(ct.volume.hu), -32768, 32767).astype("<i2")
        return OpenCase(row, folder, ct, hu)

    def _open_plan(self, plan: str) -> PlanDesk:
        folder = self._plan_folder(plan)
        case = self.case(folder.parent.parent.name)
        return PlanDesk(folder, case.ct.volume.grid, case.row.patient_id)

    def _plan_folder(self, plan: str) -> Path:
        found = list(self._cases_folder.glob(f"*/plans/{plan}/{FILE}")) if NAME.fullmatch(plan) else []
        if not found:
            raise NotFoundError(f"no plan '{plan[:40]}'", "a plan of a case", "choose one of the list")
        return found[0].parent

    def _opened(
        self, kept: "OrderedDict[str, Opened]", name: str, open_it: Callable[[str], Opened], most: int
    ) -> Opened:
        with self._lock:
            if name in kept:
                kept.move_to_end(name)
                return kept[name]
        with self.alone(f"open {name[:64]}"):
            with self._lock:
                if name in kept:
                    return kept[name]
            opened = open_it(name)
            with self._lock:
                kept[name] = opened
                while len(kept) > most:
                    kept.popitem(last=False)
            return opened


def _state_of(drawn: Path, files: list[Path]) -> State:
    """Tell one state of the structures of a case from another: the file of the drawn ones, or the sets."""
    if drawn.is_file():
        there = drawn.stat()
        return (there.st_mtime_ns, there.st_size, there.st_ino)
    return tuple(str(path) for path in files)


def case_dict(row: CaseRow) -> dict[str, Any]:
    """Return a case of the list for the browser."""
    return {**vars(row), "study_date": iso_day(row.study_date)}


def iso_day(dicom: str) -> str | None:
    """Write a DICOM date as ISO; None where there is none.

    Examples
    --------
    >>> iso_day("20260302"), iso_day("")
    ('2026-03-02', None)
    """
    return f"{dicom[:4]}-{dicom[4:6]}-{dicom[6:8]}" if len(dicom) == 8 and dicom.isdigit() else None
