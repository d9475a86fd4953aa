"""A guide template: a block that lies on the skin and leads every needle through its hole.

The block is solid between the skin, less a gap, and an outer face, a plane or one that follows the skin. It
can be lifted off along its outward axis: it has no undercut. A notch in the edge at the patient's head side
tells which way it lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from seedbed.errors import InputError, NoPlanError
from seedbed.geometry import VoxelGrid
from seedbed.implant import Needle
from seedbed.planning.guide_block import Block, Outer, lay_block, thickest_mm
from seedbed.planning.guide_frame import Frame, frame_of
from seedbed.planning.guide_holes import Axes, Hole, check_walls, drill_holes, hole_spans, lay_axes
from seedbed.planning.guide_mesh import enclosed_mm3, is_closed, largest_part, through_holes
from seedbed.planning.guide_rules import GuideRules, load_guide_rules
from seedbed.planning.guide_skin import Skin, read_skin

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

OFF_NODE = 0.37
"""Share of a grid step by which planes lie off the grid's points."""


@dataclass(frozen=True)
class Guide:
    """A guide template as a closed surface, and how to drill it.

    Attributes
    ----------
    outer : {"flat", "following"}
    vertices_mm : ndarray, shape (n, 3)
        LPS.
    faces : ndarray of int, shape (m, 3)
        Triangles, anticlockwise seen from outside.
    frame : Frame
        From the template's coordinates to LPS. Origin: the corner left below of the rectangle about the
        outline, seen from outside with the notch up, at the height of the outer face (of its highest place
        where it is not flat).
    outline_mm : ndarray, shape (k, 2)
        Outline in u and v, without the notch.
    notch_mm : (u, v)
        Centre of the half-round notch, of `notch_radius_mm`.
    hole_diameter_mm : float
    holes : tuple of Hole
        In the order of the needles.
    thickest_mm : float
    grid_mm : float
        Step on which it was cut: edges are this sharp.
    volume_mm3 : float
    """

    outer: Outer
    vertices_mm: FloatArray
    faces: IntArray
    frame: Frame
    outline_mm: FloatArray
    notch_mm: tuple[float, float]
    notch_radius_mm: float
    hole_diameter_mm: float
    holes: tuple[Hole, ...]
    thickest_mm: float
    grid_mm: float
    volume_mm3: float


def make_guide(
    needles: Sequence[Needle],
    body: BoolArray,
    grid: VoxelGrid,
    *,
    outer: Outer | None = None,
    rules: GuideRules | None = None,
) -> Guide:
    """Shape a guide template for needles that enter a body.

    Parameters
    ----------
    needles : sequence of Needle
        Parallel or not.
    body : ndarray of bool, shape ``grid.shape``
        What is solid; `seedbed.planning.guide_skin.skin_mask` marks it on a CT.
    grid : VoxelGrid
    outer : {"flat", "following"}, optional
        The outer face: a plane, or one that follows the skin. By default a plane for parallel needles unless
        the block would be too thick.
    rules : GuideRules, optional
        The shipped ones by default.

    Raises
    ------
    NoPlanError
        An entry that is not on the skin seen, holes that merge or break out, needles that lean too far, or a
        body that rises too far under the block.
    InputError
        No needle, or a body of another shape than its grid.

    Examples
    --------
    >>> grid = VoxelGrid((-40.0, -40.0, -40.0), (2.0, 2.0, 2.0), (41, 41, 41))
    >>> body = np.zeros(grid.shape, dtype=bool)
    >>> body[:, :, :21] = True  # solid up to x = 1 mm
    >>> pair = [Needle("N1", (1, 0, 0), (-30, 0, 0)), Needle("N2", (1, 10, 5), (-30, 10, 5))]
    >>> guide = make_guide(pair, body, grid)
    >>> guide.outer, [(hole.lattice, round(hole.length_mm, 2)) for hole in guide.holes]
    ('flat', [('A1', 8.0), ('C2', 8.0)])
    """
    rules = rules or load_guide_rules()
    _check(needles, body, grid)
    frame = frame_of(needles, rules)
    entries = np.array([needle.entry_mm for needle in needles], dtype=float)
    skin = read_skin(body, grid, entries, rules)
    axes = lay_axes(needles, skin, frame, rules)
    block = _block(frame, skin, axes, rules=rules, outer=outer)
    spans = hole_spans(block, axes)
    check_walls(block, axes, spans, rules)
    mesh = _cut(block, axes, _step(block, rules))
    _check_mesh(*mesh, len(needles))
    return _guide(block, axes, spans=spans, mesh=mesh, frame=frame, rules=rules)


def _block(frame: Frame, skin: Skin, axes: Axes, *, rules: GuideRules, outer: Outer | None) -> Block:
    """Lay the block with the outer face asked for, or with a plane where that suits."""
    if outer is not None:
        return lay_block(frame, skin, axes.entries, axes.outward, rules=rules, outer=outer)
    if axes.parallel:
        flat = lay_block(frame, skin, axes.entries, axes.outward, rules=rules, outer="flat")
        if thickest_mm(flat) <= rules.most_thickness_mm:
            return flat
    return lay_block(frame, skin, axes.entries, axes.outward, rules=rules, outer="following")


