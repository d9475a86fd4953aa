"""Post-implant CTs with their truth, drawn by chance: seeds, and what looks like them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging.ct_simulation.bodies import draw_body, target_centre_mm
from seedbed.imaging.ct_simulation.implants import NO_SEEDS, Layout, draw_implant
from seedbed.imaging.ct_simulation.look_alikes import LOOK_ALIKES, Surroundings
from seedbed.imaging.ct_simulation.phantom import Part, Phantom, Vector
from seedbed.imaging.ct_simulation.scan import STILL, simulate_ct
from seedbed.imaging.ct_simulation.scanner import Scanner
from seedbed.imaging.ct_simulation.seed_build import SILVER_ROD, SeedBuild, direction
from seedbed.imaging.volume import CtVolume

FloatArray = NDArray[np.float64]

MARGIN_MM = 10.0
"""Image left beyond the middles of the outermost seeds along z, at least."""
EMPTY_MM = 12.0
"""Half size of the place of an implant without seeds."""
LIGHTEST = 0.1
"""g/cm3; a seed does not lie in lighter water, which is air."""
PHASES = 4
"""Places of a breathing body that are averaged."""


@dataclass(frozen=True)
class Scene:
    """What a case holds besides seeds, and how it is scanned; ``None`` draws it by chance.

    Attributes
    ----------
    calcifications, clips : int or None
        Number of calcified grains and plates, and of surgical clips.
    bone_near, needle, metal_at_border : bool or None
        A piece of bone near some seeds; a steel needle left in; a block of metal cut by the border.
    cut_body : bool or None
        Whether the body reaches beyond the scanner's field: a bright rim.
    breathing_mm : float or None
        Way of the body from end to end while it is scanned.
    touching_share : float
        Share of the seeds in touching pairs.
    build : SeedBuild
        The kind of seed.
    scanner : Scanner or None
        The protocol; its slice is then that of the case.
    pixels, slices : int
        Rows and columns, and slices, at least.
    workers : int
        Threads.
    """

    calcifications: int | None = None
    clips: int | None = None
    bone_near: bool | None = None
    needle: bool | None = None
    metal_at_border: bool | None = None
    cut_body: bool | None = None
    breathing_mm: float | None = None
    touching_share: float = 0.12
    build: SeedBuild = SILVER_ROD
    scanner: Scanner | None = None
    pixels: int = 256
    slices: int = 1
    workers: int = 1


PLAIN = Scene(0, 0, bone_near=False, needle=False, metal_at_border=False, cut_body=False, breathing_mm=0.0)
"""Nothing but body and seeds."""
CHANCES = {"bone_near": 0.4, "needle": 0.15, "metal_at_border": 0.25, "cut_body": 0.1, "breathing_mm": 0.2}
"""How often each is drawn. Local rule: rare things are drawn more often than they happen."""


@dataclass(frozen=True)
class SeedCase:
    """A simulated CT and the truth about its seeds.

    Attributes
    ----------
    ct : CtVolume
        The CT.
    positions_mm, axes : ndarray, shape (n, 3)
        True centres, LPS mm, and unit vectors along the seeds; of a breathing body the mean.
    kinds : tuple of str
        Of `seedbed.imaging.ct_simulation.implants.KINDS`, one for each seed.
    also : tuple of str
        What else is in the image, in words.
    scanner : Scanner
        How it was scanned.
    """

    ct: CtVolume
    positions_mm: FloatArray
    axes: FloatArray
    kinds: tuple[str, ...]
    also: tuple[str, ...]
    scanner: Scanner


def random_case(
    rng: np.random.Generator,
    *,
    seeds: int,
    slice_mm: float,
    site: str = "neck",
    scene: Scene | None = None,
) -> SeedCase:
    """Draw a body with seeds and scan it.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws all; the same state gives the same case.
    seeds : int
        0 to 150; without seeds all the rest is there.
    slice_mm : float
        Slice thickness, 0.5 to 10.
    site : str
        ``"neck"``, ``"thorax"`` or ``"pelvis"``.
    scene : Scene, optional
        Fixes what would be drawn.

    Returns
    -------
    SeedCase

    Raises
    ------
    InputError
        A number of seeds outside 0 to 150, or an unknown site.

    Examples
    --------
    >>> from dataclasses import replace
    >>> small = replace(PLAIN, pixels=64)
    >>> case = random_case(np.random.default_rng(1), seeds=2, slice_mm=5.0, scene=small)
    >>> case.positions_mm.shape, case.ct.grid.spacing_mm[2]
    ((2, 3), 5.0)
    """
    if not 0 <= seeds <= 150:
        raise InputError(f"{seeds} seeds", "0 to 150", "correct the number")
    scene = _decided(rng, scene or Scene())
    body = draw_body(rng, site)
    centre = np.array(target_centre_mm(rng, site))
    scanner = scene.scanner or draw_scanner(rng, slice_mm)
    if scene.cut_body:
        scanner = replace(scanner, field_mm=2 * max(0.88 * body.radius_mm, float(np.hypot(*centre[:2])) + 8))
    layout = draw_seeds(rng, scene, seeds=seeds, body=body, centre=centre)
    positions = layout.positions_mm + centre
    grid = _grid(rng, centre, positions, scanner=scanner, least=(scene.slices, scene.pixels))
    half = np.maximum(np.abs(layout.positions_mm).max(axis=0, initial=EMPTY_MM) + 8.0, 15.0)
    extra, also = _extras(rng, scene, Surroundings(body, positions, centre, half, grid))
    phantom = body + Phantom((*extra, *_metal(body, positions, layout.axes, build=scene.build)))
    motion = _breathing(rng, scene.breathing_mm or 0.0)
    ct = simulate_ct(phantom, grid, scanner=scanner, rng=rng, motion_mm=motion, workers=scene.workers)
    return SeedCase(ct, positions, layout.axes, layout.kinds, also, scanner)


def draw_scanner(rng: np.random.Generator, slice_mm: float) -> Scanner:
    """Draw a protocol for a slice thickness: pixel, dose, kernel, blur along z.

    Examples
    --------
    >>> draw_scanner(np.random.default_rng(1), 3.0).slice_mm
    3.0
    """
    return Scanner(
        slice_mm=slice_mm,
        pixel_mm=float(rng.choice([0.39, 0.49, 0.58, 0.68, 0.78, 0.88, 0.98])),
        mas=float(np.exp(rng.uniform(np.log(80), np.log(600)))),
        kernel=str(rng.choice(["soft", "standard", "standard", "sharp"])),
        slice_blur_mm=float(rng.uniform(0.5, 1.2)),
    )


def _decided(rng: np.random.Generator, scene: Scene) -> Scene:
    """Draw what the scene leaves open; what is fixed takes its draws too, so that the rest stays as it is."""
    drawn: dict[str, Any] = {
        "calcifications": int(rng.integers(0, 8)),
        "clips": int(rng.integers(0, 4)),
    }
    drawn |= {name: bool(rng.random() < chance) for name, chance in CHANCES.items()}
    drawn["breathing_mm"] = float(rng.uniform(0.5, 2.0)) * drawn["breathing_mm"]
    return replace(scene, **{name: value for name, value in drawn.items() if getattr(scene, name) is None})


def draw_seeds(
    rng: np.random.Generator, scene: Scene, *, seeds: int, body: Phantom, centre: FloatArray
) -> Layout:
    """Draw seeds where a needle can bring them: in soft tissue or lung, not in bone or air.

    Examples
    --------
    >>> rng, centre = np.random.default_rng(1), np.array([34.0, 0.0, 0.0])
    >>> layout = draw_seeds(rng, PLAIN, seeds=5, body=draw_body(rng, "neck"), centre=centre)
    >>> len(layout.kinds)
    5
    """

    def allowed(middle: FloatArray, axis: FloatArray) -> bool:
        points = centre + middle + np.outer([-0.6, -0.3, 0.0, 0.3, 0.6], axis) * scene.build.length_mm
        return all(
            substance.material == "water" and substance.density > LIGHTEST
            for substance in body.substances(points)
        )

    if seeds == 0:
        return NO_SEEDS
    share = scene.touching_share
    return draw_implant(rng, seeds=seeds, touching_share=share, build=scene.build, allowed=allowed)


def _grid(
    rng: np.random.Generator,
    centre: FloatArray,
    positions: FloatArray,
    *,
    scanner: Scanner,
    least: tuple[int, int],
) -> VoxelGrid:
    """Lay an image around the implant, its origin anywhere between voxels."""
    reach = np.abs(positions - centre).max(axis=0, initial=EMPTY_MM)
    step = np.array([scanner.pixel_mm, scanner.pixel_mm, scanner.slice_mm])
    across = max(least[1], int(np.ceil(2 * (reach[:2].max() + 6.0) / scanner.pixel_mm)))
    slices = max(least[0], int(np.ceil(2 * (reach[2] + MARGIN_MM) / scanner.slice_mm)))
    shape = (slices, across, across)
    origin = centre - step * (np.array(shape[::-1]) - 1) / 2 + rng.uniform(-0.5, 0.5, 3) * step
    return VoxelGrid(_vector(origin), _vector(step), shape)


def _extras(
    rng: np.random.Generator, scene: Scene, around: Surroundings
) -> tuple[list[Part], tuple[str, ...]]:
    wanted = {
        "calcification": scene.calcifications or 0,
        "clip": scene.clips or 0,
        "bone near the seeds": int(scene.bone_near or 0),
        "needle": int(scene.needle or 0),
        "metal cut by the border": int(scene.metal_at_border or 0),
    }
    drawn = [(name, LOOK_ALIKES[name](rng, around)) for name, count in wanted.items() for _ in range(count)]
    also = [name for name, parts in drawn if parts]
    also += ["body cut by the field"] * bool(scene.cut_body) + ["breathing"] * bool(scene.breathing_mm)
    return [part for _, parts in drawn for part in parts], tuple(also)


def _metal(body: Phantom, positions: FloatArray, axes: FloatArray, *, build: SeedBuild) -> list[Part]:
    return [
        part
        for place, axis in zip(positions, axes, strict=True)
        for part in build.parts(_vector(place), axis=direction(axis), host=body.at(place))
    ]


def _breathing(rng: np.random.Generator, way_mm: float) -> tuple[Vector, ...]:
    """Return places of a sine movement, along y or mostly along z; their mean is zero."""
    along = np.array([0.0, 0.4, 0.9]) if rng.random() < 0.5 else np.array([0.0, 1.0, 0.0])
    if way_mm == 0:
        return STILL
    phases = way_mm / 2 * np.cos(np.pi * (np.arange(PHASES) + 0.5) / PHASES)
    return tuple(_vector(phase * along / np.linalg.norm(along)) for phase in phases)


def _vector(values: FloatArray) -> Vector:
    x, y, z = (float(value) for value in values)
    return x, y, z
