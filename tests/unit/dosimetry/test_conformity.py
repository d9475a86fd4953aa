"""Isodose volumes, conformity and peripheral doses against spheres about a point source."""

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.dosimetry import load_source, total_dose
from seedbed.dosimetry.conformity import (
    conformation_number,
    external_volume_index,
    homogeneity_index,
    matched_peripheral_dose,
    minimum_peripheral_dose,
)
from seedbed.dosimetry.dvh import grid_dvh
from seedbed.dosimetry.isodoses import enclosing_grid, isodose_volume_cc, isodose_volumes_cc
from seedbed.dosimetry.natural_dose import (
    natural_dose_ratio,
    natural_histogram,
    natural_prescription_dose,
)
from seedbed.errors import DoseError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid

NAN = float("nan")
Field = tuple[np.ndarray, VoxelGrid]
CC_PER_RADIUS_CUBED = 4 / 3 * pi / 1000


def inverse_square(points: np.ndarray) -> np.ndarray:
    """1000 Gy at 1 mm; held within 0.5 mm."""
    return 1000 / np.maximum((points**2).sum(axis=-1), 0.25)


def field(spacing: float = 1.0, reach: float = 25.0, shift: float = 0.0) -> Field:
    count = 2 * int(reach / spacing) + 1
    origin = -spacing * (count // 2) + shift
    grid = VoxelGrid((origin,) * 3, (spacing,) * 3, (count,) * 3)
    return inverse_square(grid.points_mm()).reshape(grid.shape), grid


def ball(radius: float, step: float = 0.25, centre: tuple[float, float] = (0.0, 0.0)) -> Structure:
    angle = 2 * pi * np.arange(360) / 360
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = np.arange(-radius + step / 2, radius, step)
    contours = [PlanarContour(float(z), np.sqrt(radius**2 - z**2) * circle + centre) for z in planes]
    return Structure("ball", tuple(contours), step)


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.5])
@pytest.mark.parametrize("radius", [3.0, 6.2, 10.0, 20.0])
def test_the_isodose_of_a_point_source_is_a_sphere(radius: float, shift: float) -> None:
    found = isodose_volume_cc(*field(shift=shift), 1000 / radius**2)
    assert found == pytest.approx(CC_PER_RADIUS_CUBED * radius**3, rel=0.005)


def test_many_isodoses_at_once_are_the_same_as_one_by_one() -> None:
    dose, grid = field()
    levels = np.array([2.0, 5.0, 5.0, 20.0, 80.0])
    alone = [isodose_volume_cc(dose, grid, level) for level in levels]
    np.testing.assert_allclose(isodose_volumes_cc(dose, grid, levels), alone)


def test_an_isodose_about_one_6711_seed_without_orientation_is_a_sphere() -> None:
    source, seed = load_source("6711"), (np.zeros((1, 3)), None, np.array([1.0]))
    level = float(total_dose(source, *seed, np.array([[8.0, 0.0, 0.0]]))[0])
    grid = enclosing_grid(
        lambda p: total_dose(source, *seed, p), np.zeros(3), np.zeros(3), level_gy=level, spacing_mm=0.8
    )
    dose = total_dose(source, *seed, grid.points_mm()).reshape(grid.shape)
    assert isodose_volume_cc(dose, grid, level) == pytest.approx(CC_PER_RADIUS_CUBED * 512, rel=0.005)


def test_an_isodose_above_all_dose_is_empty() -> None:
    assert isodose_volume_cc(*field(), 1e6) == 0.0


def test_an_isodose_that_is_cut_by_the_grid_is_refused() -> None:
    dose, grid = field()
    with pytest.raises(DoseError, match=r"touches the border of the dose grid.*; expected .*; calculate"):
        isodose_volume_cc(dose, grid, 1000 / 25.0**2)


