import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, RigidTransform, Structure, VoxelGrid
from seedbed.imaging.carrying import cut_again, shifted

POST = VoxelGrid((-60.0, -60.0, -61.3), (0.8, 0.8, 2.5), (50, 150, 150))
ROUND = 2 * np.pi * np.arange(90) / 90
CIRCLE = np.stack([np.cos(ROUND), np.sin(ROUND)], axis=1)


def ball(radius_mm=15.0, centre=(0.0, 0.0, 0.0), step_mm=1.0):
    z = np.arange(-radius_mm + step_mm / 2, radius_mm, step_mm)
    rings = [
        PlanarContour(float(centre[2] + k), centre[:2] + np.sqrt(radius_mm**2 - k**2) * CIRCLE) for k in z
    ]
    return Structure("GTV", tuple(rings), step_mm, "GTV")


def carried(structure, motion, grid=POST):
    return cut_again(structure, grid, there=motion.apply, back=motion.inverse().apply)


def middle(structure):
    """Centre of the volume."""
    weights = [(structure.regions[z], z, top - low) for z, low, top in structure.slabs]
    volume = sum(region.area * deep for region, _, deep in weights)
    parts = [(r.area * d * np.array([r.centroid.x, r.centroid.y, z])) for r, z, d in weights]
    return np.sum(parts, axis=0) / volume


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.floats(-25.0, 25.0), min_size=3, max_size=3),
    st.lists(st.floats(-12.0, 12.0), min_size=3, max_size=3),
)
def test_a_rigid_motion_keeps_the_volume_and_moves_the_centre(turn, shift):
    motion = RigidTransform(Rotation.from_rotvec(turn, degrees=True).as_matrix(), np.array(shift))
    start = ball(centre=(5.0, -4.0, 3.0))
    moved = carried(start, motion)
    assert moved.volume_mm3 == pytest.approx(start.volume_mm3, rel=0.01)
    np.testing.assert_allclose(middle(moved), motion.apply(middle(start)[None])[0], atol=0.25)


@pytest.mark.parametrize("thick", [1.25, 2.5, 5.0])
def test_volume_is_kept_on_thin_and_on_thick_slices(thick):
    motion = RigidTransform(
        Rotation.from_rotvec([20, 10, 5], degrees=True).as_matrix(), np.array([1.0, 2, 3])
    )
    grid = VoxelGrid((-60.0, -60.0, -60.7), (0.8, 0.8, thick), (int(125 / thick), 150, 150))
    small = ball(6.0)
    assert carried(small, motion, grid).volume_mm3 == pytest.approx(small.volume_mm3, rel=0.01)


def test_contours_lie_on_planes_of_the_new_ct_and_keep_name_and_kind():
    moved = carried(ball(), RigidTransform(np.eye(3), np.array([0.0, 0, 1.1])))
    planes = np.array([contour.z_mm for contour in moved.contours])
    steps = (planes - POST.origin_mm[2]) / POST.spacing_mm[2]
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)
    assert (moved.name, moved.kind) == ("GTV", "GTV")


def test_there_and_back_is_nearly_the_same_body():
    motion = RigidTransform(
        Rotation.from_rotvec([8, -10, 12], degrees=True).as_matrix(), np.array([4.0, 5, 6])
    )
    start = ball()
    again = carried(carried(start, motion), motion.inverse())
    points = np.random.default_rng(4).uniform(-18, 18, (20000, 3))
    one, other = start.contains(points), again.contains(points)
    assert 2 * (one & other).sum() / (one.sum() + other.sum()) > 0.95
    assert again.volume_mm3 == pytest.approx(start.volume_mm3, rel=0.01)


def test_a_quarter_turn_of_a_box_is_the_turned_box():
    flat = np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 10.0], [0.0, 10.0]])
    box = Structure("box", tuple(PlanarContour(float(z), flat) for z in np.arange(-9.0, 10.0, 2.0)), 2.0)
    quarter = RigidTransform(Rotation.from_rotvec([0, 0, 90], degrees=True).as_matrix(), np.zeros(3))
    lower, upper = carried(box, quarter).bounds_mm
    np.testing.assert_allclose(lower[:2], [-10.0, 0.0], atol=0.2)
    np.testing.assert_allclose(upper[:2], [0.0, 30.0], atol=0.2)


def test_holes_stay_holes():
    rings = [
        PlanarContour(float(z), size * CIRCLE) for z in np.arange(-9.0, 10.0, 2.0) for size in (20.0, 10.0)
    ]
    tube = Structure("tube", tuple(rings), 2.0)
    motion = RigidTransform(Rotation.from_rotvec([5, 0, 0], degrees=True).as_matrix(), np.zeros(3))
    moved = carried(tube, motion)
    assert not moved.contains(np.zeros((1, 3)))[0]
    assert moved.volume_mm3 == pytest.approx(tube.volume_mm3, rel=0.01)


def test_shifted_contours_are_the_same_points_moved():
    start = ball()
    moved = shifted(start, np.array([1.5, -2.25, 0.7]))
    for old, new in zip(start.contours, moved.contours, strict=True):
        assert new.z_mm == old.z_mm + 0.7
        np.testing.assert_array_equal(new.points_mm, old.points_mm + np.array([1.5, -2.25]))


def test_a_structure_that_would_leave_the_ct_is_refused():
    with pytest.raises(StructureError, match="'GTV' would lie at"):
        carried(ball(), RigidTransform(np.eye(3), np.array([300.0, 0.0, 0.0])))
