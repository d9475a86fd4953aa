"""CT pixels: volumes, a digital patient, how metal seeds look, and how they are found again."""

from seedbed.imaging.digital_patient import DigitalPatient, make_digital_patient, make_post_implant_ct
from seedbed.imaging.noise import add_noise
from seedbed.imaging.seed_finding import FoundSeeds, find_seeds
from seedbed.imaging.seed_model import SeedLook
from seedbed.imaging.seed_rendering import displace_seeds, render_seeds
from seedbed.imaging.volume import CtVolume

__all__ = [
    "CtVolume",
    "DigitalPatient",
    "FoundSeeds",
    "SeedLook",
    "add_noise",
    "displace_seeds",
    "find_seeds",
    "make_digital_patient",
    "make_post_implant_ct",
    "render_seeds",
]
