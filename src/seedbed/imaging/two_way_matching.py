"""Two CTs matched twice, there and back, each without knowing of the other; they differ by an error."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from seedbed.errors import ImageError
from seedbed.geometry import RigidTransform
from seedbed.geometry.grid import FloatArray
from seedbed.imaging.bending import match_bending
from seedbed.imaging.deformation import Deformation
from seedbed.imaging.matching_sight import Box, Sight, matched_part
from seedbed.imaging.rigid_matching import Pair, match_rigidly

LEAST_GUIDING_CC = 20.0
"""Less clear tissue than this cannot fix a motion (local rule)."""


class Way(NamedTuple):
    """From points of one CT to those of another: ``x -> rigid(deformation(x))``."""

    rigid: RigidTransform
    deformation: Deformation | None

    def apply(self, points_mm: FloatArray) -> FloatArray:
        """Carry points, shape (n, 3) -> (n, 3), mm."""
        return self.rigid.apply(points_mm if self.deformation is None else self.deformation.apply(points_mm))


def match_both_ways(
    pair: Pair,
    *,
    box_mm: Box | None,
    deformable: bool,
    random_seed: int,
    progress: Callable[[str, int, int], None],
) -> tuple[Way, Way]:
    """Return the way there and the way back.

    Parameters
    ----------
    pair : Pair
    box_mm : pair of ndarray, shape (3,), optional
        Corners of the part of the fixed CT that must fit; on the way back, the box of where it came to.
    deformable : bool
    random_seed : int
        The way back draws other points than the way there.
    progress : function

    Raises
    ------
    ImageError
        Too little tissue in the box.
    """
    turned = Pair(pair.moving, pair.fixed)
    steps = 4 if deformable else 2
    _refuse_little(pair.fixed, box_mm)
    progress("matching the CTs", 0, steps)
    there = match_rigidly(pair, box_mm=box_mm, random_seed=2 * random_seed)
    progress("matching them the other way round", 1, steps)
    came_to = None if box_mm is None else _moved_box(box_mm, there)
    back = match_rigidly(turned, box_mm=came_to, random_seed=2 * random_seed + 1)
    bent: list[Deformation | None] = [None, None]
    if deformable:
        ways = ((pair, there, box_mm), (turned, back, came_to))
        for k, (seen, rigid, box) in enumerate(ways):
            progress("following the bending", 2 + k, steps)
            part = matched_part(seen.fixed, box)
            bent[k] = match_bending(seen, part, rigid=rigid, random_seed=2 * random_seed + k)
    progress("matched", steps, steps)
    return Way(there, bent[0]), Way(back, bent[1])


def _moved_box(box_mm: Box, motion: RigidTransform) -> Box:
    corners = np.stack(np.meshgrid(*zip(*box_mm, strict=True)), axis=-1).reshape(-1, 3)
    moved = motion.apply(corners)
    return moved.min(axis=0), moved.max(axis=0)


def _refuse_little(sight: Sight, box_mm: Box | None) -> None:
    guiding = matched_part(sight, box_mm) & sight.body
    volume_cc = float(guiding.sum()) * sight.grid.voxel_volume_mm3 / 1000
    if volume_cc < LEAST_GUIDING_CC:
        raise ImageError(
            f"the planning CT shows {volume_cc:.0f} cc of tissue without metal around the target",
            f"at least {LEAST_GUIDING_CC:.0f} cc to match by",
            "use a CT with more around it, or draw the contours on the post-implant CT",
        )
