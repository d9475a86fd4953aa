"""How many seeds are found in simulated post-implant CTs, how many are false, how far off, and how fast.

Run ``python benchmarks/seed_finding.py`` (some 6 minutes on two free cores), or with ``--quick`` (2 to 3).
The CTs come from `seedbed.imaging.ct_simulation`: X-rays through bodies with seeds, calcifications, clips,
bone, needles and metal; it knows nothing of the model that `find_seeds` fits. Beside it stand two plain ways:
a threshold and connected parts; and the same with large parts split by k-means. Both leave out what is larger
than a few seeds.

Lines "usual" are as the reference case of an independent simulator: a neck with three calcifications; lines
"calcified" hold seeds, calcifications and, by chance, bone near the seeds, a body cut by the field and
breathing; lines "clips" hold three surgical clips and a steel needle beside that; "no seed" holds all of it,
and metal cut by the border, but no seed.

Found: one to one within 3 mm, as many pairs as possible with the least sum of distances. False: found without
a partner, in percent of the implanted. Isolated seeds have no neighbour within 8 mm. Each method runs in a
process of its own and is compiled before the clock starts; its peak memory holds Python and the CT as well.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from dose import peak_mb
from scipy.cluster.vq import kmeans2
from scipy.ndimage import find_objects, label
from scipy.optimize import linear_sum_assignment

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, find_seeds, render_seeds
from seedbed.imaging.ct_simulation import Scanner, Scene, random_case

FIRST_SEED = 10_000  # of the random numbers; tests draw from smaller ones
GATE_MM, ISOLATED_MM = 3.0, 8.0
SLICES_MM = (2.5, 5.0)
SITES = ("neck", "thorax", "pelvis")
COUNTS, QUICK_COUNTS = (24, 24, 40), (15,)
LEVEL_HU = 1200.0  # above contrast medium and spongy bone, below the dimmest seed of a 2.5 mm slice
LARGEST_MM3 = 120.0  # four seeds above the level; larger parts are bone or other metal
USUAL = Scene(
    calcifications=3,
    clips=0,
    bone_near=False,
    needle=False,
    metal_at_border=False,
    cut_body=False,
    breathing_mm=0.0,
    workers=2,
)  # as the reference case of an independent simulator: a neck with three calcifications and touching pairs
CALCIFIED = Scene(clips=0, needle=False, metal_at_border=False, workers=2)
HOSTILE = Scene(calcifications=5, clips=3, needle=True, metal_at_border=False, workers=2)
TRAPS = Scene(calcifications=8, clips=3, bone_near=True, needle=True, metal_at_border=True, workers=2)
WIDE = Scene(scanner=Scanner(slice_mm=1.0, pixel_mm=0.49), pixels=512, slices=100, workers=2)
HEAD = (
    "line             method               seeds  found %  false %    touching %"
    "  error mm (95 %)  axis deg (90 %)  s/case    MB"
)

Found = tuple[np.ndarray, np.ndarray]


def threshold(ct: CtVolume) -> Found:
    """Connected parts above a level: the centroid and the longest direction of each."""
    return described(bright_parts(ct))


def threshold_and_kmeans(ct: CtVolume) -> Found:
    """The same, but a part as large as several usual ones is split into so many."""
    parts = bright_parts(ct)
    usual = np.median([len(points) for points in parts]) if parts else 1.0
    split = []
    for points in parts:
        count = min(max(1, round(len(points) / usual)), len(points))
        _, labels = kmeans2(points, count, minit="++", rng=np.random.default_rng(1))
        split += [points[labels == k] for k in np.unique(labels)]
    return described(split)


def fitted(ct: CtVolume) -> Found:
    """Blurred capsules fitted to the image."""
    found = find_seeds(ct)
    return found.positions_mm, found.axes


METHODS = {"threshold": threshold, "threshold + k-means": threshold_and_kmeans, "find_seeds": fitted}


def bright_parts(ct: CtVolume) -> list[np.ndarray]:
    """Points of each connected part above the level, mm; single voxels and large parts are left out."""
    numbered, _ = label(ct.hu > LEVEL_HU, structure=np.ones((3, 3, 3)))
    parts = []
    for number, box in enumerate(find_objects(numbered), start=1):
        where = np.argwhere(numbered[box] == number) + [window.start for window in box]
        if 1 < len(where) < LARGEST_MM3 / ct.grid.voxel_volume_mm3:
            parts.append(np.asarray(ct.grid.origin_mm) + where[:, ::-1] * np.asarray(ct.grid.spacing_mm))
    return parts


def described(parts: list[np.ndarray]) -> Found:
    centres = np.array([points.mean(axis=0) for points in parts]).reshape(-1, 3)
    spreads = [(points - points.mean(axis=0)).T @ (points - points.mean(axis=0)) for points in parts]
    return centres, np.array([np.linalg.eigh(spread)[1][:, -1] for spread in spreads]).reshape(-1, 3)


def draw(group: str, number: int, seeds: int, slice_mm: float, *, scene: Scene, folder: Path) -> None:
    """Draw a case and keep it in a file of its own."""
    rng = np.random.default_rng([FIRST_SEED, round(10 * slice_mm), number, seeds])
    case = random_case(rng, seeds=seeds, slice_mm=slice_mm, site=SITES[number % 3], scene=scene)
    touching = np.array([kind in ("end to end", "side by side") for kind in case.kinds], dtype=bool)
    np.savez(
        folder / f"{group}_{number}.npz",
        hu=case.ct.hu.astype(np.int16),
        origin=case.ct.grid.origin_mm,
        spacing=case.ct.grid.spacing_mm,
        positions=case.positions_mm,
        axes=case.axes,
        touching=touching,
    )


def load(path: Path) -> CtVolume:
    with np.load(path) as kept:
        hu = kept["hu"].astype(np.float32)
        x, y, z = kept["origin"].tolist()
        dx, dy, dz = kept["spacing"].tolist()
    return CtVolume(VoxelGrid((x, y, z), (dx, dy, dz), hu.shape), hu)


def answer(method: str, paths: list[Path]) -> None:
    """Print what a method finds in each case, the seconds, and the peak memory of this process."""
    warm_up(METHODS[method])
    found = []
    for path in paths:
        ct = load(path)
        start = time.perf_counter()
        positions, axes = METHODS[method](ct)
        found.append([positions.tolist(), axes.tolist(), time.perf_counter() - start])
    print(json.dumps({"found": found, "mb": peak_mb()}))


def warm_up(method) -> None:
    grid = VoxelGrid((-15, -15, -15), (0.8, 0.8, 2.5), (13, 39, 39))
    water = CtVolume(grid, np.zeros(grid.shape, dtype=np.float32))
    pair = np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    method(render_seeds(water, pair, axes=np.eye(3)[[1, 1]], rng=np.random.default_rng(1)))


def asked(method: str, paths: list[Path]) -> dict:
    command = [sys.executable, __file__, "--method", method, *map(str, paths)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def compared(path: Path, positions: np.ndarray, axes: np.ndarray) -> dict[str, np.ndarray]:
    """Pair what was found with the truth of one case."""
    with np.load(path) as kept:
        truth, lines, touching = kept["positions"], kept["axes"], kept["touching"]
    gap = np.linalg.norm(truth[:, None] - positions[None], axis=2)
    rows, columns = linear_sum_assignment(np.where(gap <= GATE_MM, gap, 1e3))
    near = gap[rows, columns] <= GATE_MM
    rows, columns = rows[near], columns[near]
    between = np.linalg.norm(truth[:, None] - truth[None], axis=2) + 1e3 * np.eye(len(truth))
    isolated = (between > ISOLATED_MM).all(axis=1)[rows]
    cosine = np.abs((lines[rows] * axes[columns]).sum(axis=1)).clip(0, 1)
    found = np.zeros(len(truth), dtype=bool)
    found[rows] = True
    return {
        "found": found,
        "touching": found[touching],
        "false": np.arange(len(positions) - len(rows)),
        "error": gap[rows, columns],
        "turned": np.degrees(np.arccos(cosine))[isolated],
    }


def tell(name: str, method: str, paths: list[Path]) -> None:
    """Print one line of the table."""
    said = asked(method, paths)
    cases = [
        compared(path, np.reshape(positions, (-1, 3)), np.reshape(axes, (-1, 3)))
        for path, (positions, axes, _) in zip(paths, said["found"], strict=True)
    ]
    of = {key: np.concatenate([case[key] for case in cases]) for key in cases[0]}
    seconds = np.mean([took for *_, took in said["found"]])
    tail = f"{seconds:7.2f} {said['mb']:6.0f}"
    if not len(of["found"]):
        print(f"{name:16} {method:20} {len(of['false']):6} found where there is none {tail:>51}", flush=True)
        return
    print(
        f"{name:16} {method:20} {len(of['found']):6} {100 * of['found'].mean():8.1f}"
        f" {100 * len(of['false']) / len(of['found']):8.1f} {percent(of['touching'])}"
        f" {spread(of['error'], np.mean, 95, 2):>16} {spread(of['turned'], np.median, 90, 1):>16} {tail}",
        flush=True,
    )


def percent(flags: np.ndarray) -> str:
    return f"{100 * flags.mean():6.1f} of {len(flags):3}" if len(flags) else f"{'-':>13}"


def spread(values: np.ndarray, middle, high: float, digits: int) -> str:
    """Write the middle and a high percentile."""
    if not len(values):
        return "-"
    return f"{middle(values):.{digits}f} ({np.percentile(values, high):.{digits}f})"


def groups(quick: bool) -> dict[str, list[tuple[int, float, Scene]]]:
    """Return the cases of each line: seeds, slice thickness, scene."""
    counts = QUICK_COUNTS if quick else COUNTS
    lines = {
        f"{name} {slice_mm:g} mm": [(seeds, slice_mm, scene) for seeds in counts]
        for name, scene in (("usual", USUAL), ("calcified", CALCIFIED), ("clips", HOSTILE))
        for slice_mm in SLICES_MM
    }
    traps = replace(TRAPS, pixels=160) if quick else TRAPS
    lines["no seed"] = [(0, slice_mm, traps) for slice_mm in ((5.0,) if quick else SLICES_MM)]
    if not quick:
        lines["512x512x100"] = [(100, 1.0, WIDE)]
    return lines


def main() -> None:
    """Draw the cases of each line and print what each method makes of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one small case a line, fewer lines")
    parser.add_argument("--method", help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.method:
        answer(chosen.method, chosen.paths)
        return
    print(HEAD)
    start, drawn = time.perf_counter(), 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        for group, wanted in groups(chosen.quick).items():
            for number, (seeds, slice_mm, scene) in enumerate(wanted):
                draw(group, number, seeds, slice_mm, scene=scene, folder=folder)
            paths = [folder / f"{group}_{number}.npz" for number in range(len(wanted))]
            drawn += len(paths)
            for method in METHODS:
                tell(group, method, paths)
    print(f"{drawn} cases, {time.perf_counter() - start:.0f} s with the drawing of the cases")


if __name__ == "__main__":
    main()
