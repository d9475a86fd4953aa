"""Read the register's records from spreadsheets, whatever program they come from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seedbed.errors import InputError, one_of
from seedbed.patient.fields import shown
from seedbed.patient.records import KINDS
from seedbed.sheets.addresses import BadCell, CellAddress, SheetContent
from seedbed.sheets.csv_tables import MOST_BYTES, read_csv_table
from seedbed.sheets.duplicates import each_once
from seedbed.sheets.grids import Grid
from seedbed.sheets.layouts import layout_of
from seedbed.sheets.reading import content_of
from seedbed.sheets.redcap import is_redcap, redcap_content
from seedbed.sheets.redcap_mapping import RedcapMapping, read_mapping
from seedbed.sheets.titles import folded, kind_by_start, kinds_by_title, readme_name, sheet_title
from seedbed.sheets.workbooks import read_workbook

KIND_COLUMNS: Final = frozenset(map(folded, ("kind", "record", "记录类型", "类型")))
NOTHING: Final = SheetContent((), ())
Sheets = Iterator[tuple[str, Grid | None]]


@dataclass(frozen=True)
class _Source:
    """How files are read."""

    most_bytes: int
    redcap: RedcapMapping | None
    called: str = ""

    def name_of(self, path: Path) -> str:
        """Return what sentences call a file."""
        return self.called or path.name

    def is_redcap(self, path: Path, grid: Grid) -> bool:
        return path.suffix.casefold() in TEXTS and (self.redcap is not None or is_redcap(grid.titles))


def read_records(
    path: Path, *, most_bytes: int = MOST_BYTES, redcap: Path | None = None, called: str = ""
) -> SheetContent:
    """Read the records of a workbook, of a table, or of a folder of such files.

    Parameters
    ----------
    path : Path
        .xlsx or .xlsm; .csv, .tsv or .txt, named like a sheet or with a column ``kind``, or an export of
        REDCap; .sav; .parquet; or a folder of such.
    most_bytes : int
        A longer text file is refused.
    redcap : Path, optional
        A TOML file that says which field of a REDCap project is which (see `redcap_mapping`).
    called : str
        What sentences call a workbook that does not lie under its own name.

    Returns
    -------
    SheetContent
        What could be read, what could not, and what was left unread.

    Raises
    ------
    InputError
        Nothing there, another kind of file, one that cannot be read at all.
    """
    source = _Source(most_bytes, read_mapping(redcap) if redcap else None, called)
    try:
        content = _of_folder(path, source) if path.is_dir() else _of_file(path, source)
    except OSError as error:
        raise InputError(
            f"'{called or path}' cannot be read ({error.strerror or error})",
            "a workbook, a CSV file or a folder of them",
            "check the name and the permissions, or close the program that has the file open",
        ) from error
    return each_once(content)


def _of_folder(folder: Path, source: _Source) -> SheetContent:
    content = NOTHING
    for path in sorted(folder.iterdir()):
        if path.name.startswith(IGNORED_STARTS):
            continue
        if path.is_file() and path.suffix.casefold() in READERS:
            content += _of_file(path, source)
        else:
            content += _remark(f"{path.name}: no table of a kind that is read")
    if content == NOTHING:
        raise InputError(f"the folder '{folder}' holds no table", "tables of the register", "check its name")
    return content


def _of_file(path: Path, source: _Source) -> SheetContent:
    reader = READERS.get(path.suffix.casefold())
    if reader is None:
        raise InputError(
            f"'{source.name_of(path)}' is no table that is read", one_of(READERS), "save it as one of these"
        )
    content = NOTHING
    for name, grid in reader(path, source):
        if grid is not None and source.is_redcap(path, grid):
            content += redcap_content(grid, source.redcap or RedcapMapping())
        else:
            content += _of_sheet(source.name_of(path), name, grid)
    return content


def _of_csv(path: Path, source: _Source) -> Sheets:
    patient = [source.redcap.id] if source.redcap else []
    yield path.stem, read_csv_table(path, most_bytes=source.most_bytes, patient=patient)


def _of_workbook(path: Path, source: _Source) -> Sheets:
    return read_workbook(path, source.called)


def _of_sav(path: Path, _source: _Source) -> Sheets:
    from seedbed.sheets.spss import read_sav  # loads pyreadstat only where it is used

    yield path.stem, read_sav(path)


def _of_parquet(path: Path, _source: _Source) -> Sheets:
    from seedbed.sheets.parquet import read_parquet  # loads pyarrow only where it is used

    yield path.stem, read_parquet(path)


def _of_sheet(file: str, name: str, grid: Grid | None) -> SheetContent:
    if _is_readme(name):
        return NOTHING
    kind = (grid.kind if grid else "") or kinds_by_title().get(folded(name), "")
    if grid is None:
        return _unread(file, name, known=bool(kind))
    by_kind = [number for number, title in enumerate(grid.titles) if folded(title) in KIND_COLUMNS]
    if kind:
        return content_of(grid, kind)
    if by_kind:
        return _by_kind(grid, by_kind[0])
    numbered = kind_by_start(name)
    if numbered and layout_of(grid, numbered).parts:
        read_as = f"{file}: the sheet '{name}' was read as '{sheet_title(numbered).english}'"
        return content_of(grid, numbered) + _remark(f"{read_as}, as its name begins so and its titles fit")
    return _unread(file, name, known=False)


def _by_kind(grid: Grid, column: int) -> SheetContent:
    """Read a table that says the kind of each row in a column; a column of another kind must be empty."""
    kinds = [kinds_by_title().get(folded(str(cell)), "") for cell in grid.columns[column]]
    content = SheetContent((), tuple(_no_kind(grid, column, at) for at, kind in enumerate(kinds) if not kind))
    for kind in dict.fromkeys(filter(None, kinds)):
        rows = [at for at, each in enumerate(kinds) if each == kind]
        used = {
            number: title
            for number, title in enumerate(grid.titles)
            if number != column and any(grid.columns[number][at] != "" for at in rows)
        }
        content += content_of(grid.part(used, rows), kind)
    return content + SheetContent((), grid.bad, grid.remarks)


def _no_kind(grid: Grid, column: int, at: int) -> BadCell:
    came = f"the kind is {shown(grid.columns[column][at])}"
    return BadCell(
        grid.address(column, grid.rows[at]), f"{came}; expected {one_of(KINDS)}; the row was not read"
    )


def _unread(file: str, name: str, *, known: bool) -> SheetContent:
    if known:
        address = CellAddress(file, name, "A1")
        titles = "titles in the first rows of a sheet that is not hidden, among them 'Patient' (患者编号)"
        return SheetContent((), (BadCell(address, f"there is no row of titles; expected {titles}"),))
    return _remark(f"{file}: the sheet '{name}' is not known and was not read")


def _is_readme(name: str) -> bool:
    return folded(name) in {folded(readme_name(language)) for language in ("en", "zh")}


def _remark(text: str) -> SheetContent:
    return SheetContent((), (), (text,))


TEXTS: Final = (".csv", ".tsv", ".txt")
READERS: Final[Mapping[str, Callable[[Path, _Source], Sheets]]] = {
    **dict.fromkeys(TEXTS, _of_csv),
    **dict.fromkeys((".xlsx", ".xlsm"), _of_workbook),
    ".sav": _of_sav,
    ".parquet": _of_parquet,
}
IGNORED_STARTS: Final = (".", "~$")
"""Files that spreadsheet programs keep beside an open one."""
