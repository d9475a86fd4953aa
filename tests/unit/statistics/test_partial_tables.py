"""The parts of the enumeration: every way to fill some columns, and nothing else."""

from itertools import product
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multinomial

from seedbed.statistics.partial_tables import Margins, column_log_weights, deal, fill


def margins(table, limit):
    table = np.array(table)
    return Margins(table.sum(1), table.sum(0), limit)


def test_the_weight_of_a_column_is_its_multinomial_probability():
    rows, parts = np.array([14, 25, 13]), np.array([[2, 1, 1], [0, 4, 0], [1, 1, 2]])
    expected = multinomial.logpmf(parts, 4, rows / 52)
    assert column_log_weights(rows, parts) == pytest.approx(expected, rel=1e-12)


def test_every_column_is_dealt_once():
    table = margins([[6, 5, 2, 1], [14, 7, 3, 1], [3, 4, 4, 2]], 0.0)
    first, second = deal(table)
    assert sorted(first + second) == [4, 9, 16, 23]


def pairs(of):
    """Every filling of the first two columns, in the plainest way."""
    splits = [
        [part for part in product(*(range(row + 1) for row in of.rows)) if sum(part) == column]
        for column in of.columns[:2]
    ]
    return [np.array(pair) for pair in product(*splits) if (np.sum(pair, 0) <= of.rows).all()]


TABLES = st.lists(st.lists(st.integers(1, 3), min_size=3, max_size=3), min_size=3, max_size=3)


@settings(max_examples=30, deadline=None)
@given(TABLES, st.floats(-15, 0))
def test_no_filling_is_lost_whatever_the_limit(table, limit):
    of = margins(table, limit)
    columns = of.columns.tolist()
    found, kept = fill(of, columns[:2], columns[2:]), pairs(of)
    assert found.ways.sum() == len(kept)
    weights = [column_log_weights(of.rows, pair).sum() for pair in kept]
    assert found.mass.sum() == pytest.approx(sum(map(exp, weights)), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(TABLES, st.floats(-12, -2))
def test_a_weight_is_forgotten_only_where_no_completion_comes_above_the_limit(table, limit):
    of = margins(table, limit)
    columns = of.columns.tolist()
    found = fill(of, columns[:2], columns[2:])
    for pair in pairs(of):
        here = found.log_weight[found.used == pair.sum(0) @ of.strides]
        weight = column_log_weights(of.rows, pair).sum()
        last = column_log_weights(of.rows, (of.rows - pair.sum(0))[None, :])[0]
        kept = np.abs(here[np.isfinite(here)] - weight).min(initial=1.0) < 1e-8
        assert kept or (np.isneginf(here).any() and weight + last <= limit + 1e-8)
