"""The tests behind the p-values of estimates: ratios, slopes, correlations, differences of means."""

from math import isfinite

from scipy.special import chdtri

from seedbed.cohort.comparing import GroupTest
from seedbed.statistics.cox import HazardRatio

COX = "Wald test, Cox"
FIRTH = "penalised likelihood ratio test, Firth"
FINE_GRAY = "Wald test, Fine and Gray, robust error"
RESTRICTED = "Wald test, difference of restricted means"


def z_test(
    name: str, z: float | None, *, p_value: float, n: tuple[int, ...], events: int | None = None
) -> GroupTest:
    """Return the test of an estimate divided by its standard error.

    Parameters
    ----------
    name : str
    z : float or None
        Normal under no effect, without degrees of freedom; what is not finite is left out.
    p_value : float
    n : tuple of int
        Patients of each group.
    events : int or None
        How many of them had the event, where there is one.

    Examples
    --------
    >>> found = z_test("Wald test, Cox", 2.0, p_value=0.0455, n=(20, 19), events=12)
    >>> found.statistic, found.df, found.events
    (2.0, (), 12)
    """
    kept = z if z is not None and isfinite(z) else None
    return GroupTest(test=name, statistic=kept, p_value=p_value, n=n, rule_ids=(), events=events)


def ratio_test(name: str, found: HazardRatio, *, n: tuple[int, ...], events: int) -> GroupTest:
    """Return Wald's test of a hazard ratio.

    Examples
    --------
    >>> from seedbed.statistics.cox import wald_ratios
    >>> ratio = wald_ratios(["B"], [1.0], [0.5], level=0.95)[0]
    >>> ratio_test(COX, ratio, n=(20, 19), events=12).statistic
    2.0
    """
    z = found.coefficient / found.standard_error
    return z_test(name, z, p_value=found.p_value, n=n, events=events)


def firth_test(found: HazardRatio, *, n: tuple[int, ...], events: int) -> GroupTest:
    """Return the penalised likelihood ratio test of a hazard ratio: chi-squared with one degree of freedom.

    The statistic is the chi-squared that has the p-value of the fit; none where that is 0.

    Examples
    --------
    >>> ratio = HazardRatio("B", 1.0, 0.5, 2.7, 1.0, 7.2, p_value=0.05)
    >>> found = firth_test(ratio, n=(20, 19), events=12)
    >>> round(found.statistic, 3), found.df
    (3.841, (1,))
    """
    p = found.p_value
    statistic = float(chdtri(1, p)) if 0 < p <= 1 else None
    return GroupTest(test=FIRTH, statistic=statistic, df=(1,), p_value=p, n=n, rule_ids=(), events=events)
