import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation.phantom import NOTHING, Substance
from seedbed.imaging.ct_simulation.seed_build import BUILDS, SILVER_ROD, TITANIUM, SeedBuild, direction

TISSUE = Substance("water", 1.04)


def volume(part):
    half = np.linalg.norm(np.asarray(part.half_axes_mm), axis=1)
    return np.pi * half[0] * half[1] * 2 * half[2]


def test_a_silver_rod_seed_has_the_volumes_of_its_drawing():
    capsule, cavity, core = SILVER_ROD.parts((1, 2, 3), axis=(0, 0, 1), host=TISSUE)
    assert volume(capsule) == pytest.approx(np.pi * 0.4**2 * 4.5)
    assert volume(core) == pytest.approx(np.pi * 0.25**2 * 3.0)
    assert volume(capsule) > volume(cavity) > volume(core)
    assert (capsule.substance, capsule.host) == (TITANIUM, TISSUE)
    assert (cavity.substance, cavity.host) == (NOTHING, TITANIUM)
    assert core.host == NOTHING


@pytest.mark.parametrize("build", BUILDS)
def test_every_build_lies_along_its_axis(build):
    axis = direction(np.array([1.0, -2.0, 2.0]))
    for part in build.parts((0, 0, 0), axis=axis, host=TISSUE):
        assert direction(np.array(part.half_axes_mm[2])) == pytest.approx(axis)
        assert part.reach_mm(np.array(axis)) <= build.length_mm / 2 + 1e-9


@pytest.mark.parametrize(
    "wrong", [{"core_length_mm": 4.4}, {"core_diameter_mm": 0.8}, {"core_length_mm": 0.0}]
)
def test_a_core_that_does_not_fit_is_refused(wrong):
    with pytest.raises(InputError, match="inside"):
        SeedBuild(**wrong)
