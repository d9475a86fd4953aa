"""Who the made-up patients are: birth, body, disease and the facts that screening asks for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from numpy.random import Generator
from printed_numbers import dealt, printed_moments, whole_numbers, with_moments
from synthetic_courses import Course, Days

from seedbed.patient import PartialDate
from seedbed.patient.records import Baseline, Decision, Patient, Record, ScreeningFacts
from seedbed.protocol import prescribe, screen

AGES = (20, 86)
HEIGHTS_CM = {"male": (162, 180), "female": (151, 168)}
SURGERY = {"NTT": "NTT", "TT": "TT", "TT + BCLND+LND": "TT + BCLND + LND"}
MUTATION = {
    "Negative": "negative",
    "BRAF V600E alone": "BRAF V600E",
    "TERT mutation alone": "TERT",
    "BRAF+TERT mutations": "BRAF V600E and TERT",
}
I131_GBQ = (3.7, 5.55, 7.4)
SYNTHETIC = "synthetic: made up, not a patient"


@dataclass(frozen=True)
class Person:
    """What a patient is before treatment, in the words of the register."""

    sex: str
    age: int
    height_cm: int
    weight_kg: float
    ecog: int
    kps: int
    pathology: str
    surgery: str
    bilateral: bool
    extension: bool
    mutation: str


def people(courses: Sequence[Course], choices: Mapping[str, Any], *, rng: Generator) -> list[Person]:
    """Deal out the counts of Table 1, with ages and bodies of the means printed there."""
    group, size = courses[0].arm, len(courses)
    sexes = [each.lower() for each in dealt("gender", group, rng=rng)]
    heights = [int(rng.integers(*HEIGHTS_CM[sex])) for sex in sexes]
    weights = with_moments([each / 100 for each in heights], printed_moments("bmi", group), rng=rng)
    ages = whole_numbers(size, printed_moments("age", group), ends=AGES, rng=rng)
    ecog = [int(each) for each in dealt("ecog", group, rng=rng)]
    kps = _kps(ecog, choices["kps"][group])
    pathology = dealt("pathology", group, rng=rng)
    mutations = _mutations(dealt("mutations", group, rng=rng), pathology)
    surgery = dealt("surgery", group, rng=rng)
    bilateral = dealt("bilateral", group, rng=rng)
    extension = dealt("extrathyroidal", group, rng=rng)
    return [
        Person(
            sex=sexes[place],
            age=ages[place],
            height_cm=heights[place],
            weight_kg=weights[place],
            ecog=ecog[place],
            kps=kps[place],
            pathology=pathology[place],
            surgery=SURGERY[surgery[place]],
            bilateral=bilateral[place] == "Yes",
            extension=extension[place] == "Yes",
            mutation=mutations[place],
        )
        for place in range(size)
    ]


def _kps(ecog: Sequence[int], beside_90: Mapping[str, int]) -> list[int]:
    """Give the lowest scores to those who are ECOG 1, and the highest to those who are ECOG 0."""
    by_ecog = sorted(range(len(ecog)), key=lambda place: -ecog[place])
    found = [90] * len(ecog)
    for place in by_ecog[: beside_90["80"]]:
        found[place] = 80
    for place in by_ecog[len(ecog) - beside_90["100"] :]:
        found[place] = 100
    return found


def _mutations(levels: Sequence[str], pathology: Sequence[str]) -> list[str]:
    """Keep BRAF V600E, a mutation of papillary cancer, to patients with that."""
    papillary_first = sorted(range(len(levels)), key=lambda place: pathology[place] != "PTC")
    braf_first = sorted(levels, key=lambda level: not level.startswith("BRAF"))
    found = [""] * len(levels)
    for place, level in zip(papillary_first, braf_first, strict=True):
        found[place] = MUTATION[level]
    return found


def person_records(course: Course, days: Days, person: Person, *, rng: Generator) -> Iterator[Record]:
    """Return who a patient is and what was found before treatment."""
    born = days.start - relativedelta(years=person.age) - timedelta(days=int(rng.integers(40, 320)))
    consent = days.start - timedelta(days=int(rng.integers(1, 3)))
    yield Patient(
        patient_id=course.patient,
        sex=person.sex,
        born=_partial(born, whole=rng.random() > 1 / 8),
        arm=course.arm,
        consent_on=_partial(consent, whole=rng.random() > 1 / 8),
        synthetic=True,
        note=SYNTHETIC,
    )
    courses = int(rng.integers(2, 6))
    yield Baseline(
        patient_id=course.patient,
        on=PartialDate.of(days.visits[0]),
        height_cm=float(person.height_cm),
        weight_kg=person.weight_kg,
        kps=person.kps,
        ecog=person.ecog,
        pathology=person.pathology,
        surgery=person.surgery,
        bilateral_tumours=person.bilateral,
        extrathyroidal_extension=person.extension,
        metastasis=course.metastasis,
        mutation=person.mutation,
        i131_courses=courses,
        cumulative_i131_gbq=round(sum(float(rng.choice(I131_GBQ)) for _ in range(courses)), 2),
        note=SYNTHETIC,
    )


def _partial(on: date, *, whole: bool) -> PartialDate:
    return PartialDate.of(on if whole else on.isoformat()[:7])


def screening(
    course: Course, days: Days, baseline: Baseline, *, found: Mapping[str, float], rng: Generator
) -> list[Record]:
    """Return the facts of screening, and what the protocol decides by them.

    Parameters
    ----------
    found : Mapping
        Facts that the laboratory and the images stated at baseline.
    """
    beam = rng.choice(["none", "recent", "past"], p=[0.6, 0.15, 0.25])
    ago = {"none": 0, "recent": int(rng.integers(30, 160)), "past": int(rng.integers(250, 1500))}[beam]
    refractory = bool(rng.random() < 0.7)
    facts = ScreeningFacts(
        patient_id=course.patient,
        on=baseline.on,
        treatment_date=days.start,
        no_lesion_takes_up_radioiodine=refractory,
        progressed_after_radioiodine=not refractory,
        expected_survival_months=float(rng.integers(12, 60)),
        kps=float(baseline.kps or 0),
        tgab_positive=False,
        clinical_data_complete=True,
        compliant=True,
        cooperates_with_implantation=True,
        prior_mki=False,
        fev1_pct_predicted=float(rng.integers(62, 105)),
        lvef_pct=float(rng.integers(54, 70)),
        pt_ratio=round(float(rng.uniform(0.92, 1.18)), 2),
        drug_tolerated=True,
        had_external_beam=beam != "none",
        last_external_beam_date=days.start - timedelta(days=ago) if ago else None,
        cumulative_i131_gbq=baseline.cumulative_i131_gbq,
        **found,
    )
    return [facts, *_decisions(course, facts)]


def _decisions(course: Course, facts: ScreeningFacts) -> Iterator[Decision]:
    screened = screen(facts.facts, arm=course.arm)
    rules = ", ".join(each.rule_id for each in screened.criteria)
    decided: list[tuple[str, str, str]] = [("screening", screened.decision, rules)]
    if course.with_seeds:
        prescription = prescribe(facts.facts)
        decided.append(("prescription", f"{prescription.dose_gy:g} Gy", prescription.rule_id))
    for subject, what, used in decided:
        yield Decision(
            patient_id=course.patient,
            on=facts.on,
            subject=subject,
            decided=what,
            rules=used,
            facts=f"{facts.name}, {SYNTHETIC}",
            by="the shipped rules",
        )
