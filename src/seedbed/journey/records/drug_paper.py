"""The drug calendar of one patient as files: HTML and PDF, in each language."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seedbed.journey.records.dosing import DrugNow, drug_now
from seedbed.journey.sheets import SheetKind, SheetPlace, check_place, clinic_head, write_sheet
from seedbed.patient.records import Patient
from seedbed.protocol import load_rules
from seedbed.registry.clinic import open_clinic
from seedbed.report.drug_sheet import MARK, DrugSheet, drug_page

KIND = SheetKind("earlier drug calendar", MARK)


@dataclass(frozen=True)
class DrugOnPaper:
    """What follows for the drug, and the files that say so.

    Attributes
    ----------
    now : DrugNow
    files : tuple of Path
    notes : tuple of str
        A sentence for each PDF that is lacking.
    """

    now: DrugNow
    files: tuple[Path, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        sheet = {"files": [str(each) for each in self.files], "notes": list(self.notes)}
        return {**self.now.to_dict(), "sheet": sheet}


def drug_on_paper(
    where: Path | str,
    patient_id: str,
    place: SheetPlace,
    *,
    on: date,
    cycles: int = 3,
    rules_file: Path | None = None,
) -> DrugOnPaper:
    """Decide the next dose by rule as `drug_now` does, and print the calendar with a box for each dose.

    Raises
    ------
    InputError
        No such register, or no course of a drug by that day.
    UndecidedError
        Nobody has said whether the worst event comes from the drug; no sheet is written.
    OutputError
        A place is a folder, another file, or cannot be written.
    """
    check_place(place, KIND)
    now = drug_now(where, patient_id, on=on, cycles=cycles, rules_file=rules_file)
    with open_clinic(where) as clinic:
        patient = clinic.records(Patient, patients=[patient_id])[0]
    sheet = DrugSheet(
        protocol=load_rules(rules_file),
        on=on,
        record=now.report.record,
        course=now.report.course,
        findings=now.report.findings,
        since=now.since,
        events=now.events,
        decision=now.decision,
        suggestions=now.suggestions,
        calendar=now.calendar,
        rules_file=rules_file.name if rules_file else "",
        synthetic=bool(patient.synthetic),
    )
    head = clinic_head(patient, on=on)
    files, notes = write_sheet(lambda language: drug_page(sheet, head, language=language), place, KIND)
    return DrugOnPaper(now, tuple(files), tuple(notes))
