"""Spread of the dose from errors of localisation: none without any, and as wide as closed forms say."""

import numpy as np
import pytest

from seedbed.dosimetry import Dvh, PlacementErrors, load_source, total_dose
from seedbed.dosimetry.samples import structure_samples
from seedbed.dosimetry.trials import question_of
from seedbed.errors import DoseError, StructureError
from seedbed.geometry import PlanarContour, Structure
from seedbed.implant import SeedImplant
from seedbed.verification.localisation import LocalisationSpread, localisation_spread

SOURCE = load_source("6711")
SE_OF_SD = 1 / np.sqrt(2 * 400)  # relative standard error of an SD from 400 trials


def box(name: str, half_mm: float, centre: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Structure:
    square = half_mm * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) + centre[:2]
    step = min(2.0, half_mm)
    planes = centre[2] + np.arange(-half_mm + step / 2, half_mm, step)
    return Structure(name, tuple(PlanarContour(float(z), square) for z in planes), step)


POINT = box("point", 0.05, (15.0, 0.0, 0.0))  # so small that its dose is that of a point
TARGET, ORGAN = box("target", 12.0), box("organ", 6.0, (26.0, 0.0, 0.0))


def seeds_at(*places: tuple[float, float, float], axes: np.ndarray | None = None) -> SeedImplant:
    return SeedImplant("6711", np.array(places), axes, np.full(len(places), 0.7))


def lattice() -> SeedImplant:
    rng = np.random.default_rng(2)
    ticks = np.array([-8.0, 0.0, 8.0])
    places = np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 3)
    axes = np.tile([[0.0, 0.0, 1.0]], (27, 1))
    axes[::3] = 0.0
    return SeedImplant("6711", places + rng.normal(0, 2, (27, 3)), axes, np.full(27, 0.7))


def spread(
    implant: SeedImplant, target: Structure = TARGET, organs: tuple[Structure, ...] = (), **changes: object
) -> LocalisationSpread:
    asked = {"prescription_gy": 100.0, "position_sd_mm": 0.0, "axis_sd_deg": 0.0, "trials": 50, **changes}
    return localisation_spread(SOURCE, implant, target, organs, **asked)  # type: ignore[arg-type]


def test_without_errors_there_is_no_spread_at_all() -> None:
    found = spread(lattice(), organs=(ORGAN,), presence=np.ones(27))
    for one in found.spreads:
        assert (one.values == one.planned).all()
    seen, low, high = found.d90_gy
    assert low == seen == high
    assert {(one.structure, one.metric) for one in found.spreads} == {
        ("target", "D90"), ("target", "V100"), ("organ", "D2cc"),
    }  # fmt: skip


def test_one_seed_far_away_spreads_the_dose_of_a_point_by_its_gradient() -> None:
    # D falls along the line to the seed only: SD = |dD/dr| sigma.
    r, step, sigma = 15.0, 0.01, 0.2
    beside = np.array([[r - step, 0.0, 0.0], [r + step, 0.0, 0.0]])
    dose = total_dose(SOURCE, np.zeros((1, 3)), None, np.full(1, 0.7), beside)
    slope = abs(dose[1] - dose[0]) / (2 * step)
    found = spread(seeds_at((0.0, 0.0, 0.0)), POINT, position_sd_mm=sigma, trials=400).of("point", "D90")
    assert found.sd == pytest.approx(slope * sigma, rel=4 * SE_OF_SD)
    together = spread(seeds_at((0.0, 0.0, 0.0)), POINT, common_sd_mm=sigma, trials=400).of("point", "D90")
    assert together.sd == pytest.approx(slope * sigma, rel=4 * SE_OF_SD)


def test_a_common_shift_cancels_between_two_sides_and_single_errors_do_not() -> None:
    sides = seeds_at((0.0, 0.0, 0.0), (30.0, 0.0, 0.0))
    one = spread(seeds_at((0.0, 0.0, 0.0)), POINT, position_sd_mm=0.2, trials=400).of("point", "D90").sd
    apart = spread(sides, POINT, position_sd_mm=0.2, trials=400).of("point", "D90").sd
    together = spread(sides, POINT, common_sd_mm=0.2, trials=400).of("point", "D90").sd
    assert apart == pytest.approx(np.sqrt(2) * one, rel=6 * SE_OF_SD)
    assert together < 0.1 * apart


