"""Plan, write, scan again, find, and judge the dose that was given."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom import read_ct_series, read_dose, read_plan, write_ct_series, write_dose, write_plan
from seedbed.dosimetry import Dvh, Source, dose_function, grid_dose, structure_dvh
from seedbed.dosimetry.bioeffect import BioEffect, bio_effect
from seedbed.dosimetry.placement_errors import load_errors
from seedbed.dosimetry.quality import DoseQuality, dose_quality
from seedbed.dosimetry.tissues import load_tissue
from seedbed.dosimetry.uncertainty import Uncertainty, simulate_uncertainty
from seedbed.errors import OutputError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume, displace_seeds, find_seeds, make_post_implant_ct
from seedbed.implant import SeedImplant
from seedbed.journey.case import Case
from seedbed.planning import Plan, PlanRequest, default_goals, plan_implant
from seedbed.protocol import Prescription, SeedActivity
from seedbed.verification import ColdRegion, Match, cold_regions, match_seeds

FloatArray = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

DOSE_GRID_MM = 1.0
DOSE_MARGIN_MM = 20.0
SEARCH_MARGIN_MM = 15.0
TISSUE = "thyroid"
WRITING_ROUNDING = 1e-6
"""Largest share of the maximum dose by which the written dose may differ from the calculated one."""
SAME_PLACE_MM = 1e-3


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
    lower, upper = case.target.bounds_mm
    grid = VoxelGrid.around(lower - DOSE_MARGIN_MM, upper + DOSE_MARGIN_MM, DOSE_GRID_MM)
    dose = grid_dose(
        source, implant, grid, progress=lambda done, total: progress("Calculating dose", done, total)
    ).dose_gy
    target_dvh = structure_dvh(source, implant, case.target)
    identity = replace(case.ct.identity, synthetic=True)  # the prescription rests on synthetic facts
    plan_uid = write_plan(
        implant,
        source,
        folder / "plan.dcm",
        identity,
        dose_gy=prescription.dose_gy,
        target=case.target.name,
        structure_set_uid=case.structure_set_uid,
        implanted=case.ct.identity.made,
    )
    dose_uid = write_dose(dose, grid, folder / "dose.dcm", identity, plan_uid=plan_uid)
    _check_plan(implant, source, folder / "plan.dcm")
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
        dose_gy=dose,
        grid=grid,
        plan_uid=plan_uid,
        dose_uid=dose_uid,
        read_back_gy=_check_dose(dose, grid, folder / "dose.dcm"),
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


def _check_plan(implant: SeedImplant, source: Source, path: Path) -> None:
    """Read the RTPLAN again: as many seeds, at the same places, as strong."""
    again = read_plan(path, source).implant
    same = again.count == implant.count and again.axes is not None and implant.axes is not None
    if not (
        same
        and np.allclose(again.positions_mm, implant.positions_mm, atol=SAME_PLACE_MM)
        and np.allclose(again.axes, implant.axes, atol=SAME_PLACE_MM)  # type: ignore[arg-type]
        and np.allclose(again.strengths_u, implant.strengths_u)
    ):
        raise OutputError(
            f"the plan read back from '{path.name}' differs from the plan written",
            "the same seeds",
            "do not use it, and report this",
        )


def _check_dose(dose: FloatArray, grid: VoxelGrid, path: Path) -> float:
    """Read the RTDOSE again and return the largest difference, Gy."""
    again, read_grid = read_dose(path)
    difference = float(np.abs(again - dose).max()) if again.shape == dose.shape else float("inf")
    moved = np.abs(np.subtract(read_grid.origin_mm, grid.origin_mm)).max() > SAME_PLACE_MM
    if moved or difference > WRITING_ROUNDING * float(dose.max()):
        raise OutputError(
            f"the dose read back from '{path.name}' differs by {difference:.3g} Gy from the dose written",
            "the same dose on the same grid",
            "do not use it, and report this",
        )
    return difference


def telling_planes(target: Structure, implant: SeedImplant, count: int = 3) -> list[float]:
    """Return planes for pictures, z in mm: the one with most seeds in each layer of the target."""
    lower, upper = target.bounds_mm
    faces = np.linspace(lower[2], upper[2], count + 1)
    z = implant.positions_mm[:, 2].round(1)
    planes = []
    for bottom, top in pairwise(faces):
        here, seeds = np.unique(z[(z >= bottom) & (z < top)], return_counts=True)
        planes.append(float(here[seeds.argmax()]) if here.size else float(bottom + top) / 2)
    return planes