def _check(needles: Sequence[Needle], body: BoolArray, grid: VoxelGrid) -> None:
    if not needles:
        raise InputError("no needle for a guide template", "at least one", "plan needles first")
    if np.shape(body) != grid.shape:
        raise InputError(
            f"a body mask of shape {np.shape(body)} for a grid of shape {grid.shape}",
            "one value for each voxel",
            "mark the body on this CT",
        )
    for needle in needles:
        if not needle.length_mm > 0:
            raise InputError(
                f"needle '{needle.name}' has no length", "an entry apart from the tip", "correct it"
            )


def _step(block: Block, rules: GuideRules) -> float:
    low, high = _box(block, 0.0)
    return max(rules.grid_mm, float(np.cbrt(np.prod(high - low) / rules.most_voxels)))


def _box(block: Block, margin: float) -> tuple[FloatArray, FloatArray]:
    left, bottom, right, top = block.outline.bounds
    low = np.array([left, bottom, block.under.values.min()])
    high = np.array([right, top, block.over.values.max()])
    return low - margin, high + margin


def _cut(block: Block, axes: Axes, step: float) -> tuple[FloatArray, IntArray]:
    """Return the triangles of the block with its holes (marching cubes), in u, v, w, facing outwards."""
    low, high = _box(block, (3 + OFF_NODE) * step)
    u, v, w = (np.arange(a, b + 3 * step, step) for a, b in zip(low, high, strict=True))
    field = block.field(u, v, w)
    for number in range(len(axes.names)):
        _bore(field, (u, v, w), axes, number, step)
    field[np.abs(field) < 1e-5] = 1e-5
    found, triangles, *_ = marching_cubes(  # type: ignore[no-untyped-call]
        field, 0.0, spacing=(step, step, step), allow_degenerate=False
    )
    vertices, faces = largest_part(found.astype(float), triangles.astype(np.int64))
    vertices += (u[0], v[0], w[0])
    return vertices, faces if enclosed_mm3(vertices, faces) > 0 else faces[:, ::-1]


def _bore(
    field: NDArray[np.float32], ticks: tuple[FloatArray, ...], axes: Axes, number: int, step: float
) -> None:
    """Take one hole out of the field, near its axis only.

    The distance to the axis is convex: between grid points it is overestimated by up to step^2 / (8 radius),
    which would make the hole narrower; it is bored wider by as much.
    """
    radius = axes.radius_mm + step**2 / (8 * axes.radius_mm)
    point, out = axes.entries[number], axes.outward[number]
    ends = np.array([point + (end - point[2]) / out[2] * out for end in (ticks[2][0], ticks[2][-1])])
    reach = radius + 2 * step
    u, v = (
        slice(*np.searchsorted(tick, [ends[:, k].min() - reach, ends[:, k].max() + reach]).tolist())
        for k, tick in enumerate(ticks[:2])
    )
    away = [tick - at for tick, at in zip((ticks[0][u], ticks[1][v], ticks[2]), point, strict=True)]
    du, dv, dw = np.meshgrid(*away, indexing="ij", sparse=True)
    along = du * out[0] + dv * out[1] + dw * out[2]
    distance = np.sqrt(np.maximum(du**2 + dv**2 + dw**2 - along**2, 0.0))
    np.maximum(field[u, v], (radius - distance).astype(np.float32), out=field[u, v])


def _check_mesh(vertices: FloatArray, faces: IntArray, needles: int) -> None:
    """Refuse a block that is not closed, or that has not one hole through it for each needle."""
    found = through_holes(vertices, faces)
    if not is_closed(faces) or found != needles:
        raise NoPlanError(
            f"the guide template has {found} holes through it for {needles} needles",
            "one for each needle",
            "choose the other outer face, or make a template for fewer needles",
        )


def _guide(
    block: Block,
    axes: Axes,
    *,
    spans: FloatArray,
    mesh: tuple[FloatArray, IntArray],
    frame: Frame,
    rules: GuideRules,
) -> Guide:
    vertices, faces = mesh
    left, bottom, *_ = block.outline.bounds
    top = float(block.over.values.max()) if block.outer == "flat" else float(vertices[:, 2].max())
    corner = np.array([left, bottom, top])
    u, v = block.notch_mm
    return Guide(
        outer=block.outer,
        vertices_mm=frame.to_patient(vertices),
        faces=faces,
        frame=frame.moved_to(corner),
        outline_mm=np.asarray(block.outline.exterior.coords, dtype=float)[:-1] - corner[:2],
        notch_mm=(u - left, v - bottom),
        notch_radius_mm=block.notch_radius_mm,
        hole_diameter_mm=2 * axes.radius_mm,
        holes=drill_holes(axes, spans, corner, rules),
        thickest_mm=thickest_mm(block),
        grid_mm=_step(block, rules),
        volume_mm3=enclosed_mm3(vertices, faces),
    )
