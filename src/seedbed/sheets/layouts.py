"""Which column of a table is which field of which record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from seedbed.errors import InputError
from seedbed.patient.fields import Field, fields_of
from seedbed.patient.records import KINDS, LaboratoryValue, Pain, Plain, Record, VisitRecord
from seedbed.sheets.addresses import BadCell
from seedbed.sheets.grids import Grid
from seedbed.sheets.titles import field_title, fields_by_title, folded, same_unit, split_unit
from seedbed.sheets.visit_columns import PAIN, AnalyteColumn, analyte_column, pain_titles

Meaning = str | AnalyteColumn
"""What a column is: a field, the pain of a visit, or a laboratory value."""
PAIN_OF_VISIT: Final = "pain of the visit"
SAME_FOR_ALL: Final = frozenset(("patient_id", "on", "assay"))
"""What one row of a table with a column for each quantity says of all of them."""
IGNORED: Final = "a column that was refused"


@dataclass(frozen=True)
class Part:
    """The records of one kind that the rows of a table hold, one in a row.

    Attributes
    ----------
    kind : type of Record
    columns : Mapping
        Number of the column of each field.
    constants : Mapping
        Fields that are the same in every row.
    triggers : tuple of str
        A row holds the record where one of these fields is stated.
    """

    kind: type[Record]
    columns: Mapping[str, int]
    constants: Mapping[str, Plain] = field(default_factory=dict)
    triggers: tuple[str, ...] = ()

    @property
    def lacking(self) -> Field | None:
        """A field that a record must state and that has no column."""
        needed = (each for each in fields_of(self.kind).values() if each.needed)
        return next((each for each in needed if each.name not in {*self.columns, *self.constants}), None)


@dataclass
class Layout:
    """What the columns of a table are.

    Attributes
    ----------
    parts : list of Part
    bad : list of BadCell
        Titles that cannot be taken.
    remarks : list of str
        Columns that are not known.
    """

    parts: list[Part] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def layout_of(grid: Grid, kind: str) -> Layout:
    """Return what the columns of a table of one kind are.

    The sheet of visits holds visits, laboratory values and pain; that of the laboratory may have a row for
    each value, or a column for each quantity.
    """
    layout = Layout()
    meanings: dict[int, Meaning] = {}
    wide = kind == VisitRecord.KIND or (kind == LaboratoryValue.KIND and _has_quantities(grid))
    for number, title in enumerate(grid.titles):
        meaning = _meaning(grid, kind, number, layout, wide=wide)
        if meaning is not None:
            meanings[number] = meaning
        elif title or any(cell != "" for cell in grid.columns[number]):
            layout.remarks.append(
                f"{grid.address(number, grid.header)}: the column '{title}' is not known and was not read"
            )
    layout.parts = _parts(kind, _once(grid, meanings, layout))
    lacking = layout.parts[0].lacking
    if lacking is not None:
        layout.bad.append(lacks(grid, kind, lacking))
        layout.parts = []
    return layout


def _has_quantities(grid: Grid) -> bool:
    """Tell whether a table of laboratory values has a column for each quantity."""
    known = fields_by_title(LaboratoryValue.KIND)
    found = {known.get(folded(split_unit(title)[0])) for title in grid.titles}
    return found - {None} <= SAME_FOR_ALL


def _meaning(grid: Grid, kind: str, number: int, layout: Layout, *, wide: bool) -> Meaning | None:
    """Return what a column is; a unit that does not fit is refused, and the column is not read."""
    title = grid.titles[number]
    name, unit = split_unit(title)
    known = fields_by_title(kind)
    field_name = known.get(folded(title), known.get(folded(name)))
    try:
        if field_name is not None:
            check_unit(fields_of(KINDS[kind])[field_name], unit, title)
            return field_name
        if kind == VisitRecord.KIND and folded(name) in pain_titles():
            return PAIN_OF_VISIT
        return analyte_column(name, unit) if wide else None
    except InputError as error:
        layout.bad.append(_bad_title(grid, number, f"{error.came}; expected {error.expected}"))
        return IGNORED


def check_unit(known: Field, unit: str, title: str) -> None:
    """Refuse a title whose unit is not that of the field.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_unit(fields_of(KINDS["measurement"])["longest_mm"], "cm", "Longest [cm]")
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: the column 'Longest [cm]' is in cm; expected the unit mm; ...
    """
    if unit and known.unit and not same_unit(unit, known.unit):
        raise InputError(
            f"the column '{title}' is in {unit}", f"the unit {known.unit}", "convert the values and the title"
        )


def _once(grid: Grid, meanings: Mapping[int, Meaning], layout: Layout) -> dict[Meaning, int]:
    """Return the column of each meaning; two columns of one meaning are both refused."""
    found: dict[object, list[int]] = {}
    for number, meaning in meanings.items():
        if meaning != IGNORED:
            found.setdefault(
                meaning if isinstance(meaning, str) else ("analyte", meaning.analyte), []
            ).append(number)
    for numbers in found.values():
        for number in numbers if len(numbers) > 1 else ():
            other = next(each for each in numbers if each != number)
            what = f"the column '{grid.titles[number]}' is the same as {grid.places[other]}{grid.header}"
            layout.bad.append(_bad_title(grid, number, f"{what}; expected each once"))
    return {meanings[numbers[0]]: numbers[0] for numbers in found.values() if len(numbers) == 1}


def _parts(kind: str, columns: Mapping[Meaning, int]) -> list[Part]:
    own = {
        name: number for name, number in columns.items() if isinstance(name, str) and name != PAIN_OF_VISIT
    }
    shared = SAME_FOR_ALL if kind == LaboratoryValue.KIND else VisitRecord.KEY
    key = {name: own[name] for name in own if name in shared}
    parts = [Part(KINDS[kind], own, triggers=tuple(own))]
    for meaning, number in columns.items():
        if isinstance(meaning, AnalyteColumn):
            constants = {"analyte": meaning.analyte, "unit": meaning.unit}
            parts.append(Part(LaboratoryValue, {**key, "value": number}, constants, ("value",)))
        elif meaning == PAIN_OF_VISIT:
            parts.append(Part(Pain, {**key, PAIN: number}, triggers=(PAIN,)))
    has_quantities = kind == LaboratoryValue.KIND and len(parts) > 1
    return parts[1:] if has_quantities else parts


def lacks(grid: Grid, kind: str, lacking: Field) -> BadCell:
    """Return what to say of a table without a column that its records must state."""
    title = field_title(kind, lacking.name)
    return BadCell(
        grid.address(0, grid.header),
        f"there is no column '{title.english}' ({title.chinese}); expected one ({lacking.meaning}), "
        f"without which no {kind} can be read",
    )


def _bad_title(grid: Grid, number: int, sentence: str) -> BadCell:
    return BadCell(grid.address(number, grid.header), f"{sentence}; the column was not read")
