"""PET scans of the register, day by day."""

from collections import defaultdict
from datetime import date

from seedbed.patient.records import LesionRecord, PetUptake
from seedbed.registry.clinic import ClinicRegister
from seedbed.response.pet_scans import Background, PetLesion, PetScan


def pet_scans(clinic: ClinicRegister, patient_id: str) -> list[PetScan]:
    """Return the scans of a patient in the order of time; a partial date counts from its first day."""
    lesions = {each.lesion: each for each in clinic.records(LesionRecord, patients=[patient_id])}
    days: dict[date, list[PetUptake]] = defaultdict(list)
    for each in clinic.records(PetUptake, patients=[patient_id]):
        days[each.on.earliest].append(each)
    return [_scan(on, found, lesions, first=on == min(days)) for on, found in sorted(days.items())]


def _scan(on: date, uptakes: list[PetUptake], lesions: dict[str, LesionRecord], *, first: bool) -> PetScan:
    liver = next((each for each in uptakes if each.liver_sul_mean is not None), None)
    background = None
    if liver is not None and liver.liver_sul_mean is not None and liver.liver_sul_sd is not None:
        background = Background(region="liver", sul_mean=liver.liver_sul_mean, sul_sd=liver.liver_sul_sd)
    return PetScan(
        on=on,
        lesions=tuple(_lesion(each, lesions.get(each.lesion), first=first) for each in uptakes),
        background=background,
        uptake_minutes=next((each.uptake_min for each in uptakes if each.uptake_min is not None), None),
        injected_mbq=next((each.injected_mbq for each in uptakes if each.injected_mbq is not None), None),
        scanner=next((each.scanner for each in uptakes if each.scanner), ""),
    )


def _lesion(uptake: PetUptake, lesion: LesionRecord | None, *, first: bool) -> PetLesion:
    new = lesion is not None and lesion.role == "new" and not first
    return PetLesion(
        name=uptake.lesion,
        organ=lesion.organ if lesion else "",
        sul_peak=uptake.sul_peak,
        suv_bsa_max=uptake.suv_bsa_max,
        tlg=uptake.lesion_glycolysis_ml,
        new=new,
    )
