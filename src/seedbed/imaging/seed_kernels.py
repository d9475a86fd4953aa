"""How a scanner shows one metal rod: the image that a fit of seeds compares with the voxels.

The rod is written as a few points along its axis. In the image plane a point is a Gaussian, along z a box of
one slice blurred by a Gaussian. Metal starves the detector: a ray along the rod meets several millimetres of
silver, the logarithm of its few photons errs, and the scanner sees the *shadow* of the rod rather than its
metal. Seen from a direction at the angle psi to the rod, the metal is then short by the factor

    s(psi) = 1 - k + k sqrt(sin^2 psi + e^2) / sqrt(1 + e^2)

with e the diameter of the rod over its length and k between 0 (no starvation) and 1 (an opaque rod, of which
only the area of the shadow counts). By the central slice theorem the image is multiplied in Fourier space by
s, a function of direction alone. Its harmonics of order 0, 2 and 4 in the angle of the image plane become,
for a Gaussian of width sigma, with u = r^2 / (2 sigma^2),

    order 0: exp(-u) / (2 pi sigma^2)
    order 2: -cos(2 t) (2 / r^2) [1 - (1 + u) exp(-u)] / (2 pi)
    order 4: cos(4 t) (1 / r^2) [4 - 12 (1 - exp(-u)) / u + (8 + 2 u) exp(-u)] / (2 pi)

(Hankel transforms of orders 0, 2, 4 of a Gaussian; t is the angle from the rod). These are the dark streaks
off the ends of a seed and the bright ones off its sides; they shorten and widen a seed that lies in the
plane, and tell it from one that is tilted.
"""

import math

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry.compiling import compiled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NODES, SHARES = (np.ascontiguousarray(part / 2) for part in np.polynomial.legendre.leggauss(8))
"""Points along a rod of length 1 and their shares: exact for blurs wider than a fifth of the rod."""
STUB = 0.025
"""Square of diameter over length of the silver in a 6711-like seed, 0.5 over 3 mm."""
ANGLES = 12
"""Directions over which the harmonics of the starvation are averaged: a quarter turn."""
FELT_MM = 5.0
"""A seed is left out further than this from it in the plane: a streak of a few tens of HU."""
NUMBERS_OF_SIGHT = 5
"""Length, blur in the plane, blur along z, starvation, overshoot."""


@compiled
def harmonics(lying: float) -> tuple[float, float, float]:
    """Return the harmonics 0, 2 and 4 of a fully starved rod; orders 2 and 4 over powers of its tilt.

    ``lying`` is the square of the part of its unit vector in the image plane.

    Examples
    --------
    >>> upright, lying = harmonics(0.0)[0], harmonics(1.0)[0]
    >>> round(upright, 6), 2 / math.pi < lying < 0.7  # of a thin rod in the plane, the mean of |sin| is seen
    (1.0, True)
    """
    zero, two, four = 0.0, 0.0, 0.0
    for number in range(ANGLES):
        angle = (number + 0.5) / ANGLES * math.pi / 2
        short = math.sqrt((1 - lying * math.cos(angle) ** 2 + STUB) / (1 + STUB))
        zero += short / ANGLES
        two += short * math.cos(2 * angle) * 2 / ANGLES
        four += short * math.cos(4 * angle) * 2 / ANGLES
    if lying < 0.02:
        return zero, -0.25, -1 / 64.0
    return zero, two / lying, four / (lying * lying)


