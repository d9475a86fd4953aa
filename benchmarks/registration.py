"""How well, how fast and in how much memory two CTs are laid on each other, beside simpler ways, in one run.

Run ``python benchmarks/registration.py`` in the folder above. A digital patient of 512 x 512 x 100 voxels is
scanned again after a known turn and shift, with other slices, noise and 60 seeds. Beside Seedbed stand: no
registration at all, as on one scanner; the centres of both bodies laid on each other; and SimpleITK's rigid
registration as its notebooks show it (centres of the images, mutual information, three levels, no masks). The
error is the mean distance at the target from where its points really went. Each way runs in a process of its
own.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from dose import peak_mb
from scipy.spatial.transform import Rotation

from seedbed.geometry import RigidTransform, Structure, VoxelGrid
from seedbed.imaging import CtVolume, add_noise, make_digital_patient, register_cts, render_seeds

SPACING, SHAPE, SEEDS = (0.4, 0.4, 1.6), (100, 512, 512), 60
CASES = {
    "as it stood, 2.5 mm": ((0, 0, 0), (0, 0, 0), 2.5),
    "8 degrees, 10 mm, 2.5 mm": ((3, -5, 5), (6, -7, 3), 2.5),
    "15 degrees, 30 mm, 5 mm": ((6, -8, 11), (20, -20, 10), 5.0),
}
Found = Callable[[np.ndarray], np.ndarray]


def planned() -> tuple[CtVolume, CtVolume, Structure]:
    """The planning CT, its anatomy without noise, and the target."""
    patient = make_digital_patient(np.random.default_rng(1), spacing_mm=SPACING, shape=SHAPE)
    return patient.ct, patient.anatomy, patient.structures[0]


def motion_of(case: str, target: Structure) -> RigidTransform:
    """Turn about the middle of the target, then shift."""
    turn_deg, shift, _ = CASES[case]
    middle = np.mean(target.bounds_mm, axis=0)
    turn = Rotation.from_rotvec(turn_deg, degrees=True).as_matrix()
    return RigidTransform(turn, middle + shift - turn @ middle)


def scanned_again(case: str) -> tuple[CtVolume, CtVolume, Structure, RigidTransform]:
    """Planning CT, CT after implantation, target, and what happened between."""
    planning, anatomy, target = planned()
    motion, thick = motion_of(case, target), CASES[case][2]
    middle = motion.apply(np.mean(target.bounds_mm, axis=0)[None])[0]
    shape = (int(100 / thick), 512, 512) if thick > 2.5 else (44, 512, 512)
    first = middle - np.array([0.35 * 511, 0.35 * 511, thick * (shape[0] - 1)]) / 2
    grid = VoxelGrid(tuple(first.tolist()), (0.35, 0.35, thick), shape)
    hu = np.empty(shape, dtype=np.float32)
    for k, z in enumerate(grid.axis_mm(2)):
        plane = VoxelGrid((*grid.origin_mm[:2], float(z)), grid.spacing_mm, (1, *shape[1:]))
        hu[k] = anatomy.sample(motion.inverse().apply(plane.points_mm())).reshape(shape[1:])
    rng = np.random.default_rng(3)
    low, high = target.bounds_mm
    places, axes = low + (high - low) * rng.random((SEEDS, 3)), rng.normal(size=(SEEDS, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    post = add_noise(CtVolume(grid, hu), rng, sd_hu=15.0)
    return planning, render_seeds(post, motion.apply(places), axes=axes, rng=rng), target, motion


def nothing(_planning: CtVolume, _post: CtVolume, _target: Structure) -> Found:
    return lambda points: points


def centres(planning: CtVolume, post: CtVolume, _target: Structure) -> Found:
    """Centres of all that is denser than -300 HU."""
    middles = [ct.grid.points_mm()[ct.hu.ravel() > -300].mean(axis=0) for ct in (planning, post)]
    return lambda points: points + middles[1] - middles[0]


def plain_simpleitk(planning: CtVolume, post: CtVolume, _target: Structure) -> Found:
    import SimpleITK

    images = []
    for ct in (planning, post):
        images.append(SimpleITK.GetImageFromArray(ct.hu))
        images[-1].SetOrigin(ct.grid.origin_mm)
        images[-1].SetSpacing(ct.grid.spacing_mm)
    start = SimpleITK.CenteredTransformInitializer(
        *images, SimpleITK.Euler3DTransform(), SimpleITK.CenteredTransformInitializerFilter.GEOMETRY
    )
    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(50)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(0.01, 1)
    method.SetInterpolator(SimpleITK.sitkLinear)
    method.SetOptimizerAsGradientDescent(learningRate=1.0, numberOfIterations=100)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([2, 1, 0])
    method.SetInitialTransform(start, inPlace=True)
    method.Execute(*images)
    return lambda points: np.array([start.TransformPoint(point) for point in points.tolist()])


def rigid(planning: CtVolume, post: CtVolume, target: Structure) -> Found:
    return register_cts(planning, post, around=target).to_post


def deformable(planning: CtVolume, post: CtVolume, target: Structure) -> Found:
    return register_cts(planning, post, around=target, deformable=True).to_post


WAYS = {
    "no registration": nothing,
    "centres of the bodies": centres,
    "SimpleITK, plain": plain_simpleitk,
    "Seedbed, rigid": rigid,
    "Seedbed, deformable": deformable,
}


def answer(way: str, case: str, folder: Path) -> None:
    """Print the error in mm, seconds and peak MB of one way in this process, the CTs being there."""
    stored = np.load(folder / "cts.npz")
    target = planned_target()
    planning, post = (CtVolume(_grid(stored, name), stored[f"{name}_hu"]) for name in ("planning", "post"))
    motion = motion_of(case, target)
    start = time.perf_counter()
    found = WAYS[way](planning, post, target)
    seconds = time.perf_counter() - start
    low, high = target.bounds_mm
    points = low + (high - low) * np.random.default_rng(2).random((500, 3))
    print(np.linalg.norm(found(points) - motion.apply(points), axis=1).mean(), seconds, peak_mb())


def planned_target() -> Structure:
    """The target alone: drawn on few voxels, with the same numbers by chance."""
    shape = (SHAPE[0], 8, 8)
    return make_digital_patient(np.random.default_rng(1), spacing_mm=SPACING, shape=shape).structures[0]


def _grid(stored: "np.lib.npyio.NpzFile", name: str) -> VoxelGrid:
    origin, spacing = (tuple(row) for row in stored[f"{name}_grid"].tolist())
    return VoxelGrid(origin, spacing, stored[f"{name}_hu"].shape)


def main() -> None:
    """Print each way for each case on a line."""
    for case in CASES:
        print(case)
        with TemporaryDirectory() as name:
            planning, post, _, _ = scanned_again(case)
            grids = {
                f"{label}_grid": np.array([ct.grid.origin_mm, ct.grid.spacing_mm])
                for label, ct in (("planning", planning), ("post", post))
            }
            np.savez(Path(name) / "cts.npz", planning_hu=planning.hu, post_hu=post.hu, **grids)
            for way in WAYS:
                command = [sys.executable, __file__, way, case, name]
                run = subprocess.run(command, capture_output=True, text=True, check=True)
                error, seconds, memory = (float(number) for number in run.stdout.split())
                print(f"  {way:22} {error:6.2f} mm  {seconds:6.1f} s  {memory:6.0f} MB at most", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        answer(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    else:
        main()
