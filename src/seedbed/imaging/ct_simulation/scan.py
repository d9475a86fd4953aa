"""Scan a phantom: one CT series of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging.ct_simulation.attenuation import attenuation_per_mm, spectrum
from seedbed.imaging.ct_simulation.phantom import Part, Phantom
from seedbed.imaging.ct_simulation.rays import SMALL_MM, detected, part_arrays
from seedbed.imaging.ct_simulation.reconstruction import UPSAMPLED, back_projected, filtered, water_path_mm
from seedbed.imaging.ct_simulation.scanner import Scanner
from seedbed.imaging.volume import CtVolume

FloatArray = NDArray[np.float64]

LEAST_HU, MOST_HU = -1024, 3071
"""What 12 bits hold."""
SPARE_MM = 3.0
"""Channels go this far beyond the body."""
LONG_MM = 500.0
"""A cylinder with this half length, upright in the scanner, does not end within the image."""
STILL = ((0.0, 0.0, 0.0),)


def simulate_ct(
    phantom: Phantom,
    grid: VoxelGrid,
    *,
    scanner: Scanner,
    rng: np.random.Generator,
    motion_mm: tuple[tuple[float, float, float], ...] = STILL,
    workers: int = 1,
) -> CtVolume:
    """Scan a phantom and reconstruct it on a grid, slice by slice.

    Parameters
    ----------
    phantom : Phantom
        What lies in the scanner; the scanner's middle is x = y = 0.
    grid : VoxelGrid
        Pixel and slice distance are those of the scanner; the image may be a part of the body.
    scanner : Scanner
        The protocol.
    rng : numpy.random.Generator
        Draws the quanta.
    motion_mm : tuple of (x, y, z)
        Places of the body that are averaged, as breathing does during a scan; their mean should be zero.
    workers : int
        Threads, each with slices of its own. The image does not depend on it.

    Returns
    -------
    CtVolume
        Whole numbers from -1024 to 3071 HU.

    Raises
    ------
    InputError
        A grid that does not fit the scanner, or an empty phantom.

    Examples
    --------
    >>> from seedbed.imaging.ct_simulation.phantom import Substance, cylinder
    >>> water = Substance("water", 1.0)
    >>> jar = cylinder((0, 0, 0), axis=(0, 0, 1), radius_mm=40, length_mm=50, substance=water)
    >>> grid = VoxelGrid((-60, -60, 0), (2, 2, 5), (1, 61, 61))
    >>> scanner = Scanner(slice_mm=5, pixel_mm=2, noisy=False)
    >>> ct = simulate_ct(Phantom((jar,)), grid, scanner=scanner, rng=np.random.default_rng(1))
    >>> bool(abs(ct.hu[0, 30, 30]) < 3), bool(ct.hu[0, 0, 0] < -995)
    (True, True)
    """
    _check(phantom, grid, scanner)
    series = _Series(phantom, grid, scanner=scanner, motion_mm=motion_mm)
    jobs = list(zip(grid.axis_mm(2), rng.spawn(grid.shape[0]), strict=True))
    if workers == 1:
        slices = [series.slice_hu(z, chance) for z, chance in jobs]
    else:
        with ThreadPoolExecutor(workers) as pool:
            slices = list(pool.map(lambda job: series.slice_hu(*job), jobs))
    return CtVolume(grid, np.stack(slices))


class _Series:
    """All that the slices of one scan share."""

    def __init__(
        self, phantom: Phantom, grid: VoxelGrid, *, scanner: Scanner, motion_mm: tuple[Any, ...]
    ) -> None:
        self.scanner, self.grid = scanner, grid
        self.large = [part for part in phantom.parts if part.smallest_half_mm >= SMALL_MM]
        self.small = [part for part in phantom.parts if part.smallest_half_mm < SMALL_MM]
        shifts = np.asarray(motion_mm, dtype=float).reshape(-1, 3)
        height, weight = scanner.sub_slices()
        coarse = _by_twos(height)
        # a body that is shifted up is seen in a plane that much lower
        self.heights, self.coarse = ((z - shifts[:, 2, None]).ravel() for z in (height, coarse))
        self.weights = np.tile(weight, len(shifts)) / len(shifts)
        self.shift_x, self.shift_y = (np.repeat(shifts[:, axis], len(height)) for axis in (0, 1))
        needed = phantom.radius_mm + float(np.abs(shifts).max()) + SPARE_MM
        radius = min(needed, scanner.field_mm / 2)
        self.unseen = _beyond(grid, radius) if needed > radius else None
        self.count = 2 * int(np.ceil(radius / scanner.channel_mm)) + 1
        self.first_mm = -scanner.channel_mm * (self.count // 2)
        corner = np.hypot(*(np.abs(grid.axis_mm(axis)).max() for axis in (0, 1)))
        self.air = max(0, int(np.ceil((corner - radius) / scanner.channel_mm)) + 1)
        _, self.signal = spectrum()
        self.attenuation = attenuation_per_mm()

    def slice_hu(self, z: float, rng: np.random.Generator) -> NDArray[np.float32]:
        """One slice, HU."""
        seen = water_path_mm(self._counted(self._intensities(z), rng))
        paths = np.pad(seen, ((0, 0), (self.air, self.air)))
        views = filtered(paths, self.scanner).astype(np.float32)
        step = self.scanner.channel_mm / UPSAMPLED
        turns = self.scanner.turns()
        image = back_projected(
            views,
            turns,
            self.first_mm - self.air * self.scanner.channel_mm,
            step,
            self.grid.axis_mm(0),
            self.grid.axis_mm(1),
        )
        hu: NDArray[np.float32] = np.rint(np.clip(1000.0 * (image - 1.0), LEAST_HU, MOST_HU))
        if self.unseen is not None:
            hu[self.unseen] = LEAST_HU
        return hu

    def _intensities(self, z: float) -> FloatArray:
        scanner = self.scanner
        planes = z + self.heights
        large, small = (_at_height(parts, planes) for parts in (self.large, self.small))
        mean: FloatArray = detected(
            part_arrays(large).rows(),
            part_arrays(small).rows(),
            (planes, z + self.coarse, self.shift_x, self.shift_y, self.weights, self._same(large)),
            scanner.turns(),
            (self.first_mm, scanner.channel_mm, self.count, scanner.fine),
            (self.attenuation, self.signal, scanner.blur()),
        )
        return mean

    def _same(self, large: list[Part]) -> NDArray[np.bool_]:
        """Whether the large parts look as in the sample before: they run along z through all of the slice."""
        upright = all(_runs_along_z(part) for part in large)
        still = (np.diff(self.shift_x) == 0) & (np.diff(self.shift_y) == 0)
        return np.concatenate([[False], still & (upright | (np.diff(self.coarse) == 0))])

    def _counted(self, mean: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Count quanta by chance; what is below the electronic noise is starved and kept at it."""
        scanner = self.scanner
        quanta = mean * scanner.quanta
        if scanner.noisy:
            quanta = rng.poisson(quanta) + rng.normal(0.0, scanner.electronic_quanta, quanta.shape)
        return np.maximum(quanta, scanner.electronic_quanta) / scanner.quanta


