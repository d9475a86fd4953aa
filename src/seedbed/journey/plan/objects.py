"""The DICOM objects of a plan: structures with needles and seeds, plan, dose, segmentation, measurements."""

from dataclasses import replace
from pathlib import Path

from pydicom.uid import SegmentationStorage

from seedbed.dicom import DvhSet
from seedbed.geometry import Structure
from seedbed.geometry.masks import structure_mask
from seedbed.implant import SeedImplant
from seedbed.journey.places import files_below
from seedbed.journey.plan.asking import Asked
from seedbed.journey.progress import Progress
from seedbed.journey.written_plan import write_checked_dose, write_checked_plan
from seedbed.planning import Planned
from seedbed.planning.goals import TARGET
from seedbed.report.words import sheet_name

PLAN = "plan.json"
STRUCTURES, RTPLAN, RTDOSE = "structures.dcm", "plan.dcm", "dose.dcm"
RTDOSE_OF_ALL = "dose_with_given.dcm"
SEGMENTATION, MEASUREMENTS, CAPTURES = "segmentation.dcm", "measurements.dcm", "sheet_images"
OBJECTS = (STRUCTURES, RTPLAN, RTDOSE, RTDOSE_OF_ALL, SEGMENTATION, MEASUREMENTS, CAPTURES)
CAPTURED = (("plan", "Plan sheet"), ("needles", "Needle sheet"))
"""Sheets that a PACS gets as images, by the name of their file and in words."""


def write_objects(asked: Asked, planned: Planned, stage: Path, progress: Progress) -> list[str]:
    """Write all but the sheets; return sentences on what could not be written.

    Plan, dose and histograms refer to the structure set that is written here, so that all of them are opened
    together. Where seeds lie there already, the dose of all stands beside that of the new ones.
    """
    source, target, implant = asked.request.source, asked.request.target, planned.plan.implant
    structures = asked.read.written_structures()
    uid = asked.read.write_structures(stage / STRUCTURES, drawn_implant(implant, structures))
    purpose = replace(asked.purpose, structure_set_uid=uid)
    plan_uid = write_checked_plan(implant, source, stage / RTPLAN, purpose)
    write_checked_dose(
        source, implant, target, stage / RTDOSE,
        identity=purpose.identity, plan_uid=plan_uid, dvhs=_dvhs(planned, asked, structures, uid),
        progress=progress,
    )  # fmt: skip
    given = asked.request.given
    if given is not None:
        write_checked_dose(
            source, implant.joined(given), target, stage / RTDOSE_OF_ALL,
            identity=purpose.identity, plan_uid=plan_uid, progress=progress,
            comment=f"Dose to complete decay, with {given.count} seeds that lay there before the plan",
        )  # fmt: skip
    progress("Writing segmentation and measurements", 0, 1)
    return _write_outlined(asked, structures, stage)


def drawn_implant(implant: SeedImplant, structures: dict[str, Structure]) -> SeedImplant:
    """Return the implant with needles that bear no name of a structure.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.implant import Needle
    >>> needles = (Needle("N1", (0.0, 0.0, 0.0), (0.0, 0.0, 9.0)),)
    >>> one = SeedImplant("6711", np.zeros((1, 3)), None, np.array([0.5]), needles, np.array([0]))
    >>> [needle.name for needle in drawn_implant(one, {"N1": None}).needles]
    ['Needle N1']
    """
    taken = {name.casefold() for name in structures}
    if not any(needle.name.casefold() in taken for needle in implant.needles):
        return implant
    return replace(implant, needles=tuple(replace(n, name=f"Needle {n.name}") for n in implant.needles))


def _dvhs(planned: Planned, asked: Asked, structures: dict[str, Structure], uid: str) -> DvhSet:
    """Histograms of the target and of the organs that are structures of their own, by ROI number."""
    number = {name: place for place, name in enumerate(structures, start=1)}
    by_name = {asked.request.target.name if n == TARGET else n: dvh for n, dvh in planned.plan.dvhs.items()}
    return DvhSet(uid, {number[name]: dvh for name, dvh in by_name.items() if name in number})


def _write_outlined(asked: Asked, structures: dict[str, Structure], stage: Path) -> list[str]:
    """Write what rests on the outlines; return a sentence on structures too small or beyond the CT.

    The whole lesion is measured, also where only a part of it is planned.
    """
    from seedbed.dicom.identity import series_of
    from seedbed.dicom.measurement_report import Outlines, measure_lesion, write_measurements
    from seedbed.dicom.segmentation_writing import write_segmentation

    ct, identity = asked.read.ct, asked.purpose.identity
    solid = {name: s for name, s in structures.items() if structure_mask(s, ct.volume.grid).any()}
    outlines, whole = None, asked.read.whole
    if solid:
        uid = write_segmentation(
            list(solid.values()), ct, stage / SEGMENTATION, identity,
            types=[each.kind for each in solid.values()],
            source_images=files_below(asked.question.ct_folder),
        )  # fmt: skip
        outlines = Outlines(SegmentationStorage, uid, str(series_of(uid)))
    segment = list(solid).index(whole.name) + 1 if whole.name in solid else None
    lesion = measure_lesion(whole, ct, segment=segment)
    write_measurements([lesion], ct, stage / MEASUREMENTS, identity, outlines=outlines if segment else None)
    missing = ", ".join(name for name in structures if name not in solid)
    return [f"Not in the segmentation, since they hold no voxel of the CT: {missing}."] if missing else []


def write_captures(asked: Asked, stage: Path) -> None:
    """Write the printed sheets, in the first language asked for, as images for a PACS."""
    from seedbed.dicom.sheet_capture import pdf_pages, write_capture

    for stem, title in CAPTURED:
        pdf = stage / sheet_name(stem, asked.question.languages[0], "pdf")
        if pdf.exists():
            write_capture(pdf_pages(pdf), stage / CAPTURES / stem, asked.purpose.identity, title=title)
