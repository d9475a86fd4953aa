"""A body made of parts with exact surfaces: ellipsoids, elliptic cylinders and boxes of a material.

Parts lie in each other. Each names what it lies in, its *host*, and takes the place of it: a ray gains the
part's material over its path there and loses the host's. So a phantom is a plain sum, whatever its order.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError, one_of
from seedbed.imaging.ct_simulation.attenuation import MATERIALS

FloatArray = NDArray[np.float64]
Vector = tuple[float, float, float]

SHAPES = ("ellipsoid", "cylinder", "box")


@dataclass(frozen=True)
class Substance:
    """A material at a density.

    Attributes
    ----------
    material : str
        One of `seedbed.imaging.ct_simulation.attenuation.MATERIALS`.
    density : float
        g/cm3, zero or more.

    Examples
    --------
    >>> Substance("water", 1.04)
    Substance(material='water', density=1.04)
    """

    material: str
    density: float

    def __post_init__(self) -> None:
        if self.material not in MATERIALS:
            raise InputError(
                f"material '{self.material}'", one_of(MATERIALS, self.material), "choose one of these"
            )
        if not (np.isfinite(self.density) and self.density >= 0):
            raise InputError(f"a density of {self.density} g/cm3", "zero or more", "correct the density")


NOTHING = Substance("water", 0.0)
"""Air counts as nothing: 0.12 percent of water."""


@dataclass(frozen=True)
class Part:
    """An ellipsoid, elliptic cylinder or box of one substance.

    Attributes
    ----------
    shape : str
        ``"ellipsoid"``, ``"cylinder"`` (along the third half axis) or ``"box"``.
    centre_mm : (x, y, z)
        LPS.
    half_axes_mm : three vectors
        Half axes at right angles, each with its length, mm.
    substance : Substance
        What it is made of.
    host : Substance
        What it takes the place of.
    """

    shape: str
    centre_mm: Vector
    half_axes_mm: tuple[Vector, Vector, Vector]
    substance: Substance
    host: Substance = NOTHING

    def __post_init__(self) -> None:
        axes = np.asarray(self.half_axes_mm, dtype=float)
        lengths = np.linalg.norm(axes, axis=1) if axes.shape == (3, 3) else np.zeros(3)
        square = axes @ axes.T if axes.shape == (3, 3) else np.ones((3, 3))
        if self.shape not in SHAPES or not np.isfinite([*axes.ravel(), *self.centre_mm]).all():
            raise InputError(
                f"a part '{self.shape}' at {self.centre_mm}",
                f"finite numbers and {one_of(SHAPES)}",
                "correct the part",
            )
        if lengths.min() <= 0 or not np.allclose(square / np.outer(lengths, lengths), np.eye(3), atol=1e-6):
            raise InputError(
                f"half axes {self.half_axes_mm}", "three vectors at right angles", "correct the half axes"
            )

    @property
    def smallest_half_mm(self) -> float:
        """Length of the shortest half axis."""
        return float(np.linalg.norm(np.asarray(self.half_axes_mm), axis=1).min())

    @property
    def bulk_mm3(self) -> float:
        """Product of the half axes: which of two nested parts is the inner one."""
        return float(np.prod(np.linalg.norm(np.asarray(self.half_axes_mm), axis=1)))

    def reach_mm(self, direction: FloatArray) -> float:
        """Half the width of the part along a unit vector."""
        along = np.abs(np.asarray(self.half_axes_mm) @ direction)
        if self.shape == "box":
            return float(along.sum())
        if self.shape == "cylinder":
            return float(np.hypot(along[0], along[1]) + along[2])
        return float(np.sqrt((along**2).sum()))

    def contains(self, points_mm: FloatArray) -> NDArray[np.bool_]:
        """Whether points lie inside, shape (n, 3) -> (n,)."""
        axes = np.asarray(self.half_axes_mm)
        place = (np.asarray(points_mm) - self.centre_mm) @ (axes / (axes**2).sum(axis=1)[:, None]).T
        inside: NDArray[np.bool_]
        if self.shape == "box":
            inside = (np.abs(place) <= 1).all(axis=1)
        elif self.shape == "cylinder":
            inside = (np.hypot(place[:, 0], place[:, 1]) <= 1) & (np.abs(place[:, 2]) <= 1)
        else:
            inside = (place**2).sum(axis=1) <= 1
        return inside

    def surface_mm(self) -> FloatArray:
        """Return 26 points of the surface, of a cylinder just within it, shape (26, 3)."""
        signs = np.array([(a, b, c) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1)], dtype=float)
        signs = signs[np.any(signs != 0, axis=1)]
        if self.shape != "box":
            signs /= np.linalg.norm(signs, axis=1)[:, None]
        points: FloatArray = self.centre_mm + signs @ np.asarray(self.half_axes_mm)
        return points

    def moved(self, shift_mm: FloatArray) -> "Part":
        """Return the same part elsewhere."""
        x, y, z = (float(value) for value in np.add(self.centre_mm, shift_mm))
        return replace(self, centre_mm=(x, y, z))


@dataclass(frozen=True)
class Phantom:
    """A body: parts in any order.

    Attributes
    ----------
    parts : tuple of Part

    Examples
    --------
    >>> water = Substance("water", 1.0)
    >>> jar = cylinder((0, 0, 0), axis=(0, 0, 1), radius_mm=50, length_mm=200, substance=water)
    >>> phantom = Phantom((jar,))
    >>> round(phantom.radius_mm, 3)
    50.0
    """

    parts: tuple[Part, ...]

    @property
    def radius_mm(self) -> float:
        """Radius about the middle of the scanner that holds all parts in every slice, at most."""
        turns = np.linspace(0, np.pi, 90, endpoint=False)
        far = 0.0
        for part in self.parts:
            for turn in turns:
                side = np.array([np.cos(turn), np.sin(turn), 0.0])
                far = max(far, abs(float(side @ part.centre_mm)) + part.reach_mm(side))
        return far

    def __add__(self, other: "Phantom") -> "Phantom":
        return Phantom(self.parts + other.parts)

    def at(self, point_mm: FloatArray) -> Substance:
        """Return the substance at a point."""
        return self.substances(np.asarray(point_mm)[None, :])[0]

    def substances(self, points_mm: FloatArray) -> list[Substance]:
        """Return what is at each point, shape (n, 3): the smallest part around it, or air."""
        found = [NOTHING] * len(points_mm)
        for part in sorted(self.parts, key=lambda part: part.bulk_mm3, reverse=True):
            for place in np.flatnonzero(part.contains(points_mm)):
                found[place] = part.substance
        return found


def ellipsoid(centre_mm: Vector, *, half_mm: Vector, substance: Substance, host: Substance = NOTHING) -> Part:
    """Return an ellipsoid along x, y and z.

    Examples
    --------
    >>> ball = ellipsoid((0, 0, 0), half_mm=(2, 2, 2), substance=Substance("bone", 1.9))
    >>> ball.reach_mm(np.array([1.0, 0, 0]))
    2.0
    """
    a, b, c = half_mm
    return Part("ellipsoid", centre_mm, ((a, 0.0, 0.0), (0.0, b, 0.0), (0.0, 0.0, c)), substance, host)


def cylinder(
    centre_mm: Vector,
    *,
    axis: Vector,
    radius_mm: float,
    length_mm: float,
    substance: Substance,
    host: Substance = NOTHING,
) -> Part:
    """Return a round cylinder along any direction.

    Examples
    --------
    >>> rod = cylinder((0, 0, 0), axis=(1, 0, 0), radius_mm=1, length_mm=4, substance=Substance("iron", 7.9))
    >>> rod.reach_mm(np.array([1.0, 0, 0]))
    2.0
    """
    along = np.asarray(axis, dtype=float) / np.linalg.norm(axis)
    first, second = across(along)
    halves = (radius_mm * first, radius_mm * second, length_mm / 2 * along)
    return Part("cylinder", centre_mm, _vectors(halves), substance, host)


def plate(
    centre_mm: Vector,
    *,
    normal: Vector,
    half_mm: Vector,
    substance: Substance,
    host: Substance = NOTHING,
) -> Part:
    """Return a flat ellipsoid: two half axes in its plane, the third along the normal.

    Examples
    --------
    >>> flake = plate((0, 0, 0), normal=(0, 1, 0), half_mm=(3, 3, 0.5), substance=Substance("bone", 1.9))
    >>> flake.reach_mm(np.array([0.0, 1, 0]))
    0.5
    """
    along = np.asarray(normal, dtype=float) / np.linalg.norm(normal)
    first, second = across(along)
    halves = (half_mm[0] * first, half_mm[1] * second, half_mm[2] * along)
    return Part("ellipsoid", centre_mm, _vectors(halves), substance, host)


def across(axis: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two unit vectors at right angles to a unit vector and to each other.

    Examples
    --------
    >>> first, second = across(np.array([0.0, 0.0, 1.0]))
    >>> bool(abs(first @ second) < 1e-12)
    True
    """
    helper = np.eye(3)[np.argmin(np.abs(axis))]
    first = np.cross(axis, helper)
    first /= np.linalg.norm(first)
    return first, np.cross(axis, first)


def _vectors(halves: tuple[FloatArray, ...]) -> tuple[Vector, Vector, Vector]:
    first, second, third = ((float(x), float(y), float(z)) for x, y, z in halves)
    return first, second, third
