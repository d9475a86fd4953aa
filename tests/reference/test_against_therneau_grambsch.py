"""T. M. Therneau and P. M. Grambsch, Modeling Survival Data (2000), appendix E: test data 1, Efron's ties.

The residuals in closed form, and as R 4.1 with survival prints them (tests/book2.Rout.save of the package).
"""

from math import acos, cos, log, sqrt

import numpy as np
import pytest

from seedbed.statistics.cluster_robust import cluster_cox, score_residuals
from seedbed.statistics.efron import risk_sets
from seedbed.statistics.survival_times import read_survival

TIMES, EVENTS, X = [9, 1, 1, 6, 6, 8], [1, 1, 0, 1, 1, 0], [0, 1, 1, 1, 0, 0]
BETA = log(cos(acos((45 / 23) * sqrt(3 / 23)) / 3) * 2 * sqrt(23 / 3))
PRINTED = [0.2208584, 0.1132780, -0.0442340, -0.1029199, -0.4078409, 0.2208584]


def by_hand(beta: float) -> list[float]:
    """Score residuals in the order of `TIMES`."""
    r = np.exp(beta)
    a, b, d = r + 1, r + 3, r + 5
    last = 2 * r * (177 + r * (282 + r * (182 + r * (50 + 5 * r)))) / (3 * (a * b * d) ** 2)
    return [
        last,
        (2 * r + 3) / (3 * a**2),
        -r / (3 * a**2),
        (675 + r * (1305 + r * (756 + r * (-4 + r * (-79 - 13 * r))))) / (3 * (a * b * d) ** 2),
        r * (1 / (3 * a**2) - a / (2 * b**2) - b / (2 * d**2)),
        last,
    ]


def information(beta: float) -> float:
    r = np.exp(beta)
    return float(sum(p - p * p for p in (r / (r + 1), r / (r + 5), r / (r + 3))))


@pytest.mark.parametrize("beta", [0.0, BETA, -0.7])
def test_score_residuals_in_closed_form(beta: float) -> None:
    members = read_survival(TIMES, EVENTS)
    sets = risk_sets(members, np.array(X, dtype=float)[:, None])
    found = score_residuals(members, sets, np.array([beta]))[:, 0]
    assert found == pytest.approx(by_hand(beta), rel=1e-10)


def test_score_residuals_as_r_prints_them() -> None:
    assert by_hand(BETA) == pytest.approx(PRINTED, abs=5e-8)


@pytest.mark.parametrize("clusters", [[0, 1, 2, 3, 4, 5], [0, 1, 0, 1, 2, 2]])
def test_the_robust_error_is_the_sandwich_of_them(clusters: list[int]) -> None:
    (found,) = cluster_cox(TIMES, EVENTS, covariates=X, clusters=clusters).estimates
    sums = np.bincount(clusters, weights=by_hand(BETA))
    assert found.coefficient == pytest.approx(BETA, rel=1e-9)
    assert found.standard_error == pytest.approx(sqrt((sums**2).sum()) / information(BETA), rel=1e-8)
