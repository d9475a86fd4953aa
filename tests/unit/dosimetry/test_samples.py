"""Masks with shares, against exact volumes and moments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.dosimetry.dvh import mask_dvh
from seedbed.dosimetry.samples import MOST_SAMPLES, contour_samples, mask_samples, structure_samples
from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid


def slab_mask(grid: VoxelGrid, direction: np.ndarray, depth: float) -> np.ndarray:
    """Shares of the half space ``direction . x <= depth``, by points within each voxel."""
    steps = (np.arange(12) + 0.5) / 12 - 0.5
    fine = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3) * grid.spacing_mm
    points = grid.points_mm()[:, None] + fine
    return (points @ direction <= depth).mean(axis=1).reshape(grid.shape)


def box(size: float, plane: float = 1.0) -> Structure:
    square = np.array([[0.0, 0.0], [size, 0.0], [size, size], [0.0, size]])
    planes = np.arange(plane / 2, size, plane)
    return Structure("box", tuple(PlanarContour(float(z), square) for z in planes), plane)


@pytest.mark.parametrize(
    ("size", "least", "most"), [(2.0, 140e3, 190e3), (50.0, 230e3, 300e3), (300.0, 350e3, 500e3)]
)
def test_small_structures_have_many_samples_and_the_body_not_too_many(
    size: float, least: float, most: float
) -> None:
    assert least < len(structure_samples(box(size, size / 10))[0]) < most
    assert MOST_SAMPLES == 400_000


def test_fewer_samples_where_fewer_are_asked_for() -> None:
    assert len(structure_samples(box(50.0), count=5000)[0]) == pytest.approx(5000, rel=0.3)


def test_points_on_the_surface_weigh_nothing() -> None:
    samples = contour_samples(box(10.0))
    inside, _ = structure_samples(box(10.0))
    assert (samples.volume_cc[len(inside) :] == 0).all()
    assert samples.points_mm.min(axis=0).tolist() == [0, 0, 0]
    assert samples.points_mm.max(axis=0).tolist() == [10, 10, 10]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.tuples(*[st.floats(0.5, 4)] * 3))
def test_a_mask_of_any_shares_has_their_volume_in_their_voxels(
    seed: int, spacing: tuple[float, float, float]
) -> None:
    rng = np.random.default_rng(seed)
    grid = VoxelGrid((5.0, -3.0, 40.0), spacing, (3, 4, 5))
    share = np.clip(rng.uniform(-0.5, 1.5, grid.shape), 0, 1)
    samples = mask_samples(share, grid)
    index = np.rint(grid.indices(samples.points_mm)).astype(int)
    found = np.zeros(grid.shape)
    np.add.at(found, tuple(index.T), samples.volume_cc)
    np.testing.assert_allclose(found, share * grid.voxel_volume_mm3 / 1000, atol=1e-12)


@pytest.mark.parametrize("direction", [(1, 0, 0), (0, -1, 0), (0, 0, 1), (1, 1, 0), (1, -2, 3)])
def test_the_cut_voxels_of_a_plane_are_filled_on_its_inner_side(
    direction: tuple[float, float, float],
) -> None:
    unit = np.array(direction) / np.linalg.norm(direction)
    grid = VoxelGrid((-6.0, -6.0, -6.0), (1.0, 1.0, 1.5), (9, 13, 13))
    share = slab_mask(grid, unit, 0.3)
    share[[0, -1]] = share[:, [0, -1]] = share[:, :, [0, -1]] = 0
    samples = mask_samples(share, grid)
    inner = (np.abs(samples.points_mm) < [4.0, 4.0, 3.0]).all(axis=1)  # away from where the box ends
    assert (samples.points_mm[inner] @ unit).max() < 0.3 + 0.2  # one part of a voxel


def test_a_cube_between_voxels_in_a_linear_gradient() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (7, 7, 7))
    edge = np.clip(np.minimum(np.arange(7) + 0.5, 5.35) - np.maximum(np.arange(7) - 0.5, 0.7), 0, 1)
    share = edge[:, None, None] * edge[None, :, None] * edge  # a cube of 4.65 mm, 0.1 cc
    dvh = mask_dvh(share, grid, name="cube", dose_at=lambda p: 100 * np.clip((p[:, 0] - 0.7) / 4.65, 0, 1))
    assert dvh.total_cc == pytest.approx(4.65**3 / 1000)
    for share_pct in (2, 10, 50, 90, 98):
        assert dvh.dose_to_pct(share_pct) == pytest.approx(100 - share_pct, abs=0.5)
        assert dvh.volume_pct(100.0 - share_pct) == pytest.approx(share_pct, abs=0.5)


GRID = VoxelGrid((0, 0, 0), (1, 1, 1), (2, 2, 2))
BAD_MASKS = {
    "another shape": np.ones((2, 2)),
    "more than 1": np.full(GRID.shape, 1.01),
    "labels": np.full(GRID.shape, 3),
    "negative": np.full(GRID.shape, -0.1),
    "no number": np.full(GRID.shape, np.nan),
    "empty": np.zeros(GRID.shape),
}


@pytest.mark.parametrize("share", BAD_MASKS.values(), ids=BAD_MASKS.keys())
def test_a_mask_without_meaning_is_refused(share: np.ndarray) -> None:
    with pytest.raises(StructureError, match="the mask 'GTV'"):
        mask_samples(share, GRID, name="GTV")


def test_a_mask_of_true_and_false() -> None:
    assert mask_samples(np.ones(GRID.shape, dtype=bool), GRID).volume_cc.sum() == pytest.approx(0.008)
