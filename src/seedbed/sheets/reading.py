"""From the columns of a table to records with their places; a column at a time, each different cell once."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

from seedbed.errors import InputError
from seedbed.patient.fields import Field, fields_of
from seedbed.patient.records import LaboratoryValue
from seedbed.sheets.addresses import BadCell, CellAddress, Placed, RowCells, SheetContent
from seedbed.sheets.cells import Refused, is_blank, read_all, read_reading, reader_of
from seedbed.sheets.dates import is_serial
from seedbed.sheets.grids import Grid
from seedbed.sheets.laboratory import implausible, same_meaning, same_name
from seedbed.sheets.layouts import Layout, Part, layout_of

KEY_TEXTS = ("patient_id", "lesion", "course", "implant")
LABORATORY_MUST = {"value", "comparator", "unit"}
"""Without one of them a laboratory value says something else."""
Refusals = dict[int, dict[str, Refused]]
"""What was refused, by place in the column and field."""


def content_of(grid: Grid, kind: str) -> SheetContent:
    """Read a table that holds records of one kind; that of visits also laboratory values and pain.

    Raises
    ------
    KeyError
        No such kind.
    """
    return content_of_layout(grid, layout_of(grid, kind))


def content_of_layout(grid: Grid, layout: Layout) -> SheetContent:
    """Read a table whose columns are known."""
    table = _Table(grid)
    records = [placed for part in layout.parts for placed in table.records(part)]
    bad = (*grid.bad, *layout.bad, *table.bad.values())
    return SheetContent(tuple(records), bad, (*grid.remarks, *layout.remarks, *table.remarks))


class _Table:
    """The values of a table, each column read once for all the parts that share it."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.bad: dict[CellAddress, BadCell] = {}
        self.remarks: list[str] = []
        self._read: dict[tuple[int, str, str], tuple[list[object], list[int]]] = {}
        self._rows: list[CellAddress] = []

    def records(self, part: Part) -> Iterator[Placed]:
        """Give the records of a part; what is bad is noted."""
        values, refused = self._values(part)
        wanted = self._wanted(part)
        left_out = self._left_out(part, values, refused, wanted)
        for name, known in fields_of(part.kind).items():
            if name in values and known.kind == "text":
                values[name] = ["" if each is None else each for each in values[name]]
        return self._built(part, values, left_out)

    def _values(self, part: Part) -> tuple[dict[str, Sequence[Any]], Refusals]:
        values: dict[str, Sequence[Any]] = {}
        refused: Refusals = {}
        for name, column in part.columns.items():
            values[name], wrong = self._column(part, fields_of(part.kind)[name], column)
            for place in wrong:
                refused.setdefault(place, {})[name] = values[name][place]
            if wrong:
                values[name] = [None if isinstance(each, Refused) else each for each in values[name]]
        if part.kind is LaboratoryValue and "value" in values:
            self._laboratory(part, values, refused)
        return values, refused

    def _column(self, part: Part, known: Field, column: int) -> tuple[list[object], list[int]]:
        key = (column, known.name, known.kind)
        if key not in self._read:
            if part.kind is LaboratoryValue and known.name == "value":
                reader = read_reading(known)
            else:
                reader = reader_of(
                    part.kind.KIND, known, is_key=known.name in KEY_TEXTS, epoch=self.grid.epoch
                )
            cells = self.grid.columns[column]
            self._read[key] = read_all(cells, reader)
            if "date" in known.kind and any(is_serial(cell) for cell in set(cells)):
                self.remarks.append(
                    f"{self.grid.address(column, self.grid.header)}: numbers in the column "
                    f"'{self.grid.titles[column]}' were read as days counted from {self.grid.epoch}"
                )
        return self._read[key]

    def _laboratory(self, part: Part, values: dict[str, Sequence[Any]], refused: Refusals) -> None:
        """Part readings into number and sign, give quantities one name, and refuse what does not fit."""
        readings = [each if each is not None else (None, None, "") for each in values["value"]]
        signs = [sign for _, sign, _ in readings]
        values["value"] = numbers = [number for number, _, _ in readings]
        for place, (sign, stated) in enumerate(zip(signs, values.get("comparator", ()), strict=False)):
            if sign and stated and sign != stated:
                refused.setdefault(place, {})["value"] = Refused(
                    f"the value has '{sign}' and its comparator is '{stated}'", "the same"
                )
            signs[place] = sign or stated
        values["comparator"] = signs
        if "analyte" in values:
            codes = {name: same_name(name) for name in set(values["analyte"]) if name is not None}
            values["analyte"] = [codes.get(name) for name in values["analyte"]]
        names = values.get("analyte") or [part.constants.get("analyte")] * len(numbers)
        units = [*(values.get("unit") or [part.constants.get("unit")] * len(numbers))]
        for place, (_, _, unit) in enumerate(readings):
            if unit and units[place] is None:
                units[place] = unit
            elif unit and not same_meaning(unit, str(units[place]), names[place]):
                refused.setdefault(place, {})["value"] = Refused(
                    f"the value is in {unit} and its unit is {units[place]}", "the same"
                )
        if "unit" in values:
            values["unit"] = units
        for place, name, why in implausible(names, units, numbers):
            refused.setdefault(place, {})[name] = why

    def _wanted(self, part: Part) -> set[int] | None:
        """Return the rows that state something of this part; None where all do, as in a table of one kind."""
        if set(part.triggers) >= set(part.columns):
            return None
        columns = [self.grid.columns[part.columns[name]] for name in part.triggers]
        stated = [{cell for cell in set(column) if not is_blank(cell)} for column in columns]
        return {
            place
            for column, words in zip(columns, stated, strict=True)
            for place, cell in enumerate(column)
            if cell in words
        }

    def _left_out(
        self, part: Part, values: dict[str, Sequence[Any]], refused: Refusals, wanted: set[int] | None
    ) -> set[int]:
        """Return the rows that give no record; note why, for those that should."""
        count = len(self.grid.rows)
        left_out = set() if wanted is None else set(range(count)) - wanted
        needed = [each for each in fields_of(part.kind).values() if each.needed and each.name in part.columns]
        for known in needed:
            for place in [p for p, value in enumerate(values[known.name]) if value is None]:
                if place in left_out or known.name in refused.get(place, ()):
                    continue
                if wanted is None and place not in refused and self._says_nothing(part, place):
                    left_out.add(place)
                    continue
                why = Refused(f"'{known.name}' is empty", f"{known.meaning}, {known.expected}")
                refused.setdefault(place, {})[known.name] = why
        must = {each.name for each in needed} | {*part.kind.KEY} | LABORATORY_MUST
        for place, fields in refused.items():
            if place in left_out:
                continue
            whole_row = bool(must & fields.keys())
            for name, why in fields.items():
                self._note(part, place, name, why, whole_row=whole_row and name in must)
            if whole_row:
                left_out.add(place)
        return left_out

    def _says_nothing(self, part: Part, place: int) -> bool:
        return all(is_blank(self.grid.columns[column][place]) for column in part.columns.values())

    def _note(self, part: Part, place: int, name: str, why: Refused, *, whole_row: bool) -> None:
        column = part.columns.get(name, part.columns.get("value", 0))
        address = self.grid.address(column, self.grid.rows[place])
        ending = f"; no {part.kind.KIND} was read from this row" if whole_row else ""
        self.bad.setdefault(address, BadCell(address, why.sentence + ending))

    def _built(self, part: Part, values: dict[str, Sequence[Any]], left_out: set[int]) -> Iterator[Placed]:
        grid, kind = self.grid, part.kind
        self._rows = self._rows or [grid.of_row(row) for row in grid.rows]
        cells = {name: grid.places[column] for name, column in part.columns.items()}
        names = (*values, *part.constants)
        columns = (*values.values(), *(repeat(constant) for constant in part.constants.values()))
        for place, row in enumerate(zip(*columns, strict=False)):
            if place in left_out:
                continue
            try:
                record = kind(**dict(zip(names, row, strict=True)))
            except InputError as error:
                address = self._rows[place]
                self.bad[address] = BadCell(address, f"{error.came}; expected {error.expected}")
                continue
            yield Placed(record, self._rows[place], RowCells(cells, grid.rows[place]))
