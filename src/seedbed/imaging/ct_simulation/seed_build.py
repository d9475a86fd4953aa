"""How a seed is built: a thin titanium tube with a core that holds the iodine-125."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation.phantom import (
    NOTHING,
    Part,
    Substance,
    Vector,
    cylinder,
)

TITANIUM = Substance("titanium", 4.51)
SILVER = Substance("silver", 10.5)
GOLD = Substance("gold", 19.3)
STEEL = Substance("iron", 7.9)
"""Stainless steel, counted as iron."""


@dataclass(frozen=True)
class SeedBuild:
    """Sizes and materials of a seed.

    Attributes
    ----------
    length_mm, diameter_mm : float
        Outer size of the capsule.
    wall_mm, weld_mm : float
        Thickness of the tube and of the closed ends.
    core_length_mm, core_diameter_mm : float
        The core.
    core : Substance
        What attenuates in it.

    Examples
    --------
    >>> len(SILVER_ROD.parts((0, 0, 0), axis=(0, 0, 1), host=Substance("water", 1.04)))
    3
    """

    length_mm: float = 4.5
    diameter_mm: float = 0.8
    wall_mm: float = 0.06
    weld_mm: float = 0.4
    core_length_mm: float = 3.0
    core_diameter_mm: float = 0.5
    core: Substance = SILVER

    def __post_init__(self) -> None:
        inner = (self.length_mm - 2 * self.weld_mm, self.diameter_mm - 2 * self.wall_mm)
        if not (0 < self.core_length_mm <= inner[0] and 0 < self.core_diameter_mm <= inner[1]):
            raise InputError(
                f"a core of {self.core_length_mm} x {self.core_diameter_mm} mm",
                f"a positive size up to the capsule's inside, {inner[0]:g} x {inner[1]:g} mm",
                "correct the seed",
            )

    def parts(self, centre_mm: Vector, *, axis: Vector, host: Substance) -> tuple[Part, ...]:
        """Return capsule, cavity and core of a seed in a host tissue."""
        sizes = (
            (self.diameter_mm / 2, self.length_mm, TITANIUM, host),
            (self.diameter_mm / 2 - self.wall_mm, self.length_mm - 2 * self.weld_mm, NOTHING, TITANIUM),
            (self.core_diameter_mm / 2, self.core_length_mm, self.core, NOTHING),
        )
        return tuple(
            cylinder(
                centre_mm, axis=axis, radius_mm=radius, length_mm=length, substance=substance, host=around
            )
            for radius, length, substance, around in sizes
        )


SILVER_ROD = SeedBuild()
"""Of the kind of the 6711: a silver rod of 3.0 x 0.5 mm (AAPM TG-43U1, Med Phys 2004;31:633, section V)."""
THIN = SeedBuild(length_mm=4.55, diameter_mm=0.51, wall_mm=0.04, core_length_mm=2.8, core_diameter_mm=0.35)
"""Of the kind of the 9011: a thinner seed. Wall and core are a local rule within the capsule's size."""
CERAMIC_WITH_GOLD = SeedBuild(core_length_mm=3.5, core_diameter_mm=0.17, core=GOLD)
"""Of the kind of the I25.S06: ceramic about a gold wire of 3.5 x 0.17 mm; the ceramic is left out."""
BUILDS = (SILVER_ROD, THIN, CERAMIC_WITH_GOLD)


def direction(vector: NDArray[np.float64]) -> Vector:
    """Return the unit vector along a vector.

    Examples
    --------
    >>> direction(np.array([0.0, 0.0, 2.0]))
    (0.0, 0.0, 1.0)
    """
    x, y, z = (float(value) for value in np.asarray(vector) / np.linalg.norm(vector))
    return x, y, z
