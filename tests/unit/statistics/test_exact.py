"""Fisher's exact test against SciPy's 2 x 2 test, against a plain enumeration, and against its symmetries."""

from fractions import Fraction
from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact as scipy_fisher

from seedbed.errors import InputError
from seedbed.statistics import fisher_exact

SLACK = Fraction(10**7 + 1, 10**7)


def tables(rows, columns, largest):
    shape = st.tuples(st.integers(2, rows), st.integers(2, columns))
    cell = st.integers(0, largest)
    return shape.flatmap(
        lambda size: st.lists(
            st.lists(cell, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        )
    ).filter(lambda table: (np.sum(table, 0) > 0).sum() > 1 and (np.sum(table, 1) > 0).sum() > 1)


def plain(table):
    """Probabilities of all tables with the margins, in fractions, by trying every one."""
    table = np.array(table)
    rows, columns = table.sum(1).tolist(), table.sum(0).tolist()

    def probability(cells):
        up = prod(map(factorial, rows)) * prod(map(factorial, columns))
        return Fraction(up, factorial(sum(rows)) * prod(map(factorial, cells)))

    def fillings():
        splits = [
            [c for c in product(*(range(r + 1) for r in rows)) if sum(c) == column] for column in columns
        ]
        for chosen in product(*splits):
            if all(sum(part) == row for part, row in zip(zip(*chosen, strict=True), rows, strict=True)):
                yield [cell for part in chosen for cell in part]

    every = [probability(cells) for cells in fillings()]
    observed = probability(table.ravel().tolist())
    return every, observed, sum(one for one in every if one <= observed * SLACK)


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_two_by_two_is_scipys_exact_test(cells):
    table = np.array(cells).reshape(2, 2)
    if 0 in (*table.sum(0), *table.sum(1)):
        return
    assert fisher_exact(table).p_value == pytest.approx(scipy_fisher(table).pvalue, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(tables(3, 4, 2))
def test_it_is_the_sum_over_every_table_in_exact_fractions(table):
    every, observed, p_value = plain(table)
    found = fisher_exact(table)
    assert sum(every) == 1
    assert found.tables == len(every)
    assert found.table_probability == pytest.approx(float(observed), rel=1e-11)
    assert found.p_value == pytest.approx(float(p_value), rel=1e-11)


@settings(max_examples=60, deadline=None)
@given(tables(4, 4, 5), st.randoms(use_true_random=False))
def test_neither_transposition_nor_order_changes_it(table, random):
    table = np.array(table)
    rows, columns = list(range(table.shape[0])), list(range(table.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    expected = fisher_exact(table)
    for other in (table.T, table[np.ix_(rows, columns)]):
        found = fisher_exact(other)
        assert found.p_value == pytest.approx(expected.p_value, rel=1e-9)
        assert found.tables == expected.tables


@settings(max_examples=60, deadline=None)
@given(tables(4, 5, 4))
def test_the_probabilities_of_all_tables_sum_to_one(table):
    found = fisher_exact(table)
    assert found.total_probability == pytest.approx(1, abs=1e-10)
    assert found.table_probability <= found.p_value * (1 + 1e-9)
    assert found.p_value <= 1


def test_the_only_table_that_perfect_separation_allows_has_a_closed_form():
    # 30, 40 and 17 patients each in a class of their own: probability 30! 40! 17! / 87!, the least of all.
    closed = Fraction(factorial(30) * factorial(40) * factorial(17), factorial(87))
    found = fisher_exact([[30, 0, 0], [0, 40, 0], [0, 0, 17]])
    assert found.p_value == pytest.approx(float(closed), rel=1e-10)


def test_zero_rows_and_columns_carry_nothing_and_are_named():
    bare, padded = fisher_exact([[3, 11], [8, 17]]), fisher_exact([[0, 3, 11], [0, 0, 0], [0, 8, 17]])
    assert padded.p_value == bare.p_value
    assert (padded.dropped_rows, padded.dropped_columns) == ((1,), (0,))


@pytest.mark.parametrize(
    "table",
    [
        np.full((8, 8), 12),
        np.full((4, 4), 500),
        np.full((60, 60), 1),
        np.eye(70) * 3,
        [[40_000, 20_000], [20_000, 40_000]],
    ],
)
def test_a_table_too_large_is_refused(table):
    with pytest.raises(InputError, match="join rare classes"):
        fisher_exact(table)


def test_everybody_alike_is_no_comparison():
    with pytest.raises(InputError, match="nothing to test"):
        fisher_exact([[14, 0], [25, 0], [13, 0]])
