"""What the verification sheet is told, in its own nouns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import Dvh
from seedbed.journey.dose_numbers import LARGE_CC, dvh_numbers
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.finding import Finding
from seedbed.journey.verification.judging import JudgedDose
from seedbed.journey.verification.placing import Placement
from seedbed.planning.goals import TARGET
from seedbed.planning.top_up import TopUp
from seedbed.report import verification_facts as facts
from seedbed.verification import ColdRegion, Migrated

FloatArray = NDArray[np.float64]


def seeds_fact(asked: Asked, found: Finding, placement: Placement | None) -> facts.FoundSeeds:
    """Count the seeds."""
    edits, match = found.edits, None if placement is None else placement.drifted.match
    away = np.empty(0) if match is None else match.distance_mm
    return facts.FoundSeeds(
        implanted=asked.question.count,
        found=found.seeds.count,
        matched=None if match is None else len(match.planned),
        missing=None if match is None else len(match.missing),
        extra=None if match is None else len(match.extra),
        mean_mm=float(away.mean()) if len(away) else None,
        most_mm=float(away.max()) if len(away) else None,
        doubtful=len(found.doubtful),
        refused=len(found.unsettled),
        added=0 if edits is None else len(edits.added),
        deleted=0 if edits is None else len(edits.deleted),
        moved=0 if edits is None else len(edits.moved),
    )


def needle_rows(placement: Placement) -> list[facts.NeedleMoved]:
    """Describe each needle's displacement; where its tip is not known, the part along it has no sign."""
    return [
        facts.NeedleMoved(
            each.name, each.planned, each.found, len(each.missing),
            None if each.mean_mm is None else float(np.linalg.norm(each.mean_mm)),
            each.along_mm if each.depth_known or each.along_mm is None else abs(each.along_mm),
            each.across_mm, each.depth_known,
        )
        for each in placement.needles
    ]  # fmt: skip


def whole_fact(placement: Placement) -> facts.WholeMoved | None:
    """Describe the drift of the implant; None where it cannot be told, which a note says."""
    drift, beyond = placement.drifted.systematic, placement.drifted.residual_mm
    if drift is None:
        return None
    return facts.WholeMoved(
        _triple(drift.shift_mm),
        None if drift.turn_deg is None else float(np.linalg.norm(drift.turn_deg)),
        float(beyond.mean()) if len(beyond) else None,
        placement.drifted.sentence,
    )


def migrated_facts(migrated: Sequence[Migrated], found: Finding) -> list[facts.MigratedSeed]:
    """Describe migrated seeds."""
    return [
        facts.MigratedSeed(
            str(found.seeds.numbers[each.found]), _triple(each.position_mm), each.beyond_mm,
            f"{each.place}{f', in {each.surroundings}' if each.surroundings else ''}",
        )
        for each in migrated
    ]  # fmt: skip


def contours_fact(asked: Asked) -> facts.ContoursFrom:
    """Say how the contours came to the CT."""
    registration = asked.registration
    if asked.contours is None:
        return facts.ContoursFrom("none")
    if registration is None or not asked.contours.carried:
        return facts.ContoursFrom("unchanged" if asked.contours.how == "unchanged" else "drawn")
    quality = registration.quality
    figures = [
        ("Correlation before", f"{quality.correlation_before:.2f}"),
        ("Correlation after", f"{quality.correlation_after:.2f}"),
        ("Inverse consistency", f"{quality.inverse_consistency_mm:.1f} mm"),
    ]
    how: facts.Contours = "rigid" if registration.deformation is None else "deformable"
    return facts.ContoursFrom(how, quality.words, quality.usable, figures)


def volume_fact(dose: JudgedDose | None) -> facts.VolumeChange | None:
    """State edema or shrinkage of a target known on both CTs."""
    if dose is None or dose.change is None:
        return None
    return facts.VolumeChange(dose.change.before_cc, dose.change.after_cc)


def target_states(dose: JudgedDose | None) -> tuple[dict[str, float] | None, ...]:
    """Metrics of the target as planned, as given and with the top-up."""
    if dose is None:
        return None, None, None
    rx = dose.goals.prescription_gy
    after = dose.top_up.planned.plan.dvhs if dose.top_up is not None and dose.top_up.planned else {}
    states = (dose.planned, dose.given, after)
    return tuple(dvh_numbers(state[TARGET], rx) if TARGET in state else None for state in states)


def organ_rows(dose: JudgedDose | None) -> list[tuple[str, float | None, float | None]]:
    """Name, D2cc planned and given of each organ; None where it is smaller than that."""
    if dose is None:
        return []
    return [
        (name, _d2cc(dose.planned.get(name)), _d2cc(dvh))
        for name, dvh in dose.given.items()
        if name != TARGET
    ]


def organs_after(dose: JudgedDose | None) -> dict[str, float]:
    """D2cc of each organ with the top-up."""
    if dose is None or dose.top_up is None or dose.top_up.planned is None:
        return {}
    found = {name: _d2cc(dvh) for name, dvh in dose.top_up.planned.plan.dvhs.items() if name != TARGET}
    return {name: value for name, value in found.items() if value is not None}


def all_cold(dose: JudgedDose) -> tuple[list[facts.ColdPlace], list[facts.ColdPlace]]:
    """Regions under the prescription and under 90 % of it."""
    return [_cold(each) for each in dose.cold.under_100], [_cold(each) for each in dose.cold.under_90]


def top_up_fact(dose: JudgedDose | None, short_hash: str) -> facts.TopUp | None:
    """Describe the seeds to add; None where there are none."""
    found: TopUp | None = None if dose is None else dose.top_up
    if dose is None or found is None or found.planned is None:
        return None
    implant, after = found.planned.plan.implant, found.planned.plan.target_dvh
    where = [
        facts.TopUpNeedle(
            needle.name, needle.entry_mm, needle.tip_mm,
            [_triple(implant.positions_mm[n]) for n in np.flatnonzero(implant.needle_index == number)],
        )
        for number, needle in enumerate(implant.needles)
    ]  # fmt: skip
    same = float(np.ptp(implant.strengths_u)) == 0
    return facts.TopUp(
        found.extra, len(implant.needles), after.dose_to_pct(90),
        after.volume_pct(dose.goals.prescription_gy), short_hash,
        float(implant.strengths_u[0]) if same else None, where,
    )  # fmt: skip


def _cold(region: ColdRegion) -> facts.ColdPlace:
    return facts.ColdPlace(
        region.volume_cc,
        region.least_gy,
        _triple(region.coldest_mm),
        (region.lower_z_mm, region.upper_z_mm),
        _triple(region.offset_mm),
        region.slices,
    )


def _triple(values: FloatArray) -> facts.Place:
    x, y, z = (float(value) for value in values)
    return x, y, z


def _d2cc(dvh: Dvh | None) -> float | None:
    return dvh.dose_to_cc(LARGE_CC) if dvh is not None and dvh.total_cc >= LARGE_CC else None
