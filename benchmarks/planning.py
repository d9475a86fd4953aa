"""The planner on made targets of 15 to 120 cc and on real cases: time, cost beside its bound, hot volume.

Run ``python benchmarks/planning.py [--long SECONDS] [--milp SECONDS]``. Every line is one target: time from
contours to plan, what the plan reaches on its DVH of record, its cost beside the certified bound and, with
``--long``, beside the best plan of repeated longer searches. ``--milp`` gives the textbook model (cover 95 %
of 400 samples with the fewest seeds and needles, HiGHS) so much time on the needles of the plan of a 30 cc
ball.
Real cases are added where ``SEEDBED_REFERENCE_DATA`` says where they are.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from skimage.measure import find_contours

from seedbed.dicom import read_ct_series, read_structures
from seedbed.dosimetry import load_source
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning import Plan, PlanRequest, default_goals, plan_implant
from seedbed.planning.needles import load_needle_rules
from seedbed.planning.problem import Candidates, Samples, make_problem
from seedbed.planning.search import Effort
from seedbed.units import i125_mbq_to_u, mci_to_mbq

RX_GY, STRENGTH_U = 120.0, i125_mbq_to_u(mci_to_mbq(0.7))
PLANE_MM, PIXEL_MM = 2.5, 0.5
REFERENCE = {30: (35.0, 64.0, 34.0), 80: (65.0, 60.0, None), 120: (85.0, None, None)}
"""Cost, V150 and V200 of a plain annealing prototype at these volumes."""
Inside = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Target:
    name: str
    cc: float
    inside: Inside


def ball(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return x**2 + y**2 + z**2 < 1


def egg(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return (x / 1.3) ** 2 + (y / 0.9) ** 2 + z**2 < 1


def disc(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return (x / 1.2) ** 2 + (y / 0.65) ** 2 + (z / 1.2) ** 2 < 1


def cigar(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return (x / 0.8) ** 2 + (y / 0.8) ** 2 + (z / 1.6) ** 2 < 1


def two_balls(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return (ball(x - 0.6, y, z) | ball((x + 0.6) / 0.8, y / 0.8, (z - 0.3) / 0.8)).astype(bool)


def bean(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return ball(x / 1.2, (y + 0.35 * (x**2 + z**2)) / 0.75, z / 1.2)


TARGETS = [
    Target("ball", 15, ball), Target("egg", 15, egg), Target("ball", 30, ball), Target("disc", 30, disc),
    Target("bean", 30, bean), Target("two balls", 45, two_balls), Target("cigar", 45, cigar),
    Target("egg", 60, egg), Target("ball", 80, ball), Target("bean", 80, bean),
    Target("two balls", 100, two_balls), Target("ball", 120, ball),
]  # fmt: skip


def drawn(target: Target) -> Structure:
    """Contours of a target of the wanted volume on axial planes."""
    unit = np.arange(-2.2, 2.2, 0.02)
    x, y, z = np.meshgrid(unit, unit, unit, indexing="ij")
    scale = (target.cc * 1000 / (target.inside(x, y, z).sum() * 0.02**3)) ** (1 / 3)
    half = np.arange(-45.0, 45.0 + PIXEL_MM, PIXEL_MM)
    u, v = np.meshgrid(half / scale, half / scale, indexing="ij")
    contours = []
    for plane in np.arange(-70.0, 70.0, PLANE_MM) + PLANE_MM / 2:
        mask = target.inside(u, v, np.full_like(u, plane / scale)).astype(float)
        for ring in find_contours(mask, 0.5):
            contours.append(PlanarContour(float(plane), half[0] + ring[:-1] * PIXEL_MM))
    return Structure(f"{target.name} {target.cc:g} cc", tuple(contours), PLANE_MM)


def trunk() -> CtVolume:
    """A trunk of water without anything to keep clear of: 256 x 256 x 60 voxels."""
    grid = VoxelGrid((-191.25, -191.25, -88.5), (1.5, 1.5, 3.0), (60, 256, 256))
    y, x = np.meshgrid(grid.axis_mm(1), grid.axis_mm(0), indexing="ij")
    flat = np.where((x / 150) ** 2 + (y / 110) ** 2 < 1, 0.0, -1000.0).astype(np.float32)
    return CtVolume(grid, np.repeat(flat[None], 60, axis=0))


def organ(target: Structure) -> Structure:
    """A tube of 10 mm across whose wall is 5 mm beside the target."""
    lower, upper = target.bounds_mm
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = 5.0 * np.stack([np.cos(turn), np.sin(turn)], axis=1) + [upper[0] + 10.0, (lower[1] + upper[1]) / 2]
    planes = np.arange(lower[2] + PLANE_MM / 2, upper[2], PLANE_MM)
    return Structure("Oesophagus", tuple(PlanarContour(float(z), ring) for z in planes), PLANE_MM)


def real() -> Iterator[tuple[str, CtVolume, Structure]]:
    """Real cases: CT and target; of the largest a ball of about 40 cc."""
    folder = os.environ.get("SEEDBED_REFERENCE_DATA")
    for name in ("STS_015", "STS_018", "STS_037") if folder else ():
        ct = read_ct_series(Path(folder or "") / "ct" / name / "CT" / "image")
        path = next((Path(folder or "") / "ct" / name / "CT" / "mask").glob("*.dcm"))
        target = next(iter(read_structures(path, ct).values()))
        if target.volume_mm3 > 150_000:
            lower, upper = target.bounds_mm
            target = target.within_sphere(tuple((lower + upper) / 2), 21.5)
        yield name, ct.volume, target


def cases() -> Iterator[tuple[str, CtVolume, Structure, tuple[Structure, ...]]]:
    water = trunk()
    for target in TARGETS:
        made = drawn(target)
        yield made.name, water, made, (organ(made),)
    for name, ct, target in real():
        yield f"{name} {target.volume_mm3 / 1000:.0f} cc", ct, target, ()


def request_for(
    ct: CtVolume, target: Structure, organs: tuple[Structure, ...], **options: object
) -> PlanRequest:
    goals = default_goals(RX_GY, strengths_u=(STRENGTH_U,), organs=[each.name for each in organs])
    return replace(PlanRequest(ct, target, organs, load_source("6711"), goals), **options)


def best_of_long(request: PlanRequest, seconds: float) -> float:
    """Lowest cost of plans that meet the hard goals, over repeated searches of ten times the effort."""
    usual, end, best, seed = request.effort, time.perf_counter() + seconds, np.inf, 100
    long = Effort(
        usual.choosing_moves * 4, usual.choosing_samples, usual.searching_moves * 10,
        usual.searching_samples, usual.refining_moves * 10, usual.refining_samples, kept_sets=4,
    )  # fmt: skip
    while time.perf_counter() < end:
        ask = replace(request, effort=long, random_seed=seed, bound_seconds=0.0)
        planned = plan_implant(ask)
        costs = [plan.cost for plan in (planned.plan, *planned.others) if not plan.missed]
        best, seed = min([best, *costs]), seed + 100
    return best


def by_milp(plan: Plan, target: Structure, seconds: float) -> float:
    """Cost of the best plan that the textbook model finds in a time, on 400 samples; infinite without one."""
    rules, share = load_needle_rules(), 0.95
    candidates = Candidates.of(plan.needles, plan.goals.strengths_u, rules)
    problem = make_problem(candidates, Samples.of(target, (), count=400), load_source("6711"), plan.goals)
    dose, needle = problem.rows.dose.T.astype(float), problem.rows.needle
    points, seeds, needles = len(dose), dose.shape[1], len(problem.rows.first)
    weight = problem.volume[:points] / 100
    covered = np.hstack([dose, np.zeros((points, needles)), -np.eye(points)])
    opened = np.hstack([-np.eye(seeds), np.eye(needles)[needle], np.zeros((seeds, points))])
    enough = np.concatenate([np.zeros(seeds + needles), weight])[None]
    found = milp(
        np.concatenate([np.ones(seeds + needles), np.zeros(points)]), integrality=np.ones(covered.shape[1]),
        bounds=Bounds(0, 1), options={"time_limit": seconds},
        constraints=[LinearConstraint(covered, 0, np.inf), LinearConstraint(opened, 0, np.inf),
                     LinearConstraint(enough, share, np.inf)],
    )  # fmt: skip
    return float("inf") if found.x is None else float(found.fun)


def line(name: str, plan: Plan, seconds: float, long: float | None) -> dict[str, float]:
    dvh, rx = plan.target_dvh, plan.goals.prescription_gy
    found = {
        "s": seconds, "V100": dvh.volume_pct(rx), "D90": 100 * dvh.dose_to_pct(90) / rx,
        "V150": dvh.volume_pct(1.5 * rx), "V200": dvh.volume_pct(2 * rx), "cost": plan.cost,
        "bound": plan.bound.cost if plan.bound else np.nan,
        "ratio": plan.cost / plan.bound.cost if plan.bound else np.nan,
        "long": plan.cost / long if long else np.nan,
    }  # fmt: skip
    numbers = " ".join(f"{key} {value:6.3f}" if key in ("ratio", "long") else f"{key} {value:5.1f}"
                       for key, value in found.items())  # fmt: skip
    print(
        f"{name:18} {plan.implant.count:3d} seeds {len(plan.implant.needles):2d} needles  {numbers}",
        flush=True,
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", type=float, default=0.0, help="seconds of longer searches for each target")
    parser.add_argument("--milp", type=float, default=0.0, help="seconds for the textbook model")
    asked = parser.parse_args()
    warm = drawn(Target("warm up", 15, ball))
    plan_implant(request_for(trunk(), warm, (organ(warm),), bound_seconds=1.0))
    rows = []
    for name, ct, target, organs in cases():
        request = request_for(ct, target, organs)
        start = time.perf_counter()
        planned = plan_implant(request)
        whole = time.perf_counter() - start
        long = best_of_long(request, asked.long) if asked.long else None
        rows.append(line(name, planned.plan, planned.plan.seconds, long) | {"whole": whole})
        for other in planned.others:
            line(f"  {other.name}", other, other.seconds, None)
    if asked.milp:
        ball30 = drawn(TARGETS[2])
        plan = plan_implant(request_for(trunk(), ball30, (), bound_seconds=0.0, alternatives=False)).plan
        other = by_milp(plan, ball30, asked.milp)
        print(
            f"30 cc: {plan.cost:g} in {plan.seconds:.1f} s; textbook model {other:g} in {asked.milp:g} s, on "
            f"400 samples: {asked.milp / plan.seconds:.0f} x the time, {other / plan.cost:.2f} x the cost"
        )
    for key in ("s", "whole", "ratio", "long"):
        values = [row[key] for row in rows]
        print(f"{key}: mean {np.mean(values):.3f}, worst {np.max(values):.3f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
