"""The order and safety sheet: which seeds to order, to measure, and what to watch on the way home."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Literal

from seedbed.errors import DoseError
from seedbed.implant.assay import (
    Assay,
    assay,
    check_count,
    loose_seeds_to_measure,
    seeds_to_measure,
    shown_count,
)
from seedbed.implant.decay import check_half_life, decay_factor
from seedbed.implant.order_rules import OrderRule, order_rule
from seedbed.implant.release import Release, air_kerma_rate, release
from seedbed.implant.strengths import check_strength
from seedbed.units import MBQ_PER_MCI

StatedAt = Literal["calibration", "implant"]


@dataclass(frozen=True)
class Strength:
    """One strength in the three units in use.

    Attributes
    ----------
    u : float
        Air-kerma strength, U.
    mci, mbq : float
        Apparent activity, mCi and MBq.

    Examples
    --------
    >>> Strength.of_u(1.27, u_per_mci=1.27)
    Strength(u=1.27, mci=1.0, mbq=37.0)
    """

    u: float
    mci: float
    mbq: float

    @classmethod
    def of_u(cls, strength_u: float, *, u_per_mci: float) -> "Strength":
        """Make one of an air-kerma strength and the U of 1 mCi apparent activity."""
        mci = strength_u / u_per_mci
        return cls(u=strength_u, mci=mci, mbq=mci * MBQ_PER_MCI)


@dataclass(frozen=True)
class OrderRequest:
    """Seeds to be ordered.

    Attributes
    ----------
    seeds : int
        Seeds to implant, 1 or more; with spare ones at most 10000.
    strength_u : float
        Air-kerma strength of one seed, U, as a permanent seed can have it.
    calibrated, implanted : date
        Day for which the manufacturer states the strength, and day of implantation, either first.
    radionuclide : str
    half_life_days, u_per_mci : float
        Of the radionuclide; above 0.
    stated_at : {"calibration", "implant"}
        Day at which ``strength_u`` holds.
    spare : int
        Seeds ordered beyond those to implant.
    source : str
        Seed model; empty where not stated.
    measured_u : tuple of float
        Assay: strength of each seed measured, U.
    measured_on : date or None
        Day at which ``measured_u`` holds; the calibration day where None.
    distance_m : float
        Distance for the air-kerma rate.
    measured_msv_per_h : float or None
        Dose rate measured at 1 m from the patient.

    Raises
    ------
    DoseError
        A number that has no meaning, days too far apart (rule ORDER-DATES), or a strength, number or distance
        that is taken for a typing error (rule ORDER-LIMITS).
    """

    seeds: int
    strength_u: float
    calibrated: date
    implanted: date
    radionuclide: str
    half_life_days: float
    u_per_mci: float
    stated_at: StatedAt = "calibration"
    spare: int = 0
    source: str = ""
    measured_u: tuple[float, ...] = ()
    measured_on: date | None = None
    distance_m: float = 1.0
    measured_msv_per_h: float | None = None

    def __post_init__(self) -> None:
        check_count(self.seeds)
        if isinstance(self.spare, bool) or not isinstance(self.spare, int) or self.spare < 0:
            raise DoseError(
                f"{shown_count(self.spare)} spare seeds", "a whole number, 0 or more", "correct it"
            )
        check_count(self.delivered)
        if not (isfinite(self.u_per_mci) and self.u_per_mci > 0):
            raise DoseError(f"{self.u_per_mci} U per mCi", "a number above 0", "1.270 for I-125")
        check_strength(self.strength_u, "a seed", u_per_mci=self.u_per_mci)
        if self.stated_at not in ("calibration", "implant"):
            raise DoseError(
                f"a strength stated at '{self.stated_at}'", "'calibration' or 'implant'", "choose one of them"
            )
        check_half_life(self.half_life_days)
        self._check_days()

    def _check_days(self) -> None:
        most = order_rule("ORDER-DATES").numbers["most_days"]
        for what, day in (("implantation", self.implanted), ("assay", self.measured_on)):
            if day is not None and abs((day - self.calibrated).days) > most:
                raise DoseError(
                    f"calibration on {self.calibrated} and {what} on {day}",
                    f"at most {most:g} days between them",
                    "check the years",
                )

    @property
    def delivered(self) -> int:
        """Seeds ordered, spare ones included."""
        return self.seeds + self.spare


@dataclass(frozen=True)
class OrderSheet:
    """What to order, to measure and to watch; with the rules that say so.

    Attributes
    ----------
    request : OrderRequest
        The facts used.
    days : int
        From calibration to implantation, negative where implantation comes first.
    decay_factor : float
        Strength at implantation over strength at calibration.
    seed_at_calibration, seed_at_implant : Strength
        One seed.
    seed_to_order : Strength
        What one seed must have at calibration to have ``request.strength_u`` at implantation. It is the order
        only where that strength is stated for the implantation; ``seed_to_order_is`` says so in words.
    implanted_at_calibration, implanted_at_implant : Strength
        All seeds to implant together.
    delivered_at_calibration, delivered_at_implant : Strength
        All seeds ordered together, spare ones included.
    assay_seeds, assay_seeds_loose : int
        Seeds to measure: 10 %, and where they are loose.
    assay : Assay or None
        None where nothing was measured yet.
    air_kerma_rate_ugy_per_h : float
        Of the implanted seeds at ``request.distance_m`` on the day of implantation, an upper bound.
    release : Release
    rules : tuple of OrderRule
        Every rule used.
    """

    request: OrderRequest
    days: int
    decay_factor: float
    seed_at_calibration: Strength
    seed_at_implant: Strength
    seed_to_order: Strength
    implanted_at_calibration: Strength
    implanted_at_implant: Strength
    delivered_at_calibration: Strength
    delivered_at_implant: Strength
    assay_seeds: int
    assay_seeds_loose: int
    assay: Assay | None
    air_kerma_rate_ugy_per_h: float
    release: Release
    rules: tuple[OrderRule, ...]

    @property
    def seed_to_order_is(self) -> str:
        """What ``seed_to_order`` is, in words."""
        request = self.request
        if request.stated_at == "implant":
            return (
                f"order this: the strength on the calibration day {request.calibrated} of a seed that has "
                f"the {request.strength_u:.4g} U wanted on the implant day {request.implanted}"
            )
        return (
            f"not the order: the {request.strength_u:.4g} U are stated for the calibration day "
            f"{request.calibrated}; were they wanted on the implant day {request.implanted}, a seed would "
            "have to have this at calibration"
        )


def order_sheet(request: OrderRequest) -> OrderSheet:
    """Work out the order and safety sheet.

    Raises
    ------
    DoseError
        An assay that has no meaning, or a strength on the calibration day that no permanent seed has.

    Notes
    -----
    Sources: the rules in ``order_rules.toml``; every rule used is in the result.

    Examples
    --------
    >>> days = date(2026, 11, 20), date(2026, 12, 1)
    >>> sheet = order_sheet(OrderRequest(40, 0.889, *days, "I-125", half_life_days=59.40, u_per_mci=1.270))
    >>> sheet.days, round(sheet.seed_at_implant.u, 4), round(sheet.seed_to_order.u, 4)
    (11, 0.7819, 1.0108)
    """
    days = (request.implanted - request.calibrated).days
    left = decay_factor(days, request.half_life_days)
    at_calibration = request.strength_u / (1.0 if request.stated_at == "calibration" else left)
    check_strength(at_calibration, "a seed on the calibration day", u_per_mci=request.u_per_mci)

    def strength(seeds: int, factor: float) -> Strength:
        return Strength.of_u(seeds * at_calibration * factor, u_per_mci=request.u_per_mci)

    in_patient = strength(request.seeds, left)
    checked = _assay(request, at_calibration)
    may_leave = release(
        in_patient.mbq, radionuclide=request.radionuclide, measured_msv_per_h=request.measured_msv_per_h
    )
    return OrderSheet(
        request=request,
        days=days,
        decay_factor=left,
        seed_at_calibration=strength(1, 1.0),
        seed_at_implant=strength(1, left),
        seed_to_order=Strength.of_u(request.strength_u / left, u_per_mci=request.u_per_mci),
        implanted_at_calibration=strength(request.seeds, 1.0),
        implanted_at_implant=in_patient,
        delivered_at_calibration=strength(request.delivered, 1.0),
        delivered_at_implant=strength(request.delivered, left),
        assay_seeds=seeds_to_measure(request.delivered),
        assay_seeds_loose=loose_seeds_to_measure(request.delivered),
        assay=checked,
        air_kerma_rate_ugy_per_h=air_kerma_rate(in_patient.u, distance_m=request.distance_m),
        release=may_leave,
        rules=_rules_used(checked, may_leave),
    )


def _assay(request: OrderRequest, at_calibration_u: float) -> Assay | None:
    """Compare with the stated strength on the day of the measurement."""
    if not request.measured_u:
        return None
    day = request.measured_on or request.calibrated
    left = decay_factor((day - request.calibrated).days, request.half_life_days)
    return assay(request.measured_u, stated_u=at_calibration_u * left, seeds=request.delivered)


def _rules_used(checked: Assay | None, may_leave: Release) -> tuple[OrderRule, ...]:
    measured = checked.rules if checked else ("ASSAY-10", "ASSAY-MEAN", "ASSAY-SINGLE")
    ids = (
        measured[0],
        "ASSAY-LOOSE",
        *measured[1:],
        "RATE-AIR",
        *may_leave.rules,
        "CN-GBZ178",
        "ORDER-DATES",
        "ORDER-LIMITS",
    )
    return tuple(order_rule(name) for name in ids)
