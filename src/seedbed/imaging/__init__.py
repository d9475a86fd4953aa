"""CT pixels: volumes, a digital patient, how metal seeds look, and how they are found again.

Each name is loaded where it is first asked for: who reads what a DICOM header says needs no image.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
else:
    from importlib import import_module

    _PLACES = {
        "CtVolume": "volume",
        "Deformation": "deformation",
        "DigitalPatient": "digital_patient",
        "FoundSeeds": "seed_found",
        "RefusedBlob": "seed_found",
        "Registration": "registration",
        "RegistrationQuality": "registration_quality",
        "SeedLook": "seed_model",
        "add_noise": "noise",
        "displace_seeds": "seed_rendering",
        "find_seeds": "seed_finding",
        "make_digital_patient": "digital_patient",
        "make_post_implant_ct": "digital_patient",
        "register_cts": "registration",
        "render_seeds": "seed_rendering",
    }

    def __getattr__(name: str) -> object:
        """Load a name of this folder."""
        if name not in _PLACES:
            raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
        return found


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