def test_d90_spreads_as_linear_propagation_says() -> None:
    # The derivative of a quantile is the mean derivative where the dose is that quantile: a shift of one seed
    # changes D90 by the mean change of its own dose there.
    implant, sigma, step = lattice(), 0.3, 0.01
    points, volume = structure_samples(TARGET, count=40_000)
    dose = total_dose(SOURCE, implant.positions_mm, implant.axes, implant.strengths_u, points)
    d90 = Dvh.of("target", dose, volume).dose_to_pct(90)
    near = np.abs(dose / d90 - 1) < 0.03

    def mean_dose(seed: int, shift: np.ndarray) -> float:
        one = implant.only([seed])
        there = total_dose(SOURCE, one.positions_mm + shift, one.axes, one.strengths_u, points[near])
        return float(np.average(there, weights=volume[near]))

    slopes = [
        (mean_dose(seed, along) - mean_dose(seed, -along)) / (2 * step)
        for seed in range(27)
        for along in step * np.eye(3)
    ]
    found = spread(implant, position_sd_mm=sigma, trials=400).of("target", "D90")
    assert found.sd == pytest.approx(float(np.linalg.norm(slopes)) * sigma, rel=4 * SE_OF_SD)


def test_the_error_of_an_axis_spreads_the_dose_by_its_gradient_too() -> None:
    # A seed at 45 degrees to the point: only the tilt in the plane of both counts to first order.
    sigma, step = 1.0, 0.5
    half = np.array([[np.sqrt(0.5), 0.0, np.sqrt(0.5)]])
    turned = np.radians(45.0 + np.array([-step, step]))
    sides = [
        float(total_dose(SOURCE, np.zeros((1, 3)), np.array([[np.cos(a), 0.0, np.sin(a)]]), np.full(1, 0.7),
                         np.array([[15.0, 0.0, 0.0]]))[0]) for a in turned
    ]  # fmt: skip
    slope = abs(sides[1] - sides[0]) / (2 * step)
    found = spread(seeds_at((0.0, 0.0, 0.0), axes=half), POINT, axis_sd_deg=sigma, trials=400)
    assert found.of("point", "D90").sd == pytest.approx(slope * sigma, rel=5 * SE_OF_SD)
    unknown = spread(seeds_at((0.0, 0.0, 0.0)), POINT, axis_sd_deg=30.0).of("point", "D90")
    assert (unknown.values == unknown.planned).all()


def test_doubtful_seeds_are_there_as_often_as_their_presence_says() -> None:
    # Four seeds in one place, each there with p: the dose is that of one times a binomial number.
    p, count = 0.6, 4
    found = spread(seeds_at(*[(0.0, 0.0, 0.0)] * count), POINT, presence=np.full(count, p), trials=400)
    one = spread(seeds_at((0.0, 0.0, 0.0)), POINT).of("point", "D90").planned
    dose = found.of("point", "D90")
    assert dose.planned == pytest.approx(count * one)  # at least as likely there as not
    sd = one * np.sqrt(count * p * (1 - p))
    assert dose.mean == pytest.approx(count * p * one, abs=4 * sd / 20)
    assert dose.sd == pytest.approx(sd, rel=0.15)
    np.testing.assert_allclose(dose.values / one, np.rint(dose.values / one), atol=1e-9)


def test_a_candidate_that_does_not_count_changes_nothing() -> None:
    implant = lattice()
    more = implant.with_seed(np.array([3.0, 3.0, 3.0]), None, 0.7)
    presence = np.append(np.ones(27), 0.0)
    with_it = spread(more, presence=presence, axis_sd_deg=np.append(np.full(27, 5.0), np.inf))
    without = spread(implant, axis_sd_deg=5.0)
    assert with_it.of("target", "D90").planned == without.of("target", "D90").planned
    none = spread(seeds_at((0.0, 0.0, 0.0)), POINT, presence=0.0)
    assert (none.of("point", "D90").values == 0).all()
    assert none.d90_gy == (0, 0, 0)


