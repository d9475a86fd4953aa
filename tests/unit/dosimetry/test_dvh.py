"""Dose-volume histograms against closed forms."""

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.dosimetry import Dvh, grid_dvh, load_source, structure_dvh, structure_samples, total_dose
from seedbed.dosimetry.interpolation import interpolate_dose
from seedbed.errors import DoseError, StructureError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.implant import SeedImplant

SAMPLES = st.lists(st.tuples(st.floats(0, 1000), st.floats(1e-3, 2)), min_size=1, max_size=60)


def cube(side: float, step: float = 2.0) -> Structure:
    half = side / 2
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    planes = np.arange(-half + step / 2, half, step)
    return Structure("cube", tuple(PlanarContour(float(z), square) for z in planes), step)


def ball(radius: float, step: float = 0.5) -> Structure:
    angle = 2 * pi * np.arange(240) / 240
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = np.arange(-radius + step / 2, radius, step)
    contours = [PlanarContour(float(z), np.sqrt(radius**2 - z**2) * circle) for z in planes]
    return Structure("ball", tuple(contours), step)


def dvh_of(samples: list[tuple[float, float]]) -> Dvh:
    dose, volume = np.array(samples).T
    return Dvh.of("made", dose, volume)


@pytest.fixture(scope="module")
def gradient() -> Dvh:
    """A cube of 64 cc whose dose rises from 0 at one face to 100 Gy at the opposite one."""
    points, volumes = structure_samples(cube(40.0))
    return Dvh.of("cube", np.clip((points[:, 0] + 20) / 40 * 100, 0, 100), volumes)


def test_samples_of_a_cube_weigh_its_volume_and_balance_at_its_middle() -> None:
    points, volumes = structure_samples(cube(40.0))
    assert volumes.sum() == pytest.approx(64.0, rel=1e-9)
    np.testing.assert_allclose(volumes @ points / volumes.sum(), 0, atol=0.005)
    np.testing.assert_allclose(volumes @ points**2 / volumes.sum(), 40**2 / 12, rtol=0.001)


@pytest.mark.parametrize("share", [1, 2, 10, 50, 90, 98, 99])
def test_doses_to_shares_of_a_linear_gradient(gradient: Dvh, share: float) -> None:
    assert gradient.dose_to_pct(share) == pytest.approx(100 - share, abs=0.1)


@pytest.mark.parametrize("dose", [5, 25, 50, 80, 95])
def test_volumes_of_a_linear_gradient(gradient: Dvh, dose: float) -> None:
    assert gradient.volume_pct(dose) == pytest.approx(100 - dose, abs=0.1)
    assert gradient.volume_cc_at(dose) == pytest.approx(0.64 * (100 - dose), abs=0.064)


def test_the_hottest_two_cc_of_a_linear_gradient(gradient: Dvh) -> None:
    assert gradient.dose_to_cc(2.0) == pytest.approx(100 * (1 - 2 / 64), abs=0.1)


def test_the_mean_of_a_linear_gradient(gradient: Dvh) -> None:
    assert gradient.mean_gy == pytest.approx(50.0, abs=0.01)


@pytest.mark.parametrize("share", [10, 50, 90])
def test_doses_to_shares_of_a_ball_about_a_seed_without_orientation(share: float) -> None:
    # The dose depends on the distance alone: the hottest p percent of the ball are the ball of p percent.
    source = load_source("6711")
    implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    found = structure_dvh(source, implant, ball(15.0)).dose_to_pct(share)
    radius = 15.0 * (share / 100) ** (1 / 3)
    expected = total_dose(source, np.zeros((1, 3)), None, np.ones(1), np.array([[radius, 0.0, 0.0]]))[0]
    assert found == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("side", [1.0, 4.0, 30.0])
def test_the_volume_of_record_is_that_of_the_contours_for_small_and_large(side: float) -> None:
    structure = cube(side, step=side / 4)
    assert structure_samples(structure)[1].sum() * 1000 == pytest.approx(structure.volume_mm3, rel=1e-9)


@settings(max_examples=60)
@given(SAMPLES, st.floats(0, 1000), st.floats(0, 100))
def test_more_dose_never_has_more_volume(
    samples: list[tuple[float, float]], dose: float, more: float
) -> None:
    dvh = dvh_of(samples)
    assert dvh.volume_cc_at(dose + more) <= dvh.volume_cc_at(dose) <= dvh.total_cc
    assert dvh.volume_cc_at(0.0) == dvh.total_cc


@settings(max_examples=60)
@given(SAMPLES, st.floats(0.1, 100), st.floats(0.1, 100))
def test_more_volume_never_has_more_dose(
    samples: list[tuple[float, float]], one: float, other: float
) -> None:
    dvh, (less, more) = dvh_of(samples), sorted([one, other])
    assert dvh.dose_to_pct(more) <= dvh.dose_to_pct(less)


