"""A plan under random errors: silent without errors, lower with larger ones, the same for the same seed."""

from collections.abc import Callable

import numpy as np
import pytest

from seedbed.dosimetry import Dvh, PlacementErrors, load_errors, load_source, structure_samples, total_dose
from seedbed.dosimetry.placement_errors import Breathing, load_breathing
from seedbed.errors import DoseError, StructureError
from seedbed.geometry import Structure
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.goals import Goal, PlanGoals
from seedbed.planning.robustness import percentile_d90, robust_report

SOURCE = load_source("6711")
NONE = PlacementErrors("none")
RX = 70.0


def goals(*more: Goal) -> PlanGoals:
    return PlanGoals(RX, (Goal("target", "V100", "at least", 90.0, True, "local rule"), *more), (0.6,))


def plan() -> SeedImplant:
    ticks = (-7.0, 0.0, 7.0)
    places = np.array([[x, y, z] for x in ticks for y in ticks for z in ticks])
    lines = tuple(Needle(f"N{x:g} {y:g}", (x, y, 60.0), (x, y, -12.0)) for x in ticks for y in ticks)
    up = np.tile([[0.0, 0.0, 1.0]], (27, 1))
    return SeedImplant("6711", places, up, np.full(27, 0.6), lines, np.repeat(np.arange(9), 3))


@pytest.fixture(scope="module")
def gtv(make_ball: Callable[..., Structure]) -> Structure:
    return make_ball((0.0, 0.0, 0.0), 12.0)


@pytest.fixture(scope="module")
def cord(make_ball: Callable[..., Structure]) -> Structure:
    return make_ball((0.0, 22.0, 0.0), 6.0, "cord")


def low(samples: tuple[np.ndarray, np.ndarray], errors: PlacementErrors, **asked: object) -> float:
    points, volume = samples
    rng = np.random.default_rng(asked.pop("seed", 1))  # type: ignore[arg-type]
    return percentile_d90(
        SOURCE, asked.pop("implant", plan()), points, volume, errors=errors, rng=rng,  # type: ignore[arg-type]
        **{"trials": 60, **asked},  # type: ignore[arg-type]
    )  # fmt: skip


def test_without_errors_all_is_as_planned(gtv: Structure, cord: Structure) -> None:
    asked = Goal("cord", "D0.1cc", "at most", 1.0, False, "local rule")
    report = robust_report(SOURCE, plan(), gtv, [cord], goals=goals(asked), errors=NONE, trials=3)
    for spread in report.found.spreads:
        np.testing.assert_array_equal(spread.values, spread.planned)
    assert report.d90_gy[0] == report.d90_gy[1] == report.d90_gy[2] == report.found.of("GTV", "D90").planned
    assert [goal.chance_pct for goal in report.goals] == [100.0, 0.0]  # met, missed
    samples = structure_samples(gtv, count=800)
    dose = total_dose(SOURCE, plan().positions_mm, plan().axes, plan().strengths_u, samples[0])
    assert low(samples, NONE) == Dvh.of("GTV", dose, samples[1]).dose_to_pct(90)


@pytest.mark.parametrize("errors", [NONE, load_errors()])
def test_a_shift_of_the_implant_is_the_opposite_shift_of_the_target(
    gtv: Structure, errors: PlacementErrors
) -> None:
    points, volume = structure_samples(gtv, count=800)
    shift, still = np.array([3.0, -2.0, 4.0]), plan()
    lines = tuple(
        Needle(
            n.name, tuple(np.add(n.entry_mm, shift).tolist()), tuple(np.add(n.tip_mm, shift).tolist())
        )
        for n in still.needles
    )  # fmt: skip
    moved = SeedImplant(
        "6711", still.positions_mm + shift, still.axes, still.strengths_u, lines, still.needle_index
    )
    breath = load_breathing("neck")
    assert low((points, volume), errors, implant=moved, breathing=breath) == pytest.approx(
        low((points - shift, volume), errors, breathing=breath), rel=1e-9
    )


