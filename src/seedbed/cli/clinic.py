"""The commands ``seedbed screen``, ``prescribe`` and ``due``: what the rules say of a patient, and when."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.plan_options import LanguageOption
from seedbed.cli.printing import print_json, say
from seedbed.errors import InputError

console = Console()
REGISTER = "seedbed-register.sqlite"
MOST_ROWS = 200
"""Rows that are shown on a terminal; the rest is counted."""

RegisterOption = Annotated[
    str,
    typer.Option(
        "--register",
        envvar="SEEDBED_REGISTER",
        metavar="FILE|URL",
        help="The register: a file, or postgresql://",
    ),
]
Facts = Annotated[
    Path | None, typer.Argument(metavar="[FACTS.toml]", help="Facts of one patient; or use --patient.")
]
PatientOption = Annotated[
    str | None, typer.Option("--patient", metavar="ID", help="A patient of the register.")
]
OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day; today without it.")]
RulesOption = Annotated[
    Path | None, typer.Option("--rules", metavar="FILE", help="Rules file of another protocol.")
]
RecordOption = Annotated[
    str, typer.Option("--record", metavar="NAME", help="Write the decision into the register, as NAME's.")
]
SheetOption = Annotated[
    Path | None,
    typer.Option("--sheet", metavar="OUT.html", help="Write the sheet for printing, HTML."),
]
PdfOption = Annotated[bool, typer.Option("--pdf/--no-pdf", help="Write the sheet as PDF too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]


def screen(
    facts: Facts = None,
    register: RegisterOption = REGISTER,
    patient: PatientOption = None,
    on: OnOption = None,
    arm: Annotated[str | None, typer.Option(metavar="ARM", help="Only the criteria of this arm.")] = None,
    rules: RulesOption = None,
    record: RecordOption = "",
    as_json: AsJson = False,
) -> None:
    """Say of every criterion whether it is met, and by which fact; eligible only when none is unknown."""
    from seedbed.journey.records.deciding import DecisionQuestion, screen_patient

    question = DecisionQuestion(
        facts_file=facts,
        register=register,
        patient_id=patient,
        on=the_day(on),
        rules_file=rules,
        arm=arm,
        who=record,
    )
    found = screen_patient(question).to_dict()
    if as_json:
        print_json(found)
        return
    console.print(_criteria(found))
    notes = dict.fromkeys(note for each in found["criteria"] for note in each["notes"])
    for note in notes:
        say(f"Note: {note}")
    _say_screening(found["subject"], found)
    _say_recorded(found)


def prescribe(
    facts: Facts = None,
    register: RegisterOption = REGISTER,
    patient: PatientOption = None,
    on: OnOption = None,
    site: Annotated[
        str | None, typer.Option(metavar="SITE", help="Where the lesion lies: surface, bone or other.")
    ] = None,
    rules: RulesOption = None,
    record: RecordOption = "",
    sheet: SheetOption = None,
    language: LanguageOption = "en",
    pdf: PdfOption = True,
    as_json: AsJson = False,
) -> None:
    """Choose the dose, and with --site the activity of the seeds, by rule, with the reasons."""
    from seedbed.journey.records.deciding import DecisionQuestion, prescribe_dose
    from seedbed.journey.records.decision_paper import prescribe_on_paper
    from seedbed.journey.sheets import SheetPlace, languages_of

    question = DecisionQuestion(
        facts_file=facts,
        register=register,
        patient_id=patient,
        on=the_day(on),
        rules_file=rules,
        who=record,
    )
    languages = languages_of(language)
    found = (
        prescribe_dose(question, site=site).to_dict()
        if sheet is None
        else prescribe_on_paper(question, SheetPlace(sheet, languages, pdf), site=site).to_dict()
    )
    if as_json:
        print_json(found)
        return
    say(f"{found['subject']}: {found['dose_gy']:g} Gy, by {found['rule_id']}")
    say(f"  {found['text']}")
    say(f"  Source: {found['source']}")
    for fact in found["facts"]:
        say(f"  {_fact(fact)}")
    for note in filter(None, (found["note"], *found["readings"])):
        say(f"  Note: {note}")
    activity = found["activity"]
    if activity:
        say(
            f"Seeds: {activity['default_mbq']:g} MBq ({activity['default_mci']:g} mCi, "
            f"{activity['default_u']:g} U), {activity['low_mbq']:g} to {activity['high_mbq']:g} MBq, "
            f"by {activity['rule_id']}"
        )
        say(f"  {activity['text']}")
        say(f"  Source: {activity['source']}")
        if activity["note"]:
            say(f"  Note: {activity['note']}")
    _say_recorded(found)
    if sheet is not None:
        _say_screening("Screening", found["screening"])
        say_sheet(found["sheet"])
    say("Research software: a physicist and a physician confirm every prescription.")


def due(
    register: RegisterOption = REGISTER,
    patient: PatientOption = None,
    on: OnOption = None,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS", help="Only these: due, early, late, missing or 'seen, day not known'."
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the list for a spreadsheet.")
    ] = None,
    rules: RulesOption = None,
    as_json: AsJson = False,
) -> None:
    """List the visits that are due, early, late or missing; with --patient visit by visit, and what lacks."""
    from seedbed.journey.records.due import clinic_due, write_due
    from seedbed.journey.records.patient_due import patient_due

    if patient is not None:
        if csv is not None or status is not None:
            raise InputError(
                "--csv or --status with --patient", "them for the whole clinic", "leave one of them out"
            )
        one = patient_due(register, patient, on=the_day(on), rules_file=rules).to_dict()
        if as_json:
            print_json(one)
        else:
            _show_patient(one)
        return
    found = clinic_due(register, on=the_day(on), rules_file=rules, status=status)
    if csv is not None:
        write_due(found, csv)
    if as_json:
        print_json(found.to_dict())
        return
    _show_clinic(found.to_dict())
    if csv is not None:
        say(f"Written: {csv}")


def the_day(given: str | None) -> date:
    """Return the day of an option; today where none is given."""
    if given is None:
        return date.today()
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise InputError(f"--on {given}", "a day such as 2026-01-31", "correct it") from error


def _criteria(found: dict[str, Any]) -> Table:
    table = Table(
        "Rule", "Criterion", "Answer", "Facts", title=escape(found["protocol"]), title_justify="left"
    )
    for each in found["criteria"]:
        against = each["rule_id"] in found["against"]
        answer = f"[bold red]{each['status']}[/]" if against else each["status"]
        facts = "\n".join(_fact(fact) for fact in each["facts"])
        table.add_row(each["rule_id"], escape(f"{each['kind']}: {each['text']}"), answer, escape(facts))
    return table


def _fact(fact: dict[str, str]) -> str:
    where = f" ({fact['from']})" if fact["from"] else ""
    return f"{fact['name']} = {fact['value']}{where}"


def say_sheet(sheet: dict[str, Any]) -> None:
    """Say which files of a sheet were written, and why a PDF is lacking."""
    for note in sheet["notes"]:
        say(f"- {note}")
    for file in sheet["files"]:
        say(f"Sheet: {Path(file).resolve()}")


def _say_screening(of: str, found: dict[str, Any]) -> None:
    say(f"{of}: {found['decision']}")
    if found["against"]:
        say(f"Against it: {', '.join(found['against'])}")
    if found["missing_facts"]:
        say(f"To be stated: {', '.join(found['missing_facts'])}")


def _say_recorded(found: dict[str, Any]) -> None:
    if found["recorded"]:
        say("The decision is in the register.")


def _show_patient(found: dict[str, Any]) -> None:
    table = Table("Month", "Due", "Status", "Seen", "Days off", "Not looked at")
    for each in found["visits"]:
        lacking = ", ".join(item["rule_id"].removeprefix("ITEM-").lower() for item in each["missing_items"])
        days = "" if each["days_off"] is None else f"{each['days_off']:+d}"
        table.add_row(
            str(each["month"]), each["due_on"], each["status"], each["seen_on"] or "", days, lacking
        )
    console.print(table)
    if found["extra_visits"]:
        say(f"Other visits: {', '.join(found['extra_visits'])}")
    if found["note"]:
        say(f"Every due date: {found['note']}.")


def _show_clinic(found: dict[str, Any]) -> None:
    table = Table("Patient", "Arm", "Month", "Due", "Status", "Days off")
    for each in found["visits"][:MOST_ROWS]:
        table.add_row(
            escape(each["patient_id"]),
            escape(each["arm"]),
            str(each["month"]),
            each["due_on"] + (f" ({each['note']})" if each["note"] else ""),
            each["status"],
            "" if each["days_off"] is None else f"{each['days_off']:+d}",
        )
    console.print(table)
    more = len(found["visits"]) - MOST_ROWS
    if more > 0:
        say(f"and {more} more; --csv FILE writes them all.")
    say(f"{len(found['visits'])} visits of {found['patients']} patients on {found['on']}.")
    if found["not_started"]:
        say(f"Treatment has not begun: {', '.join(found['not_started'][:20])}")
    for remark in found["remarks"]:
        say(remark)
