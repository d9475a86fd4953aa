"""What needles and seed positions must keep: every number read from a sourced table."""

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import RulesError, one_of
from seedbed.tables import read_toml, require_source

NEGATIVE = ("airway_hu", "outside_hu", "solid_hu")
"""Rules whose number may lie below zero; all others are lengths, angles and shares above it."""
MARGINS = ("bone_margin_mm", "airway_margin_mm", "vessel_margin_mm", "nerve_margin_mm", "cord_margin_mm",
           "organ_margin_mm")  # fmt: skip
STEEPEST_DEG = 90.0


@dataclass(frozen=True)
class NeedleRules:
    """Numbers that decide which needles can be pushed and where seeds can lie on them.

    Lengths in mm, angles in degrees, densities in HU. ``needle_rules.toml`` says of each what it means and
    where it comes from.

    Examples
    --------
    >>> load_needle_rules().most_tilt_deg
    30.0
    """

    needle_length_mm: float
    needle_diameter_mm: float
    most_depth_mm: float
    most_tilt_deg: float
    tilt_step_deg: float
    azimuth_step_deg: float
    fan_half_angle_deg: float
    bore_radius_mm: float
    room_outside_mm: float
    skin_fold_mm: float
    target_spacing_mm: float
    skin_spacing_mm: float
    crossing_mm: float
    hole_mm: float
    seed_length_mm: float
    seat_step_mm: float
    seed_inside_share: float
    bone_margin_mm: float
    airway_margin_mm: float
    vessel_margin_mm: float
    nerve_margin_mm: float
    cord_margin_mm: float
    organ_margin_mm: float
    bone_hu: float
    least_bone_cc: float
    airway_hu: float
    skin_depth_mm: float
    outside_hu: float
    solid_hu: float
    voxel_mm: float
    body_voxel_mm: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            known = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
            least = 0.0 if name in (*MARGINS, "most_tilt_deg", "room_outside_mm") else 1e-9
            if not known or (name not in NEGATIVE and value < least):
                raise RulesError(f"needle rule '{name}' is {value!r}", "a positive number", "correct it")
        if self.most_tilt_deg >= STEEPEST_DEG:
            raise RulesError(
                f"needle rule 'most_tilt_deg' is {self.most_tilt_deg:g}", "an angle under 90", "correct it"
            )

    @property
    def seed_half_mm(self) -> float:
        """Half the length of a seed."""
        return self.seed_length_mm / 2

    @property
    def azimuths_deg(self) -> NDArray[np.float64]:
        """Directions round the patient that are tried, shape (n,)."""
        return np.arange(0.0, 360.0, self.azimuth_step_deg)

    @property
    def tilts_deg(self) -> NDArray[np.float64]:
        """Tilts that are tried, shape (n,): zero first, then up and down in steps.

        Examples
        --------
        >>> load_needle_rules().tilts_deg.tolist()
        [0.0, 15.0, -15.0, 30.0, -30.0]
        """
        steps = np.arange(self.tilt_step_deg, self.most_tilt_deg + 1e-9, self.tilt_step_deg)
        return np.concatenate([[0.0], np.stack([steps, -steps], axis=1).ravel()])


@cache
def load_needle_rules() -> NeedleRules:
    """Return the shipped rules.

    Examples
    --------
    >>> load_needle_rules().seat_step_mm
    5.0
    """
    return read_needle_rules(files("seedbed.planning") / "needle_rules.toml")


def read_needle_rules(path: Path | Traversable) -> NeedleRules:
    """Read the rules of needles from a sourced TOML file.

    Raises
    ------
    TableError
        The file or a rule does not say its source and place.
    RulesError
        A rule that is missing, unknown, twice, or no number.

    Examples
    --------
    >>> from importlib.resources import files
    >>> read_needle_rules(files("seedbed.planning") / "needle_rules.toml").hole_mm
    5.0
    """
    rows: dict[str, Any] = {}
    names = [field.name for field in fields(NeedleRules)]
    for number, row in enumerate(read_toml(path).get("rule", []), start=1):
        require_source(row, f"{path.name}, rule {number}")
        name = row.get("id")
        if name not in names or name in rows:
            again = "stands twice" if name in rows else "is not known"
            raise RulesError(
                f"{path.name}: needle rule '{name}' {again}", one_of(names, str(name)), "correct it"
            )
        rows[name] = row.get("value")
    missing = [name for name in names if name not in rows]
    if missing:
        raise RulesError(f"{path.name} has no needle rule '{missing[0]}'", "all of them", "add it")
    return NeedleRules(**rows)
