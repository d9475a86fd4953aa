"""Seeds and needles in a body, and their strength in time."""

from seedbed.implant.decay import decay_factor, strength_at
from seedbed.implant.seeds import Needle, SeedImplant

__all__ = ["Needle", "SeedImplant", "decay_factor", "strength_at"]
