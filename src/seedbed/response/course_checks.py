"""What a course of visits must have so that response can be judged."""

from collections.abc import Sequence

from seedbed.errors import InputError
from seedbed.patient import Lesion, Visit
from seedbed.protocol import ResponseRules
from seedbed.response.sums import TargetDiameters, millionths


def check_course(lesions: Sequence[Lesion], visits: Sequence[Visit]) -> None:
    """Refuse no visit, no lesion of baseline, a lesion twice, two visits on one day.

    Raises
    ------
    InputError
        One of these.

    Examples
    --------
    >>> check_course([Lesion("T1")], [])
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: 0 visits and 1 lesions of baseline; expected ...
    """
    of_baseline = sum([lesion.role != "new" for lesion in lesions])
    if not visits or not of_baseline:
        raise InputError(
            f"{len(visits)} visits and {of_baseline} lesions of baseline",
            "a baseline visit and at least one lesion that was there",
            "add them",
        )
    names = [lesion.name for lesion in lesions]
    days = [visit.when.text for visit in visits if visit.when.day and not visit.undated]
    for what, items in (("lesion", names), ("visit of", days)):
        if len({*items}) < len(items):
            twice = [item for item in items if items.count(item) > 1]
            raise InputError(f"two times the {what} '{twice[0]}'", "each of them once", "keep one")


def check_baseline(
    lesions: Sequence[Lesion],
    visit: Visit,
    measured: TargetDiameters,
    *,
    rules: ResponseRules,
    new: Sequence[str] = (),
) -> None:
    """Refuse a baseline with which nothing can be compared.

    Raises
    ------
    InputError
        A target that was not measured, a new lesion, or no target that is there.
    """
    if measured.not_measured:
        raise InputError(
            f"the baseline visit of {visit.when} has no diameter of {', '.join(measured.not_measured)}",
            "the longest diameter of each target lesion, the short axis of each target lymph node",
            "add it, or do not call the lesion a target",
        )
    node_limit_mm = rules.complete.node_short_axis_below_mm
    nothing = any(lesion.is_target for lesion in lesions) and not measured.there(millionths(node_limit_mm))
    if visit.new_lesion or new or nothing:
        what = "no target lesion that is there" if nothing else "a new lesion"
        raise InputError(
            f"the baseline visit of {visit.when} has {what}",
            f"something to compare with: a diameter above 0, a node of {node_limit_mm:g} mm or more",
            "check which visit comes first and which lesions are targets",
        )
