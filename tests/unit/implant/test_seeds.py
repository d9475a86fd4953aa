import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import DoseError
from seedbed.implant import Needle, SeedImplant

UP = np.array([0.0, 0.0, 1.0])
POINT = st.tuples(*[st.floats(-300, 300)] * 3)


def implant(**changes: object) -> SeedImplant:
    parts = {
        "source": "6711", "positions_mm": np.zeros((2, 3)), "axes": np.tile(UP, (2, 1)),
        "strengths_u": np.array([0.5, 0.6]),
    }  # fmt: skip
    return SeedImplant(**{**parts, **changes})  # type: ignore[arg-type]


@given(POINT, POINT)
def test_a_needle_points_from_its_entry_to_its_tip(entry: tuple[float, ...], tip: tuple[float, ...]) -> None:
    needle = Needle("N1", entry, tip)  # type: ignore[arg-type]
    if needle.length_mm > 1e-3:
        arrived = np.array(entry) + needle.length_mm * needle.direction
        np.testing.assert_allclose(arrived, tip, atol=1e-6)
        assert np.linalg.norm(needle.direction) == pytest.approx(1.0)


def test_seeds_of_unknown_needle_and_orientation_are_allowed() -> None:
    made = implant(axes=None)
    assert (made.count, made.needles, made.needle_index.tolist()) == (2, (), [-1, -1])


def test_no_seeds_are_an_implant_too() -> None:
    assert SeedImplant("6711", np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0)).count == 0


NAN = float("nan")
WRONG = {
    "flat positions": {"positions_mm": np.zeros(2)},
    "positions in a plane": {"positions_mm": np.zeros((2, 2))},
    "a position that is no number": {"positions_mm": np.array([[0, 0, 0], [NAN, 0, 0]])},
    "a position at infinity": {"positions_mm": np.array([[0, 0, 0], [0, np.inf, 0]])},
    "a strength short": {"strengths_u": np.array([0.5])},
    "strengths in a table": {"strengths_u": np.array([[0.5, 0.5]])},
    "a negative strength": {"strengths_u": np.array([0.5, -0.1])},
    "a strength that is no number": {"strengths_u": np.array([0.5, NAN])},
    "an infinite strength": {"strengths_u": np.array([0.5, np.inf])},
    "an axis short": {"axes": UP[None]},
    "an axis of length two": {"axes": np.array([UP, 2 * UP])},
    "an axis of almost no length": {"axes": np.array([UP, 1e-9 * UP])},
    "an axis that is no number": {"axes": np.array([UP, NAN * UP])},
    "too few needle numbers": {"needle_index": np.array([0])},
    "a needle that is not there": {
        "needle_index": np.array([0, 3]), "needles": (Needle("N1", (0, 0, 0), (0, 0, 9)),),
    },
}  # fmt: skip


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_seeds_without_meaning_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(DoseError, match="expected"):
        implant(**changes)


@pytest.mark.parametrize(("number", "strengths"), [(1, [-1.0, 1.0]), (2, [1.0, -1.0])])
def test_the_wrong_seed_is_named_by_its_number(number: int, strengths: list[float]) -> None:
    with pytest.raises(DoseError, match=f"seed {number} has"):
        implant(strengths_u=np.array(strengths))


LINE = Needle("N1", (0.0, 0.0, 60.0), (0.0, 0.0, 0.0))


def on(*numbers: int, needles: tuple[Needle, ...] = ()) -> dict[str, object]:
    return {"needles": needles, "needle_index": np.array(numbers)}


@pytest.mark.parametrize(
    ("first", "second", "numbers"),
    [
        (on(0, -1, needles=(LINE,)), on(0, 0, needles=(LINE,)), [0, -1, 1, 1]),
        (on(0, 0, needles=(LINE,)), on(3, 3), [0, 0, -1, -1]),
        (on(3, 3), on(0, 0, needles=(LINE,)), [-1, -1, 0, 0]),
        (on(1, 1), on(0, -1), [1, 1, 2, -1]),
    ],
)
def test_joined_seeds_stay_on_their_needles(
    first: dict[str, object], second: dict[str, object], numbers: list[int]
) -> None:
    both = implant(**first).joined(implant(**second))
    assert both.needle_index.tolist() == numbers
    assert both.strengths_u.tolist() == [0.5, 0.6, 0.5, 0.6]
    assert len(both.needles) == len(first["needles"]) + len(second["needles"])  # type: ignore[arg-type]


def test_other_models_are_not_joined() -> None:
    with pytest.raises(DoseError, match="one seed model"):
        implant().joined(implant(source="130.002"))
    assert implant().joined(implant(axes=None).only([])).count == 2


def test_zeros_say_that_an_axis_is_not_known() -> None:
    mixed = implant(axes=np.array([UP, 0 * UP]))
    assert mixed.axis_known.tolist() == [True, False]
    assert mixed.directions.tolist() == [[0, 0, 1], [0, 0, 0]]
    assert implant(axes=np.zeros((2, 3))).axes is None  # one way to say that no axis is known
    assert implant(axes=None).directions.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert mixed.only([1]).axes is None


def test_seeds_with_and_without_an_axis_lie_beside_each_other() -> None:
    both = implant().joined(implant(axes=None))
    assert both.axis_known.tolist() == [True, True, False, False]
    assert both.with_seed(np.ones(3), None, 0.5).axis_known.tolist() == [True, True, False, False, False]
    assert implant(axes=None).with_seed(np.ones(3), UP, 0.5).axis_known.tolist() == [False, False, True]
    turned = implant(axes=None).with_seed_at(1, np.ones(3), UP)
    assert (turned.axis_known.tolist(), turned.positions_mm[1].tolist()) == ([False, True], [1, 1, 1])
    assert both.with_seed_at(0, np.ones(3), 0 * UP).axis_known.tolist() == [False, True, False, False]