def _by_twos(height: FloatArray) -> FloatArray:
    """Take the middle of two neighbours for both: large parts are traced in every second sub-slice only."""
    pair = np.arange(len(height)) // 2
    middle: FloatArray = np.bincount(pair, height) / np.bincount(pair)
    return middle[pair]


def _beyond(grid: VoxelGrid, radius_mm: float) -> NDArray[np.bool_]:
    """Pixels outside the field, shape (rows, columns)."""
    outside: NDArray[np.bool_] = np.hypot(grid.axis_mm(0)[None, :], grid.axis_mm(1)[:, None]) > radius_mm
    return outside


def _at_height(parts: list[Part], planes: FloatArray) -> list[Part]:
    up = np.array([0.0, 0.0, 1.0])
    return [
        part
        for part in parts
        if part.centre_mm[2] - part.reach_mm(up) < planes.max()
        and part.centre_mm[2] + part.reach_mm(up) > planes.min()
    ]


def _runs_along_z(part: Part) -> bool:
    """Whether a part is a long cylinder upright in the scanner; its ends lie far outside of any slice."""
    half = np.asarray(part.half_axes_mm)
    upright = not (half[:2, 2].any() or half[2, :2].any())
    return part.shape == "cylinder" and upright and abs(half[2, 2]) >= LONG_MM


def _check(phantom: Phantom, grid: VoxelGrid, scanner: Scanner) -> None:
    wanted = (scanner.pixel_mm, scanner.pixel_mm, scanner.slice_mm)
    if not np.allclose(grid.spacing_mm, wanted, rtol=0, atol=1e-6):
        raise InputError(
            f"a grid of {grid.spacing_mm} mm", f"the scanner's {wanted} mm", "take pixel and slice from it"
        )
    if not phantom.parts:
        raise InputError("a phantom without parts", "at least one", "put something into the scanner")
    if min(grid.shape[1:]) < 2:
        raise InputError(f"an image of {grid.shape[1:]} pixels", "2 by 2 at least", "enlarge it")