@settings(max_examples=60)
@given(SAMPLES, st.floats(0.1, 100))
def test_d_and_v_are_inverse(samples: list[tuple[float, float]], share: float) -> None:
    dvh = dvh_of(samples)
    assert dvh.volume_pct(dvh.dose_to_pct(share)) >= share * (1 - 1e-8)


@settings(max_examples=60)
@given(SAMPLES, st.floats(0.1, 100))
def test_percent_and_cc_are_consistent(samples: list[tuple[float, float]], share: float) -> None:
    dvh = dvh_of(samples)
    assert dvh.dose_to_pct(share) == dvh.dose_to_cc(dvh.total_cc * share / 100)
    dose = dvh.dose_to_pct(share)
    assert dvh.volume_pct(dose) == pytest.approx(100 * dvh.volume_cc_at(dose) / dvh.total_cc)


@settings(max_examples=40)
@given(SAMPLES, st.permutations(range(4)))
def test_extremes_mean_and_order(samples: list[tuple[float, float]], order: list[int]) -> None:
    dose, volume = np.array(samples).T
    dvh = dvh_of(samples[::-1])
    assert dvh.dose_to_pct(100) == dose.min()
    assert dvh.dose_to_cc(1e-6) == dose.max()
    assert dvh.mean_gy == pytest.approx(np.average(dose, weights=volume), abs=1e-6)
    assert dvh.total_cc == pytest.approx(volume.sum())


def test_a_volume_at_exactly_its_dose_counts() -> None:
    dvh = dvh_of([(10.0, 1.0), (20.0, 1.0), (30.0, 2.0)])
    assert (dvh.volume_cc_at(20.0), dvh.volume_cc_at(np.nextafter(20.0, 30))) == (3.0, 2.0)


def test_two_cc_of_a_smaller_organ_get_its_least_dose() -> None:
    assert dvh_of([(10.0, 0.5), (20.0, 0.5)]).dose_to_cc(2.0) == 10.0


def test_a_curve_for_drawing_rises_in_dose_and_falls_in_volume() -> None:
    dvh = dvh_of([(float(d), 1.0) for d in range(1000)])
    dose, volume = dvh.curve(50)
    assert len(dose) <= 50
    assert (np.diff(dose) > 0).all()
    assert (np.diff(volume) < 0).all()
    assert (dose[0], volume[0], dose[-1], volume[-1]) == (0.0, 100.0, 999.0, pytest.approx(0.1))


def test_the_extremes_are_the_first_and_the_last_dose_also_where_they_have_no_volume() -> None:
    dvh = dvh_of([(10.0, 1.0), (20.0, 1.0), (30.0, 0.0), (5.0, 0.0)])
    assert (dvh.max_gy, dvh.min_gy, dvh.dose_to_pct(100), dvh.dose_to_cc(2.0)) == (30.0, 5.0, 5.0, 5.0)
    assert (dvh.dose_to_pct(99.9), dvh.dose_to_cc(0.001), dvh.volume_cc_at(25.0), dvh.mean_gy) == (
        10,
        20,
        0,
        15,
    )


@settings(max_examples=40)
@given(SAMPLES, st.floats(0.1, 10), st.floats(0.1, 100))
def test_more_dose_everywhere_by_a_factor_is_more_dose_to_a_share_by_it(
    samples: list[tuple[float, float]], factor: float, share: float
) -> None:
    scaled = dvh_of([(factor * dose, volume) for dose, volume in samples])
    assert scaled.dose_to_pct(share) == pytest.approx(factor * dvh_of(samples).dose_to_pct(share))
    assert scaled.total_cc == dvh_of(samples).total_cc


@settings(max_examples=40)
@given(SAMPLES, SAMPLES, st.floats(0, 1000))
def test_volumes_of_two_parts_add(
    one: list[tuple[float, float]], other: list[tuple[float, float]], dose: float
) -> None:
    parts = dvh_of(one).volume_cc_at(dose) + dvh_of(other).volume_cc_at(dose)
    assert dvh_of(one + other).volume_cc_at(dose) == pytest.approx(parts)


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("share", [0.0, -1.0, 100.1, NAN, INF])
def test_a_share_without_meaning_is_refused(share: float) -> None:
    with pytest.raises(DoseError, match="expected"):
        dvh_of([(1.0, 1.0)]).dose_to_pct(share)


@pytest.mark.parametrize("volume", [0.0, -2.0, NAN, INF])
def test_a_volume_without_meaning_is_refused(volume: float) -> None:
    with pytest.raises(DoseError, match="expected"):
        dvh_of([(1.0, 1.0)]).dose_to_cc(volume)


def test_the_volume_of_a_dose_that_is_no_number_is_refused() -> None:
    with pytest.raises(DoseError, match="expected"):
        dvh_of([(1.0, 1.0)]).volume_pct(NAN)


BAD_SAMPLES = {
    "none": ([], []),
    "a dose that is no number": ([1.0, NAN], [1.0, 1.0]),
    "an infinite dose": ([1.0, INF], [1.0, 1.0]),
    "no volume": ([1.0, 2.0], [0.0, 0.0]),
    "a volume that is no number": ([1.0, 2.0], [1.0, NAN]),
    "a negative volume": ([1.0, 2.0], [3.0, -1.0]),
    "a volume too many": ([1.0, 2.0], [1.0, 1.0, 1.0]),
    "a volume too few": ([1.0, 2.0], [1.0]),
}


