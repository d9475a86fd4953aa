"""How patients answered: tumour, volume, marker, pain, PET, drug and adverse events, each with its rules."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from seedbed.errors import SeedbedError
from seedbed.journey.recist import judge_case, subject_as_dict
from seedbed.journey.records.courses import course_reports
from seedbed.journey.records.known import check_known
from seedbed.journey.records.markers import tg_samples
from seedbed.journey.records.plain import as_plain
from seedbed.journey.records.scans import pet_scans
from seedbed.journey.records.toxicities import event_reports, laboratory_report
from seedbed.journey.records.treatment import from_baseline, treatment_starts
from seedbed.journey.records.tumours import tumour_cases
from seedbed.patient import LesionMeasurement, PartialDate
from seedbed.patient.records import Pain
from seedbed.protocol import load_rules
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.response import ellipsoid_volume_cc
from seedbed.response.marker_doubling import tg_doubling_time
from seedbed.response.marker_samples import TgSample
from seedbed.response.pain import PainScore, pain_response
from seedbed.response.pet import assess_percist
from seedbed.response.pet_eortc import assess_eortc
from seedbed.response.pet_scans import PetScan
from seedbed.response.tumour_marker import tg_response
from seedbed.response.volume_response import volume_responses
from seedbed.sheets.cdisc_tumour import TumourCase

FIRST_CYCLE_DAYS = 42
"""A scan up to here is one after the first cycle (local rule)."""


@dataclass(frozen=True, kw_only=True)
class FollowQuestion:
    """Whose answer is asked for.

    Attributes
    ----------
    register : Path or str
    patient_id : str
    on : date
        Nothing later is looked at.
    profile : {"recist11", "paper"}
    rules_file : Path, optional
    diameter_sd_mm : float, optional
        Standard deviation of a measured diameter, for the interval of the volume reduction.
    """

    register: Path | str
    patient_id: str
    on: date
    profile: str = "recist11"
    rules_file: Path | None = None
    diameter_sd_mm: float | None = None


def follow_patient(question: FollowQuestion) -> dict[str, Any]:
    """Judge all that the register holds of one patient.

    What cannot be judged is a sentence under ``problems``; the rest is judged all the same.

    Raises
    ------
    InputError
        No such register, patient or profile.
    """
    protocol = load_rules(question.rules_file)
    patient_id, on = question.patient_id, question.on
    with open_clinic(question.register) as clinic:
        check_known(clinic, patient_id)
        started = treatment_starts(clinic, patients=[patient_id], protocol=protocol).get(patient_id)
        cases = [_until(case, on) for case in tumour_cases(clinic, patients=[patient_id], protocol=protocol)]
        parts: dict[str, Callable[[], Any]] = {
            "tumour": lambda: [_tumour(case, question.profile) for case in cases if case.visits],
            "volume": lambda: _volumes(cases, question.diameter_sd_mm),
            "thyroglobulin": lambda: _marker(
                [each for each in tg_samples(clinic, patient_id) if each.on <= on], started
            ),
            "pain": lambda: _pain(clinic, patient_id, on, started),
            "pet": lambda: _pet([each for each in pet_scans(clinic, patient_id) if each.on <= on], started),
            "drug": lambda: course_reports(clinic, patient_id, on=on, protocol=protocol),
            "adverse_events": lambda: event_reports(clinic, patient_id, on=on),
            "laboratory_grades": lambda: laboratory_report(clinic, patient_id, on=on),
        }
        found, problems = _judged(parts)
    return {
        "patient_id": patient_id,
        "on": on.isoformat(),
        "treatment_started": str(started) if started else None,
        **found,
        "problems": problems,
    }


def _judged(parts: dict[str, Callable[[], Any]]) -> tuple[dict[str, Any], list[str]]:
    """Judge each part; where one cannot be judged, its sentence is kept and the others go on."""
    found: dict[str, Any] = {}
    problems = []
    for name, judge in parts.items():
        try:
            found[name] = as_plain(judge())
        except SeedbedError as error:
            found[name] = None
            problems.append(f"{name}: {error}")
    return found, problems


def _until(case: TumourCase, on: date) -> TumourCase:
    return replace(case, visits=tuple(visit for visit in case.visits if visit.on <= on))


def _tumour(case: TumourCase, profile: str) -> dict[str, Any]:
    judged = judge_case(case, profile=profile, compare=True)
    if judged.history is None:
        return {"reader": case.reader, "problem": judged.problem}
    differences = [as_plain(each) for each in judged.differences]
    return {"profile": profile, **subject_as_dict(judged), "differences": differences}


def _volumes(cases: Sequence[TumourCase], sd_mm: float | None) -> list[dict[str, Any]]:
    found = []
    for case in cases:
        for lesion in case.lesions:
            rows = [row for visit in case.visits if (row := visit.measurement(lesion.name)) is not None]
            first = next((at for at, row in enumerate(rows) if _volume_cc(row)), None)
            if first is None:
                continue
            found.append(
                {
                    "lesion": lesion.name,
                    "reader": case.reader,
                    "baseline_on": rows[first].on,
                    "baseline_cc": _volume_cc(rows[first]),
                    "visits": volume_responses(rows[first:], diameter_sd_mm=sd_mm),
                }
            )
    return found


def _volume_cc(row: LesionMeasurement) -> float | None:
    three = row.three_diameters_mm
    return None if three is None else ellipsoid_volume_cc(*three)


def _marker(samples: Sequence[TgSample], started: PartialDate | None) -> dict[str, Any] | None:
    if not samples:
        return None
    counted = from_baseline(samples, started)
    doubling, problem = None, ""
    try:
        doubling = tg_doubling_time(samples)
    except SeedbedError as error:
        problem = str(error)
    return {
        "samples": samples,
        "responses": [tg_response(counted[0], each) for each in counted[1:]],
        "doubling_time": doubling,
        "no_doubling_time": problem,
    }


def _pain(clinic: ClinicRegister, patient_id: str, on: date, started: PartialDate | None) -> list[Any]:
    sites: dict[str, list[PainScore]] = defaultdict(list)
    for each in clinic.records(Pain, patients=[patient_id]):
        if each.on.earliest <= on:
            score = PainScore(
                on=each.on.earliest,
                nrs=float(each.nrs),
                ome_mg_per_day=each.opioid_mg_per_day,
                site=each.site,
            )
            sites[each.site].append(score)
    counted = {site: from_baseline(scores, started) for site, scores in sites.items()}
    return [
        {
            "site": site,
            "baseline": scores[0],
            "visits": [pain_response(scores[0], each) for each in scores[1:]],
        }
        for site, scores in counted.items()
    ]


def _pet(scans: Sequence[PetScan], started: PartialDate | None) -> list[Any]:
    """Judge scans by PERCIST where SUL was measured, and by EORTC where SUV by body surface was."""
    counted = from_baseline(scans, started)
    found: list[Any] = []
    for each in counted[1:]:
        if any(lesion.sul_peak is not None for lesion in each.lesions):
            found.append(assess_percist(counted[0], each))
        if any(lesion.suv_bsa_max is not None for lesion in each.lesions):
            found.append(assess_eortc(counted[0], each, cycles=_cycles(each.on, started)))
    return found


def _cycles(on: date, started: PartialDate | None) -> int:
    """Say 1 up to six weeks of treatment and 2 later: EORTC asks for more change after the first cycle."""
    early = started is None or (on - started.earliest).days <= FIRST_CYCLE_DAYS
    return 1 if early else 2
