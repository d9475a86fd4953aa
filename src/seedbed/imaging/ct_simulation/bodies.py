"""Bodies to implant into: neck, thorax and pelvis, drawn by chance from ellipsoids and cylinders.

No body here is a person's. Sizes are of the order of an adult's; they vary so that nothing is tuned to one.
Along z a body goes on beyond the image, +y is the back, +x the patient's left.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError, one_of
from seedbed.imaging.ct_simulation.phantom import (
    NOTHING,
    Part,
    Phantom,
    Substance,
    Vector,
    cylinder,
    ellipsoid,
)

FloatArray = NDArray[np.float64]

FAT = Substance("water", 0.91)
MUSCLE = Substance("water", 1.05)
LUNG = Substance("water", 0.26)
VESSEL = Substance("water", 1.18)
"""Blood with contrast medium, some 180 HU."""
CORTEX = Substance("bone", 1.85)
SPONGY = Substance("bone", 0.95)
LONG_MM = 600.0


def draw_body(rng: np.random.Generator, site: str) -> Phantom:
    """Draw a body.

    Parameters
    ----------
    rng : numpy.random.Generator
    site : str
        ``"neck"``, ``"thorax"`` or ``"pelvis"``.

    Raises
    ------
    InputError
        Another site.

    Examples
    --------
    >>> 40 < draw_body(np.random.default_rng(1), "neck").radius_mm < 100
    True
    """
    if site not in SITES:
        raise InputError(f"site '{site}'", one_of(SITES, site), "choose one of these")
    return _with_patches(rng, Phantom(tuple(SITES[site](rng))))


def target_centre_mm(rng: np.random.Generator, site: str) -> Vector:
    """Draw where the middle of an implant may lie: in soft tissue beside the midline."""
    side = float(rng.choice([-1.0, 1.0]))
    middle = {"neck": (34.0, -4.0), "thorax": (112.0, 5.0), "pelvis": (45.0, -25.0)}[site]
    x, y = middle + rng.normal(0, 3, 2)
    return side * float(x), float(y), float(rng.uniform(-3, 3))


def _neck(rng: np.random.Generator) -> list[Part]:
    wide, deep = rng.uniform(62, 78), rng.uniform(55, 68)
    parts = _trunk(wide, deep, skin_mm=rng.uniform(3, 7))
    parts += _spine((0.0, 10.0), rng.uniform(11, 15))
    parts.append(_tube((0.0, -22.0), (9.0, 8.0), NOTHING))
    for side in (-1, 1):
        parts.append(_tube((side * 21.0, -2.0 + rng.normal(0, 1)), (3.5, 3.5), VESSEL))
        parts.append(_tube((side * 25.0, 8.0 + rng.normal(0, 1)), (6.0, 4.5), VESSEL))
        jaw = (side * (wide - 24.0), -deep * 0.45, float(rng.uniform(18, 45)))
        parts += _bone(jaw, (5.0, 16.0, 12.0))
    return parts


def _thorax(rng: np.random.Generator) -> list[Part]:
    wide, deep = rng.uniform(140, 165), rng.uniform(95, 115)
    parts = _trunk(wide, deep, skin_mm=rng.uniform(6, 15))
    parts += _spine((0.0, deep - 55.0), rng.uniform(14, 18))
    parts.append(_tube((14.0, deep - 92.0), (11.0, 11.0), VESSEL))
    for side in (-1, 1):
        centre = (side * (wide - 80.0), 0.0, 0.0)
        parts.append(ellipsoid(centre, half_mm=(42.0, 60.0, 150.0), substance=LUNG, host=MUSCLE))
        for level in range(-3, 4):
            parts.append(_rib(side, wide, deep, 28.0 * level + float(rng.uniform(-4, 4))))
    return parts


def _pelvis(rng: np.random.Generator) -> list[Part]:
    wide, deep = rng.uniform(145, 170), rng.uniform(95, 115)
    parts = _trunk(wide, deep, skin_mm=rng.uniform(10, 22))
    parts += _spine((0.0, deep - 70.0), rng.uniform(18, 22))
    parts.append(ellipsoid((0.0, -5.0, -20.0), half_mm=(14.0, 12.0, 30.0), substance=NOTHING, host=MUSCLE))
    for side in (-1, 1):
        parts += _bone((side * 98.0, 15.0, 0.0), (9.0, 28.0, 60.0))
        parts.append(_tube((side * 62.0, -45.0), (5.0, 5.0), VESSEL))
    return parts


SITES: dict[str, Callable[[np.random.Generator], list[Part]]] = {
    "neck": _neck,
    "thorax": _thorax,
    "pelvis": _pelvis,
}


def _trunk(wide: float, deep: float, *, skin_mm: float) -> list[Part]:
    inner = _tube((0.0, 0.0), (wide - skin_mm, deep - skin_mm), MUSCLE, host=FAT)
    return [_tube((0.0, 0.0), (wide, deep), FAT, host=NOTHING), inner]


def _with_patches(rng: np.random.Generator, body: Phantom) -> Phantom:
    """Add tissue a little lighter or denser than muscle, as fat between muscles, glands and nodes are."""
    size = body.radius_mm
    for _ in range(16):
        turn, way = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.75)
        x, y = way * size * np.cos(turn), 0.75 * way * size * np.sin(turn)
        a, b, c = (float(value) for value in rng.uniform(6, 13, 3))
        tissue = Substance("water", float(rng.uniform(0.93, 1.09)))
        centre = (float(x), float(y), float(rng.normal(0, 15)))
        patch = ellipsoid(centre, half_mm=(a, b, 2 * c), substance=tissue, host=MUSCLE)
        if set(body.substances(patch.surface_mm())) == {MUSCLE}:
            body = body + Phantom((patch,))
    return body


def _tube(
    centre: tuple[float, float], half: tuple[float, float], substance: Substance, *, host: Substance = MUSCLE
) -> Part:
    """Return an elliptic cylinder along z that does not end within the image."""
    (x, y), (a, b) = centre, half
    axes = ((float(a), 0.0, 0.0), (0.0, float(b), 0.0), (0.0, 0.0, LONG_MM))
    return Part("cylinder", (float(x), float(y), 0.0), axes, substance, host)


def _spine(centre: tuple[float, float], radius: float) -> list[Part]:
    """Return a column of bone with a canal behind it and processes to three sides."""
    x, y = centre
    back = y + radius + 9.0
    parts = [
        _tube(centre, (1.2 * radius, radius), CORTEX),
        _tube(centre, (1.2 * radius - 2.0, radius - 2.0), SPONGY, host=CORTEX),
        _tube((x, back), (11.0, 8.0), CORTEX),
        _tube((x, back), (9.0, 6.0), MUSCLE, host=CORTEX),
    ]
    for across in (-1, 1):
        parts += _bone((x + across * (radius + 10.0), y + 8.0, 0.0), (6.0, 4.0, 9.0), wall_mm=1.5)
    return parts


def _bone(centre: Vector, half: Vector, *, wall_mm: float = 2.0) -> list[Part]:
    """Return an ellipsoid of spongy bone in a cortex."""
    a, b, c = (value - wall_mm for value in half)
    return [
        ellipsoid(centre, half_mm=half, substance=CORTEX, host=MUSCLE),
        ellipsoid(centre, half_mm=(a, b, c), substance=SPONGY, host=CORTEX),
    ]


def _rib(side: int, wide: float, deep: float, z: float) -> Part:
    """Return a rib: a rod that leaves the spine downwards and outwards."""
    axis = (side * 0.45, -0.85, -0.28)
    return cylinder(
        (side * (wide - 22.0), -0.1 * deep, z),
        axis=axis,
        radius_mm=5.0,
        length_mm=70.0,
        substance=Substance("bone", 1.2),
        host=MUSCLE,
    )
