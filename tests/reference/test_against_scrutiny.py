"""GRIM, GRIMMER and DEBIT against published examples.

Authorities: Brown and Heathers 2017, doi 10.1177/1948550616673876 (a mean of 5.19 from 28 whole numbers); the
manual of the R package scrutiny (Jung), its data sets pigs1, pigs2 and pigs3 and its example of ``debit()``
(Heathers and Brown 2019) with the verdicts that it prints; its example of ``grimmer()`` worked out by hand.
"""

from fractions import Fraction

import pytest

from seedbed.cohort.auditing.numbers import PrintedNumber, whole_between
from seedbed.cohort.auditing.whole_scores import binary_sd_is_possible, sd_is_possible, sums_of


def test_the_mean_of_brown_and_heathers():
    assert list(sums_of(PrintedNumber("5.19"), 28)) == []
    assert list(sums_of(PrintedNumber("5.18"), 28)) == [145]
    assert list(sums_of(PrintedNumber("5.21"), 28)) == [146]


@pytest.mark.parametrize(
    ("mean", "n", "consistent"),
    [
        ("7.22", 32, True),
        ("4.74", 25, False),
        ("5.23", 29, False),
        ("2.57", 24, False),
        ("6.77", 27, False),
        ("2.68", 28, True),
        ("7.01", 29, False),
        ("7.38", 26, True),
        ("3.14", 27, False),
        ("6.89", 31, False),
        ("5.00", 25, True),
        ("0.24", 28, False),
    ],
)
def test_grim_of_pigs1(mean, n, consistent):
    assert bool(sums_of(PrintedNumber(mean), n)) is consistent


@pytest.mark.parametrize(
    ("percent", "consistent"),
    [("67.4", False), ("54.2", False), ("54.0", True), ("69.8", False), ("68.1", False), ("55.4", False)],
)
def test_grim_of_percentages_of_pigs2(percent, consistent):
    printed = PrintedNumber(percent)
    counts = whole_between(printed.low * 150 / 100, printed.high * Fraction(150, 100))
    assert bool(counts) is consistent


@pytest.mark.parametrize(
    ("mean", "sd", "consistent"),
    [
        ("0.53", "0.50", True),
        ("0.44", "0.50", True),
        ("0.77", "0.42", True),
        ("0.19", "0.35", False),
        ("0.34", "0.47", True),
        ("0.93", "0.25", True),
        ("0.12", "0.33", True),
    ],
)
def test_debit_of_pigs3(mean, sd, consistent):
    assert binary_sd_is_possible(PrintedNumber(mean), PrintedNumber(sd), 1683) is consistent


def test_the_example_of_debit():
    assert not binary_sd_is_possible(PrintedNumber("0.35"), PrintedNumber("0.18"), 20)


def test_the_example_of_grimmer_by_hand():
    """Mean 7.3, SD 2.51, n = 12: the sum is 87 or 88; the SD asks for 11 x 2.505^2 to 11 x 2.515^2 = 69.03 to
    69.58 above 87^2/12 = 630.75 or 88^2/12 = 645.33. Between 699.78 and 700.33 lies 700, even where 87 is
    odd; between 714.36 and 714.91 lies no whole number.
    """
    assert list(sums_of(PrintedNumber("7.3"), 12)) == [87, 88]
    assert not sd_is_possible(PrintedNumber("7.3"), PrintedNumber("2.51"), 12)
