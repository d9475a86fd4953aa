"""Planning problems so small that every plan can be looked at, and their energy in plain NumPy."""

import numpy as np

from seedbed.implant import Needle
from seedbed.planning.problem import Candidates, Problem
from seedbed.planning.search_arrays import Rows, Terms
from seedbed.planning.tracks import NeedleSet, Track


def tiny_problem(
    rng: np.random.Generator,
    *,
    needles: int = 4,
    seats: int = 3,
    strengths: tuple[float, ...] = (1.0,),
    points: int = 40,
    organ_points: int = 15,
    given: float = 0.0,
    costs: tuple[float, float] = (1.0, 1.0),
    clashes: float = 0.0,
    free: float = 0.0,
    fixed: float = 0.0,
) -> Problem:
    """Seeds on parallel needles in a box, an organ beside it; the dose falls with the square of distance."""
    foot = rng.uniform(0.0, 20.0, (needles, 2))
    depth = np.linspace(16.0, 4.0, seats)
    places = np.array([[x, y, z] for x, y in foot for z in depth])
    samples = rng.uniform(0.0, 20.0, (points, 3))
    beside = rng.uniform([26.0, 0.0, 0.0], [40.0, 20.0, 20.0], (organ_points, 3))
    around = np.vstack([samples, beside])
    away = ((places[:, None] - around[None]) ** 2).sum(axis=2)
    dose = 100.0 / (away + 4.0)
    rows = np.repeat(np.arange(len(places)), len(strengths))
    strength = np.tile(strengths, len(places))
    needle = rows // seats
    clash = np.triu(rng.random((needles, needles)) < clashes, 1)
    kept = fixed_rows(rng, needle, rows, fixed, clash | clash.T)
    volume = np.concatenate([shares(rng, points), shares(rng, organ_points)])
    return Problem(
        candidates_of(places[rows], strength, needle, rows, clash | clash.T),
        Rows(
            (dose[rows] * strength[:, None]).astype(np.float32),
            needle,
            rows,
            np.arange(needles) * seats * len(strengths),
            np.full(needles, seats * len(strengths)),
            rng.integers(0, len(rows), (len(rows), 4)),
            clash | clash.T,
            kept,
            rng.random(needles) < free,
        ),
        volume.astype(np.float32),
        (given * rng.random(len(around))).astype(np.float32),
        points,
        terms_of(points, organ_points),
        costs,
    )


def shares(rng: np.random.Generator, count: int) -> np.ndarray:
    parts = rng.uniform(0.5, 1.5, count)
    return 100.0 * parts / parts.sum()


def fixed_rows(
    rng: np.random.Generator, needle: np.ndarray, slot: np.ndarray, share: float, clash: np.ndarray
) -> np.ndarray:
    """Rows that are on from the start: none that exclude each other."""
    on = np.zeros(len(slot), dtype=bool)
    for row in np.flatnonzero(rng.random(len(slot)) < share):
        trial = on.copy()
        trial[row] = True
        if allowed(trial, needle, slot, clash):
            on = trial
    return on


def candidates_of(
    places: np.ndarray, strength: np.ndarray, needle: np.ndarray, slot: np.ndarray, clash: np.ndarray
) -> Candidates:
    tracks = []
    for number in range(int(needle.max()) + 1):
        seats = np.unique(places[needle == number], axis=0)
        (x, y, z), (u, v, w) = seats[0].tolist(), (seats[0] + [0.0, 0.0, 60.0]).tolist()
        tracks.append(Track(Needle(f"N{number + 1}", (u, v, w), (x, y, z)), seats, True))
    needles = NeedleSet("parallel", 0.0, -90.0, np.array([0.0, 0.0, -1.0]), tuple(tracks), len(places))
    return Candidates(
        needles,
        places,
        np.tile([0.0, 0.0, -1.0], (len(places), 1)),
        strength,
        needle,
        slot,
        clash,
        frozenset(),
        2.25,
    )


