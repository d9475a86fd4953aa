"""RTDOSE: a dose grid in Gy, written in 32 bit and read back."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.uid import RTDoseStorage, RTPlanStorage

from seedbed.dicom.files import (
    FloatArray,
    decimal,
    number,
    numbers,
    pixels,
    read_dataset,
    reading,
    reference,
    require,
    save,
    string,
    text,
)
from seedbed.dicom.identity import MANUFACTURER, Identity, content_uid, identity_of, new_dataset
from seedbed.errors import DoseError, InputError
from seedbed.geometry import VoxelGrid

LARGEST = 2**32 - 1
AXIAL = (1, 0, 0, 0, 1, 0)
EVEN_MM = 1e-3


TO_COMPLETE_DECAY = "Dose to complete decay, water, TG-43U1"


@dataclass(frozen=True)
class DoseFile:
    """A dose as it stands in an RTDOSE.

    Attributes
    ----------
    dose_gy : ndarray, shape ``grid.shape``
    grid : VoxelGrid
    uid, plan_uid : str
        SOP instance UID of the dose, and of the plan that it refers to, empty where none.
    identity : Identity
        Patient, study and frame of reference.
    summation : str
        Dose Summation Type: ``"PLAN"`` for all of it.
    """

    dose_gy: FloatArray
    grid: VoxelGrid
    uid: str
    plan_uid: str
    identity: Identity
    summation: str = ""


def write_dose(
    dose_gy: FloatArray,
    grid: VoxelGrid,
    path: Path,
    identity: Identity,
    *,
    plan_uid: str,
    comment: str = TO_COMPLETE_DECAY,
) -> str:
    """Write a dose as an RTDOSE and return its SOP instance UID.

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

    Raises
    ------
    DoseError
        Another shape than the grid, or a dose that is negative or no number.
    """
    _check_dose(dose_gy, grid)
    scaling = decimal(max(float(dose_gy.max()), 1e-6) / LARGEST * (1 + 1e-9))
    stored = _stored(dose_gy, float(scaling))
    said = () if comment == TO_COMPLETE_DECAY else (comment,)
    uid = content_uid("RTDOSE", plan_uid, identity.frame_uid, grid, scaling, stored, *said)
    dose = new_dataset(identity, RTDoseStorage, "RTDOSE", instance_uid=uid, series="Seed dose")
    _place(dose, grid)
    dose.SamplesPerPixel, dose.PhotometricInterpretation = 1, "MONOCHROME2"
    dose.BitsAllocated, dose.BitsStored, dose.HighBit, dose.PixelRepresentation = 32, 32, 31, 0
    dose.DoseUnits, dose.DoseType, dose.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    dose.DoseComment = string(comment)
    dose.DoseGridScaling = scaling
    dose.ReferencedRTPlanSequence = [reference(RTPlanStorage, plan_uid)]
    dose.PixelData = stored
    save(dose, path)
    return str(uid)


def _stored(dose_gy: FloatArray, scaling: float) -> bytes:
    """Whole steps of 32 bit, plane by plane, so that a large grid is not copied."""
    stored = np.empty(dose_gy.shape, dtype="<u4")
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
    """Read an axial RTDOSE as Gy over its grid; see `read_dose_file`."""
    found = read_dose_file(path)
    return found.dose_gy, found.grid


def read_dose_file(path: Path) -> DoseFile:
    """Read an axial RTDOSE with its links; planes from head to foot are turned.

    Raises
    ------
    InputError
        Not an RTDOSE, not a physical dose in Gy, not on an even axial grid, incomplete or malformed.
    """
    with reading(path):
        dose = read_dataset(path)
        _check_kind(dose, path.name)
        dose_gy, grid = _dose_and_grid(dose, path.name)
        plans = dose.get("ReferencedRTPlanSequence") or [Dataset()]
        plan_uid = text(plans[0], "ReferencedSOPInstanceUID")
        uid, summation = text(dose, "SOPInstanceUID"), text(dose, "DoseSummationType")
        return DoseFile(dose_gy, grid, uid, plan_uid, identity_of(dose), summation)


def is_own_dose(path: Path) -> bool:
    """Whether a file is an RTDOSE that this program wrote; False for anything that cannot be read."""
    try:
        with reading(path):
            found = read_dataset(path)
            return found.get("SOPClassUID") == RTDoseStorage and text(found, "Manufacturer") == MANUFACTURER
    except InputError:
        return False


def _dose_and_grid(dose: Dataset, name: str) -> tuple[FloatArray, VoxelGrid]:
    shape = (int(dose.get("NumberOfFrames") or 1), int(dose.Rows), int(dose.Columns))
    first_mm, step_mm = _planes(dose, shape[0], name)
    scaling = number(dose, "DoseGridScaling", name=name)
    x, y, _ = numbers(dose, "ImagePositionPatient", count=3, name=name).tolist()
    row_mm, column_mm = numbers(dose, "PixelSpacing", count=2, name=name).tolist()
    if min(scaling, row_mm, column_mm, abs(step_mm)) <= 0:
        raise InputError(
            f"dose '{name}' has DoseGridScaling {scaling:g} and voxels of "
            f"{column_mm:g} x {row_mm:g} x {abs(step_mm):g} mm",
            "positive numbers",
            "export the dose again",
        )
    frames = pixels(dose, shape if shape[0] > 1 else shape[1:], name=name).reshape(shape)
    dose_gy = frames[:: 1 if step_mm > 0 else -1].astype(float) * scaling
    lowest_mm = min(first_mm, first_mm + step_mm * (shape[0] - 1))
    return dose_gy, VoxelGrid((x, y, lowest_mm), (column_mm, row_mm, abs(step_mm)), shape)


def _check_kind(dose: Dataset, name: str) -> None:
    if dose.get("SOPClassUID") != RTDoseStorage:
        raise InputError(f"file '{name}' is not an RTDOSE", "a dose grid", "choose the dose file")
    for keyword, expected in (("DoseUnits", "GY"), ("DoseType", "PHYSICAL")):
        found = require(dose, keyword, name=name)
        if found != expected:
            raise InputError(f"dose '{name}' has {keyword} {found}", expected, "export a physical dose in Gy")
    cosines = numbers(dose, "ImageOrientationPatient", count=6, name=name)
    if not np.allclose(cosines, AXIAL, atol=1e-4):
        raise InputError(
            f"dose '{name}' has ImageOrientationPatient {cosines.tolist()}",
            "an axial grid",
            "export it again",
        )


def _planes(dose: Dataset, count: int, name: str) -> tuple[float, float]:
    """Return the z of the first plane and the step to the next, which may be negative, mm.

    Offsets begin at zero, or at the z of the position when they are places (PS3.3 C.8.8.3.2).
    """
    z = float(numbers(dose, "ImagePositionPatient", count=3, name=name)[2])
    if count == 1:
        return z, number(dose, "SliceThickness", name=name)
    offsets = numbers(dose, "GridFrameOffsetVector", count=count, name=name)
    gaps = np.diff(offsets)
    even = np.allclose(gaps, gaps[0], atol=EVEN_MM) and abs(gaps[0]) > EVEN_MM
    if not even or min(abs(offsets[0]), abs(offsets[0] - z)) > EVEN_MM:
        raise InputError(
            f"dose '{name}' has planes at offsets {offsets[:4].tolist()}... from z = {z:g} mm",
            "one plane distance, the first offset zero or z",
            "export it again",
        )
    return z, float(gaps.mean())
