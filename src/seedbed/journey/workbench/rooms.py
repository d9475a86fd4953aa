"""What is open on the workbench: the store, the CTs that were looked at last, and plans on the desk."""

from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

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
from seedbed.journey.workbench.encoded import Encoded, encoded
from seedbed.journey.workbench.kept_open import KeptOpen, NamedLocks
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.plans.draft import FILE, NAME
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.registry.store import Store

CASES_OPEN, PLANS_OPEN = 3, 8
"""A CT of 512 x 512 x 100 takes 160 MB; local rule."""
State = tuple[int | str, ...]
WHOLE_HU = np.iinfo(np.int16)


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


@dataclass(frozen=True)
class DrawnCase:
    """The structures of a case at one state of its files, and what is answered of them.

    Attributes
    ----------
    state : tuple
        Tells it from any other state of the files.
    drawn : tuple of Drawn
    """

    state: State
    drawn: tuple[Drawn, ...]

    @cached_property
    def encoded(self) -> Encoded:
        """All with their contours, as the browser gets them."""
        return encoded({"structures": [each.to_dict() for each in self.drawn]})

    @cached_property
    def summaries(self) -> list[dict[str, Any]]:
        """All without their contours."""
        return [each.summary() for each in self.drawn]


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
        self._cases: KeptOpen[OpenCase] = KeptOpen(CASES_OPEN)
        self._plans: KeptOpen[PlanDesk] = KeptOpen(PLANS_OPEN)
        self._drawn: OrderedDict[str, DrawnCase] = OrderedDict()
        self._locks = NamedLocks()
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
        return self._cases.opened(case, self._open_case)

    def structures(self, case: OpenCase) -> list[Drawn]:
        """Return the structures of a case as they are now; read again where its files have changed."""
        return list(self._drawn_case(case).drawn)

    def structures_encoded(self, case: OpenCase) -> Encoded:
        """Return the structures of a case with their contours, as the browser gets them."""
        with self.alone(case.row.case):  # written once, not by each who asks meanwhile
            return self._drawn_case(case).encoded

    def structures_summed(self, case: OpenCase) -> list[dict[str, Any]]:
        """Return the structures of a case without their contours."""
        return self._drawn_case(case).summaries

    def _drawn_case(self, case: OpenCase) -> DrawnCase:
        name = case.row.case
        with self.alone(name):
            drawn = case.folder / DRAWN_FILE
            files = [] if drawn.is_file() else structure_files(self.store, case.row)
            state = _state_of(drawn, files)
            kept = self._drawn.get(name)
            if kept is None or kept.state != state:
                kept = DrawnCase(state, tuple(read_drawn(case.folder, case.ct, files)[0]))
            with self._lock:
                self._drawn[name] = kept
                self._drawn.move_to_end(name)
                while len(self._drawn) > CASES_OPEN:
                    self._drawn.popitem(last=False)
            return kept

    def keep_structures(self, case: OpenCase, structures: list[Drawn]) -> None:
        """Keep the structures of a case; hold `alone` from reading to keeping."""
        keep_drawn(case.folder, structures)

    def alone(self, name: str) -> RLock:
        """Return the lock of a case: who holds it is alone with its files."""
        return self._locks.of(name)

    def plan(self, plan: str) -> PlanDesk:
        """Open a plan.

        Raises
        ------
        NotFoundError
            There is none.
        """
        return self._plans.opened(plan, self._open_plan)

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
        return OpenCase(row, folder, ct, whole_hu(ct.volume.hu))

    def _open_plan(self, plan: str) -> PlanDesk:
        folder = self._plan_folder(plan)
        case = self.case(folder.parent.parent.name)
        return PlanDesk(folder, case.ct.volume.grid, case.row.patient_id)

    def _plan_folder(self, plan: str) -> Path:
        found = list(self._cases_folder.glob(f"*/plans/{plan}/{FILE}")) if NAME.fullmatch(plan) else []
        if not found:
            raise NotFoundError(f"no plan '{plan[:40]}'", "a plan of a case", "choose one of the list")
        return found[0].parent


def whole_hu(hu: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.int16]]:
    """Round a CT to whole HU, slice by slice: the whole at once takes three times its room and as long.

    Examples
    --------
    >>> whole_hu(np.array([[-1024.4, 0.5, 1.5, 1e6]], dtype=np.float32)).tolist()
    [[-1024, 0, 2, 32767]]
    """
    found = np.empty(hu.shape, dtype="<i2")
    for plane, given in zip(found, hu, strict=True):
        plane[...] = np.clip(np.rint(given), WHOLE_HU.min, WHOLE_HU.max)
    return found


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
