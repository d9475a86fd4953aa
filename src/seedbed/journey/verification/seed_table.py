"""The list of seeds as a file that a person edits in a spreadsheet: ``seeds.csv``.

Rows may be deleted, coordinates changed, rows added (number empty, axis empty where it is not known). How a
spreadsheet writes the file anew does not matter: `seedbed.sheets.csv_files.read_csv` says what is read.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.errors import InputError, TableError
from seedbed.geometry import VoxelGrid
from seedbed.sheets.csv_files import as_number, read_csv, write_csv
from seedbed.verification.seed_edits import PLACED_SD_MM, TURNED_SD_DEG, SeedEdits
from seedbed.verification.seed_list import ORIGINS, UNKNOWN_AXIS_SD_DEG, SeedTable

POSITION, AXIS = ("x_mm", "y_mm", "z_mm"), ("ax", "ay", "az")
COLUMNS = (*POSITION, *AXIS, "confidence", "number", "axis_sd_deg", "position_sd_mm", "origin", "doubt")
NEEDED = (*POSITION, *AXIS, "number")
MM_DIGITS, AXIS_DIGITS, OTHER_DIGITS = 3, 6, 3
FURTHEST_MM = 10_000.0
"""No scanner gives a coordinate beyond (local rule)."""
MOST_SEEDS = 9999
LENGTH_TOLERANCE = 0.01
"""How far an axis may be from length 1 and still be meant as a direction (local rule)."""
AGAIN = "correct the cell, or write the list again and edit that"

Cells = Mapping[str, str]


def write_seed_table(path: Path, table: SeedTable) -> Path:
    """Write a list of seeds: plain UTF-8 CSV without byte order mark, 0.001 mm, axes with 6 decimals.

    An axis that is not known stands as empty cells.

    Examples
    --------
    >>> import tempfile
    >>> from seedbed.verification.seed_list import found_table
    >>> one = np.ones(1)
    >>> table = found_table(
    ...     np.array([[-1.0, 2, 3]]), np.array([[0, 0.6, 0.8]]), confidence=one, axis_sd_deg=4 * one,
    ...     position_sd_mm=0.4 * one,
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_seed_table(Path(folder) / "seeds.csv", table).read_text(encoding="ascii"))
    x_mm,y_mm,z_mm,ax,ay,az,confidence,number,axis_sd_deg,position_sd_mm,origin,doubt
    -1.000,2.000,3.000,0.000000,0.600000,0.800000,1.000,1,4.000,0.400,found,
    """  # fmt: skip
    return write_csv(path, COLUMNS, (_row(table, at) for at in range(table.count)), byte_order_mark=False)


def _row(table: SeedTable, at: int) -> list[object]:
    axis = table.axes[at]
    return [
        *(_decimal(value, MM_DIGITS) for value in table.positions_mm[at]),
        *(_decimal(value, AXIS_DIGITS) if axis.any() else "" for value in axis),
        _decimal(table.confidence[at], OTHER_DIGITS),
        int(table.numbers[at]) or "",
        _decimal(table.axis_sd_deg[at], OTHER_DIGITS) if axis.any() else "",
        _decimal(table.position_sd_mm[at], OTHER_DIGITS),
        table.origin[at],
        table.doubt[at],
    ]


def _decimal(value: float, digits: int) -> Decimal:
    """Return a number as it is printed, without a sign before zero."""
    return Decimal(f"{round(float(value), digits) + 0.0:.{digits}f}")


def read_seed_table(path: Path) -> SeedTable:
    r"""Read a list of seeds that a person may have edited in a spreadsheet.

    Parameters
    ----------
    path : Path
        With the columns of the position, the axis and the number at least, in any order.

    Returns
    -------
    SeedTable
        The axis of a seed is a zero vector where its cells are empty. A row without a confidence is certain.

    Raises
    ------
    TableError
        No CSV file, a column that lacks, a cell that cannot be what its column says, half an axis or one
        that is not of length 1; the sentence names row and column.
    InputError
        Two rows with the same number.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "seeds.csv"
    ...     _ = file.write_text("number;x_mm;y_mm;z_mm;ax;ay;az\n7;1,5;-2;3;0;0,6;0,8\n;4;5;6;;;\n;;;;\n")
    ...     table = read_seed_table(file)
    >>> table.numbers.tolist(), table.positions_mm.tolist(), table.axes[1].tolist()
    ([7, 0], [[1.5, -2.0, 3.0], [4.0, 5.0, 6.0]], [0.0, 0.0, 0.0])
    """
    rows = [_Row(number, cells) for number, cells in read_csv(path, needs=NEEDED).rows]
    if len(rows) > MOST_SEEDS:
        raise TableError(f"'{path}' has {len(rows)} rows", f"at most {MOST_SEEDS}", "take the list of seeds")
    axes = np.array([row.axis() for row in rows]).reshape(-1, 3)
    unsure = [TURNED_SD_DEG if axis.any() else UNKNOWN_AXIS_SD_DEG for axis in axes]
    return SeedTable(
        numbers=np.array([row.seed_number() for row in rows], dtype=np.int64),
        positions_mm=np.array([row.position_mm() for row in rows], dtype=float).reshape(-1, 3),
        axes=axes,
        confidence=np.array([row.number("confidence", (0.0, 1.0), 1.0) for row in rows], dtype=float),
        axis_sd_deg=np.array(
            [row.number("axis_sd_deg", (0.0, 90.0), sd) for row, sd in zip(rows, unsure, strict=True)],
            dtype=float,
        ),
        position_sd_mm=np.array(
            [row.number("position_sd_mm", (0.0, 100.0), PLACED_SD_MM) for row in rows], dtype=float
        ),
        origin=tuple(row.origin() for row in rows),
        doubt=tuple(row.cells.get("doubt", "").removeprefix("'") for row in rows),
        rows=tuple(row.at for row in rows),
    )


class _Row:
    """One row of the file, its cells turned into what their columns say."""

    def __init__(self, at: int, cells: Cells) -> None:
        self.at, self.cells = at, cells

    def number(self, column: str, between: tuple[float, float], empty: float | None = None) -> float:
        """Return the number in a cell; ``empty`` where nothing stands and that is allowed."""
        text = self.cells.get(column, "")
        low, high = between
        if not text and empty is not None:
            return empty
        try:
            value = as_number(text)
        except ValueError:
            value = np.inf
        if not low <= value <= high:
            raise self._refusal(column, f"a number from {low:g} to {high:g}, without groups of digits")
        return value

    def position_mm(self) -> list[float]:
        return [self.number(column, (-FURTHEST_MM, FURTHEST_MM)) for column in POSITION]

    def axis(self) -> list[float]:
        """Return a direction of length 1, or zeros where nothing stands."""
        empty = [column for column in AXIS if not self.cells[column]]
        if len(empty) == len(AXIS):
            return [0.0, 0.0, 0.0]
        if empty:
            raise self._refusal(empty[0], "all of ax, ay, az, or none where the axis is not known")
        most = 1.0 + LENGTH_TOLERANCE
        values = np.array([self.number(column, (-most, most)) for column in AXIS])
        length = float(np.linalg.norm(values))
        if length == 0.0:
            return [0.0, 0.0, 0.0]
        if abs(length - 1.0) > LENGTH_TOLERANCE:
            raise TableError(
                f"the axis (ax, ay, az) in row {self.at} of the list of seeds has length {length:.3f}",
                "length 1, or three empty cells where the axis is not known",
                AGAIN,
            )
        return [float(value) for value in values / length]

    def seed_number(self) -> int:
        value = self.number("number", (1, MOST_SEEDS), 0.0)
        if value != int(value):
            raise self._refusal("number", "a whole number, or nothing for a seed that is added")
        return int(value)

    def origin(self) -> str:
        said = self.cells.get("origin", "").casefold()
        if said and said not in ORIGINS:
            raise self._refusal("origin", f"one of {', '.join(ORIGINS)}, or nothing")
        return said

    def _refusal(self, column: str, expected: str) -> TableError:
        text = self.cells.get(column, "")
        shown = f"'{text}'" if text else "nothing"
        came = f"column {column} holds {shown} in row {self.at} of the list of seeds"
        return TableError(came, expected, AGAIN)


def refuse_outside(table: SeedTable, grid: VoxelGrid) -> None:
    """Refuse a seed whose centre lies outside the image.

    Raises
    ------
    InputError
        It is named, with its row.

    Examples
    --------
    >>> from seedbed.verification.seed_list import found_table
    >>> one = np.ones(1)
    >>> table = found_table(
    ...     np.array([[9.0, 0, 0]]), np.zeros((1, 3)), confidence=one, axis_sd_deg=one, position_sd_mm=one
    ... )
    >>> refuse_outside(table, VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (5, 5, 5)))
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: seed 1 at (9.0, 0.0, 0.0) mm lies outside the CT; expected ...
    """
    for at in np.flatnonzero(~grid.contains(table.positions_mm))[:1]:
        place = ", ".join(f"{value:.1f}" for value in table.positions_mm[at])
        raise InputError(
            f"{table.called(int(at))} at ({place}) mm lies outside the CT",
            "every seed inside the CT that it is to be seen in",
            "correct its place (DICOM patient coordinates, mm), or take the list of this CT",
        )


def edits_as_dict(edits: SeedEdits) -> dict[str, Any]:
    """Return what a person changed, for machines: plain numbers and lists.

    Examples
    --------
    >>> from seedbed.verification.seed_edits import compare_edits
    >>> from seedbed.verification.seed_list import found_table
    >>> one = np.ones(1)
    >>> found = found_table(
    ...     np.zeros((1, 3)), np.zeros((1, 3)), confidence=one, axis_sd_deg=one, position_sd_mm=one
    ... )
    >>> edits_as_dict(compare_edits(found, found, slice_mm=2.5))
    {'edited': False, 'kept': [1], 'moved': [], 'deleted': [], 'added': []}
    """
    return {
        "edited": edits.any,
        "kept": list(edits.kept),
        "moved": [
            {
                "number": move.number,
                "from_mm": [round(value, MM_DIGITS) for value in move.from_mm],
                "to_mm": [round(value, MM_DIGITS) for value in move.to_mm],
                "by_mm": round(move.by_mm, MM_DIGITS),
                "turned_deg": None if move.turned_deg is None else round(move.turned_deg, 1),
            }
            for move in edits.moved
        ],
        "deleted": list(edits.deleted),
        "added": list(edits.added),
    }
