"""The machine's view of one journey: plain numbers with units in their names."""

import math
from importlib.metadata import version
from typing import Any

from seedbed.journey.bioeffect import bioeffect_as_dict
from seedbed.journey.clinic import Decisions, FollowUp
from seedbed.journey.dose_numbers import dvh_numbers, goal_numbers, organ_numbers
from seedbed.journey.quality import quality_numbers
from seedbed.journey.record import JourneyRecord
from seedbed.journey.uncertainty import uncertainty_numbers
from seedbed.report import NOTICE

DIGITS = 4


def summarise(record: JourneyRecord) -> dict[str, Any]:
    """Gather what one journey decided and measured, ready for JSON."""
    case, source = record.case, record.protocol.source
    rounded: dict[str, Any] = _rounded(
        {
            "seedbed": {"version": version("seedbed"), "notice": NOTICE},
            "case": {
                "title": case.title,
                "synthetic": list(case.synthetic),
                "inputs_sha256": dict(case.inputs),
                "random_seed": record.random_seed,
                "treated_on": case.treated_on.isoformat(),
            },
            "protocol": {"title": record.protocol.title, "doi": source.doi, "edition": source.edition},
            "screening": _screening(record.decisions),
            "prescription": _prescription(record.decisions),
            "plan": _plan(record),
            "verify": _verify(record),
            "drug": _drug(record.follow_up),
            "visits": [
                {"label": visit.label, "due": visit.on.isoformat(), "rules": list(visit.rule_ids)}
                for visit in record.follow_up.visits
            ],
            "response": _response(record.follow_up),
        }
    )
    return rounded


def _screening(decisions: Decisions) -> dict[str, Any]:
    screening = decisions.screening
    return {
        "decision": screening.decision,
        "against": list(screening.against),
        "unknown": list(screening.unknown),
        "criteria": [
            {"rule": each.rule_id, "kind": each.kind, "status": each.status, "text": each.text}
            for each in screening.criteria
        ],
    }


def _prescription(decisions: Decisions) -> dict[str, Any]:
    dose, activity = decisions.prescription, decisions.activity
    return {
        "dose_gy": dose.dose_gy,
        "rule": dose.rule_id,
        "text": dose.text,
        "also_matched": list(dose.also_matched),
        "note": dose.note,
        "seed_activity_mbq": activity.default_mbq,
        "seed_activity_mci": activity.default_mci,
        "seed_strength_u": activity.default_u,
        "activity_rule": activity.rule_id,
    }


def _plan(record: JourneyRecord) -> dict[str, Any]:
    case, decisions, planned = record.case, record.decisions, record.planned
    implant, plan = planned.plan.implant, planned.plan
    reached = dvh_numbers(planned.target_dvh, decisions.prescription.dose_gy)
    return {
        "target": case.target.name,
        "structures_not_kept_clear": list(case.ignored),
        "source": planned.source.name,
        "source_reference": planned.source.reference,
        "seeds": implant.count,
        "needles": len(implant.needles),
        "needle_azimuth_deg": planned.plan.needles.azimuth_deg,
        "skin_in_image": planned.plan.skin_seen,
        "total_activity_mbq": implant.count * decisions.activity.default_mbq,
        **reached,
        "quality": quality_numbers(planned.quality),
        "bioeffect_of_d90": bioeffect_as_dict(planned.effect),
        "uncertainty": uncertainty_numbers(planned.uncertainty),
        "cost": plan.cost,
        "v100_aim_pct": next(r.goal.limit for r in plan.results if r.goal.metric == "V100"),
        "aim_met": all(r.met for r in plan.results if r.goal.metric == "V100"),
        "goals": [goal_numbers(result) for result in plan.results],
        "organs": organ_numbers(planned.organ_dvhs),
        "rtdose_read_back_difference_gy": planned.read_back_gy,
        "rtplan_uid": planned.plan_uid,
        "rtdose_uid": planned.dose_uid,
    }


def _verify(record: JourneyRecord) -> dict[str, Any]:
    decisions, verified = record.decisions, record.verified
    distance = verified.match.distance_mm
    return {
        "seeds_implanted": verified.implanted,
        "seeds_found": verified.implant.count,
        "seeds_matched_to_plan": len(distance),
        "planned_without_found": len(verified.match.missing),
        "found_without_planned": len(verified.match.extra),
        "least_confidence": float(verified.confidence.min()) if verified.implant.count else None,
        "displacement_mean_mm": float(distance.mean()) if len(distance) else None,
        "displacement_max_mm": float(distance.max()) if len(distance) else None,
        **dvh_numbers(verified.target_dvh, decisions.prescription.dose_gy),
        "quality": quality_numbers(verified.quality),
        "organs": organ_numbers(verified.organ_dvhs),
        "cold_regions": [
            {
                "below_gy": region.below_gy,
                "volume_cc": region.volume_cc,
                "least_gy": region.least_gy,
                "centre_mm": [float(value) for value in region.centre_mm],
                "coldest_mm": [float(value) for value in region.coldest_mm],
                "z_mm": [region.lower_z_mm, region.upper_z_mm],
                "place": region.place,
            }
            for region in verified.cold
        ],
    }


def _drug(follow_up: FollowUp) -> dict[str, Any]:
    return {
        "name": follow_up.drug.drug,
        "rules": list(follow_up.drug.rule_ids),
        "cycles": [
            {
                "number": cycle.number,
                "dose_mg": cycle.dose_mg,
                "first_dose": cycle.first_dose.isoformat(),
                "last_dose": cycle.last_dose.isoformat(),
                "rest_until": cycle.rest_until.isoformat(),
            }
            for cycle in follow_up.drug.cycles
        ],
    }


def _response(follow_up: FollowUp) -> dict[str, Any]:
    history = follow_up.response
    rows = zip(history.timepoints, follow_up.volumes_cc[1:], follow_up.vrr_pct[1:], strict=True)
    return {
        "baseline_sum_mm": history.baseline_sum_mm,
        "best": history.best_response,
        "best_confirmed": history.best_confirmed_response,
        "visits": [
            {
                "on": point.on.isoformat(),
                "sum_mm": point.sum_mm,
                "change_from_baseline_pct": point.change_from_baseline_pct,
                "response": point.response,
                "confirmation": point.confirmation,
                "volume_cc": volume,
                "vrr_pct": vrr,
                "rules": list(point.rule_ids),
            }
            for point, volume, vrr in rows
        ],
    }


def _rounded(value: Any) -> Any:
    """Round floats for people who open the file; a number that is not finite has no place in it."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, float):
        return _rounded_number(value)
    return value


def _rounded_number(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a figure of the summary is not finite")
    small = 0.0 < abs(value) < 10.0**-DIGITS
    return float(f"{value:.3g}") if small else round(value, DIGITS)
