"""A mixed model with values beyond limits: closed forms, laws, a simulation whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import log_ndtr
from scipy.stats import multivariate_normal, norm

from seedbed.errors import InputError
from seedbed.statistics.mixed_likelihood import RepeatedValues, mixed_likelihood
from seedbed.statistics.mixed_model import contrast, likelihood_ratio, mixed_model

MEANS = np.array([4.0, 3.0, 2.0, 4.2, 2.8, 1.5])
EYE = np.eye(len(MEANS))


def made_up(patients: int, *, seed: int, low: float = -np.inf, high: float = np.inf, spread: float = 1.0):
    """Two groups at three visits; nobody in them is a patient."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 2, patients)[:, None] * 3 + np.arange(3)
    truth = MEANS[cells] + spread * rng.normal(size=(patients, 1)) + 0.6 * rng.normal(size=(patients, 3))
    truth[rng.random(truth.shape) < 0.1] = np.nan
    beyond = (truth > high).astype(int) - (truth < low)
    return np.clip(truth, low, high), beyond, cells, truth


def test_an_integral_is_that_of_an_adaptive_rule() -> None:
    """All below, all above, mixed, and steep on one side; by SciPy's `quad`."""
    values = np.array([[1.0, 2.0, 0.5], [1.0, 2.0, 0.5], [3.0, -4.0, 1.0]])
    beyond = np.array([[-1, -1, -1], [1, -1, 0], [-1, 1, -1]])
    cells = np.tile(np.arange(3), (3, 1))
    means, sd, spread = np.array([0.5, 1.0, 0.2]), 0.3, 2.0
    for row in range(3):
        one = RepeatedValues(values[row : row + 1], beyond[row : row + 1], cells[:1])
        found = mixed_likelihood(one, means, log_sd=np.log(sd), intercept_sd=spread).value

        def integrand(z: float, row: int = row) -> float:
            u = (values[row] - means - spread * z) / sd
            parts = [
                norm.logpdf(each) - np.log(sd) if side == 0 else log_ndtr(-side * each)
                for each, side in zip(u, beyond[row], strict=True)
            ]
            return float(np.exp(sum(parts) + norm.logpdf(z)))

        wanted = quad(integrand, -10, 10, points=np.linspace(-4, 4, 9), epsabs=1e-14, limit=500)[0]
        assert found == pytest.approx(np.log(wanted), abs=2e-6)


def test_without_limits_it_is_the_multivariate_normal_density() -> None:
    values, beyond, cells, _ = made_up(20, seed=1)
    found = mixed_likelihood(
        RepeatedValues(values, beyond, cells), MEANS, log_sd=np.log(0.6), intercept_sd=1.1
    )
    total = 0.0
    for row in range(20):
        known = ~np.isnan(values[row])
        count = int(known.sum())
        if count:
            covariance = 0.36 * np.eye(count) + 1.21
            total += multivariate_normal.logpdf(values[row][known], MEANS[cells[row][known]], covariance)
    assert found.value == pytest.approx(total, abs=1e-9)


def test_derivatives_are_those_of_the_values() -> None:
    values, beyond, cells, _ = made_up(15, seed=2, low=2.5, high=4.5)
    data, at, step = RepeatedValues(values, beyond, cells), np.r_[MEANS, -0.4, 0.9], 1e-5

    def likelihood(place):
        return mixed_likelihood(data, place[:-2], log_sd=place[-2], intercept_sd=place[-1])

    ends = [(likelihood(at + step * each), likelihood(at - step * each)) for each in np.eye(len(at))]
    slopes = [(up.value - down.value) / (2 * step) for up, down in ends]
    bends = [(up.gradient - down.gradient) / (2 * step) for up, down in ends]
    found = likelihood(at)
    assert found.gradient == pytest.approx(np.array(slopes), abs=1e-4)
    assert found.hessian == pytest.approx(np.array(bends), abs=1e-4)


