"""The decision sheet as one printable page: may the patient be treated, with which dose, with which seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

from seedbed.patient import FACTS, format_value
from seedbed.protocol import CriterionResult, FactUsed, Prescription, Protocol, Screening, SeedActivity
from seedbed.protocol.models import Reading
from seedbed.report.sheet import SheetHead, render_sheet
from seedbed.report.words import Language, Say, say_in

MARK: Final = 'content="seedbed decision sheet"'
"""What tells a sheet of ours from other files."""

FactLine = tuple[str, str, str, str]
"""Name, meaning, value with its unit, and where it was found."""


@dataclass(frozen=True, kw_only=True)
class DecisionSheet:
    """What was decided for one patient, and from what.

    Attributes
    ----------
    protocol : Protocol
    on : date
        Day of the decision.
    screening : Screening
    prescription : Prescription
    activity : SeedActivity or None
        None where no site of the lesion was stated.
    origin : mapping of str to str
        Where each stated fact was found.
    arm : str or None
        The arm whose criteria were asked; None for all.
    facts_file, facts_sha256 : str
        File of the facts; empty for a patient of the register.
    rules_file : str
        File of another protocol; empty for the shipped one.
    synthetic : bool
        Whether the register says that the patient is made up.
    """

    protocol: Protocol
    on: date
    screening: Screening
    prescription: Prescription
    activity: SeedActivity | None
    origin: Mapping[str, str]
    arm: str | None = None
    facts_file: str = ""
    facts_sha256: str = ""
    rules_file: str = ""
    synthetic: bool = False


def decision_page(sheet: DecisionSheet, head: SheetHead, *, language: Language = "en") -> str:
    """Write the sheet as one HTML page (A4) that needs nothing else.

    A screening that is not "eligible" stands at the top, beside the dose and on each page.

    Parameters
    ----------
    sheet : DecisionSheet
    head : SheetHead
        Without a patient where the facts come from a file: its name stands there instead.
    language : {"en", "zh"}
        Texts of rules stay as the rules file has them.

    Returns
    -------
    str
        HTML.
    """
    say = say_in(language)
    status, given = status_text(sheet.screening, say), sheet.prescription
    line = say("decision.line", status=status, gy=given.dose_gy, rule=given.rule_id, day=sheet.on)
    name = say("decision.of_file", name=sheet.facts_file) if sheet.facts_file else head.patient_name
    content = {
        "sheet": sheet,
        "protocol": sheet.protocol,
        "status": status,
        "missing": [(fact, say(f"fact.{fact}")) for fact in sheet.screening.missing],
        "against": [each for each in sheet.screening.criteria if each.against],
        "unknown": sheet.screening.unknown,
        "place_of": partial(_place, sheet.protocol),
        "also": _also(sheet, say),
        "used": [_fact(each, sheet.origin, say) for each in given.facts],
        "criteria": [
            (each, _answer(each, say), [_fact(used, sheet.origin, say) for used in each.facts])
            for each in sheet.screening.criteria
        ],
        "readings": _readings(sheet),
    }
    return render_sheet(
        "decision.html", replace(head, plan=line, patient_name=name), content, language=language
    )


def status_text(screening: Screening, say: Say) -> str:
    """Say the answer of the screening in a language, loudly where it is not "eligible"."""
    return say(f"screening.{screening.decision.replace(' ', '_')}")


def _also(sheet: DecisionSheet, say: Say) -> list[str]:
    """Say which rules matched besides, and our readings of why this one wins."""
    won, doses = sheet.prescription, {rule.id: rule.dose_gy for rule in sheet.protocol.prescription}
    lines = [
        say("decision.also", rule=other, gy=doses[other], winner=won.rule_id) for other in won.also_matched
    ]
    shared = [
        each
        for each in sheet.protocol.readings(won.rule_id)
        if won.also_matched and all(other in each.about for other in won.also_matched)
    ]
    return lines + [say("decision.reading", id=each.id, text=each.text) for each in shared[:1]]


def _answer(result: CriterionResult, say: Say) -> str:
    return say(f"answer.{result.status.replace(' ', '_')}")


def _place(protocol: Protocol, rule_id: str) -> str:
    """Say where a rule stands in the source that the sheet names at its top, or in its own source."""
    rule = protocol.rule(rule_id)
    return f"{rule.source}, {rule.place}" if rule.source else rule.place


def _fact(used: FactUsed, origin: Mapping[str, str], say: Say) -> FactLine:
    unit = FACTS[used.name].unit if used.value is not None else ""
    value = format_value(used.value)
    if used.value is None:
        value = say("value.not_stated")
    elif isinstance(used.value, bool):
        value = say("value.yes") if used.value else say("value.no")
    return used.name, say(f"fact.{used.name}"), f"{value} {unit}".rstrip(), origin.get(used.name, "")


def _readings(sheet: DecisionSheet) -> Sequence[Reading]:
    """Our readings of every rule on the sheet, each once, in the order of the rules file."""
    rules = {sheet.prescription.rule_id, *sheet.prescription.also_matched}
    rules |= {each.rule_id for each in sheet.screening.criteria}
    if sheet.activity is not None:
        rules.add(sheet.activity.rule_id)
    return [each for each in sheet.protocol.reading if rules & set(each.about)]
