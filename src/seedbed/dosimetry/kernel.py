"""The compiled kernel: dose rate of many seeds at many points, block by block, no (point x seed) matrix.

Points are taken in blocks of `BLOCK`. For each seed a first loop calculates distance, angle and G_L of the
whole block (vector instructions), a second one fetches the cells of the tables, a third one multiplies. The
few points near the seed are done again by the arctangent in between. Nothing depends on how points fall into
blocks. Threads share the blocks; the compiled code does not hold the interpreter.
"""

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.kernel_tables import FAR_CM, KernelTables, kernel_tables
from seedbed.dosimetry.sources import Source
from seedbed.geometry.compiling import compiled
from seedbed.implant.seeds import known_axes

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]
BLOCK = 256
TINY = 1e-18
"""Added to the squared distance, cm2, so that the place of a seed itself can be divided by."""
BLOCKS_PER_TURN = 64
ONE, TWO, THREE, FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
ARITHMETIC: dict[str, Any] = {
    "error_model": "numpy",
    "fastmath": {"contract", "nsz", "arcp", "nnan", "ninf"},
}
# arccos(c) = sqrt(1 - c) * polynomial(c) for c in [0, 1], degrees, after the form of Abramowitz and Stegun,
# 4.4.46: Chebyshev fit of degree 11 (error 1e-9 degrees).
_nodes = (np.cos(np.pi * (np.arange(512) + 0.5) / 512) + 1) / 2
A = tuple(
    np.polynomial.Chebyshev.fit(
        _nodes, np.degrees(np.arccos(_nodes)) / np.sqrt(1 - _nodes), 11, domain=[0, 1]
    )
    .convert(kind=np.polynomial.Polynomial)
    .coef.tolist()
)


@compiled(**ARITHMETIC)
def _distances(xyz, seed, scale, cutoff_cm, t, real, cell):
    """Distance, angle and G_L x scale of a block from a seed; return how many points are near it."""
    px, py, pz, ax, ay, az = seed[0], seed[1], seed[2], seed[3], seed[4], seed[5]
    quarter = t.length_cm * t.length_cm / 4
    bins_per_cm = 1.0 / t.bin_cm
    end_cm = t.bin_cm * len(t.g)
    last_bin = len(t.g) - 1.0
    near = np.int32(0)
    for i in range(BLOCK):
        dx, dy, dz = xyz[i] - px, xyz[i + BLOCK] - py, xyz[i + 2 * BLOCK] - pz
        r = math.sqrt(dx * dx + dy * dy + dz * dz + TINY)
        near += np.int32(r < t.near_cm)
        inverse = 1.0 / r
        c = min(abs(dx * ax + dy * ay + dz * az) * inverse, 1.0)
        theta = math.sqrt(1.0 - c) * (
            A[0] + c * (A[1] + c * (A[2] + c * (A[3] + c * (A[4] + c * (A[5] + c * (
                A[6] + c * (A[7] + c * (A[8] + c * (A[9] + c * (A[10] + c * A[11]))))))))))
        )  # fmt: skip
        # G_L r^2 = sum of q^n U_2n(cos theta) / (2n + 1), q = (L / 2r)^2, U the Chebyshev polynomials
        q = quarter * inverse * inverse
        k = 4.0 * c * c - 2.0
        u1 = k + 1.0
        u2 = k * u1 - 1.0
        u3 = k * u2 - u1
        u4 = k * u3 - u2
        u5 = k * u4 - u3
        series = 1.0 + q * (u1 / 3 + q * (u2 / 5 + q * (u3 / 7 + q * (u4 / 9 + q * u5 / 11))))
        real[i] = min(r, end_cm)
        real[i + BLOCK] = min(theta, t.last_deg)
        real[i + 2 * BLOCK] = (scale if r <= cutoff_cm else 0.0) * inverse * inverse * series
        real[i + 3 * BLOCK] = min(max(r, t.first_cm), t.last_cm)
        cell[i] = np.int32(min(r * bins_per_cm, last_bin))
        cell[i + BLOCK] = np.int32(min(theta, t.last_deg) * t.angle_bins_per_deg)
    return near


