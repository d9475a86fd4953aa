"""Simulated annealing over seed positions, compiled: each move changes one or two seeds and a running dose.

A *row* is one seed of one strength at one position of one needle. A plan is a set of rows; its energy is its
cost, what it misses of its goals, and a little for dose above the prescription. All doses are in units of the
prescription, all volumes in percent of their structure.
"""

import math
from typing import Any

import numpy as np

from seedbed.geometry.compiling import compiled
from seedbed.planning.search_arrays import State

ARITHMETIC: dict[str, Any] = {"fastmath": {"contract", "nsz", "arcp", "nnan", "ninf", "reassoc"}}
ADD, REMOVE, ALONG, NEAR, USED = 0.12, 0.24, 0.46, 0.72, 0.88
"""Shares of the moves, summed up: add a seed, take one away, shift one along its needle, to a near position,
to a needle in use; the rest go anywhere. Local rule."""
TINY_GAIN = 1e-9


@compiled(**ARITHMETIC)
def _share(dose, volume, level):
    """Percent of a structure that gets a dose."""
    total = np.float32(0.0)
    for i in range(len(dose)):
        total += volume[i] if dose[i] >= level else np.float32(0.0)
    return total


@compiled(**ARITHMETIC)
def _shortfall(dose, volume):
    """Mean of what the points of a structure lack of the prescription, percent of it."""
    total = np.float32(0.0)
    for i in range(len(dose)):
        total += volume[i] * max(np.float32(1.0) - dose[i], np.float32(0.0))
    return total


@compiled(**ARITHMETIC)
def _penalty_of(dose, volume, terms, structure):
    """Energy of the dose of one structure; slices of arrays let loops run as vector instructions."""
    total = 0.0
    if structure == 0:
        total += terms.shortfall_weight * max(_shortfall(dose, volume) - terms.shortfall_limit, 0.0)
    for t in range(terms.first[structure], terms.first[structure + 1]):
        share = _share(dose, volume, terms.level[t])
        if terms.sense[t] > 0:
            total += terms.weight[t] * max(terms.limit[t] - share, 0.0)
        elif terms.sense[t] < 0:
            total += terms.weight[t] * max(share - terms.limit[t], 0.0)
        else:
            total += terms.weight[t] * share
    return total


@compiled
def penalty(dose, volume, terms):
    """Energy of a dose: what it misses of the goals, weighted; never negative."""
    total = 0.0
    for structure in range(len(terms.start) - 1):
        here = slice(terms.start[structure], terms.start[structure + 1])
        total += _penalty_of(dose[here], volume[here], terms, structure)
    return total


@compiled(**ARITHMETIC)
def total_of(rows, given, on):
    """Dose of the rows that are on, beside the dose that is given already."""
    dose = given.copy()
    for row in range(len(on)):
        if on[row]:
            more = rows.dose[row]
            for i in range(len(dose)):
                dose[i] += more[i]
    return dose


@compiled
def _start(rows, on):
    """State of a plan at the start."""
    state = State(
        on.copy(),
        np.zeros(int(rows.slot.max()) + 1, np.bool_),
        np.zeros(len(rows.first), np.int64),
        np.empty(len(on), np.int64),
        np.zeros(3, np.int64),
    )
    for row in range(len(on)):
        if on[row]:
            state.seeds_on[rows.needle[row]] += 1
            state.used[rows.slot[row]] = True
            state.number[1] += 1
            if not rows.fixed[row]:
                state.chosen[state.number[0]] = row
                state.number[0] += 1
    for needle in range(len(rows.first)):
        state.number[2] += state.seeds_on[needle] > 0 and not rows.free[needle]
    return state


@compiled
def _allowed(rows, state, come, go):
    """Whether a row may come after another went (or -1)."""
    if state.on[come] or rows.fixed[come]:
        return False
    if state.used[rows.slot[come]] and (go < 0 or rows.slot[go] != rows.slot[come]):
        return False
    needle = rows.needle[come]
    closing = rows.needle[go] if go >= 0 and state.seeds_on[rows.needle[go]] == 1 else -1
    if state.seeds_on[needle] and needle != closing:
        return True
    for other in range(len(state.seeds_on)):
        if state.seeds_on[other] and other != closing and rows.clash[needle, other]:
            return False
    return True


@compiled
def _on_a_used_needle(rows, state, rng):
    needle = rows.needle[state.chosen[rng.integers(0, state.number[0])]]
    return rows.first[needle] + rng.integers(0, rows.length[needle])


@compiled
def _along(rows, row, rng):
    """One or two positions farther along the needle, either way."""
    needle, step = rows.needle[row], 1 + rng.integers(0, 2)
    come = row + step if rng.random() < 0.5 else row - step
    return min(max(come, rows.first[needle]), rows.first[needle] + rows.length[needle] - 1)


