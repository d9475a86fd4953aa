"""The files of a pair, read and checked: whose they are, when they were made, and on what they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom import CtSeries, Identity, read_ct_series, read_pet_series
from seedbed.dicom.pet_activity import Tracer, read_pet_activity, read_pet_tracer
from seedbed.errors import ImageError, InputError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.journey.before_after.question import BeforeAfterQuestion, PetUnit
from seedbed.journey.contoured_ct import contoured
from seedbed.journey.progress import Progress
from seedbed.journey.same_patient import check_same_patient

SAME_HALF_LIFE = 0.02
"""How far two files may differ on the half-life of one nuclide, relative to it; local rule."""


@dataclass(frozen=True)
class PetImage:
    """PET values on their own grid.

    Attributes
    ----------
    grid : VoxelGrid
    values : ndarray, shape (nz, ny, nx)
        SUV by body weight in g/mL, or Bq/mL.
    identity : Identity
    notes : tuple of str
    """

    grid: VoxelGrid
    values: NDArray[np.float32]
    identity: Identity
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One of the two: its CT, the lesion on it and its PET, where there are any."""

    ct: CtSeries
    lesion: Structure | None = None
    pet: PetImage | None = None


@dataclass(frozen=True)
class Pair:
    """Both sides, and sentences on everything that was assumed."""

    before: Side
    after: Side
    notes: tuple[str, ...]


def read_pair(question: BeforeAfterQuestion, progress: Progress) -> Pair:
    """Read all files of a pair.

    Raises
    ------
    SeedbedError
        Any file that cannot be used; two patients; the same series twice; the later one first; a PET in
        another frame of reference than its CT, or of another nuclide.
    """
    progress("Reading the CT before", 0, 4)
    before = read_ct_series(
        question.before_folder, series=question.series_before, correct_tilt=question.correct_tilt
    )
    progress("Reading the CT after", 1, 4)
    after = read_ct_series(
        question.after_folder, series=question.series_after, correct_tilt=question.correct_tilt
    )
    _check_series(question, before, after)
    progress("Reading PET and structures", 2, 4)
    pets = _read_pets(question)
    both = [before.identity, *([pets[0].identity] if pets else [])]
    later = [after.identity, *([pets[1].identity] if pets else [])]
    _check_patients(both, later, vouched=question.same_patient)
    for ct, pet, of in zip((before, after), pets, ("before", "after"), strict=False):
        _check_frame(ct, pet, of)
    lesions = _read_lesions(question, before, after)
    notes = [f"{of}: {note}" for of, ct in (("Before", before), ("After", after)) for note in ct.notes]
    notes += [note for pet in pets for note in pet.notes]
    first, second = pets or (None, None)
    return Pair(Side(before, lesions[0], first), Side(after, lesions[1], second), tuple(dict.fromkeys(notes)))


def _check_series(question: BeforeAfterQuestion, before: CtSeries, after: CtSeries) -> None:
    if before.series_uid == after.series_uid:
        raise InputError(
            f"'{question.before_folder}' and '{question.after_folder}' hold the same CT series",
            "two CTs",
            "choose the other one",
        )
    first, second = before.identity.study_date, after.identity.study_date
    if first and second and first > second:
        raise InputError(
            f"a CT before of {first} and a CT after of {second} (StudyDate)",
            "the earlier one first",
            "give them the other way round",
        )


def _check_patients(before: Sequence[Identity], after: Sequence[Identity], *, vouched: bool) -> None:
    """Refuse two patients by ID, by day of birth or by sex; CT and PET of one day must agree in any case."""
    for side, of in ((before, "before"), (after, "after")):
        check_one_person({f"{kind} {of}": one for kind, one in zip(("CT", "PET"), side, strict=False)})
    if not vouched:
        try:
            check_one_person({"CT before": before[0], "CT after": after[0]})
        except InputError as error:
            raise InputError(
                error.came,
                error.expected,
                f"{error.do}, or say so where you know that they are (--same-patient)",
            ) from error


def check_one_person(people: dict[str, Identity]) -> None:
    """Refuse files of two people: another identifier, day of birth or sex, where it is stated.

    Parameters
    ----------
    people : dict of str to Identity
        By what they are called.

    Raises
    ------
    InputError
    """
    check_same_patient({of: one.patient_id for of, one in people.items()})
    for what, values in (
        ("day of birth", {of: one.patient_birth_date for of, one in people.items()}),
        ("sex", {of: one.patient_sex.replace("O", "") for of, one in people.items()}),
    ):
        stated = {of: value.strip() for of, value in values.items() if value.strip()}
        if len(set(stated.values())) > 1:
            raise InputError(
                f"another {what} in {' and '.join(stated)}",
                "files of one patient",
                "choose files that belong together, or correct the patient at its source",
            )


def _read_lesions(
    question: BeforeAfterQuestion, before: CtSeries, after: CtSeries
) -> tuple[Structure | None, Structure | None]:
    found: list[Structure | None] = []
    later = question.target_after or question.target
    for ct, folder, file, name in (
        (before, question.before_folder, question.structures_file, question.target),
        (after, question.after_folder, question.structures_after_file, later),
    ):
        if file is None:
            found.append(None)
        else:
            found.append(contoured(ct, file, ct_name=str(folder), target_name=name, sphere=None).whole)
    return found[0], found[1]


def _read_pets(question: BeforeAfterQuestion) -> tuple[PetImage, ...]:
    if question.pet_before_folder is None or question.pet_after_folder is None:
        return ()
    folders = (question.pet_before_folder, question.pet_after_folder)
    first, second = (_read_pet(folder, question.pet_unit) for folder in folders)
    check_tracers(*(read_pet_tracer(folder) for folder in folders))
    return first, second


def _read_pet(folder: Path, unit: PetUnit) -> PetImage:
    """Read a PET; where only the SUV cannot be had, say how to go on."""
    if unit == "bqml":
        activity = read_pet_activity(folder)
        return PetImage(activity.grid, activity.bq_per_ml, activity.identity, activity.notes)
    try:
        found = read_pet_series(folder)
    except ImageError as error:
        try:
            read_pet_activity(folder)
        except InputError:
            raise error from None
        raise ImageError(
            error.came, error.expected, f"{error.do}, or show the activity in Bq/mL with --pet-unit bqml"
        ) from error
    return PetImage(found.grid, found.suv, found.identity, found.notes)


def check_tracers(before: Tracer, after: Tracer) -> None:
    """Refuse two nuclides, or two tracers, on one scale.

    Raises
    ------
    ImageError
    """
    one, other = before.half_life_s, after.half_life_s
    apart = one is not None and other is not None and abs(one - other) > SAME_HALF_LIFE * max(one, other)
    names = {before.name.casefold(), after.name.casefold()} - {""}
    if apart or len(names) > 1:
        raise ImageError(
            f"PET of {_said(before)} before and of {_said(after)} after",
            "the same tracer on both",
            "choose PET series of one tracer, or leave PET out",
        )


def _said(tracer: Tracer) -> str:
    half_life = "" if tracer.half_life_s is None else f" (half-life {tracer.half_life_s:.0f} s)"
    return f"'{tracer.name or 'a tracer without a name'}'{half_life}"


def _check_frame(ct: CtSeries, pet: PetImage, of: str) -> None:
    if ct.identity.frame_uid != pet.identity.frame_uid:
        raise ImageError(
            f"the PET {of} has the frame of reference {pet.identity.frame_uid or '(none)'}",
            f"that of the CT {of}, {ct.identity.frame_uid or '(none)'}",
            "choose the CT of the same PET/CT examination",
        )
