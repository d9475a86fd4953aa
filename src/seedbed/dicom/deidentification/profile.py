"""Table E.1-1 of DICOM PS3.15: what the basic profile and its options do to each attribute."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from seedbed.errors import TableError
from seedbed.tables import SourcedTable, read_table

ACTIONS = frozenset({"X", "Z", "D", "K", "C", "U", "X/Z", "X/D", "X/Z/D", "X/Z/U*", "Z/D"})
ODD_GROUP = "odd group"


@dataclass(frozen=True)
class Row:
    """One attribute of Table E.1-1.

    Attributes
    ----------
    tag : str
        Eight digits; X stands for any.
    name : str
    basic : str
        Action of the basic profile: X remove, Z empty, D dummy, U new UID, or a choice such as X/Z/D.
    options : dict of str to str
        Actions of the options that name the attribute: ``{"modified_dates": "C"}``.
    """

    tag: str
    name: str
    basic: str
    options: dict[str, str]


@cache
def profile_table() -> SourcedTable:
    """Return Table E.1-1 with its source."""
    return read_table(files("seedbed.dicom.deidentification").joinpath("table_e_1_1.csv"))


@cache
def profile() -> dict[str, Row]:
    """Return the rows of Table E.1-1 by tag.

    Raises
    ------
    TableError
        An action that the standard does not define, or a tag that stands twice.

    Examples
    --------
    >>> profile()["00100010"].name, profile()["00100010"].basic
    ("Patient's Name", 'Z')
    """
    table = profile_table()
    names = table.columns[3:]
    rows: dict[str, Row] = {}
    for cells in table.rows:
        options = {name: cells[name] for name in names if cells[name]}
        row = Row(cells["tag"], cells["name"], cells["basic"], options)
        if row.tag in rows or not {row.basic, *options.values()} <= ACTIONS:
            raise TableError(
                f"table '{table.name}' has '{row.tag}' twice or with an unknown action",
                f"each tag once, with one of {', '.join(sorted(ACTIONS))}",
                "correct the row from PS3.15",
            )
        rows[row.tag] = row
    return rows


def row_of(tag: int) -> Row | None:
    """Return the row that holds for a tag, also by its group, or None where the table says nothing.

    Examples
    --------
    >>> row_of(0x60023000).name
    'Overlay Data'
    >>> row_of(0x00091001).basic
    'X'
    >>> row_of(0x00280010) is None
    True
    """
    if tag >> 16 & 1:
        return profile()[ODD_GROUP]
    digits = f"{tag:08X}"
    masked = (digits, f"{digits[:2]}XX{digits[4:]}", f"{digits[:2]}XXXXXX")
    return next((profile()[mask] for mask in masked if mask in profile()), None)
