"""One patient to go through the journey: the digital patient, or a real CT with contours."""

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
    choose,
    content_uid,
    read_ct_series,
    read_structures,
    write_ct_series,
    write_structures,
)
from seedbed.geometry import Structure, measure_diameters
from seedbed.imaging import DigitalPatient, make_digital_patient
from seedbed.journey.contoured_ct import Sphere, read_contoured_ct
from seedbed.journey.structure_roles import input_hashes, is_organ, is_outline, skin_of
from seedbed.patient import PatientFacts
from seedbed.tables import read_toml


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
    types = ["GTV", *("EXTERNAL" if is_outline(s) else "ORGAN" for s in patient.structures[1:])]
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
    read = read_contoured_ct(ct_folder, structures_file, target_name=target_name, sphere=sphere)
    ct, target = read.ct, read.target
    uid = read.write_structures(dicom_folder / "structures.dcm")
    day = "that of the CT's study"
    if not ct.identity.study_date:
        day = "the earliest date in the CT, or today where it has none"
    return _case(
        f"CT of {ct.identity.patient_id or 'a patient without identifier'}, target {target.name}",
        ct, {target.name: target, **read.others}, target=target, uid=uid, script=read_script(), digital=None,
        lesion=read.whole, synthetic=(*SYNTHETIC_PARTS, f"the date of treatment ({day})"),
        inputs=input_hashes(ct_folder, structures_file),
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
    organs = [s for s in others if is_outline(s) or is_organ(s)]
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
        organs=tuple(skin_of(organ) if is_outline(organ) else organ for organ in organs),
        lesion=lesion,
        keep_out=tuple(organ for organ in organs if not is_outline(organ)),
        ignored=tuple(s.name for s in others if s not in organs),
        structure_set_uid=uid,
        facts=facts,
        script=script,
        synthetic=synthetic,
        inputs=inputs,
        digital=digital,
    )