def test_one_needle_breathing_is_the_target_breathing_the_other_way(gtv: Structure) -> None:
    # All seeds on one needle move together: each trial is the plan on a target shifted along z.
    points, volume = structure_samples(gtv, count=800)
    whole = SeedImplant(
        "6711", plan().positions_mm, plan().axes, plan().strengths_u, (), np.zeros(27, dtype=np.int64)
    )
    breath = Breathing("z", (0.0, 0.0, 10.0))
    d90s = []
    for rng in np.random.default_rng(1).spawn(30):
        shift = breath.shifts_mm(1, rng.spawn(1)[0])[0]
        dose = total_dose(SOURCE, whole.positions_mm, whole.axes, whole.strengths_u, points - shift)
        d90s.append(Dvh.of("GTV", dose, volume).dose_to_pct(90))
    found = low((points, volume), NONE, implant=whole, breathing=breath, trials=30)
    assert found == pytest.approx(float(np.percentile(d90s, 5)), rel=1e-9)


def test_larger_errors_leave_less(gtv: Structure) -> None:
    samples = structure_samples(gtv, count=800)

    def mean(scale: float) -> float:
        errors = PlacementErrors("scaled", needle_tip_sd_mm=scale, seed_sd_mm=scale / 2)
        return float(np.mean([low(samples, errors, seed=seed) for seed in range(4)]))

    falls = [mean(scale) for scale in (0.0, 1.5, 3.0, 6.0)]
    assert falls == sorted(falls, reverse=True)
    breaths = [
        np.mean(
            [low(samples, NONE, seed=seed, breathing=Breathing("z", (0.0, 0.0, far))) for seed in range(4)]
        )
        for far in (0.0, 5.0, 10.0, 20.0)
    ]
    assert breaths == sorted(breaths, reverse=True)


def test_the_same_seed_gives_the_same_report(gtv: Structure, cord: Structure) -> None:
    def run(seed: int):  # type: ignore[no-untyped-def]
        return robust_report(
            SOURCE, plan(), gtv, [cord], goals=goals(), errors=load_errors(),
            breathing=load_breathing("neck"), trials=20, random_seed=seed,
        )  # fmt: skip

    first, again, other = run(7), run(7), run(8)
    assert first.d90_gy == again.d90_gy != other.d90_gy
    assert first.found.breathing == load_breathing("neck")
    assert first.d90_gy[0] < first.d90_gy[1] < first.d90_gy[2]
    assert first.v100_pct[0] <= first.v100_pct[1] <= first.v100_pct[2]
    low_, mid, high = (first.found.of("cord", "D2cc").percentile(p) for p in (5, 50, 95))
    assert low_ < mid < high


def test_the_chance_of_a_goal_is_the_share_of_trials_that_meet_it(gtv: Structure, cord: Structure) -> None:
    # At the median of a metric half of the trials meet the goal, from either side.
    plain = robust_report(SOURCE, plan(), gtv, [cord], goals=goals(), errors=load_errors(), trials=41)
    median = plain.d90_gy[1]
    halves = (
        Goal("target", "D90", "at least", median, False, "local rule"),
        Goal("target", "D90", "at most", median, False, "local rule"),
        Goal("target", "D90[%]", "at least", 100 * median / RX - 1e-9, False, "local rule"),
    )
    report = robust_report(SOURCE, plan(), gtv, [cord], goals=goals(*halves), errors=load_errors(), trials=41)
    assert [goal.chance_pct for goal in report.goals[1:]] == pytest.approx([100 * 21 / 41] * 3)


def test_what_has_no_meaning_is_refused(gtv: Structure, cord: Structure) -> None:
    elsewhere = Goal("trachea", "D2cc", "at most", 60.0, False, "local rule")
    with pytest.raises(StructureError, match="goal D2cc for 'trachea'"):
        robust_report(SOURCE, plan(), gtv, [cord], goals=goals(elsewhere), errors=NONE)
    with pytest.raises(StructureError, match="name of its own"):
        robust_report(SOURCE, plan(), gtv, [gtv], goals=goals(), errors=NONE)
    with pytest.raises(DoseError, match="trials"):
        robust_report(SOURCE, plan(), gtv, goals=goals(), errors=NONE, trials=1)
    points, volume = structure_samples(gtv, count=100)
    for wrong in (
        lambda: low((points, volume), NONE, implant=plan().only([])),
        lambda: low((points, volume), NONE, trials=0),
        lambda: low((points, volume), NONE, share_pct=101.0),
        lambda: low((points, 0 * volume), NONE),
    ):
        with pytest.raises(DoseError, match="expected"):
            wrong()
