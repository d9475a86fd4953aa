"""The analysis set of a register: who is analysed, in which groups, with what."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.courses import Courses
from seedbed.cohort.endpoint_records import EndpointRecords
from seedbed.cohort.frame import AnalysisSet, Column, Exclusion
from seedbed.cohort.variables import variables
from seedbed.errors import InputError, one_of
from seedbed.journey.analysis.batches import AT_ONCE, JUDGING, ImageQuestion, begin_judging
from seedbed.journey.analysis.courses import drug_spans, happenings
from seedbed.journey.analysis.endpoints import endpoint_columns, on_record
from seedbed.journey.analysis.images import image_columns
from seedbed.journey.analysis.judging import JudgedImages
from seedbed.journey.analysis.lesions import treated_lesions
from seedbed.journey.analysis.many_processes import Later, OtherProcesses
from seedbed.journey.analysis.members import Members, plain_rows
from seedbed.journey.analysis.people import implant_columns, people_columns
from seedbed.journey.analysis.samples import grade_column, nrs_columns, tg_columns
from seedbed.journey.collection import no_collection
from seedbed.journey.progress import Progress, silent
from seedbed.journey.records.treatment import treatment_starts
from seedbed.patient.records import Decision, Patient
from seedbed.protocol import Protocol, load_rules
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES

ARM = "arm"
MOST_GROUPS = 8
MOST_NOTES = 20
ENOUGH_FOR_PROCESSES = 4000
"""Patients from which on it pays to start other processes (local rule)."""


@dataclass(frozen=True, kw_only=True)
class SetQuestion:
    """Which patients, in which groups, as of which day.

    Attributes
    ----------
    group_by : str
        ``arm``, or a variable with classes such as ``sex``.
    on : date
    rules : AnalysisRules
    protocol : Protocol
    images : ImageQuestion
    """

    group_by: str
    on: date
    rules: AnalysisRules
    protocol: Protocol = field(default_factory=load_rules)
    images: ImageQuestion = field(default_factory=ImageQuestion)


def build_set(
    clinic: ClinicRegister,
    question: SetQuestion,
    progress: Progress = silent,
    *,
    others: OtherProcesses | None = None,
) -> AnalysisSet:
    """Build the analysis set of a register.

    Parameters
    ----------
    clinic : ClinicRegister
    question : SetQuestion
    progress : callable
    others : OtherProcesses, optional
        They are started, and judge the images, where there are thousands of patients.

    Raises
    ------
    InputError
        A grouping that is unknown, nobody to analyse, more than eight groups, a record that contradicts
        the start of treatment, or a patient whose images were measured by several readers, where nobody said
        whose count.
    OutputError
        A process that judged ended before it was done.
    """
    check_grouping(question.group_by)
    others = others or OtherProcesses(1)
    arms = dict(plain_rows(clinic, Patient, ("patient_id", "arm")))
    if len(arms) >= ENOUGH_FOR_PROCESSES:
        others.start(JUDGING)
    starts = {
        name: start
        for name, start in treatment_starts(clinic, protocol=question.protocol).items()
        if start.earliest <= question.on
    }
    treated = [name for name in arms if name in starts]
    not_treated = tuple(name for name in arms if name not in starts)
    everyone = Members(
        ids=tuple(treated),
        starts=tuple(starts[name] for name in treated),
        on=question.on,
        protocol=question.protocol,
        rules=question.rules,
    )
    with no_collection():
        batches = begin_judging(clinic, everyone, question=question.images, others=others)
        columns, courses, problems = _columns(
            clinic, everyone, batches, profile=question.images.profile, progress=progress
        )
        lesions = treated_lesions(clinic, everyone, reader=question.images.reader)
    labels = _labels(question.group_by, everyone, arms=arms, columns=columns)
    no_group = tuple(name for name, label in zip(treated, labels, strict=True) if not label)
    steps = (*_screened(clinic, question.on, len(arms)), ("Treated", len(treated)))
    exclusions = [
        Exclusion(f"no treatment by {question.on}", not_treated),
        Exclusion(f"no group ('{question.group_by}' is not stated)", no_group),
    ]
    found = _grouped(everyone, labels, question=question, columns=columns, courses=courses)
    return replace(
        found,
        steps=steps,
        exclusions=tuple(each for each in exclusions if each.patients),
        notes=(*found.notes, *_most(problems)),
        lesions=lesions.of_rows([everyone.row[name] for name in found.patients]),
    )


def _most(problems: tuple[str, ...]) -> tuple[str, ...]:
    more = [f"and {len(problems) - MOST_NOTES} more of this kind"] if len(problems) > MOST_NOTES else []
    return (*problems[:MOST_NOTES], *more)


def _screened(clinic: ClinicRegister, on: date, registered: int) -> tuple[tuple[str, int], ...]:
    """Count who is in the register, who was screened, and with what decision at last."""
    until = TABLES[Decision.KIND].c.on <= on.isoformat()
    rows = plain_rows(clinic, Decision, ("patient_id", "on", "subject", "decided"), until)
    last = {row[0]: row[3] for row in sorted(rows, key=lambda row: row[1]) if row[2] == "screening"}
    decided = sorted(Counter(last.values()).items())
    return (
        ("In the register", registered),
        ("Screened", len(last)),
        *((f"Screened: {decision}", count) for decision, count in decided),
    )


def check_grouping(group_by: str) -> None:
    """Refuse what no groups can be made by.

    Raises
    ------
    InputError
    """
    allowed = [ARM, *(name for name, each in variables().items() if each.classes)]
    if group_by not in allowed:
        raise InputError(f"groups by '{group_by}'", one_of(allowed, group_by), "correct --group")


def _columns(
    clinic: ClinicRegister,
    members: Members,
    batches: list[Later[JudgedImages]],
    *,
    profile: str,
    progress: Progress,
) -> tuple[dict[str, Column], Courses, tuple[str, ...]]:
    """Make all columns; those of the images last, which others may still be judging."""
    known = on_record(clinic, members)
    tg, tg_ng_ml = tg_columns(clinic, members)
    pain, nrs = nrs_columns(clinic, members)
    times, decided = endpoint_columns(known)
    found = {
        **people_columns(clinic, members),
        **implant_columns(clinic, members),
        **tg,
        **pain,
        **grade_column(clinic, members),
        **times,
    }
    together = _together(batches, len(members.ids), progress)
    judged = image_columns(clinic, members, together, known=known, profile=profile)
    found |= judged.columns
    courses = Courses(
        diameters_mm=judged.diameters_mm,
        tg_ng_ml=tg_ng_ml,
        nrs=nrs,
        drugs=drug_spans(clinic, members, columns=found),
        happenings=happenings(clinic, members, columns=found),
        endpoints=EndpointRecords((*decided, *judged.decided)),
    )
    return {name: found[name] for name in variables()}, courses, judged.problems


def _together(batches: list[Later[JudgedImages]], everybody: int, progress: Progress) -> JudgedImages:
    """Wait for what is found of the images, and let go of each batch as it comes."""
    found, done = JudgedImages(), 0
    batches.reverse()
    while batches:
        found.add(batches.pop()())
        done = min(done + AT_ONCE, everybody)
        progress("Judging the images", done, everybody)
    return found


def _labels(
    group_by: str, members: Members, *, arms: dict[str, str | None], columns: dict[str, Column]
) -> list[str]:
    if group_by == ARM:
        return [arms[name] or "" for name in members.ids]
    return [each or "" for each in columns[group_by].plain()]


def _grouped(
    members: Members,
    labels: list[str],
    *,
    question: SetQuestion,
    columns: dict[str, Column],
    courses: Courses,
) -> AnalysisSet:
    kept = np.flatnonzero(np.array([bool(label) for label in labels], dtype=bool))
    groups = _group_names({label for label in labels if label}, question.group_by, columns)
    _check_groups(groups, question.group_by)
    place = {label: at for at, label in enumerate(groups)}
    cut = {
        name: Column(each.variable, each.values[kept], [each.sources[at] for at in kept.tolist()], each.notes)
        for name, each in columns.items()
    }
    return AnalysisSet(
        patients=tuple(members.ids[at] for at in kept.tolist()),
        group_by=question.group_by,
        groups=groups,
        group_of=np.array([place[labels[at]] for at in kept.tolist()], dtype=np.int64),
        columns=cut,
        on=question.on,
        notes=_outcome_warning(question.group_by),
        courses=courses.of_rows(kept),
    )


def _outcome_warning(group_by: str) -> tuple[str, ...]:
    """Warn where groups are made by what happened after treatment began."""
    begins, ends = ("response_", "best_response", "worst_grade"), ("_event", "_cause")
    if not group_by.startswith(begins) and not group_by.endswith(ends):
        return ()
    said = (
        f"Warning: groups by '{group_by}', an outcome. Who reached it had to be followed until then, so that "
        "survival and later findings of these groups cannot be compared (guarantee-time bias)"
    )
    return (said,)


def _group_names(labels: set[str], group_by: str, columns: dict[str, Column]) -> tuple[str, ...]:
    """Put groups in the order of the classes; arms in that of their names."""
    if group_by == ARM:
        return tuple(sorted(labels))
    return tuple(each for each in columns[group_by].variable.classes if each in labels)


def _check_groups(groups: tuple[str, ...], group_by: str) -> None:
    if not groups:
        raise InputError(
            f"no patient who was treated and has a group ('{group_by}')",
            "at least one",
            "check the records of implants and drug courses, the grouping, and the day (--on)",
        )
    if len(groups) > MOST_GROUPS:
        raise InputError(
            f"{len(groups)} groups by '{group_by}'", f"at most {MOST_GROUPS}", "group by something coarser"
        )
