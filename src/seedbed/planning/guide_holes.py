"""The holes of a guide template: where they run, whether they leave enough solid, and how to drill them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import NoPlanError
from seedbed.implant import Needle
from seedbed.planning.guide_block import Block
from seedbed.planning.guide_frame import Frame, lattice_names, spread_deg
from seedbed.planning.guide_rules import GuideRules
from seedbed.planning.guide_skin import Skin, skin_entry
from seedbed.planning.needle_rules import load_needle_rules

FloatArray = NDArray[np.float64]

AXIS_STEP_MM = 0.1
WALL_POINTS = 41


@dataclass(frozen=True)
class Hole:
    """One hole, in the template's coordinates.

    Attributes
    ----------
    needle : str
    lattice : str
        Column and row, as ``"B3"``; empty where the needles lie on no lattice.
    u_mm, v_mm, w_mm : float
        Where its axis leaves the outer face; w is 0 on a flat face.
    lean_u_deg, lean_v_deg : float
        How much the hole, from the outer face inwards, runs towards +u and towards +v: the tangents are its
        shift in u and in v for each mm of depth. 0 and 0 is square to the face.
    length_mm : float
        Of its axis in the block.
    face_to_tip_mm : float
        From the outer face to the needle's tip: how far the needle is pushed through the block.
    """

    needle: str
    lattice: str
    u_mm: float
    v_mm: float
    w_mm: float
    lean_u_deg: float
    lean_v_deg: float
    length_mm: float
    face_to_tip_mm: float

    @property
    def inwards(self) -> FloatArray:
        """Unit vector (u, v, w) of push through the hole."""
        along = np.array([np.tan(np.radians(self.lean_u_deg)), np.tan(np.radians(self.lean_v_deg)), -1.0])
        return np.asarray(along / np.linalg.norm(along))


@dataclass(frozen=True)
class Axes:
    """Needles in the template's coordinates: names, entries on the skin, unit vectors outwards, tips.

    ``radius_mm`` is that of a hole; ``parallel`` says whether all point alike.
    """

    names: tuple[str, ...]
    entries: FloatArray
    outward: FloatArray
    tips: FloatArray
    radius_mm: float
    parallel: bool

    def along(self, number: int, distance_mm: FloatArray) -> FloatArray:
        """Points of one axis at distances outwards from its entry."""
        found: FloatArray = self.entries[number] + distance_mm[:, None] * self.outward[number]
        return found


def lay_axes(needles: Sequence[Needle], skin: Skin, frame: Frame, rules: GuideRules) -> Axes:
    """Put needles into the template's coordinates, their entries onto the skin.

    Raises
    ------
    NoPlanError
        An entry is not on the skin seen.
    """
    on_skin = [skin_entry(skin, n.name, np.asarray(n.entry_mm), n.direction, rules) for n in needles]
    return Axes(
        names=tuple(needle.name for needle in needles),
        entries=frame.to_template(np.array(on_skin)),
        outward=-np.array([needle.direction for needle in needles]) @ frame.axes.T,
        tips=frame.to_template(np.array([needle.tip_mm for needle in needles], dtype=float)),
        radius_mm=(load_needle_rules().needle_diameter_mm + rules.hole_clearance_mm) / 2,
        parallel=spread_deg(needles) <= rules.parallel_deg,
    )


def hole_spans(block: Block, axes: Axes) -> FloatArray:
    """Where each axis enters and leaves the block, mm outwards from the skin, shape (n, 2)."""
    longest = (
        float(block.over.values.max() - axes.entries[:, 2].min()) / float(axes.outward[:, 2].min()) + 1.0
    )
    steps = np.arange(0.0, longest, AXIS_STEP_MM)
    spans = []
    for number in range(len(axes.names)):
        value = block.faces(axes.along(number, steps))
        solid = np.flatnonzero(value < 0)
        if not solid.size:
            raise NoPlanError(
                f"needle '{axes.names[number]}' does not meet the guide template's block",
                "needles that cross it",
                "make one template for each side",
            )
        spans.append([_zero(steps, value, int(solid[0])), _zero(steps, value, int(solid[-1]) + 1)])
    return np.array(spans)


def _zero(steps: FloatArray, value: FloatArray, after: int) -> float:
    """Where a value that is sampled at steps is zero, between ``after - 1`` and ``after``."""
    if not 0 < after < len(steps):
        return float(steps[min(after, len(steps) - 1)])
    before, here = value[after - 1], value[after]
    return float(steps[after - 1] + AXIS_STEP_MM * before / (before - here))


def check_walls(block: Block, axes: Axes, spans: FloatArray, rules: GuideRules) -> None:
    """Refuse holes with too little solid between them, or between one and the edge."""
    parts = np.linspace(0.0, 1.0, WALL_POINTS)
    lines = [axes.along(n, low + parts * (high - low)) for n, (low, high) in enumerate(spans)]
    for one, line in enumerate(lines):
        for two in range(one + 1, len(lines)):
            apart = float(np.min(_distances(line, lines[two][0], lines[two][-1])))
            if apart - 2 * axes.radius_mm < rules.least_wall_mm:
                raise NoPlanError(
                    f"the holes of needles '{axes.names[one]}' and '{axes.names[two]}' leave a wall of "
                    f"{max(apart - 2 * axes.radius_mm, 0.0):.1f} mm in the guide template",
                    f"at least {rules.least_wall_mm:g} mm",
                    "move one of the needles, or make a template without it",
                )
        wall = float(-block.edge(line).max()) - axes.radius_mm
        if wall < rules.least_wall_mm:
            raise NoPlanError(
                f"the hole of needle '{axes.names[one]}' lies {max(wall, 0.0):.1f} mm from the edge, "
                "where the CT ends",
                f"at least {rules.least_wall_mm:g} mm of skin seen beside it",
                "scan further, or make a template without this needle",
            )


def _distances(points: FloatArray, first: FloatArray, last: FloatArray) -> FloatArray:
    """Distance of points to the segment from first to last, shape (n, 3) -> (n,)."""
    along = last - first
    part = np.clip((points - first) @ along / (along @ along), 0.0, 1.0)
    found: FloatArray = np.linalg.norm(points - first - part[:, None] * along, axis=1)
    return found


def drill_holes(axes: Axes, spans: FloatArray, corner: FloatArray, rules: GuideRules) -> tuple[Hole, ...]:
    """Return the holes in coordinates that begin at a corner; named by the lattice where they form one."""
    exits = np.array([axes.along(n, span[1:])[0] for n, span in enumerate(spans)])
    names: tuple[str, ...] = ("",) * len(exits)
    if axes.parallel and len(exits) > 1:
        names = lattice_names(
            axes.entries[:, :2], step_mm=load_needle_rules().hole_mm, tolerance_mm=rules.lattice_tolerance_mm
        )
    leans = np.degrees(np.arctan2(-axes.outward[:, :2], axes.outward[:, 2:]))
    return tuple(
        Hole(
            needle=axes.names[n],
            lattice=names[n],
            u_mm=float(place[0]),
            v_mm=float(place[1]),
            w_mm=float(place[2]),
            lean_u_deg=float(leans[n, 0]),
            lean_v_deg=float(leans[n, 1]),
            length_mm=float(spans[n, 1] - spans[n, 0]),
            face_to_tip_mm=float(np.linalg.norm(exits[n] - axes.tips[n])),
        )
        for n, place in enumerate(exits - corner)
    )
