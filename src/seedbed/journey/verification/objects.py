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
NO_DAY = (
    "The day of implantation was not stated: strengths are dated to the day {of}, {day}; state it where "
    "it is another (--implant-date)."
)
TOP_UP_DAY = (
    "The further seeds have their strengths on the day of the top-up; their plan is dated to the day of the "
    "CT, {day}."
)
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
    implanted, said = _implanted(asked)
    purpose = Purpose(asked.ct.identity, rx, contours.target.name, uid, implanted)
    plan_uid = write_checked_plan(given.implant, asked.source, stage / IMPLANT, purpose)
    write_checked_dose(
        asked.source, given.implant, contours.target, stage / DOSE,
        identity=asked.ct.identity, plan_uid=plan_uid, comment=GIVEN_DOSE, progress=progress,
    )  # fmt: skip
    if dose.top_up is not None and dose.top_up.planned is not None:
        today = replace(purpose, implanted=asked.ct.identity.made)
        write_checked_plan(dose.top_up.planned.plan.implant, asked.source, stage / TOP_UP, today)
        said.append(TOP_UP_DAY.format(day=today.implanted.date().isoformat()))
    return said


def _write_structures(asked: Asked, contours: Contours, implant: SeedImplant, stage: Path) -> str:
    """Write the contours as they lie on the CT, the target first, with the seeds."""
    target = replace(contours.target, kind="GTV")
    drawn = [target, *(each for name, each in contours.structures.items() if name != target.name)]
    return write_structures(
        drawn, asked.ct, stage / STRUCTURES, asked.ct.identity, types=[each.kind for each in drawn],
        implant=implant,
    )  # fmt: skip


def _implanted(asked: Asked) -> tuple[datetime, list[str]]:
    """Return the time to which the strengths of the seeds found refer, and what was assumed of it.

    The day stated, else that of the plan's strengths, else that of the CT.
    """
    made, day = asked.ct.identity.made, asked.question.implant_on
    if day is not None:
        return datetime.combine(day, time(made.hour, made.minute, made.second)), []
    stated = asked.plan.file.strength_date if asked.plan is not None else ""
    try:
        dated = datetime.strptime(stated, "%Y%m%d")
    except ValueError:
        return made, [NO_DAY.format(of="of the CT", day=made.date().isoformat())]
    return dated, [NO_DAY.format(of="of the plan's strengths", day=dated.date().isoformat())]
