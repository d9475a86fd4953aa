"""Where seeds lie against the plan, in numbers for machines."""

from typing import Any

from seedbed.journey.verification.finding import Finding
from seedbed.journey.verification.placing import Placement
from seedbed.verification import CloudScale, Migrated, NeedleDisplacement, SystematicDrift, UnpairedSeed


def placement_numbers(placement: Placement, found: Finding) -> dict[str, Any]:
    """Write pairs, drift, needles and seeds without a partner; seeds by the numbers of the list."""
    drifted, match = placement.drifted, placement.drifted.match
    away, beyond = match.distance_mm, drifted.residual_mm
    pairs = [
        {
            "planned": int(p) + 1,
            "found": int(found.seeds.numbers[f]),
            "displacement_mm": shift.tolist(),
            "distance_mm": float(length),
            "beyond_drift_mm": float(rest),
        }
        for p, f, shift, length, rest in zip(
            match.planned, match.found, match.displacement_mm, away, beyond, strict=True
        )
    ]
    return {
        "matched": len(match.planned),
        "mean_mm": float(away.mean()) if len(away) else None,
        "max_mm": float(away.max()) if len(away) else None,
        "beyond_drift_mean_mm": float(beyond.mean()) if len(beyond) else None,
        "drift": drifted.sentence,
        **_drift_numbers(drifted.systematic),
        "ambiguous": drifted.ambiguous,
        "pairs": pairs,
        "needles": [_needle_numbers(each) for each in placement.needles],
        "missing": [_unpaired_numbers(each, each.number + 1) for each in placement.missing],
        "extra": [_unpaired_numbers(each, int(found.seeds.numbers[each.number])) for each in placement.extra],
        "spread_of_seeds": None if placement.cloud is None else _cloud_numbers(placement.cloud),
    }


def _drift_numbers(drift: SystematicDrift | None) -> dict[str, Any]:
    """Shift and turn of the whole implant with standard errors; None where they cannot be told."""
    keys = ("shift_mm", "shift_se_mm", "turn_deg", "turn_se_deg")
    stated = {key: None if drift is None else getattr(drift, key) for key in keys}
    return {key: None if value is None else value.tolist() for key, value in stated.items()}


def _needle_numbers(each: NeedleDisplacement) -> dict[str, Any]:
    return {
        "needle": each.name,
        "planned": each.planned,
        "found": each.found,
        "missing": [number + 1 for number in each.missing],
        "mean_mm": None if each.mean_mm is None else each.mean_mm.tolist(),
        "along_mm": each.along_mm if each.depth_known or each.along_mm is None else abs(each.along_mm),
        "tip_known": each.depth_known,
        "across_mm": each.across_mm,
        "tilt_deg": each.tilt_deg,
        "words": each.sentence,
    }


def _unpaired_numbers(each: UnpairedSeed, number: int) -> dict[str, Any]:
    return {"number": number, "position_mm": each.position_mm.tolist(), "reason": each.reason}


def _cloud_numbers(cloud: CloudScale) -> dict[str, Any]:
    return {
        "scale": cloud.scale,
        "scale_se": cloud.scale_se,
        "volume_pct": cloud.volume_pct,
        "kind": cloud.kind,
        "words": cloud.sentence,
    }


def migrated_numbers(each: Migrated, found: Finding) -> dict[str, Any]:
    """Write one migrated seed."""
    return {
        "number": int(found.seeds.numbers[each.found]),
        "position_mm": each.position_mm.tolist(),
        "beyond_mm": each.beyond_mm,
        "measured_from": each.measured_from,
        "place": each.place,
        "surroundings": each.surroundings,
    }
