"""What a guide template must keep: every number read from a sourced table."""

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import inf
from pathlib import Path

from seedbed.errors import RulesError, one_of
from seedbed.tables import read_toml


@dataclass(frozen=True)
class GuideRules:
    """Numbers that decide the shape of a guide template; lengths in mm, angles in degrees.

    ``guide.toml`` says what each means; all are local rules.

    Examples
    --------
    >>> load_guide_rules().thickness_mm
    8.0
    """

    hole_clearance_mm: float
    skin_gap_mm: float
    thickness_mm: float
    most_thickness_mm: float
    margin_mm: float
    least_wall_mm: float
    notch_radius_mm: float
    skirt_mm: float
    most_rise_mm: float
    most_lean_deg: float
    entry_tolerance_mm: float
    smoothing_mm: float
    grid_mm: float
    most_voxels: float
    parallel_deg: float
    lattice_tolerance_mm: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
                raise RulesError(f"guide rule '{name}' is {value!r}", "a number above 0", "correct it")
        if not self.notch_radius_mm + self.least_wall_mm < self.margin_mm:
            raise RulesError(
                f"guide rule 'notch_radius_mm' is {self.notch_radius_mm:g}, 'margin_mm' {self.margin_mm:g}",
                f"less than the margin by {self.least_wall_mm:g} mm, the least wall",
                "choose a smaller notch or a wider margin",
            )


@cache
def load_guide_rules() -> GuideRules:
    """Return the shipped rules."""
    return read_guide_rules(files("seedbed.planning") / "guide.toml")


def read_guide_rules(path: Path | Traversable) -> GuideRules:
    """Read every ``[[rule]]`` of a sourced TOML file.

    Raises
    ------
    TableError
        The file does not say its source and place.
    RulesError
        A rule that is missing, unknown, twice there or has no number.
    """
    known = [field.name for field in fields(GuideRules)]
    found: dict[str, float] = {}
    for row in read_toml(path).get("rule", []):
        name = str(row.get("id"))
        if name not in known:
            raise RulesError(f"{path.name} has a rule '{name}'", one_of(known, name), "correct its id")
        if name in found:
            raise RulesError(f"{path.name} has rule '{name}' twice", "each once", "leave one out")
        found[name] = row.get("value")
    missing = [name for name in known if name not in found]
    if missing:
        raise RulesError(f"{path.name} has no rule '{missing[0]}'", "all rules", "add it")
    return GuideRules(**found)
