import pytest

from seedbed.errors import TableError
from seedbed.implant.radionuclides import radionuclide, radionuclide_names
from seedbed.units import U_PER_MCI_I125


def test_half_lives_and_strengths_are_those_of_tg43u1() -> None:
    # TG-43U1, Med Phys 31 (2004) 633: 59.40 d and 1.270 U/mCi; 16.991 d and 1.293 U/mCi.
    numbers = {
        name: (radionuclide(name).half_life_days, radionuclide(name).u_per_mci)
        for name in radionuclide_names()
    }
    assert numbers == {"I-125": (59.40, 1.270), "Pd-103": (16.991, 1.293)}
    assert "10.1118/1.1646040" in radionuclide("I-125").reference


def test_the_unit_of_iodine_is_the_one_used_elsewhere() -> None:
    assert radionuclide("I-125").u_per_mci == U_PER_MCI_I125


def test_an_unknown_radionuclide_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TableError, match=r"'I125'.*did you mean 'I-125'"):
        radionuclide("I125")
