"""Volume of one lesion visit by visit: reduction rate, category, and what the error of measurement leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from math import exp, inf, isfinite, sqrt
from typing import Final, Literal

from pydantic import Field, PositiveFloat

from seedbed.errors import InputError
from seedbed.patient import LesionMeasurement
from seedbed.protocol import Rule
from seedbed.protocol.conditions import DECIMALS_COMPARED, RuleModel
from seedbed.response.rule_tables import TableSource, read_rule_table
from seedbed.response.volume import ellipsoid_volume_cc

VolumeCategory = Literal["gone", "decreased", "stable", "increased", "not evaluable"]
SMALLEST_IN_SD: Final = 5.0
"""Below so many standard deviations of a diameter the interval, which is of first order, is not given."""


class DecreaseRule(Rule):
    """A decrease of a diameter, and of the sphere on it."""

    diameter_decrease_pct: float = Field(gt=0, le=100)

    @property
    def volume_pct(self) -> float:
        """Decrease of the volume, percent: ``1 - (1 - d)^3``."""
        return 100.0 * (1.0 - (1.0 - self.diameter_decrease_pct / 100.0) ** 3)


class IncreaseRule(Rule):
    """An increase of a diameter, and of the sphere on it."""

    diameter_increase_pct: PositiveFloat

    @property
    def volume_pct(self) -> float:
        """Increase of the volume, percent: ``(1 + d)^3 - 1``."""
        return 100.0 * ((1.0 + self.diameter_increase_pct / 100.0) ** 3 - 1.0)


class VolumeRules(RuleModel):
    """Categories of the volume of a lesion."""

    source: TableSource
    gone: Rule
    decreased: DecreaseRule
    increased: IncreaseRule
    stable: Rule
    not_evaluable: Rule


@dataclass(frozen=True, kw_only=True)
class VolumeResponse:
    """Volume of one lesion at one visit after baseline.

    Attributes
    ----------
    on : date
        Day of the image.
    volume_cc : float or None
        Volume; None where a diameter was not measured.
    reduction_pct : float or None
        Volume reduction rate (VRR) from baseline; negative where the lesion grew.
    interval_pct : tuple of float or None
        Interval of the VRR from the measurement error of the diameters; None where no error was stated, the
        lesion is gone, or a diameter is too small for it.
    change_from_smallest_pct : float or None
        Change from the smallest volume so far, baseline included; None where the lesion had gone before.
    category : {"gone", "decreased", "stable", "increased", "not evaluable"}
        By the rules.
    certain : bool or None
        Whether both ends of the intervals have the same category; None without an interval.
    rule_ids : tuple of str
        The rule that decided.
    reason : str
        Why, as a phrase.
    """

    on: date
    volume_cc: float | None
    reduction_pct: float | None
    interval_pct: tuple[float, float] | None
    change_from_smallest_pct: float | None
    category: VolumeCategory
    certain: bool | None
    rule_ids: tuple[str, ...]
    reason: str


@cache
def volume_rules() -> VolumeRules:
    """Return the shipped categories.

    Examples
    --------
    >>> rules = volume_rules()
    >>> round(rules.decreased.volume_pct, 1), round(rules.increased.volume_pct, 1)
    (65.7, 72.8)
    """
    return read_rule_table("volume_response.toml", VolumeRules)


def volume_responses(
    measurements: Sequence[LesionMeasurement],
    *,
    diameter_sd_mm: float | None = None,
    level: float = 0.95,
    rules: VolumeRules | None = None,
) -> tuple[VolumeResponse, ...]:
    """Judge the volume of one lesion at every visit after the first.

    Parameters
    ----------
    measurements : sequence of LesionMeasurement
        Of one lesion, in the order of time; the first is baseline.
    diameter_sd_mm : float, optional
        Standard deviation of the error of one diameter, mm, taken as independent between diameters and
        visits; a stated value gives intervals.
    level : float
        Of the intervals, between 0 and 1.
    rules : VolumeRules, optional
        The shipped ones by default: a local rule, as no consensus names categories of the VRR.

    Raises
    ------
    InputError
        No measurement, several lesions, dates out of order, a baseline without a volume, or an error or level
        out of range.

    References
    ----------
    VRR: Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.4. Interval: first-order propagation of
    ``ln(V / V0)``, ``exp(+-z sqrt(sum (sd / d_i)^2))`` over the six diameters (JCGM 100:2008, 5.1.6).

    Examples
    --------
    >>> days = [date(2026, 1, 5), date(2026, 3, 5)]
    >>> rows = [
    ...     LesionMeasurement(lesion="T1", on=day, ap_mm=size, cc_mm=size, transverse_mm=size)
    ...     for day, size in zip(days, [30.0, 20.0])
    ... ]
    >>> found = volume_responses(rows, diameter_sd_mm=1.0)[0]
    >>> found.category, round(found.reduction_pct, 1), [round(end, 1) for end in found.interval_pct]
    ('decreased', 70.4, [63.7, 75.8])
    >>> found.certain
    False
    """
    used = rules or volume_rules()
    _check(measurements, diameter_sd_mm, level)
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + level / 2.0))
    baseline = smallest = measurements[0]
    found = []
    for measured in measurements[1:]:
        if measured.three_diameters_mm is None:
            found.append(_not_measured(measured.on, used))
            continue
        to_first = _ratio(baseline, measured, sd_mm=diameter_sd_mm, z=z)
        to_smallest = _ratio(smallest, measured, sd_mm=diameter_sd_mm, z=z)
        found.append(_respond(measured, to_first, to_smallest, rules=used))
        if _volume(measured) < _volume(smallest):
            smallest = measured
    return tuple(found)


def vrr_log_sd(before_mm: Sequence[float], now_mm: Sequence[float], *, diameter_sd_mm: float) -> float:
    """Return the standard deviation of ``ln(V / V0)`` from the error of each of the diameters.

    Parameters
    ----------
    before_mm, now_mm : sequence of float
        Three diameters each, above zero.
    diameter_sd_mm : float
        Standard deviation of the error of one diameter, mm.

    Examples
    --------
    >>> round(vrr_log_sd([30.0, 30.0, 30.0], [20.0, 20.0, 20.0], diameter_sd_mm=1.0), 4)
    0.1041
    """
    return sqrt(sum((diameter_sd_mm / size) ** 2 for size in (*before_mm, *now_mm)))


@dataclass(frozen=True)
class _Ratio:
    """A volume over an earlier one (infinite from zero), and the factor that its error leaves."""

    value: float
    factor: float | None

    def end(self, sign: int) -> float:
        return self.value * (self.factor or 1.0) ** sign


def _ratio(before: LesionMeasurement, now: LesionMeasurement, *, sd_mm: float | None, z: float) -> _Ratio:
    first, volume = _volume(before), _volume(now)
    value = volume / first if first > 0 else (inf if volume > 0 else 1.0)
    sizes = (_diameters(before), _diameters(now))
    if sd_mm is None or min(*sizes[0], *sizes[1]) < SMALLEST_IN_SD * sd_mm or value in (0.0, inf):
        return _Ratio(value, None)
    return _Ratio(value, exp(z * vrr_log_sd(*sizes, diameter_sd_mm=sd_mm)))


def _respond(
    measured: LesionMeasurement, to_first: _Ratio, to_smallest: _Ratio, *, rules: VolumeRules
) -> VolumeResponse:
    category, rule = _category(to_first.value, to_smallest.value, rules)
    certain = None
    if to_first.factor is not None and to_smallest.factor is not None:
        ends = [_category(to_first.end(sign), to_smallest.end(sign), rules)[0] for sign in (-1, 1)]
        certain = ends[0] == ends[1]
    reduction = 100.0 * (1.0 - to_first.value)
    change = None if to_smallest.value == inf else 100.0 * (to_smallest.value - 1.0)
    grown = "it had gone before" if change is None else f"{change:+.1f} % from the smallest volume"
    return VolumeResponse(
        on=measured.on,
        volume_cc=_volume(measured),
        reduction_pct=reduction,
        interval_pct=None if to_first.factor is None else (_vrr(to_first.end(1)), _vrr(to_first.end(-1))),
        change_from_smallest_pct=change,
        category=category,
        certain=certain,
        rule_ids=(rule.id,),
        reason=f"volume reduction {reduction:.1f} %, {grown}",
    )


def _vrr(ratio: float) -> float:
    return 100.0 * (1.0 - ratio)


def _category(to_first: float, to_smallest: float, rules: VolumeRules) -> tuple[VolumeCategory, Rule]:
    if to_first == 0:
        return "gone", rules.gone
    if _reaches(100.0 * (to_smallest - 1.0), rules.increased.volume_pct):
        return "increased", rules.increased
    if _reaches(_vrr(to_first), rules.decreased.volume_pct):
        return "decreased", rules.decreased
    return "stable", rules.stable


def _reaches(value: float, limit: float) -> bool:
    """Tell whether a limit is reached; rounding errors of the arithmetic do not count."""
    return value >= limit - 10.0**-DECIMALS_COMPARED


def _not_measured(on: date, rules: VolumeRules) -> VolumeResponse:
    return VolumeResponse(
        on=on,
        volume_cc=None,
        reduction_pct=None,
        interval_pct=None,
        change_from_smallest_pct=None,
        category="not evaluable",
        certain=None,
        rule_ids=(rules.not_evaluable.id,),
        reason="a diameter was not measured",
    )


def _diameters(measured: LesionMeasurement) -> tuple[float, float, float]:
    three = measured.three_diameters_mm
    if three is None:
        raise InputError(
            f"no three diameters of lesion '{measured.lesion}' on {measured.on}",
            "anteroposterior, craniocaudal and transverse diameters at baseline",
            "measure them",
        )
    return three


def _volume(measured: LesionMeasurement) -> float:
    return ellipsoid_volume_cc(*_diameters(measured))


def _check(measurements: Sequence[LesionMeasurement], sd_mm: float | None, level: float) -> None:
    if not measurements or _volume(measurements[0]) == 0:
        raise InputError("no volume at baseline", "a first measurement of a volume above zero", "measure it")
    for earlier, later in pairwise(measurements):
        if later.lesion != earlier.lesion or later.on <= earlier.on:
            raise InputError(
                f"lesion '{later.lesion}' on {later.on} after lesion '{earlier.lesion}' on {earlier.on}",
                "one lesion, in the order of time",
                "sort the measurements, one lesion at a time",
            )
    if sd_mm is not None and not (isfinite(sd_mm) and sd_mm > 0):
        raise InputError(
            f"an error of {sd_mm} mm", "a standard deviation above 0 mm", "correct or leave it out"
        )
    if not 0 < level < 1:
        raise InputError(f"a level of {level}", "a number between 0 and 1, such as 0.95", "correct it")
