"""Radionuclides of permanent seeds: half-life and air-kerma strength of an apparent activity, as data."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from seedbed.errors import TableError, one_of
from seedbed.tables import SourcedTable, read_table


@dataclass(frozen=True)
class Radionuclide:
    """A radionuclide of permanent seeds.

    Attributes
    ----------
    name : str
        For example ``"I-125"``.
    half_life_days : float
    u_per_mci : float
        Air-kerma strength (U) of 1 mCi apparent activity.
    reference : str
        Where both numbers come from.
    """

    name: str
    half_life_days: float
    u_per_mci: float
    reference: str


def radionuclide(name: str) -> Radionuclide:
    """Return a radionuclide by its name, as AAPM TG-43U1 (doi 10.1118/1.1646040) gives it.

    Raises
    ------
    TableError
        Unknown name.

    Examples
    --------
    >>> radionuclide("I-125").half_life_days, radionuclide("I-125").u_per_mci
    (59.4, 1.27)
    """
    known = _radionuclides()
    if name not in known:
        raise TableError(f"radionuclide '{name}' is not known", one_of(known, name), "choose a listed one")
    return known[name]


def radionuclide_names() -> list[str]:
    """Names that `radionuclide` knows.

    Examples
    --------
    >>> radionuclide_names()
    ['I-125', 'Pd-103']
    """
    return list(_radionuclides())


@cache
def _radionuclides() -> dict[str, Radionuclide]:
    table: SourcedTable = read_table(files("seedbed.implant") / "radionuclides.csv")
    reference = f"{table.meta['source']}, doi {table.meta['doi']}"
    rows = zip(table.rows, table.numbers("half_life_days"), table.numbers("u_per_mci"), strict=True)
    return {row["name"]: Radionuclide(row["name"], days, u, reference) for row, days, u in rows}
