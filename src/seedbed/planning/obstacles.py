"""What a needle must keep away from, and how far."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from seedbed.errors import RulesError
from seedbed.geometry import Structure
from seedbed.planning.goals import organ_role
from seedbed.planning.needle_rules import NeedleRules

BONE, AIRWAY = "bone", "airway or lung"
"""Names of what is found by HU."""
SKIN = "skin"
"""Every needle passes it: no obstacle."""
ROLES = {
    "spinal cord": "cord",
    "brain stem": "cord",
    "brachial plexus": "nerve",
    "carotid artery": "vessel",
    "trachea": "airway",
    "larynx": "airway",
}
"""Which margin a role of `organ_role` has; others have that of an organ."""
WORDS = {
    "cord": ("spinal cord", "spinalcord", "myelon", "脊髓", "脑干"),
    "nerve": ("plexus", "nerve", "chiasm", "cauda", "神经"),
    "vessel": ("carotid", "jugular", "artery", "vein", "aorta", "vena", "vessel", "动脉", "静脉"),
    "airway": ("trachea", "bronch", "lung", "larynx", "airway", "气管", "肺", "喉"),
    "bone": ("bone", "vertebra", "mandible", "rib ", "ribs", "spine", "sternum", "clavicle", "骨", "椎"),
}  # fmt: skip
"""What a name without a known role holds, in the order looked for."""


@dataclass(frozen=True)
class Obstacle:
    """A structure and how far a needle's axis must keep from it.

    Attributes
    ----------
    name : str
    structure : Structure
    margin_mm : float
        Zero or more.
    """

    name: str
    structure: Structure
    margin_mm: float

    def __post_init__(self) -> None:
        if not (isfinite(self.margin_mm) and self.margin_mm >= 0):
            raise RulesError(
                f"a margin of {self.margin_mm} mm for '{self.name}'", "zero or a length in mm", "correct it"
            )


def obstacles_of(organs: Sequence[Structure], rules: NeedleRules) -> tuple[Obstacle, ...]:
    """Give each organ the margin of its role, told from its name; the skin is none.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.geometry import PlanarContour
    >>> from seedbed.planning.needle_rules import load_needle_rules
    >>> dot = (PlanarContour(0.0, np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])),)
    >>> organs = [Structure(name, dot, 1.0) for name in ("SpinalCord", "Carotid_L", "Bladder")]
    >>> [obstacle.margin_mm for obstacle in obstacles_of(organs, load_needle_rules())]
    [5.0, 3.0, 2.0]
    """
    passed = [organ for organ in organs if organ_role(organ.name) != SKIN]
    return tuple(Obstacle(organ.name, organ, margin_of(organ.name, rules)) for organ in passed)


def margin_of(name: str, rules: NeedleRules) -> float:
    """Margin of an organ by its name, mm: that of its role, or that of any other organ.

    Examples
    --------
    >>> from seedbed.planning.needle_rules import load_needle_rules
    >>> margin_of("Brachial_Plexus", load_needle_rules())
    3.0
    """
    kind = ROLES.get(organ_role(name) or "") or _kind_by_words(name)
    margin: float = getattr(rules, f"{kind}_margin_mm")
    return margin


def _kind_by_words(name: str) -> str:
    plain = " ".join(name.casefold().replace("_", " ").replace("-", " ").split()) + " "
    return next((kind for kind, words in WORDS.items() if any(word in plain for word in words)), "organ")
