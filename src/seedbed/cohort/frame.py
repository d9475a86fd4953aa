"""The analysis set: one row a patient, one column a characteristic or outcome, each value with its sources.

Columns are arrays, so that a hundred thousand patients fit; where a value came from is kept beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.cohort.courses import Courses
from seedbed.cohort.endpoint_records import EndpointRecords
from seedbed.cohort.lesions import Lesions
from seedbed.cohort.variables import Variable, variable
from seedbed.errors import InputError, one_of
from seedbed.patient.partial_dates import PartialDate

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Sources = Sequence[tuple[str, ...]]
NO_SOURCE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One characteristic or outcome of all patients.

    Attributes
    ----------
    variable : Variable
    values : ndarray, shape (patients,)
        Numbers; of classes the place of the class in `Variable.classes`. NaN is "not known".
    sources : sequence of tuple of str
        Names of the records that each value came from.
    notes : tuple of str
        What a reader of any table with it must know.
    """

    variable: Variable
    values: FloatArray
    sources: Sources
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> BoolArray:
        """Where there is a value."""
        return ~np.isnan(self.values)

    def plain(self) -> list[Any]:
        """Return the values for machines: numbers, names of classes, None for what is not known."""
        classes = self.variable.classes
        if not classes:
            return [None if value != value else value for value in self.values.tolist()]
        return [None if value != value else classes[int(value)] for value in self.values.tolist()]