def test_errors_of_single_seeds_and_directions_are_told_apart() -> None:
    sides = seeds_at((0.0, 0.0, 0.0), (0.0, 0.0, 400.0))
    far = spread(sides, POINT, position_sd_mm=[0.0, 0.5]).of("point", "D90")
    near = spread(sides, POINT, position_sd_mm=[0.5, 0.0]).of("point", "D90")
    assert far.sd < 1e-3 * near.sd
    along = spread(sides, POINT, position_sd_mm=np.tile([0.5, 0.0, 0.0], (2, 1))).of("point", "D90")
    across = spread(sides, POINT, position_sd_mm=np.tile([0.0, 0.0, 0.5], (2, 1))).of("point", "D90")
    assert across.sd < 0.2 * along.sd


def test_errors_of_strength_and_contour_come_on_top() -> None:
    batch = PlacementErrors("batch", strength_common_sd_pct=3.0)
    found = spread(lattice(), errors=batch, trials=400).of("target", "D90")
    assert 100 * found.sd / found.planned == pytest.approx(3.0, rel=4 * SE_OF_SD)
    drawn = PlacementErrors("contour", contour_sd_mm=1.0)
    assert spread(lattice(), errors=drawn).of("target", "D90").sd > 0


def test_the_interval_holds_the_value_as_seen_and_takes_the_blur_back() -> None:
    found = spread(lattice(), position_sd_mm=1.0, axis_sd_deg=10.0, common_sd_mm=0.5, trials=100)
    seen, low, high = found.d90_gy
    assert low < seen < high
    d90 = found.of("target", "D90")
    assert d90.mean < seen  # errors blur the dose
    assert found.blur[0] < 0
    assert high > d90.percentile(95)
    record, its_low, its_high = found.interval("target", "D90", record=seen + 5.0)
    assert (record, its_low, its_high) == pytest.approx((seen + 5, low + 5, high + 5))
    for value in found.v100_pct:
        assert 0 <= value <= 100


def test_true_implants_seldom_lie_below_the_interval_and_more_often_in_it_than_in_the_trials() -> None:
    rng, asked = np.random.default_rng(8), question_of(TARGET, ("D90",))
    above, inside, in_trials = 0, 0, 0
    for trial in range(20):
        true = lattice().positions_mm + rng.normal(0, 1.0, (27, 3))
        dose = total_dose(SOURCE, true, None, np.full(27, 0.7), asked.points_mm)
        d90 = Dvh.of("target", dose, asked.volume_cc).dose_to_pct(90)
        seen = SeedImplant("6711", true + rng.normal(0, 1.0, (27, 3)), None, np.full(27, 0.7))
        found = spread(seen, position_sd_mm=1.0, random_seed=trial)
        _, low, high = found.d90_gy
        plain = found.of("target", "D90")
        above += d90 >= low
        inside += low <= d90 <= high
        in_trials += plain.percentile(5) <= d90 <= plain.percentile(95)
    assert above >= 16  # of 20 at 95 %: fewer has a chance of 0.3 %
    assert inside > in_trials + 5


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, again, other = (
        spread(lattice(), position_sd_mm=0.5, random_seed=number, trials=10) for number in (4, 4, 5)
    )
    for a, b, c in zip(first.spreads[:1], again.spreads[:1], other.spreads[:1], strict=True):
        np.testing.assert_array_equal(a.values, b.values)
        assert not np.array_equal(a.values, c.values)
    longer = spread(lattice(), position_sd_mm=0.5, random_seed=4, trials=20)
    np.testing.assert_array_equal(longer.spreads[0].values[:10], first.spreads[0].values)


@pytest.mark.parametrize(
    "changes",
    [
        {"position_sd_mm": -0.1},
        {"position_sd_mm": float("nan")},
        {"position_sd_mm": [0.1, 0.2]},
        {"axis_sd_deg": -1.0},
        {"axis_sd_deg": float("inf")},
        {"axis_sd_deg": np.zeros((27, 3))},
        {"presence": 1.1},
        {"presence": [1.0]},
        {"common_sd_mm": -1.0},
        {"trials": 1},
        {"random_seed": -1},
        {"prescription_gy": 0.0},
        {"errors": PlacementErrors("needles", needle_tip_sd_mm=1.0)},
    ],
)
def test_what_has_no_meaning_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(DoseError, match="expected"):
        spread(lattice(), **changes)


def test_two_structures_of_one_name_and_no_seeds_are_refused() -> None:
    with pytest.raises(StructureError, match="target"):
        spread(lattice(), organs=(TARGET,))
    with pytest.raises(DoseError, match="without seeds"):
        spread(lattice().only([]))
