"""Doubling time of thyroglobulin from a straight line through its logarithms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import Final

import numpy as np

from seedbed.errors import InputError
from seedbed.response.marker_rules import DoublingRule, MarkerRules, marker_rules
from seedbed.response.marker_samples import TgSample, antibody_lacking

DAYS_PER_YEAR: Final = 365.25


@dataclass(frozen=True, kw_only=True)
class DoublingTime:
    """Doubling time of Tg.

    Attributes
    ----------
    years : float or None
        Doubling time; negative where Tg falls (then it is the time in which it halves); None for a flat line.
    interval_years : tuple of float or None
        Confidence interval; None where the interval of the rate holds zero, so that Tg may as well rise as
        fall and no finite interval exists.
    rate_per_year : float
        Slope of ln(Tg).
    rate_interval_per_year : tuple of float
        Its confidence interval, which always exists.
    level : float
        Of the intervals.
    used : tuple of date
        Days of the samples that were used.
    left_out : tuple of (date, str)
        Days of the others, and why each was left out.
    rule_ids : tuple of str
        The rule used.
    note : str
        What to know; empty where nothing.
    """

    years: float | None
    interval_years: tuple[float, float] | None
    rate_per_year: float
    rate_interval_per_year: tuple[float, float]
    level: float
    used: tuple[date, ...]
    left_out: tuple[tuple[date, str], ...]
    rule_ids: tuple[str, ...]
    note: str = ""


def tg_doubling_time(
    samples: Sequence[TgSample], *, level: float = 0.95, rules: MarkerRules | None = None
) -> DoublingTime:
    """Fit the doubling time of Tg.

    Samples are left out, each with its reason, where TSH is not suppressed, TgAb is positive, the assay is
    another than that of the latest sample, any of these is not stated, or Tg lies beyond the range of the
    assay.

    Parameters
    ----------
    samples : sequence of TgSample
        Of one patient.
    level : float
        Of the confidence intervals, between 0 and 1.
    rules : MarkerRules, optional
        The shipped ones by default (rule TG-DOUBLING).

    Raises
    ------
    InputError
        Fewer than 3 samples on different days that can be used, or a level out of range.

    References
    ----------
    Miyauchi et al. 2011, doi 10.1089/thy.2010.0355. Interval of the slope: Student's t with n - 2 degrees.

    Examples
    --------
    >>> from seedbed.response.marker_samples import MarkerValue
    >>> days = [date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]
    >>> samples = [
    ...     TgSample(on=day, tg=MarkerValue.of(tg), tg_assay="A", tgab_positive=False,
    ...              tsh_mu_per_l=MarkerValue.of("<0.01"))
    ...     for day, tg in zip(days, [10, 21, 39])
    ... ]
    >>> found = tg_doubling_time(samples)
    >>> round(found.years, 2), [round(end, 2) for end in found.interval_years]
    (1.02, [0.62, 2.93])
    """
    used = rules or marker_rules()
    if not 0 < level < 1:
        raise InputError(f"a level of {level}", "a number between 0 and 1, such as 0.95", "correct it")
    ordered = sorted(samples, key=lambda sample: sample.on)
    assay = ordered[-1].tg_assay if ordered else ""
    reasons = [(sample, _why_left_out(sample, assay, used.doubling)) for sample in ordered]
    kept = [sample for sample, reason in reasons if not reason]
    left_out = tuple((sample.on, reason) for sample, reason in reasons if reason)
    if len({sample.on for sample in kept}) < used.doubling.at_least:
        said = "; ".join(f"{on}: {reason}" for on, reason in left_out)
        raise InputError(
            f"{len({sample.on for sample in kept})} days with a Tg that can be used"
            + (f" (left out: {said})" if said else ""),
            f"at least {used.doubling.at_least}, under suppressed TSH, without TgAb, by one assay",
            "wait for more samples, or state what is missing",
        )
    return _fit(kept, left_out, level, used.doubling)


def _why_left_out(sample: TgSample, assay: str, rule: DoublingRule) -> str:
    tsh = sample.tsh_mu_per_l
    limit = rule.tsh_below_mu_per_l
    if sample.tg.censored:
        return f"Tg is known only as {sample.tg}"
    if sample.tg.low == 0:
        return "Tg of 0 has no logarithm"
    if tsh is None or tsh.high is None or tsh.high > limit or (tsh.high == limit and not tsh.censored):
        return f"TSH {'is not stated' if tsh is None else f'of {tsh} mU/L'}, not below {limit:g} mU/L"
    if sample.antibody_positive is not False:
        return antibody_lacking(sample) or "TgAb is positive"
    if not sample.tg_assay or sample.tg_assay != assay:
        return f"assay '{sample.tg_assay}', not '{assay}'" if sample.tg_assay else "the assay is not stated"
    return ""


def _fit(
    kept: Sequence[TgSample], left_out: tuple[tuple[date, str], ...], level: float, rule: DoublingRule
) -> DoublingTime:
    from scipy.stats import (  # a second of the processor, which the list of patients must not wait for
        linregress,
        t,
    )

    years = np.array([(sample.on - kept[0].on).days for sample in kept]) / DAYS_PER_YEAR
    line = linregress(years, np.log([sample.tg.low for sample in kept]))
    rate = float(line.slope)
    reach = float(t.ppf(0.5 + level / 2.0, len(kept) - 2) * line.stderr)
    rates = (rate - reach, rate + reach)
    sure = rates[0] > 0 or rates[1] < 0
    few = len(kept) < rule.published_at_least
    return DoublingTime(
        years=None if rate == 0 else log(2.0) / rate,
        interval_years=(log(2.0) / rates[1], log(2.0) / rates[0]) if sure else None,
        rate_per_year=rate,
        rate_interval_per_year=rates,
        level=level,
        used=tuple(sample.on for sample in kept),
        left_out=left_out,
        rule_ids=(rule.id,),
        note=f"{len(kept)} values; the published series used {rule.published_at_least} or more"
        if few
        else "",
    )
