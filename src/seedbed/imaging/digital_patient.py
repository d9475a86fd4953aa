"""A digital patient: a synthetic CT of a neck with a lymph-node metastasis, and its true contours.

Nothing here is a patient. The anatomy is drawn from the curves in ``digital_neck.toml``; the node is drawn by
chance in the volume asked for; scanner blur and noise are added.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from seedbed.errors import InputError, StructureError, one_of
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging.body_painting import paint_parts
from seedbed.imaging.body_parts import Anatomy, Part, Wave, read_neck, with_fillings
from seedbed.imaging.noise import add_noise
from seedbed.imaging.seed_model import DEFAULT_LOOK, FWHM_PER_SIGMA, FloatArray, SeedLook
from seedbed.imaging.seed_rendering import render_seeds
from seedbed.imaging.volume import CtVolume

TARGET_NAME = "GTV_node"
SYNTHETIC = "Synthetic digital patient: drawn by a program, no real person"
ANATOMY_FWHM_MM = 1.0  # in-plane blur of the anatomy
NODE_LOBES = ((2, 0.03), (3, 0.05), (4, 0.035), (5, 0.02))  # waves of the node: order, largest share
SMALLEST_SECTION_MM = 1.0  # a section with a smaller half axis is not drawn


@dataclass(frozen=True)
class DigitalPatient:
    """A synthetic CT with its true structures.

    Attributes
    ----------
    ct : CtVolume
        The CT as scanned.
    structures : tuple of Structure
        True sections on the CT planes; the target comes first.
    anatomy : CtVolume
        The same without noise.
    noise_sd_hu : float
        Standard deviation of the noise of one voxel.
    notice : str
        Says that it is synthetic.
    """

    ct: CtVolume
    structures: tuple[Structure, ...]
    anatomy: CtVolume
    noise_sd_hu: float
    notice: str = SYNTHETIC

    def structure(self, name: str) -> Structure:
        """Return the structure of a name."""
        for structure in self.structures:
            if structure.name == name:
                return structure
        known = [structure.name for structure in self.structures]
        raise StructureError(f"no structure '{name}'", one_of(known, name), "choose one of these")


def make_digital_patient(
    rng: np.random.Generator,
    *,
    node_volume_cc: float = 20.0,
    noise_sd_hu: float = 12.0,
    spacing_mm: tuple[float, float, float] = (0.8, 0.8, 2.5),
    shape: tuple[int, int, int] = (56, 256, 256),
) -> DigitalPatient:
    """Draw a synthetic neck with a lymph-node metastasis on the left.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the node's shape, the texture of tissues and the noise; the same generator state gives the
        same patient.
    node_volume_cc : float
        Volume of the node, 5 to 30 cc.
    noise_sd_hu : float
        Standard deviation of the noise of one voxel, HU.
    spacing_mm : (x, y, z)
        Voxel size.
    shape : (nz, ny, nx)
        Number of voxels; the image is centred on the neck.

    Returns
    -------
    DigitalPatient
        Orientation LPS, head first supine: the spine is at +y, the node at +x.

    Raises
    ------
    InputError
        A node volume outside 5 to 30 cc.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> patient = make_digital_patient(rng, spacing_mm=(3.2, 3.2, 5.0), shape=(12, 64, 64))
    >>> patient.structures[0].name, bool(patient.structures[0].bounds_mm[0][0] > 0)
    ('GTV_node', True)
    """
    if not 5.0 <= node_volume_cc <= 30.0:
        raise InputError(f"a node of {node_volume_cc} cc", "5 to 30 cc", "choose a volume that fits the neck")
    grid = _centred_grid(spacing_mm, shape)
    anatomy = read_neck()
    node = _draw_node(anatomy, rng, volume_mm3=1000 * node_volume_cc)
    parts = tuple(part for old in anatomy.parts for part in (node if old.name == "target" else (old,)))
    hu = paint_parts(with_fillings(parts), anatomy, grid=grid, rng=rng)
    clean = CtVolume(grid, _scanner_blur(hu, grid))
    structures = tuple(_contour(part, grid) for part in sorted(parts, key=_target_first) if part.structure)
    return DigitalPatient(add_noise(clean, rng, sd_hu=noise_sd_hu), structures, clean, noise_sd_hu)


def make_post_implant_ct(
    pre: DigitalPatient | CtVolume,
    positions_mm: FloatArray,
    *,
    axes: FloatArray,
    rng: np.random.Generator,
    look: SeedLook = DEFAULT_LOOK,
) -> CtVolume:
    """Scan again with seeds in place, on the same grid.

    A digital patient is scanned anew, with new noise; a real CT keeps its voxels and gains the seeds.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> patient = make_digital_patient(rng, spacing_mm=(3.2, 3.2, 5.0), shape=(12, 64, 64))
    >>> post = make_post_implant_ct(patient, np.array([[40.0, -6, 0]]), axes=np.array([[1.0, 0, 0]]), rng=rng)
    >>> bool(post.hu.max() > patient.ct.hu.max())
    True
    """
    if isinstance(pre, DigitalPatient):
        pre = add_noise(pre.anatomy, rng, sd_hu=pre.noise_sd_hu)
    return render_seeds(pre, positions_mm, axes=axes, rng=rng, look=look)


def _centred_grid(spacing_mm: tuple[float, float, float], shape: tuple[int, int, int]) -> VoxelGrid:
    x, y, z = (-step * (count - 1) / 2 for step, count in zip(spacing_mm, shape[::-1], strict=True))
    return VoxelGrid((x, y, z), spacing_mm, shape)


def _draw_node(anatomy: Anatomy, rng: np.random.Generator, *, volume_mm3: float) -> tuple[Part, Part]:
    """Draw the node, an enhancing rim with a core, and its off-centre necrosis."""
    target = anatomy.target
    waves: tuple[Wave, ...] = tuple(
        (order, float(rng.uniform(0.6, 1.0) * share), float(rng.uniform(0, 360)))
        for order, share in NODE_LOBES
    )
    half = _node_half_axes(target["proportions"], waves, volume_mm3)
    centre = np.array(
        [target["medial_mm"] + half[0], target["y_mm"] + rng.uniform(-1, 1), rng.uniform(-2, 2)]
    )
    rim = _ellipsoid(centre, half, tissue="rim", waves=waves, turn=float(rng.uniform(-8, 8)))
    node = replace(rim, inner=("core", target["wall_mm"]), structure=TARGET_NAME)
    ragged = tuple((order, 2.5 * share, phase + 90) for order, share, phase in waves)
    dead = centre + rng.uniform(-0.15, 0.15, 3) * half
    return node, _ellipsoid(dead, half * [0.42, 0.38, 0.45], tissue="necrosis", waves=ragged, turn=rim.turn)


def _node_half_axes(proportions: list[float], waves: tuple[Wave, ...], volume_mm3: float) -> FloatArray:
    """Scale the proportions to a volume; waves enlarge a section by half the sum of their squared shares."""
    swell = 1 + sum(share**2 for _, share, _ in waves) / 2
    scale = (volume_mm3 / (4 / 3 * np.pi * np.prod(proportions) * swell)) ** (1 / 3)
    half: FloatArray = np.array(proportions) * scale
    return half


def _ellipsoid(
    centre: FloatArray, half: FloatArray, *, tissue: str, waves: tuple[Wave, ...], turn: float
) -> Part:
    (x, y, z), (a, b, c) = centre.tolist(), half.tolist()
    return Part(tissue, tissue, (x, y), (a, b), turn=turn, waves=waves, ball=(z, c))


def _target_first(part: Part) -> bool:
    return part.structure != TARGET_NAME


def _scanner_blur(hu: NDArray[np.float32], grid: VoxelGrid) -> NDArray[np.float32]:
    sigma = ANATOMY_FWHM_MM / FWHM_PER_SIGMA / np.array(grid.spacing_mm[1::-1])
    blurred: NDArray[np.float32] = gaussian_filter(hu, (0, *sigma), mode="nearest")
    return blurred


def _contour(part: Part, grid: VoxelGrid) -> Structure:
    contours = []
    for z in grid.axis_mm(2):
        section = part.section(float(z))
        if section is not None and min(section.half_mm) >= SMALLEST_SECTION_MM:
            contours.append(PlanarContour(float(z), section.points(part.points)))
    return Structure(part.structure, tuple(contours), grid.spacing_mm[2])
