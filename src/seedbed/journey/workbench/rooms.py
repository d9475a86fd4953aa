"""What is open on the workbench: the store, the CTs that were looked at last, and plans on the desk.

What reads images and calculates doses is loaded when one is opened: the list of cases needs none.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from seedbed.journey.filing import Filing, filing
from seedbed.journey.workbench.case_folder import (
    CaseRow,
    case_folder,
    case_of,
    read_case_ct,
    structure_files,
)
from seedbed.journey.workbench.case_list import CaseList
from seedbed.journey.workbench.encoded import Encoded, encoded
from seedbed.journey.workbench.kept_open import KeptOpen, NamedLocks
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.registry.store import Store

if TYPE_CHECKING:
    import numpy as np

    from seedbed.dicom import CtSeries
    from seedbed.journey.workbench.drawn import Drawn
    from seedbed.journey.workbench.plans.desk import PlanDesk

DELETED = "plans-deleted"
CASES_OPEN, PLANS_OPEN = 3, 8
"""A CT of 512 x 512 x 100 takes 160 MB; local rule."""
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
    images : (int, str)
        State of the files of the CT, as the store tells it.
    """

    row: CaseRow
    folder: Path
    ct: "CtSeries"
    hu: "np.ndarray[tuple[int, ...], np.dtype[np.int16]]"
    images: tuple[int, str]

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
    drawn: "tuple[Drawn, ...]"

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
        self._lies_on: WeakKeyDictionary[PlanDesk, tuple[CaseRow, tuple[int, str]]] = WeakKeyDictionary()
        self._drawn: KeptOpen[DrawnCase] = KeptOpen(CASES_OPEN)
        self._listed = CaseList()
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
        return self._listed.rows(self.store, patient_id=patient_id)

    def listed_encoded(self) -> Encoded:
        """Return all cases as the browser gets them."""
        return self._listed.encoded(self.store)

    def patient_of(self, case: str) -> str:
        """Return the ID of the patient of a case; empty where there is no such case."""
        return next((row.patient_id for row in self.listed() if row.case == case), "")

    def case(self, case: str) -> OpenCase:
        """Open a case; one whose CT has got images since it was opened is read again.

        Raises
        ------
        NotFoundError
            There is none.
        ImageError, OutputError
            Its CT cannot be read, or its folder not be filled.
        """
        return self._cases.opened(case, self._open_case, holds=self._is_as_stored)

    def structures(self, case: OpenCase) -> "list[Drawn]":
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
        from seedbed.journey.workbench.drawn import FILE, read_drawn

        name = case.row.case
        with self.alone(name):
            drawn = case.folder / FILE
            files = [] if drawn.is_file() else structure_files(self.store, case.row)
            state = (*case.images, *_state_of(drawn, files))
            return self._drawn.opened(
                name,
                lambda _: DrawnCase(state, tuple(read_drawn(case.folder, case.ct, files)[0])),
                holds=lambda kept: kept.state == state,
            )

    def keep_structures(self, case: OpenCase, structures: "list[Drawn]") -> None:
        """Keep the structures of a case; hold `alone` from reading to keeping."""
        from seedbed.journey.workbench.drawn import keep_drawn

        keep_drawn(case.folder, structures)

    def alone(self, name: str) -> RLock:
        """Return the lock of a case: who holds it is alone with its files."""
        return self._locks.of(name)

    def plan(self, plan: str) -> "PlanDesk":
        """Open a plan; its planes lie on the CT of its case as it is now.

        Raises
        ------
        NotFoundError
            There is none.
        """
        desk = self._plans.opened(plan, self._open_plan)
        row, images = self._lies_on[desk]
        if images != self._images_of(row):
            self._lay(desk, self.case(row.case))
        return desk

    def delete_plan(self, plan: str, *, version: int, noted: Callable[[], None]) -> None:
        """Take a draft that nobody signed out of its case; what it was is kept beside the plans.

        Raises
        ------
        SeedbedError
            As `PlanDesk.put_away`.
        """
        desk = self.plan(plan)
        desk.put_away(desk.folder.parent.parent / DELETED / plan, version=version, noted=noted)
        self._plans.closed(plan)

    def case_of_plan(self, plan: str) -> str:
        """Name the case of a plan.

        Raises
        ------
        NotFoundError
            There is no such plan.
        """
        return self._plan_folder(plan).parent.parent.name

    def _open_case(self, case: str) -> OpenCase:
        from seedbed.journey.workbench.resampled import whole_hu

        row = case_of(self.listed(), case)
        images = self._images_of(row)  # before they are read: what comes meanwhile is another state
        folder = case_folder(self._cases_folder, self.store, row)
        ct = read_case_ct(folder)
        return OpenCase(row, folder, ct, whole_hu(ct.volume.hu), images)

    def _images_of(self, row: CaseRow) -> tuple[int, str]:
        return self.store.state_of_series(row.series_uid, patient_id=row.patient_id)

    def _is_as_stored(self, case: OpenCase) -> bool:
        return case.images == self._images_of(case.row)

    def _open_plan(self, plan: str) -> "PlanDesk":
        from seedbed.journey.workbench.plans.desk import PlanDesk

        folder = self._plan_folder(plan)
        case = self.case(folder.parent.parent.name)
        desk = PlanDesk(folder, case.ct.volume.grid, case.row.patient_id)
        self._lay(desk, case)
        return desk

    def _lay(self, desk: "PlanDesk", case: OpenCase) -> None:
        """Have a plan lie on the CT of its case; it is not opened a second time, which would lose edits."""
        with self._lock:
            desk.grid = case.ct.volume.grid
            self._lies_on[desk] = (case.row, case.images)

    def _plan_folder(self, plan: str) -> Path:
        from seedbed.journey.workbench.plans.draft import FILE, NAME

        found = list(self._cases_folder.glob(f"*/plans/{plan}/{FILE}")) if NAME.fullmatch(plan) else []
        if not found:
            raise NotFoundError(f"no plan '{plan[:40]}'", "a plan of a case", "choose one of the list")
        return found[0].parent


def _state_of(drawn: Path, files: list[Path]) -> State:
    """Tell one state of the structures of a case from another: the file of the drawn ones, or the sets."""
    if drawn.is_file():
        there = drawn.stat()
        return (there.st_mtime_ns, there.st_size, there.st_ino)
    return tuple(str(path) for path in files)
