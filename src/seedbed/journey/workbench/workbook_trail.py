"""What is done with a workbook, in the access trail of the patients in it."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from time import time

from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.trail import add_entry

MOST_NOTED = 1000
"""Patients that one deed is noted of one by one, which takes some seconds (local rule)."""
AT_ONCE = 100
"""Entries between which others may write (local rule)."""
SEEN = "seen"
LONGEST_DETAIL = 300


def note_patients(
    workplace: Workplace, who: str, what: str, *, patients: Collection[str], detail: str, origin: str = ""
) -> None:
    """Write what somebody did into the trail of each patient up to `MOST_NOTED`, and how many more there are.

    Raises
    ------
    OutputError
    """
    each_once = sorted({*patients})
    named, more = each_once[:MOST_NOTED], len(each_once[MOST_NOTED:])
    for first in range(0, len(named), AT_ONCE):
        with workplace.accounts.writing() as connection:
            for patient_id in named[first : first + AT_ONCE]:
                add_entry(
                    connection,
                    who,
                    what=what,
                    patient_id=patient_id,
                    detail=detail[:LONGEST_DETAIL],
                    origin=origin,
                )
    if more:
        workplace.trail.note(who, what, detail=f"{more} more patients: {detail}", origin=origin)


def note_seen(
    workplace: Workplace, folder: Path, *, who: str, patients: Collection[str], called: str, origin: str
) -> None:
    """Write into the trail of each patient that somebody saw it in a workbook, once in `Limits.same_view_s`.

    Raises
    ------
    OutputError
    """
    seen = folder / SEEN
    with suppress(FileNotFoundError):
        if time() - seen.stat().st_mtime < workplace.limits.same_view_s:
            return
    note_patients(workplace, who, "workbook", patients=patients, detail=called, origin=origin)
    with suppress(FileNotFoundError):  # left meanwhile
        seen.touch()
