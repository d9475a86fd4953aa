"""A tilted series is refused, or resampled so that anatomy lands at its true place.

The truth is a closed form: linear interpolation gives a field back exactly that is linear in x, y and z, and
a ball comes back with its centre where it was put. Slices are made from PS3.3 C.7.6.2.1.1 alone.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from seedbed.dicom import read_ct_series, write_structures
from seedbed.errors import ImageError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume

Slices = Callable[..., list[FileDataset]]
Save = Callable[..., Path]
Field = Callable[[np.ndarray], np.ndarray]
GRID = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 2.0), (24, 40, 36))
CORNER, BALL_MM, RADIUS_MM = np.array([-18.0, -30.0, -100.0]), np.array([0.3, -9.4, -75.2]), 7.0
X, Y, Z = np.eye(3)


def turned(axis: int, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Row and column directions of axial slices, turned around a patient axis."""
    a, b = [(1, 2), (2, 0), (0, 1)][axis]
    turn = np.eye(3)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn[a, a] = turn[b, b] = cos
    turn[a, b], turn[b, a] = -sin, sin
    return turn @ X, turn @ Y


def tilted_gantry(degrees: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slices turned around x, the table moving along z."""
    row, column = turned(0, degrees)
    return row, column, 2.0 * Z


def drifting(degrees: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Axial slices whose positions drift along y."""
    return X, Y, 2.0 * Z + 2.0 * np.tan(np.radians(degrees)) * Y


def oblique(axis: int, degrees: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slices turned as a whole, stacked along their normal."""
    row, column = turned(axis, degrees)
    return row, column, 2.0 * np.cross(row, column)


GEOMETRIES = {
    "gantry tilted by 12 degrees": tilted_gantry(12),
    "gantry tilted by -25 degrees": tilted_gantry(-25),
    "gantry tilted by 0.5 degrees": tilted_gantry(0.5),
    "positions drift by 12 degrees": drifting(12),
    "positions drift by -3 degrees": drifting(-3),
    "oblique around x": oblique(0, 10),
    "oblique around y": oblique(1, -7),
    "oblique around z": oblique(2, 4),
    "sagittal, turned by 5 degrees": (
        *(np.roll(v, 1) for v in turned(0, 5)), 2.0 * np.roll(np.cross(*turned(0, 5)), 1)
    ),
}  # fmt: skip
geometries = pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES.keys())


def ramp(points: np.ndarray) -> np.ndarray:
    return 3.0 * points[..., 0] - 2.0 * points[..., 1] + 1.5 * points[..., 2] + 100.0


def ball(points: np.ndarray) -> np.ndarray:
    distance = np.linalg.norm(points - BALL_MM, axis=-1)
    return 1000.0 * np.clip(RADIUS_MM - distance + 0.5, 0, 1)


@pytest.fixture
def tilted(tmp_path: Path, slices: Slices, save: Save) -> Callable[..., Path]:
    def made(geometry: tuple[np.ndarray, np.ndarray, np.ndarray], field: Field) -> Path:
        row, column, step = geometry
        stored = slices(CtVolume(GRID, np.zeros(GRID.shape, dtype=np.float32)))
        r, c = np.meshgrid(np.arange(GRID.shape[1]), np.arange(GRID.shape[2]), indexing="ij")
        for number, dataset in enumerate(stored):
            corner = CORNER + number * step
            values = field(corner + c[..., None] * row + r[..., None] * column)
            dataset.ImagePositionPatient = [f"{v:.8f}" for v in corner]
            dataset.ImageOrientationPatient = [f"{v:.8f}" for v in (*row, *column)]
            dataset.RescaleSlope = 0.05
            dataset.PixelData = np.rint(values / 0.05).astype("<i2").tobytes()
        return save(stored, tmp_path)

    return made


@geometries
def test_a_field_linear_in_space_comes_back(
    tilted: Callable[..., Path], geometry: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    volume = read_ct_series(tilted(geometry, ramp), correct_tilt=True).volume
    imaged = volume.hu > -999
    expected = ramp(volume.grid.points_mm()).reshape(volume.hu.shape)
    assert imaged.mean() > 0.3
    np.testing.assert_allclose(volume.hu[imaged], expected[imaged], atol=0.03)


@geometries
def test_a_ball_lands_at_its_place_with_its_volume(
    tilted: Callable[..., Path], geometry: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    row, column, step = geometry
    inside = np.linalg.solve(np.array([step, column, row]).T, BALL_MM - CORNER)
    assert (inside > 4).all()
    volume = read_ct_series(tilted(geometry, ball), correct_tilt=True).volume
    weight = np.clip(volume.hu, 0, None).ravel()
    centre = weight @ volume.grid.points_mm() / weight.sum()
    np.testing.assert_allclose(centre, BALL_MM, atol=0.1)
    measured = weight.sum() / 1000 * volume.grid.voxel_volume_mm3
    assert measured == pytest.approx(4 / 3 * np.pi * (RADIUS_MM**3 + RADIUS_MM / 4), rel=0.02)  # soft edge


@geometries
def test_every_voxel_that_was_imaged_is_covered_and_no_other_is_made_up(
    tilted: Callable[..., Path], geometry: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    row, column, step = geometry
    volume = read_ct_series(tilted(geometry, lambda p: np.full(p.shape[:-1], 50.0)), correct_tilt=True).volume
    index = (volume.grid.points_mm() - CORNER) @ np.linalg.inv(np.array([step, column, row]))
    last = np.array(GRID.shape) - 1
    inside = ((index >= -1e-4) & (index <= last + 1e-4)).all(axis=1).reshape(volume.hu.shape)
    assert (volume.hu[inside] == 50.0).all()
    clearly_outside = ((index < -2e-3) | (index > last + 2e-3)).any(axis=1).reshape(volume.hu.shape)
    assert (volume.hu[clearly_outside] == -1000.0).all()
    ends = np.array(np.meshgrid(*[(0, n) for n in last], indexing="ij")).reshape(3, -1).T
    assert volume.grid.contains(CORNER + ends @ np.array([step, column, row])).all()


@pytest.mark.parametrize(
    ("geometry", "angle"),
    [
        (tilted_gantry(12), "12.00"),
        (drifting(12), "12.00"),
        (oblique(2, 4), "4.00"),
        (oblique(0, 10), "10.00"),
    ],
)
def test_without_the_option_it_is_refused_with_the_angle(
    tilted: Callable[..., Path], geometry: tuple[np.ndarray, np.ndarray, np.ndarray], angle: str
) -> None:
    with pytest.raises(ImageError, match=rf"{angle} degrees.*ImageOrientationPatient.*correct_tilt"):
        read_ct_series(tilted(geometry, ramp))


def test_a_note_tells_angle_interpolation_and_air(tilted: Callable[..., Path]) -> None:
    (note,) = read_ct_series(tilted(tilted_gantry(12), ramp), correct_tilt=True).notes
    assert "12.00 degrees" in note
    assert "linear interpolation" in note
    assert "air (-1000 HU)" in note


@pytest.mark.parametrize("geometry", [tilted_gantry(40), drifting(-35), oblique(0, 44)])
def test_more_than_thirty_degrees_are_refused_in_any_case(
    tilted: Callable[..., Path], geometry: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    with pytest.raises(ImageError, match="within 30 degrees"):
        read_ct_series(tilted(geometry, ramp), correct_tilt=True)


@pytest.mark.parametrize("degrees", [0.1, 1, 12, 25])
def test_no_contour_refers_to_a_slice_that_is_not_in_its_plane(
    tmp_path: Path, tilted: Callable[..., Path], box: Callable[..., Structure], degrees: float
) -> None:
    from pydicom import dcmread

    ct = read_ct_series(tilted(tilted_gantry(degrees), ramp), correct_tilt=True)
    planes = tuple(float(z) for z in ct.volume.grid.axis_mm(2)[8:11])
    path = tmp_path / "rs" / "rs.dcm"
    write_structures([box(z=planes)], ct, path, ct.identity, types=["GTV"])
    for contour in dcmread(path).ROIContourSequence[0].ContourSequence:
        assert "ContourImageSequence" not in contour


def test_a_straight_series_is_the_same_with_the_option(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    found = read_ct_series(save(slices(volume), tmp_path), correct_tilt=True)
    np.testing.assert_array_equal(found.volume.hu, volume.hu)
    assert found.notes == ()


def test_a_tilt_that_only_a_tag_tells_is_noted(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.GantryDetectorTilt = -15
    (note,) = read_ct_series(save(stored, tmp_path)).notes
    assert "GantryDetectorTilt is -15 degrees" in note
