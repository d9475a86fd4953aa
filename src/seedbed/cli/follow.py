"""The commands ``seedbed follow`` and ``drug``: how one patient answered, and the drug from now on."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from seedbed.cli.clinic import (
    REGISTER,
    AsJson,
    OnOption,
    PdfOption,
    RegisterOption,
    SheetOption,
    say_sheet,
    the_day,
)
from seedbed.cli.plan_options import LanguageOption
from seedbed.cli.printing import print_json, say

console = Console()


def follow(
    patient: Annotated[str, typer.Argument(metavar="PATIENT", help="A patient of the register.")],
    register: RegisterOption = REGISTER,
    on: OnOption = None,
    profile: Annotated[
        str, typer.Option(help="recist11: RECIST 1.1; paper: the criteria of Chen et al. 2025.")
    ] = "recist11",
    diameter_sd: Annotated[
        float | None, typer.Option(metavar="MM", help="SD of a measured diameter: gives VRR its interval.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="Rules file of another protocol.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge tumour, volume, Tg, pain, PET, drug and adverse events of one patient, with the rules used."""
    from seedbed.journey.records.following import FollowQuestion, follow_patient

    found = follow_patient(
        FollowQuestion(
            register=register,
            patient_id=patient,
            on=the_day(on),
            profile=profile,
            rules_file=rules,
            diameter_sd_mm=diameter_sd,
        )
    )
    if as_json:
        print_json(found)
        return
    say(f"{patient}, treated from {found['treatment_started'] or '(not yet)'}, on {found['on']}")
    for show in (_tumour, _volume, _marker, _pain, _pet, _drug, _events, _laboratory):
        show(found)
    for problem in found["problems"]:
        say(f"Not judged: {problem}")


def drug(
    patient: Annotated[str, typer.Argument(metavar="PATIENT", help="A patient of the register.")],
    register: RegisterOption = REGISTER,
    on: OnOption = None,
    cycles: Annotated[int, typer.Option(min=1, max=60, help="Cycles of the calendar.")] = 3,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="Rules file of another protocol.")
    ] = None,
    sheet: SheetOption = None,
    language: LanguageOption = "en",
    pdf: PdfOption = True,
    as_json: AsJson = False,
) -> None:
    """Say the next dose of the drug by rule after what happened, and the days of the next cycles."""
    from seedbed.journey.records.dosing import drug_now
    from seedbed.journey.records.drug_paper import drug_on_paper
    from seedbed.journey.sheets import SheetPlace, languages_of

    day, languages = the_day(on), languages_of(language)
    found = (
        drug_now(register, patient, on=day, cycles=cycles, rules_file=rules).to_dict()
        if sheet is None
        else drug_on_paper(
            register, patient, SheetPlace(sheet, languages, pdf), on=day, cycles=cycles, rules_file=rules
        ).to_dict()
    )
    if as_json:
        print_json(found)
        return
    _show_drug(found)
    if sheet is not None:
        say_sheet(found["sheet"])
    say("Research software: the physician decides.")


def _show_drug(found: dict[str, Any]) -> None:
    _drug({"drug": [found["report"]]})
    for event in found["events"]:
        cause = event["attribution"] or "cause not stated"
        say(f"Since {found['since']}: {event['term']}, grade {event['grade']} ({cause})")
    for name in found["unnamed_events"]:
        say(f"Note: '{name}' is no term of CTCAE; it counts by its grade alone.")
    if found["interrupted_since"]:
        say(f"INTERRUPTED since {found['interrupted_since']}, and nobody has ended it.")
    if found["decision"] is None:
        say("The drug was stopped.")
        return
    say(f"By rule {', '.join(found['decision']['rule_ids'])}: {found['decision']['text']}")
    for rule in found["suggestions"]:
        _suggest(rule)
    if found["calendar"]:
        table = Table("Cycle", "Dose, mg", "First dose", "Last dose", "Rest until", "Capsules")
        for each in found["calendar"]["cycles"]:
            numbers = (str(each["number"]), f"{each['dose_mg']:g}")
            days = (each["first_dose"], each["last_dose"], each["rest_until"])
            table.add_row(*numbers, *days, str(each["capsules"]))
        console.print(table)


def _suggest(rule: dict[str, Any]) -> None:
    say(f"  Suggestion: {rule['action']}. {rule['text']} ({rule['source'] or rule['place']})")


