"""What was really implanted, what dose it gave, and where it is cold."""

from seedbed.verification.cold import ColdRegion, cold_regions
from seedbed.verification.matching import Match, match_seeds

__all__ = ["ColdRegion", "Match", "cold_regions", "match_seeds"]
