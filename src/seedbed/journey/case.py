"""One patient to go through the journey: the digital patient, or a real CT with contours."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.dicom import (
    CtSeries,
    Identity,
    check_inside,
    choose,
    content_uid,
    read_ct_series,
    read_structures,
    write_ct_series,
    write_structures,
)
from seedbed.errors import StructureError, one_of
from seedbed.geometry import Structure, measure_diameters
from seedbed.imaging import DigitalPatient, make_digital_patient
from seedbed.patient import PatientFacts
from seedbed.tables import read_toml

Sphere = tuple[float, float, float, float]
SKIN_MM = 3.0
OUTLINES = ("external", "body", "skin", "outline")
"""Names of structures that are the outline of the body: their outer shell is the organ 'skin'."""
ORGAN_KINDS = ("ORGAN", "AVOIDANCE", "")
"""Kinds of structures that needles keep clear of; one whose kind nobody said may be an organ."""
TARGET_NAMES = ("gtv", "ctv", "ptv", "itv")
"""How the names of target volumes begin where nobody said the kind."""


@dataclass(frozen=True)
class Case:
    """A patient with CT, target and organs.

    Attributes
    ----------
    title : str
        For headings.
    ct : CtSeries
    target : Structure
    organs : tuple of Structure
        Organs at risk; the skin as a shell.
    lesion : Structure
        The whole lesion that is screened and followed; the target may be a part of it.
    keep_out : tuple of Structure
        Organs that a needle must not touch (not the skin).
    ignored : tuple of str
        Names of structures that are neither target, organ nor outline: needles may pass them.
    structure_set_uid : str
    facts : PatientFacts
    script : Mapping
        The synthetic clinical course (``demo_case.toml``).
    synthetic : tuple of str
        What of this case is synthetic, in words.
    inputs : Mapping of str to str
        What was read, with its SHA-256.
    digital : DigitalPatient or None
    """

    title: str
    ct: CtSeries
    target: Structure
    organs: tuple[Structure, ...]
    lesion: Structure
    keep_out: tuple[Structure, ...]
    ignored: tuple[str, ...]
    structure_set_uid: str
    facts: PatientFacts
    script: Mapping[str, Any]
    synthetic: tuple[str, ...]
    inputs: Mapping[str, str]
    digital: DigitalPatient | None

    @property
    def treated_on(self) -> date:
        """Day of the implantation."""
        return self.ct.identity.made.date()


def digital_case(folder: Path, rng: np.random.Generator) -> Case:
    """Draw the digital patient, write it as DICOM under ``folder`` and read it back from there."""
    script = read_script()
    patient = make_digital_patient(rng)
    facts = script["case"]
    made = datetime.combine(facts["treatment_date"], time(9, 0))
    study = str(content_uid("study", facts["patient_id"], made, patient.ct.hu.tobytes().hex()[:4096]))
    identity = Identity(
        patient_id=facts["patient_id"], patient_name=facts["patient_name"], patient_birth_date="",
        patient_sex="O", study_uid=study, study_date=f"{made:%Y%m%d}", study_time=f"{made:%H%M%S}",
        study_id="DEMO", accession_number="", frame_uid=str(content_uid("frame", study)), made=made,
        synthetic=True,
    )  # fmt: skip
    written = write_ct_series(patient.ct, folder / "ct", identity, series="Planning CT")
    types = ["GTV", *("EXTERNAL" if _is_outline(s) else "ORGAN" for s in patient.structures[1:])]
    path = folder / "structures.dcm"
    uid = write_structures(patient.structures, written, path, identity, types=types)
    ct = read_ct_series(folder / "ct")
    ct = replace(ct, identity=replace(ct.identity, synthetic=True))
    structures = read_structures(path, ct)
    return _case(
        "Digital patient: lymph-node metastasis of the left neck", ct, structures,
        target=choose(structures, patient.structures[0].name), uid=uid, script=script, digital=patient,
        lesion=choose(structures, patient.structures[0].name),
        synthetic=("the patient, the CT and the contours", *SYNTHETIC_PARTS), inputs={},
    )  # fmt: skip


SYNTHETIC_PARTS = (
    "the clinical facts",
    "the position of the seeds after implantation",
    "the post-implant CT",
    "the diameters at follow-up",
)


def real_case(
    ct_folder: Path,
    structures_file: Path,
    *,
    target_name: str | None,
    sphere: Sphere | None,
    dicom_folder: Path,
) -> Case:
    """Read a real CT and its contours; a sphere narrows the target to its part inside.

    Raises
    ------
    ImageError, StructureError, InputError
        See `seedbed.dicom.read_ct_series` and `seedbed.dicom.read_structures`; a target that reaches outside
        the image; a sphere that misses the target.
    """
    ct = read_ct_series(ct_folder)
    structures = read_structures(structures_file, ct)
    whole = choose(structures, _only_name(structures, target_name))
    check_inside(whole, ct)
    target = whole.within_sphere(sphere[:3], sphere[3]) if sphere else whole
    others = {name: s for name, s in structures.items() if name != whole.name}
    drawn = {target.name: "GTV", whole.name: "GTV"}
    drawn |= {name: s.kind or ("EXTERNAL" if _is_outline(s) else "") for name, s in others.items()}
    known = {target.name: target, **structures}
    path = dicom_folder / "structures.dcm"
    uid = write_structures([known[name] for name in drawn], ct, path, ct.identity, types=list(drawn.values()))
    day = "that of the CT's study" if ct.identity.study_date else "today, since the CT has none"
    return _case(
        f"CT of {ct.identity.patient_id or 'a patient without identifier'}, target {target.name}",
        ct, {target.name: target, **others}, target=target, uid=uid, script=read_script(), digital=None,
        lesion=whole, synthetic=(*SYNTHETIC_PARTS, f"the date of treatment ({day})"),
        inputs=_hashes(ct_folder, structures_file),
    )  # fmt: skip


def read_script() -> dict[str, Any]:
    """Read the synthetic clinical course of the demonstration."""
    return read_toml(files("seedbed.journey") / "data" / "demo_case.toml")


def _case(
    title: str,
    ct: CtSeries,
    structures: Mapping[str, Structure],
    *,
    target: Structure,
    lesion: Structure,
    uid: str,
    script: Mapping[str, Any],
    digital: DigitalPatient | None,
    synthetic: tuple[str, ...],
    inputs: Mapping[str, str],
) -> Case:
    others = [s for name, s in structures.items() if name != target.name]
    organs = [s for s in others if _is_outline(s) or _is_organ(s)]
    facts = PatientFacts.from_mapping(
        {
            **script["facts"],
            "treatment_date": ct.identity.made.date(),
            "largest_diameter_mm": round(measure_diameters(lesion).longest_mm, 1),
        }
    )
    return Case(
        title=title,
        ct=ct,
        target=target,
        organs=tuple(_skin(organ) if _is_outline(organ) else organ for organ in organs),
        lesion=lesion,
        keep_out=tuple(organ for organ in organs if not _is_outline(organ)),
        ignored=tuple(s.name for s in others if s not in organs),
        structure_set_uid=uid,
        facts=facts,
        script=script,
        synthetic=synthetic,
        inputs=inputs,
        digital=digital,
    )


def _only_name(structures: Mapping[str, Structure], name: str | None) -> str:
    """Return the wanted name; without one, the only structure there is."""
    if name is not None:
        return name
    if len(structures) == 1:
        return next(iter(structures))
    raise StructureError(
        f"no target was named and the structure set holds {len(structures)} structures",
        one_of(structures),
        "name the target with --target",
    )


def _is_outline(structure: Structure) -> bool:
    return structure.kind == "EXTERNAL" or structure.name.casefold() in OUTLINES


def _is_organ(structure: Structure) -> bool:
    unsaid_target = not structure.kind and structure.name.casefold().startswith(TARGET_NAMES)
    return structure.kind in ORGAN_KINDS and not unsaid_target


def _skin(structure: Structure) -> Structure:
    return replace(structure.shell(SKIN_MM), name=f"Skin ({SKIN_MM:g} mm)")


def _hashes(ct_folder: Path, structures_file: Path) -> dict[str, str]:
    """SHA-256 of what was read: the CT as one digest over its files, and the structure set."""
    digest = hashlib.sha256()
    for path in sorted(p for p in ct_folder.rglob("*") if p.is_file()):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    structures = hashlib.sha256(structures_file.read_bytes()).hexdigest()
    return {"ct_folder": digest.hexdigest(), structures_file.name: structures}
