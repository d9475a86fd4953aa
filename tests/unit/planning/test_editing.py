"""Edits by hand: the dose is that of the implant, undo leads back, and a bad edit changes nothing."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from seedbed.dosimetry import grid_dose, load_source, structure_dvh, total_dose
from seedbed.errors import DoseError, NoPlanError, SeedbedError, StructureError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.editing import PlanEditor
from seedbed.planning.goals import TARGET, Goal, PlanGoals

SOURCE = load_source("6711")
GOALS = PlanGoals(
    60.0,
    (
        Goal("target", "V100", "at least", 95.0, True, "local rule"),
        Goal("cord", "D0.1cc", "at most", 40.0, True, "local rule"),
    ),
    (0.5, 0.7),
)
GRID = VoxelGrid((-20.0, -20.0, -20.0), (4.0, 4.0, 4.0), (11, 11, 11))


def plan(needles: int = 4) -> SeedImplant:
    lines = [((x, y, 60.0), (x, y, -14.0)) for x in (-6.0, 6.0) for y in (-6.0, 6.0)][:needles]
    places = np.array([[x, y, z] for _, (x, y, _) in lines for z in (-10.0, -3.0, 4.0, 11.0)]).reshape(-1, 3)
    return SeedImplant(
        "6711",
        places,
        np.tile([[0.0, 0.0, -1.0]], (len(places), 1)),
        np.full(len(places), 0.5),
        tuple(Needle(f"N{n + 1}", entry, tip) for n, (entry, tip) in enumerate(lines)),
        np.repeat(np.arange(needles), 4),
    )


@pytest.fixture(scope="module")
def shapes(make_ball: Callable[..., Structure]) -> tuple[Structure, Structure]:
    return make_ball((0.0, 0.0, 0.0), 14.0), make_ball((0.0, 24.0, 0.0), 6.0, "cord")


def editor(
    shapes: tuple[Structure, Structure], implant: SeedImplant | None = None, samples: int = 300
) -> PlanEditor:
    target, organ = shapes
    return PlanEditor(
        SOURCE,
        plan() if implant is None else implant,
        target,
        [organ],
        goals=GOALS,
        grid=GRID,
        samples=samples,
    )


def edit_at_random(session: PlanEditor, rng: np.random.Generator) -> bool:
    """Try one edit of any kind; return whether it was accepted."""
    implant = session.state.implant
    seed, needle = int(rng.integers(-1, implant.count + 1)), int(rng.integers(-1, len(implant.needles) + 1))
    place, axis = rng.uniform(-14, 14, 3), Rotation.random(rng=rng).as_matrix()[0]
    along = [0.0, 0.0, float(rng.choice([-2.0, 1.0, 6.0]))]
    choices: list[Callable[[], object]] = [
        lambda: session.move_seed(
            seed, (place if seed < 0 else implant.only([seed]).positions_mm[0]) + along
        ),
        lambda: session.add_seed(place, strength_u=0.7, axis=axis),
        lambda: session.add_seed(place, strength_u=0.5, needle=needle),
        lambda: session.remove_seed(seed),
        lambda: session.move_needle(needle, place + 60 * np.eye(3)[2], place),
        lambda: session.add_needle(place + 60 * axis, place, [40.0, 50.0, 60.0], strength_u=0.7),
        lambda: session.remove_needle(needle),
        lambda: session.set_strength(float(rng.choice([0.5, 0.7, 9.0])), [seed]),
        session.undo,
        session.redo,
        session.redo,
    ]
    before = session.state
    try:
        choices[rng.integers(len(choices))]()
    except SeedbedError:
        assert session.state is before
        return False
    return True


def check_fresh(session: PlanEditor) -> None:
    """The DVHs are those of a dose calculated anew at the same samples."""
    implant = session.state.implant
    for name, part in session._doses.parts.items():
        anew = total_dose(SOURCE, implant.positions_mm, implant.axes, implant.strengths_u, part.points_mm)
        np.testing.assert_allclose(session.state.dvhs[name].dose_gy, np.sort(anew)[::-1], rtol=1e-9)


def test_after_200_edits_the_dose_is_that_of_a_fresh_calculation(
    shapes: tuple[Structure, Structure],
) -> None:
    session, rng = editor(shapes), np.random.default_rng(1)
    first, accepted = session.state, 0
    while accepted < 200:
        accepted += edit_at_random(session, rng)
        if accepted % 40 == 0:
            check_fresh(session)
    fresh = grid_dose(SOURCE, session.state.implant, GRID).dose_gy
    np.testing.assert_allclose(session.grid_dose().dose_gy, fresh, rtol=1e-9)
    check_fresh(session)
    while session.can_undo:
        session.undo()
    assert session.state.implant is first.implant
    for name, dvh in first.dvhs.items():
        np.testing.assert_array_equal(session.state.dvhs[name].dose_gy, dvh.dose_gy)
    assert session.state.results == first.results


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_undo_leads_back_and_redo_forth(shapes: tuple[Structure, Structure], seed: int) -> None:
    session, rng = editor(shapes), np.random.default_rng(seed)
    first = session.state
    for _ in range(12):
        edit_at_random(session, rng)
    while session.can_redo:
        session.redo()
    last, steps = session.state, 0
    while session.can_undo:
        session.undo()
        steps += 1
    assert session.state.implant is first.implant
    assert session.state.results == first.results
    for _ in range(steps):
        session.redo()
    assert session.state.implant is last.implant
    assert session.state.results == last.results
    check_fresh(session)


def test_an_edit_after_undo_drops_what_could_be_redone(shapes: tuple[Structure, Structure]) -> None:
    session = editor(shapes)
    session.remove_seed(0)
    session.undo()
    assert session.can_redo
    session.remove_seed(1)
    with pytest.raises(NoPlanError, match="nothing to redo"):
        session.redo()
    session.undo()
    with pytest.raises(NoPlanError, match="nothing to undo"):
        session.undo()


def test_a_needle_moves_rigidly_with_its_seeds(shapes: tuple[Structure, Structure]) -> None:
    session = editor(shapes)
    before = session.state.implant
    after = session.move_needle(1, (-40.0, 6.0, -13.0), (8.0, 5.0, -12.0)).implant
    mine = before.needle_index == 1
    np.testing.assert_array_equal(after.positions_mm[~mine], before.positions_mm[~mine])
    tips = np.array([before.needles[1].tip_mm, after.needles[1].tip_mm])
    depth = np.linalg.norm(after.positions_mm[mine] - tips[1], axis=1)
    np.testing.assert_allclose(depth, np.linalg.norm(before.positions_mm[mine] - tips[0], axis=1))
    assert after.axes is not None
    np.testing.assert_allclose(after.axes[mine], np.tile(after.needles[1].direction, (4, 1)), atol=1e-12)
    np.testing.assert_allclose(
        np.cross(after.positions_mm[mine] - tips[1], after.needles[1].direction), 0, atol=1e-9
    )


def test_turning_a_needle_about_keeps_its_seeds_on_it(shapes: tuple[Structure, Structure]) -> None:
    line = plan().needles[0]
    after = editor(shapes).move_needle(0, line.tip_mm, line.entry_mm).implant  # straight back
    np.testing.assert_allclose(
        after.positions_mm[:4], np.array(line.entry_mm) - (plan().positions_mm[:4] - line.tip_mm) * [1, 1, 1],
        atol=1e-9,
    )  # fmt: skip


def test_twice_the_strength_is_twice_the_dose(shapes: tuple[Structure, Structure]) -> None:
    session = editor(shapes)
    before = session.state.dvhs[TARGET].dose_gy
    np.testing.assert_allclose(session.set_strength(0.7).dvhs[TARGET].dose_gy, 1.4 * before, rtol=1e-12)


def test_a_seed_and_a_needle_come_and_go(shapes: tuple[Structure, Structure]) -> None:
    session = editor(shapes)
    first = session.state
    added = session.add_needle((0.0, 0.0, 60.0), (0.0, 0.0, -14.0), [55.0, 60.0], strength_u=0.7).implant
    assert added.count == 18
    assert added.needle_index[-2:].tolist() == [4, 4]
    assert added.needles[4].name == "N5"
    np.testing.assert_allclose(added.positions_mm[-2:], [[0, 0, 5.0], [0, 0, 0.0]], atol=1e-12)
    grown = session.add_seed((0.2, 0.0, -8.0), strength_u=0.5, needle=4).implant
    assert grown.axes is not None
    np.testing.assert_allclose(grown.axes[-1], [0, 0, -1])
    session.remove_needle(1)
    assert session.state.implant.needle_index.tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 3
    session.undo()
    left = session.remove_needle(4)
    np.testing.assert_array_equal(left.implant.positions_mm, first.implant.positions_mm)
    assert left.results == first.results


def test_goals_are_judged_after_each_edit(shapes: tuple[Structure, Structure]) -> None:
    session = editor(shapes)
    covered = next(result for result in session.state.results if result.goal.metric == "V100")
    assert covered.value == pytest.approx(session.state.dvhs[TARGET].volume_pct(60.0))
    session.remove_needle(0)
    less = next(result for result in session.remove_needle(0).results if result.goal.metric == "V100")
    assert less.value < covered.value
    assert less.by == pytest.approx(less.value - 95.0)
    assert not less.met


def test_a_plan_may_begin_and_end_without_seeds(shapes: tuple[Structure, Structure]) -> None:
    session = editor(shapes, SeedImplant("6711", np.empty((0, 3)), None, np.empty(0)))
    assert session.state.dvhs[TARGET].max_gy == 0
    session.add_needle((0.0, 0.0, 60.0), (0.0, 0.0, -14.0), [55.0], strength_u=0.5)
    assert session.state.dvhs[TARGET].min_gy > 0
    assert session.remove_needle(0).dvhs[TARGET].max_gy == 0


def test_the_dvh_is_near_that_of_record(shapes: tuple[Structure, Structure]) -> None:
    # What `sample_doses.SAMPLES` promises.
    state = editor(shapes, samples=15_000).state
    target, organ = (structure_dvh(SOURCE, state.implant, shape) for shape in shapes)
    mine = state.dvhs[TARGET]
    assert mine.dose_to_pct(90) == pytest.approx(target.dose_to_pct(90), rel=0.003)
    assert mine.volume_pct(60.0) == pytest.approx(target.volume_pct(60.0), abs=0.1)
    cord = state.dvhs["cord"]
    assert cord.dose_to_cc(0.1) == pytest.approx(organ.dose_to_cc(0.1), rel=0.003)
    assert cord.total_cc == pytest.approx(organ.total_cc)


def test_bad_edits_are_refused_and_leave_the_plan_as_it_was(shapes: tuple[Structure, Structure]) -> None:
    session = editor(shapes)
    before, nan = session.state, float("nan")
    for wrong, says in (
        (lambda: session.move_seed(0, (-6.0, -6.0, -4.0)), "overlaps seed 1"),
        (lambda: session.move_seed(99, (0.0, 0.0, 0.0)), "seed number 99"),
        (lambda: session.move_seed(0, (0.0, 0.0, 0.0)), "beside its needle 'N1'"),
        (lambda: session.move_seed(0, (0.0, nan, 0.0)), "three finite numbers"),
        (lambda: session.remove_seed(-1), "seed number -1"),
        (lambda: session.add_seed((0, 0, 250.0), strength_u=0.5, axis=(0, 0, 1.0)), "outside target 'GTV'"),
        (lambda: session.add_seed((0, 0, 0), strength_u=0.5), "without an axis"),
        (lambda: session.add_seed((0, 0, 0), strength_u=0.5, axis=(0, 0, 2.0)), "length 2"),
        (lambda: session.add_seed((0, 0, 0), strength_u=0.6, axis=(0, 0, 1.0)), "0.5"),
        (lambda: session.add_seed((0, 0, 0), strength_u=0.5, needle=7), "needle number 7"),
        (lambda: session.move_needle(0, (0, 0, 0), (0, 0, 0)), "needle of 0 mm"),
        (lambda: session.move_needle(0, (-6, 6, 60), (-6, 6, -14)), "overlaps"),
        (lambda: session.add_needle((0, 0, 60), (0, 0, 0), [61.0], strength_u=0.5), "61 mm deep"),
        (lambda: session.add_needle((0, 0, 60), (0, 0, 0), [30.0, 33.0], strength_u=0.5), "overlaps"),
        (lambda: session.remove_needle(4), "needle number 4"),
        (lambda: session.set_strength(0.9), "in stock"),
        (lambda: session.set_strength(0.7, [16]), "seed number 16"),
    ):
        with pytest.raises(SeedbedError, match=says) as refused:
            wrong()
        assert str(refused.value).count(";") == 2
        assert session.state is before
        assert not session.can_undo


def test_a_session_that_cannot_begin_is_refused(shapes: tuple[Structure, Structure]) -> None:
    target, organ = shapes
    with pytest.raises(StructureError, match="differ from each other"):
        PlanEditor(SOURCE, plan(), target, [organ, organ], goals=GOALS, samples=100)
    far = plan().with_seed_at(0, np.array([0.0, 0.0, 900.0]))
    with pytest.raises(NoPlanError, match="seed 0 lies 886 mm outside"):
        editor(shapes, far)
    with pytest.raises(DoseError, match="without a dose grid"):
        PlanEditor(SOURCE, plan(), target, [organ], goals=GOALS, samples=100).grid_dose()
