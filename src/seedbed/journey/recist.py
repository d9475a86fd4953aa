"""Tumour response of many subjects from CDISC records, by RECIST 1.1 or the paper's variant of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, one_of
from seedbed.patient import Visit
from seedbed.response import (
    PROFILES,
    Difference,
    Duration,
    ResponseHistory,
    TimepointResponse,
    assess_response,
    load_profile,
    profile_differences,
)
from seedbed.sheets.cdisc_tumour import TumourCase, read_tumour_files
from seedbed.sheets.cdisc_writing import write_tumour_files

SAME_SUM_MM = 0.05
"""Sums of the file that differ by more from ours are named (local rule)."""


@dataclass(frozen=True)
class RecistRequest:
    """What is asked.

    Attributes
    ----------
    tu, tr : Path
        CDISC tumour identification and results as CSV.
    profile : {"recist11", "paper"}
    subject, reader : str or None
        Only this subject, only this reader.
    compare : bool
        Whether to name where the two profiles differ.
    out : Path or None
        Folder for TU, TR and RS records.
    """

    tu: Path
    tr: Path
    profile: str = "recist11"
    subject: str | None = None
    reader: str | None = None
    compare: bool = False
    out: Path | None = None


@dataclass(frozen=True, kw_only=True)
class JudgedSubject:
    """One subject as one reader saw it, and the response.

    Attributes
    ----------
    case : TumourCase
    history : ResponseHistory or None
        None where the subject cannot be judged.
    problem : str
        Why not, as a sentence.
    differences : tuple of Difference
        Where the other profile judges differently; empty where that was not asked.
    """

    case: TumourCase
    history: ResponseHistory | None
    problem: str = ""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecistResult:
    """Response of all subjects and readers.

    Attributes
    ----------
    request : RecistRequest
    criteria : str
    judged : tuple of JudgedSubject
        In the order of the files.
    """

    request: RecistRequest
    criteria: str
    judged: tuple[JudgedSubject, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Every row that was not used and every subject that was not judged, as sentences."""
        return tuple(
            sentence
            for each in self.judged
            for sentence in (*each.case.faults, *((each.problem,) if each.problem else ()))
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything for machines; `docs/response.md` names the fields."""
        done = [each for each in self.judged if each.history is not None]
        found: dict[str, Any] = {
            "profile": self.request.profile,
            "criteria": self.criteria,
            "subjects": [subject_as_dict(each) for each in done],
            "not_judged": [
                {
                    "subject": each.case.subject,
                    "reader": each.case.reader,
                    "reason": each.problem,
                    "faults": list(each.case.faults),
                }
                for each in self.judged
                if each.history is None
            ],
        }
        if self.request.compare:
            found["differences"] = [
                {"subject": each.case.subject, "reader": each.case.reader, **_difference(difference)}
                for each in done
                for difference in each.differences
            ]
        return found


def judge_files(request: RecistRequest) -> RecistResult:
    """Judge every subject and reader of two CDISC files.

    Parameters
    ----------
    request : RecistRequest

    Raises
    ------
    InputError
        A file that cannot be read, a profile, subject or reader that is unknown.
    """
    rules = load_profile(request.profile)
    cases = _asked(read_tumour_files(request.tu, request.tr), request)
    judged = tuple(judge_case(case, profile=request.profile, compare=request.compare) for case in cases)
    if request.out is not None:
        histories = {
            (each.case.subject, each.case.reader): each.history for each in judged if each.history is not None
        }
        write_tumour_files(request.out, [each.case for each in judged if each.case.visits], histories)
    return RecistResult(request=request, criteria=rules.criteria, judged=judged)


def refuse_faults(result: RecistResult) -> None:
    """Say in one sentence that rows were not used or subjects not judged, if so.

    Raises
    ------
    InputError
        There is at least one such row or subject.
    """
    if result.faults:
        raise InputError(
            f"{len(result.faults)} rows or subjects could not be used, the first: "
            + result.faults[0].rstrip("."),
            "records that can all be used",
            "correct them; what is printed stands on the other rows alone",
        )


def _asked(cases: Sequence[TumourCase], request: RecistRequest) -> list[TumourCase]:
    for what, wanted, known in (
        ("subject", request.subject, dict.fromkeys(case.subject for case in cases)),
        ("reader", request.reader, dict.fromkeys(case.reader for case in cases)),
    ):
        if wanted is not None and wanted not in known:
            raise InputError(f"there is no {what} '{wanted}'", one_of(known, wanted), "name one of them")
    asked = [
        case
        for case in cases
        if request.subject in (None, case.subject) and request.reader in (None, case.reader)
    ]
    if not asked:
        raise InputError(
            f"there is no record of subject '{request.subject}' by reader '{request.reader}'",
            "at least one",
            "check both files and both names",
        )
    return asked


def judge_case(case: TumourCase, *, profile: str = "recist11", compare: bool = False) -> JudgedSubject:
    """Judge one subject as one reader saw it; where that cannot be done, the sentence says why.

    Parameters
    ----------
    case : TumourCase
    profile : {"recist11", "paper"}
    compare : bool
        Whether to name where the two profiles differ.
    """
    try:
        histories = [
            assess_response(case.lesions, case.visits, rules=load_profile(name))
            for name in (profile, *(PROFILES if compare else ()))
        ]
    except InputError as error:
        problem = f"{case.subject}, {case.reader}: {error}"
        return JudgedSubject(case=case, history=None, problem=problem)
    differences = profile_differences(*histories[1:]) if compare else ()
    return JudgedSubject(case=case, history=histories[0], differences=differences)


def subject_as_dict(judged: JudgedSubject) -> dict[str, Any]:
    """Return the response of a subject that was judged, for machines."""
    case, history = judged.case, judged.history
    if history is None:
        raise ValueError(f"{case.subject} was not judged")
    return {
        "subject": case.subject,
        "reader": case.reader,
        "evaluator": case.evaluator,
        "baseline_on": str(history.baseline_when),
        "baseline_visit": case.visits[0].label,
        "baseline_sum_mm": history.baseline_sum_mm,
        "targets": [lesion.name for lesion in case.lesions if lesion.is_target and lesion.is_whole],
        "non_targets": [
            lesion.name for lesion in case.lesions if lesion.role == "non-target" and lesion.is_whole
        ],
        "visits": [
            _visit(point, visit, accepted=visit.name in case.accepted)
            for visit, point in zip(case.visits[1:], history.timepoints, strict=True)
        ],
        "best_response": history.best_response,
        "best_reason": history.best_reason,
        "best_confirmed_response": history.best_confirmed_response,
        "best_confirmed_reason": history.best_confirmed_reason,
        "progressed_on": _text(history.progressed_when),
        "response_duration": _duration(history.response_duration),
        "confirmed_response_duration": _duration(history.confirmed_response_duration),
        "stable_duration": _duration(history.stable_duration),
        "not_measurable": list(history.not_measurable),
        "notes": [*case.notes, *history.notes, *_sum_notes(judged)],
        "faults": list(case.faults),
    }


def _visit(point: TimepointResponse, visit: Visit, *, accepted: bool) -> dict[str, Any]:
    return {
        "visit": point.label,
        "visit_number": visit.number,
        "on": None if point.undated else str(point.when),
        "until": _text(visit.until),
        "target_sum_mm": point.sum_mm,
        "measured_sum_mm": point.measured_sum_mm,
        "nadir_mm": point.nadir_mm,
        "change_from_baseline_pct": point.change_from_baseline_pct,
        "change_from_nadir_pct": point.change_from_nadir_pct,
        "target_response": point.target_response,
        "non_target_response": point.non_target_response,
        "new_lesion": point.new_lesion,
        "new_lesions": list(point.new_lesions),
        "equivocal_lesions": list(point.equivocal_lesions),
        "overall_response": point.response,
        "confirmation": point.confirmation,
        "not_measured": list(point.not_measured),
        "after_progression": point.after_progression,
        "accepted": accepted,
        "decided_by": list(point.decided_by),
        "rule_ids": list(point.rule_ids),
        "reason": point.reason,
    }


def _sum_notes(judged: JudgedSubject) -> list[str]:
    """Name the sums of the file that differ from ours."""
    case, history = judged.case, judged.history
    if history is None:
        return []
    sums = [history.baseline_sum_mm, *(point.sum_mm for point in history.timepoints)]
    ours = {visit.name: own for visit, own in zip(case.visits, sums, strict=True)}
    return [
        f"{name[0]}: the file states a sum of {stated:g} mm, the diameters make "
        f"{'none' if (own := ours.get(name)) is None else f'{own:g} mm'}"
        for name, stated in case.stated_sums_mm.items()
        if (own := ours.get(name)) is None or abs(own - stated) > SAME_SUM_MM
    ]


def _duration(found: Duration | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "since": str(found.since),
        "until": str(found.until),
        "days": found.days,
        "ended_by_progression": found.ended,
    }


def _difference(found: Difference) -> dict[str, Any]:
    row = asdict(found)
    return {
        "what": row["what"],
        "visit": row["visit"],
        "on": row["when"] or None,
        **dict(zip(PROFILES, (row["first"], row["second"]), strict=True)),
        "why": row["why"],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
