"""Response of the lesions that are no targets, and new lesions, by what was seen of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from seedbed.patient import Lesion, LesionMeasurement, LesionState, Visit
from seedbed.response.confirmation import Response
from seedbed.response.sums import counted_lesions


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A response, the rule and the lesions that decided it, and why as a phrase."""

    response: Response
    rule_id: str
    reason: str
    decided_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NewLesions:
    """New lesions at one visit: those that are there, and those of which it is not sure."""

    there: tuple[str, ...] = ()
    equivocal: tuple[str, ...] = ()


def lesion_state(lesion: Lesion, measured: LesionMeasurement | None, *, node_below_mm: float) -> LesionState:
    """Return what was seen of a lesion that is no target.

    A lymph node below a short axis is normal, and so absent.

    Examples
    --------
    >>> from datetime import date
    >>> node = Lesion("NT1", is_lymph_node=True, role="non-target")
    >>> small = LesionMeasurement(lesion="NT1", on=date(2026, 1, 5), short_axis_mm=8.0)
    >>> lesion_state(node, small, node_below_mm=10.0)
    'absent'
    """
    if measured is None or measured.state is None:
        return "not evaluable"
    if measured.state == "too small":
        return "present"
    if measured.state != "measured":
        return measured.state
    diameter = measured.counted_mm(is_lymph_node=lesion.is_lymph_node)
    if diameter is None:
        return "present"
    gone = diameter == 0 or (lesion.is_lymph_node and diameter < node_below_mm)
    return "absent" if gone else "present"


def judge_non_targets(
    lesions: Sequence[Lesion],
    visit: Visit,
    *,
    rule_id: str,
    node_below_mm: float,
    after_cr: bool,
    seen_before: Collection[str] = (),
) -> Judgement | None:
    """Judge the lesions that are no targets at one visit; None where there are none.

    Parameters
    ----------
    lesions : sequence of Lesion
    visit : Visit
    rule_id : str
        Id of the rule, for the answer.
    node_below_mm : float
        A lymph node below this short axis is normal.
    after_cr : bool
        Whether an earlier complete response was confirmed; a lesion that is there again is then progression.
    seen_before : collection of str
        Lesions that an earlier visit recorded; a part that was seen once must be assessed from then on.

    References
    ----------
    Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 4.3.3 and 4.3.4, appendix III.

    Examples
    --------
    >>> from datetime import date
    >>> day = date(2026, 1, 5)
    >>> seen = Visit(on=day, measurements=(LesionMeasurement(lesion="NT1", on=day, state="present"),))
    >>> judge_non_targets([Lesion("NT1", role="non-target")], seen, rule_id="RECIST-NON-TARGET",
    ...                   node_below_mm=10.0, after_cr=False).response
    'NON-CR/NON-PD'
    """
    followed = counted_lesions(lesions, visit, role="non-target", seen_before=seen_before)
    if not followed:
        return None
    states: dict[LesionState, list[str]] = {}
    for lesion in followed:
        state = lesion_state(lesion, visit.measurement(lesion.name), node_below_mm=node_below_mm)
        states.setdefault("present" if state == "equivocal" else state, []).append(lesion.name)

    def decided(response: Response, state: LesionState, reason: str) -> Judgement:
        names = tuple(states[state])
        reason = reason.format(", ".join(names))
        return Judgement(response=response, rule_id=rule_id, reason=reason, decided_by=names)

    if "unequivocal progression" in states:
        return decided(
            "PD", "unequivocal progression", "unequivocal progression of lesions that are no targets: {}"
        )
    if "present" in states and after_cr:
        return decided("PD", "present", "there again after a confirmed complete response, no targets: {}")
    if "not evaluable" in states:
        return decided("NE", "not evaluable", "not assessed, no targets: {}")
    if "present" in states:
        return decided("NON-CR/NON-PD", "present", "still there without progression, no targets: {}")
    return decided("CR", "absent", "gone, no targets: {}")


def new_lesions(lesions: Sequence[Lesion], visit: Visit, earlier: NewLesions) -> NewLesions:
    """Find the new lesions at one visit.

    One that was there at the visit before is still there unless it was recorded as gone or as equivocal.

    Examples
    --------
    >>> from datetime import date
    >>> new, visit = Lesion("NEW1", role="new"), Visit(on=date(2026, 1, 5))
    >>> new_lesions([new], visit, NewLesions(there=("NEW1",))).there
    ('NEW1',)
    """
    there, equivocal = [], []
    for lesion in (each for each in lesions if each.role == "new"):
        measured = visit.measurement(lesion.name)
        # A new node is new disease whatever its size, where a reader called it a new lesion.
        state = lesion_state(lesion, measured, node_below_mm=0.0) if measured else "not evaluable"
        if state == "equivocal":
            equivocal.append(lesion.name)
        elif state in ("present", "unequivocal progression"):
            there.append(lesion.name)
        elif state == "not evaluable":
            there += [lesion.name] if lesion.name in earlier.there else []
            equivocal += [lesion.name] if lesion.name in earlier.equivocal else []
    return NewLesions(there=tuple(there), equivocal=tuple(equivocal))
