"""A. Agresti, An Introduction to Categorical Data Analysis: infant malformation by the mother's drinking."""

from seedbed.statistics import chi_square, linear_by_linear

MALFORMATION = [[17066, 48], [14464, 38], [788, 5], [126, 1], [37, 1]]


def test_trend_with_scores_of_drinks_a_day():
    # section 2.5: scores 0, 0.5, 1.5, 4, 7: r = 0.0142, M^2 = 6.6 (6.57), P = 0.01
    found = linear_by_linear(MALFORMATION, row_scores=[0, 0.5, 1.5, 4, 7])
    assert (round(found.correlation, 4), round(found.statistic, 2), round(found.p_value, 2)) == (
        0.0142,
        6.57,
        0.01,
    )


def test_pearson_ignores_the_order():
    found = chi_square(MALFORMATION)
    assert (round(found.statistic, 1), found.df, found.small_cells) == (12.1, 4, 3)
