"""Air-kerma rate at a distance, and the rule by which a patient is released."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from seedbed.errors import DoseError
from seedbed.implant.order_rules import order_rule, release_rule
from seedbed.units import MBQ_PER_MCI

ReleaseVerdict = Literal["by activity", "by measured rate", "measure", "not by table"]


@dataclass(frozen=True)
class Release:
    """What the release table says of an implant.

    Attributes
    ----------
    verdict : {"by activity", "by measured rate", "measure", "not by table"}
        ``measure``: the activity is above the table's limit, so that the rate measured at 1 m decides.
        ``not by table``: the measured rate is above its limit, or the table has no row for the radionuclide.
    instructions : bool
        Whether written instructions are to be given; True where it is not known.
    activity_mbq : float
        Apparent activity in the patient, MBq.
    measured_msv_per_h : float or None
        Rate measured at 1 m.
    limit_mbq, limit_msv_per_h : float or None
        Limits of the table; None where it has no row.
    rules : tuple of str
    """

    verdict: ReleaseVerdict
    instructions: bool
    activity_mbq: float
    measured_msv_per_h: float | None
    limit_mbq: float | None
    limit_msv_per_h: float | None
    rules: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The result in words."""
        if self.limit_mbq is None or self.limit_msv_per_h is None:
            return "the table has no row for this radionuclide: release needs a calculation for this patient"
        have = f"{self.activity_mbq:.0f} MBq ({self.activity_mbq / MBQ_PER_MCI:.1f} mCi)"
        may = f"the table's {self.limit_mbq:g} MBq"
        rate = f"{self.limit_msv_per_h:g} mSv/h at 1 m"
        if self.verdict == "by activity":
            return f"{have} is within {may}: may be released by activity"
        if self.verdict == "measure":
            return f"{have} is above {may}: measure after implantation, release at or below {rate}"
        beside = f"{self.measured_msv_per_h:g} mSv/h measured at 1 m"
        if self.verdict == "by measured rate":
            return f"{beside} is within {rate}: may be released by measured rate"
        return f"{beside} is above {rate}: release needs a calculation for this patient"


def air_kerma_rate(strength_u: float, *, distance_m: float) -> float:
    """Air-kerma rate of the seeds at a distance, uGy/h: ``S_K / d^2``, an upper bound.

    Parameters
    ----------
    strength_u : float
        Air-kerma strength of all seeds together, U (uGy m2/h), 0 or more.
    distance_m : float
        Distance, m, 0.01 to 100 (rule ORDER-LIMITS); large against the implant.

    Returns
    -------
    float
        uGy/h, with nothing between the seeds and the point: tissue takes most of it away.

    Raises
    ------
    DoseError
        A negative strength, or a distance outside its limits.

    Notes
    -----
    Source: definition of air-kerma strength, AAPM TG-43U1 (doi 10.1118/1.1646040).

    Examples
    --------
    >>> air_kerma_rate(35.56, distance_m=2.0)
    8.89
    """
    if not (isfinite(strength_u) and strength_u >= 0):
        raise DoseError(f"a total strength of {strength_u} U", "a number, 0 or more", "correct the strength")
    limits = order_rule("ORDER-LIMITS").numbers
    near, far = limits["nearest_m"], limits["farthest_m"]
    if not near <= distance_m <= far:
        raise DoseError(f"a distance of {distance_m} m", f"{near:g} to {far:g} m", "give it in metres")
    return strength_u / distance_m**2


def release(activity_mbq: float, *, radionuclide: str, measured_msv_per_h: float | None = None) -> Release:
    """Say what the release table of the NRC says of an implant; a measured rate decides before the activity.

    Parameters
    ----------
    activity_mbq : float
        Apparent activity of all seeds in the patient at that time, MBq.
    radionuclide : str
        For example ``"I-125"``.
    measured_msv_per_h : float, optional
        Dose rate measured at 1 m from the patient, mSv/h.

    Raises
    ------
    DoseError
        A negative or non-finite activity or rate.

    Notes
    -----
    Source: 10 CFR 35.75; NRC Regulatory Guide 8.39 (1997), Tables 1 and 2. A value at the limit is within it.

    Examples
    --------
    >>> release(200.0, radionuclide="I-125").verdict
    'by activity'
    >>> release(900.0, radionuclide="I-125").verdict
    'measure'
    >>> release(900.0, radionuclide="I-125", measured_msv_per_h=0.004).verdict
    'by measured rate'
    """
    for what, value in (("activity (MBq)", activity_mbq), ("rate at 1 m (mSv/h)", measured_msv_per_h)):
        if value is not None and not (isfinite(value) and value >= 0):
            raise DoseError(f"the {what} is {value}", "a number, 0 or more", "correct it")
    row = release_rule(radionuclide)
    if row is None:
        return Release(
            "not by table", True, activity_mbq, measured_msv_per_h, None, None, ("RELEASE-5", "RELEASE-1")
        )
    limits, rate = row.numbers, measured_msv_per_h
    return Release(
        verdict=_verdict(activity_mbq, rate, limits["release_mbq"], limits["release_msv_per_h"]),
        instructions=activity_mbq > limits["instruct_mbq"]
        if rate is None
        else rate > limits["instruct_msv_per_h"],
        activity_mbq=activity_mbq,
        measured_msv_per_h=rate,
        limit_mbq=limits["release_mbq"],
        limit_msv_per_h=limits["release_msv_per_h"],
        rules=("RELEASE-5", "RELEASE-1", row.id),
    )


def _verdict(
    activity_mbq: float, rate: float | None, limit_mbq: float, limit_msv_per_h: float
) -> ReleaseVerdict:
    if rate is not None:
        return "by measured rate" if rate <= limit_msv_per_h else "not by table"
    return "by activity" if activity_mbq <= limit_mbq else "measure"