@pytest.mark.parametrize("level", [0.0, -5.0, float("nan"), float("inf")])
def test_an_isodose_without_meaning_is_refused(level: float) -> None:
    dose, grid = field()
    with pytest.raises(DoseError):
        isodose_volume_cc(dose, grid, level)
    with pytest.raises(DoseError):
        enclosing_grid(inverse_square, np.zeros(3), np.zeros(3), level_gy=level)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.3, 20), st.tuples(*[st.floats(-40, 40)] * 3))
def test_an_enclosing_grid_holds_the_isodose(level: float, place: tuple[float, float, float]) -> None:
    centre = np.array(place)
    grid = enclosing_grid(
        lambda p: inverse_square(p - centre), centre, centre, level_gy=level, spacing_mm=2.0
    )
    dose = inverse_square(grid.points_mm() - centre).reshape(grid.shape)
    radius = np.sqrt(1000 / level)
    assert isodose_volume_cc(dose, grid, level) == pytest.approx(CC_PER_RADIUS_CUBED * radius**3, rel=0.02)
    assert np.abs(grid.upper_mm() - centre).max() < radius + 14.0  # no larger than it must be


def test_an_isodose_without_end_is_refused() -> None:
    with pytest.raises(DoseError, match="more than 300 mm"):
        enclosing_grid(
            lambda p: np.full(len(p), 99.0), np.zeros(3), np.zeros(3), level_gy=80.0, spacing_mm=20.0
        )


@settings(max_examples=10, deadline=None)
@given(st.floats(0.2, 25))
def test_the_matched_peripheral_dose_of_a_point_source(volume: float) -> None:
    radius = (volume / CC_PER_RADIUS_CUBED) ** (1 / 3)
    found = matched_peripheral_dose(*field(), target_cc=volume)
    assert found == pytest.approx(1000 / radius**2, rel=0.005)


def test_the_two_peripheral_doses_agree_about_the_source_and_differ_beside_it() -> None:
    dose, grid = field()
    for shift, nearest in ((0.0, 10.0), (4.0, 14.0)):
        target = ball(10.0, centre=(shift, 0.0))
        matched = matched_peripheral_dose(dose, grid, target_cc=target.volume_mm3 / 1000)
        least = minimum_peripheral_dose(target, inverse_square)
        assert matched == pytest.approx(10.0, rel=0.005)  # wherever the target lies
        assert least == pytest.approx(
            1000 / nearest**2, rel=0.03
        )  # slabs reach a little farther than the ball
        assert least == pytest.approx(grid_dvh(dose, grid, target).min_gy, rel=0.02)


@pytest.mark.parametrize("volume", [0.0, -1.0, float("nan"), 1e4])
def test_a_matched_peripheral_dose_that_the_grid_does_not_hold_is_refused(volume: float) -> None:
    with pytest.raises(DoseError):
        matched_peripheral_dose(*field(), target_cc=volume)


def test_a_surface_without_dose_is_refused() -> None:
    with pytest.raises(DoseError, match="on the surface of 'ball'"):
        minimum_peripheral_dose(ball(3.0), lambda p: np.full(len(p), np.nan))


@pytest.mark.parametrize(("target_radius", "isodose_radius"), [(10.0, 10.0), (10.0, 12.0), (12.0, 10.0)])
def test_conformity_of_a_ball_about_a_point_source(target_radius: float, isodose_radius: float) -> None:
    # Of two spheres about one centre the smaller is their common part.
    dose, grid = field(0.5, 20.0)
    level = 1000 / isodose_radius**2
    dvh = grid_dvh(dose, grid, ball(target_radius, 0.1))
    volumes = {
        "target_cc": dvh.total_cc,
        "covered_cc": dvh.volume_cc_at(level),
        "isodose_cc": isodose_volume_cc(dose, grid, level),
    }
    target, isodose = target_radius**3, isodose_radius**3
    common = min(target, isodose)
    assert conformation_number(**volumes) == pytest.approx(common**2 / (target * isodose), abs=0.005)
    assert external_volume_index(**volumes) == pytest.approx((isodose - common) / target, abs=0.005)
    hot = min((isodose_radius / 1.5**0.5) ** 3, target) / common
    found = homogeneity_index(covered_cc=volumes["covered_cc"], hot_cc=dvh.volume_cc_at(1.5 * level))
    assert found == pytest.approx(1 - hot, abs=0.005)


