"""Survival in tables: the leukaemia trial of Freireich et al. 1963, as textbooks have it."""

import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.survival_tables import survival_table

DRUG = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
DRUG_EVENT = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
NONE = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
"""Weeks of remission: E. A. Gehan, Biometrika 52 (1965) 203-223, table 1."""


@pytest.fixture
def rows():
    data = analysis_set(
        ["6-MP"] * 21 + ["placebo"] * 21,
        os_months=[*DRUG, *NONE],
        os_event=[*map(bool, DRUG_EVENT), *[True] * 21],
    )
    return {row.id: row for row in survival_table(data, analysis_rules()).rows}


def test_log_rank_of_the_textbook(rows) -> None:
    """Chi-squared 16.79 (Kleinbaum and Klein, Survival Analysis, section 2.5)."""
    (test,) = rows["os"].tests
    assert test.statistic == pytest.approx(16.79, abs=0.005)
    assert (test.df, test.n) == ((1,), (21, 21))


def test_medians_of_the_textbook(rows) -> None:
    assert [cell.numbers["median"] for cell in rows["os.median"].cells[:2]] == [23.0, 8.0]
    assert rows["os.events"].cells[0].text == "9 / 21"


def test_shares_at_12(rows) -> None:
    """0.7529 of the treated (after 10 weeks, until 13); 4 of 21 of the others."""
    shares = [cell.numbers["survival"] for cell in rows["os.at_12"].cells[:2]]
    assert shares == pytest.approx([0.7529, 4 / 21], abs=5e-5)


def test_nobody_was_followed_for_24_months(rows) -> None:
    assert rows["os.at_24"].cells[1].text == "0% (no limits: all or none)"
    assert rows["lpfs.events"].cells[0].text == "not estimable: nobody"
