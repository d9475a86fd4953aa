"""Plan, write, scan again, find, and judge the dose that was given."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom import read_ct_series, write_ct_series
from seedbed.dosimetry import Dvh, Source, dose_function, structure_dvh
from seedbed.dosimetry.bioeffect import BioEffect, bio_effect
from seedbed.dosimetry.placement_errors import load_errors
from seedbed.dosimetry.quality import DoseQuality, dose_quality
from seedbed.dosimetry.tissues import load_tissue
from seedbed.dosimetry.uncertainty import Uncertainty, simulate_uncertainty
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, displace_seeds, find_seeds, make_post_implant_ct
from seedbed.implant import SeedImplant
from seedbed.journey.case import Case
from seedbed.journey.progress import Progress
from seedbed.journey.written_plan import Purpose, write_checked_dose, write_checked_plan
from seedbed.planning import Plan, PlanRequest, default_goals, plan_implant
from seedbed.protocol import Prescription, SeedActivity
from seedbed.verification import ColdRegion, Match, cold_regions, match_seeds

FloatArray = NDArray[np.float64]

SEARCH_MARGIN_MM = 15.0
TISSUE = "thyroid"


@dataclass(frozen=True)
class PlannedDose:
    """A plan with its dose and what was written of it.

    Attributes
    ----------
    plan : Plan
    source : Source
    target_dvh : Dvh
    organ_dvhs : tuple of Dvh
    quality : DoseQuality
    effect : BioEffect
        Of D90, with its band over alpha/beta.
    uncertainty : Uncertainty
        What random errors may do to this plan.
    dose_gy : ndarray over ``grid``
    grid : VoxelGrid
    plan_uid, dose_uid : str
    read_back_gy : float
        Largest difference between the dose calculated and the dose read back from the RTDOSE.
    """

    plan: Plan
    source: Source
    target_dvh: Dvh
    organ_dvhs: tuple[Dvh, ...]
    quality: DoseQuality
    effect: BioEffect
    uncertainty: Uncertainty
    dose_gy: FloatArray
    grid: VoxelGrid
    plan_uid: str
    dose_uid: str
    read_back_gy: float


@dataclass(frozen=True)
class VerifiedDose:
    """What a post-implant CT shows.

    Attributes
    ----------
    ct : CtVolume
    implanted : int
        Seeds that were put into the (synthetic) CT.
    implant : SeedImplant
        Seeds found.
    confidence : ndarray, shape (n,)
    match : Match
        Found to planned.
    target_dvh : Dvh
    organ_dvhs : tuple of Dvh
    quality : DoseQuality or None
        None where no seed was found.
    cold : tuple of ColdRegion
        Below the prescription dose.
    """

    ct: CtVolume
    implanted: int
    implant: SeedImplant
    confidence: FloatArray
    match: Match
    target_dvh: Dvh
    organ_dvhs: tuple[Dvh, ...]
    quality: DoseQuality | None
    cold: tuple[ColdRegion, ...]


def plan_and_write(
    case: Case,
    source: Source,
    prescription: Prescription,
    activity: SeedActivity,
    *,
    folder: Path,
    random_seed: int,
    progress: Progress,
) -> PlannedDose:
    """Plan seeds, calculate the dose and judge it, write RTPLAN and RTDOSE and read both back."""
    organs = (*case.keep_out, *(organ for organ in case.organs if organ not in case.keep_out))
    goals = default_goals(
        prescription.dose_gy,
        strengths_u=(activity.default_u,),
        organs=[organ.name for organ in organs],
        site=activity.site,
    )
    request = PlanRequest(
        case.ct.volume, case.target, organs, source, goals,
        random_seed=random_seed, bound_seconds=0.0, alternatives=False,
    )  # fmt: skip
    plan = plan_implant(
        request, tell=lambda _text, done, total: progress("Planning needles and seeds", done, total)
    ).plan
    implant = plan.implant
    target_dvh = structure_dvh(source, implant, case.target)
    identity = replace(case.ct.identity, synthetic=True)  # the prescription rests on synthetic facts
    purpose = Purpose(
        identity, prescription.dose_gy, case.target.name, case.structure_set_uid, case.ct.identity.made
    )
    plan_uid = write_checked_plan(implant, source, folder / "plan.dcm", purpose)
    written = write_checked_dose(
        source, implant, case.target, folder / "dose.dcm",
        identity=identity, plan_uid=plan_uid, progress=progress,
    )  # fmt: skip
    return PlannedDose(
        plan=plan,
        source=source,
        target_dvh=target_dvh,
        organ_dvhs=_organ_dvhs(case, source, implant),
        quality=dose_quality(source, implant, case.target, target_dvh, prescription_gy=prescription.dose_gy),
        effect=bio_effect(
            target_dvh.dose_to_pct(90), half_life_days=source.half_life_days, tissue=load_tissue(TISSUE)
        ),
        uncertainty=_uncertainty(case, source, implant, prescription, random_seed, progress),
        dose_gy=written.dose_gy,
        grid=written.grid,
        plan_uid=plan_uid,
        dose_uid=written.uid,
        read_back_gy=written.read_back_gy,
    )


def _uncertainty(
    case: Case,
    source: Source,
    implant: SeedImplant,
    prescription: Prescription,
    random_seed: int,
    progress: Progress,
) -> Uncertainty:
    return simulate_uncertainty(
        source,
        implant,
        case.target,
        case.organs,
        prescription_gy=prescription.dose_gy,
        errors=load_errors(),
        random_seed=random_seed,
        progress=lambda done, total: progress("Trying displaced implants", done, total),
    )


def implant_and_verify(
    case: Case,
    planned: PlannedDose,
    prescription: Prescription,
    *,
    folder: Path,
    rng: np.random.Generator,
    progress: Progress,
) -> VerifiedDose:
    """Make the synthetic post-implant CT, write and read it, find the seeds and judge their dose."""
    implant, source = planned.plan.implant, planned.source
    progress("Making the post-implant CT", 0, 2)
    true_mm, true_axes = _place_seeds(case, implant, rng)
    base = case.digital if case.digital is not None else case.ct.volume
    scanned = make_post_implant_ct(base, true_mm, axes=true_axes, rng=rng)
    progress("Making the post-implant CT", 1, 2)
    identity = replace(case.ct.identity, synthetic=True)
    write_ct_series(scanned, folder / "post_implant_ct", identity, series="Post-implant CT")
    ct = read_ct_series(folder / "post_implant_ct").volume
    progress("Making the post-implant CT", 2, 2)
    progress("Finding seeds", 0, 1)
    lower, upper = case.target.bounds_mm
    region = (lower - SEARCH_MARGIN_MM, upper + SEARCH_MARGIN_MM)
    found = find_seeds(ct, region=region, expected_count=len(true_mm))
    progress("Finding seeds", 1, 1)
    strength = float(implant.strengths_u[0])
    given = SeedImplant(
        source.name, found.positions_mm, found.axes, np.full(len(found.positions_mm), strength)
    )
    progress("Judging the dose that was given", 0, 3)
    target_dvh = structure_dvh(source, given, case.target)
    progress("Judging the dose that was given", 1, 3)
    organ_dvhs = _organ_dvhs(case, source, given)
    progress("Judging the dose that was given", 2, 3)
    quality = (
        dose_quality(source, given, case.target, target_dvh, prescription_gy=prescription.dose_gy)
        if given.count
        else None
    )
    cold = cold_regions(case.target, dose_function(source, given), below_gy=prescription.dose_gy)
    progress("Judging the dose that was given", 3, 3)
    return VerifiedDose(
        ct=ct,
        implanted=len(true_mm),
        implant=given,
        confidence=found.confidence,
        match=match_seeds(implant.positions_mm, found.positions_mm),
        target_dvh=target_dvh,
        organ_dvhs=organ_dvhs,
        quality=quality,
        cold=tuple(cold),
    )


def _place_seeds(case: Case, implant: SeedImplant, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Where the synthetic implantation left the seeds: near the plan, not on it."""
    if implant.axes is None:
        raise ValueError("a plan gives every seed an axis")
    reality = case.script["implantation"]
    return displace_seeds(
        implant.positions_mm,
        implant.axes,
        rng=rng,
        sd_mm=reality["seed_sd_mm"],
        needle_index=implant.needle_index,
        needle_sd_mm=reality["needle_sd_mm"],
        tilt_sd_deg=reality["tilt_sd_deg"],
    )


def _organ_dvhs(case: Case, source: Source, implant: SeedImplant) -> tuple[Dvh, ...]:
    return tuple(structure_dvh(source, implant, organ) for organ in case.organs)
