"""How fast the dose is calculated, beside a plain vectorised NumPy version of the same formulas, in one run.

Run ``python benchmarks/dose.py`` in the folder above. 100 seeds on a grid of 100 x 100 x 100 voxels of 1 mm,
both TG-43U1 in two dimensions. The NumPy version does some of the seeds and is scaled by pairs. Peak memory
is that of a process that does nothing else. What stops the kernel: two square roots and one division a pair,
which alone take about 2 ns with 256-bit vectors, some 50 multiplications and additions beside them, and six
scattered reads of the tables.
"""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from timing import best_of

from seedbed.dosimetry import Source, load_source
from seedbed.dosimetry.grids import grid_dose, move_seed
from seedbed.dosimetry.kernel import threads
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.implant import SeedImplant

SEEDS, EDGE, NUMPY_SEEDS = 100, 100, 4
GRID = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (EDGE, EDGE, EDGE))
MEMORY = "import sys; sys.path.insert(0, 'benchmarks'); import dose; dose.{call}; print(dose.peak_mb())"


def implant() -> SeedImplant:
    """100 seeds at random in the middle of the grid."""
    rng = np.random.default_rng(1)
    axes = rng.normal(size=(SEEDS, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    return SeedImplant("6711", rng.uniform(20, 80, (SEEDS, 3)), axes, np.full(SEEDS, 0.889))


def numpy_rate(source: Source, seeds: SeedImplant, points_mm: np.ndarray) -> np.ndarray:
    """TG-43U1 Eq. 1 with NumPy alone: as a physicist would write it."""
    assert seeds.axes is not None
    length = source.active_length_mm / 10
    reference = 2 * np.arctan(length / 2) / length
    slope = (np.log(source.g[-1]) - np.log(source.g[-2])) / (source.g_r_cm[-1] - source.g_r_cm[-2])
    total = np.zeros(len(points_mm))
    for position, axis, strength in zip(seeds.positions_mm, seeds.axes, seeds.strengths_u, strict=True):
        offset = (points_mm - position) / 10
        signed = offset @ axis
        along, rho = np.abs(signed), np.linalg.norm(offset - np.outer(signed, axis), axis=1)
        wall = np.maximum(rho, source.capsule_diameter_mm / 20)
        rho = np.where(along < source.capsule_length_mm / 20, wall, rho)
        r, theta = np.hypot(rho, along), np.degrees(np.arctan2(rho, along))
        with np.errstate(divide="ignore", invalid="ignore"):
            geometry = np.where(
                rho < 1e-12,
                1 / (r**2 - length**2 / 4),
                np.arctan2(length * rho, r**2 - length**2 / 4) / (length * rho),
            )
        log_g = np.interp(r, source.g_r_cm, np.log(source.g)) + slope * np.maximum(r - source.g_r_cm[-1], 0)
        held_r = np.clip(r, source.f_r_cm[0], source.f_r_cm[-1])
        radii, angles = source.f_r_cm, source.f_theta_deg
        i = np.clip(np.searchsorted(radii, held_r, side="right") - 1, 0, len(radii) - 2)
        j = np.clip(np.searchsorted(angles, theta, side="right") - 1, 0, len(angles) - 2)
        u = (held_r - radii[i]) / (radii[i + 1] - radii[i])
        v = (theta - angles[j]) / (angles[j + 1] - angles[j])
        f = (1 - v) * ((1 - u) * source.f[j, i] + u * source.f[j, i + 1]) + v * (
            (1 - u) * source.f[j + 1, i] + u * source.f[j + 1, i + 1]
        )
        total += strength * source.dose_rate_constant * geometry / reference * np.exp(log_g) * f
    return total


def peak_mb() -> float:
    """Peak memory of this process, MB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def on_grid() -> None:
    """All seeds on the grid, with the kernel; for the memory."""
    grid_dose(load_source("6711"), implant(), GRID)


def memory(call: str) -> float:
    """Peak memory of a process that makes one call, MB."""
    found = subprocess.run(
        [sys.executable, "-c", MEMORY.format(call=call)], check=True, capture_output=True, text=True
    )
    return float(found.stdout.split()[-1])


def speed() -> None:
    """Kernel beside NumPy: time, pairs a second, ratio, agreement, memory."""
    source, seeds = load_source("6711"), implant()
    start = time.perf_counter()
    grid_dose(source, seeds.only([0]), VoxelGrid((0, 0, 0), (1, 1, 1), (1, 1, 1)))
    print(f"first call (compiled or read from the cache): {time.perf_counter() - start:.2f} s")
    pairs = SEEDS * EDGE**3
    own = best_of(lambda: grid_dose(source, seeds, GRID))
    points, few = GRID.points_mm(), seeds.only(range(NUMPY_SEEDS))
    other = best_of(lambda: numpy_rate(source, few, points), 2) * SEEDS / NUMPY_SEEDS
    found, expected = grid_dose(source, few, GRID).dose_gy.ravel(), numpy_rate(source, few, points)
    apart = np.abs(found / (expected * source.mean_life_hours / 100) - 1).max()
    print(f"{SEEDS} seeds on {EDGE**3} voxels, {threads()} threads: {own:.3f} s,")
    print(
        f"  {pairs / own / 1e6:.0f} million pairs/s, {own * threads() / pairs * 1e9:.1f} ns a pair and core;"
    )
    print(f"  NumPy {other:.1f} s: {other / own:.0f} x faster; largest relative difference {apart:.1e}")
    dose = grid_dose(source, seeds, GRID)
    moved = best_of(lambda: move_seed(dose, 7, np.array([50.0, 51.0, 52.0])))
    print(f"moving one seed: {1e3 * moved:.1f} ms, {own / moved:.0f} x faster than all anew")
    grid_mb, alone, at_work = EDGE**3 * 8 / 1e6, memory("peak_mb()"), memory("on_grid()")
    print(f"peak memory {at_work:.0f} MB, {alone:.0f} MB before the first dose; the grid is {grid_mb:.0f} MB")


def histograms() -> None:
    """DVHs of ten structures on the same grid, from contours to curves."""
    from seedbed.dosimetry.dvh import grid_dvh

    dose = grid_dose(load_source("6711"), implant(), GRID)
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def ball(radius: float) -> Structure:
        planes = np.arange(-radius + 1.5, radius, 3.0)
        return Structure(
            f"{radius:g} mm",
            tuple(PlanarContour(50.0 + float(z), 50 + np.sqrt(radius**2 - z**2) * circle) for z in planes),
            3.0,
        )

    balls = [float(radius) for radius in np.linspace(8, 42, 10)]
    grid_dvh(dose.dose_gy, GRID, ball(10.0))
    took = best_of(lambda: [grid_dvh(dose.dose_gy, GRID, ball(radius)) for radius in balls], 3)
    cc = sum(4 / 3 * np.pi * radius**3 / 1000 for radius in balls)
    print(f"DVHs of 10 structures, {cc:.0f} cc in all: {took:.2f} s")


if __name__ == "__main__":
    speed()
    histograms()
