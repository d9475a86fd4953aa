"""What is known of each patient of a cohort: characteristics and outcomes, as the table beside says."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from seedbed.errors import InputError, one_of
from seedbed.tables import read_table

Scale = Literal["nominal", "ordered", "number"]


@dataclass(frozen=True)
class Variable:
    """A characteristic or an outcome.

    Attributes
    ----------
    name : str
        Stable name for files.
    label, unit : str
        As tables show it; the unit is empty where there is none.
    scale : {"nominal", "ordered", "number"}
        Decides summary and test.
    decimals : int
        Digits after the point in a table.
    classes : tuple of str
        In their order; empty for a number.
    """

    name: str
    label: str
    unit: str
    scale: Scale
    decimals: int
    classes: tuple[str, ...]

    @property
    def title(self) -> str:
        """Label with its unit.

        Examples
        --------
        >>> variable("tg_2").title
        'Tg after 2 months, ng/mL'
        """
        return f"{self.label}, {self.unit}" if self.unit else self.label


@cache
def variables() -> dict[str, Variable]:
    """Return all variables by name, in the order of the tables."""
    rows = read_table(files("seedbed.cohort") / "variables.csv").rows
    return {row["name"]: _variable(row) for row in rows}


def variable(name: str) -> Variable:
    """Return a variable by its name.

    Raises
    ------
    InputError
        There is none.

    Examples
    --------
    >>> variable("ecog").scale, variable("ecog").classes[:2]
    ('ordered', ('0', '1'))
    """
    if name not in variables():
        raise InputError(f"the variable '{name}'", one_of(variables(), name), "correct it")
    return variables()[name]


def _variable(row: dict[str, str]) -> Variable:
    return Variable(
        name=row["name"],
        label=row["label"],
        unit=row["unit"],
        scale=row["scale"],  # type: ignore[arg-type]
        decimals=int(row["decimals"]),
        classes=tuple(row["classes"].split("|")) if row["classes"] else (),
    )
