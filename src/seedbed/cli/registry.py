"""The commands ``seedbed registry``: template, import, export, check, history and void."""

from datetime import date
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.clinic import REGISTER, AsJson, RegisterOption
from seedbed.cli.printing import errors, print_json, say

if TYPE_CHECKING:
    from seedbed.journey.records.keeping import RegisterProof

registry_app = typer.Typer(
    help="The register of the clinic: bring records in and out, see every change, prove that none is lost.",
    add_completion=False,
    no_args_is_help=True,
)
console = Console()
MOST_FAULTS = 60
"""Faults that are shown on a terminal; the rest is counted."""

Who = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it; your login without it.")]


@registry_app.command()
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The workbook to write.")],
    language: Annotated[str, typer.Option(metavar="en|zh", help="Language of titles and hints.")] = "en",
) -> None:
    """Write an empty workbook to fill in."""
    from seedbed.journey.records.exporting import write_empty_template

    written = write_empty_template(file, language=language)
    say(f"Written: {written}")


@registry_app.command("import")
def import_records(
    source: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="Workbook, CSV files, .sav, Parquet, REDCap export.")
    ],
    register: RegisterOption = REGISTER,
    by: Who = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why; the name of the file without it.")] = "",
    keep_asked: Annotated[bool, typer.Option("--yes", help="What is asked about is true: keep it.")] = False,
    leave_bad: Annotated[
        bool, typer.Option("--leave-bad", help="Leave out the cells and rows that are named, take the rest.")
    ] = False,
    new_identity: Annotated[
        bool, typer.Option("--new-identity", help="Names, sex or births of known patients are corrected.")
    ] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Voided records that come again count again.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")] = False,
    faults: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write what is wrong, cell by cell.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take records into the register: all of them, or none and a list of every cell that is wrong."""
    from seedbed.cli.progress import shown_in_one
    from seedbed.journey.records.importing import ImportQuestion, import_records, refuse_faults, write_faults

    question = ImportQuestion(
        source=source,
        register=register,
        who=by or getuser(),
        why=why,
        today=date.today(),
        keep_asked=keep_asked,
        leave_bad=leave_bad,
        new_identity=new_identity,
        restore=restore,
        dry_run=dry_run,
    )
    with shown_in_one(errors) as progress:
        imported = import_records(question, progress)
    if faults is not None:
        write_faults(imported, faults)
    if as_json:
        print_json(imported.to_dict())
    else:
        _show_import(imported.to_dict(), dry_run=dry_run)
    refuse_faults(imported, question)


@registry_app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="FILE.xlsx, or a folder for the other formats.")],
    register: RegisterOption = REGISTER,
    form: Annotated[
        str | None,
        typer.Option("--as", metavar="FORMAT", help="xlsx, csv, sav, parquet, redcap or cdisc."),
    ] = None,
    language: Annotated[str, typer.Option(metavar="en|zh", help="Language of titles.")] = "en",
    patients: Annotated[
        list[str] | None, typer.Option("--patient", metavar="ID", help="Only these patients.")
    ] = None,
    no_names: Annotated[
        bool, typer.Option("--no-names", help="Leave the names of patients out; dates stay.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the register as a workbook, CSV files, SPSS, Parquet, REDCap or CDISC-shaped tables."""
    from seedbed.journey.records.exporting import ExportQuestion, export_records

    question = ExportQuestion(
        out=out,
        register=register,
        form=form,
        language=language,
        patients=tuple(patients or ()),
        names=not no_names,
    )
    found = export_records(question)
    if as_json:
        print_json(found.to_dict())
        return
    for file in found.files:
        say(f"Written: {file}")
    for remark in found.remarks:
        say(remark)


