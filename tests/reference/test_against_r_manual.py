"""Examples of R's manual pages (package stats), with the results that R prints."""

import numpy as np
import pytest

from seedbed.statistics import TwoGroups, anova, friedman, odds_ratio, wilcoxon_signed_rank

ROUNDING_TIMES = [  # Hollander and Wolfe (1973), p. 140: three methods of rounding first base
    [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50], [5.55, 5.50, 5.40], [5.90, 5.85, 5.70],
    [5.45, 5.55, 5.60], [5.40, 5.40, 5.35], [5.45, 5.50, 5.35], [5.25, 5.15, 5.00], [5.85, 5.80, 5.70],
    [5.25, 5.20, 5.10], [5.65, 5.55, 5.45], [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40],
    [5.45, 5.55, 5.50], [5.55, 5.55, 5.35], [5.45, 5.50, 5.55], [5.50, 5.45, 5.25], [5.65, 5.60, 5.40],
    [5.70, 5.65, 5.55], [6.30, 6.30, 6.25],
]  # fmt: skip


def test_friedman_with_ties():
    # ?friedman.test: Friedman chi-squared = 11.143, df = 2, p-value = 0.003805
    found = friedman(*np.transpose(ROUNDING_TIMES))
    assert (round(found.statistic, 3), found.df, round(found.p_value, 6)) == (11.143, 2, 0.003805)


def test_signed_ranks_of_the_depression_scores():
    # ?wilcox.test, Hollander and Wolfe (1973), p. 29: V = 40, one-sided p-value = 0.01953
    first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    found = wilcoxon_signed_rank(second, first)
    assert found.positive_rank_sum == 40
    assert found.exact_p_value / 2 == pytest.approx(0.01953, abs=5e-6)


def test_weights_of_plants():
    # PlantGrowth, Dobson (1983): F value 4.846, Pr(>F) 0.01591
    control = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]
    first = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]
    second = [6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]
    found = anova(control, first, second)
    assert (round(found.statistic, 3), round(found.p_value, 5)) == (4.846, 0.01591)
    assert (found.df_between, found.df_within) == (2, 27)


def test_odds_ratio_of_the_tea_and_of_the_convicts():
    # ?fisher.test: 6.408309 and 0.04693661; R solves to about five digits, the limits to fewer
    assert odds_ratio(TwoGroups(3, 4, 1, 4)).estimate == pytest.approx(6.408309, rel=5e-6)
    found = odds_ratio(TwoGroups(2, 17, 10, 13))
    assert found.estimate == pytest.approx(0.04693661, rel=5e-6)
    # 0.003325764 and 0.363182271
    assert found.interval.low == pytest.approx(0.0033258, rel=0.005)
    assert found.interval.high == pytest.approx(0.36318, rel=1e-4)
