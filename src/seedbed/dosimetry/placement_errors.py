"""How far seeds, strengths, contours and breathing may be from what a plan says: sourced figures."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import DoseError, TableError, one_of
from seedbed.tables import read_toml, require_source

FloatArray = NDArray[np.float64]
Vector = tuple[float, float, float]
BREATH_POWER = 2
"""n of ``cos^2n``: between a plain sine (1) and a sharp breath (3); local rule."""


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


@dataclass(frozen=True)
class Breathing:
    """How far breathing moves the target while needles are put in one after another.

    Attributes
    ----------
    name : str
    range_mm : tuple of float
        From breathing out to breathing in, along left-right, front-back and head-feet (LPS x, y, z): a person
        who breathes in moves the target towards front and feet.
    share_left : float
        Share of the range that is left while a needle is fixed: 1 breathing freely, less holding the breath,
        0 without any motion.
    sources : tuple of str

    Notes
    -----
    Lujan et al., Med Phys 26 (1999) 715, doi 10.1118/1.598577: the place within the range is ``cos^2n`` of
    the phase, so that more time is spent breathing out; here n = `BREATH_POWER`. The CT of the plan and
    each needle catch a phase of their own at random, all phases alike (local rule). In the frame of the
    target, a needle is then off by the difference of the two places, and all seeds of the needle with it.

    Examples
    --------
    >>> Breathing("still", (0.0, 0.0, 5.0), share_left=0.0).shifts_mm(2, np.random.default_rng(1)).tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """

    name: str
    range_mm: Vector
    share_left: float = 1.0
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(isfinite(part) and part >= 0 for part in self.range_mm) or len(self.range_mm) != 3:
            raise DoseError(
                f"a breath that moves the target by {self.range_mm} mm",
                "three finite lengths, zero or more",
                "state them from left to right, front to back, head to feet",
            )
        if not 0 <= self.share_left <= 1:
            raise DoseError(
                f"{self.share_left} of the breath left", "a share from 0 to 1", "say 1 where nobody holds it"
            )

    def shifts_mm(self, needles: int, rng: np.random.Generator) -> FloatArray:
        """Shift of each needle in the frame of the target, shape (needles, 3), mm."""
        places = place_in_breath(rng.random(needles + 1))
        apart: FloatArray = places[1:, None] - places[0]
        return apart * (self.share_left * np.array(self.range_mm))


def place_in_breath(phase: FloatArray) -> FloatArray:
    """Place within the range of the breath, 0 breathed out, 1 breathed in, at phases from 0 to 1.

    Source: Lujan et al., Med Phys 26 (1999) 715, with n = `BREATH_POWER`.

    Examples
    --------
    >>> place_in_breath(np.array([0.0, 0.25, 0.5])).round(6).tolist()
    [1.0, 0.25, 0.0]
    """
    place: FloatArray = np.cos(np.pi * np.asarray(phase, dtype=float)) ** (2 * BREATH_POWER)
    return place


def breathing_sites() -> list[str]:
    """Sites that `load_breathing` knows.

    Examples
    --------
    >>> "neck" in breathing_sites()
    True
    """
    return [entry["name"] for entry in _table()["breathing"]]


def load_breathing(site: str) -> Breathing:
    """Return the motion of a site in free breathing, as published: the mean patient.

    Raises
    ------
    DoseError
        No site of that name.

    Examples
    --------
    >>> load_breathing("liver").range_mm
    (7.5, 10.0, 15.5)
    """
    found = next((entry for entry in _table()["breathing"] if entry["name"] == site), None)
    if found is None:
        raise DoseError(f"breathing of '{site}'", one_of(breathing_sites(), site), "choose a listed site")
    x, y, z = (float(found[key]) for key in ("left_right_mm", "front_back_mm", "head_feet_mm"))
    return Breathing(site, (x, y, z), sources=(f"{found['source']}: {found['place']}",))


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
    if not {"errors", "rest", "breathing"} <= table.keys():
        expected = "[[errors]], [rest] and [[breathing]]"
        raise TableError(f"file '{path.name}' lacks errors", expected, "install it again")
    for entry in (*table["errors"], table["rest"], *table["breathing"]):
        require_source(entry, path.name)
    return table
