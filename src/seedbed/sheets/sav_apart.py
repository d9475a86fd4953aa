"""Read an SPSS file in a process of its own.

ReadStat, the C library behind pyreadstat 1.3, ends the whole process on some damaged .sav files; a server
that reads what people send must not end with it. The process says what it read as JSON.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seedbed.errors import TableError
from seedbed.sheets.cells import Raw, Unreadable, raw_of


@dataclass(frozen=True)
class SavContent:
    """What an SPSS file holds.

    Attributes
    ----------
    label : str
        Of the file.
    columns : Mapping
        Cells of each variable; a value that has a label is given by it.
    labels : Mapping
        Label of each variable, empty where it has none.
    """

    label: str
    columns: Mapping[str, list[Raw]]
    labels: Mapping[str, str]


def read_apart(path: Path) -> SavContent:
    """Read an SPSS file; where that fails in any way, this process stays.

    Raises
    ------
    TableError
        No SPSS file, or a damaged one.
    """
    child = subprocess.run(  # noqa: S603 - this module, by the Python that runs it
        [sys.executable, "-m", __name__, str(path)], capture_output=True, check=False
    )
    if child.returncode != 0:
        raise TableError(
            f"'{path.name}' cannot be read as an SPSS file",
            "a .sav file that is whole",
            "save it in SPSS again",
        )
    found = json.loads(child.stdout)
    columns = {name: [_raw(cell) for cell in cells] for name, cells in found["columns"].items()}
    return SavContent(found["label"], columns, found["labels"])


def _raw(cell: Any) -> Raw:
    if isinstance(cell, dict):
        return Unreadable(cell["what"]) if "what" in cell else date.fromisoformat(cell["date"])
    return str(cell) if isinstance(cell, str) else float(cell)


def _said(cell: object) -> object:
    raw = raw_of(cell)
    if isinstance(raw, date):
        return {"date": raw.isoformat()}
    return {"what": raw.what} if isinstance(raw, Unreadable) else raw


def main(path: str) -> None:
    """Write what a file holds to the standard output."""
    import pyreadstat

    columns, about = pyreadstat.read_sav(path, output_format="dict")
    values = about.variable_value_labels
    content = {
        "label": about.file_label or "",
        "columns": {
            name: [_said(values.get(name, {}).get(cell, cell)) for cell in cells]
            for name, cells in columns.items()
        },
        "labels": {name: label or "" for name, label in about.column_names_to_labels.items()},
    }
    sys.stdout.write(json.dumps(content, allow_nan=False))


if __name__ == "__main__":
    main(sys.argv[1])
