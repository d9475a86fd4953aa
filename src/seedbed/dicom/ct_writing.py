"""CT series written slice by slice, 16 bit."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import CTImageStorage

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import decimal, save
from seedbed.dicom.identity import Identity, new_dataset, set_uids, shared_series
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume

LIMITS = np.iinfo(np.int16)


def write_ct_series(volume: CtVolume, folder: Path, identity: Identity, *, series: str) -> CtSeries:
    """Write a volume as an axial CT series, one file a slice, and return it as it would be read.

    Hounsfield units are rounded, and clipped to what 16 bits hold, -32768 to 32767.
    """
    grid = volume.grid
    stored = np.clip(np.rint(volume.hu), LIMITS.min, LIMITS.max).astype("<i2")
    series_uid = shared_series(identity, series, grid, stored.tobytes())
    uids = []
    for number in range(grid.shape[0]):
        dataset = new_dataset(identity, CTImageStorage, "CT", series=series)
        dataset.SeriesInstanceUID, dataset.InstanceNumber = series_uid, number + 1
        _place_slice(dataset, grid, number)
        _fill_slice(dataset, stored[number])
        uids.append(str(set_uids(dataset)))
        save(dataset, folder / f"ct_{number + 1:04d}.dcm")
    written = CtVolume(grid, stored.astype(np.float32))
    return CtSeries(
        written, identity, str(series_uid), tuple(uids), grid.axis_mm(2), image_of_plane=tuple(uids)
    )


def _place_slice(dataset: Dataset, grid: VoxelGrid, number: int) -> None:
    x, y, _ = grid.origin_mm
    z = float(grid.axis_mm(2)[number])
    dataset.ImagePositionPatient = [decimal(x), decimal(y), decimal(z)]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PatientPosition = "HFS"
    dataset.SliceThickness = decimal(grid.spacing_mm[2])
    dataset.SliceLocation = decimal(z)
    dataset.PixelSpacing = [decimal(grid.spacing_mm[1]), decimal(grid.spacing_mm[0])]


def _fill_slice(dataset: Dataset, stored: NDArray[np.int16]) -> None:
    dataset.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    dataset.AcquisitionNumber, dataset.KVP = 1, ""
    dataset.Rows, dataset.Columns = stored.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "HU"
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    dataset.PixelData = stored.tobytes()
