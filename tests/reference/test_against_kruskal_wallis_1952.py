"""Kruskal and Wallis, J. Am. Stat. Assoc. 47 (1952) 583-621, Table 1.1: bottle caps from three machines."""

import pytest

from seedbed.statistics import kruskal_wallis

STANDARD, FIRST_CHANGE, SECOND_CHANGE = [340, 345, 330, 342, 338], [339, 333, 344], [347, 343, 349, 355]


def test_bottle_caps():
    found = kruskal_wallis(STANDARD, FIRST_CHANGE, SECOND_CHANGE)
    assert round(found.statistic, 3) == 5.656
    assert found.df == 2


def test_bottle_caps_by_hand():
    # Rank sums 24, 14 and 40: H = 12/(12 13) (24^2/5 + 14^2/3 + 40^2/4) - 3 13.
    by_hand = 12 / (12 * 13) * (24**2 / 5 + 14**2 / 3 + 40**2 / 4) - 3 * 13
    assert kruskal_wallis(STANDARD, FIRST_CHANGE, SECOND_CHANGE).statistic == pytest.approx(
        by_hand, rel=1e-12
    )
