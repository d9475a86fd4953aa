from dataclasses import replace

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation import PLAIN, Scanner, Scene, random_case
from seedbed.imaging.ct_simulation.bodies import draw_body
from seedbed.imaging.ct_simulation.cases import draw_scanner, draw_seeds
from seedbed.imaging.ct_simulation.implants import KINDS

COARSE = Scanner(slice_mm=5.0, pixel_mm=0.9, views=120)
SMALL = replace(PLAIN, scanner=COARSE, pixels=64)


def case(seed=1, seeds=4, scene=SMALL, **more):
    return random_case(np.random.default_rng(seed), seeds=seeds, slice_mm=5.0, scene=scene, **more)


def test_the_truth_lies_in_the_image_where_it_is_bright():
    found = case(seeds=6)
    assert found.ct.grid.contains(found.positions_mm).all()
    assert len(found.kinds) == len(found.axes) == 6
    assert set(found.kinds) <= set(KINDS)
    assert (found.ct.sample(found.positions_mm) > 800).all()
    assert np.median(found.ct.hu) < 100


def test_the_same_random_numbers_draw_the_same_case_and_others_another():
    first, again, other = case(3), case(3), case(4)
    assert (first.ct.hu == again.ct.hu).all()
    assert (first.positions_mm == again.positions_mm).all()
    assert not np.allclose(first.positions_mm, other.positions_mm)


def test_what_is_fixed_does_not_change_the_implant():
    plain = case(5)
    grains = case(5, scene=replace(SMALL, calcifications=3))
    assert (plain.positions_mm == grains.positions_mm).all()
    assert grains.also.count("calcification") == 3
    assert plain.also == ()


def test_without_seeds_the_rest_is_there():
    wanted = Scene(
        calcifications=2,
        clips=1,
        bone_near=True,
        needle=True,
        metal_at_border=True,
        cut_body=True,
        breathing_mm=1.0,
        scanner=COARSE,
        pixels=64,
    )
    empty = case(seeds=0, scene=wanted)
    assert empty.positions_mm.shape == empty.axes.shape == (0, 3)
    assert {"clip", "bone near the seeds", "needle", "metal cut by the border"} <= set(empty.also)
    assert {"body cut by the field", "breathing"} <= set(empty.also)
    assert empty.ct.hu.max() == 3071


@pytest.mark.parametrize("site", ["thorax", "pelvis"])
def test_other_sites_are_scanned_as_well(site):
    found = case(2, seeds=3, site=site)
    assert (found.ct.sample(found.positions_mm) > 300).all()


def test_no_seed_lies_in_bone_or_air():
    rng = np.random.default_rng(9)
    body = draw_body(rng, "thorax")
    centre = np.array([112.0, 0.0, 0.0])
    layout = draw_seeds(rng, SMALL, seeds=60, body=body, centre=centre)
    where = body.substances(centre + layout.positions_mm)
    assert {substance.material for substance in where} == {"water"}
    assert min(substance.density for substance in where) > 0.2


def test_protocols_vary_but_keep_the_slice():
    drawn = [draw_scanner(np.random.default_rng(k), 3.0) for k in range(40)]
    assert {scanner.slice_mm for scanner in drawn} == {3.0}
    assert {scanner.kernel for scanner in drawn} == {"soft", "standard", "sharp"}
    assert {0.39, 0.98} <= {scanner.pixel_mm for scanner in drawn}


@pytest.mark.parametrize("seeds", [-1, 151])
def test_a_number_of_seeds_out_of_range_is_refused(seeds):
    with pytest.raises(InputError, match="0 to 150"):
        case(seeds=seeds)


def test_an_unknown_site_is_refused():
    with pytest.raises(InputError, match="did you mean 'thorax'"):
        case(site="torax")
