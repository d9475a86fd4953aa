"""The command ``seedbed follow``: how one patient answered, by all that the register holds."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.clinic import REGISTER, AsJson, OnOption, RegisterOption, the_day
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


def _tumour(found: dict[str, Any]) -> None:
    for case in found["tumour"] or []:
        if "problem" in case:
            say(f"Tumour: {case['problem']}")
            continue
        reader = f" by {case['reader']}" if case["reader"] else ""
        table = Table(
            "On", "Sum, mm", "Nadir, mm", "Target", "Other", "Overall", "Why", title=f"Tumour{reader}"
        )
        table.title_justify = "left"
        for visit in case["visits"]:
            table.add_row(
                visit["on"],
                _number(visit["target_sum_mm"]),
                _number(visit["nadir_mm"]),
                visit["target_response"] or "",
                visit["non_target_response"] or "",
                f"[bold]{visit['overall_response']}[/]",
                escape(f"{visit['reason']} [{', '.join(visit['rule_ids'])}]"),
            )
        console.print(table)
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
            say(f"Pain{where} {each['on']}: {scores}, {each['reason']}")


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
            say(f"  Suggestion: {rule['action']}. {rule['text']} ({rule['source'] or rule['place']})")


def _laboratory(found: dict[str, Any]) -> None:
    for each in found["laboratory_grades"] or []:
        record, grade = each["record"], each["grade"]
        said = f"grade {grade['grade']}, {grade['term']}" if grade else each["problem"]
        value = f"{record['comparator'] or ''}{record['value']:g} {record['unit']}"
        say(f"Laboratory {record['on']}: {record['analyte']} {value}: {said}")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
