"""Registration of CTs that SimpleITK moved or bent by a known transform, seeds and noise added.

Digital patients and a real CT (Soft-tissue-Sarcoma collection). The error is the distance, at the target,
between where a point went and where the registration says it went.
"""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from tests.unit.imaging.moved_cts import (
    affine_of,
    middle_planes,
    moved_ct,
    points_in_box,
    scanned_again,
    turn_and_shift,
    with_seeds,
)

from seedbed.dicom import read_ct_series, read_structures
from seedbed.geometry import PlanarContour, RigidTransform, Structure, VoxelGrid
from seedbed.imaging import CtVolume, make_digital_patient, register_cts

MOTIONS = {
    "as it stood": ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    "8 degrees": ((3.0, -5.0, 5.0), (6.0, -7.0, 3.0)),
    "15 degrees and 30 mm": ((6.0, -8.0, 11.0), (20.0, -20.0, 10.0)),
}
AWAY_MM = np.array([-32.0, -8.0, -30.0])
SPACINGS = {"1.25 mm": (0.7, 0.7, 1.25), "2.5 mm": (0.8, 0.8, 2.5), "5 mm": (0.9, 0.9, 5.0)}


def grid_around(middle_mm: np.ndarray, size_mm: np.ndarray, spacing_mm: tuple[float, ...]) -> VoxelGrid:
    counts = np.floor(size_mm / spacing_mm).astype(int)
    x, y, z = (middle_mm - (counts - 1) * np.array(spacing_mm) / 2).tolist()
    nx, ny, nz = counts.tolist()
    return VoxelGrid((x, y, z), spacing_mm, (nz, ny, nx))


@pytest.fixture(scope="module")
def digital() -> tuple[CtVolume, CtVolume, Structure]:
    """The planning CT, more of the anatomy without noise, and the target."""
    patient = make_digital_patient(np.random.default_rng(1), shape=(112, 256, 256))
    return middle_planes(patient.ct, 28, 84), patient.anatomy, patient.structures[0]


@pytest.fixture(scope="module")
def real(reference_data: Path) -> tuple[CtVolume, CtVolume, Structure]:
    folder = reference_data / "ct" / "STS_037" / "CT"
    series = read_ct_series(folder / "image")
    (tumour,) = read_structures(folder / "mask" / "RS.dcm", series).values()
    middle = np.mean(tumour.bounds_mm, axis=0)
    return series.volume, series.volume, tumour.within_sphere(tuple(middle.tolist()), 25.0)


def error_mm(
    case: tuple[CtVolume, CtVolume, Structure], motion: RigidTransform, size_mm: np.ndarray, spacing_mm
) -> float:
    planning, anatomy, target = case
    low, high = target.bounds_mm
    there = motion.apply(np.mean(target.bounds_mm, axis=0)[None])[0]
    scan = moved_ct(anatomy, motion, grid_around(there, size_mm, spacing_mm))
    found = register_cts(planning, with_seeds(scan, motion.apply, low, high), around=target)
    assert found.quality.usable, found.quality.words
    assert found.quality.inverse_consistency_mm < 1.5
    points = points_in_box(low, high)
    return float(np.linalg.norm(found.to_post(points) - motion.apply(points), axis=1).mean())


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("motion", ["15 degrees and 30 mm"])
def test_a_moved_digital_patient_is_found(digital, motion, spacing) -> None:
    turn, shift = MOTIONS[motion]
    known = turn_and_shift(np.mean(digital[2].bounds_mm, axis=0), turn, shift)
    assert error_mm(digital, known, np.array([150.0, 150.0, 110.0]), SPACINGS[spacing]) < 1.0


@pytest.mark.parametrize(
    ("motion", "spacing"),
    [("as it stood", "2.5 mm"), ("8 degrees", "1.25 mm"), ("15 degrees and 30 mm", "5 mm")],
)
def test_a_moved_real_ct_is_found(real, motion, spacing) -> None:
    turn, shift = MOTIONS[motion]
    known = turn_and_shift(np.mean(real[2].bounds_mm, axis=0), turn, shift)
    assert error_mm(real, known, np.array([170.0, 150.0, 130.0]), SPACINGS[spacing]) < 1.0


