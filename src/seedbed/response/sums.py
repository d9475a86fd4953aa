"""Sums of diameters of the target lesions, exact to the digit that was measured."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from seedbed.errors import InputError, one_of
from seedbed.patient import Lesion, LesionMeasurement, Role, Visit

NM_PER_MM: Final = 1_000_000
MILLIONTH: Final = Decimal("0.000001")


@lru_cache(maxsize=100_000)
def millionths(value: float) -> int:
    """Write a number, as the decimal that was typed, in whole millionths; of mm these are nm.

    Sums and percentages of whole numbers are exact, so that 30 % is 30 %.

    Examples
    --------
    >>> millionths(0.1 + 0.2)
    300000
    """
    return int(Decimal(repr(float(value))).quantize(MILLIONTH).scaleb(6))


class TargetDiameters(NamedTuple):
    """Diameters of the target lesions at one visit, nm.

    Attributes
    ----------
    lesions : mapping of str to int
        Longest diameter, or short axis of a lymph node, of each lesion that was measured; of the parts of a
        lesion that split, and of the one lesion to which several grew together.
    nodes : frozenset of str
        Which lesions are lymph nodes.
    not_measured : tuple of str
        Target lesions that were not measured.
    total : int
        Sum over the lesions that were measured.
    """

    lesions: Mapping[str, int]
    nodes: frozenset[str]
    not_measured: tuple[str, ...]
    total: int

    @property
    def complete(self) -> bool:
        """Whether every target lesion was measured."""
        return not self.not_measured

    def there(self, node_below_nm: int) -> tuple[str, ...]:
        """Return the measured lesions that are still there; a node counts from a short axis on."""
        nodes = self.nodes
        return tuple(
            [
                name
                for name, diameter in self.lesions.items()
                if (diameter >= node_below_nm if name in nodes else diameter > 0)
            ]
        )


NO_NODES: Final[frozenset[str]] = frozenset()


def target_diameters(counted: Iterable[Lesion], here: Mapping[str, LesionMeasurement]) -> TargetDiameters:
    """Collect the diameters that count at one visit.

    A target that split counts as the sum of its parts, several that grew together count as the one lesion
    that they make (RECIST 1.1, Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, section 4.3.2).

    Parameters
    ----------
    counted : iterable of Lesion
        The targets as they stand at the visit.
    here : mapping of str to LesionMeasurement
        What was measured at it, by the name of the lesion.

    Examples
    --------
    >>> from datetime import date
    >>> here = {"T1": LesionMeasurement(lesion="T1", on=date(2026, 1, 5), longest_mm=21.5)}
    >>> target_diameters([Lesion("T1"), Lesion("T2")], here).not_measured
    ('T2',)
    """
    found: dict[str, int] = {}
    nodes, lacking, total = [], [], 0
    for lesion in counted:
        name, is_node = lesion.name, lesion.is_lymph_node
        measured = here.get(name)
        diameter = None if measured is None else measured.counted_mm(is_lymph_node=is_node)
        if diameter is None:
            lacking.append(name)
        else:
            found[name] = size = millionths(diameter)
            total += size
        if is_node:
            nodes.append(name)
    return TargetDiameters(found, frozenset(nodes) if nodes else NO_NODES, tuple(lacking), total)


class Followed:
    """The lesions of one course, sorted by their role once for all visits.

    Examples
    --------
    >>> [lesion.name for lesion in Followed([Lesion("T1"), Lesion("N1", role="new")]).of("new")]
    ['N1']
    """

    def __init__(self, lesions: Sequence[Lesion]) -> None:
        self.lesions = lesions
        self.names = frozenset([lesion.name for lesion in lesions])
        self.all_whole = all(lesion.is_whole for lesion in lesions)
        self._by_role: dict[str, list[Lesion]] = {}
        for lesion in lesions:
            self._by_role.setdefault(lesion.role, []).append(lesion)

    def of(self, role: Role) -> Sequence[Lesion]:
        """Return the lesions of one role, whole, parts and those grown together."""
        return self._by_role.get(role, ())

    def at(
        self, role: Role, here: Mapping[str, LesionMeasurement], seen_before: Collection[str]
    ) -> Sequence[Lesion]:
        """Return the lesions of one role as they stand at one visit: whole, in parts, or grown together."""
        followed = self._by_role.get(role, ())
        return followed if self.all_whole else counted_lesions(followed, here, seen_before=seen_before)

    def measured(self, visit: Visit) -> dict[str, LesionMeasurement]:
        """Return what was measured at one visit by the name of the lesion.

        Raises
        ------
        InputError
            A measurement of a lesion that is not in the list.
        """
        here = {measured.lesion: measured for measured in visit.measurements}
        if not here.keys() <= self.names:
            unknown = next(name for name in here if name not in self.names)
            raise InputError(
                f"the visit of {visit.on} measures lesion '{unknown}'",
                one_of([lesion.name for lesion in self.lesions], unknown),
                "correct the name, or add the lesion to the list",
            )
        return here


def counted_lesions(
    followed: Sequence[Lesion], here: Collection[str], *, seen_before: Collection[str] = ()
) -> tuple[Lesion, ...]:
    """Return the lesions of one role as they stand at one visit: whole, in parts, or grown together.

    Parameters
    ----------
    followed : sequence of Lesion
        Of one role.
    here : collection of str
        Lesions that the visit measured.
    seen_before : collection of str
        Lesions that an earlier visit measured; a part that was seen once must be measured from then on.

    Examples
    --------
    >>> parts = [Lesion("T1"), Lesion("T1.1", part_of="T1"), Lesion("T1.2", part_of="T1")]
    >>> [each.name for each in counted_lesions(parts, ["T1.1"], seen_before=["T1.2"])]
    ['T1.1', 'T1.2']
    """
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
