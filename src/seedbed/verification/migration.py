"""Migrated seeds: far from the target and from every planned place, in the lung above all.

Seeds are carried off by veins and come to rest in the lung: of 19 236 loose seeds in 267 prostates 0.36 %
went to the chest, in 20 % of the patients; 0.04 % to the abdomen and 0.08 % elsewhere in the pelvis (Radiat
Oncol 6 (2011) 130, doi 10.1186/1748-717X-6-130). One in a few patients is thus to be expected; many at once
point to another target or another patient.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import cdist

from seedbed.geometry import Structure
from seedbed.verification.matching import checked_points
from seedbed.verification.place import describe_place

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FAR_MM = 20.0
"""A seed this far outside the target and from all planned places has migrated. Planned seeds lie within 10 mm
of the target, and a drift of 10 mm is common: what is further was carried. Local rule."""
LONELY_MM = 30.0
"""Without a target and a plan, a gap this wide parts a seed from the implant: needles of one target are 5 to
15 mm apart. Local rule."""
LONELY_SEEDS, LONELY_SHARE = 3, 0.10
"""More seeds, or a larger part of all, are a second target rather than migrated; local rule."""
LEAST_LONELY = 5
"""Of fewer seeds none is called apart from the others; local rule."""
LUNG_HU = -500.0
"""Between lung (about -850) and soft tissue (about 40), nearer the middle; local rule."""
AIR_HU = -970.0
"""Lower is air without tissue: outside the body, or in an airway; local rule."""
METAL_HU = 500.0
"""Brighter points of the surroundings are metal, its blur or bone; local rule."""
SHELL_MM = (5.0, 7.0, 9.0, 12.0)
"""From 5 mm on the seed's own blur is gone; up to 12 mm it is the tissue the seed lies in; local rule."""
LEAST_SHARE_SEEN = 0.25
"""With fewer points of the shell in the image the surroundings are not told; local rule."""
DIRECTIONS_IN_SHELL = 100


@dataclass(frozen=True)
class Migrated:
    """A seed that no longer lies with the implant.

    Attributes
    ----------
    found : int
        Its number among the found seeds, from 0.
    position_mm : ndarray, shape (3,)
    beyond_mm : float
        Distance from the surface of the target; without one from the nearest planned place, and without
        these from the nearest seed of the implant.
    measured_from : str
        Which of the three.
    place : str
        Where it lies from the centre of that, in words.
    surroundings : str or None
        "lung", "air" or "soft tissue or bone"; None where the image does not tell.
    """

    found: int
    position_mm: FloatArray
    beyond_mm: float
    measured_from: str
    place: str
    surroundings: str | None

    @property
    def in_lung(self) -> bool | None:
        """Whether it lies in the lung; None where the image does not tell."""
        return None if self.surroundings is None else self.surroundings == "lung"

    @property
    def sentence(self) -> str:
        """All of it in words; the seed counted from 1."""
        return self.said_of(f"Seed {self.found + 1}")

    def said_of(self, name: str) -> str:
        """All of it in words, of a seed under the name that a list gives it."""
        where = f" in {self.surroundings}" if self.surroundings else ""
        return (
            f"{name} has migrated: it lies{where} {self.beyond_mm:.0f} mm from "
            f"{self.measured_from}, {self.place}."
        )


def migrated_seeds(
    found_mm: FloatArray,
    *,
    target: Structure | None = None,
    planned_mm: FloatArray | None = None,
    tissue_at: Callable[[FloatArray], FloatArray] | None = None,
) -> tuple[Migrated, ...]:
    """Name the found seeds that lie far from the target and from every planned place.

    Without target and plan the seeds are joined over gaps of up to `LONELY_MM`: groups of at most
    `LONELY_SEEDS` seeds and `LONELY_SHARE` of all (a single one always) have migrated, where one group holds
    more than half. With fewer than five seeds nothing is told.

    Parameters
    ----------
    found_mm : ndarray, shape (m, 3)
        Found in the whole series.
    target : Structure, optional
    planned_mm : ndarray, shape (n, 3), optional
        Planned places, carried along by the drift of the implant where one is known.
    tissue_at : callable, optional
        Radiological density (HU) at points, shape (k, 3) -> (k,); NaN outside the image.

    Returns
    -------
    tuple of Migrated
        The furthest first.

    Raises
    ------
    InputError
        Positions that are not finite.

    Examples
    --------
    >>> plan = np.array([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0]])
    >>> seen = np.vstack([plan, [[5.0, 0.0, -90.0]]])
    >>> lung = lambda points: np.full(len(points), -820.0)
    >>> print(migrated_seeds(seen, planned_mm=plan, tissue_at=lung)[0].sentence)
    Seed 3 has migrated: it lies in lung 90 mm from the nearest planned place, 90 mm inferior of the centre.
    """
    found = checked_points(found_mm, "found")
    planned = None if planned_mm is None else checked_points(planned_mm, "planned")
    planned = None if planned is None or not len(planned) else planned
    far, beyond, centre, what = _far(found, target, planned)
    seeds = [
        Migrated(
            int(number),
            found[number],
            float(beyond[number]),
            what,
            describe_place(found[number] - centre),
            None if tissue_at is None else _surroundings(found[number], tissue_at),
        )
        for number in far
    ]
    return tuple(sorted(seeds, key=lambda seed: (-seed.beyond_mm, seed.found)))


