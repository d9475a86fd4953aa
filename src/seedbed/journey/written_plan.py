"""A plan and its dose as DICOM: written, and read back before anybody uses them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom import DvhSet, Identity, read_dose, read_plan, write_dose, write_plan
from seedbed.dicom.dose import TO_COMPLETE_DECAY
from seedbed.dicom.plan_writing import channel_seeds
from seedbed.dosimetry import Source, grid_dose
from seedbed.errors import OutputError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.journey.progress import Progress

FloatArray = NDArray[np.float64]
DOSE_GRID_MM, DOSE_MARGIN_MM = 1.0, 20.0
"""Voxels of a written dose, and how far it reaches beyond the target; local rule."""
WRITING_ROUNDING = 1e-6
"""Largest share of the maximum dose by which the written dose may differ from the calculated one."""
SAME_PLACE_MM = 1e-3


@dataclass(frozen=True)
class Purpose:
    """For whom and what a plan is.

    Attributes
    ----------
    identity : Identity
    dose_gy : float
        Prescription.
    target, structure_set_uid : str
    implanted : datetime
        Time to which the strengths refer.
    """

    identity: Identity
    dose_gy: float
    target: str
    structure_set_uid: str
    implanted: datetime


@dataclass(frozen=True)
class WrittenDose:
    """A dose as it was written.

    Attributes
    ----------
    dose_gy : ndarray over ``grid``
    grid : VoxelGrid
    uid : str
        SOP instance UID of the RTDOSE.
    read_back_gy : float
        Largest difference between the dose calculated and the dose read back.
    """

    dose_gy: FloatArray
    grid: VoxelGrid
    uid: str
    read_back_gy: float


def write_checked_plan(implant: SeedImplant, source: Source, path: Path, purpose: Purpose) -> str:
    """Write an RTPLAN, read it again and return its UID.

    Raises
    ------
    OutputError
        What was read is not what was written.
    """
    uid = write_plan(
        implant, source, path, purpose.identity, dose_gy=purpose.dose_gy, target=purpose.target,
        structure_set_uid=purpose.structure_set_uid, implanted=purpose.implanted,
    )  # fmt: skip
    _check_plan(implant, source, path)
    return uid


def write_checked_dose(
    source: Source,
    implant: SeedImplant,
    target: Structure,
    path: Path,
    *,
    identity: Identity,
    plan_uid: str,
    comment: str | None = None,
    dvhs: DvhSet | None = None,
    progress: Progress,
) -> WrittenDose:
    """Calculate the dose around a target, write it as an RTDOSE, with histograms where given, and read it.

    Raises
    ------
    OutputError
        What was read is not what was written.
    """
    lower, upper = target.bounds_mm
    grid = VoxelGrid.around(lower - DOSE_MARGIN_MM, upper + DOSE_MARGIN_MM, DOSE_GRID_MM)
    dose = grid_dose(
        source, implant, grid, progress=lambda done, total: progress("Calculating dose", done, total)
    ).dose_gy
    uid = write_dose(
        dose, grid, path, identity, plan_uid=plan_uid, comment=comment or TO_COMPLETE_DECAY, dvhs=dvhs
    )
    return WrittenDose(dose, grid, uid, _check_dose(dose, grid, path))


def _check_plan(implant: SeedImplant, source: Source, path: Path) -> None:
    """Read the RTPLAN again: as many seeds, at the same places, as strong."""
    again = read_plan(path, source).implant
    implant = implant.only(np.concatenate(channel_seeds(implant)).tolist())
    if not (
        again.count == implant.count
        and np.allclose(again.positions_mm, implant.positions_mm, atol=SAME_PLACE_MM)
        and np.allclose(again.directions, implant.directions, atol=SAME_PLACE_MM)
        and np.allclose(again.strengths_u, implant.strengths_u)
    ):
        raise OutputError(
            f"the plan read back from '{path.name}' differs from the plan written",
            "the same seeds",
            "do not use it, and report this",
        )


def _check_dose(dose: FloatArray, grid: VoxelGrid, path: Path) -> float:
    """Read the RTDOSE again and return the largest difference, Gy."""
    again, read_grid = read_dose(path)
    difference = float(np.abs(again - dose).max()) if again.shape == dose.shape else float("inf")
    moved = np.abs(np.subtract(read_grid.origin_mm, grid.origin_mm)).max() > SAME_PLACE_MM
    if moved or difference > WRITING_ROUNDING * float(dose.max()):
        raise OutputError(
            f"the dose read back from '{path.name}' differs by {difference:.3g} Gy from the dose written",
            "the same dose on the same grid",
            "do not use it, and report this",
        )
    return difference
