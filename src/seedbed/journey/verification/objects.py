"""The DICOM objects of a verification: contours with seeds on the CT, the implant, its dose, the top-up."""

from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from seedbed.dicom import write_structures
from seedbed.implant import SeedImplant
from seedbed.journey.progress import Progress
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.carried import Contours
from seedbed.journey.verification.judging import Given, JudgedDose
from seedbed.journey.written_plan import Purpose, write_checked_dose, write_checked_plan

STRUCTURES, IMPLANT, DOSE, TOP_UP = "structures.dcm", "implant.dcm", "dose.dcm", "top_up.dcm"
OBJECTS = (STRUCTURES, IMPLANT, DOSE, TOP_UP)
GIVEN_DOSE = "Dose to complete decay of the seeds found on the CT after implantation"


def write_objects(
    asked: Asked, given: Given, dose: JudgedDose | None, stage: Path, progress: Progress
) -> list[str]:
    """Write what a planning system or a PACS can show; return sentences on what could not be written.

    Without a target there is nothing that a plan could refer to: the seeds are in ``seeds.csv``.
    """
    contours, rx = asked.contours, asked.rx_gy
    if contours is None or rx is None or dose is None:
        return []
    uid = _write_structures(asked, contours, given.implant, stage)
    purpose = Purpose(asked.ct.identity, rx, contours.target.name, uid, _implanted(asked))
    if not given.implant.count:
        return ["No seed was found: there is no implant and no dose to write."]
    plan_uid = write_checked_plan(given.implant, asked.source, stage / IMPLANT, purpose)
    write_checked_dose(
        asked.source, given.implant, contours.target, stage / DOSE,
        identity=asked.ct.identity, plan_uid=plan_uid, comment=GIVEN_DOSE, progress=progress,
    )  # fmt: skip
    if dose.top_up is not None and dose.top_up.planned is not None:
        write_checked_plan(dose.top_up.planned.plan.implant, asked.source, stage / TOP_UP, purpose)
    return []


def _write_structures(asked: Asked, contours: Contours, implant: SeedImplant, stage: Path) -> str:
    """Write the contours as they lie on the CT, the target first, with the seeds."""
    target = replace(contours.target, kind="GTV")
    drawn = [target, *(each for name, each in contours.structures.items() if name != target.name)]
    return write_structures(
        drawn, asked.ct, stage / STRUCTURES, asked.ct.identity, types=[each.kind for each in drawn],
        implant=implant if implant.count else None,
    )  # fmt: skip


def _implanted(asked: Asked) -> datetime:
    """Return the time to which the strengths refer: the day stated, else the day of the CT."""
    made, day = asked.ct.identity.made, asked.question.implant_on
    return made if day is None else datetime.combine(day, time(made.hour, made.minute, made.second))
