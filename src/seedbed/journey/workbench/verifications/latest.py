"""Which calculation of a verification counts, and whether it is of the seeds that count now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seedbed.journey.workbench.refusals import LockedError
from seedbed.journey.workbench.verifications.doubts import doubts_of
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs, search_of
from seedbed.journey.workbench.verifications.judgement import (
    OPEN,
    Judgement,
    counted,
    places_by_hand,
    read_judgement,
)
from seedbed.journey.workbench.verifications.seeds import numbers_in, numbers_of

Numbers = tuple[list[int], list[int]]


def is_of_others(judgement: Judgement, search: KeptRun | None, run: KeptRun) -> bool:
    """Tell whether the dose of a calculation is of other seeds than those that count now, or elsewhere."""
    return search is None or _of_others(judgement, numbers_of(search), run)


def is_stale(judgement: Judgement, search: KeptRun | None, run: KeptRun) -> bool:
    """Tell whether a calculation does not hold any more: its dose, its intervals or what it says of numbers.

    Intervals and sentences do not where a doubt was settled since, the number implanted corrected, or it was
    said otherwise why another number counts. What is approved holds: nothing is decided after that.
    """
    if search is None:
        return True
    record = search.record()
    numbers = numbers_in(record)
    if _of_others(judgement, numbers, run):
        return True
    before = judgement.at_version(run.run.judgement_version)
    return not run.approved and _said(before, numbers, record) != _said(judgement, numbers, record)


def _of_others(judgement: Judgement, numbers: Numbers, run: KeptRun) -> bool:
    found, _ = numbers
    used = found if run.run.counted is None else list(run.run.counted)
    before = judgement.at_version(run.run.judgement_version)
    now = counted(judgement, *numbers)
    return now != used or places_by_hand(judgement, now) != places_by_hand(before, now)


def _said(judgement: Judgement, numbers: Numbers, record: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what was decided of a search beside the dose: doubts settled, number implanted, its explanation.

    What was not counted is of no matter where no seed lacks.
    """
    found, others = numbers
    implanted, counting = judgement.implanted(record.get("implanted")), len(counted(judgement, found, others))
    doubtful = {seed for seed, doubt in doubts_of(record, judgement).items() if doubt.doubtful}
    lacks = implanted is not None and implanted > counting
    doubtful.update(others if lacks else ())
    explained = judgement.explained(counting, implanted) if implanted != counting else None
    why = None if explained is None else explained.version
    return implanted, lacks, why, {seed for seed in doubtful if judgement.state(seed) != OPEN}


def latest_of(runs: list[KeptRun], judgement: Judgement) -> KeptRun | None:
    """Return the calculation that counts; None where there is none.

    It is the approved one; else one of the seeds that count now, a signed one first; else that of the latest
    decisions. Of those with the same decisions it is one with a top-up where one was asked for, with sheets
    where they were written.
    """
    search = search_of(runs)

    def rank(each: KeptRun) -> tuple[bool, bool, bool, int, bool, bool, str]:
        run, now = each.run, not is_stale(judgement, search, each)
        return each.approved, now, now and each.signed, run.judgement_version, run.top_up, run.sheets, run.at

    return max(runs, key=rank, default=None)


def current_run(folder: Path) -> KeptRun | None:
    """Return the calculation of a verification that counts now; None where there is none."""
    return latest_of(kept_runs(folder), read_judgement(folder))


def refuse_signed(folder: Path) -> None:
    """Refuse to calculate again what is signed: another result would take the place of the signed one.

    Raises
    ------
    LockedError
    """
    runs, judgement = kept_runs(folder), read_judgement(folder)
    latest = latest_of(runs, judgement)
    if latest is not None and latest.signed and not is_stale(judgement, search_of(runs), latest):
        raise LockedError(
            "another calculation of seeds whose results are signed",
            "results without a signature",
            "change the seeds first, or begin another verification on the same CT",
        )
