"""Cold regions of a cube whose dose is invented, so that the truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import DoseError
from seedbed.geometry import PlanarContour, Structure
from seedbed.verification import PlaneNumbers, cold_regions, cold_report
from seedbed.verification.place import place_steps

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


def ball(radius: float = 15.0) -> Structure:
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = np.arange(-radius + 0.5, radius, 1.0)
    rings = tuple(PlanarContour(float(z), np.sqrt(radius**2 - z**2) * circle) for z in planes)
    return Structure("ball", rings, 1.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-0.6, 0.6))
def test_a_half_space_cuts_the_cap_of_the_closed_form_off_a_ball(seed: int, cut: float) -> None:
    # Cap of height h: pi h^2 (3 R - h) / 3; its centroid lies 3 (2 R - h)^2 / (4 (3 R - h)) from the centre.
    # Dose falls by 10 % over 4 mm: the cap under 90 % begins 4 mm further out.
    along = np.random.default_rng(seed).normal(size=3)
    along /= np.linalg.norm(along)
    radius, height = 15.0, 15.0 * (1 - cut)
    report = cold_report(ball(radius), lambda p: RX * (1 - 0.1 * (p @ along - cut * radius) / 4), RX)
    for (region,), h in ((report.under_100, height), (report.under_90, height - 4.0)):
        assert region.volume_cc == pytest.approx(np.pi * h**2 * (3 * radius - h) / 3000, abs=0.12)
        off = 3 * (2 * radius - h) ** 2 / (4 * (3 * radius - h))
        assert region.centre_mm == pytest.approx(off * along, abs=0.35)
        assert region.touches_surface
        assert region.least_gy < region.mean_gy < region.below_gy
    assert report.within == (0,)
    assert report.target_cc == pytest.approx(4 / 3 * np.pi * radius**3 / 1000, rel=0.01)


def test_a_half_space_in_a_box_has_its_share_dose_and_slices() -> None:
    # Voxels of 1 mm about whole millimetres; the cut lies on their faces.
    dose = lambda p: RX + 2.0 * (p[:, 2] - 0.5)  # noqa: E731
    planes = PlaneNumbers(np.arange(-12.5, 13.0, 2.5), tuple(range(11, 0, -1)))
    report = cold_report(cube(), dose, RX, plane_numbers=planes)
    (region,) = report.under_100
    assert region.volume_cc == pytest.approx(SIDE * SIDE * 11.5 / 1000, rel=1e-6)
    assert region.share_pct == pytest.approx(100 * 11.5 / 22, rel=1e-6)
    assert region.mean_gy == pytest.approx(RX - 11.5, rel=1e-3)
    assert region.slices == (6, 10)  # z 0 to -10.75; numbers fall towards the head
    assert region.where == f"{region.place}, slices 6-10"
    assert report.cold_cc[0] == pytest.approx(region.volume_cc)


@pytest.mark.parametrize(("axis", "side", "word"), FACES)
def test_the_pieces_of_a_place_are_data(axis: int, side: int, word: str) -> None:
    offset = np.zeros(3)
    offset[axis] = 7.6 * side
    assert place_steps(offset) == ((word, 8),)
    dose = lambda p: np.where(np.abs(p - offset).max(axis=1) < 2.6, 50.0, 150.0)  # noqa: E731
    (region,) = cold_report(cube(), dose, RX).under_100
    assert any(name == word for name, _ in place_steps(region.offset_mm))
    np.testing.assert_array_equal(region.offset_mm, region.coldest_mm)  # the cube lies about zero


def test_a_region_inside_is_told_from_one_at_the_surface() -> None:
    inner = lambda p: np.where(np.abs(p).max(axis=1) < 9.6, 50.0, 150.0)  # noqa: E731
    outer = lambda p: np.where(np.abs(p).max(axis=1) < 10.9, 50.0, 150.0)  # noqa: E731
    assert cold_report(cube(), inner, RX).under_100[0].reach == "inside the target"
    assert cold_report(cube(), outer, RX).under_100[0].reach == "touches the surface of the target"


def test_deep_regions_lie_in_the_region_they_belong_to() -> None:
    # Two cold balls: the larger with two deep ones inside, the smaller with one.
    places = np.array([[-5.0, 0, 0], [5.0, 0, 0], [0.0, 9.0, 9.0]])

    def dose(points: np.ndarray) -> np.ndarray:
        deep = np.linalg.norm(points[:, None] - places, axis=2).min(axis=1) < 2.6
        large = np.abs(points) < (9.0, 4.0, 4.0)
        small = np.linalg.norm(points - places[2], axis=1) < 3.2
        return np.where(deep, 70.0, np.where(large.all(axis=1) | small, 95.0, 150.0))

    report = cold_report(cube(), dose, RX)
    assert (len(report.under_100), len(report.under_90)) == (2, 3)
    for region, parent in zip(report.under_90, report.within, strict=True):
        assert parent == (1 if region.centre_mm[1] > 5 else 0)
        assert region.volume_cc <= report.under_100[parent].volume_cc


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_is_under_90_percent_is_part_of_what_is_under_100(seed: int) -> None:
    rng = np.random.default_rng(seed)
    waves, phase = rng.normal(0, 0.25, (4, 3)), rng.uniform(0, 6, 4)
    report = cold_report(ball(10.0), lambda p: RX * (1.0 + 0.1 * np.sin(p @ waves.T + phase).sum(axis=1)), RX)
    assert report.cold_cc[1] <= report.cold_cc[0] <= report.target_cc + 1e-9
    for regions, all_cc in zip((report.under_100, report.under_90), report.cold_cc, strict=True):
        assert sum(region.volume_cc for region in regions) <= all_cc + 1e-9
        sizes = [region.volume_cc for region in regions]
        assert sizes == sorted(sizes, reverse=True)
    for number, parent in enumerate(report.under_100):
        inside = [r.volume_cc for r, n in zip(report.under_90, report.within, strict=True) if n == number]
        assert sum(inside) <= parent.volume_cc + 1e-9


def test_mirrored_doses_have_mirrored_regions() -> None:
    dose = lambda p: 60.0 + 4.0 * np.linalg.norm(p - (3.0, 5.0, -2.0), axis=1)  # noqa: E731
    first = cold_report(cube(), dose, RX).under_100[0]
    for axis in range(3):
        mirror = np.ones(3)
        mirror[axis] = -1.0
        (other,) = cold_report(cube(), lambda p, m=mirror: dose(p * m), RX).under_100
        assert other.volume_cc == pytest.approx(first.volume_cc)
        assert other.centre_mm == pytest.approx(first.centre_mm * mirror)
        assert [step for _, step in place_steps(other.offset_mm)] == [
            step for _, step in place_steps(first.offset_mm)
        ]


def test_a_dose_that_is_missing_or_a_prescription_without_meaning_is_refused() -> None:
    with pytest.raises(DoseError, match="a dose in all of the target"):
        cold_report(cube(), lambda p: np.where(p[:, 0] > 5, np.nan, 150.0), RX)
    for wrong in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(DoseError, match="prescription"):
            cold_report(cube(), lambda p: np.full(len(p), 50.0), wrong)
