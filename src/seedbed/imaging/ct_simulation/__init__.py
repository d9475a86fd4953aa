"""A small CT scanner in the computer, and bodies with seeds whose true places are known."""

from seedbed.imaging.ct_simulation.cases import PLAIN, Scene, SeedCase, random_case
from seedbed.imaging.ct_simulation.phantom import Part, Phantom, Substance
from seedbed.imaging.ct_simulation.scan import simulate_ct
from seedbed.imaging.ct_simulation.scanner import Scanner
from seedbed.imaging.ct_simulation.seed_build import SeedBuild

__all__ = [
    "PLAIN",
    "Part",
    "Phantom",
    "Scanner",
    "Scene",
    "SeedBuild",
    "SeedCase",
    "Substance",
    "random_case",
    "simulate_ct",
]
