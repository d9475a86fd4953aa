"""The assay: how many seeds are measured before use, and what the result says."""

from dataclasses import dataclass
from math import log10
from typing import Literal

from seedbed.errors import DoseError
from seedbed.implant.order_rules import order_rule
from seedbed.implant.strengths import STRONGEST_U, UNIT_HINT

Verdict = Literal["agrees", "investigate", "report"]


@dataclass(frozen=True)
class Assay:
    """What a sample of measured seeds says about the stated strength.

    Attributes
    ----------
    measured : int
        Seeds measured.
    required : int
        Seeds that have to be measured, 10 %.
    mean_u, stated_u : float
        Mean of the sample and stated strength, U, at the same time.
    deviation_percent : float
        ``100 (mean - stated) / stated``.
    verdict : {"agrees", "investigate", "report"}
        Within 3 %, above 3 % up to 5 %, above 5 %.
    single_seeds : tuple of int
        Numbers (from 1) of seeds that differ from the mean by more than 5 %.
    rules : tuple of str
        Rules used.
    """

    measured: int
    required: int
    mean_u: float
    stated_u: float
    deviation_percent: float
    verdict: Verdict
    single_seeds: tuple[int, ...]
    rules: tuple[str, ...] = ("ASSAY-10", "ASSAY-MEAN", "ASSAY-SINGLE")

    @property
    def enough(self) -> bool:
        """Whether at least as many seeds were measured as the rule asks for."""
        return self.measured >= self.required

    @property
    def passed(self) -> bool:
        """Whether the mean agrees, enough seeds were measured and no single seed stands out."""
        return self.verdict == "agrees" and self.enough and not self.single_seeds

    @property
    def sentence(self) -> str:
        """The result in words."""
        do = {
            "agrees": "agrees with the stated strength",
            "investigate": "look for the cause and measure more seeds before use",
            "report": "do not use the seeds until this is cleared with the manufacturer",
        }[self.verdict]
        parts = [
            f"mean {self.mean_u:.4g} U, {self.deviation_percent:+.1f} % from {self.stated_u:.4g} U: {do}"
        ]
        if not self.enough:
            parts.append(f"{self.measured} measured, at least {self.required} are required: measure more")
        if self.single_seeds:
            numbers = ", ".join(str(number) for number in self.single_seeds)
            parts.append(f"more than 5 % from the mean: seed {numbers}")
        return "; ".join(parts)


def seeds_to_measure(seeds: int) -> int:
    """Least number of seeds to be measured: 10 % of those delivered, rounded up.

    Parameters
    ----------
    seeds : int
        Seeds delivered, spare ones included; 1 or more.

    Raises
    ------
    DoseError
        Not a whole number from 1.

    Notes
    -----
    Source: rule ASSAY-10 (AAPM, Butler et al. 2008; TG-40, TG-56).

    Examples
    --------
    >>> seeds_to_measure(44)
    5
    """
    check_count(seeds)
    return -(-seeds * int(order_rule("ASSAY-10").numbers["least_percent"]) // 100)


def loose_seeds_to_measure(seeds: int) -> int:
    """Least number of loose seeds to be measured: 10 % or ten, whichever is more, at most all of them.

    Raises
    ------
    DoseError
        Not a whole number from 1.

    Notes
    -----
    Source: rule ASSAY-LOOSE (AAPM, Butler et al. 2008).

    Examples
    --------
    >>> loose_seeds_to_measure(44), loose_seeds_to_measure(4)
    (10, 4)
    """
    return min(max(seeds_to_measure(seeds), int(order_rule("ASSAY-LOOSE").numbers["least_loose"])), seeds)


def assay(measured_u: tuple[float, ...], *, stated_u: float, seeds: int) -> Assay:
    """Compare measured strengths with the stated one.

    Parameters
    ----------
    measured_u : tuple of float
        Measured air-kerma strengths, U, one a seed, at the time for which ``stated_u`` holds.
    stated_u : float
        Stated air-kerma strength of a seed, U.
    seeds : int
        Seeds delivered.

    Raises
    ------
    DoseError
        Nothing measured, more seeds measured than delivered, or a strength that is not above 0 or that no
        permanent seed has.

    Notes
    -----
    Source: rules ASSAY-10, ASSAY-MEAN, ASSAY-SINGLE (AAPM TG-40, TG-56, Butler et al. 2008). A deviation that
    is exactly the limit is within it.

    Examples
    --------
    >>> assay((0.87, 0.89, 0.88), stated_u=0.889, seeds=30).verdict
    'agrees'
    """
    required = seeds_to_measure(seeds)
    if not 1 <= len(measured_u) <= seeds:
        raise DoseError(
            f"{len(measured_u)} measured seeds", f"1 to {seeds}", "give one value for each seed measured"
        )
    for number, value in enumerate((stated_u, *measured_u)):
        if not 0 < value <= STRONGEST_U:
            which = f"seed {number} of the assay" if number else "the stated strength"
            raise DoseError(f"{which} is {value:g} U", f"above 0, at most {STRONGEST_U:g} U", UNIT_HINT)
    mean = sum(measured_u) / len(measured_u)
    deviation = _percent(mean, stated_u)
    off = order_rule("ASSAY-SINGLE").numbers["single_percent"]
    return Assay(
        measured=len(measured_u),
        required=required,
        mean_u=mean,
        stated_u=stated_u,
        deviation_percent=deviation,
        verdict=_verdict(abs(deviation)),
        single_seeds=tuple(n for n, value in enumerate(measured_u, 1) if abs(_percent(value, mean)) > off),
    )


def check_count(seeds: int) -> None:
    """Refuse a number of seeds that is not a whole number from 1 to 10000 (rule ORDER-LIMITS).

    Raises
    ------
    DoseError
        It is not.

    Examples
    --------
    >>> check_count(40)
    """
    most = int(order_rule("ORDER-LIMITS").numbers["most_seeds"])
    if isinstance(seeds, bool) or not isinstance(seeds, int) or not 1 <= seeds <= most:
        raise DoseError(
            f"{shown_count(seeds)} seeds", f"a whole number from 1 to {most}", "correct the number of seeds"
        )


def shown_count(count: int) -> str:
    """Write a count for a sentence; one of very many digits by their number only.

    Examples
    --------
    >>> shown_count(40), shown_count(10**400)
    ('40', 'a number of 401 digits of')
    """
    digits = int(log10(abs(count))) + 1 if isinstance(count, int) and count else 0
    return f"a number of {digits} digits of" if digits > 12 else f"{count}"


def _percent(value: float, reference: float) -> float:
    return round(100.0 * (value / reference - 1.0), 9)


def _verdict(deviation_percent: float) -> Verdict:
    limits = order_rule("ASSAY-MEAN").numbers
    if deviation_percent > limits["report_percent"]:
        return "report"
    return "investigate" if deviation_percent > limits["investigate_percent"] else "agrees"
