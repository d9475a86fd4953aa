"""Tables 1, 2 and 3 of RECIST 1.1, typed again: Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026."""

from itertools import product

import pytest
from tests.reference.response_points import DAY, best_of, on_days

from seedbed.patient import Lesion, LesionMeasurement, LesionState, Visit
from seedbed.response import Response, assess_response, load_profile
from seedbed.response.measurability import measurable_from_mm
from seedbed.response.overall import overall_response

ANY: tuple[Response, ...] = ("CR", "PR", "SD", "PD", "NE")
NON_PD: tuple[Response, ...] = ("CR", "NON-CR/NON-PD", "NE")
ANY_OTHER: tuple[Response, ...] = (*NON_PD, "PD")

TABLE_1: list[tuple[tuple[Response, ...], tuple[Response, ...], tuple[bool, ...], Response]] = [
    (("CR",), ("CR",), (False,), "CR"),
    (("CR",), ("NON-CR/NON-PD",), (False,), "PR"),
    (("CR",), ("NE",), (False,), "PR"),
    (("PR",), NON_PD, (False,), "PR"),
    (("SD",), NON_PD, (False,), "SD"),
    (("NE",), NON_PD, (False,), "NE"),
    (("PD",), ANY_OTHER, (True, False), "PD"),
    (ANY, ("PD",), (True, False), "PD"),
    (ANY, ANY_OTHER, (True,), "PD"),
]
TABLE_2: list[tuple[tuple[Response, ...], tuple[bool, ...], Response]] = [
    (("CR",), (False,), "CR"),
    (("NON-CR/NON-PD",), (False,), "NON-CR/NON-PD"),
    (("NE",), (False,), "NE"),
    (("PD",), (True, False), "PD"),
    (ANY_OTHER, (True,), "PD"),
]
# First and subsequent response; best response where stable disease lasted its minimum, and where it did not.
TABLE_3: list[tuple[Response, Response, set[str], set[str]]] = [
    ("CR", "CR", {"CR"}, {"CR"}),
    ("CR", "PR", {"SD", "PD", "PR"}, {"SD", "PD", "PR"}),
    ("CR", "SD", {"SD"}, {"PD"}),
    ("CR", "PD", {"SD"}, {"PD"}),
    ("CR", "NE", {"SD"}, {"NE"}),
    ("PR", "CR", {"PR"}, {"PR"}),
    ("PR", "PR", {"PR"}, {"PR"}),
    ("PR", "SD", {"SD"}, {"SD", "NE"}),  # printed without the minimum, which section 4.6 asks for
    ("PR", "PD", {"SD"}, {"PD"}),
    ("PR", "NE", {"SD"}, {"NE"}),
    ("NE", "NE", {"NE"}, {"NE"}),
]


@pytest.mark.parametrize(("target", "others", "new", "overall"), TABLE_1)
def test_table_1(
    target: tuple[Response, ...], others: tuple[Response, ...], new: tuple[bool, ...], overall: Response
) -> None:
    for one, other, appeared in product(target, others, new):
        assert overall_response(one, other, new_lesion=appeared) == overall


@pytest.mark.parametrize(("others", "new", "overall"), TABLE_2)
def test_table_2(others: tuple[Response, ...], new: tuple[bool, ...], overall: Response) -> None:
    for other, appeared in product(others, new):
        assert overall_response(None, other, new_lesion=appeared) == overall


@pytest.mark.parametrize(("first", "then", "lasted", "too_short"), TABLE_3)
def test_table_3(first: Response, then: Response, lasted: set[str], too_short: set[str]) -> None:
    rules = load_profile("recist11")
    assert best_of(on_days((42, first), (70, then)), DAY, rules=rules, confirmed=True) in lasted
    assert best_of(on_days((7, first), (35, then)), DAY, rules=rules, confirmed=True) in too_short


def test_best_response_without_confirmation() -> None:
    """Section 4.4.3, in its own examples."""
    rules = load_profile("recist11")

    def best(*pairs: tuple[int, Response]) -> Response:
        return best_of(on_days(*pairs), DAY, rules=rules, confirmed=False)

    assert best((42, "SD"), (84, "PR"), (126, "PD")) == "PR"
    assert best((28, "SD"), (56, "PD")) == "PD"  # stable for less than the minimum
    assert best((28, "SD")) == "NE"  # the same patient, lost to follow-up
    assert best((42, "SD"), (84, "PD"), (126, "CR")) == "SD"


def test_pr_ne_pr_is_confirmed() -> None:
    """Section 4.4.4 calls it reasonable."""
    dated = on_days((42, "PR"), (63, "NE"), (84, "PR"))
    assert best_of(dated, DAY, rules=load_profile("recist11"), confirmed=True) == "PR"


@pytest.mark.parametrize(
    ("lesion", "limit_mm"),
    [
        (Lesion("T1", method="CT SCAN"), 10.0),
        (Lesion("T1", method="CT SCAN", slice_thickness_mm=5.0), 10.0),
        (Lesion("T1", method="CT SCAN", slice_thickness_mm=7.0), 14.0),  # twice the slice thickness
        (Lesion("T1", method="CHEST X-RAY"), 20.0),
        (Lesion("T1", method="CALIPER"), 10.0),
        (Lesion("T1", is_lymph_node=True, slice_thickness_mm=5.0), 15.0),
    ],
)
def test_measurable_lesions(lesion: Lesion, limit_mm: float) -> None:
    """Section 3.1.1."""
    assert measurable_from_mm(lesion, load_profile("recist11").measurability) == limit_mm


def _visit(day: int, **sizes: float | LesionState) -> Visit:
    (on, _), *_ = on_days((day, "NE"))
    found = [
        LesionMeasurement(lesion=name, on=on, longest_mm=size)
        if isinstance(size, float)
        else LesionMeasurement(lesion=name, on=on, state=size)
        for name, size in sizes.items()
    ]
    return Visit(on=on, measurements=tuple(found))


def test_the_example_of_the_missing_lesion() -> None:
    """Section 4.4.2: 50 mm in three lesions at baseline, two of them 80 mm later: progression."""
    lesions = [Lesion(name) for name in ("T1", "T2", "T3")]
    visits = [_visit(0, T1=20.0, T2=20.0, T3=10.0), _visit(60, T1=40.0, T2=40.0)]
    assert assess_response(lesions, visits).timepoints[0].response == "PD"


def test_at_most_five_targets_and_two_in_one_organ() -> None:
    """Section 4.1; lymph nodes are one organ. Nothing is left out of the sum."""
    lesions = [Lesion(f"T{number}", organ="LIVER" if number < 3 else "LUNG") for number in range(6)]
    visit = _visit(0, **{lesion.name: 20.0 for lesion in lesions})
    history = assess_response(lesions, [visit])
    assert history.baseline_sum_mm == 120.0
    assert [note for note in history.notes if "RECIST-TARGETS" in note] == [
        "3 targets in one organ (liver), at most 2 are allowed (RECIST-TARGETS)",
        "3 targets in one organ (lung), at most 2 are allowed (RECIST-TARGETS)",
        "6 targets, at most 5 are allowed (RECIST-TARGETS)",
    ]


def test_lesions_irradiated_before_and_in_bone_are_named() -> None:
    """Sections 3.1.2 and 3.1.3."""
    lesions = [Lesion("T1", previously_irradiated=True), Lesion("T2", organ="BONE")]
    notes = " ".join(assess_response(lesions, [_visit(0, T1=20.0, T2=20.0)]).notes)
    assert "T1 lies where radiation was given before" in notes
    assert "T2 lies in bone" in notes