def distance_outside_mm(structure: Structure, points_mm: FloatArray) -> FloatArray:
    """Return how far points lie outside a structure, shape (n, 3) -> (n,), mm; 0 inside.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> box = Structure("box", (PlanarContour(0.0, square), PlanarContour(2.0, square)), 2.0)
    >>> distance_outside_mm(box, np.array([[5.0, 5.0, 1.0], [13.0, 5.0, 7.0]])).tolist()
    [0.0, 5.0]
    """
    points = checked_points(points_mm, "found")
    flat = shapely.points(points[:, :2])
    nearest = np.full(len(points), np.inf)
    for plane, bottom, top in structure.slabs:
        if structure.regions[plane].is_empty:
            continue
        height = np.maximum(np.maximum(bottom - points[:, 2], points[:, 2] - top), 0.0)
        nearest = np.minimum(nearest, np.hypot(shapely.distance(flat, structure.regions[plane]), height))
    return nearest


def _far(
    found: FloatArray, target: Structure | None, planned: FloatArray | None
) -> tuple[IntArray, FloatArray, FloatArray, str]:
    """Numbers of the far seeds, the distances of all, the centre to tell places from, and its name."""
    if target is None and planned is None:
        return _lonely(found)
    ways = []
    if target is not None:
        centre = np.mean(target.bounds_mm, axis=0)
        ways.append((distance_outside_mm(target, found), centre, "the surface of the target"))
    if planned is not None:
        nearest = cdist(found, planned).min(axis=1)
        ways.append((nearest, planned.mean(axis=0), "the nearest planned place"))
    far = np.flatnonzero(np.min([distance for distance, _, _ in ways], axis=0) > FAR_MM)
    return far, *ways[0]


def _lonely(found: FloatArray) -> tuple[IntArray, FloatArray, FloatArray, str]:
    """Return small groups of seeds apart from the main one."""
    what, none = "the nearest seed of the implant", np.empty(0, dtype=np.int64)
    if len(found) < LEAST_LONELY:
        return none, np.zeros(len(found)), np.zeros(3), what
    group = fcluster(linkage(found, "single"), LONELY_MM, "distance")
    size = np.bincount(group)[group]
    main = size == size.max()
    if 2 * size.max() <= len(found):
        return none, np.zeros(len(found)), np.zeros(3), what
    beyond = cdist(found, found[main]).min(axis=1)
    few = (size <= LONELY_SEEDS) & ((size <= LONELY_SHARE * len(found)) | (size == 1))
    return np.flatnonzero(few & ~main), beyond, found[main].mean(axis=0), what


def _surroundings(place: FloatArray, tissue_at: Callable[[FloatArray], FloatArray]) -> str | None:
    """Name the tissue in a shell about a seed, metal left out."""
    shell = np.concatenate([radius * _sphere() for radius in SHELL_MM]) + place
    density = np.asarray(tissue_at(shell), dtype=float)
    density = density[np.isfinite(density)]
    if len(density) < LEAST_SHARE_SEEN * len(shell):
        return None
    soft = density[density < METAL_HU]
    middle = float(np.median(soft)) if len(soft) else METAL_HU
    if middle < AIR_HU:
        return "air"
    return "lung" if middle < LUNG_HU else "soft tissue or bone"


def _sphere() -> FloatArray:
    """Directions spread evenly, by the golden angle; shape (`DIRECTIONS_IN_SHELL`, 3)."""
    step = np.arange(DIRECTIONS_IN_SHELL)
    z = 1 - (2 * step + 1) / DIRECTIONS_IN_SHELL
    turn, radius = step * np.pi * (3 - np.sqrt(5)), np.sqrt(1 - z**2)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), z], axis=1)
