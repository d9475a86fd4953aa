"""The drug calendar as one printable page: the course so far, the next dose by rule, a box for each dose."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, get_args

from seedbed.patient import DrugCycle
from seedbed.patient.records import AdverseEvent
from seedbed.patient.records import DrugCourse as CourseRecord
from seedbed.protocol import DoseDecision, DrugCalendar, Protocol, next_dose
from seedbed.protocol.drug_course import DrugCourse, Span
from seedbed.protocol.drug_course_parts import Pause
from seedbed.protocol.drug_findings import DrugFinding
from seedbed.protocol.models import DrugEvent, Rule
from seedbed.protocol.safety import SafetyRule
from seedbed.report.sheet import SheetHead, render_sheet
from seedbed.report.words import Language, Say, say_in
from seedbed.response.toxicity.terms import find_term

MARK: Final = 'content="seedbed drug sheet"'
"""What tells a sheet of ours from other files."""
BOXES: Final = 14
"""Boxes in a row of the calendar."""
LAST_CYCLES: Final = 6
"""Cycles of the course so far that are shown one by one; all are counted."""


@dataclass(frozen=True, kw_only=True)
class DrugSheet:
    """The drug of one patient on a day.

    Attributes
    ----------
    protocol : Protocol
    on : date
    record : seedbed.patient.records.DrugCourse
        The course as the register has it.
    course : seedbed.protocol.drug_course.DrugCourse
        Cycles, doses, pauses, dose intensity.
    findings : tuple of DrugFinding
        Where it departs from the rules.
    since : date
        First day of the dose of now.
    events : tuple of AdverseEvent
        Those from the drug, or of unknown cause, since then.
    decision : DoseDecision or None
        None where the drug has been stopped already.
    suggestions : tuple of SafetyRule
    calendar : DrugCalendar or None
        None where the drug is not taken any more.
    rules_file : str
        File of another protocol; empty for the shipped one.
    synthetic : bool
        Whether the register says that the patient is made up.
    """

    protocol: Protocol
    on: date
    record: CourseRecord
    course: DrugCourse
    findings: tuple[DrugFinding, ...]
    since: date
    events: tuple[AdverseEvent, ...]
    decision: DoseDecision | None
    suggestions: tuple[SafetyRule, ...]
    calendar: DrugCalendar | None
    rules_file: str = ""
    synthetic: bool = False


def drug_page(sheet: DrugSheet, head: SheetHead, *, language: Language = "en") -> str:
    """Write the calendar as one HTML page (A4) that needs nothing else.

    Parameters
    ----------
    sheet : DrugSheet
    head : SheetHead
    language : {"en", "zh"}
        Texts of rules and of the register stay as they are.

    Returns
    -------
    str
        HTML.
    """
    say = say_in(language)
    decided = decision_text(sheet, say)
    line = say("drug.line", decision=decided, day=sheet.on)
    content = {
        "sheet": sheet,
        "protocol": sheet.protocol,
        "decided": decided,
        "loud": sheet.decision is None or sheet.decision.dose_mg != sheet.decision.current_mg,
        "warnings": list(_warnings(sheet, say)),
        "event": "" if sheet.decision is None else _event(sheet.decision.event, say),
        "decided_by": _rules(sheet, () if sheet.decision is None else sheet.decision.rule_ids),
        "so_far": list(_so_far(sheet, say)),
        "cycles": sheet.course.cycles[-LAST_CYCLES:],
        "doses": lambda doses: ", ".join(say("drug.times", days=days, mg=mg) for mg, days in doses),
        "events": [_event_line(each, say) for each in sheet.events],
        "suggestions": [_suggestion(each, say) for each in sheet.suggestions],
        "days_of": days_of,
        "boxes": BOXES,
        "what_to_do": _what_to_do(sheet, say),
        "rules": _rules(sheet, _ids(sheet.protocol)),
        "readings": [each for each in sheet.protocol.reading if set(_ids(sheet.protocol)) & set(each.about)],
    }
    return render_sheet("drug.html", replace(head, plan=line), content, language=language)


def decision_text(sheet: DrugSheet, say: Say) -> str:
    """Say the decision in a language, loudly where the dose changes.

    The English of `seedbed.protocol.DoseDecision.text`, in the words of a sheet.
    """
    drug, decision = sheet.protocol.drug.name, sheet.decision
    if decision is None:
        return say("drug.ended", drug=drug)
    if decision.dose_mg is None:
        return say("drug.stop", drug=drug)
    if decision.dose_mg < decision.current_mg:
        return say("drug.lower", drug=drug, before=decision.current_mg, mg=decision.dose_mg)
    return say("drug.go_on", drug=drug, mg=decision.dose_mg)


def days_of(cycle: DrugCycle) -> list[date]:
    """Return the days of a cycle on which a dose is taken.

    Examples
    --------
    >>> from seedbed.protocol import drug_calendar
    >>> days = days_of(drug_calendar(date(2026, 3, 2), 1).cycles[0])
    >>> len(days), str(days[0]), str(days[-1])
    (14, '2026-03-02', '2026-03-15')
    """
    count = (cycle.last_dose - cycle.first_dose).days + 1
    return [cycle.first_dose + timedelta(days=number) for number in range(count)]


def _warnings(sheet: DrugSheet, say: Say) -> Iterator[str]:
    """Say what the decision does not know: another drug, an event without a term, an open interruption."""
    registered, ruled = sheet.record.drug, sheet.protocol.drug.name
    if registered.strip().casefold() != ruled.casefold():
        yield say("drug.other_drug", registered=registered, ruled=ruled)
    if sheet.decision is None:
        return
    unknown = [each for each in sheet.events if find_term(each.term) is None]
    if unknown:
        terms = ", ".join(say("drug.grade_of", term=each.term, grade=each.grade) for each in unknown)
        yield say("drug.some_unnamed", terms=terms)
    for each in sheet.course.pauses:
        if each.reason == "interrupted" and each.first_day <= sheet.on <= each.last_day:
            yield say("drug.interrupted", day=each.first_day)


def _so_far(sheet: DrugSheet, say: Say) -> Iterator[tuple[str, list[str]]]:
    """Rows on the course so far: what, and its lines."""
    record, course = sheet.record, sheet.course
    yield say("drug.drug"), [record.drug]
    last = say("drug.goes_on")
    if record.end is not None and record.end.latest <= sheet.on:
        last = f"{record.end} ({_stop_reason(record.stop_reason, say)})"
    yield say("drug.dates"), [say("drug.span", first=record.start, last=last)]
    if course.cycles:
        yield say("drug.cycles"), [str(len(course.cycles))]
        days: Counter[float] = Counter()
        for cycle in course.cycles:
            days.update(dict(cycle.doses_mg))
        yield say("drug.days_at"), [say("drug.at", mg=mg, days=count) for mg, count in days.items()]
    intensity = say(
        "drug.intensity_is",
        pct=_span(course.dose_intensity_pct, say),
        taken=_span(course.taken_mg, say),
        planned=_span(course.planned_mg, say),
    )
    yield say("drug.intensity"), [intensity, *([course.note] if course.note else [])]
    none = [say("drug.none")]
    yield (
        say("drug.reductions"),
        [say("drug.reduced", day=each.on, before=each.from_mg, mg=each.to_mg) for each in course.reductions]
        or none,
    )
    yield say("drug.pauses"), [_pause(each, say) for each in course.pauses] or none


def _stop_reason(reason: str | None, say: Say) -> str:
    if reason is None:
        return say("value.not_stated")
    return say(f"stop.{reason.replace(' ', '_').replace(chr(39), '')}")


def _span(span: Span, say: Say) -> str:
    return f"{span.low:.0f}" if span.known else say("verify.to", low=span.low, high=span.high)


def _pause(pause: Pause, say: Say) -> str:
    reason = say(f"pause.{pause.reason}")
    told = say("drug.pause", first=pause.first_day, last=pause.last_day, days=pause.days, reason=reason)
    return f"{told}: {pause.note}" if pause.note else told


def _event(name: str, say: Say) -> str:
    return say(f"event.{name.replace(' ', '_')}")


def _event_line(event: AdverseEvent, say: Say) -> tuple[AdverseEvent, str, str, bool]:
    """One event: itself, its cause, and whether it counted for the decision."""
    cause = (event.attribution or "unknown").replace(" ", "_")
    if cause == "unknown":
        return event, say("cause.unknown"), say("drug.not_attributed"), False
    if find_term(event.term) is None:
        return event, say(f"cause.{cause}"), say("drug.unnamed"), True
    return event, say(f"cause.{cause}"), say("drug.is_counted"), True


def _suggestion(rule: SafetyRule, say: Say) -> tuple[SafetyRule, str]:
    return rule, say(f"action.{rule.action.replace(', ', '_').replace(' ', '_')}")


def _ids(protocol: Protocol) -> tuple[str, ...]:
    drug = protocol.drug
    return drug.schedule.id, drug.start.id, drug.continuation.id, drug.reduction.id, drug.stop.id


def _rules(sheet: DrugSheet, rule_ids: Sequence[str]) -> list[tuple[Rule, str]]:
    return [(sheet.protocol.rule(each), sheet.protocol.cite(each)) for each in rule_ids]


def _what_to_do(sheet: DrugSheet, say: Say) -> list[tuple[str, str, str]]:
    """For each event of the rules: what happened, what follows at the dose of now, by which rules."""
    if sheet.decision is None or sheet.decision.dose_mg is None:
        return []
    drug, dose = sheet.protocol.drug, sheet.decision.dose_mg
    known = {*drug.continuation.events, *drug.reduction.events, *drug.stop.events}
    found = []
    for name in (each for each in get_args(DrugEvent) if each in known):
        then = next_dose(dose, name, protocol=sheet.protocol)
        said = decision_text(replace(sheet, decision=then), say)
        found.append((_event(name, say), said, ", ".join(then.rule_ids)))
    return found
