"""The E-value: how strong an unmeasured confounder would have to be to explain an effect away."""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Literal

from seedbed.errors import InputError, one_of

Measure = Literal["risk ratio", "odds ratio, common", "hazard ratio, common"]
MEASURES: tuple[Measure, ...] = ("risk ratio", "odds ratio, common", "hazard ratio, common")


@dataclass(frozen=True)
class EValue:
    """An E-value.

    Attributes
    ----------
    estimate : float
        Risk ratio that a confounder must have with both treatment and event to explain the estimate.
    limit : float
        The same for the confidence limit nearer to 1; 1 where the interval holds 1.
    """

    estimate: float
    limit: float


def e_value(ratio: float, low: float, high: float, *, measure: Measure = "risk ratio") -> EValue:
    r"""Return the E-value :math:`R + \sqrt{R (R - 1)}` of a ratio and of its confidence interval.

    Parameters
    ----------
    ratio, low, high : float
        Above 0, with low <= ratio <= high. A ratio below 1 is turned over.
    measure : {"risk ratio", "odds ratio, common", "hazard ratio, common"}
        The last two where more than 15 % have the event: they are first made risk ratios, by the root, and
        by :math:`(1 - 0.5^{\sqrt{HR}}) / (1 - 0.5^{\sqrt{1/HR}})`. Where the event is rare, odds and hazard
        ratios are taken as risk ratios.

    Raises
    ------
    InputError
        Ratios that are not above 0 or not in order; an unknown measure.

    Notes
    -----
    T. J. VanderWeele and P. Ding, Ann. Intern. Med. 167 (2017) 268-274, doi 10.7326/M16-2607.

    Examples
    --------
    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.estimate, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    if measure not in MEASURES:
        raise InputError(f"measure '{measure}'", one_of(MEASURES, measure), "name one of them")
    if not 0 < low <= ratio <= high < inf:
        raise InputError(
            f"a ratio of {ratio:g} with limits {low:g} and {high:g}",
            "finite ratios above 0, the estimate between its limits",
            "correct the order, or leave the E-value out",
        )
    nearer = 1.0 if low <= 1 <= high else (low if low > 1 else high)
    return EValue(_of(ratio, measure), _of(nearer, measure))


def _of(ratio: float, measure: Measure) -> float:
    risk = max(ratio, 1 / ratio)
    if measure == "odds ratio, common":
        risk = sqrt(risk)
    elif measure == "hazard ratio, common":
        risk = (1 - 0.5 ** sqrt(risk)) / (1 - 0.5 ** sqrt(1 / risk))
    return risk + sqrt(risk * (risk - 1))
