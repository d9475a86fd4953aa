"""How far seeds, strengths and contours may be from what a plan says: sourced figures."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isfinite, sqrt
from typing import Any

from seedbed.errors import DoseError, TableError, one_of
from seedbed.tables import read_toml, require_source


@dataclass(frozen=True)
class PlacementErrors:
    """Standard deviations of what varies at random from plan to patient; all from 0 upwards.

    Attributes
    ----------
    name : str
    needle_tip_sd_mm : float
        Shift of a whole needle along each axis.
    needle_tilt_sd_deg : float
        Tilt of a needle about its tip, in each of two planes.
    seed_sd_mm : float
        Shift of each seed for itself along each axis.
    strength_common_sd_pct, strength_seed_sd_pct : float
        Strength of all seeds together, and of each seed for itself.
    contour_sd_mm : float
        The whole outline of the target outwards or inwards; that of an organ aside, along each axis.
    sources : tuple of str
        Where the figures come from.

    Examples
    --------
    >>> PlacementErrors("none but seeds", seed_sd_mm=2.0).needle_tip_sd_mm
    0.0
    """

    name: str
    needle_tip_sd_mm: float = 0.0
    needle_tilt_sd_deg: float = 0.0
    seed_sd_mm: float = 0.0
    strength_common_sd_pct: float = 0.0
    strength_seed_sd_pct: float = 0.0
    contour_sd_mm: float = 0.0
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key, value in vars(self).items():
            if isinstance(value, int | float) and not (isfinite(value) and value >= 0):
                raise DoseError(f"{key} = {value}", "a finite standard deviation, zero or more", "correct it")


def error_names() -> list[str]:
    """Names of the series that `load_errors` knows.

    Examples
    --------
    >>> "thoracic template" in error_names()
    True
    """
    return [entry["name"] for entry in _table()["errors"]]


def load_errors(name: str = "thoracic template") -> PlacementErrors:
    """Return the errors of a published series.

    A series gives mean m and SD s of a distance or angle. Taken as normal along each of n axes, its mean
    square is n sigma^2 = m^2 + s^2: n is 3 for the tip of a needle, 2 for its angle.

    Raises
    ------
    DoseError
        No series of that name.

    Examples
    --------
    >>> round(load_errors().needle_tip_sd_mm, 2)  # sqrt((4.4^2 + 2.9^2) / 3)
    3.04
    """
    table = _table()
    found = next((entry for entry in table["errors"] if entry["name"] == name), None)
    if found is None:
        raise DoseError(f"errors '{name}'", one_of(error_names(), name), "choose a listed series")
    rest = table["rest"]
    return PlacementErrors(
        name,
        needle_tip_sd_mm=_per_axis(found, "needle_tip", "mm", 3),
        needle_tilt_sd_deg=_per_axis(found, "needle_angle", "deg", 2),
        seed_sd_mm=rest["seed_sd_mm"],
        strength_common_sd_pct=rest["strength_common_sd_pct"],
        strength_seed_sd_pct=rest["strength_seed_sd_pct"],
        contour_sd_mm=rest["contour_sd_mm"],
        sources=(f"{found['source']}, {found['place']}", f"{rest['source']}: {rest['place']}"),
    )


def _per_axis(entry: dict[str, Any], what: str, unit: str, axes: int) -> float:
    mean, spread = entry[f"{what}_mean_{unit}"], entry[f"{what}_sd_{unit}"]
    return sqrt((mean**2 + spread**2) / axes)


@cache
def _table() -> dict[str, Any]:
    path = files("seedbed.dosimetry") / "placement_errors.toml"
    table = read_toml(path)
    if "errors" not in table or "rest" not in table:
        raise TableError(f"file '{path.name}' has no errors", "[[errors]] and [rest]", "install it again")
    for entry in (*table["errors"], table["rest"]):
        require_source(entry, path.name)
    return table