def bulge_of(centre_mm: np.ndarray, motion: RigidTransform) -> tuple["SimpleITK.Transform", RigidTransform]:
    """Way back from the moved CT: rigidly, then by a spline that pushes 5 mm to the left around a point."""
    spline = SimpleITK.BSplineTransform(3)
    knots, step = 11, 20.0
    spline.SetTransformDomainOrigin((centre_mm - 80.0).tolist())
    spline.SetTransformDomainPhysicalDimensions([160.0] * 3)
    spline.SetTransformDomainMeshSize([8] * 3)
    along = (np.arange(knots) - 1) * step - 80.0
    away2 = along[:, None, None] ** 2 + along[:, None] ** 2 + along**2
    push = np.zeros((3, knots, knots, knots))
    push[0] = -6.5 * np.exp(-away2 / (2 * 25.0**2))
    spline.SetParameters(push.ravel().tolist())
    way_back = SimpleITK.CompositeTransform(3)
    way_back.AddTransform(spline)
    way_back.AddTransform(affine_of(motion.inverse()))
    return way_back, motion


def moved_through(
    way_back: "SimpleITK.Transform", planning_mm: np.ndarray, start_mm: np.ndarray
) -> np.ndarray:
    """Where planning points went: the places from which the way back leads to them."""
    found = start_mm.copy()
    for _ in range(40):
        found += planning_mm - np.array([way_back.TransformPoint(point) for point in found.tolist()])
    return found


def ball_of_many_tissues(tumour: Structure, grid: VoxelGrid) -> Structure:
    """A ball of 20 mm radius before and below the tumour, where fat, muscle and bone are."""
    centre = np.mean(tumour.bounds_mm, axis=0) + AWAY_MM
    turn = 2 * np.pi * np.arange(60) / 60
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    planes = [z for z in grid.axis_mm(2) if abs(z - centre[2]) < 20.0]
    rings = [
        PlanarContour(float(z), centre[:2] + np.sqrt(20.0**2 - (z - centre[2]) ** 2) * circle) for z in planes
    ]
    return Structure("ball", tuple(rings), grid.spacing_mm[2])


def test_a_smooth_bulge_of_5_mm_is_followed(real) -> None:
    planning, anatomy, target = real
    target = ball_of_many_tissues(target, planning.grid)  # within a tumour of one grey no bending shows
    low, high = target.bounds_mm
    middle = (low + high) / 2
    way_back, motion = bulge_of(middle, turn_and_shift(middle, (2.0, 3.0, -4.0), (4.0, -3.0, 2.0)))
    points = points_in_box(low, high)
    gone_to = moved_through(way_back, points, motion.apply(points))
    pushed = np.linalg.norm(gone_to - motion.apply(points), axis=1)
    assert 4.0 < pushed.max() < 6.0

    def move(places: np.ndarray) -> np.ndarray:
        return moved_through(way_back, places, motion.apply(places))

    scan = scanned_again(
        anatomy,
        way_back,
        grid_around(motion.apply(middle[None])[0], np.array([160.0, 150, 110]), (0.9, 0.9, 2.5)),
    )
    post = with_seeds(scan, move, low, high)
    rigid = register_cts(planning, post, around=target)
    bent = register_cts(planning, post, around=target, deformable=True)
    errors = [np.linalg.norm(found.to_post(points) - gone_to, axis=1).mean() for found in (rigid, bent)]
    assert errors[1] < 2.0
    assert errors[1] < errors[0] / 1.5
    assert bent.deformation is not None
    assert bent.deformation.least_stretch > 0.5
    np.testing.assert_allclose(bent.to_planning(bent.to_post(points)), points, atol=0.01)


@pytest.mark.parametrize(("one", "other"), [("STS_037", "STS_015"), ("STS_015", "STS_037")])
def test_two_different_bodies_are_never_used(reference_data: Path, one: str, other: str) -> None:
    first, second = (
        read_ct_series(reference_data / "ct" / name / "CT" / "image").volume for name in (one, other)
    )
    quality = register_cts(first, second).quality
    assert not quality.usable
    assert quality.words.startswith("not usable: ")


def test_a_digital_patient_is_not_taken_for_a_real_one(digital, real) -> None:
    assert not register_cts(real[0], digital[0]).quality.usable
