"""R 4 `fisher.test`, its documented examples, and StatXact's, as printed in their manuals."""

import pytest

from seedbed.statistics import fisher_exact


def test_tea_tasting_of_fisher():
    # Fisher (1935), The Design of Experiments: 3 of 4 cups right, one-sided 17/70, by symmetry twice that.
    assert fisher_exact([[3, 1], [1, 3]]).p_value == pytest.approx(34 / 70, rel=1e-12)


def test_job_satisfaction_of_agresti():
    # R, ?fisher.test: Agresti (2002), Categorical Data Analysis, p. 57; "fisher.test(Job) # 0.7827".
    job = [[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]]
    assert round(fisher_exact(job).p_value, 4) == 0.7827


def test_sixth_example_of_mehta_and_patel():
    # R, ?fisher.test: Mehta and Patel (1983) J. Am. Stat. Assoc. 78:427; R prints p-value = 0.03929.
    table = [
        [1, 2, 2, 1, 1, 0, 1],
        [2, 0, 0, 2, 3, 0, 0],
        [0, 1, 1, 1, 2, 7, 3],
        [1, 1, 2, 0, 0, 0, 1],
        [0, 1, 1, 1, 1, 0, 0],
    ]
    assert round(fisher_exact(table).p_value, 5) == 0.03929


def test_oral_lesions_of_statxact():
    # Mehta and Patel, IBM SPSS Exact Tests manual, oral lesions in three regions of India: exact p = 0.0101.
    kerala, gujarat, andhra = (
        [0, 8, 0, 0, 0, 0, 0, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, 0, 0],
        [0, 8, 0, 0, 0, 0, 0, 1, 1],
    )
    assert round(fisher_exact([kerala, gujarat, andhra]).p_value, 4) == 0.0101
