"""Chen et al., Front. Endocrinol. 16 (2025) 1587412: its tables, counted from the made-up register.

What is typed here is what the paper prints; it is compared with what is counted from the records that
`examples/synthetic_cohort/make.py` makes, and from the two workbooks beside it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from statistics import mean, quantiles, stdev
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from seedbed.patient import Lesion, LesionMeasurement, PartialDate, Visit
from seedbed.patient.consistency import inconsistencies
from seedbed.patient.drug_records import DrugChange, DrugEventSeen
from seedbed.patient.records import (
    AdverseEvent,
    Baseline,
    Contact,
    Death,
    DrugCourse,
    DrugDose,
    Implantation,
    LaboratoryValue,
    LesionRecord,
    Measurement,
    Pain,
    Patient,
    Progression,
    Record,
    ScreeningFacts,
    VisitRecord,
)
from seedbed.protocol import prescribe, screen
from seedbed.protocol.drug_course import drug_course
from seedbed.protocol.drug_findings import drug_findings
from seedbed.protocol.follow_up import FollowUpFacts, SeenVisit, follow_up
from seedbed.response import (
    PROFILES,
    assess_response,
    ellipsoid_volume_cc,
    load_profile,
    volume_reduction_pct,
)
from seedbed.response.toxicity import find_term
from seedbed.sheets.reader import read_records

EXAMPLE = Path(__file__).parents[2] / "examples" / "synthetic_cohort"
CLOSED = date(2025, 2, 28)
GROUPS = {"A": 14, "B": 25, "C": 13}
TABLE_1 = {
    "ecog": {0: (10, 21, 11), 1: (4, 4, 2)},
    "pathology": {"PTC": (11, 12, 7), "FTC": (3, 13, 6)},
    "surgery": {"NTT": (2, 1, 1), "TT": (1, 12, 6), "TT + BCLND + LND": (11, 12, 6)},
    "bilateral_tumours": {True: (7, 8, 2), False: (7, 17, 11)},
    "extrathyroidal_extension": {True: (4, 8, 6), False: (10, 17, 7)},
    "metastasis": {
        "lymph node only": (4, 4, 2),
        "lung only": (7, 6, 5),
        "bone only": (0, 8, 2),
        "lung and bone": (3, 7, 4),
    },
    "mutation": {
        "negative": (6, 14, 3),
        "BRAF V600E": (5, 7, 4),
        "TERT": (2, 3, 4),
        "BRAF V600E and TERT": (1, 1, 2),
    },
}
AGE = {"A": (52.79, 17.27), "B": (60.60, 15.07), "C": (57.85, 15.61)}
BMI = {"A": (21.37, 2.34), "B": (22.74, 3.44), "C": (20.71, 3.16)}
KPS = {"A": (90, 90, 90), "B": (90, 90, 90), "C": (85, 90, 90)}
CLASSES = ("CR", "PR", "SD", "PD")
TABLE_2 = {
    "month 6": {"A": (0, 3, 10, 1), "B": (0, 8, 17, 0), "C": (0, 10, 3, 0)},
    "month 12": {"A": (1, 2, 4, 2), "B": (4, 6, 7, 1), "C": (4, 7, 1, 1)},
}
GRADES = {"A": (9, 2, 1, 2), "B": (13, 10, 2, 0), "C": (7, 5, 1, 0)}
NRS = {
    "baseline": {"A": (0.0, 0.0, 0.0), "B": (0.0, 2.0, 4.0), "C": (2.25, 4.0, 5.75)},
    "month 6": {"A": (0.0, 0.0, 0.0), "B": (0.0, 1.0, 1.0), "C": (1.25, 2.0, 2.75)},
}
TG = {
    "baseline": {"A": (23.02, 206.2, 418.2), "B": (86.63, 305.4, 4079.0), "C": (157.97, 827.3, 5408.25)},
    "month 2": {"A": (5.46, 38.27, 92.61), "B": (25.78, 246.7, 1588.0), "C": (51.22, 552.2, 3598.0)},
    "month 4": {"A": (5.88, 28.17, 103.83), "B": (21.35, 267.6, 2130.9), "C": (31.09, 86.18, 181.25)},
    "month 6": {"A": (2.15, 32.59, 125.49), "B": (19.59, 260.7, 2186.88), "C": (11.62, 56.25, 128.9)},
    "month 12": {"A": (2.32, 25.29, 132.21), "B": (5.77, 100.0, 226.3), "C": (24.08, 239.0, 429.4)},
}
# Two medians of group A are printed below their lower quartile (10.54 with 11.94, 5.06 with 7.97): exchanged.
VOLUME = {
    "baseline": {"A": (10.54, 11.94, 60.56), "B": (44.2, 78.73, 141.31), "C": (18.13, 34.99, 164.52)},
    "month 6": {"A": (5.06, 7.97, 22.28), "B": (10.78, 38.99, 90.37), "C": (4.38, 16.21, 25.69)},
    "month 12": {"A": (2.03, 2.24, 38.86), "B": (1.21, 23.0, 89.94), "C": (0.0, 3.68, 20.78)},
}
VRR = {
    "month 6": {"A": (7.45, 37.07, 70.63), "B": (14.38, 21.52, 45.79), "C": (55.9, 78.85, 91.81)},
    "month 12": {"A": (0.29, 42.04, 89.27), "B": (18.75, 48.15, 98.53), "C": (78.57, 90.57, 99.94)},
}
# How near the quartiles and the median of the volumes are, as the README of the example states it.
NEAR = {"baseline": (0.002, 0.002), "month 6": (0.15, 0.01), "month 12": (0.16, 0.14)}
SEEDS = {"B": (40, 56, 108), "C": (15, 40, 77.5)}
LPFS_MONTHS = {"A": 18.64, "B": 18.68, "C": 42.23}
OS_MONTHS = {"A": 22.21, "B": 22.40, "C": 43.15}


@dataclass(frozen=True)
class Case:
    """The records of one patient."""

    records: tuple[Record, ...]

    def all(self, kind: type[Any]) -> list[Any]:
        return [each for each in self.records if isinstance(each, kind)]

    def one(self, kind: type[Any]) -> Any:
        (found,) = self.all(kind)
        return found

    @property
    def arm(self) -> str:
        return self.one(Patient).arm

    @property
    def start(self) -> date:
        first = [each.on for each in self.all(Implantation)] + [each.start for each in self.all(DrugCourse)]
        return min(each.day for each in first)

    @property
    def last(self) -> date:
        return max(each.on.day for each in (*self.all(Death), *self.all(Contact)))

    @property
    def labels(self) -> dict[PartialDate, str]:
        return {each.on: each.label for each in self.all(VisitRecord)}

    @property
    def visits(self) -> list[Visit]:
        measured = defaultdict(list)
        for each in self.all(Measurement):
            stated = {name: getattr(each, name) for name in MEASURED}
            measured[each.on].append(LesionMeasurement(on=each.on.day, **stated))
        labels = self.labels
        return [
            Visit(on=on.day, label=labels[on], measurements=tuple(found)) for on, found in measured.items()
        ]

    def responses(self, profile: str) -> dict[str, str]:
        lesions = [
            Lesion(each.lesion, is_lymph_node=each.is_lymph_node, role=each.role, organ=each.organ)
            for each in self.all(LesionRecord)
        ]
        history = assess_response(lesions, self.visits, rules=load_profile(profile))
        return {point.label: point.response for point in history.timepoints}

    def volumes(self) -> dict[str, float]:
        targets = {each.lesion for each in self.all(LesionRecord) if each.role == "target"}
        return {
            visit.label: sum(volume(each) for each in visit.measurements if each.lesion in targets)
            for visit in self.visits
        }


MEASURED = ("lesion", "longest_mm", "short_axis_mm", "ap_mm", "cc_mm", "transverse_mm", "state")


def volume(measured: LesionMeasurement) -> float:
    three = measured.three_diameters_mm
    return 0.0 if three is None and measured.state == "absent" else float(ellipsoid_volume_cc(*three))


def completed_months(first: date, last: date) -> int:
    apart = relativedelta(last, first)
    return 12 * apart.years + apart.months


def spss(values: Iterable[float]) -> tuple[float, ...]:
    """Quartiles at the places (n + 1) p."""
    return tuple(quantiles(values, n=4, method="exclusive"))


def mean_and_sd(values: list[float]) -> tuple[float, float]:
    return round(mean(values), 2), round(stdev(values), 2)


def by_place(records: Iterable[Record]) -> dict[tuple[Any, ...], Record]:
    return {(each.KIND, *each.key): each for each in records}


@pytest.fixture(scope="module")
def made() -> list[Record]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLE)
        return import_module("make").cohort()


@pytest.fixture(scope="module", params=["made", "register.xlsx", "register_zh.xlsx"])
def register(request, made) -> list[Record]:
    if request.param == "made":
        return made
    content = read_records(EXAMPLE / request.param)
    assert content.bad == content.remarks == ()
    return [each.record for each in content.records]


@pytest.fixture(scope="module")
def cases(register) -> list[Case]:
    found = defaultdict(list)
    for each in register:
        found[each.patient_id].append(each)
    return [Case(tuple(each)) for each in found.values()]


@pytest.fixture(scope="module")
def groups(cases) -> dict[str, list[Case]]:
    found = defaultdict(list)
    for case in cases:
        found[case.arm].append(case)
    return dict(found)


def test_the_workbooks_are_what_the_generator_makes(register, made):
    assert by_place(register) == by_place(made)
    assert len(register) == len(made) == len(by_place(made))


def test_every_patient_says_that_it_is_synthetic(cases):
    assert len(cases) == 52
    for case in cases:
        patient = case.one(Patient)
        assert patient.synthetic is True
        assert patient.person == ""
        assert re.fullmatch(rf"SYN-{case.arm}-\d\d", patient.patient_id)
        assert "synthetic" in patient.note


def test_counts_of_table_1(groups):
    assert {arm: len(found) for arm, found in groups.items()} == GROUPS
    for name, levels in TABLE_1.items():
        for place, arm in enumerate(GROUPS):
            counted = Counter(getattr(each.one(Baseline), name) for each in groups[arm])
            assert counted == Counter({level: counts[place] for level, counts in levels.items()}), name
    sexes = {arm: Counter(each.one(Patient).sex for each in found) for arm, found in groups.items()}
    assert [sexes[arm]["male"] for arm in GROUPS] == [7, 8, 4]
    assert [sexes[arm]["female"] for arm in GROUPS] == [7, 17, 9]


def test_age_body_and_performance_of_table_1(groups):
    for arm, found in groups.items():
        ages = []
        for case in found:
            born = case.one(Patient).born
            years = {relativedelta(case.start, day).years for day in (born.earliest, born.latest)}
            assert len(years) == 1
            ages += years
        assert mean_and_sd(ages) == AGE[arm]
        assert mean_and_sd([case.one(Baseline).bmi_kg_m2 for case in found]) == BMI[arm]
        assert spss(case.one(Baseline).kps for case in found) == KPS[arm]


@pytest.mark.parametrize("profile", PROFILES)
def test_responses_of_table_2(groups, profile):
    for arm, found in groups.items():
        answers = [case.responses(profile) for case in found]
        for label, printed in TABLE_2.items():
            counted = Counter(each[label] for each in answers if label in each)
            assert tuple(counted[each] for each in CLASSES) == printed[arm]
            assert counted.total() == sum(printed[arm])


def test_progression_is_recorded_when_recist_sees_it(cases):
    for case in cases:
        recorded = [case.labels[each.on] for each in case.all(Progression)]
        for profile in PROFILES:
            seen = [label for label, answer in case.responses(profile).items() if answer == "PD"]
            assert seen[:1] == recorded


def test_worst_grades_of_table_3(groups):
    for arm, found in groups.items():
        worst = Counter(max((each.grade for each in case.all(AdverseEvent)), default=0) for case in found)
        assert tuple(worst[grade] for grade in range(4)) == GRADES[arm]
    for case in (case for found in groups.values() for case in found):
        assert all(find_term(each.term) is not None for each in case.all(AdverseEvent))


def test_thyroglobulin_and_pain_of_table_3(groups):
    for arm, found in groups.items():
        for kind, value, table in ((LaboratoryValue, "value", TG), (Pain, "nrs", NRS)):
            for label, printed in table.items():
                values = [
                    getattr(each, value)
                    for case in found
                    for each in case.all(kind)
                    if case.labels.get(each.on) == label and getattr(each, "analyte", "tg") == "tg"
                ]
                assert spss(values) == pytest.approx(printed[arm], abs=0.0051)


def test_volumes_are_near_those_of_table_3(groups):
    for arm, found in groups.items():
        volumes = [case.volumes() for case in found]
        for label, printed in VOLUME.items():
            low, middle, high = spss(each[label] for each in volumes if label in each)
            near, nearer = NEAR[label]
            assert middle == pytest.approx(printed[arm][1], rel=nearer)
            assert (low, high) == pytest.approx((printed[arm][0], printed[arm][2]), rel=near)
        for label, printed in VRR.items():
            pairs = [(each["baseline"], each[label]) for each in volumes if label in each]
            lost = spss(float(volume_reduction_pct(*pair)) for pair in pairs)
            assert lost == pytest.approx(printed[arm], abs=0.25)


def test_seeds_of_section_3_1(groups):
    total = 0
    for arm, printed in SEEDS.items():
        counts = [sum(each.seeds_implanted for each in case.all(Implantation)) for case in groups[arm]]
        assert spss(counts) == printed
        total += sum(counts)
    assert total == 2795
    assert not any(case.all(Implantation) for case in groups["A"])


def test_deaths_of_section_3_3(groups):
    causes = {
        arm: sorted(each.cause for case in found for each in case.all(Death)) for arm, found in groups.items()
    }
    assert causes == {
        "A": ["distant progression of thyroid cancer", "influenza A infection", "influenza A infection"],
        "B": ["pulmonary infection"],
        "C": ["cardiac tamponade", "local progression of thyroid cancer"],
    }


def test_follow_up_of_section_3_1_and_months_of_section_3_3(groups):
    """The printed means are whole sums: 261/14, 467/25, 549/13 months, and 311/14, 560/25, 561/13."""
    every = []
    for arm, found in groups.items():
        followed = [completed_months(case.start, case.last) for case in found]
        local = []
        for case in found:
            seen = [each.on.day for each in case.all(Progression) if "local" in each.where]
            local.append(completed_months(case.start, min([*seen, case.last])))
        assert round(mean(followed), 2) == OS_MONTHS[arm]
        assert round(mean(local), 2) == LPFS_MONTHS[arm]
        every += followed
    assert (min(every), spss(every)[1], max(every)) == (6, 25.5, 88)


def test_dates_lie_in_the_time_of_the_study(cases):
    for case in cases:
        assert date(2016, 1, 1) <= case.start <= date(2024, 8, 31)
        assert case.last <= CLOSED


def test_nothing_is_inconsistent(cases):
    assert [each.sentence for case in cases for each in inconsistencies(case.records, today=CLOSED)] == []


def test_everybody_is_eligible_and_prescribed_by_rule(cases):
    doses = Counter()
    for case in cases:
        facts = case.one(ScreeningFacts).facts
        assert screen(facts, arm=case.arm).decision == "eligible"
        assert facts.treatment_date == case.start
        given = {each.prescription_gy for each in case.all(Implantation)}
        assert given <= {prescribe(facts).dose_gy}
        doses.update(given)
    assert min(doses[80.0], doses[100.0], doses[120.0]) >= 2


def test_the_drug_is_given_by_rule(cases):
    doses = set()
    for case in cases:
        for course in case.all(DrugCourse):
            changes = drug_changes(case, course)
            doses |= {each.dose_mg for each in changes}
            implanted = min((each.on.day for each in case.all(Implantation)), default=None)
            known = drug_course(changes, case.last)
            assert drug_findings(known, drug_events(case), implanted_on=implanted) == ()
        assert bool(case.all(DrugCourse)) is (case.arm in ("A", "C"))
    assert doses == {0.0, 8.0, 10.0, 12.0}


def drug_changes(case: Case, course: DrugCourse) -> list[DrugChange]:
    changes = []
    for dose in sorted(case.all(DrugDose), key=lambda each: each.since):
        reason = "planned" if not changes else "reduced" if dose.dose_mg else "interrupted"
        last = None if dose.dose_mg else dose.until.day
        changes.append(DrugChange(on=dose.since, dose_mg=dose.dose_mg, reason=reason, last_day=last))
    if course.end is not None:
        stopped = PartialDate.of(course.end.day + timedelta(days=1))
        changes.append(DrugChange(on=stopped, dose_mg=0.0, reason="stopped"))
    return changes


def drug_events(case: Case) -> list[DrugEventSeen]:
    severe = [each for each in case.all(AdverseEvent) if each.grade >= 3]
    badly = [each.since.day for each in case.all(DrugDose) if each.reason == "not tolerated"]
    return [
        *(DrugEventSeen(on=each.start.day, event=f"grade {each.grade}") for each in severe),
        *(DrugEventSeen(on=each - timedelta(days=1), event="not tolerated") for each in badly),
        *(DrugEventSeen(on=each.on.day, event="progression") for each in case.all(Progression)),
    ]


def test_visits_are_those_of_the_protocol_and_some_are_late_or_missing(cases):
    statuses = Counter()
    for case in cases:
        facts = FollowUpFacts(
            treatment_starts=(case.start,),
            seen=tuple(SeenVisit(on=each.on.day) for each in case.all(VisitRecord)),
            died_on=next((each.on.day for each in case.all(Death)), None),
        )
        checked = follow_up(facts, case.last).visits
        named = {each.on.day: each.label for each in case.all(VisitRecord)}
        assert all(named[each.seen_on] == f"month {each.month}" for each in checked if each.seen_on)
        statuses.update(each.status for each in checked)
    assert statuses["seen"] > 250
    assert statuses["late"] >= 5
    assert statuses["missing"] >= 5


def test_every_visit_has_the_laboratory_values_that_the_paper_names(cases):
    named = {"ft3", "ft4", "tsh", "tg", "tgab"}
    for case in cases:
        taken = defaultdict(set)
        for each in case.all(LaboratoryValue):
            taken[each.on].add(each.analyte)
        assert all(named <= taken[on] for on in case.labels)


def test_some_dates_are_known_in_part(register):
    partial = [
        value
        for each in register
        for value in vars(each).values()
        if isinstance(value, PartialDate) and value.day is None
    ]
    assert len(partial) >= 5
