"""RTDOSE: a dose grid in Gy, written in 32 bit and read back."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import RTDoseStorage, RTPlanStorage

from seedbed.dicom.files import Identity, content_uid, decimal, new_dataset, read_dataset, require, save
from seedbed.dicom.plan import _reference
from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid

FloatArray = NDArray[np.float64]
LARGEST = 2**32 - 1


def write_dose(dose_gy: FloatArray, grid: VoxelGrid, path: Path, identity: Identity, *, plan_uid: str) -> str:
    """Write dose to complete decay as an RTDOSE and return its SOP instance UID.

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
        Gy, finite, not negative.
    grid : VoxelGrid
    path : Path
    identity : Identity
    plan_uid : str
        SOP instance UID of the RTPLAN.
    """
    scaling = float(decimal(max(float(dose_gy.max()), 1e-6) / LARGEST * (1 + 1e-9)))
    stored = np.rint(dose_gy / scaling).astype("<u4")
    uid = content_uid("RTDOSE", plan_uid, grid, stored.tobytes().hex())
    dose = new_dataset(identity, RTDoseStorage, "RTDOSE", instance_uid=uid, series="Seed dose")
    z = grid.axis_mm(2)
    dose.ImagePositionPatient = [decimal(value) for value in grid.origin_mm]
    dose.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dose.PixelSpacing = [decimal(grid.spacing_mm[1]), decimal(grid.spacing_mm[0])]
    dose.SliceThickness = decimal(grid.spacing_mm[2])
    dose.GridFrameOffsetVector = [decimal(value) for value in z - z[0]]
    dose.FrameIncrementPointer = 0x3004000C
    dose.NumberOfFrames, dose.Rows, dose.Columns = grid.shape
    dose.SamplesPerPixel, dose.PhotometricInterpretation = 1, "MONOCHROME2"
    dose.BitsAllocated, dose.BitsStored, dose.HighBit, dose.PixelRepresentation = 32, 32, 31, 0
    dose.DoseUnits, dose.DoseType, dose.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    dose.DoseComment = "Dose to complete decay, water, TG-43U1"
    dose.DoseGridScaling = decimal(scaling)
    dose.ReferencedRTPlanSequence = [_reference(RTPlanStorage, plan_uid)]
    dose.PixelData = stored.tobytes()
    save(dose, path)
    return str(uid)


def read_dose(path: Path) -> tuple[FloatArray, VoxelGrid]:
    """Read an axial RTDOSE as Gy over its grid.

    Raises
    ------
    InputError
        Not an RTDOSE, not in Gy, not on an even axial grid.
    """
    dose = read_dataset(path)
    if dose.get("SOPClassUID") != RTDoseStorage:
        raise InputError(f"file '{path.name}' is not an RTDOSE", "a dose grid", "choose the dose file")
    if dose.get("DoseUnits") != "GY" or list(dose.get("ImageOrientationPatient", [])) != [1, 0, 0, 0, 1, 0]:
        raise InputError(
            f"dose '{path.name}' has units {dose.get('DoseUnits')} and orientation "
            f"{list(dose.get('ImageOrientationPatient', []))}",
            "GY on an axial grid",
            "export the dose again",
        )
    offsets = np.array([float(value) for value in dose.GridFrameOffsetVector])
    gaps = np.diff(offsets)
    if len(gaps) and not np.allclose(gaps, gaps[0], atol=1e-3):
        raise InputError(f"dose '{path.name}' has uneven planes", "one plane distance", "export it again")
    scaling = float(str(require(dose, "DoseGridScaling", path.name)))
    x, y, z = (float(value) for value in dose.ImagePositionPatient)
    row_mm, column_mm = (float(value) for value in dose.PixelSpacing)
    depth = float(gaps[0]) if len(gaps) else float(dose.get("SliceThickness") or 1.0)
    array = dose.pixel_array.reshape(len(offsets), dose.Rows, dose.Columns).astype(float) * scaling
    shape = (len(offsets), int(dose.Rows), int(dose.Columns))
    return array, VoxelGrid((x, y, z), (column_mm, row_mm, depth), shape)
