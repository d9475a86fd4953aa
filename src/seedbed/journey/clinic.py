"""The clinic's side: screen, prescribe, drug, visits and response by the rules of the protocol."""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from seedbed.geometry import measure_diameters
from seedbed.journey.case import Case
from seedbed.patient import Lesion, LesionMeasurement, Visit
from seedbed.protocol import (
    DrugCalendar,
    DueVisit,
    Prescription,
    Protocol,
    Screening,
    SeedActivity,
    drug_calendar,
    drug_start,
    prescribe,
    screen,
    seed_activity,
    visits_due,
)
from seedbed.response import ResponseHistory, assess_response, ellipsoid_volume_cc, volume_reduction_pct

CYCLES = 3
FOLLOWED_MONTHS = 12
LESION = "T1"


@dataclass(frozen=True)
class Decisions:
    """What the rules decide before the implantation."""

    screening: Screening
    prescription: Prescription
    activity: SeedActivity


@dataclass(frozen=True)
class FollowUp:
    """What is due and what came of it.

    Attributes
    ----------
    drug : DrugCalendar
    visits : tuple of DueVisit
    measurements : tuple of LesionMeasurement
        Baseline first.
    response : ResponseHistory
    volumes_cc, vrr_pct : tuple of float
        By the ellipsoid formula at each measurement, and the volume reduction rate against baseline.
    """

    drug: DrugCalendar
    visits: tuple[DueVisit, ...]
    measurements: tuple[LesionMeasurement, ...]
    response: ResponseHistory
    volumes_cc: tuple[float, ...]
    vrr_pct: tuple[float, ...]


def decide(case: Case, protocol: Protocol) -> Decisions:
    """Screen, prescribe and choose the seed activity by rule."""
    script = case.script["case"]
    return Decisions(
        screening=screen(case.facts, protocol, arm=script["arm"]),
        prescription=prescribe(case.facts, protocol),
        activity=seed_activity(script["site"], protocol),
    )


def follow(case: Case, protocol: Protocol) -> FollowUp:
    """Write the drug calendar and the visits, and judge the response from the measured diameters."""
    start = case.treated_on
    until = start + relativedelta(months=FOLLOWED_MONTHS)
    measurements = _measurements(case, start)
    volumes = tuple(_volume_cc(each) for each in measurements)
    lesion = Lesion(LESION, is_lymph_node=_is_node(case), location=case.lesion.name)
    visits = tuple(Visit(on=each.on, measurements=(each,)) for each in measurements)
    return FollowUp(
        drug=drug_calendar(drug_start(start, protocol), CYCLES, protocol=protocol),
        visits=visits_due(start, until=until, protocol=protocol),
        measurements=measurements,
        response=assess_response([lesion], visits, rules=protocol.response),
        volumes_cc=volumes,
        vrr_pct=tuple(volume_reduction_pct(volumes[0], volume) for volume in volumes),
    )


def _is_node(case: Case) -> bool:
    return case.digital is not None and bool(case.script["case"]["lesion"] == "lymph node")


def _measurements(case: Case, start: date) -> tuple[LesionMeasurement, ...]:
    """Baseline measured on the contours, the later visits by the synthetic course, in whole mm."""
    first = measure_diameters(case.lesion)
    steps = [(0, 1.0), *((row["month"], row["size"]) for row in case.script["course"])]
    return tuple(
        LesionMeasurement(
            lesion=LESION,
            on=start + relativedelta(months=month),
            longest_mm=round(first.longest_mm * size),
            short_axis_mm=round(first.short_axis_mm * size),
            ap_mm=round(first.ap_mm * size),
            cc_mm=round(first.cc_mm * size),
            transverse_mm=round(first.transverse_mm * size),
        )
        for month, size in steps
    )


def _volume_cc(measured: LesionMeasurement) -> float:
    three = measured.three_diameters_mm
    if three is None:
        raise ValueError("the synthetic course measures all three diameters")
    return ellipsoid_volume_cc(*three)
