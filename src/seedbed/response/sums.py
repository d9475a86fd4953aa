"""Sums of diameters of the target lesions, exact to the digit that was measured."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Final

from seedbed.errors import InputError, one_of
from seedbed.patient import Lesion, Role, Visit

EXACT: Final = Decimal("0.000001")
"""Diameters are taken to the nearest millionth of a millimetre, so that 30 % is 30 %."""


@lru_cache(maxsize=100_000)
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
    lesions : mapping of str to Decimal
        Longest diameter, or short axis of a lymph node, of each lesion that was measured; of the parts of a
        lesion that split, and of the one lesion to which several grew together.
    nodes : frozenset of str
        Which lesions are lymph nodes.
    not_measured : tuple of str
        Target lesions that were not measured.
    total : Decimal
        Sum over the lesions that were measured.
    """

    lesions: Mapping[str, Decimal]
    nodes: frozenset[str]
    not_measured: tuple[str, ...]
    total: Decimal = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.lesions.values(), Decimal(0)))

    @property
    def complete(self) -> bool:
        """Whether every target lesion was measured."""
        return not self.not_measured

    def there(self, node_below_mm: float) -> tuple[str, ...]:
        """Return the measured lesions that are still there; a node counts from a short axis on."""
        limit = exact(node_below_mm)
        return tuple(
            name
            for name, diameter in self.lesions.items()
            if (diameter >= limit if name in self.nodes else diameter > 0)
        )


def target_diameters(
    lesions: Sequence[Lesion], visit: Visit, *, seen_before: Collection[str] = ()
) -> TargetDiameters:
    """Collect the diameters that count at one visit.

    A target that split counts as the sum of its parts, several that grew together count as the one lesion
    that they make (RECIST 1.1, Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, section 4.3.2).

    Parameters
    ----------
    lesions : sequence of Lesion
    visit : Visit
    seen_before : collection of str
        Lesions that an earlier visit measured; a part that was seen once must be measured from then on.

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
    _check_known(lesions, visit)
    counted = counted_lesions(lesions, visit, seen_before=seen_before)
    found: dict[str, Decimal] = {}
    for lesion in counted:
        measured = visit.measurement(lesion.name)
        diameter = None if measured is None else measured.counted_mm(is_lymph_node=lesion.is_lymph_node)
        if diameter is not None:
            found[lesion.name] = exact(diameter)
    return TargetDiameters(
        lesions=found,
        nodes=frozenset(lesion.name for lesion in counted if lesion.is_lymph_node),
        not_measured=tuple(lesion.name for lesion in counted if lesion.name not in found),
    )


def counted_lesions(
    lesions: Sequence[Lesion],
    visit: Visit,
    *,
    role: Role = "target",
    seen_before: Collection[str] = (),
) -> tuple[Lesion, ...]:
    """Return the lesions of one role as they stand at one visit: whole, in parts, or grown together.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.patient import LesionMeasurement
    >>> day = date(2026, 1, 5)
    >>> visit = Visit(on=day, measurements=(LesionMeasurement(lesion="T1.1", on=day, longest_mm=9.0),))
    >>> parts = [Lesion("T1"), Lesion("T1.1", part_of="T1"), Lesion("T1.2", part_of="T1")]
    >>> [each.name for each in counted_lesions(parts, visit, seen_before=["T1.2"])]
    ['T1.1', 'T1.2']
    """
    followed = [lesion for lesion in lesions if lesion.role == role]
    if all(lesion.is_whole for lesion in followed):
        return tuple(followed)
    here = {measured.lesion for measured in visit.measurements}
    grown = [lesion for lesion in followed if lesion.merged_from and lesion.name in here]
    contained = {name for lesion in grown for name in lesion.merged_from}
    counted: list[Lesion] = []
    for whole in (lesion for lesion in followed if lesion.is_whole):
        parts = [part for part in followed if part.part_of == whole.name]
        if any(part.name in here for part in parts):
            now = [part for part in parts if part.name in here or part.name in seen_before]
        else:
            now = [whole]
        counted += [each for each in now if not {each.name, whole.name} & contained]
    return (*counted, *grown)


def _check_known(lesions: Sequence[Lesion], visit: Visit) -> None:
    for measurement in visit.measurements:
        if not any(lesion.name == measurement.lesion for lesion in lesions):
            raise InputError(
                f"the visit of {visit.on} measures lesion '{measurement.lesion}'",
                one_of([lesion.name for lesion in lesions], measurement.lesion),
                "correct the name, or add the lesion to the list",
            )
