"""Distances between the seeds of a plan: seeds listed twice, and seeds that lie far from all others."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from seedbed.dicom.files import FloatArray
from seedbed.dicom.plan_seeds import SAME_PLACE_MM
from seedbed.dicom.plan_values import counted
from seedbed.errors import InputError

DOUBLED = 0.5
FEW_PAIRS = 2
"""A plan in which at least half of the seeds have a twin lists its seeds twice; one or two pairs among other
seeds may be an oversight (local rule)."""
FAR_MM = 200.0
"""A seed further than 200 mm from the nearest other one is remarked on (local rule)."""
MOST_NAMED = 5
"""So many seeds or pairs are named in a sentence."""


def spacing_notes(positions_mm: FloatArray, diameter_mm: float, name: str) -> tuple[str, ...]:
    """Return sentences on seeds too near to each other or too far from all others.

    Parameters
    ----------
    positions_mm : ndarray, shape (n, 3)
        Centres of the seeds.
    diameter_mm : float
        Diameter of the capsule: two centres nearer than it cannot both hold a seed.
    name : str
        Name of the plan.

    Raises
    ------
    InputError
        A plan that lists its seeds twice.

    Examples
    --------
    >>> line = np.array([[0.0, 0, 0], [0, 0, 0.05], [0, 0, 10], [0, 0, 20]])
    >>> spacing_notes(line, 0.8, "p.dcm")
    ('Seeds nearer to another than their capsule is wide (0.8 mm): 1 and 2 (0.05 mm); check them.',)
    """
    tree = cKDTree(positions_mm)
    pairs = twins(tree, diameter_mm)
    _check_listed_once(len(positions_mm), pairs, name)
    return (*_twin_notes(positions_mm, pairs, diameter_mm), *_far_notes(positions_mm, tree))


def twins(tree: cKDTree, diameter_mm: float) -> NDArray[np.int64]:
    """Pairs of seeds whose centres lie nearer than a diameter, shape (m, 2), in order."""
    below = np.nextafter(diameter_mm, 0.0)
    pairs: NDArray[np.int64] = tree.query_pairs(below, output_type="ndarray").astype(np.int64).reshape(-1, 2)
    return pairs[np.lexsort(pairs.T[::-1])]


def _check_listed_once(count: int, pairs: NDArray[np.int64], name: str) -> None:
    with_twin = np.unique(pairs).size
    if not len(pairs) or with_twin < DOUBLED * count or (len(pairs) <= FEW_PAIRS and with_twin < count):
        return
    joined = coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(count, count))
    places = int(connected_components(joined, directed=False, return_labels=False))
    raise InputError(
        f"plan '{name}' has {counted(count, 'seed')} at {counted(places, 'place')}",
        "one seed at each place",
        "export a plan that lists each seed once",
    )


def _twin_notes(positions_mm: FloatArray, pairs: NDArray[np.int64], diameter_mm: float) -> tuple[str, ...]:
    apart = np.linalg.norm(positions_mm[pairs[:, 0]] - positions_mm[pairs[:, 1]], axis=1)
    exact = apart <= SAME_PLACE_MM
    notes = []
    if exact.any():
        said = _listed([f"{a + 1} and {b + 1}" for a, b in pairs[exact]])
        notes.append(f"Seeds that lie exactly where another does: {said}; check them.")
    if not exact.all():
        near = zip(pairs[~exact], apart[~exact], strict=True)
        said = _listed([f"{a + 1} and {b + 1} ({mm:.2f} mm)" for (a, b), mm in near])
        wide = f"their capsule is wide ({diameter_mm:g} mm)"
        notes.append(f"Seeds nearer to another than {wide}: {said}; check them.")
    return tuple(notes)


def _far_notes(positions_mm: FloatArray, tree: cKDTree) -> tuple[str, ...]:
    if len(positions_mm) == 1:
        return ()
    nearest = tree.query(positions_mm, k=2)[0][:, 1]
    far = np.flatnonzero(nearest > FAR_MM)
    if not far.size:
        return ()
    said = _listed([f"{seed + 1} ({nearest[seed]:.0f} mm)" for seed in far])
    return (f"Seeds more than {FAR_MM:g} mm from the nearest other one: {said}; check their places.",)


def _listed(words: list[str]) -> str:
    more = len(words) - MOST_NAMED
    return ", ".join(words[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
