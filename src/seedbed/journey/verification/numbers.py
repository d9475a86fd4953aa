"""A verification in numbers for machines: what ``verify.json`` holds."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.dosimetry import Dvh
from seedbed.imaging import Registration
from seedbed.imaging.seed_found import CERTAIN, RefusedBlob
from seedbed.implant import SeedImplant, radionuclide
from seedbed.journey.dose_numbers import goal_numbers, structure_numbers
from seedbed.journey.plan.numbers import LIBRARIES
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.finding import Finding
from seedbed.journey.verification.judging import Given, JudgedDose
from seedbed.journey.verification.placement_numbers import migrated_numbers, placement_numbers
from seedbed.journey.verification.placing import Placement
from seedbed.journey.verification.question import VerifyQuestion
from seedbed.journey.verification.seed_table import edits_as_dict
from seedbed.planning.top_up import TopUp
from seedbed.report import NOTICE
from seedbed.verification import ColdRegion, ColdReport, LocalisationSpread, Migrated, VolumeChange


def verify_document(
    asked: Asked,
    found: Finding,
    given: Given,
    placement: Placement | None,
    migrated: Sequence[Migrated],
    dose: JudgedDose | None,
) -> dict[str, Any]:
    """Write all of it ready for JSON: no number that is not finite."""
    question = asked.question
    return {
        "seedbed": {"version": version("seedbed"), "notice": NOTICE},
        "patient": {"id": asked.ct.identity.patient_id, "study_uid": asked.ct.identity.study_uid},
        "synthetic": asked.ct.identity.synthetic,
        "ct": _ct_numbers(asked),
        "implanted": question.count,
        "found": found.seeds.count,
        "doubtful": [int(found.seeds.numbers[n]) for n in found.doubtful],
        "seeds": _seed_numbers(found, None if dose is None else given.implant),
        "refused": [_refused_numbers(each) for each in found.raw.refused],
        "edits": None if found.edits is None else edits_as_dict(found.edits),
        "source": None if dose is None else {"name": asked.source.name, "title": asked.source.title},
        "strength_u": None if dose is None else given.strength_u,
        "registration": None if asked.registration is None else _registration_numbers(asked.registration),
        "plan": None if asked.plan is None else _plan_numbers(asked),
        "placement": None if placement is None else placement_numbers(placement, found),
        "migrated": [migrated_numbers(each, found) for each in migrated],
        "prescription_gy": asked.rx_gy,
        "target": None if asked.contours is None else asked.contours.target.name,
        "contours": None if asked.contours is None else asked.contours.how,
        "dose": None if dose is None else _dose_numbers(dose, asked),
        "cold_words": [] if dose is None else cold_words(dose),
        "random_seed": question.random_seed,
        "versions": {name: version(name) for name in (*LIBRARIES, "SimpleITK")},
        "asked": _asked(question),
        "inputs": {key: dict(each) for key, each in asked.inputs.items()},
    }


def _asked(question: VerifyQuestion) -> dict[str, Any]:
    """All options as they were given but the place of the results, files and folders by their names."""
    plain: dict[str, Any] = {}
    for key, value in vars(question).items():
        if key == "out":
            continue
        if isinstance(value, Path):
            plain[key] = value.resolve().name
        elif isinstance(value, date):
            plain[key] = value.isoformat()
        else:
            plain[key] = list(value) if isinstance(value, tuple) else value
    return plain


def cold_words(dose: JudgedDose) -> list[str]:
    """Say each cold region in one line, those under 90 % of the prescription within those under 100 %.

    Deep parts follow the region in which they lie.
    """
    cold, lines = dose.cold, []
    for number, region in enumerate(cold.under_100):
        lines.append(_cold_line(region, "the prescription"))
        deep = [each for each, place in zip(cold.under_90, cold.within, strict=True) if place == number]
        lines += [f"  of it {_cold_line(each, '90 % of it')}" for each in deep]
    return lines


def _cold_line(region: ColdRegion, what: str) -> str:
    return (
        f"{region.volume_cc:.2f} cc ({region.share_pct:.1f} %) under {what}, {region.below_gy:g} Gy: "
        f"{region.where}; {region.least_gy:.0f} Gy at least, {region.reach}"
    )


def _ct_numbers(asked: Asked) -> dict[str, Any]:
    grid = asked.ct.volume.grid
    return {
        "series_uid": asked.ct.series_uid,
        "study_date": asked.ct.identity.study_date,
        "spacing_mm": list(grid.spacing_mm),
        "shape": list(grid.shape),
    }


def _seed_numbers(found: Finding, implant: SeedImplant | None) -> list[dict[str, Any]]:
    """Write each seed; strength and use of its axis only where a dose was calculated."""
    seeds = found.seeds
    return [
        {
            "number": int(seeds.numbers[n]),
            "position_mm": seeds.positions_mm[n].tolist(),
            "axis": seeds.axes[n].tolist() if seeds.axes[n].any() else None,
            "confidence": float(seeds.confidence[n]),
            "certain": bool(seeds.confidence[n] >= CERTAIN),
            "axis_sd_deg": float(seeds.axis_sd_deg[n]),
            "position_sd_mm": float(seeds.position_sd_mm[n]),
            "origin": seeds.origin[n],
            "doubt": seeds.doubt[n],
            "strength_u": None if implant is None else float(implant.strengths_u[n]),
            "axis_used": None if implant is None else bool(implant.axis_known[n]),
        }
        for n in range(seeds.count)
    ]


def _refused_numbers(each: RefusedBlob) -> dict[str, Any]:
    return {"position_mm": each.position_mm.tolist(), "confidence": float(each.confidence), "why": each.why}


def _registration_numbers(registration: Registration) -> dict[str, Any]:
    quality = registration.quality
    return {
        "kind": "rigid" if registration.deformation is None else "deformable",
        "shift_mm": np.asarray(quality.shift_mm).tolist(),
        "turn_deg": np.asarray(quality.turn_deg).tolist(),
        "correlation_before": quality.correlation_before,
        "correlation_after": quality.correlation_after,
        "inverse_consistency_mm": quality.inverse_consistency_mm,
        "grade": quality.grade,
        "words": quality.words,
    }


def _plan_numbers(asked: Asked) -> dict[str, Any] | None:
    if asked.plan is None:
        return None
    file = asked.plan.file
    u_per_mci = radionuclide(asked.source.radionuclide).u_per_mci
    return {
        "uid": file.uid,
        "seeds": file.implant.count,
        "prescription_gy": file.dose_gy,
        "target": file.target,
        "total_strength_u": float(file.implant.strengths_u.sum()),
        "total_activity_mci": float(file.implant.strengths_u.sum()) / u_per_mci,
        "carried_by_registration": asked.plan.moved,
    }


def _dose_numbers(dose: JudgedDose, asked: Asked) -> dict[str, Any]:
    rx = dose.goals.prescription_gy
    return {
        "planned": _state(dose.planned, rx) or None,
        "given": _state(dose.given, rx),
        "goals": [{"goal": str(r.goal), **goal_numbers(r)} for r in dose.results],
        "localisation": _spread_numbers(dose, dose.spread),
        "volume_change": None if dose.change is None else _change_numbers(dose.change),
        "cold": cold_numbers(dose.cold),
        "top_up": None if dose.top_up is None else _top_up_numbers(dose.top_up, rx),
        "top_up_asked": asked.question.top_up,
    }


def _state(dvhs: Mapping[str, Dvh], rx_gy: float) -> dict[str, Any]:
    return {name: structure_numbers(dvh, rx_gy) for name, dvh in dvhs.items()}


def _spread_numbers(dose: JudgedDose, spread: LocalisationSpread) -> dict[str, Any]:
    """D90 and V100 of record with what errors of localisation leave open, 5 to 95 %."""
    keys = ("seen", "p5", "p95")
    return {
        "d90_gy": dict(zip(keys, dose.interval("D90"), strict=True)),
        "v100_pct": dict(zip(keys, dose.interval("V100"), strict=True)),
        "trials": spread.trials,
        "random_seed": spread.random_seed,
        "contours_sd_mm": spread.localisation.common_sd_mm,
    }


def _change_numbers(change: VolumeChange) -> dict[str, Any]:
    return {
        "before_cc": change.before_cc,
        "after_cc": change.after_cc,
        "change_pct": change.change_pct,
        "kind": change.kind,
        "words": change.sentence,
    }


def cold_numbers(cold: ColdReport) -> dict[str, Any]:
    """Write the cold regions, those under 90 % of the prescription with the number of the one they lie in."""
    return {
        "under_100_pct": [_cold_numbers(each) for each in cold.under_100],
        "under_90_pct": [
            _cold_numbers(each) | {"within": place + 1}
            for each, place in zip(cold.under_90, cold.within, strict=True)
        ],
        "cold_cc": list(cold.cold_cc),
    }


def _cold_numbers(region: ColdRegion) -> dict[str, Any]:
    return {
        "below_gy": region.below_gy,
        "volume_cc": region.volume_cc,
        "share_pct": region.share_pct,
        "least_gy": region.least_gy,
        "mean_gy": region.mean_gy,
        "centre_mm": region.centre_mm.tolist(),
        "coldest_mm": region.coldest_mm.tolist(),
        "z_mm": [region.lower_z_mm, region.upper_z_mm],
        "slices": None if region.slices is None else list(region.slices),
        "touches_surface": region.touches_surface,
        "place": region.where,
    }


def _top_up_numbers(found: TopUp, rx_gy: float) -> dict[str, Any]:
    planned = found.planned
    return {
        "seeds": found.extra,
        "needles": [] if planned is None else _needles_of(planned.plan.implant),
        "cold_before_cc": found.cold_before_cc,
        "cold_after_cc": found.cold_after_cc,
        "goals": [{"goal": str(r.goal), **goal_numbers(r)} for r in found.after],
        "after": None if planned is None else _state(planned.plan.dvhs, rx_gy),
    }


def _needles_of(implant: SeedImplant) -> list[dict[str, Any]]:
    """Needles of a top-up with the places of their seeds."""
    return [
        {
            "name": needle.name,
            "entry_mm": list(needle.entry_mm),
            "tip_mm": list(needle.tip_mm),
            "seeds": [
                {"position_mm": implant.positions_mm[n].tolist(), "strength_u": float(implant.strengths_u[n])}
                for n in np.flatnonzero(implant.needle_index == number)
            ],
        }
        for number, needle in enumerate(implant.needles)
    ]
