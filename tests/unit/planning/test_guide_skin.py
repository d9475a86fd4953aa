"""Where a smooth skin lies under a mask of voxels: planes and cylinders."""

import numpy as np
import pytest
import trimesh

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning.guide_frame import Frame
from seedbed.planning.guide_mesh import enclosed_mm3, is_closed, largest_part, through_holes
from seedbed.planning.guide_rules import load_guide_rules
from seedbed.planning.guide_skin import read_skin, skin_entry, skin_heights, skin_mask

RULES = load_guide_rules()
GRID = VoxelGrid((-40.0, -40.0, -20.0), (1.0, 1.0, 2.5), (17, 81, 81))
LPS = Frame(np.zeros(3), np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]))  # u, v, w = y, z, x


def cylinder(radius: float) -> np.ndarray:
    x, y = GRID.axis_mm(0), GRID.axis_mm(1)
    return np.broadcast_to(np.hypot(x[None], y[:, None]) <= radius, GRID.shape)


def test_a_flat_skin_lies_on_the_faces_of_the_voxels() -> None:
    body = np.broadcast_to(GRID.axis_mm(0) <= 10.0, GRID.shape)
    skin = read_skin(body, GRID, np.zeros((1, 3)), RULES)
    heights = skin_heights(skin, LPS, np.array([-8.0, 0.3, 8.0]), np.array([-5.0, 2.2]), low=0.0, high=30.0)
    np.testing.assert_allclose(heights, 10.5, atol=1e-5)


@pytest.mark.parametrize("radius", [20.0, 33.3])
def test_a_round_skin_lies_on_its_circle(radius: float) -> None:
    skin = read_skin(cylinder(radius), GRID, np.zeros((1, 3)), RULES)
    y = np.linspace(-radius / 2, radius / 2, 21)
    heights = skin_heights(skin, LPS, y, np.array([0.0]), low=0.0, high=38.0)[:, 0]
    error = np.hypot(heights, y) - radius
    assert np.abs(error).max() < 0.4  # voxels of 1 mm
    assert abs(error.mean()) < 0.15


def test_where_there_is_no_skin_the_height_says_so() -> None:
    skin = read_skin(cylinder(10.0), GRID, np.zeros((1, 3)), RULES)
    heights = skin_heights(skin, LPS, np.array([0.0, 20.0]), np.array([0.0]), low=-5.0, high=5.0)
    assert heights[0, 0] == 5.0
    assert heights[1, 0] == -np.inf


def test_a_slanted_needle_meets_the_skin_on_its_line() -> None:
    body = np.broadcast_to(GRID.axis_mm(0) <= 10.0, GRID.shape)
    push = np.array([-0.8, 0.6, 0.0])
    entry = np.array([10.5, 3.0, 1.0]) - 2.0 * push
    skin = read_skin(body, GRID, entry[None], RULES)
    np.testing.assert_allclose(skin_entry(skin, "N1", entry, push, RULES), [10.5, 3.0, 1.0], atol=0.01)


def test_only_the_part_near_the_entries_is_looked_at() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (200, 20, 20))
    skin = read_skin(np.ones(grid.shape, dtype=bool), grid, np.array([[20.0, 20.0, 200.0]]), RULES)
    assert skin.grid.shape == (81, 20, 20)
    assert skin.grid.origin_mm == (0.0, 0.0, 120.0)


def test_what_is_solid_is_what_is_denser_than_half_way_to_air() -> None:
    ct = CtVolume(
        VoxelGrid((0, 0, 0), (1, 1, 1), (1, 1, 4)), np.array([[[-1000, -501, -499, 40]]], dtype=np.float32)
    )
    assert skin_mask(ct, np.array([[[True, True, True, False]]])).tolist() == [[[False, False, True, False]]]


CUBE = np.array([[x, y, z] for x in (0.0, 2.0) for y in (0.0, 3.0) for z in (0.0, 4.0)])
CUBE_FACES = np.array(
    [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6],
     [0, 6, 4], [1, 5, 7], [1, 7, 3]]
)  # fmt: skip


def test_a_box_is_closed_and_has_its_volume() -> None:
    assert is_closed(CUBE_FACES)
    assert enclosed_mm3(CUBE, CUBE_FACES) == 24.0
    assert through_holes(CUBE, CUBE_FACES) == 0
    assert not is_closed(CUBE_FACES[1:])
    assert not is_closed(np.vstack([CUBE_FACES[:1, ::-1], CUBE_FACES[1:]]))


def test_the_larger_of_two_parts_is_kept() -> None:
    tetrahedron = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    vertices, faces = largest_part(np.vstack([CUBE[:4] + 50, CUBE]), np.vstack([tetrahedron, CUBE_FACES + 4]))
    np.testing.assert_array_equal(vertices[faces], CUBE[CUBE_FACES])


def test_a_torus_has_one_hole() -> None:
    ring = trimesh.creation.torus(10.0, 2.0)
    assert through_holes(np.asarray(ring.vertices), np.asarray(ring.faces)) == 1
