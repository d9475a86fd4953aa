"""A plate on a flat body, whose volume, holes and walls are closed forms; and what is refused."""

from functools import cache
from math import cos, pi, radians, tan

import numpy as np
import pytest
import trimesh

from seedbed.errors import InputError, NoPlanError
from seedbed.geometry import VoxelGrid
from seedbed.implant import Needle
from seedbed.planning.guide import Guide, make_guide
from seedbed.planning.guide_rules import load_guide_rules

RULES = load_guide_rules()
GRID = VoxelGrid((-60.0, -60.0, -60.0), (1.5, 1.5, 2.5), (49, 81, 81))
SKIN_X = 0.75  # the face between the voxels at x = 0 and x = 1.5
RADIUS = (1.27 + 0.2) / 2
NEEDLE_RADIUS = 1.27 / 2
PLACES = ((-10.0, -5.0), (10.0, -5.0), (-10.0, 10.0), (10.0, 10.0))


def flat_body() -> np.ndarray:
    body = np.zeros(GRID.shape, dtype=bool)
    body[:, :, : int(np.flatnonzero(GRID.axis_mm(0) <= 0)[-1]) + 1] = True
    return body


def round_body(radius: float) -> np.ndarray:
    """A cylinder along z whose foremost line is at x = SKIN_X."""
    x, y = GRID.axis_mm(0) - SKIN_X + radius, GRID.axis_mm(1)
    flat = np.hypot(x[None], y[:, None]) <= radius
    return np.broadcast_to(flat, GRID.shape)


def straight(places: tuple[tuple[float, float], ...] = PLACES, depth: float = 40.0) -> list[Needle]:
    return [
        Needle(f"N{n}", (SKIN_X, y, z), (SKIN_X - depth, y, z)) for n, (y, z) in enumerate(places, start=1)
    ]


def leaning(lean_deg: float, places: tuple[tuple[float, float], ...] = PLACES) -> list[Needle]:
    """Needles that lean outwards from the middle line, towards y for y > 0."""
    slope = tan(radians(lean_deg))
    return [
        Needle(f"N{n}", (SKIN_X, y, z), (SKIN_X - 40, y - 40 * slope * np.sign(y), z))
        for n, (y, z) in enumerate(places, start=1)
    ]


@cache
def plate() -> Guide:
    return make_guide(straight(), flat_body(), GRID)


@cache
def fan() -> Guide:
    return make_guide(leaning(15.0), flat_body(), GRID, outer="flat")


def mesh_of(guide: Guide) -> trimesh.Trimesh:
    return trimesh.Trimesh(guide.vertices_mm, guide.faces, process=False)


def line_hits(mesh: trimesh.Trimesh, needle: Needle, aside: np.ndarray | None = None) -> int:
    """Triangles that a line meets: every triangle tested, by signed volumes."""
    shift = np.zeros(3) if aside is None else aside
    start = np.asarray(needle.entry_mm) + shift - 80 * needle.direction
    end = start + 200 * needle.direction
    a, b, c = mesh.triangles.transpose(1, 0, 2)

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray, s: np.ndarray) -> np.ndarray:
        return np.sign(np.einsum("ij,ij->i", np.cross(q - p, r - p), s - p))

    s, e = np.broadcast_to(start, a.shape), np.broadcast_to(end, a.shape)
    crosses = side(a, b, c, s) != side(a, b, c, e)
    turns = side(s, e, a, b), side(s, e, b, c), side(s, e, c, a)
    return int((crosses & (turns[0] == turns[1]) & (turns[1] == turns[2])).sum())


def axis_gap(mesh: trimesh.Trimesh, needle: Needle) -> float:
    """Least distance of the mesh's edges from a needle's axis."""
    ends = mesh.vertices[mesh.edges_unique] - needle.entry_mm
    flat = ends - (ends @ needle.direction)[..., None] * needle.direction
    first, along = flat[:, 0], flat[:, 1] - flat[:, 0]
    squared = np.maximum(np.einsum("ij,ij->i", along, along), 1e-12)
    part = np.clip(-np.einsum("ij,ij->i", first, along) / squared, 0, 1)
    return float(np.linalg.norm(first + part[:, None] * along, axis=1).min())


