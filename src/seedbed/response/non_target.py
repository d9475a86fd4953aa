"""Response of the lesions that are no targets, and new lesions, by what was seen of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from seedbed.patient import Lesion, LesionMeasurement, LesionState
from seedbed.response.confirmation import Response


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A response, the rule and the lesions that decided it, and why as a phrase."""

    response: Response
    rule_id: str
    reason: str
    decided_by: tuple[str, ...] = ()


class NewLesions(NamedTuple):
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


class NonTargets(NamedTuple):
    """Response of the lesions that are no targets, what was seen that decided it, and of which lesions."""

    response: Response
    state: LesionState
    names: tuple[str, ...]


def judge_non_targets(
    followed: Iterable[Lesion],
    here: Mapping[str, LesionMeasurement],
    *,
    node_below_mm: float,
    after_cr: bool,
) -> NonTargets | None:
    """Judge the lesions that are no targets at one visit; None where there are none.

    Parameters
    ----------
    followed : iterable of Lesion
        As they stand at the visit.
    here : mapping of str to LesionMeasurement
        What was seen at it, by the name of the lesion.
    node_below_mm : float
        A lymph node below this short axis is normal.
    after_cr : bool
        Whether an earlier complete response was confirmed; a lesion that is there again is then progression.

    References
    ----------
    Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 4.3.3 and 4.3.4, appendix III.

    Examples
    --------
    >>> from datetime import date
    >>> here = {"NT1": LesionMeasurement(lesion="NT1", on=date(2026, 1, 5), state="present")}
    >>> lesions = [Lesion("NT1", role="non-target")]
    >>> judge_non_targets(lesions, here, node_below_mm=10.0, after_cr=False).response
    'NON-CR/NON-PD'
    """
    states: dict[LesionState, list[str]] = {}
    for lesion in followed:
        state = lesion_state(lesion, here.get(lesion.name), node_below_mm=node_below_mm)
        states.setdefault("present" if state == "equivocal" else state, []).append(lesion.name)
    if not states:
        return None
    response: Response
    state, response = "absent", "CR"
    if "unequivocal progression" in states:
        state, response = "unequivocal progression", "PD"
    elif "present" in states and after_cr:
        state, response = "present", "PD"
    elif "not evaluable" in states:
        state, response = "not evaluable", "NE"
    elif "present" in states:
        state, response = "present", "NON-CR/NON-PD"
    return NonTargets(response, state, tuple(states[state]))


SAID: Final[dict[tuple[LesionState, Response], str]] = {
    ("unequivocal progression", "PD"): "unequivocal progression of lesions that are no targets",
    ("present", "PD"): "there again after a confirmed complete response, no targets",
    ("not evaluable", "NE"): "not assessed, no targets",
    ("present", "NON-CR/NON-PD"): "still there without progression, no targets",
    ("absent", "CR"): "gone, no targets",
}


def told_non_targets(found: NonTargets, rule_id: str) -> Judgement:
    """Say why the lesions that are no targets were judged so.

    Examples
    --------
    >>> told_non_targets(NonTargets("CR", "absent", ("NT1",)), "RECIST-NON-TARGET").reason
    'gone, no targets: NT1'
    """
    reason = f"{SAID[found.state, found.response]}: {', '.join(found.names)}"
    return Judgement(response=found.response, rule_id=rule_id, reason=reason, decided_by=found.names)


def new_lesions(
    followed: Iterable[Lesion], here: Mapping[str, LesionMeasurement], earlier: NewLesions
) -> NewLesions:
    """Find the new lesions at one visit.

    One that was there at the visit before is still there unless it was recorded as gone or as equivocal.

    Parameters
    ----------
    followed : iterable of Lesion
        Those whose role is new.
    here : mapping of str to LesionMeasurement
        What was seen at the visit, by the name of the lesion.
    earlier : NewLesions
        At the visit before.

    Examples
    --------
    >>> new_lesions([Lesion("NEW1", role="new")], {}, NewLesions(there=("NEW1",))).there
    ('NEW1',)
    """
    there, equivocal = [], []
    for lesion in followed:
        measured = here.get(lesion.name)
        # A new node is new disease whatever its size, where a reader called it a new lesion.
        state = lesion_state(lesion, measured, node_below_mm=0.0) if measured else "not evaluable"
        if state == "equivocal":
            equivocal.append(lesion.name)
        elif state in ("present", "unequivocal progression"):
            there.append(lesion.name)
        elif state == "not evaluable":
            there += [lesion.name] if lesion.name in earlier.there else []
            equivocal += [lesion.name] if lesion.name in earlier.equivocal else []
    return NewLesions(tuple(there), tuple(equivocal))
