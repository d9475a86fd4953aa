"""Cold regions of a cube whose dose is invented, so that the truth is known."""

import numpy as np
import pytest

from seedbed.geometry import PlanarContour, Structure
from seedbed.verification import cold_regions

RX = 100.0
SIDE = 22.0  # from -11 to 11: voxels of 2 mm with centres on even millimetres
FACES = [
    (0, -1, "right"), (0, 1, "left"), (1, -1, "anterior"), (1, 1, "posterior"), (2, -1, "inferior"),
    (2, 1, "superior"),
]  # fmt: skip


def cube(shift: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Structure:
    half = SIDE / 2
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]]) + shift[:2]
    planes = np.arange(-10.0, 11.0, 2.0) + shift[2]
    return Structure("cube", tuple(PlanarContour(float(z), square) for z in planes), 2.0)


@pytest.mark.parametrize(("axis", "side", "word"), FACES)
def test_a_cold_slab_has_its_volume_its_place_and_its_word(axis: int, side: int, word: str) -> None:
    # The outer 4 mm on one side get less, falling to the face.
    def dose(points: np.ndarray) -> np.ndarray:
        return np.where(side * points[:, axis] > 7.0, RX - side * points[:, axis], 2 * RX)

    (region,) = cold_regions(cube(), dose, below_gy=RX)
    assert region.volume_cc == pytest.approx(SIDE * SIDE * 4 / 1000, rel=1e-9)
    assert region.centre_mm[axis] == pytest.approx(9.0 * side)
    assert np.delete(region.centre_mm, axis) == pytest.approx([0.0, 0.0], abs=1e-9)
    assert region.coldest_mm[axis] == 10.0 * side
    assert region.least_gy == RX - 10.0
    assert f"10 mm {word}" in region.place
    assert (region.below_gy, region.lower_z_mm <= region.upper_z_mm) == (RX, True)
    if axis == 2:
        assert sorted([abs(region.lower_z_mm), abs(region.upper_z_mm)]) == [8.0, 10.0]


def test_a_cold_half_is_half_of_the_cube() -> None:
    (region,) = cold_regions(cube(), lambda p: np.where(p[:, 0] < -1.0, 50.0, 150.0), below_gy=RX)
    assert region.volume_cc == pytest.approx(SIDE * SIDE * 10 / 1000, rel=1e-9)


def test_a_cold_cube_is_whole_and_a_warm_one_has_no_region() -> None:
    (region,) = cold_regions(cube(), lambda p: np.full(len(p), 99.9), below_gy=RX)
    assert region.volume_cc == pytest.approx(SIDE**3 / 1000, rel=1e-9)
    assert cold_regions(cube(), lambda p: np.full(len(p), RX), below_gy=RX) == []


def test_the_dose_itself_is_not_cold() -> None:
    assert cold_regions(cube(), lambda p: np.full(len(p), 80.0), below_gy=80.0) == []


def test_two_cold_corners_are_two_regions_the_larger_first() -> None:
    def dose(points: np.ndarray) -> np.ndarray:
        large = (points < -4.9).all(axis=1)
        small = (points > 6.9).all(axis=1)
        return np.where(large, 40.0, np.where(small, 20.0, 150.0))

    first, second = cold_regions(cube(), dose, below_gy=RX)
    assert (first.volume_cc, second.volume_cc) == pytest.approx((6**3 / 1000, 4**3 / 1000))
    assert (first.least_gy, second.least_gy) == (40.0, 20.0)
    for word in ("right", "anterior", "inferior"):
        assert word in first.place
    for word in ("left", "posterior", "superior"):
        assert word in second.place


def test_a_cold_speck_is_not_reported() -> None:
    speck = lambda p: np.where((np.abs(p) < 1.0).all(axis=1), 0.0, 150.0)  # noqa: E731
    assert cold_regions(cube(), speck, below_gy=RX) == []  # one voxel is 0.008 cc


def test_a_cold_middle_is_at_the_centre() -> None:
    dose = lambda p: 60.0 + np.linalg.norm(p, axis=1) ** 2  # noqa: E731
    (region,) = cold_regions(cube(), dose, below_gy=RX)
    assert region.place == "at the centre"
    assert region.least_gy == 60.0


def test_the_place_is_told_from_the_target_not_from_the_scanner() -> None:
    target = cube(shift=(200.0, -300.0, 400.0))
    (region,) = cold_regions(target, lambda p: np.where(p[:, 2] > 407.0, 50.0, 150.0), below_gy=RX)
    assert "superior" in region.place
    assert "10 mm superior" in region.place or "8 mm superior" in region.place


def test_voxels_on_the_surface_count_with_the_share_inside() -> None:
    target = cube(shift=(0.5, 0.5, 0.5))
    (region,) = cold_regions(target, lambda p: np.zeros(len(p)), below_gy=RX)
    assert region.volume_cc == pytest.approx(SIDE**3 / 1000, rel=1e-3)


def test_the_dose_is_asked_only_where_the_target_is() -> None:
    asked: list[np.ndarray] = []

    def dose(points: np.ndarray) -> np.ndarray:
        asked.append(points)
        return np.full(len(points), 50.0)

    cold_regions(cube(), dose, below_gy=RX)
    assert np.abs(np.concatenate(asked)).max() <= SIDE / 2 + 1.0


def test_the_coldest_point_lies_in_the_target() -> None:
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = [(z, 12.3 * np.sqrt(1 - (z / 15.0) ** 2)) for z in np.arange(-14.0, 15.0, 2.0)]
    ball = Structure("GTV", tuple(PlanarContour(float(z), r * circle) for z, r in planes), 2.0)
    regions = cold_regions(ball, lambda p: 150.0 - 0.2 * (p**2).sum(axis=1), below_gy=125.0)
    assert regions
    for region in regions:
        assert ball.contains(region.coldest_mm[None]).all()
