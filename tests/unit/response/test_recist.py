"""Thresholds and cases of RECIST 1.1, Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient import Lesion, LesionMeasurement, LesionState, PartialDate, Visit
from seedbed.protocol import ResponseRules
from seedbed.response import ResponseHistory, assess_response, load_profile

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
    rules = load_profile("recist11")
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
    assert responses(masses(10.0, 12.0, rules=load_profile("paper"))) == ["PD"]


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
    assert history.timepoints[0].rule_ids[0] == "RECIST-NEW"


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


CONFIRMED = [
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
]


@pytest.mark.parametrize(("diameters", "days", "expected"), CONFIRMED)
def test_confirmation_after_four_weeks(
    diameters: tuple[float | None, ...], days: int, expected: list[str]
) -> None:
    """The paper wants every response sustained, RECIST 1.1 only complete and partial response."""
    history = masses(*diameters, every_days=days, rules=load_profile("paper"))
    assert [point.confirmation for point in history.timepoints] == expected
    history = masses(*diameters, every_days=days)
    found = [(point.response, point.confirmation) for point in history.timepoints]
    asked = [
        each if response in ("CR", "PR") else "not applicable"
        for (response, _), each in zip(found, expected, strict=True)
    ]
    assert [each for _, each in found] == asked


def test_recist_lets_one_visit_that_is_not_evaluable_lie_between() -> None:
    """Section 4.4.4 names PR, NE, PR as a confirmed response."""
    assert masses(50.0, 30.0, None, 30.0).best_confirmed_response == "PR"
    assert masses(50.0, 30.0, None, None, 30.0).best_confirmed_response == "SD"


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


def seen(day: int, mass: float | None = None, **states: LesionState) -> Visit:
    """A visit with the state of each lesion by name."""
    on = DAY + timedelta(days=day)
    found = [] if mass is None else [LesionMeasurement(lesion="T1", on=on, longest_mm=mass)]
    found += [LesionMeasurement(lesion=name, on=on, state=state) for name, state in states.items()]
    return Visit(on=on, measurements=tuple(found))


OTHER, NEW = Lesion("NT1", role="non-target"), Lesion("NEW1", role="new")


def test_the_paper_does_not_judge_other_lesions() -> None:
    visits = [seen(0, 50.0, NT1="present"), seen(60, 50.0, NT1="unequivocal progression")]
    point = assess_response([MASS, OTHER], visits).timepoints[0]
    assert (point.target_response, point.non_target_response, point.response) == ("SD", "PD", "PD")
    assert point.decided_by == ("NT1",)
    point = assess_response([MASS, OTHER], visits, rules=load_profile("paper")).timepoints[0]
    assert (point.target_response, point.non_target_response, point.response) == ("SD", None, "SD")


def test_a_patient_without_targets_is_not_evaluable_by_the_paper() -> None:
    visits = [seen(0, NT1="present"), seen(60, NT1="absent"), seen(120, NT1="absent", NEW1="present")]
    history = assess_response([OTHER, NEW], visits)
    assert responses(history) == ["CR", "PD"]
    assert (history.baseline_sum_mm, history.timepoints[0].nadir_mm) == (None, None)
    assert responses(assess_response([OTHER, NEW], visits, rules=load_profile("paper"))) == ["NE", "PD"]


def test_one_lesion_that_was_not_assessed_leaves_the_others_not_evaluable() -> None:
    lesions = [OTHER, Lesion("NT2", role="non-target")]
    visits = [seen(0, NT1="present", NT2="present"), seen(60, NT1="present")]
    assert responses(assess_response(lesions, visits)) == ["NE"]


def test_a_small_node_that_is_no_target_has_gone() -> None:
    node = Lesion("N1", is_lymph_node=True, role="non-target")
    visits = [visit(0, node=12.0), visit(60, node=9.9), visit(120, node=10.0)]
    assert responses(assess_response([node], visits)) == ["CR", "NON-CR/NON-PD"]


def test_an_other_lesion_that_returns_after_confirmed_complete_response_is_progression() -> None:
    visits = [seen(60 * number, NT1=state) for number, state in enumerate(("present", "absent", "absent"))]
    assert responses(assess_response([OTHER], [*visits, seen(180, NT1="present")])) == ["CR", "CR", "PD"]


def test_an_equivocal_lesion_that_proves_new_dates_progression_back() -> None:
    """Section 4.3.5."""
    visits = [seen(0, 50.0), seen(60, 50.0, NEW1="equivocal"), seen(120, 50.0, NEW1="present")]
    history = assess_response([MASS, NEW], visits)
    assert responses(history) == ["SD", "PD"]
    assert history.progressed_on == DAY + timedelta(days=60)
    assert history.timepoints[0].equivocal_lesions == ("NEW1",)
    assert any("progression dates from this visit" in note for note in history.notes)


def test_a_new_lesion_stays_until_it_is_recorded_as_gone() -> None:
    visits = [seen(0, 50.0), seen(60, 50.0, NEW1="present"), seen(120, 50.0), seen(180, 50.0, NEW1="absent")]
    history = assess_response([MASS, NEW], visits)
    assert responses(history) == ["PD", "PD", "SD"]
    assert "not recorded as gone" in history.timepoints[1].reason


def test_parts_of_a_lesion_that_split_are_added() -> None:
    """Section 4.3.2."""
    lesions = [MASS, *(Lesion(f"T1.{number}", part_of="T1") for number in (1, 2))]

    def parts(day: int, *sizes: float) -> Visit:
        on = DAY + timedelta(days=day)
        rows = [
            LesionMeasurement(lesion=f"T1.{number}", on=on, longest_mm=size)
            for number, size in enumerate(sizes, start=1)
        ]
        return Visit(on=on, measurements=tuple(rows))

    visits = [visit(0, mass=30.0), parts(60, 12.0, 8.0), parts(120, 12.0)]
    first, second = assess_response(lesions, visits).timepoints
    assert (first.sum_mm, first.response) == (20.0, "PR")
    assert (second.sum_mm, second.response, second.not_measured) == (None, "NE", ("T1.2",))


def test_lesions_that_grow_together_are_one() -> None:
    """Section 4.3.2: the longest diameter of the coalesced lesion."""
    two = [MASS, Lesion("T2"), Lesion("T1/T2", merged_from=("T1", "T2"))]
    on = DAY + timedelta(days=60)
    first = [LesionMeasurement(lesion=name, on=DAY, longest_mm=20.0) for name in ("T1", "T2")]
    together = LesionMeasurement(lesion="T1/T2", on=on, longest_mm=45.0)
    contained = [
        LesionMeasurement(lesion="T1", on=on, longest_mm=45.0),
        LesionMeasurement(lesion="T2", on=on, state="present", merged_into="T1"),
    ]
    for later in ([together], contained):
        visits = [Visit(on=DAY, measurements=tuple(first)), Visit(on=on, measurements=tuple(later))]
        (point,) = assess_response(two, visits).timepoints
        assert (point.sum_mm, point.response) == (45.0, "SD")


def test_too_small_to_measure_counts_five_millimetres() -> None:
    (point,) = assess_response([MASS], [visit(0, mass=20.0), seen(60, T1="too small")]).timepoints
    assert (point.sum_mm, point.response) == (5.0, "PR")


def test_dates_known_in_part_confirm_only_what_they_must() -> None:
    def partial(text: str, mass: float, number: int) -> Visit:
        stated = PartialDate(text)
        rows = (LesionMeasurement(lesion="T1", on=stated.earliest, longest_mm=mass),)
        return Visit(
            on=stated.earliest, measurements=rows, stated=None if stated.day else stated, number=number
        )

    course = [partial("2026-01-01", 50.0, 1), partial("2026-02", 30.0, 2)]
    sure = assess_response([MASS], [*course, partial("2026-04-01", 30.0, 3)])
    assert sure.best_confirmed_response == "PR"
    assert [str(point.when) for point in sure.timepoints] == ["2026-02", "2026-04-01"]
    unsure = assess_response([MASS], [*course, partial("2026-03-10", 30.0, 3)])
    assert unsure.timepoints[0].confirmation == "pending"


def test_durations() -> None:
    history = masses(50.0, 45.0, 30.0, 30.0, 60.0)
    assert history.response_duration is not None
    assert (history.response_duration.days, history.response_duration.ended) == (120, True)
    assert history.confirmed_response_duration == history.response_duration
    assert history.stable_duration is None
    stable = masses(50.0, 45.0, None).stable_duration
    assert stable is not None
    assert (stable.days, stable.ended) == (60, False)


def test_the_reason_names_the_sums_and_the_percentages() -> None:
    point = masses(50.0, 45.0, 55.0).timepoints[1]
    assert point.reason == (
        "the sum 55 mm is +10 mm (+22.2 %) from the smallest sum of 45 mm (2026-03-02) "
        "and +10.0 % from baseline"
    )


@pytest.mark.parametrize(
    ("lesions", "visits", "said"),
    [
        ([MASS], [], "0 visits"),
        ([NEW], [seen(0, NEW1="present")], "0 lesions of baseline"),
        ([MASS, NEW], [seen(0, 20.0, NEW1="present")], "a new lesion"),
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


@given(st.permutations(["T1", "T2", "T3"]), st.lists(st.integers(0, 80), min_size=9, max_size=9))
def test_the_order_of_the_lesions_does_not_matter(order: list[str], sizes: list[int]) -> None:
    assume(any(sizes[:3]))
    visits = [
        Visit(
            on=DAY + timedelta(days=60 * number),
            measurements=tuple(
                LesionMeasurement(lesion=name, on=DAY, longest_mm=float(sizes[3 * number + index]))
                for index, name in enumerate(("T1", "T2", "T3"))
            ),
        )
        for number in range(3)
    ]
    ordered = assess_response([Lesion(name) for name in sorted(order)], visits)
    shuffled = assess_response([Lesion(name) for name in order], visits)
    assert responses(shuffled) == responses(ordered)
    assert shuffled.best_confirmed_response == ordered.best_confirmed_response


@given(SIZES)
def test_every_response_has_a_rule_of_its_profile(sizes: list[int]) -> None:
    for name in ("recist11", "paper"):
        rules = load_profile(name)
        history = masses(*[float(size) for size in sizes], rules=rules)
        known = {rule.id for rule in rules.rules}
        assert all({*point.rule_ids} <= known and point.rule_ids for point in history.timepoints)
