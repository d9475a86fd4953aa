"""A digital patient before and after an implantation, written as DICOM, with the truth."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom import Identity, content_uid, write_ct_series, write_plan, write_structures
from seedbed.dosimetry import load_source
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume, make_digital_patient, make_post_implant_ct
from seedbed.implant import Needle, SeedImplant

FloatArray = NDArray[np.float64]
STRENGTH_U = 0.889
RX_GY = 120.0
SHIFT_MM = np.array([3.0, -2.0, 2.5])
"""How the patient lies between the two CTs where they are in frames of their own."""


@dataclass(frozen=True)
class Case:
    """Files, and where the seeds really lie.

    Attributes
    ----------
    ct, plan_ct : Path
        Folders.
    structures, plan : Path
    true_mm, true_axes : ndarray, shape (n, 3)
        On the CT after implantation.
    planned : SeedImplant
        On the planning CT.
    target : Structure
        On the planning CT.
    """

    ct: Path
    plan_ct: Path
    structures: Path
    plan: Path
    true_mm: FloatArray
    true_axes: FloatArray
    planned: SeedImplant
    target: Structure

    def arguments(self, out: Path) -> list[str]:
        """Command line that verifies the case in one frame, without what takes long."""
        return [
            "verify", "--ct", str(self.ct), "--structures", str(self.structures), "--target", "GTV_node",
            "--plan", str(self.plan), "--out", str(out), "--no-pdf", "--no-pictures", "--no-top-up",
        ]  # fmt: skip


def identity(folder: Path, frame: str, *, patient_id: str = "P1") -> Identity:
    """Whose CT it is; frames of the same word are one."""
    return Identity(
        patient_id=patient_id, patient_name="Test^Verify", patient_birth_date="", patient_sex="O",
        study_uid=str(content_uid("study", str(folder), frame)), study_date="20260105", study_time="090000",
        study_id="S1", accession_number="", frame_uid=str(content_uid("frame", str(folder), frame)),
        made=datetime(2026, 1, 5, 9, 0), synthetic=True,
    )  # fmt: skip


def lay_seeds(target: Structure, *, spacing_mm: float = 10.0) -> SeedImplant:
    """Needles from the patient's left through the target, a seed every centimetre."""
    lower, upper = target.bounds_mm
    places, index, needles = [], [], []
    for y in np.arange(lower[1] + 5, upper[1], spacing_mm):
        for z in np.arange(lower[2] + 4, upper[2], spacing_mm):
            line = np.array([[x, y, z] for x in np.arange(lower[0] + 4, upper[0], spacing_mm)])
            inside = line[target.contains(line)]
            if len(inside):
                tip = (float(inside[0, 0]) - 2.5, float(y), float(z))
                needles.append(
                    Needle(f"N{len(needles) + 1}", (float(upper[0]) + 30, float(y), float(z)), tip)
                )
                places += inside.tolist()
                index += [len(needles) - 1] * len(inside)
    count = len(places)
    return SeedImplant(
        "6711", np.array(places), np.tile([1.0, 0.0, 0.0], (count, 1)), np.full(count, STRENGTH_U),
        tuple(needles), np.array(index),
    )  # fmt: skip


def write_implanted(folder: Path, *, own_frames: bool = False, random_seed: int = 3) -> Case:
    """Write planning CT, structures, plan and the CT after implantation.

    In frames of their own the second CT shows the patient elsewhere on the table.
    """
    rng = np.random.default_rng(random_seed)
    patient = make_digital_patient(rng, node_volume_cc=10.0, spacing_mm=(0.8, 0.8, 2.5), shape=(40, 180, 180))
    target = next(each for each in patient.structures if each.name == "GTV_node")
    planned = lay_seeds(target)
    true = planned.positions_mm + rng.normal(0, 0.7, planned.positions_mm.shape)
    assert planned.axes is not None
    axes = planned.axes + rng.normal(0, 0.08, planned.axes.shape)
    axes /= np.linalg.norm(axes, axis=1)[:, None]
    before, after = identity(folder, "before"), identity(folder, "after" if own_frames else "before")
    series = write_ct_series(patient.ct, folder / "plan_ct", before, series="Planning CT")
    kinds = ["GTV", *("EXTERNAL" if s.name == "External" else "ORGAN" for s in patient.structures[1:])]
    uid = write_structures(patient.structures, series, folder / "structures.dcm", before, types=kinds)
    write_plan(
        planned, load_source("6711"), folder / "plan.dcm", before, dose_gy=RX_GY, target=target.name,
        structure_set_uid=uid, implanted=before.made,
    )  # fmt: skip
    seen = make_post_implant_ct(patient, true, axes=axes, rng=rng)
    moved = SHIFT_MM if own_frames else np.zeros(3)
    write_ct_series(_moved(seen, moved), folder / "ct", after, series="Post-implant CT")
    return Case(
        folder / "ct", folder / "plan_ct", folder / "structures.dcm", folder / "plan.dcm", true + moved, axes,
        planned, target,
    )  # fmt: skip


def _moved(ct: CtVolume, shift_mm: FloatArray) -> CtVolume:
    x, y, z = (np.asarray(ct.grid.origin_mm) + shift_mm).tolist()
    return CtVolume(VoxelGrid((x, y, z), ct.grid.spacing_mm, ct.grid.shape), ct.hu)
