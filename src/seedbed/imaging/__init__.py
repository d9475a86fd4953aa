"""CT pixels: volumes, a digital patient, how metal seeds look, and how they are found again."""

from seedbed.imaging.deformation import Deformation
from seedbed.imaging.digital_patient import DigitalPatient, make_digital_patient, make_post_implant_ct
from seedbed.imaging.noise import add_noise
from seedbed.imaging.registration import Registration, register_cts
from seedbed.imaging.registration_quality import RegistrationQuality
from seedbed.imaging.seed_finding import find_seeds
from seedbed.imaging.seed_found import FoundSeeds, RefusedBlob
from seedbed.imaging.seed_model import SeedLook
from seedbed.imaging.seed_rendering import displace_seeds, render_seeds
from seedbed.imaging.volume import CtVolume

__all__ = [
    "CtVolume",
    "Deformation",
    "DigitalPatient",
    "FoundSeeds",
    "RefusedBlob",
    "Registration",
    "RegistrationQuality",
    "SeedLook",
    "add_noise",
    "displace_seeds",
    "find_seeds",
    "make_digital_patient",
    "make_post_implant_ct",
    "register_cts",
    "render_seeds",
]
