"""Patient positions, oblique and tilted series, against SimpleITK's reader and resampler.

A real series is stored again as other patient positions would store it; SimpleITK reads those files with its
own geometry (GDCM, ITK), and both must find the same Hounsfield units at the same place in the patient.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid

from seedbed.dicom import read_ct_series
from seedbed.imaging import CtVolume

itk = pytest.importorskip("SimpleITK", reason="SimpleITK is not installed")
POSITIONS = {
    "HFS": ((1, 0, 0), (0, 1, 0)),
    "FFS": ((-1, 0, 0), (0, 1, 0)),
    "HFP": ((-1, 0, 0), (0, -1, 0)),
    "FFP": ((1, 0, 0), (0, -1, 0)),
    "HFDR": ((0, -1, 0), (1, 0, 0)),
    "FFDL": ((0, 1, 0), (1, 0, 0)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
}


@pytest.fixture(scope="module")
def real(reference_data: Path) -> tuple[Path, CtVolume]:
    folder = reference_data / "ct" / "STS_015" / "CT" / "image"
    return folder, read_ct_series(folder).volume


def stored_as(
    volume: CtVolume, template: Path, folder: Path, row: tuple[int, ...], column: tuple[int, ...]
) -> Path:
    """Store a volume with rows and columns along given directions, each voxel looked up by its place."""
    along = [np.array(d, dtype=float) for d in (row, column, np.cross(row, column))]
    grid, size = volume.grid, np.array(volume.grid.shape[::-1])
    counts = [int(abs(d) @ size) for d in along]
    steps = [float(abs(d) @ np.array(grid.spacing_mm)) for d in along]
    first = np.array([grid.axis_mm(a)[0 if sum(along)[a] > 0 else -1] for a in range(3)])
    i, j = np.meshgrid(np.arange(counts[0]), np.arange(counts[1]))
    dataset = dcmread(template)
    dataset.Rows, dataset.Columns = counts[1], counts[0]
    dataset.PixelSpacing = [f"{steps[1]:.8f}", f"{steps[0]:.8f}"]
    dataset.ImageOrientationPatient = [float(v) for v in (*row, *column)]
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
    dataset.PixelRepresentation = 1
    folder.mkdir()
    for k in range(counts[2]):
        corner = first + k * steps[2] * along[2]
        places = corner + steps[0] * i[..., None] * along[0] + steps[1] * j[..., None] * along[1]
        index = np.rint(grid.indices(places.reshape(-1, 3))).astype(int)
        dataset.ImagePositionPatient = [f"{v:.6f}" for v in corner]
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.InstanceNumber = k + 1
        dataset.PixelData = volume.hu[tuple(index.T)].astype("<i2").tobytes()
        dataset.save_as(folder / f"{k:04d}.dcm")
    return folder


def read_by_itk(folder: Path) -> "itk.Image":
    reader = itk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return reader.Execute()


def at_places(image: "itk.Image", places: np.ndarray) -> np.ndarray:
    image = itk.Cast(image, itk.sitkFloat32)
    return np.array([image.EvaluateAtPhysicalPoint(p.tolist(), itk.sitkNearestNeighbor) for p in places])


def resampled_by_itk(image: "itk.Image", like: CtVolume) -> np.ndarray:
    nz, ny, nx = like.grid.shape
    found = itk.Resample(
        itk.Cast(image, itk.sitkFloat32), (nx, ny, nz), itk.Transform(3, itk.sitkIdentity), itk.sitkLinear,
        like.grid.origin_mm, like.grid.spacing_mm, np.eye(3).ravel().tolist(), -1000.0,
    )  # fmt: skip
    return itk.GetArrayFromImage(found)


@pytest.mark.parametrize("position", POSITIONS)
def test_a_real_series_in_every_position_is_where_itk_finds_it(
    tmp_path: Path, real: tuple[Path, CtVolume], position: str
) -> None:
    folder, original = real
    again = stored_as(original, next(folder.iterdir()), tmp_path / position, *POSITIONS[position])
    found = read_ct_series(again).volume
    np.testing.assert_array_equal(found.hu, original.hu)
    np.testing.assert_allclose(found.grid.origin_mm, original.grid.origin_mm, atol=1e-4)
    points = found.grid.points_mm()
    chosen = np.random.default_rng(3).choice(len(points), 3000, replace=False)
    np.testing.assert_array_equal(at_places(read_by_itk(again), points[chosen]), found.hu.ravel()[chosen])


def turn_files(
    folder: Path, target: Path, change: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, ...]]
) -> Path:
    """Store a series with other corners and directions."""
    target.mkdir()
    for path in folder.iterdir():
        dataset = dcmread(path)
        corner = np.array(dataset.ImagePositionPatient, dtype=float)
        cosines = np.array(dataset.ImageOrientationPatient, dtype=float).reshape(2, 3)
        corner, cosines = change(corner, cosines)
        dataset.ImagePositionPatient = [f"{v:.8f}"[:16] for v in corner]
        dataset.ImageOrientationPatient = [f"{v:.10f}" for v in cosines.ravel()]
        dataset.save_as(target / path.name)
    return target


def around_x(degrees: float) -> np.ndarray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])


def compare(found: np.ndarray, expected: np.ndarray) -> None:
    """Same numbers but at the rim, where ITK counts half a voxel more as inside."""
    imaged = (found > -999.9) & (expected > -999.9)
    assert imaged.mean() > 0.4
    assert np.abs(found - expected)[imaged].max() < 0.5
    assert (imaged ^ (expected > -999.9)).mean() < 0.05


def test_an_oblique_series_is_resampled_as_by_itk(tmp_path: Path, real: tuple[Path, CtVolume]) -> None:
    folder, _ = real
    turn = around_x(6.0)
    oblique = turn_files(
        folder, tmp_path / "oblique", lambda corner, cosines: (turn @ corner, cosines @ turn.T)
    )
    found = read_ct_series(oblique, correct_tilt=True).volume
    compare(found.hu, resampled_by_itk(read_by_itk(oblique), found))


def test_a_tilted_gantry_is_corrected_as_by_an_affine_resampling_of_itk(
    tmp_path: Path, real: tuple[Path, CtVolume]
) -> None:
    # ITK's images are right-angled: the stack is taken as such, and a shear carries the patient into it.
    folder, original = real
    turn = around_x(-15.0)
    tilted = turn_files(folder, tmp_path / "tilted", lambda corner, cosines: (corner, cosines @ turn.T))
    found = read_ct_series(tilted, correct_tilt=True).volume
    corner, spacing = np.array(original.grid.origin_mm), original.grid.spacing_mm
    upright = itk.GetImageFromArray(original.hu)
    upright.SetOrigin(corner.tolist())
    upright.SetSpacing(spacing)
    of_patient = np.column_stack([turn[:, 0], turn[:, 1], [0.0, 0.0, 1.0]])  # along rows, columns, the table
    shear = itk.AffineTransform(3)
    shear.SetMatrix(np.linalg.inv(of_patient).ravel().tolist())
    shear.SetCenter(corner.tolist())
    nz, ny, nx = found.grid.shape
    by_itk = itk.Resample(
        upright, (nx, ny, nz), shear, itk.sitkLinear, found.grid.origin_mm, found.grid.spacing_mm,
        np.eye(3).ravel().tolist(), -1000.0,
    )  # fmt: skip
    compare(found.hu, itk.GetArrayFromImage(by_itk))
