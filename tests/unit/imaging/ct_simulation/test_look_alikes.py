import numpy as np
import pytest

from seedbed.geometry import VoxelGrid
from seedbed.imaging.ct_simulation.bodies import draw_body
from seedbed.imaging.ct_simulation.implants import draw_implant
from seedbed.imaging.ct_simulation.look_alikes import LOOK_ALIKES, Surroundings
from seedbed.imaging.ct_simulation.phantom import Part

CENTRE = np.array([34.0, -4.0, 0.0])
GRID = VoxelGrid((-16.0, -54.0, -25.0), (1.0, 1.0, 2.5), (21, 101, 101))


def surroundings(seeds=20):
    body = draw_body(np.random.default_rng(1), "neck")
    places = CENTRE + draw_implant(np.random.default_rng(2), seeds=seeds).positions_mm
    return Surroundings(body, places, CENTRE, np.full(3, 22.0), GRID)


def drawn(name):
    around = surroundings()
    return around, [part for k in range(12) for part in LOOK_ALIKES[name](np.random.default_rng(k), around)]


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_none_of_them_holds_a_seed(name):
    around, parts = drawn(name)
    assert parts
    assert all(isinstance(part, Part) for part in parts)
    for part in parts:
        assert not part.contains(around.seeds_mm).any()


def test_a_clip_is_two_equal_legs_of_metal_side_by_side():
    _, parts = drawn("clip")
    for first, second in zip(parts[::2], parts[1::2], strict=True):
        assert first.half_axes_mm == second.half_axes_mm
        assert first.substance.material in ("titanium", "iron")
        assert np.linalg.norm(np.subtract(first.centre_mm, second.centre_mm)) < 2.2


def test_bone_comes_within_a_few_millimetres_of_a_seed():
    around, parts = drawn("bone near the seeds")
    for part in parts:
        away = np.linalg.norm(around.seeds_mm - part.centre_mm, axis=1).min()
        assert 2.6 < away < 2.6 + 4.0 + 4.0 + 1e-9


def test_a_block_is_cut_by_the_border_of_the_image():
    around, parts = drawn("metal cut by the border")
    for part in parts:
        inside = around.grid.contains(part.surface_mm())
        assert inside.any()
        assert not inside.all()


def test_a_needle_is_hollow_steel_longer_than_the_image_is_deep():
    _, parts = drawn("needle")
    for steel, bore in zip(parts[::2], parts[1::2], strict=True):
        assert 2 * steel.smallest_half_mm == pytest.approx(1.3)
        assert bore.substance.density == 0
        assert np.linalg.norm(steel.half_axes_mm[2]) == pytest.approx(40.0)
