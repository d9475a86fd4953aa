"""A verification as it is kept: what was asked, the decisions on its seeds, and every calculation of it.

::

    verifications/<id>/asked.json        the plan, the count, who asked
                      judgement.json     every decision on a seed
                      lists/<run>.csv    seeds that a run was to count, where people decided
                      runs/<run>/        results of one calculation: verify.json and the rest; never changed
                      thumbs/<seed>.png  pictures that were drawn
"""

import json
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from seedbed.journey.single_file import placed
from seedbed.journey.verification.making import RECORD
from seedbed.journey.workbench.plans.draft import now
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.verifications.shown import CONTOURS, RUN, SHOWN, Run

ASKED, RUNS, LISTS = "asked.json", "runs", "lists"
VERIFIED, APPROVAL = "signature-1.json", "signature-2.json"
NAME: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class AskedVerification:
    """What a verification was begun with.

    Attributes
    ----------
    verification, case : str
        Names: its own, and of the case with the CT after implantation.
    plan, plan_case : str
        The approved plan, and the case on which it was made.
    count : int or None
        Seeds implanted.
    implanted_on : str or None
        ISO date to which the strengths are brought; as written in the plan without it.
    by, at : str
        Who asked, and when.
    """

    verification: str
    case: str
    plan: str
    plan_case: str
    count: int | None = None
    implanted_on: str | None = None
    by: str
    at: str


@dataclass(frozen=True)
class KeptRun:
    """A calculation that was written.

    Attributes
    ----------
    folder : Path
    run : Run
    """

    folder: Path
    run: Run

    @classmethod
    def of(cls, folder: Path) -> "KeptRun":
        """Read the run of a folder."""
        values = _json(folder / RUN)
        chosen = values["counted"]
        return cls(folder, Run(**values | {"counted": None if chosen is None else tuple(chosen)}))

    @property
    def signed(self) -> bool:
        """Whether somebody signed it."""
        return (self.folder / VERIFIED).is_file()

    @property
    def approved(self) -> bool:
        """Whether two signatures lie beside it: then it stays the one that counts."""
        return (self.folder / APPROVAL).is_file()

    def record(self) -> dict[str, Any]:
        """Return the record of the verification."""
        return _json(self.folder / RECORD)

    def shown(self) -> dict[str, Any]:
        """Return what the page shows beside it."""
        return _json(self.folder / SHOWN)

    def structures(self) -> list[dict[str, Any]]:
        """Return the contours on the CT after implantation."""
        found: list[dict[str, Any]] = _json(self.folder / CONTOURS)["structures"]
        return found


def begin_verification(
    verifications: Path, *, case: str, plan: str, plan_case: str, by: str, **more: Any
) -> AskedVerification:
    """Make the folder of a new verification.

    Parameters
    ----------
    verifications : Path
        Folder of the case.
    case, plan, plan_case, by : str
    **more
        ``count``, ``implanted_on``.
    """
    asked = AskedVerification(
        verification=uuid4().hex[:16], case=case, plan=plan, plan_case=plan_case, by=by, at=now(), **more
    )
    place = verifications / asked.verification / ASKED
    with placed(place, [], kind="a verification", replaces=lambda _: False) as stage:
        stage.write_text(json.dumps(asdict(asked), ensure_ascii=False, indent=1), encoding="utf-8")
    return asked


def find_verification(cases: Path, verification: str) -> Path:
    """Return the folder of a verification.

    Raises
    ------
    NotFoundError
    """
    known = NAME.fullmatch(verification)
    found = list(cases.glob(f"*/verifications/{verification}/{ASKED}")) if known else []
    if not found:
        raise NotFoundError(
            f"no verification '{verification[:40]}'", "one of a case", "choose one of the list"
        )
    return found[0].parent


def read_asked(folder: Path) -> AskedVerification:
    """Read what a verification was begun with."""
    values = _json(folder / ASKED)
    return AskedVerification(**{each.name: values[each.name] for each in fields(AskedVerification)})


def list_verifications(verifications: Path) -> list[Path]:
    """Return the folders of the verifications of a case, the latest first."""
    every = [path.parent for path in verifications.glob(f"*/{ASKED}") if NAME.fullmatch(path.parent.name)]
    return sorted(every, key=lambda folder: (read_asked(folder).at, folder.name), reverse=True)


def kept_runs(folder: Path) -> list[KeptRun]:
    """Return the calculations that were written, the earliest first."""
    every = [path.parent for path in (folder / RUNS).glob(f"*/{RECORD}")]
    found = [KeptRun.of(place) for place in every if NAME.fullmatch(place.name)]
    return sorted(found, key=lambda each: (each.run.at, each.run.name))


def search_of(runs: list[KeptRun]) -> KeptRun | None:
    """Return the run that tells what the search found, before anybody decided; None where there is none."""
    return next((each for each in runs if each.run.counted is None), None)


def _json(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values