@pytest.mark.parametrize("make", [plate, fan])
def test_the_surface_is_closed_and_has_a_hole_for_each_needle(make) -> None:
    mesh = mesh_of(make())
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume > 0
    assert mesh.body_count == 1
    assert mesh.euler_number == 2 - 2 * len(PLACES)


def test_the_volume_is_that_of_a_plate_less_cylinders_and_notch() -> None:
    wide, high, margin = 20.0, 15.0, RULES.margin_mm
    area = wide * high + 2 * margin * (wide + high) + pi * margin**2
    area -= pi * RULES.notch_radius_mm**2 / 2 + len(PLACES) * pi * RADIUS**2
    expected = area * RULES.thickness_mm
    assert plate().volume_mm3 == pytest.approx(expected, rel=0.005)
    assert mesh_of(plate()).volume == pytest.approx(plate().volume_mm3, rel=1e-9)


def test_the_plate_lies_a_gap_off_the_skin_and_has_the_thickness_of_the_rule() -> None:
    low, high = mesh_of(plate()).bounds
    assert low[0] == pytest.approx(SKIN_X + RULES.skin_gap_mm, abs=0.02)
    assert high[0] - low[0] == pytest.approx(RULES.thickness_mm, abs=0.01)
    assert low[1:] == pytest.approx(np.array([-10, -5]) - RULES.margin_mm, abs=0.05)
    assert high[1:] == pytest.approx(np.array([10, 10]) + RULES.margin_mm, abs=0.05)


@pytest.mark.parametrize(("make", "needles"), [(plate, straight()), (fan, leaning(15.0))])
def test_a_needle_passes_its_hole_and_nothing_else(make, needles: list[Needle]) -> None:
    mesh = mesh_of(make())
    for needle in needles:
        across = np.cross(needle.direction, [0.0, 0.0, 1.0])
        assert line_hits(mesh, needle) == 0
        assert line_hits(mesh, needle, 2 * across / np.linalg.norm(across)) >= 2
        assert line_hits(mesh, needle, np.array([0.0, 0.013, 2.0])) >= 2


@pytest.mark.parametrize(("make", "needles"), [(plate, straight()), (fan, leaning(15.0))])
def test_a_hole_is_as_wide_as_the_rule_says(make, needles: list[Needle]) -> None:
    for needle in needles:
        assert NEEDLE_RADIUS + 0.05 < axis_gap(mesh_of(make()), needle) <= RADIUS + 0.05


def test_a_hole_has_the_area_of_its_circle() -> None:
    section = mesh_of(plate()).section(plane_origin=(SKIN_X + 4.53, 0, 0), plane_normal=(1, 0, 0))
    loops = [loop for loop in section.discrete if np.ptp(loop, axis=0).max() < 3]
    assert len(loops) == len(PLACES)
    for loop in loops:
        y, z = loop[:, 1], loop[:, 2]
        area = abs(np.dot(y[:-1], z[1:]) - np.dot(y[1:], z[:-1])) / 2
        assert area == pytest.approx(pi * RADIUS**2, rel=0.06)


def test_drilling_coordinates_of_a_plate() -> None:
    # Seen from the patient's left, head up, the back lies to the right: u runs along +y and v along +z.
    holes = plate().holes
    expected = [(8, 8), (28, 8), (8, 23), (28, 23)]
    assert [(h.u_mm, h.v_mm) for h in holes] == [pytest.approx(place, abs=0.05) for place in expected]
    assert [h.lattice for h in holes] == ["A1", "E1", "A4", "E4"]
    for hole in holes:
        assert (hole.w_mm, hole.lean_u_deg, hole.lean_v_deg) == pytest.approx((0, 0, 0), abs=1e-6)
        assert hole.length_mm == pytest.approx(RULES.thickness_mm, abs=1e-6)
        assert hole.face_to_tip_mm == pytest.approx(40 + RULES.skin_gap_mm + RULES.thickness_mm, abs=0.02)
    assert plate().notch_mm == pytest.approx((18, 31), abs=0.05)
    assert plate().frame.up == "head"
    np.testing.assert_allclose(plate().frame.axes, [[0, 1, 0], [0, 0, 1], [1, 0, 0]], atol=1e-12)