@compiled(**ARITHMETIC)
def _correct_near(xyz, seed, scale, t, real, cell):
    """Do the points near the seed again: G_L by the arctangent (TG-43U1, Eq. 4), the capsule wall inside."""
    oriented = t.half_capsule_cm < FAR_CM
    for i in range(BLOCK):
        if real[i] >= t.near_cm:
            continue
        dx, dy, dz = xyz[i] - seed[0], xyz[i + BLOCK] - seed[1], xyz[i + 2 * BLOCK] - seed[2]
        along = dx * seed[3] + dy * seed[4] + dz * seed[5]
        px, py, pz = dx - along * seed[3], dy - along * seed[4], dz - along * seed[5]
        rho, along = math.sqrt(px * px + py * py + pz * pz), abs(along)
        if along < t.half_capsule_cm:
            rho = max(rho, t.capsule_radius_cm)
        r = math.sqrt(rho * rho + along * along)
        theta = min(math.degrees(math.atan2(rho, along)), t.last_deg) if oriented else t.last_deg
        difference = r * r - t.length_cm * t.length_cm / 4
        product = t.length_cm * rho
        geometry = math.atan2(product, difference) / product if product > 1e-12 else 1.0 / difference
        real[i], real[i + BLOCK], real[i + 2 * BLOCK] = r, theta, scale * geometry
        real[i + 3 * BLOCK] = min(max(r, t.first_cm), t.last_cm)
        cell[i] = np.int32(r / t.bin_cm)
        cell[i + BLOCK] = np.int32(theta * t.angle_bins_per_deg)


@compiled(**ARITHMETIC)
def _look_up(t, real, cell, found):
    """Slope of ln g, g at the middle of the bin, and F."""
    for i in range(BLOCK):
        b = np.uint64(np.uint32(cell[i]))
        j = np.uint64(np.uint32(t.row[b] + cell[i + BLOCK])) * FOUR
        r = real[i + 3 * BLOCK]
        found[i], found[i + BLOCK] = t.slope[b], t.g[b]
        found[i + 2 * BLOCK] = (t.cells[j] + t.cells[j + ONE] * r) + (
            t.cells[j + TWO] + t.cells[j + THREE] * r
        ) * real[i + BLOCK]


@compiled(**ARITHMETIC)
def _multiply(bin_cm, real, cell, found, rate):
    """Add scale x G_L x g x F."""
    for i in range(BLOCK):
        e = found[i] * (real[i] - (cell[i] + 0.5) * bin_cm)
        g = found[i + BLOCK] * (1.0 + e * (1.0 + e * (1 / 2 + e * (1 / 6 + e * (1 / 24)))))
        rate[i] += real[i + 2 * BLOCK] * g * found[i + 2 * BLOCK]


@compiled(**ARITHMETIC)
def _add_block(xyz, seeds, strengths, cutoff_cm, t, work, rate):
    real, cell, found = work
    for n in range(len(seeds)):
        scale = strengths[n] * t.scale
        if _distances(xyz, seeds[n], scale, cutoff_cm, t, real, cell):
            _correct_near(xyz, seeds[n], scale, t, real, cell)
        _look_up(t, real, cell, found)
        _multiply(t.bin_cm, real, cell, found, rate)


@compiled(**ARITHMETIC)
def _workspace():
    return np.empty(4 * BLOCK), np.empty(2 * BLOCK, np.int32), np.empty(3 * BLOCK)


@compiled(**ARITHMETIC)
def add_at_points(points_mm, seeds, strengths, cutoff_cm, t, rate, first, last):
    """Add the dose rate at the points ``first`` to ``last`` of a list."""
    xyz, part, work = np.empty(3 * BLOCK), np.empty(BLOCK), _workspace()
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        for i in range(BLOCK):
            point = min(start + i, stop - 1)
            for axis in range(3):
                xyz[i + axis * BLOCK] = points_mm[point, axis] / 10.0
        part[:] = 0.0
        _add_block(xyz, seeds, strengths, cutoff_cm, t, work, part)
        for i in range(stop - start):
            rate[start + i] += part[i]