def test_without_spread_between_patients_it_is_tobits() -> None:
    """At an intercept's SD of zero the likelihood is Tobit's closed one, and there the maximum lies."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(60, 2)) * 0.8 + 1.0
    values[:, 1] = 2.0 - values[:, 0] + 0.05 * rng.normal(size=60)  # alike within patients never
    beyond = -(values < 0.6).astype(int)
    values = np.maximum(values, 0.6)
    found = mixed_model(values, beyond, cells=np.zeros((60, 2), int), design=[[1.0]])

    def tobit(place) -> float:
        u = (values - place[0]) / np.exp(place[1])
        return -float(np.where(beyond < 0, log_ndtr(u), norm.logpdf(u) - place[1]).sum())

    wanted = minimize(tobit, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert found.intercept_sd == pytest.approx(0.0, abs=1e-4)
    assert found.coefficients[0] == pytest.approx(wanted.x[0], abs=1e-6)
    assert found.residual_sd == pytest.approx(np.exp(wanted.x[1]), abs=1e-6)
    assert found.log_likelihood == pytest.approx(-wanted.fun, abs=1e-8)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3.0, 3.0), st.floats(0.1, 10.0))
def test_order_and_unit_do_not_matter(seed: int, shift: float, factor: float) -> None:
    values, beyond, cells, _ = made_up(40, seed=3, low=2.0)
    order = np.random.default_rng(seed).permutation(40)
    plain = mixed_model(values, beyond, cells=cells, design=EYE)
    moved = mixed_model(values[order] * factor + shift, beyond[order], cells=cells[order], design=EYE)
    assert moved.coefficients == pytest.approx(plain.coefficients * factor + shift, abs=2e-4 * factor)
    assert moved.covariance == pytest.approx(plain.covariance * factor**2, rel=1e-3, abs=1e-6 * factor**2)
    assert moved.intercept_sd == pytest.approx(plain.intercept_sd * factor, rel=1e-3)


def test_below_a_limit_is_above_the_mirrored_one() -> None:
    values, beyond, cells, _ = made_up(40, seed=4, low=2.0)
    one = mixed_model(values, beyond, cells=cells, design=EYE)
    two = mixed_model(-values, -beyond, cells=cells, design=EYE)
    assert two.coefficients == pytest.approx(-one.coefficients, abs=1e-4)
    assert (one.below, one.above) == (two.above, two.below)


def test_a_simulation_is_recovered_and_limits_as_values_are_not() -> None:
    """4000 patients, a third of the last visit below the limit; the true change is -2."""
    values, beyond, cells, truth = made_up(4000, seed=6, low=1.8, spread=1.0)
    change = [-1, 0, 1, 0, 0, 0]
    found = contrast(mixed_model(values, beyond, cells=cells, design=EYE), change)
    taken = contrast(mixed_model(values, 0 * beyond, cells=cells, design=EYE), change)
    whole = contrast(mixed_model(truth, 0 * beyond, cells=cells, design=EYE), change)
    assert abs(found.estimate + 2.0) < 3 * found.standard_error
    assert abs(taken.estimate + 2.0) > 6 * taken.standard_error
    assert whole.standard_error < found.standard_error < 2 * whole.standard_error


def test_limits_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        values, beyond, cells, _ = made_up(60, seed=100 + seed, low=1.8)
        found = contrast(mixed_model(values, beyond, cells=cells, design=EYE), [-1, 0, 1, 0, 0, 0])
        held += found.low < -2.0 < found.high
    assert held >= 51  # of 60 at 95 %: fewer in 1 of 1000


def test_a_model_and_its_part() -> None:
    values, beyond, cells, _ = made_up(300, seed=7, low=2.0)
    parallel = np.column_stack([np.tile(np.eye(3), (2, 1)), [0, 0, 0, 1, 1, 1]])
    full = mixed_model(values, beyond, cells=cells, design=EYE)
    found = likelihood_ratio(full, mixed_model(values, beyond, cells=cells, design=parallel))
    assert (found.df, found.p_value < 0.01) == (2, True)
    with pytest.raises(InputError, match="differ by 0 coefficients"):
        likelihood_ratio(full, full)


def test_many_patients_begin_at_a_part_and_end_where_all_do() -> None:
    """Every patient four times: the same maximum, half the error."""
    values, beyond, cells, _ = made_up(1100, seed=8, low=2.0)
    once = mixed_model(values, beyond, cells=cells, design=EYE)
    often = mixed_model(
        np.tile(values, (4, 1)), np.tile(beyond, (4, 1)), cells=np.tile(cells, (4, 1)), design=EYE
    )
    assert often.coefficients == pytest.approx(once.coefficients, abs=1e-5)
    assert often.covariance * 4 == pytest.approx(once.covariance, rel=1e-3, abs=1e-7)


ONE = np.array([[1.0, 2.0, 0.5]])


@pytest.mark.parametrize(
    ("values", "beyond", "said"),
    [
        (ONE, 0 * ONE, "one patient only"),
        (np.ones((5, 3)), np.zeros((5, 3)), "without any spread"),
        (np.ones((5, 3)), -np.ones((5, 3)), "no measured value tells"),
        (np.full((5, 3), np.nan), np.zeros((5, 3)), "no measured value tells"),
        (np.full((5, 3), np.inf), np.zeros((5, 3)), "infinite"),
        (np.ones((5, 3)), np.zeros((5, 2)), "of shapes"),
    ],
)
def test_what_has_no_maximum_is_refused(values, beyond, said: str) -> None:
    cells = np.tile(np.arange(3), (len(values), 1))
    with pytest.raises(InputError, match=said):
        mixed_model(values, beyond, cells=cells, design=np.eye(3))
