"""RTDOSE: a dose grid in Gy, written in 32 or 16 bit with its DVHs, and read from any system."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.misc import is_dicom
from pydicom.uid import RTDoseStorage, RTPlanStorage, RTStructureSetStorage

from seedbed.dicom.dose_planes import AXIAL, DOSE_BITS, check_dose, join_planes, plan_uid_of, read_planes
from seedbed.dicom.dvh_items import DvhSet
from seedbed.dicom.encoding import check_encoding
from seedbed.dicom.files import FloatArray, decimal, read_dataset, reading, reference, save, string, text
from seedbed.dicom.identity import MANUFACTURER, Identity, identity_of, new_dataset, set_uids
from seedbed.errors import DoseError, InputError
from seedbed.geometry import VoxelGrid

TO_COMPLETE_DECAY = "Dose to complete decay, water, TG-43U1"
IN_WATER = "WATER"
LARGEST_ROUNDING_GY = 0.5
"""A dose is not written in steps that round by more (local rule)."""


@dataclass(frozen=True)
class DoseFile:
    """A dose as it stands in an RTDOSE.

    Attributes
    ----------
    dose_gy : ndarray, shape ``grid.shape``
    grid : VoxelGrid
    uid, plan_uid : str
        SOP instance UID of the dose (of its first file where there are several), and of the plan that it
        refers to, empty where none.
    identity : Identity
        Patient, study and frame of reference.
    summation : str
        Dose Summation Type: ``"PLAN"`` for all of it.
    notes : tuple of str
        Sentences on what was assumed, and on how the dose was calculated.
    """

    dose_gy: FloatArray
    grid: VoxelGrid
    uid: str
    plan_uid: str
    identity: Identity
    summation: str = ""
    notes: tuple[str, ...] = ()


def write_dose(
    dose_gy: FloatArray,
    grid: VoxelGrid,
    path: Path,
    identity: Identity,
    *,
    plan_uid: str,
    comment: str = TO_COMPLETE_DECAY,
    bits: int = 32,
    dvhs: DvhSet | None = None,
) -> str:
    """Write a dose as an RTDOSE and return its SOP instance UID.

    Doses are stored in whole steps of ``dose_gy.max() / (2**bits - 1)`` and rounded by half a step at most:
    below 1e-9 of the highest dose in 32 bit, 1/131070 of it in 16 bit. With 2000 Gy next to a seed that is
    0.015 Gy anywhere, so that the prescription isodose stays where it is, but doses below are zero.

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
        Gy, finite, not negative.
    grid : VoxelGrid
    path : Path
    identity : Identity
    plan_uid : str
        SOP instance UID of the RTPLAN.
    comment : str
        What dose it is.
    bits : int
        32, or 16 for systems that read no other.
    dvhs : DvhSet, optional
        Dose-volume histograms to be stored with it.

    Raises
    ------
    DoseError
        Another shape than the grid, a dose that is negative or no number, other bits than 16 and 32, steps
        that would round by more than 0.5 Gy.
    """
    _check_dose(dose_gy, grid)
    scaling = decimal(_step_gy(float(dose_gy.max()), bits))
    stored = _stored(dose_gy, float(scaling), bits)
    dose = new_dataset(identity, RTDoseStorage, "RTDOSE", series="Seed dose")
    _place(dose, grid)
    dose.SamplesPerPixel, dose.PhotometricInterpretation = 1, "MONOCHROME2"
    dose.BitsAllocated, dose.BitsStored, dose.HighBit, dose.PixelRepresentation = bits, bits, bits - 1, 0
    dose.DoseUnits, dose.DoseType, dose.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    dose.DoseComment = string(comment)
    dose.DoseGridScaling = scaling
    dose.ReferencedRTPlanSequence = [reference(RTPlanStorage, plan_uid)]
    dose.add_new("PixelData", "OW", stored)
    if dvhs is not None:
        dose.ReferencedStructureSetSequence = [reference(RTStructureSetStorage, dvhs.structure_set_uid)]
        dose.DVHSequence = dvhs.items()
    uid = set_uids(dose)
    save(dose, path)
    return str(uid)


def _step_gy(highest_gy: float, bits: int) -> float:
    """Return the dose of one step, a little above so that the highest dose still fits."""
    if bits not in DOSE_BITS:
        raise DoseError(f"a dose in {bits} bits", "16 or 32", "choose 32")
    step = max(highest_gy, 1e-6) / float(2**bits - 1) * (1 + 1e-9)
    if step / 2 > LARGEST_ROUNDING_GY:
        raise DoseError(
            f"a dose of up to {highest_gy:g} Gy in {bits} bits is rounded by up to {step / 2:.2g} Gy",
            f"at most {LARGEST_ROUNDING_GY:g} Gy",
            "write it in 32 bits",
        )
    return step


def _stored(dose_gy: FloatArray, scaling: float, bits: int) -> bytes:
    """Whole steps, plane by plane, so that a large grid is not copied."""
    stored = np.empty(dose_gy.shape, dtype=f"<u{bits // 8}")
    for plane, dose in zip(stored, dose_gy, strict=True):
        plane[...] = np.rint(dose / scaling)
    return stored.tobytes()


def _check_dose(dose_gy: FloatArray, grid: VoxelGrid) -> None:
    if dose_gy.shape != grid.shape:
        raise DoseError(f"a dose of shape {dose_gy.shape}", f"that of its grid, {grid.shape}", "check both")
    wrong = dose_gy[~(np.isfinite(dose_gy) & (dose_gy >= 0))]
    if wrong.size:
        raise DoseError(
            f"{wrong.size} voxels have a dose like {wrong[0]:g} Gy",
            "finite doses, zero or more",
            "check them",
        )


def _place(dose: Dataset, grid: VoxelGrid) -> None:
    z = grid.axis_mm(2)
    dose.ImagePositionPatient = [decimal(value) for value in grid.origin_mm]
    dose.ImageOrientationPatient = list(AXIAL)
    dose.PixelSpacing = [decimal(grid.spacing_mm[1]), decimal(grid.spacing_mm[0])]
    dose.SliceThickness = decimal(grid.spacing_mm[2])
    dose.GridFrameOffsetVector = [decimal(value) for value in z - z[0]]
    dose.FrameIncrementPointer = 0x3004000C
    dose.NumberOfFrames, dose.Rows, dose.Columns = grid.shape


def read_dose(path: Path) -> tuple[FloatArray, VoxelGrid]:
    """Read an RTDOSE as Gy over its grid; see `read_dose_file`."""
    found = read_dose_file(path)
    return found.dose_gy, found.grid


def read_dose_file(path: Path) -> DoseFile:
    """Read an RTDOSE with its links; grids along the patient axes in any way are turned to LPS.

    Parameters
    ----------
    path : Path
        A file, or a folder with one dose: in one file, or in one file for each plane.

    Raises
    ------
    InputError
        Not an RTDOSE, not a physical dose in Gy, oblique, uneven, incomplete or malformed; several doses in
        one folder.
    """
    return read_dose_files(_files_of(path) if path.is_dir() else [path])


def read_dose_files(paths: Sequence[Path]) -> DoseFile:
    """Read a dose from one file, or from files of one series that hold a plane each, in any order.

    Raises
    ------
    InputError
        As `read_dose_file`; files that are no planes of one dose.
    """
    if not paths:
        raise InputError("no dose file", "at least one", "choose the dose")
    doses = [(_open(path), path.name) for path in paths]
    with reading(paths[0]):
        planes = read_planes(*doses[0]) if len(doses) == 1 else join_planes(doses)
        dose, (dose_gy, grid) = doses[0][0], planes.turned()
        return DoseFile(
            dose_gy, grid, text(dose, "SOPInstanceUID"), plan_uid_of(dose), identity_of(dose),
            text(dose, "DoseSummationType"), (*planes.notes, *_correction_note(dose)),
        )  # fmt: skip


def _open(path: Path) -> Dataset:
    with reading(path):
        dose = read_dataset(path)
        check_dose(dose, path.name)
        return dose


def _files_of(folder: Path) -> list[Path]:
    """Return the RTDOSE files of a folder and its subfolders, in a fixed order."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and is_dicom(path)):
        with reading(path):
            with path.open("rb") as file:
                check_encoding(file, path.name)
            if dcmread(path, specific_tags=["SOPClassUID"]).get("SOPClassUID") == RTDoseStorage:
                found.append(path)
    if not found:
        raise InputError(f"folder '{folder}' has no RTDOSE", "a dose", "check the name")
    return found


def _correction_note(dose: Dataset) -> tuple[str, ...]:
    said = text(dose, "TissueHeterogeneityCorrection")
    note = f"The dose was calculated with the tissue heterogeneity correction {said}, not in water."
    return () if said in ("", IN_WATER) else (note,)


def is_own_dose(path: Path) -> bool:
    """Whether a file is an RTDOSE that this program wrote; False for anything that cannot be read."""
    try:
        with reading(path):
            found = read_dataset(path)
            return found.get("SOPClassUID") == RTDoseStorage and text(found, "Manufacturer") == MANUFACTURER
    except InputError:
        return False
