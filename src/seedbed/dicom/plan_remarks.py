"""What a plan says of itself beside its seeds: prescription, approval, fractions."""

from pydicom import Dataset

from seedbed.dicom.files import text
from seedbed.dicom.plan_values import stated_number

DOSE = "TargetPrescriptionDose"
REJECTED = "REJECTED"


def prescription(plan: Dataset, name: str) -> tuple[Dataset, float]:
    """Return the first dose reference with a prescription, else the first at all, and its dose, Gy.

    The dose is 0 where none is stated; a negative one counts as none.

    Raises
    ------
    InputError
        A prescription that is no number.
    """
    stated: list[Dataset] = list(plan.get("DoseReferenceSequence") or [Dataset()])
    doses = [stated_number(item, DOSE, of=f"a dose reference of plan '{name}'") or 0.0 for item in stated]
    return next(
        ((item, dose) for item, dose in zip(stated, doses, strict=True) if dose > 0), (stated[0], 0.0)
    )


def plan_notes(plan: Dataset, name: str) -> tuple[str, ...]:
    """Say what is unusual about a plan whose seeds are read all the same."""
    return (*_dose_notes(plan, name), *_approval_notes(plan), *_fraction_notes(plan, name))


def _dose_notes(plan: Dataset, name: str) -> tuple[str, ...]:
    of = f"a dose reference of plan '{name}'"
    doses = [stated_number(item, DOSE, of=of) or 0.0 for item in plan.get("DoseReferenceSequence") or []]
    return tuple(
        f"The plan states a Target Prescription Dose of {dose:g} Gy, which is none and was not used."
        for dose in doses
        if dose < 0
    )


def _approval_notes(plan: Dataset) -> tuple[str, ...]:
    if text(plan, "ApprovalStatus").strip().upper() != REJECTED:
        return ()
    return (f"The plan has the Approval Status {REJECTED}: check that it is the one that is meant.",)


def _fraction_notes(plan: Dataset, name: str) -> tuple[str, ...]:
    groups = plan.get("FractionGroupSequence") or []
    of = f"a fraction group of plan '{name}'"
    most = max(
        (stated_number(group, "NumberOfFractionsPlanned", of=of) or 0.0 for group in groups), default=0.0
    )
    if most <= 1:
        return ()
    return (
        f"The plan states {most:g} fractions; a permanent implant has one, and the seeds were counted once.",
    )