def test_drilling_coordinates_of_a_fan() -> None:
    for hole, needle in zip(fan().holes, leaning(15.0), strict=True):
        assert abs(hole.lean_u_deg) == pytest.approx(15.0, abs=1e-6)
        assert hole.lean_v_deg == pytest.approx(0.0, abs=1e-6)
        assert hole.lattice == ""
        assert hole.length_mm == pytest.approx(RULES.thickness_mm / cos(radians(15)), abs=0.05)
        assert np.sign(hole.lean_u_deg) == -np.sign(needle.entry_mm[1])


@pytest.mark.parametrize(("make", "needles"), [(plate, straight()), (fan, leaning(15.0))])
def test_holes_lead_to_the_tips(make, needles: list[Needle]) -> None:
    guide = make()
    for hole, needle in zip(guide.holes, needles, strict=True):
        place = np.array([hole.u_mm, hole.v_mm, hole.w_mm]) + hole.face_to_tip_mm * hole.inwards
        np.testing.assert_allclose(guide.frame.to_patient(place[None])[0], needle.tip_mm, atol=1e-6)


def test_the_frame_is_a_rigid_turn_and_goes_round() -> None:
    matrix = fan().frame.matrix
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1.0)
    points = np.random.default_rng(1).normal(size=(9, 3))
    by_hand = (matrix @ np.column_stack([points, np.ones(9)]).T).T[:, :3]
    np.testing.assert_allclose(fan().frame.to_patient(points), by_hand, atol=1e-12)
    np.testing.assert_allclose(fan().frame.to_template(by_hand), points, atol=1e-12)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_patient_gives_the_same_template(turn: int) -> None:
    quarter = turn // 90
    grid = VoxelGrid((-60.0, -60.0, -60.0), (1.5, 1.5, 2.5), (49, 81, 81))
    body = np.rot90(flat_body(), -quarter, axes=(1, 2))  # x towards y
    angle = radians(turn)
    matrix = np.array([[cos(angle), -np.sin(angle), 0], [np.sin(angle), cos(angle), 0], [0, 0, 1]])
    needles = [Needle(n.name, tuple(matrix @ n.entry_mm), tuple(matrix @ n.tip_mm)) for n in straight(PLACES)]
    guide = make_guide(needles, body, grid)
    assert guide.volume_mm3 == pytest.approx(plate().volume_mm3, rel=1e-3)
    np.testing.assert_allclose(guide.frame.axes, plate().frame.axes @ matrix.T, atol=1e-9)


@pytest.mark.parametrize("outer", ["flat", "following"])
def test_on_a_round_body_the_gap_is_kept_everywhere(outer) -> None:
    radius = 60.0
    guide = make_guide(straight(), round_body(radius), GRID, outer=outer)
    points = guide.vertices_mm
    from_axis = np.hypot(points[:, 0] - SKIN_X + radius, points[:, 1])
    assert from_axis.min() >= radius + RULES.skin_gap_mm - 0.75  # half a voxel of the mask
    if outer == "following":
        inner = np.abs(points[:, 2]) < 5
        assert from_axis[inner].max() == pytest.approx(
            radius + RULES.skin_gap_mm + RULES.thickness_mm, abs=0.75
        )
    else:
        assert points[:, 0].max() == pytest.approx(SKIN_X + RULES.skin_gap_mm + RULES.thickness_mm, abs=0.75)
    mesh = mesh_of(guide)
    assert mesh.is_watertight
    assert mesh.euler_number == 2 - 2 * len(PLACES)


