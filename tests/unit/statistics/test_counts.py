import pytest

from seedbed.errors import InputError
from seedbed.statistics import clean_counts


def test_rows_and_columns_of_zeros_are_dropped_and_named():
    clean = clean_counts([[0, 3, 11, 0], [0, 0, 0, 0], [0, 8, 17, 0]])
    assert clean.counts.tolist() == [[3, 11], [8, 17]]
    assert clean.dropped_rows == (1,)
    assert clean.dropped_columns == (0, 3)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([[1, -2], [3, 4]], "row 1, column 2 is -2"),
        ([[1, 2], [3.5, 4]], "row 2, column 1 is 3.5"),
        ([[1, float("nan")], [3, 4]], "row 1, column 2 is nan"),
        ([[1, float("inf")], [3, 4]], "row 1, column 2 is inf"),
        ([[1, 2], [3]], "different length"),
        ([["a", 2], [3, 4]], "words"),
        ([], "shape (0,)"),
        ([[], []], "shape (2, 0)"),
        ([1, 2, 3], "shape (3,)"),
        ([[0, 0], [0, 0]], "0 row(s)"),
        ([[1, 2]], "1 row(s)"),
        ([[13, 0], [25, 0]], "1 column(s)"),
    ],
)
def test_what_is_no_table_of_counts_is_refused_in_a_sentence(table, said):
    with pytest.raises(InputError) as caught:
        clean_counts(table)
    assert said in str(caught.value)
