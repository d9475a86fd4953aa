"""How fast an edit is answered, how far its DVHs are from those of record, and how fast a plan is shaken.

Run ``python benchmarks/editing.py``. A ball of 80 cc with five organs about it, 60 seeds or so on parallel
needles. Each edit puts seeds where none lay before, so that nothing is answered from memory.
"""

import time
from collections.abc import Callable

import numpy as np
from timing import best_of

from seedbed.dosimetry import Dvh, load_errors, load_source, structure_dvh, structure_samples
from seedbed.dosimetry.kernel import threads
from seedbed.dosimetry.placement_errors import load_breathing
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.editing import PlanEditor
from seedbed.planning.goals import TARGET, Goal, PlanGoals
from seedbed.planning.robustness import percentile_d90, robust_report

SOURCE, PRESCRIPTION_GY, RADIUS_MM, ORGANS, ROUNDS = load_source("6711"), 120.0, 26.7, 5, 12
GRID = VoxelGrid((-50.0, -50.0, -50.0), (1.0, 1.0, 1.0), (100, 100, 100))


def ball(radius: float, centre: tuple[float, float, float], name: str) -> Structure:
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = np.arange(-radius + 1.5, radius, 3.0)
    return Structure(
        name,
        tuple(
            PlanarContour(centre[2] + float(z), np.array(centre[:2]) + np.sqrt(radius**2 - z**2) * circle)
            for z in planes
        ),
        3.0,
    )


def implant() -> SeedImplant:
    """Seeds on a lattice of 11 x 11 x 10 mm within the ball."""
    ticks, depths = np.arange(-25.0, 26.0, 11.0), np.arange(-25.0, 26.0, 10.0)
    seeds, lines, index = [], [], []
    for x in ticks:
        for y in ticks:
            inside = [z for z in depths if x * x + y * y + z * z < (RADIUS_MM - 0.7) ** 2]
            if inside:
                seeds += [(x, y, z) for z in inside]
                index += [len(lines)] * len(inside)
                lines.append(Needle(f"N{len(lines) + 1}", (x, y, 90.0), (x, y, -28.0)))
    axes = np.tile([[0.0, 0.0, -1.0]], (len(seeds), 1))
    return SeedImplant(
        "6711", np.array(seeds), axes, np.full(len(seeds), 0.889), tuple(lines), np.array(index)
    )


TARGET_BALL = ball(RADIUS_MM, (0.0, 0.0, 0.0), "GTV")
ORGAN_BALLS = [ball(10.0, (RADIUS_MM + 12 + 2 * k, 5.0 * k, 0.0), f"organ {k}") for k in range(ORGANS)]
GOALS = PlanGoals(
    PRESCRIPTION_GY,
    (
        Goal("target", "V100", "at least", 95.0, True, "local rule"),
        *(Goal(organ.name, "D2cc", "at most", 60.0, False, "local rule") for organ in ORGAN_BALLS),
    ),
    (0.889,),
)


def one_round(editor: PlanEditor, timed: Callable[[str, Callable[[], object]], None], off: float) -> None:
    """Each kind of edit once."""
    now = editor.state.implant
    middle = int(np.bincount(now.needle_index).argmax())
    line, depths = now.needles[middle], [70 + off, 80 + off, 90 + off]
    entry, tip = np.add(line.entry_mm, 0.05), np.add(line.tip_mm, 0.05)
    timed("move a seed", lambda: editor.move_seed(3, now.positions_mm[3] + [0, 0, 0.05]))
    timed("move a needle", lambda: editor.move_needle(middle, entry, tip))
    timed("add a seed", lambda: editor.add_seed((5.5, 5.5, off), strength_u=0.889, axis=(0, 0, 1.0)))
    timed("remove a seed", lambda: editor.remove_seed(editor.state.implant.count - 1))
    timed("add a needle", lambda: editor.add_needle((5.5, 0, 90), (5.5, 0, -28), depths, strength_u=0.889))
    timed("grid of 1e6 voxels after these five", editor.grid_dose)
    timed("remove a needle", lambda: editor.remove_needle(len(editor.state.implant.needles) - 1))
    timed("undo", editor.undo)
    timed("redo", editor.redo)


def editing() -> None:
    """Time of each kind of edit, DVHs and goals included, and that of the grid."""
    start = time.perf_counter()
    editor = PlanEditor(SOURCE, implant(), TARGET_BALL, ORGAN_BALLS, goals=GOALS, grid=GRID)
    cc, seeds = TARGET_BALL.volume_mm3 / 1000, editor.state.implant.count
    print(f"{cc:.0f} cc, {ORGANS} organs, {seeds} seeds on {len(editor.state.implant.needles)} needles,")
    print(f"  {threads()} threads; to begin: {1e3 * (time.perf_counter() - start):.0f} ms")
    editor.grid_dose()
    times: dict[str, list[float]] = {}

    def timed(name: str, edit: Callable[[], object]) -> None:
        start = time.perf_counter()
        edit()
        times.setdefault(name, []).append(1e3 * (time.perf_counter() - start))

    for number in range(1, ROUNDS + 1):
        one_round(editor, timed, 0.1 * number)
    timed("other strength for all", lambda: editor.set_strength(0.8895))
    for name, found in times.items():
        print(f"  {name}: {np.mean(found):.0f} ms in the mean, {max(found):.0f} ms at worst")


def nearness() -> None:
    """Numbers of the editor beside those of the DVH of record."""
    editor = PlanEditor(SOURCE, implant(), TARGET_BALL, ORGAN_BALLS, goals=GOALS)
    mine, record = editor.state.dvhs[TARGET], structure_dvh(SOURCE, implant(), TARGET_BALL)
    apart = 100 * (mine.dose_to_pct(90) / record.dose_to_pct(90) - 1)
    shares = [
        mine.volume_pct(k * PRESCRIPTION_GY) - record.volume_pct(k * PRESCRIPTION_GY) for k in (1, 1.5, 2)
    ]
    print(f"beside the DVH of record: D90 {apart:+.2f} %, V100, V150, V200", end=" ")
    print(", ".join(f"{share:+.2f}" for share in shares), "points;")
    pairs = [(editor.state.dvhs[o.name], structure_dvh(SOURCE, implant(), o)) for o in ORGAN_BALLS]
    for cc in (2.0, 0.1):
        worst = max(abs(apart_pct(mine, record, cc)) for mine, record in pairs)
        print(f"  D{cc:g}cc of organs at most {worst:.2f} % apart")


def apart_pct(mine: Dvh, record: Dvh, cc: float) -> float:
    return 100 * (mine.dose_to_cc(cc) / record.dose_to_cc(cc) - 1)


def shaking() -> None:
    """200 displaced implants."""
    points, volume = structure_samples(TARGET_BALL, count=3000)
    errors, breathing = load_errors(), load_breathing("neck")

    def low() -> float:
        rng = np.random.default_rng(1)
        return percentile_d90(SOURCE, implant(), points, volume, errors=errors, breathing=breathing, rng=rng)

    print(f"5th percentile of D90 in 200 trials: {low():.1f} Gy in {best_of(low, 3):.2f} s;", end=" ")
    took = best_of(
        lambda: robust_report(
            SOURCE, implant(), TARGET_BALL, ORGAN_BALLS, goals=GOALS, errors=errors, breathing=breathing
        ),
        2,
    )
    print(f"report with {ORGANS} organs: {took:.1f} s")


if __name__ == "__main__":
    editing()
    nearness()
    shaking()