@dataclass(frozen=True)
class Exclusion:
    """Patients who are not analysed, and why."""

    reason: str
    patients: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AnalysisSet:
    """All patients who are analysed, by group.

    Attributes
    ----------
    patients : tuple of str
        Identifiers, one a row.
    group_by : str
        What the groups are made by: ``arm``, or the name of a variable.
    groups : tuple of str
        In their order.
    group_of : ndarray of int, shape (patients,)
        Place of each patient's group in `groups`.
    columns : mapping of str to Column
    on : date
        Nothing later was looked at.
    steps : tuple of (str, int)
        How many patients of the register were screened, treated, and so on, before the groups were made.
    exclusions : tuple of Exclusion
    notes : tuple of str
    courses : Courses
        What happened to each patient day by day, for figures.
    lesions : Lesions
        What became of each implanted lesion.
    """

    patients: tuple[str, ...]
    group_by: str
    groups: tuple[str, ...]
    group_of: IntArray
    columns: Mapping[str, Column]
    on: date
    steps: tuple[tuple[str, int], ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    notes: tuple[str, ...] = field(default=())
    courses: Courses = field(default_factory=Courses)
    lesions: Lesions = field(default_factory=Lesions)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Patients of each group."""
        return tuple(int(each) for each in np.bincount(self.group_of, minlength=len(self.groups)))

    def titles(self) -> tuple[str, ...]:
        """Name each group with its size, as the head of a table has it."""
        word = "Group " if self.group_by == "arm" else ""
        return tuple(f"{word}{name} (N={size})" for name, size in zip(self.groups, self.sizes, strict=True))

    def samples(self, name: str) -> list[FloatArray]:
        """Return the known values of a column, group by group.

        Raises
        ------
        InputError
            No such column.
        """
        column = self.column(name)
        return [
            column.values[(self.group_of == place) & column.known].astype(np.float64)
            for place in range(len(self.groups))
        ]

    def counts(self, name: str) -> IntArray:
        """Count the classes of a column: a row for each group, a column for each class."""
        classes = len(self.column(name).variable.classes)
        rows = [np.bincount(each.astype(np.int64), minlength=classes) for each in self.samples(name)]
        return np.array(rows, dtype=np.int64).reshape(len(self.groups), classes)

    def missing(self, name: str) -> tuple[int, ...]:
        """Count the patients of each group whose value is not known."""
        return tuple(size - len(each) for size, each in zip(self.sizes, self.samples(name), strict=True))

    def together(self, names: Sequence[str], group: int) -> FloatArray:
        """Return the rows of a group with a value in each of some columns, shape (patients, columns)."""
        table = np.column_stack([self.column(name).values for name in names])[self.group_of == group]
        return np.asarray(table[~np.isnan(table).any(axis=1)], dtype=np.float64)

    def untraced(self) -> "AnalysisSet":
        """Return the same without the names of records, which figures and tables do not need."""
        columns = {name: replace(each, sources=()) for name, each in self.columns.items()}
        courses = replace(self.courses, endpoints=EndpointRecords())
        return replace(self, columns=columns, courses=courses, lesions=replace(self.lesions, sources=()))

    def column(self, name: str) -> Column:
        """Return a column by its name.

        Raises
        ------
        InputError
            There is none.
        """
        if name not in self.columns:
            raise InputError(f"the column '{name}'", one_of(self.columns, name), "correct it")
        return self.columns[name]


def make_column(
    name: str | Variable, values: Sequence[Any], *, sources: Sources, notes: Sequence[str] = ()
) -> Column:
    """Make a column from plain values.

    Parameters
    ----------
    name : str or Variable
        Of a variable, or a variable with classes of its own.
    values : sequence
        Numbers, or names of classes, or truths for the classes yes and no; None is "not known".
    sources : sequence of tuple of str
        As long as `values`.
    notes : sequence of str, optional

    Raises
    ------
    InputError
        A class that the variable does not have, or lists of other lengths.

    Examples
    --------
    >>> make_column("sex", ["female", None], sources=[("patient S-01",), ()]).plain()
    ['female', None]
    >>> make_column("bilateral_tumours", [True, False], sources=[(), ()]).values.tolist()
    [0.0, 1.0]
    """
    known = variable(name) if isinstance(name, str) else name
    if len(values) != len(sources):
        raise InputError(
            f"{len(values)} values of '{known.name}' and {len(sources)} sources", "as many", "correct it"
        )
    if not known.classes:
        numbers = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        return Column(known, numbers, sources, tuple(notes))
    places: dict[Any, float] = {each: float(place) for place, each in enumerate(known.classes)}
    places[None] = np.nan
    try:
        found = _placed(values, places)
    except KeyError as error:
        raise InputError(
            f"'{known.label}' is {error}", one_of(known.classes), "correct the record, or add the class"
        ) from None
    return Column(known, np.array(found, dtype=np.float64), sources, tuple(notes))


def _placed(values: Sequence[Any], places: Mapping[Any, float]) -> list[float]:
    """Return the place of each value; each of the few that there are is named once."""
    kinds = {*map(type, values)}
    if bool in kinds and kinds & {int, float}:  # 1 and True are one key, and two names
        return [places[_named(value)] for value in values]
    once = {value: places[_named(value)] for value in dict.fromkeys(values)}
    return [once[value] for value in values]


def _named(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else value


def age_years(born: PartialDate, on: date) -> tuple[int, int]:
    """Completed years on a day, for the last and for the first day of birth that a partial date leaves.

    Raises
    ------
    InputError
        A birth that is surely later than the day.

    Examples
    --------
    >>> day = date(2025, 5, 19)
    >>> age_years(PartialDate("1961-05-20"), day), age_years(PartialDate("1961"), day)
    ((63, 63), (63, 64))
    """
    low, high = (_completed(day, on) for day in (born.latest, born.earliest))
    if high < 0:
        raise InputError(f"a birth on {born} and treatment on {on}", "a birth before", "correct one of them")
    return max(low, 0), high


def age_counted(born: PartialDate, on: date, *, partial: str = "middle") -> tuple[int | None, bool]:
    """Completed years on a day, and whether the date of birth left that open.

    Parameters
    ----------
    born : PartialDate
    on : date
    partial : {"middle", "leave out"}
        What an open age becomes: that of the middle of the possible days, or None.

    Examples
    --------
    >>> day = date(2025, 6, 1)
    >>> age_counted(PartialDate("1961"), day), age_counted(PartialDate("1961-05"), day)
    ((63, True), (64, False))
    """
    low, high = age_years(born, on)
    if low == high:
        return low, False
    if partial == "leave out":
        return None, True
    middle = born.earliest + (born.latest - born.earliest) / 2
    return max(_completed(middle, on), 0), True


def _completed(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