@registry_app.command()
def check(
    register: RegisterOption = REGISTER,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A hash written down before; 8 signs or more.")
    ] = None,
    trail_head: Annotated[
        str | None, typer.Option(metavar="HASH", help="As --head, of an entry of the access trail.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that no change and no entry of the access trail was lost or altered."""
    from seedbed.journey.records.keeping import check_register, refuse_unsound

    proof = check_register(register, head=head, trail_head=trail_head)
    if as_json:
        print_json(proof.to_dict())
    else:
        _show_proof(proof)
    refuse_unsound(proof)


def _show_proof(proof: "RegisterProof") -> None:
    records, trail = proof.records, proof.trail
    say(f"{records.change_sets} sets of {records.changes} changes, {records.records} records.")
    say(f"{trail.entries} entries of the access trail.")
    for fault in (*records.faults, *trail.faults):
        say(f"Wrong: {fault}")
    if records.sound and not records.change_sets:
        say("The register is empty: no record was ever written to it.")
    elif records.sound:
        say(f"Sound. Hash of set {records.number}: {records.head}")
    if trail.sound and trail.entries:
        say(f"Access trail sound. Hash of entry {trail.number}: {trail.head}")
    if proof.sound and (records.change_sets or trail.entries):
        say("Write it down elsewhere: --head and --trail-head later show whether anything was cut off.")


@registry_app.command()
def history(
    patient: Annotated[str, typer.Argument(metavar="PATIENT", help="A patient of the register.")],
    register: RegisterOption = REGISTER,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only these, such as measurement.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every change of a patient's records: when, by whom, why, from what to what."""
    from seedbed.journey.records.keeping import past_as_dict, patient_history

    found = patient_history(register, patient, kind=kind)
    if as_json:
        print_json({"patient_id": patient, "changes": [past_as_dict(each) for each in found]})
        return
    shown = 0
    for each in found:
        if each.number != shown:
            say(f"{each.at}  {each.who}: {each.why}")
            shown = each.number
        key = ", ".join(str(value) for value in each.key[1:] if value != "")
        say(f"    {f'{each.kind} {key}'.rstrip()}: {_what(past_as_dict(each))}")


@registry_app.command()
def void(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Such as measurement.")],
    key: Annotated[
        list[str],
        typer.Argument(metavar="KEY...", help="The patient, then what tells the record from others."),
    ],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    register: RegisterOption = REGISTER,
    by: Who = None,
    dependents: Annotated[bool, typer.Option("--dependents", help="Void what refers to it as well.")] = False,
) -> None:
    """Void a record: it counts no more, and is never lost."""
    from seedbed.journey.records.keeping import void_by_key

    written = void_by_key(register, kind, key, who=by or getuser(), why=why, dependents=dependents)
    say(f"Voided, as set {written.number} of the changes.")


@registry_app.command("restore")
def restore_record(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Such as measurement.")],
    key: Annotated[
        list[str],
        typer.Argument(metavar="KEY...", help="The patient, then what tells the record from others."),
    ],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    register: RegisterOption = REGISTER,
    by: Who = None,
) -> None:
    """Let a voided record count again, as it was."""
    from seedbed.journey.records.keeping import restore_by_key

    written = restore_by_key(register, kind, key, who=by or getuser(), why=why)
    say(f"Restored, as set {written.number} of the changes.")


def _what(change: dict[str, Any]) -> str:
    if change["action"] != "changed":
        return str(change["action"])
    return "; ".join(f"{name}: {old} -> {new}" for name, (old, new) in change["differences"].items())


def _show_import(found: dict[str, Any], *, dry_run: bool) -> None:
    counted = ", ".join(f"{number} {kind}" for kind, number in found["read"].items())
    say(f"Read: {counted or 'nothing'}")
    if found["faults"]:
        table = Table("Where", "", "What")
        for fault in found["faults"][:MOST_FAULTS]:
            mark = "[bold red]wrong[/]" if fault["severity"] == "wrong" else "[yellow]ask[/]"
            table.add_row(escape(fault["address"]), mark, escape(fault["sentence"]))
        console.print(table)
        more = len(found["faults"]) - MOST_FAULTS
        if more > 0:
            say(f"and {more} more; --faults FILE.csv writes them all.")
    for remark in found["remarks"]:
        say(f"Remark: {remark}")
    written = found["written"]
    if written:
        say(
            f"Written: {written['added']} added, {written['changed']} changed, "
            f"{written['restored']} restored, {written['unchanged']} as they were."
        )
        if written["hash"]:
            say(f"Hash of set {written['change_set']}: {written['hash']}")
    if planned := found["planned"]:
        say(
            f"Would be written: {planned['added']} added, {planned['changed']} changed, "
            f"{planned['restored']} restored, {planned['unchanged']} as they are."
        )
    if dry_run:
        say("Nothing was written: this was a dry run.")
