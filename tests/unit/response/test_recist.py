"""Thresholds and cases of RECIST 1.1, Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient import Lesion, LesionMeasurement, Visit
from seedbed.protocol import ResponseRules, load_rules
from seedbed.response import ResponseHistory, assess_response

DAY = date(2026, 1, 1)
MASS, NODE = Lesion("T1"), Lesion("N1", is_lymph_node=True)


def visit(
    day: int, *, mass: float | None = None, node: float | None = None, new_lesion: bool = False
) -> Visit:
    on = DAY + timedelta(days=day)
    found = []
    if mass is not None:
        found.append(LesionMeasurement(lesion="T1", on=on, longest_mm=mass))
    if node is not None:
        found.append(LesionMeasurement(lesion="N1", on=on, short_axis_mm=node))
    return Visit(on=on, measurements=tuple(found), new_lesion=new_lesion)


def masses(
    *diameters: float | None, every_days: int = 60, rules: ResponseRules | None = None
) -> ResponseHistory:
    visits = [visit(every_days * number, mass=each) for number, each in enumerate(diameters)]
    return assess_response([MASS], visits, rules=rules)


def responses(history: ResponseHistory) -> list[str]:
    return [point.response for point in history.timepoints]


def rules_without_absolute() -> ResponseRules:
    rules = load_rules().response
    progression = rules.progression.model_copy(update={"absolute_increase_mm": 0.0})
    return rules.model_copy(update={"progression": progression})


@pytest.mark.parametrize(
    ("baseline", "now", "response"),
    [
        (10.0, 7.0, "PR"),  # exactly 30 %
        (10.0, 7.01, "SD"),
        (33.3, 23.31, "PR"),  # exactly 30 %, not a binary number
        (33.3, 23.32, "SD"),
        (50.0, 60.0, "PD"),  # exactly 20 %
        (50.0, 59.99, "SD"),
        (25.0, 30.0, "PD"),  # exactly 20 % and exactly 5 mm
        (20.0, 24.9, "SD"),  # 24.5 % but 4.9 mm
        (24.6, 29.6, "PD"),  # exactly 5 mm, not a binary number
        (10.0, 0.0, "CR"),
    ],
)
def test_thresholds_are_exact(baseline: float, now: float, response: str) -> None:
    assert responses(masses(baseline, now)) == [response]


def test_sums_of_several_lesions_are_exact() -> None:
    lesions = [Lesion(f"T{number}") for number in range(3)]
    visits = [
        Visit(
            on=DAY + timedelta(days=60 * step),
            measurements=tuple(
                LesionMeasurement(lesion=each.name, on=DAY, longest_mm=size)
                for each, size in zip(lesions, sizes, strict=True)
            ),
        )
        for step, sizes in enumerate([(10.1, 10.1, 10.1), (7.07, 7.07, 7.07)])
    ]
    assert responses(assess_response(lesions, visits)) == ["PR"]


def test_progression_is_counted_from_the_nadir_and_beats_partial_response() -> None:
    history = masses(100.0, 40.0, 50.0)
    assert responses(history) == ["PR", "PD"]
    assert history.timepoints[1].nadir_mm == 40.0
    assert history.timepoints[1].change_from_nadir_pct == pytest.approx(25.0)
    assert history.timepoints[1].change_from_baseline_pct == pytest.approx(-50.0)


def test_the_nadir_includes_the_baseline() -> None:
    assert responses(masses(50.0, 55.0, 61.0)) == ["SD", "PD"]


def test_the_five_millimetres_are_a_matter_of_the_rules() -> None:
    assert responses(masses(10.0, 12.0)) == ["SD"]
    assert responses(masses(10.0, 12.0, rules=rules_without_absolute())) == ["PD"]


def test_a_node_below_ten_millimetres_is_normal() -> None:
    history = assess_response(
        [MASS, NODE],
        [visit(0, mass=20.0, node=16.0), visit(60, mass=0.0, node=9.9), visit(120, mass=0.0, node=10.0)],
    )
    assert responses(history) == ["CR", "PR"]
    assert history.timepoints[0].sum_mm == 9.9


def test_a_node_that_grows_within_normal_size_stays_complete() -> None:
    visits = [visit(0, node=16.0), visit(60, node=3.0), visit(120, node=9.0)]
    assert responses(assess_response([NODE], visits)) == ["CR", "CR"]


def test_a_new_lesion_is_progression_whatever_the_sum() -> None:
    history = assess_response([MASS], [visit(0, mass=50.0), visit(60, mass=0.0, new_lesion=True)])
    assert responses(history) == ["PD"]
    assert history.timepoints[0].rule_ids[0] == "RESP-PD"


def test_a_lesion_that_was_not_measured_is_not_evaluable() -> None:
    history = masses(50.0, None, 30.0)
    assert responses(history) == ["NE", "PR"]
    assert history.timepoints[0].not_measured == ("T1",)
    assert history.timepoints[0].confirmation == "not applicable"
    assert history.timepoints[0].sum_mm is None


def test_progression_needs_no_missing_lesion() -> None:
    """Section 4.4.2: 50 mm at baseline, a lesion missing later, the others 80 mm: progression."""
    visits = [visit(0, mass=30.0, node=20.0), visit(60, mass=80.0)]
    assert responses(assess_response([MASS, NODE], visits)) == ["PD"]


def test_an_incomplete_sum_is_no_nadir() -> None:
    visits = [visit(0, mass=30.0, node=20.0), visit(60, node=20.0), visit(120, mass=30.0, node=20.0)]
    assert responses(assess_response([MASS, NODE], visits)) == ["NE", "SD"]


def test_a_lesion_that_returns_after_confirmed_complete_response_is_progression() -> None:
    """EORTC, questions on RECIST 1.1: 'Does a new lesion always result in PD?'."""
    assert responses(masses(40.0, 0.0, 0.0, 3.0)) == ["CR", "CR", "PD"]
    assert responses(masses(40.0, 0.0, 3.0)) == ["CR", "PR"]  # not confirmed: perhaps it was always there


@pytest.mark.parametrize(
    ("diameters", "days", "expected"),
    [
        ((50.0, 30.0), 60, ["pending"]),
        ((50.0, 30.0, 30.0), 28, ["confirmed", "pending"]),  # four weeks to the day
        ((50.0, 30.0, 30.0), 27, ["pending", "pending"]),
        ((50.0, 30.0, 30.0, 30.0), 14, ["confirmed", "pending", "pending"]),
        ((50.0, 30.0, 0.0), 60, ["confirmed", "pending"]),  # complete sustains partial
        ((50.0, 0.0, 20.0), 60, ["unconfirmed", "pending"]),
        ((50.0, 30.0, 40.0), 60, ["unconfirmed", "pending"]),
        ((50.0, 30.0, None, 30.0), 60, ["confirmed", "not applicable", "pending"]),
        ((50.0, 70.0, 70.0), 60, ["confirmed", "pending"]),
        ((50.0, 70.0, 50.0), 60, ["unconfirmed", "pending"]),
    ],
)
def test_confirmation_after_four_weeks(
    diameters: tuple[float | None, ...], days: int, expected: list[str]
) -> None:
    history = masses(*diameters, every_days=days)
    assert [point.confirmation for point in history.timepoints] == expected


def test_best_response_ends_with_the_first_progression() -> None:
    history = masses(50.0, 45.0, 70.0, 20.0)
    assert responses(history) == ["SD", "PD", "PR"]
    assert (history.best_response, history.progressed_on) == ("SD", DAY + timedelta(days=120))
    assert [point.after_progression for point in history.timepoints] == [False, False, True]


def test_a_best_response_that_is_not_confirmed_counts_as_stable() -> None:
    history = masses(50.0, 30.0, 45.0)
    assert (history.best_response, history.best_confirmed_response) == ("PR", "SD")
    confirmed = masses(50.0, 30.0, 30.0)
    assert (confirmed.best_response, confirmed.best_confirmed_response) == ("PR", "PR")
    assert masses(50.0, None).best_response == "NE"


def test_small_targets_are_named() -> None:
    visits = [visit(0, mass=9.9, node=14.9), visit(60, mass=9.9, node=14.9)]
    assert assess_response([MASS, NODE], visits).not_measurable == ("T1", "N1")
    visits = [visit(0, mass=10.0, node=15.0)]
    assert assess_response([MASS, NODE], visits).not_measurable == ()


def test_other_lesions_do_not_count() -> None:
    bystander = Lesion("N1", is_lymph_node=True, is_target=False)
    visits = [visit(0, mass=50.0, node=20.0), visit(60, mass=50.0, node=90.0)]
    assert responses(assess_response([MASS, bystander], visits)) == ["SD"]


@pytest.mark.parametrize(
    ("lesions", "visits", "said"),
    [
        ([MASS], [], "0 visits"),
        ([Lesion("T1", is_target=False)], [visit(0, mass=20.0)], "0 target lesions"),
        ([MASS], [visit(0), visit(60, mass=20.0)], "has no diameter of T1"),
        ([MASS], [visit(0, mass=0.0)], "no target lesion that is there"),
        ([NODE], [visit(0, node=9.0)], "no target lesion that is there"),
        ([MASS], [visit(0, mass=20.0, new_lesion=True)], "a new lesion"),
        ([MASS], [visit(0, mass=20.0), visit(0, mass=20.0)], "two times the visit of '2026-01-01'"),
        ([MASS, MASS], [visit(0, mass=20.0)], "two times the lesion 'T1'"),
        ([Lesion("T2")], [visit(0, mass=20.0)], "did you mean 'T2'"),
    ],
)
def test_what_cannot_be_judged_is_refused(lesions: list[Lesion], visits: list[Visit], said: str) -> None:
    with pytest.raises(InputError, match=said):
        assess_response(lesions, visits)


SIZES = st.lists(st.integers(1, 80), min_size=2, max_size=6)


@given(SIZES, st.sampled_from([2, 3, 4]))
def test_scaling_all_diameters_leaves_the_relative_response(sizes: list[int], factor: int) -> None:
    rules = rules_without_absolute()
    once = masses(*[float(size) for size in sizes], rules=rules)
    scaled = masses(*[float(size * factor) for size in sizes], rules=rules)
    assert responses(scaled) == responses(once)


@given(SIZES, st.randoms())
def test_the_order_of_the_visits_in_the_list_does_not_matter(sizes: list[int], random: object) -> None:
    visits = [visit(60 * number, mass=float(size)) for number, size in enumerate(sizes)]
    shuffled = list(visits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assess_response([MASS], shuffled) == assess_response([MASS], visits)


@given(SIZES, st.integers(1, 80))
def test_a_larger_lesion_never_answers_better(sizes: list[int], larger: int) -> None:
    assume(larger > sizes[-1])
    order = ["CR", "PR", "SD", "PD"]
    before = [float(size) for size in sizes[:-1]]
    small, large = masses(*before, float(sizes[-1])), masses(*before, float(larger))
    assert order.index(responses(large)[-1]) >= order.index(responses(small)[-1])