@pytest.mark.parametrize(("dose", "volume"), BAD_SAMPLES.values(), ids=BAD_SAMPLES.keys())
def test_samples_without_meaning_are_refused(dose: list[float], volume: list[float]) -> None:
    with pytest.raises(DoseError, match="'made'"):
        Dvh.of("made", np.array(dose), np.array(volume))


def test_a_structure_without_area_has_no_histogram_and_says_so() -> None:
    line = Structure("line", (PlanarContour(0.0, np.array([[0.0, 0], [5, 0], [2, 0]])),), 2.0)
    implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    with pytest.raises(DoseError, match="'line'"):
        structure_dvh(load_source("6711"), implant, line)


def linear_grid(spacing: tuple[float, float, float], reach: float = 30.0) -> tuple[np.ndarray, VoxelGrid]:
    """A dose that rises by 1 Gy/mm along x, 2 along y, 3 along z, on a grid about the origin."""
    shape = tuple(int(2 * reach / step) + 1 for step in spacing[::-1])
    grid = VoxelGrid((-reach, -reach, -reach), spacing, shape)  # type: ignore[arg-type]
    return (200 + grid.points_mm() @ [1.0, 2.0, 3.0]).reshape(grid.shape), grid


@settings(max_examples=20, deadline=None)
@given(st.tuples(*[st.sampled_from([0.8, 1.7, 3.1, 6.0])] * 3))
def test_a_linear_dose_is_exact_between_the_voxels_of_any_grid(spacing: tuple[float, float, float]) -> None:
    dose, grid = linear_grid(spacing)
    points = np.random.default_rng(1).uniform(-20, 20, (500, 3))
    np.testing.assert_allclose(interpolate_dose(dose, grid, points), 200 + points @ [1.0, 2.0, 3.0])


def test_the_volume_of_a_structure_does_not_depend_on_the_dose_grid() -> None:
    found = [grid_dvh(*linear_grid((step, step, step)), cube(20.0)) for step in (0.9, 2.5, 7.0)]
    for dvh in found:
        assert (dvh.total_cc, dvh.outside_cc) == (pytest.approx(8.0, rel=1e-9), 0.0)
        assert dvh.mean_gy == pytest.approx(200.0, rel=1e-3)
        assert (dvh.min_gy, dvh.max_gy) == (pytest.approx(140.0), pytest.approx(260.0))  # at two corners


@pytest.mark.parametrize("shift", [0.0, 5.0, 9.9])
def test_what_lies_outside_the_dose_grid_is_stated_and_not_counted_as_cold(shift: float) -> None:
    grid = VoxelGrid((-30 + shift, -30, -30), (2, 2, 2), (31, 31, 31))  # its face lies at -31 + shift
    dvh = grid_dvh(np.full(grid.shape, 50.0), grid, cube(2 * (29.0)))
    cut = max(0.0, shift - 2.0) * 58 * 58 / 1000
    assert dvh.outside_cc == pytest.approx(cut, abs=0.05)
    assert dvh.total_cc + dvh.outside_cc == pytest.approx(58**3 / 1000)
    assert (dvh.min_gy, dvh.volume_pct(50.0)) == (50.0, 100.0)


def test_between_the_last_centre_and_the_face_the_nearest_dose_holds() -> None:
    dose, grid = np.array([[[10.0, 30.0]]]), VoxelGrid((0, 0, 0), (2, 2, 2), (1, 1, 2))
    points = np.array([[-1.0, 0, 0], [3.0, 1, -1], [-1.001, 0, 0], [0, 1.001, 0], [0, 0, -1.001]])
    np.testing.assert_array_equal(interpolate_dose(dose, grid, points), [10, 30, NAN, NAN, NAN])


def test_a_structure_outside_the_dose_grid_is_refused() -> None:
    grid = VoxelGrid((100, 100, 100), (2, 2, 2), (5, 5, 5))
    with pytest.raises(StructureError, match="'cube' lies outside the dose grid"):
        grid_dvh(np.ones(grid.shape), grid, cube(20.0))


BAD_GRIDS = {
    "another shape": np.ones((3, 3, 4)),
    "a dose that is no number": np.full((3, 3, 3), NAN),
    "an infinite dose": np.full((3, 3, 3), INF),
    "a negative dose": np.full((3, 3, 3), -1.0),
}


@pytest.mark.parametrize("dose", BAD_GRIDS.values(), ids=BAD_GRIDS.keys())
def test_a_dose_grid_without_meaning_is_refused(dose: np.ndarray) -> None:
    with pytest.raises(DoseError, match="expected"):
        grid_dvh(dose, VoxelGrid((0, 0, 0), (9, 9, 9), (3, 3, 3)), cube(4.0))
