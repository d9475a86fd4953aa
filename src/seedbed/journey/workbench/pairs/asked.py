"""Which two CTs are asked for, and whether they can be a pair at all."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from seedbed.errors import InputError
from seedbed.journey.before_after.question import MatchBy
from seedbed.journey.workbench.case_folder import CaseRow, find_case
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError
from seedbed.journey.workbench.rooms import OpenCase, Rooms

FOLDER = "pairs"


@dataclass(frozen=True, kw_only=True)
class AskedPair:
    """Two CTs of one patient and how they are to be laid on each other.

    Attributes
    ----------
    before, after : CaseRow
    by : {"registration", "frame"}
    target : str
        Structure of the CT before about which they must match; empty: the one that is treated.
    """

    before: CaseRow
    after: CaseRow
    by: MatchBy = "registration"
    target: str = ""

    @property
    def shares_frame(self) -> bool:
        """Whether both lie in one frame of reference."""
        return bool(self.before.frame_uid) and self.before.frame_uid == self.after.frame_uid

    @property
    def images(self) -> tuple[int, int]:
        """Files of each; more of them make another CT."""
        return self.before.images, self.after.images

    def folder(self, cases: Path) -> Path:
        """Return where the pair is kept, below the case of the CT before."""
        text = "\n".join((self.after.case, self.by, self.target))
        return cases / self.before.case / FOLDER / hashlib.sha256(text.encode()).hexdigest()[:16]

    def arguments(self) -> dict[str, str]:
        """Return what a job is told."""
        return {
            "patient": self.before.patient_id,
            "before": self.before.case,
            "after": self.after.case,
            "by": self.by,
            "target": self.target,
        }


def ask_pair(
    rooms: Rooms, patient_id: str, *, before: str, after: str, by: MatchBy, target: str = ""
) -> AskedPair:
    """Look two cases of a patient up.

    Raises
    ------
    NotFoundError
        No such case.
    InputError
        One CT, the same one twice, a CT of another patient, the later one first, or no frame of reference
        that both share where that was asked for.
    """
    rows = {row.case: row for row in rooms.listed(patient_id)}
    first, second = (_of_patient(rooms, rows, case, patient_id) for case in (before, after))
    if len(rows) == 1:
        raise InputError(f"one CT of '{patient_id}'", "two, before and after", "bring the other one in first")
    if first.case == second.case:
        raise InputError("the same CT before and after", "two CTs", "choose another one")
    if first.study_date and second.study_date and first.study_date > second.study_date:
        raise InputError(
            f"a CT before of {first.study_date} and a CT after of {second.study_date} (StudyDate)",
            "the earlier one first",
            "exchange them",
        )
    asked = AskedPair(before=first, after=second, by=by, target=target)
    if by == "frame" and not asked.shares_frame:
        raise InputError(
            "two CTs in different frames of reference",
            "one that both share",
            "lay them on each other by images",
        )
    return asked


def opened_as_asked(rooms: Rooms, row: CaseRow) -> OpenCase:
    """Open a CT of a pair; refuse one that has other images than when the pair was looked up.

    Raises
    ------
    ChangedElsewhereError
        Images of it came in between: the two no longer lie on each other as they were matched.
    """
    opened = rooms.case(row.case)
    if opened.row.images != row.images:
        raise ChangedElsewhereError(
            f"a CT of {row.images} images that has {opened.row.images} now",
            "the images that the pair was matched by",
            "load the page again and lay the two on each other again",
        )
    return opened


def _of_patient(rooms: Rooms, rows: dict[str, CaseRow], case: str, patient_id: str) -> CaseRow:
    if case in rows:
        return rows[case]
    find_case(rooms.store, case)
    if not rows:
        raise NotFoundError(f"no CT of '{patient_id}'", "two, before and after", "bring them in first")
    raise InputError(
        f"a CT of another patient than '{patient_id}'", "two CTs of this patient", "choose one of the list"
    )
