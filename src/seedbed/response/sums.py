"""Sums of diameters of the target lesions, exact to the digit that was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from seedbed.errors import InputError, one_of
from seedbed.patient import Lesion, Visit

EXACT: Final = Decimal("0.000001")
"""Diameters are taken to the nearest millionth of a millimetre, so that 30 % is 30 %."""


def exact(value: float) -> Decimal:
    """Write a number as the decimal that was typed.

    Examples
    --------
    >>> exact(0.1 + 0.2)
    Decimal('0.300000')
    """
    return Decimal(repr(float(value))).quantize(EXACT)


@dataclass(frozen=True, kw_only=True)
class TargetDiameters:
    """Diameters of the target lesions at one visit, mm.

    Attributes
    ----------
    lesions : dict of str to Decimal
        Longest diameter, or short axis of a lymph node, of each lesion that was measured.
    nodes : frozenset of str
        Which lesions are lymph nodes.
    not_measured : tuple of str
        Target lesions that were not measured.
    """

    lesions: dict[str, Decimal]
    nodes: frozenset[str]
    not_measured: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every target lesion was measured."""
        return not self.not_measured

    @property
    def total(self) -> Decimal:
        """Sum over the lesions that were measured."""
        return sum(self.lesions.values(), Decimal(0))

    def present(self, node_below_mm: float) -> bool:
        """Tell whether a lesion that was measured is still there; a node counts from a short axis on."""
        limit = exact(node_below_mm)
        return any(
            diameter >= limit if name in self.nodes else diameter > 0
            for name, diameter in self.lesions.items()
        )


def target_diameters(lesions: Sequence[Lesion], visit: Visit) -> TargetDiameters:
    """Collect the diameters that count at one visit.

    Raises
    ------
    InputError
        A measurement of a lesion that is not in the list.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.patient import LesionMeasurement
    >>> day = date(2026, 1, 5)
    >>> visit = Visit(on=day, measurements=(LesionMeasurement(lesion="T1", on=day, longest_mm=21.5),))
    >>> target_diameters([Lesion("T1"), Lesion("T2")], visit).not_measured
    ('T2',)
    """
    known = [lesion.name for lesion in lesions]
    for measurement in visit.measurements:
        if measurement.lesion not in known:
            raise InputError(
                f"the visit of {visit.on} measures lesion '{measurement.lesion}'",
                one_of(known, measurement.lesion),
                "correct the name, or add the lesion to the list",
            )
    found: dict[str, Decimal] = {}
    targets = [lesion for lesion in lesions if lesion.is_target]
    for lesion in targets:
        measured = visit.measurement(lesion.name)
        diameter = None if measured is None else measured.counted_mm(is_lymph_node=lesion.is_lymph_node)
        if diameter is not None:
            found[lesion.name] = exact(diameter)
    return TargetDiameters(
        lesions=found,
        nodes=frozenset(lesion.name for lesion in targets if lesion.is_lymph_node),
        not_measured=tuple(lesion.name for lesion in targets if lesion.name not in found),
    )
