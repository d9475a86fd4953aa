"""Parquet files: one for each kind of records, with types, units and meanings."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from seedbed.errors import TableError
from seedbed.patient.fields import Field, fields_of
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import KINDS, Record
from seedbed.sheets.by_kind import by_kind
from seedbed.sheets.cells import raw_of
from seedbed.sheets.grids import Grid
from seedbed.sheets.titles import folded, kinds_by_title, slug

KIND: Final = b"seedbed.kind"
TYPES: Final = {
    "text": pa.string(),
    "choice": pa.string(),
    "number": pa.float64(),
    "whole number": pa.int64(),
    "yes or no": pa.bool_(),
    "date": pa.date32(),
    "partial date": pa.string(),
}


def write_parquet_folder(folder: Path, records: Iterable[Record]) -> list[Path]:
    """Write one .parquet file for each kind of records; dates that may be partial are ISO texts.

    Examples
    --------
    >>> import tempfile
    >>> from seedbed.patient.records import Patient
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (path,) = write_parquet_folder(Path(folder), [Patient(patient_id="S-01", sex="male")])
    ...     grid = read_parquet(path)
    >>> path.name, grid.kind, grid.titles[2], grid.columns[2]
    ('patient.parquet', 'patient', 'sex', ['male'])
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder, kind, found) for kind, found in by_kind(records).items()]


def _write(folder: Path, kind: str, records: list[Record]) -> Path:
    path = folder / f"{slug(kind)}.parquet"
    fields = fields_of(KINDS[kind])
    schema = pa.schema([_column(known) for known in fields.values()], metadata={KIND: kind.encode()})
    columns = [[_value(getattr(record, name)) for record in records] for name in fields]
    arrays = [pa.array(values, type=each.type) for values, each in zip(columns, schema, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path)
    return path


def _column(known: Field) -> Any:
    about = {"meaning": known.meaning, "unit": known.unit}
    return pa.field(known.name, TYPES[known.kind], nullable=not known.needed, metadata=about)


def _value(value: object) -> object:
    if isinstance(value, PartialDate):
        return value.text
    return None if value == "" else value


def read_parquet(path: Path) -> Grid:
    """Read a .parquet file.

    Raises
    ------
    TableError
        No Parquet file.
    """
    try:
        table = pq.read_table(path)
        names = tuple(table.column_names)
        columns = tuple([raw_of(value) for value in column.to_pylist()] for column in table.columns)
    except (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError) as error:
        raise TableError(
            f"'{path.name}' cannot be read as Parquet ({type(error).__name__})",
            "a .parquet file",
            "write it again",
        ) from error
    stated = (table.schema.metadata or {}).get(KIND, path.stem.encode()).decode("utf-8", "replace")
    return Grid(
        file=path.name,
        sheet=path.stem,
        titles=names,
        columns=columns,
        places=tuple(f"{name}:" for name in names),
        rows=range(1, table.num_rows + 1),
        header=0,
        kind=kinds_by_title().get(folded(stated), ""),
    )
