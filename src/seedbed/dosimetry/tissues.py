"""Tissues of the linear-quadratic model, read from a sourced table."""

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import isfinite, log
from pathlib import Path
from typing import Any

from seedbed.errors import DoseError, TableError, one_of
from seedbed.tables import read_toml, require_source


@dataclass(frozen=True)
class Tissue:
    """How a tissue answers to dose in time, by the linear-quadratic model.

    Attributes
    ----------
    name, title : str
        Short name, full name.
    alpha_beta_gy : float
        alpha/beta, Gy; above 0.
    repair_half_time_hours : float
        Half-time of mono-exponential repair, hours; above 0.
    band_gy : tuple of float
        The values of alpha/beta that every result is shown for; at least two, rising.
    source, place : str
        Where the numbers come from, or ``"local rule"``.
    statement : str
        What a reader must know before believing a number.
    alpha_per_gy : float or None
        alpha, 1/Gy; above 0. None, with ``doubling_days`` None, where no repopulation is counted.
    doubling_days : float or None
        Potential doubling time, days; above 0.
    kick_off_days : float
        Days from the start until repopulation begins; 0 or more.

    Raises
    ------
    DoseError
        A number that is not positive and finite, or a band that is none.

    Examples
    --------
    >>> load_tissue("prostate-tg137").at(10.0).alpha_beta_gy
    10.0
    """

    name: str
    title: str
    alpha_beta_gy: float
    repair_half_time_hours: float
    band_gy: tuple[float, ...]
    source: str
    place: str
    statement: str
    alpha_per_gy: float | None = None
    doubling_days: float | None = None
    kick_off_days: float = 0.0

    def __post_init__(self) -> None:
        check_alpha_beta(self.alpha_beta_gy)
        self._check("repair half-time (hours)", self.repair_half_time_hours)
        if (self.alpha_per_gy is None) != (self.doubling_days is None):
            raise DoseError(
                f"tissue '{self.name}' has only one of alpha and doubling time",
                "both, or neither where no repopulation is counted",
                "add or remove the other",
            )
        if self.alpha_per_gy is not None and self.doubling_days is not None:
            self._check("alpha (1/Gy)", self.alpha_per_gy)
            self._check("doubling time (days)", self.doubling_days)
        self._check("kick-off time (days)", self.kick_off_days, zero=True)
        self._check_band()

    def _check(self, what: str, value: float, *, zero: bool = False) -> None:
        if not (isfinite(value) and (value > 0 or (zero and value == 0))):
            least = "0 or more" if zero else "above 0"
            raise DoseError(
                f"the {what} of tissue '{self.name}' is {value}", f"a number {least}", "correct the tissue"
            )

    def _check_band(self) -> None:
        for value in self.band_gy:
            check_alpha_beta(value)
        if len(self.band_gy) < 2 or list(self.band_gy) != sorted(set(self.band_gy)):
            raise DoseError(
                f"the band of alpha/beta of tissue '{self.name}' is {list(self.band_gy)}",
                "at least two rising values in Gy",
                "correct the tissue: a result is never shown for one alpha/beta alone",
            )

    @property
    def loss_gy_per_day(self) -> float:
        """Biological dose that repopulation takes away each day: ``ln 2 / (alpha Tp)``; 0 without it."""
        if self.alpha_per_gy is None or self.doubling_days is None:
            return 0.0
        return log(2.0) / (self.alpha_per_gy * self.doubling_days)

    def at(self, alpha_beta_gy: float) -> "Tissue":
        """Return the same tissue with another alpha/beta; alpha, repair and doubling time stay."""
        return replace(self, alpha_beta_gy=alpha_beta_gy)


def check_alpha_beta(alpha_beta_gy: float) -> None:
    """Refuse an alpha/beta that is not a positive, finite number of Gy.

    Raises
    ------
    DoseError
        alpha/beta is zero, negative, infinite or not a number.

    Examples
    --------
    >>> check_alpha_beta(3.0)
    """
    if not (alpha_beta_gy > 0 and isfinite(alpha_beta_gy)):
        raise DoseError(
            f"alpha/beta is {alpha_beta_gy} Gy", "a number above 0", "use 2 to 15 Gy, or a sourced value"
        )


def tissue_names() -> list[str]:
    """Names of the tissues that `load_tissue` knows.

    Examples
    --------
    >>> tissue_names()
    ['thyroid', 'late-organ', 'prostate-tg137']
    """
    return [tissue.name for tissue in read_tissues(_shipped())]


@cache
def load_tissue(name: str) -> Tissue:
    """Load a tissue by name.

    Raises
    ------
    TableError
        The name is not known.

    Examples
    --------
    >>> prostate = load_tissue("prostate-tg137")
    >>> prostate.alpha_per_gy, prostate.alpha_beta_gy, prostate.doubling_days
    (0.15, 3.0, 42.0)
    """
    tissues = {tissue.name: tissue for tissue in read_tissues(_shipped())}
    if name not in tissues:
        raise TableError(f"tissue '{name}' is not known", one_of(tissues, name), "choose a listed tissue")
    return tissues[name]


def read_tissues(path: Path | Traversable) -> list[Tissue]:
    """Read every ``[[tissue]]`` of a sourced TOML file.

    Raises
    ------
    TableError
        A tissue without a source, with a key missing, unknown or of the wrong kind.
    DoseError
        A number that has no meaning.
    """
    rows = read_toml(path).get("tissue", [])
    return [_tissue(row, f"{path.name}, tissue {number}") for number, row in enumerate(rows, start=1)]


NUMBERS = ("alpha_beta_gy", "repair_half_time_hours")
MAYBE = ("alpha_per_gy", "doubling_days", "kick_off_days")
TEXTS = ("name", "title", "source", "place", "statement")


def _tissue(row: dict[str, Any], where: str) -> Tissue:
    require_source(row, where)
    known = (*TEXTS, *NUMBERS, *MAYBE, "band_gy")
    for key in row:
        if key not in known:
            raise TableError(f"{where} has the key '{key}'", one_of(known, key), "correct the key")
    for key in (*TEXTS, *NUMBERS, "band_gy"):
        if key not in row:
            raise TableError(f"{where} has no '{key}'", "every tissue to have one", "add it with its source")
    for key in TEXTS:
        if not isinstance(row[key], str) or not row[key].strip():
            raise TableError(f"{where} has {key} = {row[key]!r}", "a text", "correct it")
    numbers = {key: _number(row[key], key, where) for key in (*NUMBERS, *MAYBE) if key in row}
    band = row["band_gy"] if isinstance(row["band_gy"], list) else [row["band_gy"]]
    return Tissue(
        **{key: row[key] for key in TEXTS},
        alpha_beta_gy=numbers["alpha_beta_gy"],
        repair_half_time_hours=numbers["repair_half_time_hours"],
        band_gy=tuple(_number(value, "band_gy", where) for value in band),
        alpha_per_gy=numbers.get("alpha_per_gy"),
        doubling_days=numbers.get("doubling_days"),
        kick_off_days=numbers.get("kick_off_days", 0.0),
    )


def _number(value: object, key: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TableError(f"{where} has {key} = {value!r}", "a number", "correct it from the source")
    return float(value)


def _shipped() -> Traversable:
    return files("seedbed.dosimetry") / "radiobiology.toml"
