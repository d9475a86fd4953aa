"""Which planes are shown: of a lesion, through places that were named, or where seeds lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from seedbed.errors import InputError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.geometry.grid import FloatArray
from seedbed.imaging import CtVolume, find_seeds
from seedbed.imaging.seed_found import CERTAIN
from seedbed.journey.before_after.question import Point
from seedbed.journey.progress import Progress

Chosen = Literal["lesion", "place", "seeds"]

FIELD_MM: Final = 160.0
"""Side of a picture where nobody asks for another; local rule."""
AROUND_MM: Final = 30.0
"""What is shown about a lesion at least; local rule."""
LEAST_SEEDS: Final = 3
"""Fewer certain seeds say nothing of where to look; local rule."""
QUARTERS: Final = (75.0, 50.0, 25.0)
"""Of the heights of the seeds, percent, from the head to the feet: the planes that are shown; local rule."""


@dataclass(frozen=True)
class Place:
    """An axial plane to show, and the middle of its pictures.

    Attributes
    ----------
    z_mm : float
        A plane of the CT before, LPS.
    middle_mm : (x, y)
    why : {"lesion", "place", "seeds"}
    main : bool
        The plane with the largest section of the lesion.
    """

    z_mm: float
    middle_mm: tuple[float, float]
    why: Chosen
    main: bool = False


def through_places(at_mm: Sequence[Point], grid: VoxelGrid) -> tuple[Place, ...]:
    """Return the plane of the CT nearest to each place, in the order given.

    Raises
    ------
    InputError
        A place outside the CT.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 3.0), (10, 30, 30))
    >>> through_places([(10.0, 20.0, 7.0)], grid)[0].z_mm
    6.0
    """
    outside = [point for point in at_mm if not grid.contains(np.array([point]))[0]]
    if outside:
        raise InputError(
            f"the place {list(outside[0])} mm",
            f"a place in the CT before, {grid.lower_mm().round(1).tolist()} to "
            f"{grid.upper_mm().round(1).tolist()} mm (LPS)",
            "correct --at",
        )
    return tuple(Place(_nearest(z, grid), (x, y), "place") for x, y, z in at_mm)


def through_lesion(lesion: Structure, grid: VoxelGrid) -> tuple[Place, ...]:
    """Return the plane with the largest section, and those halfway from it to either end, head first.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
    >>> halves = {0.0: 1.0, 3.0: 2.0, 6.0: 4.0, 9.0: 3.0, 12.0: 2.0}
    >>> pyramid = Structure("GTV", tuple(PlanarContour(z, half * square) for z, half in halves.items()), 3.0)
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 3.0), (10, 30, 30))
    >>> [(place.z_mm, place.main) for place in through_lesion(pyramid, grid)]
    [(9.0, False), (6.0, True), (3.0, False)]
    """
    planes = [z for z, region in lesion.regions.items() if region.area > 0]
    largest = max(planes, key=lambda z: float(lesion.regions[z].area))
    lower, upper = lesion.bounds_mm
    middle = (float(lower[0] + upper[0]) / 2, float(lower[1] + upper[1]) / 2)
    main = _nearest(largest, grid)
    others = {_nearest((largest + end) / 2, grid) for end in (min(planes), max(planes))} - {main}
    return tuple(Place(z, middle, "lesion", main=z == main) for z in sorted({main, *others}, reverse=True))


def through_seeds(seeds_mm: FloatArray, grid: VoxelGrid) -> tuple[Place, ...]:
    """Return planes at quarters of the heights of seeds, head first.

    Parameters
    ----------
    seeds_mm : ndarray, shape (n, 3)
        Certain seeds, on the CT before.
    grid : VoxelGrid

    Raises
    ------
    InputError
        Too few seeds, or seeds outside the CT before.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 3.0), (10, 30, 30))
    >>> seeds = np.array([[9.0, 9.0, z] for z in (3.0, 6.0, 9.0, 12.0, 15.0)])
    >>> [place.z_mm for place in through_seeds(seeds, grid)]
    [12.0, 9.0, 6.0]
    """
    inside = seeds_mm[grid.contains(seeds_mm)]
    check_enough(len(inside))
    x, y = np.median(inside[:, :2], axis=0).tolist()
    heights = dict.fromkeys(_nearest(float(z), grid) for z in np.percentile(inside[:, 2], QUARTERS))
    return tuple(Place(z, (x, y), "seeds") for z in heights)


def check_enough(seeds: int) -> None:
    """Refuse too few seeds to say where to look.

    Raises
    ------
    InputError
    """
    if seeds < LEAST_SEEDS:
        raise InputError(
            f"no place to show, and {seeds} certain seeds on the CT after that lie in the CT before",
            f"a place, a lesion, or at least {LEAST_SEEDS} seeds",
            "say --at X,Y,Z in mm, or give --structures and --target",
        )


def certain_seeds(ct: CtVolume, progress: Progress) -> FloatArray:
    """Find the seeds that are called certain, shape (n, 3), mm."""
    found = find_seeds(ct, progress=progress)
    return found.positions_mm[found.confidence >= CERTAIN]


def field_of(lesions_mm: Sequence[FloatArray]) -> float:
    """Return the side of the pictures, mm: 160, or enough for the lesions and what lies around the first.

    Parameters
    ----------
    lesions_mm : sequence of ndarray, shape (n, 3)
        Points about which pictures must show `AROUND_MM`; pictures are centred on the first lesion.

    Examples
    --------
    >>> field_of([]), field_of([np.array([[0.0, 0.0, 0.0], [120.0, 10.0, 0.0]])])
    (160.0, 180.0)
    """
    if not lesions_mm:
        return FIELD_MM
    first = lesions_mm[0][:, :2]
    middle = (first.min(axis=0) + first.max(axis=0)) / 2
    reach = max(float(np.abs(points[:, :2] - middle).max()) for points in lesions_mm)
    return max(FIELD_MM, float(20 * np.ceil((reach + AROUND_MM) / 10)))


def _nearest(z_mm: float, grid: VoxelGrid) -> float:
    heights = grid.axis_mm(2)
    return float(heights[np.abs(heights - z_mm).argmin()])