def terms_of(points: int, organ_points: int) -> Terms:
    """Hot parts, coverage and a hard and a soft limit of the organ."""
    return Terms(
        np.array([0, points, points + organ_points]),
        np.array([0, 4, 6]),
        np.array([1.5, 2.0, 1.0, 1.1, 1.2, 0.8], dtype=np.float32),
        np.array([0, 0, 1, 1, -1, -1]),
        np.array([0.0, 0.0, 95.0, 90.0, 0.0, 20.0], dtype=np.float32),
        np.array([0.01, 0.01, 3.0, 0.1, 30.0, 0.1], dtype=np.float32),
        0.4,
        20.0,
    )


def plain_penalty(problem: Problem, dose: np.ndarray) -> np.ndarray:
    """What doses miss of the terms, written anew; shape (..., points) -> (...)."""
    terms, total = problem.terms, np.zeros(dose.shape[:-1])
    for structure in range(len(terms.start) - 1):
        here = slice(terms.start[structure], terms.start[structure + 1])
        volume = problem.volume[here].astype(float)
        for term in range(terms.first[structure], terms.first[structure + 1]):
            share = (dose[..., here] >= terms.level[term]) @ volume
            missed = {1: terms.limit[term] - share, -1: share - terms.limit[term], 0: share}
            total += float(terms.weight[term]) * np.maximum(missed[int(terms.sense[term])], 0.0)
    cold = plain_shortfall(problem, dose) - terms.shortfall_limit
    return total + terms.shortfall_weight * np.maximum(cold, 0.0)


def plain_shortfall(problem: Problem, dose: np.ndarray) -> np.ndarray:
    """Mean shortfall of the target, percent of the prescription; shape (..., points) -> (...)."""
    count = problem.target_points
    return np.maximum(1.0 - dose[..., :count], 0.0) @ problem.volume[:count].astype(float)


def plain_dose(problem: Problem, on: np.ndarray) -> np.ndarray:
    """Dose of plans, shape (..., rows) -> (..., points)."""
    return problem.given.astype(float) + on.astype(float) @ problem.rows.dose.astype(float)


def plain_cost(problem: Problem, on: np.ndarray) -> np.ndarray:
    """Seeds, and needles that are not free, weighted; shape (..., rows) -> (...)."""
    paid = used_needles(problem, on) & ~problem.rows.free
    return problem.costs[0] * on.sum(axis=-1) + problem.costs[1] * paid.sum(axis=-1)


def plain_energy(problem: Problem, on: np.ndarray) -> np.ndarray:
    return plain_cost(problem, on) + plain_penalty(problem, plain_dose(problem, on))


def used_needles(problem: Problem, on: np.ndarray) -> np.ndarray:
    """Which needles carry a seed, shape (..., rows) -> (..., needles)."""
    rows = problem.rows
    return np.stack([on[..., rows.needle == n].any(axis=-1) for n in range(len(rows.first))], axis=-1)


def allowed(on: np.ndarray, needle: np.ndarray, slot: np.ndarray, clash: np.ndarray) -> bool:
    """No two seeds at one position, no two needles that exclude each other."""
    used = np.unique(needle[on])
    return len(set(slot[on].tolist())) == int(on.sum()) and not clash[np.ix_(used, used)].any()


def every_plan(problem: Problem) -> np.ndarray:
    """All plans that are allowed, shape (plans, rows): each position empty or with one strength."""
    rows = problem.rows
    plans = np.zeros((1, len(rows.slot)), dtype=bool)
    for slot in range(int(rows.slot.max()) + 1):
        here = np.flatnonzero(rows.slot == slot)
        fixed = here[rows.fixed[here]]
        choices = np.zeros((1 if len(fixed) else 1 + len(here), len(rows.slot)), dtype=bool)
        if len(fixed):
            choices[0, fixed[0]] = True
        else:
            choices[1 + np.arange(len(here)), here] = True
        plans = (plans[:, None] | choices[None]).reshape(-1, len(rows.slot))
    used = used_needles(problem, plans).astype(int)
    return plans[((used @ rows.clash.astype(int)) * used).sum(axis=1) == 0]