@given(st.floats(0.1, 100), st.floats(0, 1), st.floats(0, 3))
def test_conformity_lies_between_0_and_1_and_is_the_product_of_its_two_parts(
    target: float, share: float, spill: float
) -> None:
    covered = share * target
    isodose = covered + spill * target
    number = conformation_number(target_cc=target, covered_cc=covered, isodose_cc=isodose)
    assert 0 <= number <= 1 + 1e-9
    assert external_volume_index(target_cc=target, covered_cc=covered, isodose_cc=isodose) == pytest.approx(
        spill
    )


@pytest.mark.parametrize(
    ("target", "covered", "isodose"),
    [(0, 0, 1), (10, 11, 20), (10, 9, 8), (-1, 0, 0), (10, -1, 5), (10, NAN, 5)],
)
def test_volumes_that_do_not_belong_together_are_refused(
    target: float, covered: float, isodose: float
) -> None:
    for index in (conformation_number, external_volume_index):
        with pytest.raises(DoseError, match="cc within an isodose"):
            index(target_cc=target, covered_cc=covered, isodose_cc=isodose)


@pytest.mark.parametrize(("covered", "hot"), [(0, 0), (5, 6), (5, -1), (float("nan"), 1)])
def test_homogeneity_needs_a_covered_target(covered: float, hot: float) -> None:
    with pytest.raises(DoseError):
        homogeneity_index(covered_cc=covered, hot_cc=hot)


def stepped_field(peak: float, flank_gy: float) -> Field:
    """Dose by radius such that dV/du is 1 up to u = 0.02, ``peak`` up to the flank, and 1 again beyond."""
    u = np.geomspace(1e-5, 10.0, 4000)
    flank = flank_gy**-1.5
    volume = np.minimum(u, 0.02) + peak * np.clip(u - 0.02, 0, flank - 0.02) + np.maximum(u - flank, 0)
    radius = (1000 * volume / (4 / 3 * pi)) ** (1 / 3)
    grid = VoxelGrid((-12.0,) * 3, (0.25,) * 3, (97,) * 3)
    far = np.sqrt((grid.points_mm() ** 2).sum(axis=1))
    return (np.interp(far, radius, u) ** (-2 / 3)).reshape(grid.shape), grid


@pytest.mark.parametrize("flank_gy", [4.0, 5.0, 6.5])
def test_the_natural_dose_is_the_flank_of_the_peak(flank_gy: float) -> None:
    natural = natural_prescription_dose(*stepped_field(4.0, flank_gy), prescription_gy=5.0)
    assert natural == pytest.approx(flank_gy, rel=0.02)
    assert natural_dose_ratio(natural, 5.0) == pytest.approx(flank_gy / 5.0, rel=0.02)


def test_the_natural_histogram_of_a_point_source_is_flat() -> None:
    u, per_u = natural_histogram(*field(0.5, 25.0), prescription_gy=8.0)
    assert (np.diff(u) < 0).all()
    np.testing.assert_allclose(per_u, CC_PER_RADIUS_CUBED * 1000**1.5, rtol=0.05)


def test_one_seed_has_no_natural_dose() -> None:
    with pytest.raises(DoseError, match="without a peak"):
        natural_prescription_dose(*field(0.5, 25.0), prescription_gy=8.0)


def test_a_grid_too_small_for_the_natural_dose_is_refused() -> None:
    with pytest.raises(DoseError, match="touches the border"):
        natural_prescription_dose(*field(), prescription_gy=5.0)


@pytest.mark.parametrize("dose", [0.0, -1.0, float("nan"), float("inf")])
def test_doses_without_meaning_have_no_ratio(dose: float) -> None:
    for pair in ((dose, 144.0), (144.0, dose)):
        with pytest.raises(DoseError):
            natural_dose_ratio(*pair)
    with pytest.raises(DoseError):
        natural_histogram(*field(), prescription_gy=dose)
