"""Read what a paper printed: the numbers of its tables and its p-values, as text and as numbers.

A folder holds the sourced files ``table_*.csv`` and ``claims.csv`` of one paper. The files keep every number
as it was printed, misprints included; what is wrong with one stands in the column ``note``.
"""

import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from seedbed.cohort.printed import PrintedP, half_unit
from seedbed.errors import TableError, one_of
from seedbed.tables.reader import SourcedTable, read_table

CELL_COLUMNS = ("id", "label", "scale", "level", "group", "size", "statistic", "value", "note")
CLAIM_COLUMNS = ("id", "label", "place", "scale", "groups", "quote", "published", "uses", "note")
STATISTICS = ("count", "percent", "mean", "sd", "median", "p25", "p75", "p_value")
SCALES = (
    "nominal",
    "ordered",
    "mean_sd",
    "median_quartiles",
    "repeated",
    "paired",
    "survival",
    "summary",
)
ALL_GROUPS = "all"


@dataclass(frozen=True)
class Cell:
    """One number printed in a table.

    Attributes
    ----------
    id, label : str
        The line it stands in.
    scale : str
        How the line is measured; it decides the test. See `SCALES`.
    level : str
        Class of a nominal or ordered line; the time of measurement; empty where there is none.
    group : str
        Column of the table, ``all`` for what concerns all groups.
    size : int
        Number of patients in the group.
    statistic : str
        What the number is. See `STATISTICS`.
    text : str
        As printed.
    note : str
        What is wrong with it; empty where nothing is.
    place : str
        Table that it stands in.
    """

    id: str
    label: str
    scale: str
    level: str
    group: str
    size: int
    statistic: str
    text: str
    note: str
    place: str = ""

    @property
    def value(self) -> float:
        """The number; for a p-value such as ``<0.001`` the number after the sign."""
        return PrintedP.parse(self.text).value if self.statistic == "p_value" else float(self.text)


@dataclass(frozen=True)
class Comparison:
    """A p-value of the paper and the printed numbers it rests on.

    Attributes
    ----------
    id, label : str
        Stable, readable name, and what is compared.
    place : str
        Table or section of the paper.
    scale : str
        How the outcome is measured. See `SCALES`.
    groups : tuple of str
        Groups compared; one group where it is compared with itself over time.
    published : PrintedP
        The p-value as printed.
    cells : tuple of Cell
        The printed numbers; empty where the paper prints none.
    note : str
        What a reader should know.
    """

    id: str
    label: str
    place: str
    scale: str
    groups: tuple[str, ...]
    published: PrintedP
    cells: tuple[Cell, ...]
    note: str


@dataclass(frozen=True)
class PublishedPaper:
    """All that was typed from one paper.

    Attributes
    ----------
    source, doi : str
        The paper.
    cells : tuple of Cell
        Every number of its tables.
    comparisons : tuple of Comparison
        Every p-value: those of the tables in their order, then those of the text.
    """

    source: str
    doi: str
    cells: tuple[Cell, ...]
    comparisons: tuple[Comparison, ...]


def read_published(folder: Path | Traversable | None = None) -> PublishedPaper:
    """Read the typed tables and claims of one paper.

    Parameters
    ----------
    folder : Path or Traversable, optional
        Holds ``table_*.csv`` and ``claims.csv``. Without it: Chen et al. 2025, Front. Endocrinol. 16:1587412,
        doi 10.3389/fendo.2025.1587412, Tables 1 to 3 and the p-values of the text.

    Returns
    -------
    PublishedPaper
        Cells and comparisons in the order of the paper.

    Raises
    ------
    TableError
        A file without a source, with a missing column, an unknown scale or statistic, a value that is no
        number, or a claim that uses a line no table has.
    InputError
        A file cannot be read.

    Examples
    --------
    >>> paper = read_published()
    >>> paper.doi, paper.comparisons[0].id, paper.comparisons[0].published.text
    ('10.3389/fendo.2025.1587412', 'gender', '0.529')
    """
    folder = files("seedbed.cohort").joinpath("data", "chen2025") if folder is None else folder
    claims = read_table(folder.joinpath("claims.csv"))
    names = sorted(entry.name for entry in folder.iterdir() if re.fullmatch(r"table_.*\.csv", entry.name))
    tables = [read_table(folder.joinpath(name)) for name in names]
    cells = [_cells(table) for table in tables]
    every = tuple(cell for part in cells for cell in part)
    tested = [one for table, part in zip(tables, cells, strict=True) for one in _tested(table, part)]
    return PublishedPaper(
        source=claims.meta["source"],
        doi=claims.meta.get("doi", ""),
        cells=every,
        comparisons=(*tested, *_claims(claims, every)),
    )


