"""Which series of a patient there are to be looked at side by side, and when they were made."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from seedbed.journey.workbench.case_folder import CaseRow, case_name
from seedbed.journey.workbench.case_list import iso_day
from seedbed.journey.workbench.rooms import Rooms
from seedbed.patient.records import Implantation
from seedbed.registry.clinic import ClinicRegister

PET: Final = "PT"


@dataclass(frozen=True, kw_only=True)
class PetRow:
    """A PET series of the store.

    Attributes
    ----------
    series : str
        16 hexadecimal digits.
    series_uid, frame_uid, study_date, series_description : str
        As the files say.
    images : int
    """

    series: str
    series_uid: str
    frame_uid: str
    study_date: str
    series_description: str
    images: int


def list_pets(rooms: Rooms, patient_id: str) -> list[PetRow]:
    """Return the PET series of a patient, the earliest study first."""
    days = {each.study_uid: each.study_date for each in rooms.store.studies(patient_id=patient_id)}
    found = [
        PetRow(
            series=case_name(each.series_uid),
            series_uid=each.series_uid,
            frame_uid=each.frame_uid,
            study_date=days[each.study_uid],
            series_description=each.series_description,
            images=each.instances,
        )
        for each in rooms.store.series()
        if each.modality == PET and each.study_uid in days
    ]
    return sorted(found, key=lambda each: (each.study_date, each.series_description, each.series))


def pets_of(rooms: Rooms, row: CaseRow) -> list[PetRow]:
    """Return the PET series that lie in the frame of reference of a CT."""
    every = list_pets(rooms, row.patient_id) if row.frame_uid else []
    return [each for each in every if each.frame_uid == row.frame_uid]


@dataclass(frozen=True)
class KnownImplants:
    """When seeds were implanted.

    Attributes
    ----------
    days : tuple of date
        Those that the register states to the day, in order.
    unsure : tuple of str
        Those of which it knows no more than the month or the year; no days are counted from them.
    """

    days: tuple[date, ...]
    unsure: tuple[str, ...] = ()


def known_implants(clinic: ClinicRegister, patient_id: str) -> KnownImplants:
    """Return when seeds were implanted, as far as the register knows it."""
    found = {each.on for each in clinic.records(Implantation, patients=[patient_id])}
    exact = {each.earliest for each in found if each.earliest == each.latest}
    unsure = {str(each) for each in found if each.earliest != each.latest}
    return KnownImplants(tuple(sorted(exact)), tuple(sorted(unsure)))


def implant_meant(on: date | None, implants: Sequence[date]) -> date | None:
    """Return the implantation from which days of a study are counted: the latest by then, else the first.

    Examples
    --------
    >>> implants = [date(2026, 3, 2), date(2026, 5, 4)]
    >>> [implant_meant(date(2026, month, 2), implants).month for month in (2, 3, 4, 6)]
    [3, 3, 3, 5]
    """
    if on is None or not implants:
        return None
    return max((day for day in implants if day <= on), default=min(implants))


def days_from_implant(on: date | None, implants: Sequence[date]) -> int | None:
    """Count days from the implantation that is meant, as `implant_meant` says; negative before it.

    Examples
    --------
    >>> implants = [date(2026, 3, 2), date(2026, 5, 4)]
    >>> [days_from_implant(date(2026, month, 2), implants) for month in (2, 3, 4, 6)]
    [-28, 0, 31, 29]
    >>> days_from_implant(None, implants), days_from_implant(date(2026, 1, 1), [])
    (None, None)
    """
    meant = implant_meant(on, implants)
    return None if on is None or meant is None else (on - meant).days


def series_dict(rooms: Rooms, clinic: ClinicRegister, patient_id: str) -> dict[str, Any]:
    """Return the CT and PET series of a patient for the browser, the earliest study first.

    Parameters
    ----------
    rooms : Rooms
    clinic : ClinicRegister
        Knows when seeds were implanted.
    patient_id : str
    """
    known = known_implants(clinic, patient_id)
    implants = known.days
    cts = sorted(rooms.listed(patient_id), key=lambda row: (row.study_date, row.case))
    return {
        "patient_id": patient_id,
        "implanted_on": [day.isoformat() for day in implants],
        "implants_unsure": list(known.unsure),
        "cts": [_ct(row, implants, pets_of(rooms, row)) for row in cts],
        "pets": [_dated(asdict(each), each.study_date, implants) for each in list_pets(rooms, patient_id)],
    }


def _ct(row: CaseRow, implants: Sequence[date], pets: Sequence[PetRow]) -> dict[str, Any]:
    return {**_dated(asdict(row), row.study_date, implants), "pets": [each.series for each in pets]}


def _dated(values: dict[str, Any], dicom_day: str, implants: Sequence[date]) -> dict[str, Any]:
    on = iso_day(dicom_day)
    days = days_from_implant(_day(on), implants)
    return {**values, "study_date": on, "days_from_implant": days}


def _day(iso: str | None) -> date | None:
    """Return a day; None where there is none, or one that the calendar does not have."""
    try:
        return None if iso is None else date.fromisoformat(iso)
    except ValueError:
        return None
