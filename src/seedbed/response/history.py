"""What became of the disease, visit by visit and as a whole."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from seedbed.patient import PartialDate
from seedbed.response.confirmation import Confirmation, Response


@dataclass(frozen=True, kw_only=True)
class TimepointResponse:
    """Response at one visit after baseline.

    Attributes
    ----------
    on : date
        Day of the visit; of a date that is known in part the first day that it can be.
    when : PartialDate
        The date as far as it is known.
    label : str
        Name of the visit; empty where it has none.
    undated : bool
        Whether its date is not known at all; nothing was evaluable at it.
    response : {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"}
        Overall: complete response, partial response, stable disease, neither complete response nor
        progression (no target lesions), progression, not evaluable.
    target_response, non_target_response : str or None
        Of the target lesions and of the other lesions; None where there are none, or where the rules do not
        judge them.
    confirmation : {"confirmed", "unconfirmed", "pending", "not applicable"}
        Whether it was sustained; pending while no later visit can tell; not applicable for NE, and for a
        response that the rules do not ask to be confirmed.
    sum_mm : float or None
        Sum of diameters; None where a target lesion was not measured, or there is none.
    measured_sum_mm : float or None
        Sum over those that were measured; None without target lesions.
    nadir_mm : float or None
        Smallest sum of the earlier visits, baseline included.
    change_from_baseline_pct, change_from_nadir_pct : float or None
        Of the sum; None without a sum (or, from a nadir of zero, without a percentage).
    new_lesion : bool
        Whether a new lesion is there.
    new_lesions, equivocal_lesions : tuple of str
        Named new lesions, and those of which it is not sure whether they are new disease.
    not_measured : tuple of str
        Target lesions that were not measured.
    after_progression : bool
        Whether an earlier visit already showed progression.
    decided_by : tuple of str
        The lesions that decided; all that were measured where the sum did.
    rule_ids : tuple of str
        The rules used.
    reason : str
        Why, as a phrase.
    """

    on: date
    when: PartialDate
    label: str
    undated: bool = False
    response: Response
    target_response: Response | None
    non_target_response: Response | None
    confirmation: Confirmation
    sum_mm: float | None
    measured_sum_mm: float | None
    nadir_mm: float | None
    change_from_baseline_pct: float | None
    change_from_nadir_pct: float | None
    new_lesion: bool
    new_lesions: tuple[str, ...]
    equivocal_lesions: tuple[str, ...]
    not_measured: tuple[str, ...]
    after_progression: bool
    decided_by: tuple[str, ...]
    rule_ids: tuple[str, ...]
    reason: str


class JudgedVisit(NamedTuple):
    """What was found at one visit after baseline; the fields are those of `TimepointResponse`."""

    when: PartialDate
    label: str
    response: Response
    target_response: Response | None
    non_target_response: Response | None
    confirmation: Confirmation
    sum_mm: float | None
    new_lesions: tuple[str, ...]
    equivocal_lesions: tuple[str, ...]
    after_progression: bool


@dataclass(frozen=True, kw_only=True)
class Duration:
    """How long a response lasted.

    Attributes
    ----------
    since, until : PartialDate
        From the visit at which it was first met (stable disease: from baseline) to the first progression,
        or to the last visit that could be evaluated.
    ended : bool
        Whether progression ended it; else it is censored.
    days : int or None
        None where one of the two dates is not known to the day.
    """

    since: PartialDate
    until: PartialDate
    ended: bool

    @property
    def days(self) -> int | None:
        """Days from the first to the last; None where one is not known to the day.

        Examples
        --------
        >>> Duration(since=PartialDate("2026-01-05"), until=PartialDate("2026-02-05"), ended=True).days
        31
        """
        if self.since.day is None or self.until.day is None:
            return None
        return (self.until.day - self.since.day).days


@dataclass(frozen=True, kw_only=True)
class ResponseHistory:
    """Response of one patient over time.

    Attributes
    ----------
    criteria : str
        Which criteria.
    baseline_on : date
        Day of the first visit.
    baseline_when : PartialDate
        The same as far as it is known.
    baseline_sum_mm : float or None
        Sum of diameters at baseline; None without target lesions.
    timepoints : tuple of TimepointResponse
        The later visits, in the order of time.
    best_response : {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"}
        The best up to the first progression, confirmed or not; stable disease counts from its minimum time
        after baseline on.
    best_reason : str
        Why.
    best_confirmed_response, best_confirmed_reason : str
        The same, with the responses that must be confirmed counted only where they were.
    progressed_on : date or None
        Day of the first progression.
    progressed_when : PartialDate or None
        The same as far as it is known.
    response_duration, confirmed_response_duration, stable_duration : Duration or None
        Of complete or partial response from its first visit on; the same of a confirmed one; of stable
        disease from baseline, where that is the best response.
    not_measurable : tuple of str
        Target lesions that were too small at baseline to be measurable.
    notes : tuple of str
        What a reader must know: targets that are not measurable, too many, irradiated before, in bone.
    """

    criteria: str
    baseline_on: date
    baseline_when: PartialDate
    baseline_sum_mm: float | None
    timepoints: tuple[TimepointResponse, ...]
    best_response: Response
    best_reason: str
    best_confirmed_response: Response
    best_confirmed_reason: str
    progressed_on: date | None
    progressed_when: PartialDate | None
    response_duration: Duration | None
    confirmed_response_duration: Duration | None
    stable_duration: Duration | None
    not_measurable: tuple[str, ...]
    notes: tuple[str, ...]