def _cells(table: SourcedTable) -> tuple[Cell, ...]:
    _demand_columns(table, CELL_COLUMNS)
    return tuple(_cell(table, number, row) for number, row in enumerate(table.rows, start=1))


def _cell(table: SourcedTable, number: int, row: dict[str, str]) -> Cell:
    where = f"table '{table.name}', data row {number}"
    _demand_word(where, "scale", row["scale"], SCALES)
    _demand_word(where, "statistic", row["statistic"], STATISTICS)
    if not row["size"].isdecimal():
        raise TableError(
            f"{where} holds '{row['size']}' in column 'size'", "a number of patients", "correct it"
        )
    if row["statistic"] == "p_value":
        PrintedP.parse(row["value"])
    else:
        half_unit(row["value"])
    kept = {key: row[key] for key in ("id", "label", "scale", "level", "group", "statistic", "note")}
    return Cell(size=int(row["size"]), text=row["value"], place=table.meta["place"], **kept)


def _tested(table: SourcedTable, cells: tuple[Cell, ...]) -> list[Comparison]:
    """Pair each p-value of a table with the numbers of its line."""
    found = []
    for printed in (cell for cell in cells if cell.statistic == "p_value"):
        line = tuple(cell for cell in cells if cell.id == printed.id and cell.statistic != "p_value")
        groups = _groups(line) if printed.group == ALL_GROUPS else (printed.group,)
        found.append(
            Comparison(
                id=printed.id,
                label=printed.label,
                place=table.meta["place"],
                scale=printed.scale,
                groups=groups,
                published=PrintedP.parse(printed.text),
                cells=line,
                note=_notes((*line, printed)),
            )
        )
    return found


def _claims(table: SourcedTable, cells: tuple[Cell, ...]) -> list[Comparison]:
    _demand_columns(table, CLAIM_COLUMNS)
    return [_claim(f"table '{table.name}', claim '{row['id']}'", row, cells) for row in table.rows]


def _claim(where: str, row: dict[str, str], cells: tuple[Cell, ...]) -> Comparison:
    _demand_word(where, "scale", row["scale"], SCALES)
    used = row["uses"].split()
    for one in used:
        _demand_word(where, "uses", one, tuple(dict.fromkeys(cell.id for cell in cells)))
    return Comparison(
        id=row["id"],
        label=row["label"],
        place=row["place"],
        scale=row["scale"],
        groups=tuple(row["groups"].split()),
        published=PrintedP.parse(row["published"]),
        cells=tuple(cell for cell in cells if cell.id in used and cell.statistic != "p_value"),
        note=row["note"],
    )


def _groups(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.group for cell in cells))


def _notes(cells: tuple[Cell, ...]) -> str:
    noted = [cell for cell in cells if cell.note]
    named = [cell.note if cell.group == ALL_GROUPS else f"Group {cell.group}: {cell.note}" for cell in noted]
    return "; ".join(named)


def _demand_columns(table: SourcedTable, wanted: tuple[str, ...]) -> None:
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise TableError(
            f"table '{table.name}' lacks the column(s) {', '.join(missing)}",
            f"the columns {', '.join(wanted)}",
            "add them",
        )


def _demand_word(where: str, column: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise TableError(f"{where} holds '{word}' in column '{column}'", one_of(known, word), "correct it")