@compiled(fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def plane_part(
    low: IntArray, high: IntArray, frame: FloatArray, pose: FloatArray, sight: FloatArray, out: FloatArray
) -> None:
    """Write what each point of a rod gives to the voxels of a box, in the plane: (points, y, x)."""
    ux, uy = pose[3], pose[4]
    zero, two, four = harmonics(ux * ux + uy * uy)
    level = (1 - sight[3] + sight[3] * zero) / (2 * math.pi * sight[1] ** 2)
    two *= sight[3] / (2 * math.pi)
    four *= sight[3] / (2 * math.pi)
    steep = 1 / (2 * sight[1] ** 2)
    for k in range(NODES.shape[0]):
        x0 = frame[0] - pose[0] - NODES[k] * sight[0] * ux
        y0 = frame[1] - pose[1] - NODES[k] * sight[0] * uy
        for iy in range(high[1] - low[1] + 1):
            y = y0 + frame[4] * (low[1] + iy)
            for ix in range(high[0] - low[0] + 1):
                x = x0 + frame[3] * (low[0] + ix)
                square = x * x + y * y
                u = square * steep
                e = math.exp(-u) if u < 30 else 0.0
                along, aside = x * ux + y * uy, x * uy - y * ux
                turned = along * along - aside * aside
                if u < 0.05:
                    second = (1 - 2 * u / 3) * steep**2
                    fourth = (1 - 0.6 * u) * steep**3 / 6
                else:
                    second = 2 * (1 - (1 + u) * e) / (square * square)
                    fourth = (4 - 12 * (1 - e) / u + (8 + 2 * u) * e) / (square * square * square)
                out[k, iy, ix] = (
                    level * e * (1 + sight[4] * (1 - u))
                    + two * turned * second
                    + four * (turned * turned - 4 * along * along * aside * aside) * fourth
                )


@compiled(fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def depth_part(
    low: IntArray, high: IntArray, frame: FloatArray, pose: FloatArray, sight: FloatArray, out: FloatArray
) -> None:
    """Write what each point of a rod gives to the slices of a box, per mm; ``out`` is (points, z)."""
    width = frame[5]
    scale = 1 / (math.sqrt(2.0) * sight[2])
    for k in range(NODES.shape[0]):
        z = frame[2] + width * (low[2] - 0.5) - pose[2] - NODES[k] * sight[0] * pose[5]
        before = math.erf(z * scale)
        for iz in range(high[2] - low[2] + 1):
            z += width
            after = math.erf(z * scale)
            out[k, iz] = (after - before) / (2 * width)
            before = after


@compiled(fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def joined(voxels: IntArray, low: IntArray, plane: FloatArray, depth: FloatArray, out: FloatArray) -> None:
    """Write the density of a rod, 1/mm3, at each voxel of a list."""
    for i in range(voxels.shape[0]):
        ix, iy, iz = voxels[i, 0] - low[0], voxels[i, 1] - low[1], voxels[i, 2] - low[2]
        total = 0.0
        if ix < 0 or iy < 0 or ix >= plane.shape[2] or iy >= plane.shape[1]:
            out[i] = total
            continue
        for k in range(SHARES.shape[0]):
            total += SHARES[k] * plane[k, iy, ix] * depth[k, iz]
        out[i] = total


@compiled(fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def rod_images(voxels: IntArray, frame: FloatArray, changed: FloatArray, out: FloatArray) -> None:
    """Write the density of a rod, 1/mm3, at each voxel of a list, for poses and sights near the first.

    Parameters
    ----------
    voxels : ndarray of int64, shape (n, 3)
        Indices x, y, z.
    frame : ndarray, shape (6,)
        Centre of voxel 0 and distance between voxels, x, y, z, mm.
    changed : ndarray, shape (m, 11)
        Centre, mm; unit vector; length, mm; blur in the plane and along z, mm; starvation; overshoot.
    out : ndarray, shape (m, n)
        Written.

    Examples
    --------
    >>> box = np.array([(x, y, z) for x in range(81) for y in range(81) for z in range(9)])
    >>> frame = np.array([-16.0, -16.0, -8.0, 0.4, 0.4, 2.0])
    >>> seed = np.empty((1, len(box)))
    >>> rod_images(box, frame, np.array([[0.1, 0.2, 0.3, 0, 0, 1, 3, 0.5, 0.4, 1, 0]]), seed)
    >>> round(float(seed.sum() * 0.4 * 0.4 * 2.0), 3)
    1.0
    """
    low, high = voxels[0].copy(), voxels[0].copy()
    for i in range(voxels.shape[0]):
        for a in range(3):
            low[a] = min(low[a], voxels[i, a])
            high[a] = max(high[a], voxels[i, a])
    for a in range(2):  # a seed is not felt far away; in a cluster that saves most of the work
        reach = 0.5 * changed[0, 6] * abs(changed[0, 3 + a]) + FELT_MM
        centre = (changed[0, a] - frame[a]) / frame[3 + a]
        low[a] = min(max(low[a], math.floor(centre - reach / frame[3 + a])), high[a])
        high[a] = max(min(high[a], math.ceil(centre + reach / frame[3 + a])), low[a])
    plane = np.empty((NODES.shape[0], high[1] - low[1] + 1, high[0] - low[0] + 1))
    depth = np.empty((NODES.shape[0], high[2] - low[2] + 1))
    for row in range(changed.shape[0]):
        plane_part(low, high, frame, changed[row], changed[row, 6:], plane)
        depth_part(low, high, frame, changed[row], changed[row, 6:], depth)
        joined(voxels, low, plane, depth, out[row])


@compiled(fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def rod_slopes(
    voxels: IntArray, frame: FloatArray, seen: FloatArray, across: FloatArray, size: float, out: FloatArray
) -> None:
    """Write the density of a rod at each voxel of a list, and how it changes with what is unknown of it.

    Parameters
    ----------
    voxels, frame : ndarray
        As of `rod_images`.
    seen : ndarray, shape (11,)
        One row of ``changed`` of `rod_images`.
    across : ndarray, shape (2, 3)
        Unit vectors across the rod, along which it leans.
    size : float
        Step of the differences, mm, radian, logarithm or share.
    out : ndarray, shape (6 or 11, n)
        Written: the density; its change with the centre (3) and with the leaning (2), and, where there is
        room, with the logarithms of length and blurs (3), with starvation and with overshoot.

    Examples
    --------
    >>> at = np.array([[0, 0, 0], [1, 0, 0]])
    >>> seen = np.array([0.5, 0.0, 0.0, 0.0, 0.0, 1.0, 3.0, 0.5, 0.4, 0.0, 0.0])
    >>> out = np.empty((6, 2))
    >>> rod_slopes(at, np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), seen, np.eye(3)[:2], 1e-4, out)
    >>> bool(np.isclose(out[0, 0], out[0, 1])), bool(np.isclose(out[1, 0], -out[1, 1], rtol=1e-3))
    (True, True)
    """
    changed = np.empty((out.shape[0], 11))
    for row in range(out.shape[0]):
        changed[row] = seen
        if 1 <= row <= 3:
            changed[row, row - 1] += size
        elif 4 <= row <= 5:
            square = 0.0
            for a in range(3):
                changed[row, 3 + a] += size * across[row - 4, a]
                square += changed[row, 3 + a] ** 2
            for a in range(3):
                changed[row, 3 + a] /= math.sqrt(square)
        elif 6 <= row <= 8:
            changed[row, row] *= 1 + size
        elif row >= 9:
            changed[row, row] += size
    rod_images(voxels, frame, changed, out)
    for row in range(1, out.shape[0]):
        for i in range(out.shape[1]):
            out[row, i] = (out[row, i] - out[0, i]) / size
