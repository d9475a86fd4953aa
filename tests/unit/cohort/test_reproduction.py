import json
from dataclasses import replace

import pytest

from seedbed.cohort import audit, count_table, read_published
from seedbed.errors import TableError

PAPER = read_published()
COMPARISONS = {one.id: one for one in PAPER.comparisons}
KEYS = {
    *("id", "place", "label", "groups", "test", "statistic", "df", "published", "published_text"),
    *("recomputed", "recomputed_low", "recomputed_high", "agrees", "reason", "note"),
}


def test_counts_are_laid_out_group_by_group_in_printed_order():
    assert count_table(COMPARISONS["metastasis"]) == [[4, 7, 0, 3], [4, 6, 8, 7], [2, 5, 2, 4]]
    assert count_table(COMPARISONS["orr_6_months"]) == [[3, 11], [8, 17], [10, 3]]


def test_counts_that_do_not_add_up_are_refused():
    gender = COMPARISONS["gender"]
    for cells in (gender.cells[2:], ()):
        with pytest.raises(TableError, match="add up"):
            count_table(replace(gender, cells=cells))
    with pytest.raises(TableError, match="'mean'"):
        audit(replace(PAPER, comparisons=(replace(gender, scale="mean_sd"),)))


def test_each_row_is_either_judged_or_explained():
    for row in audit().rows:
        recomputed = row.recomputed is not None
        assert recomputed == (row.agrees is not None) == (row.recomputed_low is not None)
        assert bool(row.reason) is (row.agrees is not True)
        if recomputed:
            assert row.recomputed_low <= row.recomputed <= row.recomputed_high


def test_a_wrong_p_value_would_be_called_wrong():
    wrong = replace(COMPARISONS["gender"], published=COMPARISONS["age"].published)
    (row,) = audit(replace(PAPER, comparisons=(wrong,))).rows
    assert row.agrees is False
    assert row.reason == "recomputed p = 0.5293; the paper says p = 0.342"


def test_the_summary_counts_the_rows():
    report = audit()
    summary = report.summary
    assert summary["recomputed"] == summary["agree"] + summary["disagree"]
    assert summary["recomputed"] + summary["not_recomputable"] == len(report.rows)


def test_the_dict_is_plain_and_has_stable_keys():
    report = audit().to_dict()
    assert set(report) == {"paper", "rows", "summary"}
    assert report["paper"]["doi"] == "10.3389/fendo.2025.1587412"
    assert all(set(row) == KEYS for row in report["rows"])
    assert json.loads(json.dumps(report, allow_nan=False)) == report
