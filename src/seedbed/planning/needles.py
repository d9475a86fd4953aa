"""Needles that can be pushed from the skin into a target: parallel, as a free-hand fan, or as drawn."""

from seedbed.planning.conflicts import conflicts
from seedbed.planning.fan import fan_sets
from seedbed.planning.fixed import fixed_set
from seedbed.planning.needle_rules import NeedleRules, load_needle_rules
from seedbed.planning.obstacles import Obstacle, obstacles_of
from seedbed.planning.parallel import parallel_along, parallel_sets
from seedbed.planning.refusals import DirectionReport, direction_reports
from seedbed.planning.tracks import NeedleSet, Track

__all__ = [
    "DirectionReport",
    "NeedleRules",
    "NeedleSet",
    "Obstacle",
    "Track",
    "conflicts",
    "direction_reports",
    "fan_sets",
    "fixed_set",
    "load_needle_rules",
    "obstacles_of",
    "parallel_along",
    "parallel_sets",
]
