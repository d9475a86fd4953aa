"""How much each material takes from an X-ray of each energy, and the energies that a CT tube sends."""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError, one_of
from seedbed.tables import read_table

FloatArray = NDArray[np.float64]

MATERIALS = ("water", "bone", "titanium", "iron", "silver", "gold", "iodine")
"""Materials of the table. Any tissue is one of them at a density; the density is free."""
CM2_PER_G_TO_MM2_PER_MG = 0.1


def mass_attenuation(material: str, energy_kev: FloatArray) -> FloatArray:
    """Mass attenuation coefficient, between the rows of the table by a power law.

    Parameters
    ----------
    material : str
        One of `MATERIALS`.
    energy_kev : ndarray
        Photon energies, 30 to 150 keV.

    Returns
    -------
    ndarray
        cm2/g.

    Raises
    ------
    InputError
        An unknown material or an energy outside the table.

    Examples
    --------
    >>> float(mass_attenuation("silver", np.array([60.0]))[0])
    5.766
    """
    table = _coefficients()
    if material not in table:
        raise InputError(f"material '{material}'", one_of(table, material), "choose one of these")
    energy = np.asarray(energy_kev, dtype=float)
    known, values = table[material]
    if energy.size and not (energy.min() >= known[0] and energy.max() <= known[-1]):
        raise InputError(
            f"energies from {energy.min():g} to {energy.max():g} keV",
            f"{known[0]:g} to {known[-1]:g} keV",
            "stay within the table",
        )
    found: FloatArray = np.exp(np.interp(np.log(energy), np.log(known), np.log(values)))
    return found


@cache
def _coefficients() -> dict[str, tuple[FloatArray, FloatArray]]:
    table = read_table(files("seedbed.imaging.ct_simulation") / "attenuation.csv")
    names = np.array([row["material"] for row in table.rows])
    energy, value = np.array(table.numbers("energy_kev")), np.array(table.numbers("cm2_per_g"))
    return {name: (energy[names == name], value[names == name]) for name in MATERIALS}


@cache
def spectrum() -> tuple[FloatArray, FloatArray]:
    """Energies of a 120 kVp tube, keV, and what each adds to the signal of a detector, summing to 1.

    The detector adds up energy, as the scintillators of scanners do, and absorbs every photon.

    Examples
    --------
    >>> energy, share = spectrum()
    >>> len(energy), round(float(energy @ share))
    (7, 67)
    """
    table = read_table(files("seedbed.imaging.ct_simulation") / "spectrum_120kvp.csv")
    energy = np.array(table.numbers("energy_kev"))
    signal = energy * np.array(table.numbers("photons"))
    return energy, signal / signal.sum()


def attenuation_per_mm() -> FloatArray:
    """Attenuation of each material at 1 g/cm3 in each bin of the spectrum, 1/mm, shape (materials, bins)."""
    energy, _ = spectrum()
    return np.array([CM2_PER_G_TO_MM2_PER_MG * mass_attenuation(name, energy) for name in MATERIALS])
