"""Which rows of the table hold for a value: its system of units, and what was normal at the baseline."""

from fractions import Fraction
from typing import Final

from seedbed.patient.analyte_units import UnitMeaning
from seedbed.patient.analytes import unit_of
from seedbed.response.toxicity.measured import STATED, Measured, needed_for
from seedbed.response.toxicity.scales import Scale, scales_of

TAKEN_AS_NORMAL: Final = "the baseline was not given and is taken as normal"


def scales_that_hold(term: str, measured: Measured) -> tuple[list[Scale], tuple[str, ...], tuple[str, ...]]:
    """Return the scales of a term that hold for a value, what must be stated to know it, and caveats.

    Examples
    --------
    >>> from seedbed.patient.analytes import analyte
    >>> from seedbed.response.toxicity.measured import measure
    >>> measured = measure(analyte("ALT"), 160, "U/L", high=40, baseline=80)
    >>> [scale.basis for scale in scales_that_hold("Alanine aminotransferase increased", measured)[0]]
    ['x baseline']
    """
    applied: list[Scale] = []
    needs: list[str] = []
    caveats: list[str] = []
    for scale in _in_one_system(term, measured):
        holds, lacking, caveat = _holds(scale, measured)
        needs += lacking
        caveats += [caveat] if caveat else []
        if holds:
            missing = measured.lacks(*needed_for(scale))
            needs += missing
            applied += [] if missing else [scale]
    return applied, tuple(needs), tuple(dict.fromkeys(caveats))


def _holds(scale: Scale, measured: Measured) -> tuple[bool, tuple[str, ...], str]:
    """Say whether a scale holds by its condition on the baseline, what that needs, and a caveat."""
    if scale.when in ("", "both", "baseline needed"):
        return True, (), ""
    given = measured.baseline is not None
    if scale.when in ("baseline", "no baseline"):
        holds = given is (scale.when == "baseline")
        caveat = "" if given or holds else "not compared with the baseline, which was not given"
        return holds, (), caveat
    _, sign, against = scale.when.split()
    if measured.baseline is None:
        normal = sign in ("<=", ">=")
        return normal, (), f"{TAKEN_AS_NORMAL}; if it was not, {_other(scale)} count" if normal else ""
    bound = measured.given[against] if against in STATED else Fraction(against)
    if bound is None:
        return False, (against,), ""
    return _compares(measured.baseline, sign, bound), (), ""


def _compares(left: Fraction, sign: str, right: Fraction) -> bool:
    return {"<=": left <= right, ">": left > right, ">=": left >= right, "<": left < right}[sign]


def _other(scale: Scale) -> str:
    """Name what is compared where the baseline was abnormal."""
    other = next(
        each for each in scales_of(scale.term) if each.when.startswith(("baseline > ", "baseline < "))
    )
    return "multiples of the baseline" if other.basis.startswith("x") else "changes from the baseline"


def _in_one_system(term: str, measured: Measured) -> list[Scale]:
    """Return the scales of a term for a quantity, each in the system of units of the value."""
    groups: dict[tuple[str, str], list[Scale]] = {}
    for scale in scales_of(term):
        if scale.analyte == measured.analyte.code:
            groups.setdefault((scale.basis, scale.when), []).append(scale)
    return [max(group, key=lambda scale: _closeness(scale, measured)) for group in groups.values()]


def _closeness(scale: Scale, measured: Measured) -> tuple[bool, bool, bool]:
    if not scale.unit:
        return False, False, False
    printed = unit_of(measured.analyte, scale.unit)
    came, own = unit_of(measured.analyte, measured.unit), measured.analyte.meaning
    return _same_zero(printed, came), printed.dimension == came.dimension, printed.dimension == own.dimension


def _same_zero(one: UnitMeaning, other: UnitMeaning) -> bool:
    return one.dimension == other.dimension and one.zero == other.zero
