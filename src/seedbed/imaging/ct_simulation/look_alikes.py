"""What can be taken for a seed: calcifications, bone, clips, a needle, a block of metal at the border."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import VoxelGrid
from seedbed.imaging.ct_simulation.bodies import CORTEX, MUSCLE
from seedbed.imaging.ct_simulation.phantom import (
    NOTHING,
    Part,
    Phantom,
    Substance,
    Vector,
    cylinder,
    ellipsoid,
    plate,
)
from seedbed.imaging.ct_simulation.seed_build import STEEL, TITANIUM, direction

FloatArray = NDArray[np.float64]

KEEP_OFF_MM = 4.5
"""Nothing of these is drawn nearer to the middle of a seed than this plus its own size."""
TRIES = 60
LIGHTEST_SOFT = 0.85
"""g/cm3; lighter water is lung or air."""


@dataclass(frozen=True)
class Surroundings:
    """Where look-alikes may lie.

    Attributes
    ----------
    body : Phantom
        The body without metal.
    seeds_mm : ndarray, shape (n, 3)
        Middles of the seeds.
    centre_mm, half_mm : ndarray, shape (3,)
        The box to draw places from.
    grid : VoxelGrid
        The image.
    """

    body: Phantom
    seeds_mm: FloatArray
    centre_mm: FloatArray
    half_mm: FloatArray
    grid: VoxelGrid

    def place(self, rng: np.random.Generator, *, size_mm: float) -> FloatArray | None:
        """Draw a place in soft tissue away from seeds; None where there is none."""
        for _ in range(TRIES):
            place: FloatArray = self.centre_mm + rng.uniform(-self.half_mm, self.half_mm)
            away = np.linalg.norm(self.seeds_mm - place, axis=1).min(initial=np.inf)
            if away > KEEP_OFF_MM + size_mm and self.is_soft(place):
                return place
        return None

    def is_soft(self, place: FloatArray) -> bool:
        """Whether a point is in soft tissue."""
        substance = self.body.at(place)
        return substance.material == "water" and substance.density > LIGHTEST_SOFT

    def is_clear(self, part: Part, *, margin_mm: float) -> bool:
        """Whether a part stays further than a margin from the middle of each seed."""
        if not len(self.seeds_mm):
            return True
        ball = ellipsoid((0, 0, 0), half_mm=(margin_mm,) * 3, substance=NOTHING).surface_mm()
        near = (self.seeds_mm[:, None] + np.concatenate([ball, 0.5 * ball, [[0, 0, 0]]])).reshape(-1, 3)
        return not part.contains(near).any()


def calcification(rng: np.random.Generator, around: Surroundings) -> list[Part]:
    """Draw a grain or a plate of calcified tissue, 0.6 to 4 mm of half axis."""
    size = float(np.exp(rng.uniform(np.log(0.6), np.log(4.0))))
    chalk = Substance("bone", float(rng.uniform(1.1, 2.6)))
    place = around.place(rng, size_mm=size)
    if place is None:
        return []
    if rng.random() < 0.5:
        a, b, c = (float(size * share) for share in rng.uniform(0.5, 1.0, 3))
        return [ellipsoid(_vector(place), half_mm=(a, b, c), substance=chalk, host=around.body.at(place))]
    flat = (size, 0.6 * size, max(0.2 * size, 0.3))
    turned = direction(rng.normal(size=3))
    return [plate(_vector(place), normal=turned, half_mm=flat, substance=chalk, host=around.body.at(place))]


def clip(rng: np.random.Generator, around: Surroundings) -> list[Part]:
    """Draw a closed clip: two legs of 4 to 7 mm side by side, of titanium or, more rarely, of steel."""
    place = around.place(rng, size_mm=4.0)
    if place is None:
        return []
    metal = TITANIUM if rng.random() < 0.7 else STEEL
    length, radius = float(rng.uniform(4.0, 7.0)), float(rng.uniform(0.25, 0.45))
    axis = direction(rng.normal(size=3))
    side = np.cross(axis, rng.normal(size=3))
    side *= (radius + rng.uniform(0.1, 0.6)) / np.linalg.norm(side)
    leg = cylinder(
        _vector(place),
        axis=axis,
        radius_mm=radius,
        length_mm=length,
        substance=metal,
        host=around.body.at(place),
    )
    return [leg.moved(side), leg.moved(-side)]


def bone_piece(rng: np.random.Generator, around: Surroundings) -> list[Part]:
    """Draw a lens of cortex whose surface is 1.5 to 4 mm from the side of a seed."""
    for _ in range(TRIES):
        start = around.centre_mm
        if len(around.seeds_mm):
            start = around.seeds_mm[rng.integers(len(around.seeds_mm))]
        away = np.array(direction(rng.normal(size=3)))
        thick = float(rng.uniform(1.5, 4.0))
        place = start + away * (2.6 + rng.uniform(1.5, 4.0) + thick)
        half = (float(rng.uniform(5, 12)), float(rng.uniform(4, 8)), thick)
        piece = plate(_vector(place), normal=_vector(away), half_mm=half, substance=CORTEX, host=MUSCLE)
        if around.is_soft(place) and around.is_clear(piece, margin_mm=2.6):
            return [piece]
    return []


def needle(rng: np.random.Generator, around: Surroundings) -> list[Part]:
    """Draw a hollow steel needle of 1.3 mm whose tip lies in the image and whose other end leaves it."""
    for _ in range(TRIES):
        place = around.place(rng, size_mm=2.0)
        if place is None:
            return []
        axis = np.array(direction(rng.normal(size=3) * [1, 1, 0.5]))
        middle, along = _vector(place + 40.0 * axis), _vector(axis)
        steel, bore = (
            cylinder(middle, axis=along, radius_mm=radius, length_mm=80.0, substance=inside, host=outside)
            for radius, inside, outside in ((0.65, STEEL, MUSCLE), (0.45, NOTHING, STEEL))
        )
        if around.is_clear(steel, margin_mm=3.5):
            return [steel, bore]
    return []


def block_at_border(rng: np.random.Generator, around: Surroundings) -> list[Part]:
    """Draw a block of metal, half of it outside the image: it is cut by the border."""
    for _ in range(TRIES):
        lower, upper = around.grid.lower_mm(), around.grid.upper_mm()
        place = rng.uniform(lower, upper)
        axis = int(rng.integers(0, 3))
        place[axis] = (upper if rng.random() < 0.5 else lower)[axis]
        a, b, c = (float(value) for value in rng.uniform(3.0, 8.0, 3))
        host = around.body.at(place)
        block = ellipsoid(_vector(place), half_mm=(a, b, c), substance=STEEL, host=host)
        if around.is_clear(block, margin_mm=4.0):
            return [block]
    return []


LOOK_ALIKES: dict[str, Callable[[np.random.Generator, Surroundings], list[Part]]] = {
    "calcification": calcification,
    "clip": clip,
    "bone near the seeds": bone_piece,
    "needle": needle,
    "metal cut by the border": block_at_border,
}


def _vector(values: FloatArray) -> Vector:
    x, y, z = (float(value) for value in values)
    return x, y, z
