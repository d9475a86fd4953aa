"""NIST Statistical Reference Datasets, analysis of variance, SiRstv (silicon resistivity, certified)."""

import numpy as np
import pytest

from seedbed.statistics import anova_from_summary

INSTRUMENTS = [
    [196.3052, 196.1240, 196.1890, 196.2569, 196.3403],
    [196.3042, 196.3825, 196.1669, 196.3257, 196.0422],
    [196.1303, 196.2005, 196.2889, 196.0343, 196.1811],
    [196.2795, 196.1748, 196.1494, 196.1485, 195.9885],
    [196.2119, 196.1051, 196.1850, 196.0052, 196.2090],
]
CERTIFIED_F = 1.18046237440255


def test_silicon_resistivity():
    found = anova_from_summary(np.mean(INSTRUMENTS, 1), np.std(INSTRUMENTS, 1, ddof=1), [5] * 5)
    assert found.statistic == pytest.approx(CERTIFIED_F, rel=1e-9)
    assert (found.df_between, found.df_within) == (4, 20)