def test_it_can_be_lifted_off() -> None:
    # No vertex of the outer side lies under skin: along w every line meets the block in one piece.
    guide = make_guide(straight(), round_body(60.0), GRID, outer="following")
    mesh = mesh_of(guide)
    rng = np.random.default_rng(2)
    for y, z in rng.uniform((-16, -11), (16, 16), (25, 2)):
        line = Needle("", (SKIN_X, y, z), (SKIN_X - 40, y, z))
        assert line_hits(mesh, line) in (0, 2)


def test_needles_that_lean_apart_get_a_face_that_follows_the_skin() -> None:
    assert make_guide(leaning(15.0), flat_body(), GRID).outer == "following"
    assert plate().outer == "flat"


def test_one_needle_is_enough() -> None:
    guide = make_guide(straight(((0.0, 0.0),)), flat_body(), GRID)
    assert mesh_of(guide).euler_number == 0
    assert guide.holes[0].lattice == ""


@pytest.mark.parametrize(("apart", "merges"), [(2 * RADIUS + 1.4, True), (2 * RADIUS + 1.6, False)])
def test_holes_that_merge_are_refused(apart: float, merges: bool) -> None:
    needles = straight(((0.0, 0.0), (apart, 0.0)))
    if merges:
        with pytest.raises(NoPlanError, match=r"'N1' and 'N2' leave a wall of 1\.4 mm"):
            make_guide(needles, flat_body(), GRID)
    else:
        assert len(make_guide(needles, flat_body(), GRID).holes) == 2


def test_needles_that_meet_outside_the_skin_are_refused() -> None:
    # 10 mm apart on the skin, both leaning 40 degrees inwards on their way out: they cross within the block.
    needles = leaning(-40.0, ((-5.0, 0.0), (5.0, 0.0)))
    with pytest.raises(NoPlanError, match="leave a wall"):
        make_guide(needles, flat_body(), GRID, outer="flat")


@pytest.mark.parametrize("x", [SKIN_X + 6, SKIN_X - 6])
def test_an_entry_off_the_skin_is_refused(x: float) -> None:
    with pytest.raises(NoPlanError, match=r"entry of needle 'N1'.*not on the skin"):
        make_guide([Needle("N1", (x, 0, 0), (x - 40, 0, 0))], flat_body(), GRID)


def test_an_entry_where_the_image_ends_is_refused() -> None:
    body = np.ones(GRID.shape, dtype=bool)
    edge = GRID.upper_mm()[0]
    with pytest.raises(NoPlanError, match="not on the skin that the CT shows"):
        make_guide([Needle("N1", (edge, 0, 0), (edge - 40, 0, 0))], body, GRID)


def test_a_block_that_the_image_cuts_through_a_hole_is_refused() -> None:
    z = GRID.lower_mm()[2] + 1.0
    with pytest.raises(NoPlanError, match="where the CT ends"):
        make_guide(straight(((0.0, z),)), flat_body(), GRID)


def test_a_block_ends_where_the_image_ends() -> None:
    z = GRID.lower_mm()[2] + 4.0
    guide = make_guide(straight(((0.0, z), (0.0, z + 10))), flat_body(), GRID)
    assert guide.vertices_mm[:, 2].min() == pytest.approx(GRID.lower_mm()[2], abs=0.01)


def test_a_body_that_rises_under_the_block_is_refused() -> None:
    body = flat_body()
    body[GRID.axis_mm(2) > 14] = True
    with pytest.raises(NoPlanError, match="body rises more than 30 mm"):
        make_guide(straight(), body, GRID)


def test_nothing_to_lead_is_refused() -> None:
    with pytest.raises(InputError, match="no needle"):
        make_guide([], flat_body(), GRID)
    with pytest.raises(InputError, match="shape"):
        make_guide(straight(), flat_body()[1:], GRID)
    with pytest.raises(InputError, match="has no length"):
        make_guide([Needle("N1", (0, 0, 0), (0, 0, 0))], flat_body(), GRID)
