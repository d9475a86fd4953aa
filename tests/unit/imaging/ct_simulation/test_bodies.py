import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation.bodies import MUSCLE, SITES, draw_body, target_centre_mm


@pytest.mark.parametrize("site", SITES)
def test_a_body_has_bone_soft_tissue_and_air_and_differs_from_draw_to_draw(site):
    first, second = (draw_body(np.random.default_rng(seed), site) for seed in (1, 2))
    assert any(part.substance.material == "bone" for part in first.parts)
    assert any(part.substance.density < 0.5 for part in first.parts)
    assert first.radius_mm != second.radius_mm
    assert first.at(np.array([1e3, 0, 0])).density == 0


@pytest.mark.parametrize("site", SITES)
def test_an_implant_lies_within_the_body(site):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        body = draw_body(rng, site)
        centre = np.array(target_centre_mm(rng, site))
        assert body.at(centre).density > 0.2
        assert np.hypot(*centre[:2]) < body.radius_mm


@pytest.mark.parametrize("site", SITES)
def test_parts_replace_what_is_really_there(site):
    """At its centre each part that lies in muscle lies in muscle alone, so that densities add up."""
    body = draw_body(np.random.default_rng(3), site)
    inner = [part for part in body.parts if part.host == MUSCLE]
    outer = [part for part in body.parts if part.substance == MUSCLE and part.host.density != 1.85]
    for part in inner:
        assert any(each.contains(np.array([part.centre_mm]))[0] for each in outer)


def test_an_unknown_site_is_refused():
    with pytest.raises(InputError, match="'neck'"):
        draw_body(np.random.default_rng(1), "nek")