@compiled(**ARITHMETIC)
def add_on_grid(origin_mm, steps_mm, shape, seeds, strengths, cutoff_cm, t, rate, first, last):
    """Add the dose rate at the voxels ``first`` to ``last`` of a flattened grid, x fastest."""
    xyz, part, work = np.empty(3 * BLOCK), np.empty(BLOCK), _workspace()
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        a, row = start % shape[2], start // shape[2]
        b, c = row % shape[1], row // shape[1]
        for i in range(BLOCK):
            for axis in range(3):
                place = (
                    origin_mm[axis] + a * steps_mm[0, axis] + b * steps_mm[1, axis] + c * steps_mm[2, axis]
                )
                xyz[i + axis * BLOCK] = place / 10.0
            if start + i + 1 < stop:
                a += 1
                if a == shape[2]:
                    a, b = 0, b + 1
                    if b == shape[1]:
                        b, c = 0, c + 1
        part[:] = 0.0
        _add_block(xyz, seeds, strengths, cutoff_cm, t, work, part)
        for i in range(stop - start):
            rate[start + i] += part[i]


def in_turns(work: Callable[[int, int], None], count: int, progress: Progress | None) -> None:
    """Share ``count`` points among threads, turn by turn, and tell how far they are.

    Parameters
    ----------
    work : callable
        Called with the first point of a turn and the one after its last.
    count : int
    progress : callable, optional
        Called with points done and points in all.
    """
    turn = BLOCK * BLOCKS_PER_TURN
    starts = range(0, count, turn)
    if len(starts) <= 1:
        work(0, count)
    else:
        with ThreadPoolExecutor(threads()) as pool:
            jobs = [pool.submit(work, start, min(start + turn, count)) for start in starts]
            try:
                for start, job in zip(starts, jobs, strict=True):
                    job.result()
                    if progress:
                        progress(min(start + turn, count), count)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    if progress:
        progress(count, count)


def threads() -> int:
    """Threads that this process may use at a time."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system knows
        return os.cpu_count() or 1


class SeedGroup(NamedTuple):
    """Seeds of one formula: those with an axis (two-dimensional), or those without (one-dimensional).

    Attributes
    ----------
    tables : KernelTables
    number : ndarray of int, shape (k,)
        Which seeds of the list they are.
    rows : ndarray, shape (k, 6)
        Position in cm and axis of each; zero axes where they are not known.
    """

    tables: KernelTables
    number: NDArray[np.int64]
    rows: FloatArray


def seed_groups(source: Source, positions_mm: FloatArray, axes: FloatArray | None) -> list[SeedGroup]:
    """Part seeds by the formula that their dose follows; a group without seeds is left out.

    Parameters
    ----------
    source : Source
    positions_mm : ndarray, shape (n, 3)
    axes : ndarray, shape (n, 3), or None
        Unit vectors, and three zeros for a seed whose axis is not known; None where none is.

    Examples
    --------
    >>> from seedbed.dosimetry.sources import load_source
    >>> axes = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    >>> [group.number.tolist() for group in seed_groups(load_source("6711"), np.zeros((3, 3)), axes)]
    [[1], [0, 2]]
    """
    places = np.asarray(positions_mm, dtype=float)
    known = known_axes(axes, len(places))
    groups = []
    for oriented in (True, False):
        number = np.flatnonzero(known == oriented)
        if number.size:
            along = np.zeros((len(number), 3)) if axes is None else np.asarray(axes, dtype=float)[number]
            if oriented:
                along = along / np.linalg.norm(along, axis=1, keepdims=True)
            rows = np.ascontiguousarray(np.hstack([places[number] / 10.0, along]))
            groups.append(SeedGroup(kernel_tables(source, oriented), number, rows))
    return groups


__all__ = ["KernelTables", "SeedGroup", "add_at_points", "add_on_grid", "in_turns", "seed_groups", "threads"]
