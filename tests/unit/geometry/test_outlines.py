"""Outlines of masks: the volume of the voxels, and the same voxels again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid, check_contours
from seedbed.geometry.gaps import gap_warning, missing_planes
from seedbed.geometry.masks import structure_mask
from seedbed.geometry.outlines import structure_of_coverage, structure_of_mask

GRID = VoxelGrid((-4.5, 3.0, 10.0), (0.8, 1.3, 2.5), (4, 9, 11))
SEEDS = st.integers(0, 10_000)


def random_mask(seed: int) -> np.ndarray:
    """Anything at all: single voxels, corners that touch, holes, parts at the border."""
    rng = np.random.default_rng(seed)
    return rng.random(GRID.shape) < rng.uniform(0.02, 0.98)


def only(*voxels: tuple[int, int, int]) -> np.ndarray:
    mask = np.zeros(GRID.shape, dtype=bool)
    mask[tuple(np.transpose(voxels))] = True
    return mask


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_any_mask_comes_back_voxel_by_voxel_with_its_volume(seed: int) -> None:
    mask = random_mask(seed)
    made = structure_of_mask("any", mask, GRID)
    assert made.volume_mm3 == pytest.approx(mask.sum() * GRID.voxel_volume_mm3, rel=1e-9)
    np.testing.assert_array_equal(structure_mask(made, GRID), mask)
    np.testing.assert_allclose(made.coverage(GRID), mask, atol=1e-9)
    check_contours(made)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.booleans())
def test_shares_of_any_kind_keep_their_volume_plane_by_plane(seed: int, rough: bool) -> None:
    rng = np.random.default_rng(seed)
    share = rng.random(GRID.shape) ** (8 if rough else 1) * (rng.random(GRID.shape) < 0.7)
    made = structure_of_coverage("shares", share, GRID)
    pixel = GRID.spacing_mm[0] * GRID.spacing_mm[1]
    for plane, z in zip(share, GRID.axis_mm(2), strict=True):
        assert made.regions[z].area == pytest.approx(plane.sum() * pixel, rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_smooth_outlines_keep_the_volume(seed: int) -> None:
    mask = random_mask(seed)
    made = structure_of_mask("smooth", mask, GRID, smooth=True)
    assert made.volume_mm3 == pytest.approx(mask.sum() * GRID.voxel_volume_mm3, rel=1e-5)


def test_a_single_voxel_is_a_rectangle_of_its_size() -> None:
    (contour,) = structure_of_mask("one", only((2, 3, 4)), GRID).contours
    assert contour.z_mm == 15.0
    np.testing.assert_allclose(contour.points_mm.min(axis=0), [-4.5 + 3.5 * 0.8, 3.0 + 2.5 * 1.3])
    np.testing.assert_allclose(contour.points_mm.max(axis=0), [-4.5 + 4.5 * 0.8, 3.0 + 3.5 * 1.3])
    assert len(contour.points_mm) == 4


def test_voxels_that_touch_at_a_corner_are_two_outlines() -> None:
    made = structure_of_mask("two", only((0, 2, 2), (0, 3, 3)), GRID)
    assert len(made.contours) == 2


def test_a_hole_is_an_outline_of_its_own() -> None:
    mask = np.zeros(GRID.shape, dtype=bool)
    mask[1, 2:7, 2:8] = True
    mask[1, 4, 4:6] = False
    made = structure_of_mask("ring", mask, GRID)
    assert sorted(len(contour.points_mm) for contour in made.contours) == [4, 4]
    assert made.volume_mm3 == pytest.approx(28 * GRID.voxel_volume_mm3)


def test_a_mask_that_fills_its_grid_is_a_box() -> None:
    made = structure_of_mask("all", np.ones(GRID.shape, dtype=bool), GRID)
    lower, upper = made.bounds_mm
    np.testing.assert_allclose(lower, GRID.lower_mm())
    np.testing.assert_allclose(upper, GRID.upper_mm())


@pytest.mark.parametrize("planes", [(0, 2), (0, 3), (0, 1, 3)])
def test_empty_planes_of_a_mask_stay_empty(planes: tuple[int, ...]) -> None:
    made = structure_of_mask("parts", only(*((plane, 4, 4) for plane in planes)), GRID)
    assert made.volume_mm3 == pytest.approx(len(planes) * GRID.voxel_volume_mm3)
    assert len(missing_planes(made)) == 1
    assert "separate parts" in str(gap_warning(made))
    assert made.within_sphere((0, 0, 0), 99.0).volume_mm3 == pytest.approx(made.volume_mm3)


def test_a_straight_edge_within_a_voxel_comes_back_to_a_fifth_of_it() -> None:
    # Half-way values are off by (c - 0.5) / c - (c - 0.5), 0.09 pixel at most; the common move is no more.
    for part in (0.1, 0.3, 0.5, 0.8):
        square = np.array([[-2.0, 5.0], [0.1 + 0.8 * part, 5.0], [0.1 + 0.8 * part, 12.0], [-2.0, 12.0]])
        box = Structure("box", tuple(PlanarContour(z, square) for z in (12.5, 15.0)), 2.5)
        made = structure_of_coverage("box", box.coverage(GRID), GRID)
        assert made.bounds_mm[1][0] == pytest.approx(0.1 + 0.8 * part, abs=0.18 * 0.8)
        assert made.volume_mm3 == pytest.approx(box.volume_mm3, rel=0.02)


def test_kind_and_name_are_kept() -> None:
    made = structure_of_mask("GTV", only((0, 0, 0)), GRID, kind="GTV")
    assert (made.name, made.kind, made.plane_distance_mm) == ("GTV", "GTV", 2.5)


@pytest.mark.parametrize(
    "share", [np.full(GRID.shape, 1.2), np.full(GRID.shape, -0.1), np.full(GRID.shape, np.nan)]
)
def test_what_is_no_share_is_refused(share: np.ndarray) -> None:
    with pytest.raises(StructureError, match="from 0 to 1"):
        structure_of_coverage("wrong", share, GRID)


def test_an_empty_mask_and_another_shape_are_refused() -> None:
    with pytest.raises(StructureError, match="'none' is empty"):
        structure_of_mask("none", np.zeros(GRID.shape, dtype=bool), GRID)
    with pytest.raises(StructureError, match=r"shape \(2, 2, 2\)"):
        structure_of_mask("small", np.ones((2, 2, 2), dtype=bool), GRID)