@compiled
def _proposal(rows, state, rng):
    """Draw a move: the row that comes, and the place in ``chosen`` of the one that goes, or -1 each."""
    kind, every = rng.random(), len(state.on)
    if kind < ADD or state.number[0] == 0:
        if state.number[0] and rng.random() < 0.5:
            return _on_a_used_needle(rows, state, rng), -1
        return rng.integers(0, every), -1
    place = rng.integers(0, state.number[0])
    row = state.chosen[place]
    if kind < REMOVE:
        return -1, place
    if kind < ALONG:
        return _along(rows, row, rng), place
    if kind < NEAR:
        return rows.near[row, rng.integers(0, rows.near.shape[1])], place
    if kind < USED:
        return _on_a_used_needle(rows, state, rng), place
    return rng.integers(0, every), place


@compiled(**ARITHMETIC)
def _write_change(dose, more, less, trial):
    """Write the dose after a row came and another went; either may be empty."""
    if len(more) and len(less):
        for i in range(len(dose)):
            trial[i] = dose[i] + (more[i] - less[i])
    elif len(more):
        for i in range(len(dose)):
            trial[i] = dose[i] + more[i]
    else:
        for i in range(len(dose)):
            trial[i] = dose[i] - less[i]


@compiled
def _energy_after(rows, volume, terms, dose, trial, move, cost, limit):
    """Energy after a move, structure by structure; left off as soon as it exceeds a limit."""
    come, go = move
    energy = cost
    for structure in range(len(terms.start) - 1):
        if energy > limit:
            return energy
        here = slice(terms.start[structure], terms.start[structure + 1])
        more = rows.dose[come, here] if come >= 0 else rows.dose[0, :0]
        less = rows.dose[go, here] if go >= 0 else rows.dose[0, :0]
        _write_change(dose[here], more, less, trial[here])
        energy += _penalty_of(trial[here], volume[here], terms, structure)
    return energy


@compiled
def _needles_after(rows, state, come, go):
    """Needles that cost something after a change."""
    needles = state.number[2]
    if come >= 0 and go >= 0 and rows.needle[come] == rows.needle[go]:
        return needles
    if go >= 0 and state.seeds_on[rows.needle[go]] == 1 and not rows.free[rows.needle[go]]:
        needles -= 1
    if come >= 0 and state.seeds_on[rows.needle[come]] == 0 and not rows.free[rows.needle[come]]:
        needles += 1
    return needles


@compiled
def _apply(rows, state, come, place):
    """Change the state: the row at a place of ``chosen`` goes (or -1), another comes (or -1)."""
    go = state.chosen[place] if place >= 0 else -1
    state.number[2] = _needles_after(rows, state, come, go)
    if go >= 0:
        state.on[go] = state.used[rows.slot[go]] = False
        state.seeds_on[rows.needle[go]] -= 1
        state.number[:2] -= 1
        state.chosen[place] = state.chosen[state.number[0]]
    if come >= 0:
        state.on[come] = state.used[rows.slot[come]] = True
        state.seeds_on[rows.needle[come]] += 1
        state.chosen[state.number[0]] = come
        state.number[:2] += 1


@compiled
def anneal(rows, volume, given, terms, on, costs, moves, temperatures, rng):
    """Improve a plan by random moves that get choosier.

    Parameters
    ----------
    rows : Rows
    volume : ndarray of float32, shape (points,)
        Percent of its structure that each point stands for.
    given : ndarray of float32, shape (points,)
        Dose that is there already, in units of the prescription.
    terms : Terms
    on : ndarray of bool, shape (rows,)
        Where to start.
    costs : (seed, needle)
    moves : int
    temperatures : (first, last)
        In units of cost; the temperature falls geometrically.
    rng : numpy.random.Generator

    Returns
    -------
    energy : float
        Lowest energy met.
    best : ndarray of bool, shape (rows,)
        The plan with that energy.
    last : ndarray of bool, shape (rows,)
        Where the search ended, to go on from.
    """
    state = _start(rows, on)
    dose = total_of(rows, given, on)
    trial = dose.copy()
    energy = costs[0] * state.number[1] + costs[1] * state.number[2] + penalty(dose, volume, terms)
    lowest, best = energy, on.copy()
    cooling = (temperatures[1] / temperatures[0]) ** (1.0 / moves)
    temperature = temperatures[0]
    for _ in range(moves):
        temperature *= cooling
        come, place = _proposal(rows, state, rng)
        go = state.chosen[place] if place >= 0 else -1
        if come >= 0 and not _allowed(rows, state, come, go):
            continue
        seeds, needles = state.number[1] + (come >= 0) - (go >= 0), _needles_after(rows, state, come, go)
        cost = costs[0] * seeds + costs[1] * needles
        limit = energy - temperature * math.log(max(rng.random(), TINY_GAIN))
        new = _energy_after(rows, volume, terms, dose, trial, (come, go), cost, limit)
        if new > limit:
            continue
        dose, trial = trial, dose
        energy = new
        _apply(rows, state, come, place)
        if energy < lowest - TINY_GAIN:
            lowest = energy
            best[:] = state.on
    return lowest, best, state.on
