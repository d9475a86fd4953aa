import numpy as np
import pytest
from tests.unit.imaging.moved_cts import middle_planes, moved_ct, points_in_box, turn_and_shift, with_seeds

from seedbed.errors import ImageError, StructureError
from seedbed.geometry import PlanarContour, RigidTransform, Structure, VoxelGrid
from seedbed.imaging import (
    CtVolume,
    Deformation,
    Registration,
    RegistrationQuality,
    make_digital_patient,
    register_cts,
)

FINE = RegistrationQuality(0.3, 0.95, 0.2, 0.9, 0.9, 0.3, np.zeros(3), np.zeros(3))
BAD = RegistrationQuality(0.3, 0.35, 0.2, 0.1, 0.9, 33.0, np.zeros(3), np.zeros(3))
GRID = VoxelGrid((-30.0, -30.0, -30.0), (2.0, 2.0, 3.0), (20, 30, 30))


@pytest.fixture(scope="module")
def patient():
    return make_digital_patient(np.random.default_rng(1), spacing_mm=(1.6, 1.6, 2.5), shape=(96, 128, 128))


@pytest.fixture(scope="module")
def planning(patient):
    return middle_planes(patient.ct, 20, 76)


@pytest.fixture(scope="module")
def moved(patient, planning):
    """The target, its true motion, the CT after implantation, and the registration around the target."""
    target = patient.structures[0]
    low, high = target.bounds_mm
    motion = turn_and_shift((low + high) / 2, (6.0, -4.0, 8.0), (12.0, -9.0, 14.0))
    grid = VoxelGrid((-80.0, -95.0, -50.0), (1.3, 1.3, 2.0), (50, 140, 130))
    post = with_seeds(moved_ct(patient.anatomy, motion, grid), motion.apply, low, high)
    return target, motion, post, register_cts(planning, post, around=target)


def test_a_known_motion_is_found_at_the_target(moved):
    target, motion, _, found = moved
    points = points_in_box(*target.bounds_mm)
    off = np.linalg.norm(found.to_post(points) - motion.apply(points), axis=1)
    assert off.mean() < 1.0
    np.testing.assert_allclose(found.to_planning(found.to_post(points)), points, atol=1e-9)


def test_its_quality_tells_what_was_done(moved):
    target, motion, _, found = moved
    quality = found.quality
    low, high = target.bounds_mm
    assert quality.grade == "good"
    assert quality.correlation_before < 0.8 < quality.correlation_after
    assert quality.inverse_consistency_mm < 1.0
    np.testing.assert_allclose(quality.shift_mm, motion.shift_at_mm((low + high) / 2), atol=1.0)
    np.testing.assert_allclose(quality.turn_deg, motion.turn_deg, atol=1.0)


def test_the_target_is_carried_with_its_volume(moved):
    target, motion, _, found = moved
    carried = found.carry(target)
    assert carried.volume_mm3 == pytest.approx(target.volume_mm3, rel=0.01)
    middle = np.mean(target.bounds_mm, axis=0)
    assert np.linalg.norm(np.mean(carried.bounds_mm, axis=0) - motion.apply(middle[None])[0]) < 2.0


def test_the_post_implant_ct_lies_on_the_planning_ct(moved, planning):
    _, _, post, found = moved
    laid = found.resample_post(post)
    assert laid.grid == planning.grid
    both = (laid.hu > -200) & (laid.hu < 300) & (planning.hu > -200) & (planning.hu < 300)
    assert np.corrcoef(laid.hu[both], planning.hu[both])[0, 1] > 0.8


def test_the_same_seed_gives_the_same_bits_and_progress_is_told(moved, planning):
    target, _, post, found = moved
    told = []
    again = register_cts(planning, post, around=target, progress=lambda *step: told.append(step))
    np.testing.assert_array_equal(again.rigid.rotation, found.rigid.rotation)
    np.testing.assert_array_equal(again.rigid.shift_mm, found.rigid.shift_mm)
    assert again.quality.inverse_consistency_mm == found.quality.inverse_consistency_mm
    assert told[-1] == ("matched", 2, 2)


def test_noise_is_never_used(planning):
    rng = np.random.default_rng(2)
    noise = CtVolume(planning.grid, rng.normal(0.0, 200.0, planning.hu.shape).astype(np.float32))
    found = register_cts(planning, noise)
    assert not found.quality.usable
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    with pytest.raises(ImageError, match="not usable"):
        found.carry(Structure("GTV", (PlanarContour(0.0, square),), 3.0))


def test_a_target_that_is_not_on_the_planning_ct_is_refused(planning):
    far = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]) + 900.0
    with pytest.raises(StructureError, match="'GTV' lies at"):
        register_cts(planning, planning, around=Structure("GTV", (PlanarContour(0.0, far),), 3.0))


def test_one_slice_is_refused(planning):
    with pytest.raises(ImageError, match="post-implant CT"):
        register_cts(planning, middle_planes(planning, 3, 4))


def test_a_pure_shift_moves_contours_as_they_are():
    shift = np.array([1.0, -2.0, 0.75])
    found = Registration(RigidTransform(np.eye(3), shift), None, FINE, GRID, GRID)
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    (contour,) = found.carry(Structure("GTV", (PlanarContour(3.0, square),), 3.0)).contours
    assert contour.z_mm == 3.75
    np.testing.assert_array_equal(contour.points_mm, square + np.array([1.0, -2.0]))


def test_the_deformation_comes_before_the_rigid_motion():
    wide = np.zeros((*GRID.shape, 3))
    wide[..., 0] = 4.0
    turn = turn_and_shift((0.0, 0.0, 0.0), (0.0, 0.0, 90.0), (0.0, 0.0, 5.0))
    found = Registration(turn, Deformation(GRID, wide), FINE, GRID, GRID)
    here = np.array([[1.0, 0.0, 0.0]])
    np.testing.assert_allclose(found.to_post(here), [[0.0, 5.0, 5.0]], atol=1e-12)
    np.testing.assert_allclose(found.to_planning(found.to_post(here)), here, atol=2e-3)


def test_an_unusable_registration_carries_nothing_but_can_be_looked_at():
    found = Registration(RigidTransform.none(), None, BAD, GRID, GRID)
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    with pytest.raises(ImageError, match="the registration is not usable"):
        found.carry(Structure("GTV", (PlanarContour(0.0, square),), 3.0))
    ct = CtVolume(GRID, np.random.default_rng(1).normal(size=GRID.shape).astype(np.float32))
    np.testing.assert_allclose(found.resample_post(ct).hu, ct.hu, atol=1e-5)