def _tumour(found: dict[str, Any]) -> None:
    for case in found["tumour"] or []:
        if "problem" in case:
            say(f"Tumour: {case['problem']}")
            continue
        reader = f" by {case['reader']}" if case["reader"] else ""
        table = Table("On", "Sum, mm", "Nadir, mm", "Target", "Other", "Overall", title=f"Tumour{reader}")
        table.title_justify = "left"
        for visit in case["visits"]:
            table.add_row(
                visit["on"],
                _number(visit["target_sum_mm"]),
                _number(visit["nadir_mm"]),
                visit["target_response"] or "",
                visit["non_target_response"] or "",
                f"[bold]{visit['overall_response']}[/]",
            )
        console.print(table)
        for visit in case["visits"]:
            say(f"  {visit['on']}: {visit['reason']} [{', '.join(visit['rule_ids'])}]")
        say(
            f"Best {case['best_response']}, confirmed {case['best_confirmed_response']}; "
            f"progression {case['progressed_on'] or 'none'}"
        )
        for row in case["differences"]:
            say(f"The two profiles differ: {row['what']} {row['when']}: {row['why']}")
        for note in case["notes"]:
            say(f"Note: {note}")


def _volume(found: dict[str, Any]) -> None:
    for lesion in found["volume"] or []:
        table = Table("On", "Volume, cc", "VRR, %", "95 %", "Category", title=f"Volume of {lesion['lesion']}")
        table.title_justify = "left"
        table.add_row(lesion["baseline_on"], _number(lesion["baseline_cc"]), "", "", "baseline")
        for visit in lesion["visits"]:
            interval = visit["interval_pct"]
            table.add_row(
                visit["on"],
                _number(visit["volume_cc"]),
                _number(visit["reduction_pct"]),
                f"{interval[0]:.0f} to {interval[1]:.0f}" if interval else "",
                visit["category"],
            )
        console.print(table)


def _marker(found: dict[str, Any]) -> None:
    marker = found["thyroglobulin"]
    if not marker:
        return
    for each in marker["responses"]:
        caveats = "; ".join(caveat["text"] for caveat in each["caveats"])
        say(f"Tg {each['on']}: {each['category']}, {each['reason']}{f' ({caveats})' if caveats else ''}")
    doubling = marker["doubling_time"]
    if doubling and doubling["years"] is not None:
        say(f"Tg doubling time {doubling['years']:.2f} years {doubling['note']}")
    elif marker["no_doubling_time"]:
        say(f"Tg doubling time: {marker['no_doubling_time']}")


def _pain(found: dict[str, Any]) -> None:
    for site in found["pain"] or []:
        for each in site["visits"]:
            where = f" of {site['site']}" if site["site"] else ""
            scores = f"NRS {each['nrs_before']:g} to {each['nrs_now']:g}"
            say(f"Pain{where} {each['on']}: {each['category']}, {scores}, {each['reason']}")


def _pet(found: dict[str, Any]) -> None:
    for each in found["pet"] or []:
        say(f"PET {each['on']}: {each['response']} ({each['criteria']}), {each['measurement']}")


def _drug(found: dict[str, Any]) -> None:
    for each in found["drug"] or []:
        record, course = each["record"], each["course"]
        span = course["dose_intensity_pct"]
        low, high = span["low"], span["high"]
        intensity = f"{low:.0f} %" if low == high else f"{low:.0f} to {high:.0f} %"
        say(
            f"Drug: {record['drug']} from {record['start']} to {record['end'] or 'today'}, "
            f"{len(course['cycles'])} cycles, relative dose intensity {intensity}"
        )
        for finding in each["findings"]:
            say(f"  {finding['rule_id']}: {finding['text']}")


def _events(found: dict[str, Any]) -> None:
    for each in found["adverse_events"] or []:
        record = each["record"]
        until = f" to {record['end']}" if record["end"] else ""
        term = each["ctcae_term"] or f"{record['term']} (no term of CTCAE)"
        say(f"Adverse event {record['start']}{until}: {term}, grade {record['grade']}")
        for rule in each["suggestions"]:
            _suggest(rule)


def _laboratory(found: dict[str, Any]) -> None:
    report = found["laboratory_grades"]
    if report is None:
        return
    for each in report["graded"]:
        record, grade = each["record"], each["grade"]
        value = f"{record['analyte']} {record['comparator'] or ''}{record['value']:g} {record['unit']}"
        caveats = f" ({'; '.join(grade['caveats'])})" if grade["caveats"] else ""
        say(f"Laboratory {record['on']}: {value}: grade {grade['grade']}, {grade['term']}{caveats}")
    if report["not_graded"]:
        counted = ", ".join(f"{name} ({number})" for name, number in report["not_graded"].items())
        say(f"Not graded, mostly without reference limits: {counted}")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
