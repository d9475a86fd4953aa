"""Verify an implant and write everything that a clinic needs of it into one folder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from seedbed.journey.places import check_place, staged
from seedbed.journey.progress import Progress, silent
from seedbed.journey.signing import check_unsigned, follows
from seedbed.journey.single_file import sha256
from seedbed.journey.verification.asking import Asked, ask
from seedbed.journey.verification.finding import Decided, Finding, find
from seedbed.journey.verification.judging import Given, JudgedDose, give_strengths, judge
from seedbed.journey.verification.numbers import verify_document
from seedbed.journey.verification.objects import OBJECTS, write_objects
from seedbed.journey.verification.owner import check_list_kept, check_owner
from seedbed.journey.verification.pictures import FOLDER, MOST_IN_DOUBT, draw_all
from seedbed.journey.verification.placing import Placement, place
from seedbed.journey.verification.question import VerifyQuestion, check_question
from seedbed.journey.verification.seed_table import write_seed_table
from seedbed.journey.verification.sheets import SHEETS, verification_sheet, write_sheets
from seedbed.verification import Migrated, PlaneNumbers

NO_TIPS = (
    "Where a plan does not hold the tips of its needles, displacement along a needle has no sign: deeper and "
    "shallower are not told apart."
)
COUNTED_FROM_FEET = (
    "The images of the CT have no numbers of their own, or some twice: slices were counted from the feet."
)
MORE = (
    "Found {found} seeds where {count} were implanted; the dose counts all of them: refuse what is none, or "
    "correct the number, before the dose is used."
)
OTHER_SEARCH = (
    "The search was made with {first} stated and may have split or joined seeds for that; with {count} "
    "it gives others: begin another verification with {count}."
)
SAME_SEARCH = "The search was made with {first} stated; made again with {count} it gives the very same seeds."
NO_NUMBER = "no number"
RECORD, SEEDS = "verify.json", "seeds.csv"
OWN = (RECORD, SEEDS, FOLDER, *OBJECTS, *SHEETS)


@dataclass(frozen=True)
class Verified:
    """A verification before it is written.

    Attributes
    ----------
    asked : Asked
    found : Finding
    given : Given
    dose : JudgedDose or None
        None without a target or without a seed.
    """

    asked: Asked
    found: Finding
    given: Given
    dose: JudgedDose | None


More = Callable[[Verified, Path], None]
"""Writes further files into the folder of the results, which are listed and hashed with the others."""


def verify_implant(
    question: VerifyQuestion,
    progress: Progress = silent,
    *,
    more: More | None = None,
    said: Sequence[str] = (),
    decided: Decided | None = None,
) -> dict[str, Any]:
    """Find the seeds on a CT after implantation and judge their dose; write all of it or nothing.

    Parameters
    ----------
    question : VerifyQuestion
    progress : callable
        Called with the step in words, what is done and what there is in all.
    more : callable, optional
        See `More`.
    said : sequence of str
        What people did to the list of seeds, for the notes of record and sheet.
    decided : Decided, optional
        What they decided on seeds one by one; with it more seeds than were implanted are a result.

    Returns
    -------
    dict
        What ``verify.json`` holds.

    Raises
    ------
    SeedbedError
        Any input that cannot be used; nothing is written then.
    """
    check_question(question)
    check_place(question.out, RECORD)
    check_unsigned(question.out)
    check_list_kept(question.out / RECORD, question.seeds_file)
    earlier = None if question.follows is None else follows(question.follows)
    with staged(question.out, holds=RECORD, owns=OWN) as stage:
        asked = ask(question, progress)
        check_owner(question.out / RECORD, asked.ct.identity)
        if question.follows is not None:
            check_owner(question.follows / RECORD, asked.ct.identity)
        found = find(asked, progress, decided)
        asked = replace(asked, notes=(*said, *asked.notes))
        document = _write(asked, found, stage, earlier=earlier, progress=progress, more=more)
        check_unsigned(question.out)
    return document


def _write(
    asked: Asked,
    found: Finding,
    stage: Path,
    *,
    earlier: dict[str, Any] | None,
    progress: Progress,
    more: More | None,
) -> dict[str, Any]:
    """Judge, and write everything; what was assumed is known by then."""
    placement, migrated = place(asked, found.seeds.positions_mm)
    given, assumed = give_strengths(asked, found, placement)
    planes = PlaneNumbers(asked.ct.volume.grid.axis_mm(2), asked.ct.number_of_plane)
    dose, said = judge(asked, found, given, plane_numbers=planes, progress=progress)
    lacking = write_objects(asked, given, dose, stage, progress)
    document = verify_document(asked, found, given, placement, migrated, dose)
    document["follows"] = earlier
    if dose is None:
        assumed = []  # nothing that was assumed for a dose is of any use
    notes = [*_counted(asked, found), *_lying(placement), *said, *assumed, *lacking, *asked.notes]
    moved = _moved(placement, migrated, found)
    document["notes"] = [*notes, *moved]
    if placement is not None and placement.drifted.systematic is None:
        notes += moved
    write_seed_table(stage / SEEDS, found.seeds)
    drawn = draw_all(asked, found, placement, dose, folder=stage / FOLDER, progress=progress)
    sheet = verification_sheet(asked, found, placement, migrated, dose, drawn, notes=notes, stage=stage)
    progress("Writing the sheet", 0, 1)
    document["notes"] += write_sheets(sheet, asked, stage)
    if more is not None:
        more(Verified(asked, found, given, dose), stage)
    written = [path for path in sorted(stage.rglob("*")) if path.is_file()]
    document["sha256"] = {path.relative_to(stage).as_posix(): sha256(path) for path in written}
    document["files"] = sorted([RECORD, *document["sha256"]])
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    (stage / RECORD).write_text(text + "\n", encoding="utf-8")
    return document


def _counted(asked: Asked, found: Finding) -> list[str]:
    """Say whether the seeds add up, and what a person should look at."""
    count, seeds = asked.question.count, found.seeds
    if count is None:
        notes = [f"{_many(seeds.count, 'seed')} found; how many were implanted was not stated."]
    elif seeds.count < count:
        lost = count - seeds.count
        notes = [f"Found {seeds.count} of {count} seeds: look for {lost} before the dose is used."]
    elif seeds.count > count:
        notes = [MORE.format(found=seeds.count, count=count)]
    else:
        notes = [f"As many seeds were found as were implanted, {count}."]
    notes += searched_again(found, count)
    if found.edits is not None and found.edits.any:
        edits = found.edits
        changed = ((len(edits.added), "added"), (len(edits.deleted), "deleted"), (len(edits.moved), "moved"))
        notes.append(f"By hand: {', '.join(f'{count} {what}' for count, what in changed if count)}.")
    if found.doubtful:
        numbers = ", ".join(str(seeds.numbers[n]) for n in found.doubtful)
        notes.append(f"Look at {_many(len(found.doubtful), 'seed')} in doubt: {numbers}.")
    if found.unsettled:
        few = f"{_many(len(found.unsettled), 'bright thing')} that may be seeds"
        notes.append(f"Not counted: {few}; look at the pictures.")
    left_out = len(found.doubtful) + len(found.unsettled) - MOST_IN_DOUBT
    if left_out > 0 and asked.question.pictures:
        notes.append(f"{left_out} of these, the least like seeds, have no picture of their own.")
    if not asked.ct.numbered_by_images:
        notes.append(COUNTED_FROM_FEET)
    return notes


def searched_again(found: Finding, count: int | None) -> list[str]:
    """Say with which number the seeds were searched, where another is stated by now."""
    if found.decided is None or found.same_search is None:
        return []
    first = NO_NUMBER if found.decided.count is None else _many(found.decided.count, "seed")
    return [(SAME_SEARCH if found.same_search else OTHER_SEARCH).format(first=first, count=count)]


def _lying(placement: Placement | None) -> list[str]:
    """Say what the seeds tell of edema, and what the plan does not tell."""
    if placement is None:
        return []
    if not len(placement.drifted.match.planned):
        return []
    unknown = not all(needle.depth_known for needle in placement.needles)
    cloud = [] if placement.cloud is None else [placement.cloud.sentence]
    return [*cloud, *([NO_TIPS] if unknown else [])]


def _moved(placement: Placement | None, migrated: tuple[Migrated, ...], found: Finding) -> list[str]:
    """Say how the implant lies and which seeds have gone: the sheet has places of their own for both."""
    drift = () if placement is None else placement.drifted.sentences
    gone = [each.said_of(f"Seed {found.seeds.numbers[each.found]}") for each in migrated]
    return [*drift, *gone]


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
