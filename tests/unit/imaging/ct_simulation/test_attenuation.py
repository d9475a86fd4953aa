import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation.attenuation import (
    MATERIALS,
    attenuation_per_mm,
    mass_attenuation,
    spectrum,
)

# NIST SRD 126, Tables 3 and 4, typed a second time from the printed pages (cm2/g)
PRINTED = {
    ("water", 60.0): 0.2059,
    ("water", 100.0): 0.1707,
    ("bone", 60.0): 0.3148,
    ("bone", 80.0): 0.2229,
    ("titanium", 60.0): 0.7661,
    ("titanium", 40.0): 2.214,
    ("iron", 80.0): 0.5952,
    ("silver", 50.0): 9.444,
    ("silver", 100.0): 1.470,
    ("gold", 60.0): 4.528,
    ("iodine", 60.0): 7.579,
}


@pytest.mark.parametrize(("material", "energy"), PRINTED)
def test_coefficients_are_those_of_nist(material, energy):
    found = mass_attenuation(material, np.array([energy]))[0]
    assert found == pytest.approx(PRINTED[material, energy], rel=1.5e-3)


def test_between_two_rows_a_power_law_holds():
    low, middle, high = mass_attenuation("titanium", np.array([40.0, np.sqrt(40.0 * 50.0), 50.0]))
    assert middle == pytest.approx(np.sqrt(low * high))


def test_gold_takes_four_times_more_above_its_k_edge():
    below, above = mass_attenuation("gold", np.array([80.7, 80.73]))
    assert above / below == pytest.approx(8.904 / 2.137, rel=0.01)


def test_every_material_fades_with_energy_away_from_edges():
    energy = np.array([40.0, 50.0, 60.0, 80.0])
    for material in MATERIALS:
        assert (np.diff(mass_attenuation(material, energy)) < 0).all()


def test_the_spectrum_is_one_of_120_kvp():
    energy, signal = spectrum()
    assert signal.sum() == pytest.approx(1.0)
    assert 30 < energy.min() < energy.max() < 120
    photons = signal / energy
    assert 58 < (energy * photons).sum() / photons.sum() < 64  # keV, the usual mean behind a body filter


def test_attenuation_is_per_mm_at_unit_density():
    energy, _ = spectrum()
    water = attenuation_per_mm()[MATERIALS.index("water")]
    assert np.interp(60.0, energy, water) == pytest.approx(0.0206, rel=0.01)


@pytest.mark.parametrize("energy", [20.0, 160.0, np.nan])
def test_an_energy_outside_the_table_is_refused(energy):
    with pytest.raises(InputError, match="30 to 150 keV"):
        mass_attenuation("water", np.array([energy]))


def test_an_unknown_material_is_refused_with_a_likely_one():
    with pytest.raises(InputError, match="did you mean 'silver'"):
        mass_attenuation("silvr", np.array([60.0]))
