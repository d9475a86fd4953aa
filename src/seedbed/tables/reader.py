"""Read a sourced table; refuse one that does not say where it comes from.

A CSV table opens with ``# key: value`` lines. ``source`` and ``place`` (the table, section or page in
that source) are demanded; ``doi``, ``unit``, ``errata``, ``note`` are welcome. A TOML file holds the
same keys in its ``[source]`` table.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, TableError

REQUIRED = ("source", "place")


@dataclass(frozen=True)
class SourcedTable:
    """A table and where it comes from.

    Attributes
    ----------
    name : str
        File name, for messages.
    meta : Mapping[str, str]
        What the header says: ``source``, ``place``, often ``doi``, ``unit``, ``errata``.
    columns : tuple of str
        Column names in file order.
    rows : tuple of dict
        One dict of strings a row, in file order.
    """

    name: str
    meta: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def numbers(self, column: str) -> list[float]:
        """Return one column as floats; a hole or a word in it is an error.

        Raises
        ------
        TableError
            When the column is absent, or one of its cells is no finite number.
        """
        if column not in self.columns:
            raise TableError(
                f"table '{self.name}' has no column '{column}'",
                f"one of {', '.join(self.columns)}",
                "correct the header line",
            )
        return [self._number(index, column) for index in range(len(self.rows))]

    def _number(self, index: int, column: str) -> float:
        text = self.rows[index][column].strip()
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if value - value != 0:  # NaN or infinite
            raise TableError(
                f"table '{self.name}' holds '{text}' in column '{column}', data row {index + 1}",
                "a finite number",
                "fill the hole from the source named in the header",
            )
        return value


def read_text(path: Path | Traversable) -> str:
    """Return a file as text; say so in a sentence when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"there is no file '{path}'", "a text file", "check the name") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"file '{path}' is not UTF-8 (it is {_encoding(error.object)})",
            "a UTF-8 text file",
            "save it as UTF-8; '>' of the old Windows PowerShell writes UTF-16, "
            "'| Out-File -Encoding utf8 NAME' does not",
        ) from error
    except OSError as error:
        raise InputError(
            f"file '{path}' cannot be read ({type(error).__name__})",
            "a UTF-8 text file",
            "check the name and the permissions",
        ) from error


def _encoding(start: bytes) -> str:
    return "UTF-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "in another encoding"


def require_source(meta: Mapping[str, object], name: str) -> None:
    """Refuse a table whose header lacks ``source`` or ``place``.

    Examples
    --------
    >>> require_source({"source": "AAPM TG-43U1", "place": "Table II"}, "6711")
    """
    stated = {key: value for key, value in meta.items() if isinstance(value, str) and value.strip()}
    missing = [key for key in REQUIRED if key not in stated]
    if missing:
        raise TableError(
            f"table '{name}' does not say its {' and '.join(missing)}",
            "'source' (paper or standard) and 'place' (table or section) in its header",
            "add them from the publication; a number without a source is not used",
        )


def read_table(path: Path | Traversable) -> SourcedTable:
    """Read a sourced CSV table.

    Parameters
    ----------
    path : Path or Traversable
        A UTF-8 CSV file: ``# key: value`` lines, a header line, data rows.

    Raises
    ------
    TableError
        No source, no rows, a row of another length than the header.
    """
    meta: dict[str, str] = {}
    body: list[str] = []
    for line in read_text(path).splitlines():
        if line.startswith("#"):
            key, _, value = line.lstrip("# ").partition(":")
            meta[key.strip()] = " ".join(filter(None, (meta.get(key.strip()), value.strip())))
        elif line.strip():
            body.append(line)
    require_source(meta, path.name)
    header, *cells = _cells(body, path.name)
    for number, row in enumerate(cells, start=1):
        if len(row) != len(header):
            raise TableError(
                f"table '{path.name}' has {len(row)} cells in data row {number}",
                f"{len(header)} cells as in its header",
                "correct the row",
            )
    if not cells:
        raise TableError(f"table '{path.name}' has no rows", "at least one", "fill it from its source")
    rows = tuple(dict(zip(header, row, strict=True)) for row in cells)
    return SourcedTable(name=path.name, meta=meta, columns=tuple(header), rows=rows)


def _cells(lines: list[str], name: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(lines, strict=True)) or [[]]
    except csv.Error as error:
        raise TableError(
            f"table '{name}' is not valid CSV ({error})", "RFC 4180", "correct the quotes"
        ) from error
    twice = sorted({column for column in rows[0] if rows[0].count(column) > 1})
    if twice:
        raise TableError(f"table '{name}' has column '{twice[0]}' twice", "each once", "rename one of them")
    return rows


def read_toml(path: Path | Traversable) -> dict[str, Any]:
    """Read a sourced TOML file, as plain dicts, lists, numbers, dates and strings.

    Raises
    ------
    TableError
        Not TOML (the line is named), or no ``[source]`` with ``source`` and ``place``.
    """
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise TableError(
            f"file '{path.name}' is not valid TOML: {error}", "TOML 1.0", "correct that line"
        ) from error
    source = content.get("source", {})
    require_source(source if isinstance(source, dict) else {}, path.name)
    return content
